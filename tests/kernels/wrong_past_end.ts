import type { TileArrays } from "../../mod.ts";

/** Writes one cell more than its tile has along the last axis. */
export default function wrongPastEnd({ x, out }: TileArrays<"x" | "out", "float64">): void {
  const from = x.data, to = out.data, columns = out.shape[1];
  for (let i = 0; i < out.shape[0]; i++) {
    for (let j = 0; j <= columns; j++) {
      to[out.offset + i * out.strides[0] + j * out.strides[1]] =
        2 * from[x.offset + i * x.strides[0] + Math.min(j, columns - 1) * x.strides[1]] + 1;
    }
  }
}
