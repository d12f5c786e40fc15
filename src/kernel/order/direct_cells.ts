/**
 * Elements that are read where they lie, instead of being brought together first.
 *
 * @module
 */

import type { ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import type { DirectElements } from "../reduce/block_source.ts";

/** Gives some neighbouring positions of a cell, only to be read. */
export type CellReader = (cell: number, first: number, count: number) => Float64Array;

/**
 * A reader of cells whose float64 elements lie one behind the other in the order of their positions.
 *
 * @param plan The plan.
 * @param direct The elements.
 * @returns The reader, or null where elements have to be computed or lie in another way.
 */
export function cellReader(
  { shape, kept, reduced, positions }: ReducePlan,
  direct: DirectElements | null,
): CellReader | null {
  if (direct === null) return null;
  const { memory: { buffer }, address, strides } = direct;
  let step = 8;
  for (const axis of reduced.toReversed()) {
    if (shape[axis] === 1) continue;
    if (strides[axis] !== step) return null;
    step *= shape[axis];
  }
  if (step !== positions * 8 || address % 8 !== 0) return null;
  return (cell, first, count) => {
    let place = address + first * 8, rest = cell;
    for (const axis of kept.toReversed()) {
      place += rest % shape[axis] * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    return new Float64Array(buffer, place, count);
  };
}
