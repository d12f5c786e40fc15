import type { TileArrays } from "../../mod.ts";

/** Takes rows for columns. */
export default function wrongAxisOrder({ x, out }: TileArrays<"x" | "out", "float64">): void {
  const [rows, columns] = out.shape;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      out.data[out.offset + j * out.strides[0] + i * out.strides[1]] = x.get(i, j);
    }
  }
}
