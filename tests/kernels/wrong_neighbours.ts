import type { TileArrays } from "../../mod.ts";

/** Writes its cells, and the ones above them. */
export default function wrongNeighbours({ x, out }: TileArrays<"x" | "out", "float64">): void {
  for (let i = 0; i < out.shape[0]; i++) {
    for (let j = 0; j < out.shape[1]; j++) {
      const place = out.offset + i * out.strides[0] + j * out.strides[1];
      out.data[place - out.strides[0]] = x.get(i, j);
    }
  }
  out.copyFrom(x);
}
