/** Nothing, for as many tiles at once as one likes. */

export const elementwise = true;

export default function empty(): void {}
