/**
 * The 5-point Laplacian of a tile in plain TypeScript, as fast as it gets: four rows at a time, so that what is read
 * for one row serves those above and below it, and a subarray a row, so that all of them are indexed by the column
 * alone.
 *
 * @module
 */

import type { SharedNdArray, TileArrays } from "../../mod.ts";

/** Each cell is computed by itself, in whatever tile it is. */
export const elementwise = true;

/** Rows done at a time. */
const ROWS = 4;

/** Writes `out` from `z`, which reaches one cell further on all sides. Rows must be contiguous. */
export default function laplacianKernel({ z, out }: TileArrays<"z" | "out", "float32">): void {
  if (z.strides[1] !== 1 || out.strides[1] !== 1) throw new Error("The rows of z and out must be contiguous");
  const [height, width] = out.shape;
  for (let first = 0; first < height; first += ROWS) {
    if (first + ROWS <= height) fourRows(z, out, first, width);
    else for (let row = first; row < height; row++) oneRow(z, out, row, width);
  }
}

/** So many elements of a row, from a column on. */
function rowOf(array: SharedNdArray<"float32">, row: number, column: number, count: number): Float32Array {
  const start = array.offset + row * array.strides[0] + column;
  return array.data.subarray(start, start + count);
}

function oneRow(
  z: SharedNdArray<"float32">,
  out: SharedNdArray<"float32">,
  row: number,
  width: number,
): void {
  const above = rowOf(z, row, 1, width), middle = rowOf(z, row + 1, 0, width + 2);
  const below = rowOf(z, row + 2, 1, width), result = rowOf(out, row, 0, width);
  for (let k = 0; k < width; k++) {
    result[k] = (middle[k + 2] + middle[k]) + (below[k] + above[k]) - 4 * middle[k + 1];
  }
}

/** `l` stands for the value at the left, `m` for that in the middle, `r` for that at the right. */
function fourRows(
  z: SharedNdArray<"float32">,
  out: SharedNdArray<"float32">,
  row: number,
  width: number,
): void {
  const above = rowOf(z, row, 1, width), below = rowOf(z, row + 5, 1, width);
  const z0 = rowOf(z, row + 1, 0, width + 2), z1 = rowOf(z, row + 2, 0, width + 2);
  const z2 = rowOf(z, row + 3, 0, width + 2), z3 = rowOf(z, row + 4, 0, width + 2);
  const out0 = rowOf(out, row, 0, width), out1 = rowOf(out, row + 1, 0, width);
  const out2 = rowOf(out, row + 2, 0, width), out3 = rowOf(out, row + 3, 0, width);
  let l0 = z0[0], l1 = z1[0], l2 = z2[0], l3 = z3[0];
  let m0 = z0[1], m1 = z1[1], m2 = z2[1], m3 = z3[1];
  for (let k = 0; k < width; k++) {
    const r0 = z0[k + 2], r1 = z1[k + 2], r2 = z2[k + 2], r3 = z3[k + 2];
    out0[k] = (r0 + l0) + (m1 + above[k]) - 4 * m0;
    out1[k] = (r1 + l1) + (m2 + m0) - 4 * m1;
    out2[k] = (r2 + l2) + (m3 + m1) - 4 * m2;
    out3[k] = (r3 + l3) + (below[k] + m2) - 4 * m3;
    l0 = m0, l1 = m1, l2 = m2, l3 = m3;
    m0 = r0, m1 = r1, m2 = r2, m3 = r3;
  }
}
