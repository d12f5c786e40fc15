/**
 * How values are combined whose positions come bit by bit, along positions or across rows of cells. Both give the same
 * bits.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";
import { BLOCK } from "../../plan/reduce/reduce_plan.ts";
import type { ValueExports } from "./fold_module.ts";
import { ELEMENT } from "./memory_code.ts";
import { RowStack } from "./row_stack.ts";
import type { RunningPlaces } from "./running_fold.ts";
import { CELL_NS, ELEMENT_NS, RESULTS, STRIP } from "./scratch.ts";

/** Combines elements that lie at their place, from the first one on. */
export interface RowFolder {
  /** Forgets what was before. */
  begin(cells: number, first: number): void;
  /** Combines what can be of so many positions, and gives how many these were. */
  fold(count: number): number;
  /** Combines the last ones, and gives the address of a row with a value for each cell. */
  finish(count: number): number;
}

/** What both ways need. */
export interface RunningTools {
  readonly exports: ValueExports;
  readonly places: RunningPlaces;
  /** The memory as words. */
  readonly words: Int32Array;
  /** The bits that the fold passes over. */
  readonly identity: bigint;
}

/** Rows that are combined at a time. */
const GROUP = 8;

/** Blocks of one call: their values stay in the first cache. */
const MOST_BLOCKS = 512;

/**
 * Across rows of cells. Of a block that is not whole the rows `e` and `o` wait, and rows that are no group.
 *
 * @param tools Functions and places.
 */
export function valuesInColumns({ exports, places, words, identity }: RunningTools): RowFolder {
  const { table, e, o, elements, positionStep, rowBytes } = places;
  const stack = new RowStack(places.stack, exports.combine, rowBytes);
  let cells = 0, vectors = 0, inBlock = 0;
  new BigInt64Array(words.buffer, places.identity, STRIP).fill(identity);

  /** Adds groups of rows, of which only some may be there. */
  const addRows = (row: number, count: number) => {
    const groups = Math.ceil(count / GROUP), isFresh = Number(inBlock === 0);
    for (let cell = 0; cell < cells; cell += STRIP) {
      const own = Math.min(STRIP, cells - cell), at = cell * ELEMENT;
      for (let k = 0; k < groups * GROUP; k++) {
        words[table / 4 + k] = k < count ? elements + (row + k) * positionStep + at : places.identity;
      }
      exports.columns(table, groups, own, e + at, o + at, isFresh);
      countWork(count * (CELL_NS + own * ELEMENT_NS));
    }
    inBlock += groups * GROUP;
  };
  const endBlock = () => {
    exports.combine(stack.next, e, o, vectors);
    stack.push(vectors);
    inBlock = 0;
  };
  return {
    begin(count) {
      cells = count;
      vectors = Math.ceil(count / 2);
      inBlock = 0;
      stack.begin();
    },
    fold(count) {
      let row = 0;
      while (count - row >= GROUP) {
        const rows = Math.min(GROUP * Math.floor((count - row) / GROUP), BLOCK - inBlock);
        addRows(row, rows);
        row += rows;
        if (inBlock === BLOCK) endBlock();
      }
      return row;
    },
    finish(count) {
      if (count > 0) addRows(0, count);
      if (inBlock > 0) endBlock();
      return stack.finish(vectors);
    },
  };
}

/**
 * Along positions: each block is one value. Positions that are no block wait.
 *
 * @param tools Functions and places.
 */
export function valuesAlong({ exports, places }: RunningTools): RowFolder {
  const { elements, cellStep, results, rowBytes } = places;
  const stack = new RowStack(places.stack, exports.combine, rowBytes);
  let cells = 0, vectors = 0, done = 0;

  /** Adds positions that are a branch of the tree, or the last block. */
  const addBranch = (first: number, count: number, blocks: number) => {
    const most = Math.max(1, Math.floor(RESULTS / blocks));
    for (let cell = 0; cell < cells; cell += most) {
      const own = Math.min(most, cells - cell);
      exports.along(elements + cell * cellStep + first * ELEMENT, cellStep, own, count, results);
      exports.tree(results, own, blocks, stack.next + cell * ELEMENT);
      countWork(own * (CELL_NS + count * ELEMENT_NS));
    }
    stack.push(vectors, blocks);
    done += blocks;
  };
  return {
    begin(count) {
      cells = count;
      vectors = Math.ceil(count / 2);
      done = 0;
      stack.begin();
    },
    fold(count) {
      let first = 0;
      while (count - first >= BLOCK) {
        let blocks = 1;
        const most = Math.min(MOST_BLOCKS, Math.floor((count - first) / BLOCK));
        // As many as are there and as a branch has that begins here.
        while (2 * blocks <= most && done % (2 * blocks) === 0) blocks *= 2;
        addBranch(first, blocks * BLOCK, blocks);
        first += blocks * BLOCK;
      }
      return first;
    },
    finish(count) {
      if (count > 0) addBranch(0, count, 1);
      return stack.finish(vectors);
    },
  };
}
