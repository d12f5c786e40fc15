/**
 * Elements whose positions lie side by side: in the array itself, or in a block that is filled.
 *
 * @module
 */

import type { ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import { AxisWalk } from "./axis_walk.ts";
import type { BlockSource, DirectElements, Range } from "./block_source.ts";
import { ELEMENT } from "./memory_code.ts";
import { BLOCK_ELEMENTS, type ScratchPlaces } from "./scratch.ts";

/** Elements of several cells. */
export interface AlongElements {
  readonly memory: WebAssembly.Memory;
  /** The most positions that are handled at a time: a power of two times those of a block. */
  readonly mostPositions: number;
  /** The most cells that are handled at a time, from one on, with so many positions each. */
  mostCells(cell: number, positions: number): number;
  /** Makes elements ready, and returns the address of the first, and bytes from a cell to the next. */
  place(cells: Range, positions: Range): { readonly source: number; readonly cellStep: number };
}

/** Positions of an array that are handled at a time: their partial results stay in the first cache. */
const MOST_DIRECT = 65_536;

/**
 * Elements that lie side by side in an array, or null if they do not.
 *
 * @param direct The array.
 * @param plan What is reduced.
 */
export function directAlong(
  { memory, address, strides }: DirectElements,
  { shape, kept, reduced, positions }: ReducePlan,
): AlongElements | null {
  const inner = new AxisWalk(reduced, shape, strides), outer = new AxisWalk(kept, shape, strides);
  if (inner.run !== positions || inner.step !== ELEMENT) return null;
  return {
    memory,
    mostPositions: MOST_DIRECT,
    mostCells: (cell) => outer.runFrom(cell),
    place: (cells, { first }) => ({
      source: address + outer.distance(cells.first) + first * ELEMENT,
      cellStep: outer.step,
    }),
  };
}

/**
 * Elements that are computed, a block at a time.
 *
 * @param source What computes them.
 * @param scratch Where the block is.
 */
export function filledAlong(source: BlockSource, { memory, block }: ScratchPlaces): AlongElements {
  return {
    memory,
    mostPositions: BLOCK_ELEMENTS,
    mostCells: (_, positions) => Math.max(1, Math.floor(BLOCK_ELEMENTS / positions)),
    place(cells, positions) {
      const cellStep = positions.count * ELEMENT;
      source.fill(cells, positions, block, cellStep, ELEMENT);
      return { source: block, cellStep };
    },
  };
}
