import { forEachRow, type TileArrays } from "../../mod.ts";

/** `sum = a + b`, by rows. */
export default function add({ a, b, sum }: TileArrays<"a" | "b" | "sum", "float64">): void {
  const left = a.data, right = b.data, out = sum.data;
  forEachRow([a, b, sum], (length, [i, j, k], [di, dj, dk]) => {
    for (let n = 0; n < length; n++, i += di, j += dj, k += dk) out[k] = left[i] + right[j];
  });
}
