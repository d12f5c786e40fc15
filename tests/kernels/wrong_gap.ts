import type { TileArrays } from "../../mod.ts";

/** Takes its output for contiguous, and writes between its cells. */
export default function wrongGap({ x, out }: TileArrays<"x" | "out", "float64">): void {
  out.copyFrom(x);
  out.data[out.offset + Math.sign(out.strides[1])] = -7;
}
