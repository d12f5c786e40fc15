import type { TileArrays } from "../../mod.ts";

/** Returns when it was called. */
export default function wrongValue({ x, out }: TileArrays<"x" | "out", "float64">): { calledAt: number } {
  out.copyFrom(x);
  return { calledAt: performance.now() };
}
