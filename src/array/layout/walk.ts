/**
 * Walking several layouts together, row by row.
 *
 * @module
 */

import type { Layout } from "./layout.ts";
import { collapse, type CollapsedLoop } from "./strides.ts";

/**
 * One row of a loop over several arrays: element i of array k is `arrays[k].data[offsets[k] + i * steps[k]]`.
 *
 * @param length How many elements the row has.
 * @param offsets Where the row starts in each array's data. Reused: valid only during the call.
 * @param steps The distance between the row's elements in each array's data; the same for all rows.
 *
 * @example
 * ```ts
 * import { forEachRow, type RowVisitor, SharedNdArray, slice } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const lengths: number[] = [];
 * const note: RowVisitor = (length) => lengths.push(length);
 * forEachRow([SharedNdArray.zeros([4, 6])], note);
 * forEachRow([SharedNdArray.zeros([4, 6]).view(null, slice(5))], note);
 * assertEquals(lengths, [24, 5, 5, 5, 5]);
 * ```
 */
export type RowVisitor = (length: number, offsets: readonly number[], steps: readonly number[]) => void;

/** What a visitor returns to end a walk early. No other value does. */
export const STOP: unique symbol = Symbol("stop");

/** The loop of the last call: the tiles of a run share shape and strides, so it is mostly the right one. */
let last:
  | { shape: readonly number[]; strides: readonly (readonly number[])[]; loop: CollapsedLoop }
  | undefined;

function loopOver(layouts: readonly Layout[]): CollapsedLoop {
  const shape = layouts[0].shape;
  if (
    last !== undefined && last.shape === shape && last.strides.length === layouts.length &&
    layouts.every((layout, k) => layout.strides === last?.strides[k])
  ) return last.loop;
  const strides = layouts.map((layout) => layout.strides);
  const loop = collapse(shape, strides);
  last = { shape, strides, loop };
  return loop;
}

/**
 * Visits every element once, in an order that suits the memory.
 *
 * @param layouts One or more layouts of the same shape.
 * @param visit Called for each row, until it returns {@linkcode STOP}.
 * @returns Whether every row was visited.
 */
export function walkRows(
  layouts: readonly Layout[],
  visit: (...row: Parameters<RowVisitor>) => void | typeof STOP,
): boolean {
  if (layouts[0].shape.includes(0)) return true;
  const { shape, strides } = loopOver(layouts);
  const inner = shape.length - 1;
  const offsets = layouts.map((layout) => layout.offset);
  if (inner === 0) {
    return visit(shape[0], offsets, strides[0]) !== STOP;
  }
  // The axis of rows has a loop of its own: rows can be short, and what is paid for each must be little.
  const length = shape[inner], steps = strides[inner];
  const rows = shape[inner - 1], rowSteps = strides[inner - 1];
  const operands = offsets.length;
  const counters = new Array<number>(inner - 1).fill(0);
  for (;;) {
    for (let row = 0; row < rows; row++) {
      if (visit(length, offsets, steps) === STOP) return false;
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
    if (axis < 0) return true;
  }
}
