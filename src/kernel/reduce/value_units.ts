/**
 * How a unit's values are combined, along positions or across rows of cells. Both give the same bits.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";
import { BLOCK } from "../../plan/reduce/reduce_plan.ts";
import type { AlongElements } from "./along_elements.ts";
import type { Range } from "./block_source.ts";
import type { ColumnElements } from "./column_elements.ts";
import type { ValueExports } from "./fold_module.ts";
import { RowStack } from "./row_stack.ts";
import { CELL_NS, ELEMENT_NS, RESULTS, ROW_BYTES, type ScratchPlaces, STRIP } from "./scratch.ts";

/** Computes a unit, and hands out results as they are done: the first cell, how many, and where they are in scratch. */
export type UnitRunner = (
  cells: Range,
  positions: Range,
  emit: (cell: number, count: number, values: number, places: number) => void,
) => void;

/** Rows that are combined at a time. */
const GROUP = 8;

/** Vectors that a row of cells takes. */
function vectorsOf(cells: number): number {
  return Math.ceil(cells / 2);
}

/** What both ways need. */
export interface ValueTools {
  readonly scratch: ScratchPlaces;
  /** The functions on the memory of the elements. */
  readonly exports: ValueExports;
  /** The bits that a fold passes over. */
  readonly identity: bigint;
}

/**
 * Along positions: each block is one value.
 *
 * @param elements The elements.
 * @param tools Functions and scratch.
 */
export function valuesAlong(elements: AlongElements, { scratch, exports }: ValueTools): UnitRunner {
  const { results } = scratch, stack = new RowStack(scratch.stack, exports.combine);
  const fold = (cells: Range, positions: Range, target: number) => {
    const { source, cellStep } = elements.place(cells, positions);
    const blocks = Math.ceil(positions.count / BLOCK);
    exports.along(source, cellStep, cells.count, positions.count, results);
    if (blocks > 1 || target !== results) exports.tree(results, cells.count, blocks, target);
    countWork(cells.count * (CELL_NS + positions.count * ELEMENT_NS));
  };
  const foldLong = (cell: number, positions: Range) => {
    const end = positions.first + positions.count, most = elements.mostPositions;
    stack.begin();
    for (let first = positions.first; first < end; first += most) {
      fold({ first: cell, count: 1 }, { first, count: Math.min(most, end - first) }, stack.next);
      stack.push(1);
    }
    return stack.finish(1);
  };
  return (cells, positions, emit) => {
    const end = cells.first + cells.count, isLong = positions.count > elements.mostPositions;
    const blocks = Math.ceil(positions.count / BLOCK);
    for (let cell = cells.first; cell < end;) {
      if (isLong) {
        emit(cell, 1, foldLong(cell++, positions), 0);
        continue;
      }
      const most = Math.min(elements.mostCells(cell, positions.count), Math.floor(RESULTS / blocks));
      const count = Math.min(end - cell, most);
      fold({ first: cell, count }, positions, results);
      emit(cell, count, results, 0);
      cell += count;
    }
  };
}

/**
 * Across rows of cells: eight rows at a time become two.
 *
 * @param elements The elements.
 * @param tools Functions and scratch.
 * @param onScratch The functions on rows in scratch.
 */
export function valuesInColumns(
  elements: ColumnElements,
  { scratch, exports, identity }: ValueTools,
  onScratch: () => ValueExports,
): UnitRunner {
  const { e, o, table, tail, words } = scratch, stack = new RowStack(scratch.stack, exports.combine);
  new BigInt64Array(scratch.memory.buffer, scratch.identity, STRIP).fill(identity);

  /** Groups of rows of one block. */
  const addRows = (width: number, { first, count }: Range, isFresh: boolean) => {
    const rest = count % GROUP, whole = count - rest;
    if (whole > 0) {
      elements.tabulate({ first, count: whole });
      exports.columns(table, whole / GROUP, width, e, o, Number(isFresh));
    }
    if (rest === 0) return;
    for (let k = 0; k < GROUP; k++) {
      const row = tail + k * ROW_BYTES;
      if (k < rest) elements.copyRow(first + whole + k, row);
      words[table / 4 + k] = k < rest ? row : scratch.identity;
    }
    onScratch().columns(table, 1, width, e, o, Number(isFresh && whole === 0));
  };

  const foldStrip = (cells: Range, positions: Range): number => {
    const vectors = vectorsOf(cells.count), end = positions.first + positions.count;
    const rows = elements.begin(cells, positions);
    stack.begin();
    for (let first = positions.first; first < end; first += BLOCK) {
      const blockEnd = Math.min(end, first + BLOCK);
      for (let row = first; row < blockEnd; row += rows) {
        addRows(cells.count, { first: row, count: Math.min(rows, blockEnd - row) }, row === first);
      }
      exports.combine(stack.next, e, o, vectors);
      stack.push(vectors);
      countWork((blockEnd - first) * (CELL_NS + cells.count * ELEMENT_NS));
    }
    return stack.finish(vectors);
  };
  return (cells, positions, emit) => {
    const end = cells.first + cells.count;
    for (let cell = cells.first; cell < end;) {
      const count = Math.min(end - cell, elements.mostCells(cell));
      emit(cell, count, foldStrip({ first: cell, count }, positions), 0);
      cell += count;
    }
  };
}
