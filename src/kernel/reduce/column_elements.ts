/**
 * Elements of which neighbouring cells lie side by side: in the array itself, or in a block that is filled.
 *
 * @module
 */

import type { ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import { AxisWalk } from "./axis_walk.ts";
import type { BlockSource, DirectElements, Range } from "./block_source.ts";
import { ELEMENT } from "./memory_code.ts";
import { BLOCK_ELEMENTS, type ScratchPlaces, STRIP, TABLE_ROWS } from "./scratch.ts";

/** Rows of cells, one for each position. */
export interface ColumnElements {
  readonly memory: WebAssembly.Memory;
  /** How many cells from one on may be a strip. */
  mostCells(cell: number): number;
  /** Begins a strip, and returns at how many positions it is looked at a time: a power of two, and at least 8. */
  begin(cells: Range, positions: Range): number;
  /** Writes the addresses of the rows of some positions of the strip into the table. */
  tabulate(positions: Range): void;
  /** Copies the row of a position to an address in scratch. */
  copyRow(position: number, address: number): void;
}

/** Shorter runs of cells are not worth a strip of their own. */
const LEAST_RUN = 2;

/**
 * Cells that lie side by side in an array, or null if they do not.
 *
 * @param direct The array.
 * @param plan What is reduced.
 * @param scratch Where the table is.
 */
export function directColumns(
  { memory, address, strides }: DirectElements,
  { shape, kept, reduced }: ReducePlan,
  { words, floats, table }: ScratchPlaces,
): ColumnElements | null {
  const inner = new AxisWalk(kept, shape, strides), outer = new AxisWalk(reduced, shape, strides);
  if (inner.step !== ELEMENT || inner.run < LEAST_RUN) return null;
  const data = new Float64Array(memory.buffer), entry = table / 4;
  let start = 0, width = 0;
  return {
    memory,
    mostCells: (cell) => Math.min(STRIP, inner.runFrom(cell)),
    begin(cells) {
      start = address + inner.distance(cells.first);
      width = cells.count;
      return TABLE_ROWS;
    },
    tabulate({ first, count }) {
      for (let done = 0; done < count;) {
        const end = Math.min(count, done + outer.runFrom(first + done));
        let row = start + outer.distance(first + done);
        for (; done < end; done++, row += outer.step) words[entry + done] = row;
      }
    },
    copyRow(position, to) {
      const from = (start + outer.distance(position)) / ELEMENT;
      floats.set(data.subarray(from, from + width), to / ELEMENT);
    },
  };
}

/**
 * Rows that are computed, a block of them at a time.
 *
 * @param source What computes them.
 * @param scratch Where the block and the table are.
 */
export function filledColumns(
  source: BlockSource,
  { memory, words, floats, block, table }: ScratchPlaces,
): ColumnElements {
  const entry = table / 4;
  let strip: Range = { first: 0, count: 1 }, end = 0, mostRows = 1;
  let filled: Range = { first: 0, count: 0 };
  const rowOf = (position: number) => block + (position - filled.first) * strip.count * ELEMENT;
  const fillFrom = (position: number) => {
    if (position >= filled.first && position < filled.first + filled.count) return;
    const rows = { first: position, count: Math.min(mostRows, end - position) };
    source.fill(strip, rows, block, ELEMENT, strip.count * ELEMENT);
    // Not before it is true: to fill may be interrupted.
    filled = rows;
  };
  return {
    memory,
    mostCells: () => STRIP,
    begin(cells, positions) {
      strip = cells;
      end = positions.first + positions.count;
      filled = { first: positions.first, count: 0 };
      mostRows = 2 ** Math.floor(Math.log2(BLOCK_ELEMENTS / cells.count));
      return Math.min(TABLE_ROWS, mostRows);
    },
    tabulate({ first, count }) {
      fillFrom(first);
      for (let k = 0; k < count; k++) words[entry + k] = rowOf(first + k);
    },
    copyRow(position, to) {
      fillFrom(position);
      const from = rowOf(position) / ELEMENT;
      floats.copyWithin(to / ELEMENT, from, from + strip.count);
    },
  };
}
