/**
 * The loop around a kernel's inner loop.
 *
 * @module
 */

import { ShapeError } from "../errors.ts";
import { sameShape, showShape } from "./shape.ts";
import type { SharedNdArray } from "./shared_ndarray.ts";
import { collapse, type CollapsedLoop } from "./strides.ts";

/**
 * One row of a loop over several arrays: element i of array k is `arrays[k].data[offsets[k] + i * steps[k]]`.
 *
 * @param length How many elements the row has.
 * @param offsets Where the row starts in each array's data. Reused: valid only during the call.
 * @param steps The distance between the row's elements in each array's data; the same for all rows.
 */
export type RowVisitor = (length: number, offsets: readonly number[], steps: readonly number[]) => void;

/** The loop of the last call: the tiles of a run share shape and strides, so it is mostly the right one. */
let last:
  | { shape: readonly number[]; strides: readonly (readonly number[])[]; loop: CollapsedLoop }
  | undefined;

function loopOver(arrays: readonly SharedNdArray[]): CollapsedLoop {
  const shape = arrays[0].shape;
  if (
    last !== undefined && last.shape === shape && last.strides.length === arrays.length &&
    arrays.every((array, k) => array.shape === shape && array.strides === last?.strides[k])
  ) return last.loop;
  for (const array of arrays) {
    if (!sameShape(array.shape, shape)) {
      throw new ShapeError(`Arrays differ in shape: ${showShape(shape)} and ${showShape(array.shape)}`);
    }
  }
  const strides = arrays.map((array) => array.strides);
  const loop = collapse(shape, strides);
  last = { shape, strides, loop };
  return loop;
}

/**
 * Walks arrays of one shape together, row by row, so that a kernel's inner loop is a plain loop over typed arrays.
 *
 * Axes that lie one after another in every array are merged first, and the axis with the smallest strides is the
 * row: a contiguous array is one single row. Every element is visited once; the order of rows is that of memory, not
 * of the axes.
 *
 * @param arrays One or more arrays of the same shape, such as a tile's views.
 * @param visit Called for each row.
 * @throws {ShapeError} If the shapes differ.
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
  if (arrays.length === 0 || arrays[0].size === 0) return;
  const { shape, strides } = loopOver(arrays);
  const inner = shape.length - 1;
  const offsets = arrays.map((array) => array.offset);
  if (inner === 0) {
    visit(shape[0], offsets, strides[0]);
    return;
  }
  // The axis of rows has a loop of its own: rows can be short, and what is paid for each must be little.
  const length = shape[inner], steps = strides[inner];
  const rows = shape[inner - 1], rowSteps = strides[inner - 1];
  const operands = offsets.length;
  const counters = new Array<number>(inner - 1).fill(0);
  for (;;) {
    for (let row = 0; row < rows; row++) {
      visit(length, offsets, steps);
      for (let k = 0; k < operands; k++) offsets[k] += rowSteps[k];
    }
    for (let k = 0; k < operands; k++) offsets[k] -= rowSteps[k] * rows;
    let axis = inner - 2;
    for (; axis >= 0; axis--) {
      const stride = strides[axis];
      if (++counters[axis] < shape[axis]) {
        for (let k = 0; k < operands; k++) offsets[k] += stride[k];
        break;
      }
      counters[axis] = 0;
      const back = shape[axis] - 1;
      for (let k = 0; k < operands; k++) offsets[k] -= stride[k] * back;
    }
    if (axis < 0) return;
  }
}
