import type { TileArrays } from "../../mod.ts";

let calls = 0;

/** Numbers tiles in the order in which it is called. */
export default function wrongCounter({ x, out }: TileArrays<"x" | "out", "float64">): void {
  out.copyFrom(x);
  out.set(0, 0, calls++);
}
