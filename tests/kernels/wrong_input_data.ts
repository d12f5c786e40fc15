import type { TileArrays } from "../../mod.ts";

/** Doubles its input where it lies, and copies it then. */
export default function wrongInputData({ x, out }: TileArrays<"x" | "out", "float64">): void {
  for (let i = 0; i < x.shape[0]; i++) {
    for (let j = 0; j < x.shape[1]; j++) x.data[x.offset + i * x.strides[0] + j * x.strides[1]] *= 2;
  }
  out.copyFrom(x);
}
