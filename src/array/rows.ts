/**
 * The loop around a kernel's inner loop.
 *
 * @module
 */

import { ShapeError, ValueError } from "../errors.ts";
import { sameShape, showShape } from "./layout/shape.ts";
import { layoutOf, type SharedNdArray, storageOf } from "./shared_ndarray.ts";
import { type RowVisitor, walkRows } from "./layout/walk.ts";

/**
 * Walks arrays of one shape together, row by row, so that a kernel's inner loop is a plain loop over typed arrays.
 *
 * Axes that lie one after another in every array are merged first, and the axis with the smallest strides is the
 * row: a contiguous array is one single row. Every element is visited once; the order of rows is that of memory, not
 * of the axes.
 *
 * Within a run a row of more than 262,144 elements comes in pieces of that many, one after the other, and the run may
 * be stopped between rows or pieces.
 *
 * @param arrays One or more arrays of the same shape, such as a tile's views.
 * @param visit Called for each row.
 * @throws {ShapeError} If the shapes differ.
 * @throws {DisposedError} If an array was disposed.
 *
 * @example
 * ```ts
 * import { forEachRow, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const tmp = SharedNdArray.arange(6).view(null);
 * const vpd = SharedNdArray.zeros([6]);
 * const from = tmp.data, to = vpd.data;
 * forEachRow([tmp, vpd], (length, [a, b], [da, db]) => {
 *   for (let i = 0; i < length; i++, a += da, b += db) to[b] = 2 * from[a];
 * });
 * assertEquals([...vpd.values()], [0, 2, 4, 6, 8, 10]);
 * ```
 */
export function forEachRow(arrays: readonly SharedNdArray[], visit: RowVisitor): void {
  if (!Array.isArray(arrays) || typeof visit !== "function") {
    throw new ValueError(
      "forEachRow needs a list of arrays and a function: forEachRow([a, b], (length, offsets, steps) => …)",
    );
  }
  if (arrays.length === 0) return;
  const layouts = arrays.map(layoutOf);
  for (const array of arrays) storageOf(array).require();
  const { shape } = layouts[0];
  for (let k = 1; k < layouts.length; k++) {
    if (!sameShape(layouts[k].shape, shape)) {
      throw new ShapeError(`Arrays differ in shape: ${showShape(shape)} and ${showShape(layouts[k].shape)}`);
    }
  }
  walkRows(layouts, visit);
}
