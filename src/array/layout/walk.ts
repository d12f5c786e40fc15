/**
 * Walking several layouts together, row by row.
 *
 * @module
 */

import { countWork, isInterruptible } from "../../interrupt.ts";
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

/** Elements of a piece of a row: rows that are longer come in pieces where a walk may have to stop. */
const PIECE_LENGTH = 2 ** 18;

/** Nanoseconds that an element takes about, and a row besides; and what is done before they are counted. */
const ELEMENT_NS = 1, ROW_NS = 8, BATCH_NS = 50_000;

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

/** What is called for each row. */
type Visit = (...row: Parameters<RowVisitor>) => void | typeof STOP;

/**
 * Visits every element once, in an order that suits the memory.
 *
 * @param layouts One or more layouts of the same shape.
 * @param visit Called for each row, until it returns {@linkcode STOP}.
 * @returns Whether every row was visited.
 * @throws {Interrupted} If the run is to stop, on a worker, where long rows come in pieces.
 */
export function walkRows(layouts: readonly Layout[], visit: Visit): boolean {
  if (layouts[0].shape.includes(0)) return true;
  const loop = loopOver(layouts), { shape } = loop;
  const isLong = isInterruptible() && shape[shape.length - 1] > PIECE_LENGTH;
  return walkLoop(loop, layouts.map((layout) => layout.offset), isLong ? inPieces(visit) : visit);
}

/** Calls for a row piece by piece. */
function inPieces(visit: Visit): Visit {
  return (length, offsets, steps) => {
    const from = offsets.slice();
    for (let done = 0; done < length; done += PIECE_LENGTH) {
      const count = Math.min(PIECE_LENGTH, length - done);
      if (visit(count, from, steps) === STOP) return STOP;
      for (let k = 0; k < from.length; k++) from[k] += PIECE_LENGTH * steps[k];
      countWork(count * ELEMENT_NS);
    }
  };
}

function walkLoop({ shape, strides }: CollapsedLoop, offsets: number[], visit: Visit): boolean {
  const inner = shape.length - 1;
  if (inner === 0) {
    const isOver = visit(shape[0], offsets, strides[0]) === STOP;
    countWork(ROW_NS + shape[0] * ELEMENT_NS);
    return !isOver;
  }
  // The axis of rows has a loop of its own: rows can be short, and what is paid for each must be little.
  const length = shape[inner], steps = strides[inner];
  const rows = shape[inner - 1], rowSteps = strides[inner - 1];
  const operands = offsets.length;
  // Counted a batch at a time: with every row it would be as much as a short row takes.
  const rowNs = ROW_NS + length * ELEMENT_NS, batch = Math.ceil(BATCH_NS / rowNs);
  const counters = new Array<number>(inner - 1).fill(0);
  for (;;) {
    for (let row = 0; row < rows;) {
      const first = row, end = Math.min(rows, row + batch);
      for (; row < end; row++) {
        if (visit(length, offsets, steps) === STOP) return false;
        for (let k = 0; k < operands; k++) offsets[k] += rowSteps[k];
      }
      countWork((row - first) * rowNs);
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
