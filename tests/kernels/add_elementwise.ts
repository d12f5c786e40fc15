export { default } from "./add.ts";

export const elementwise = true;
