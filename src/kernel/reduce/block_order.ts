/**
 * How the axes of what is reduced lie in a block.
 *
 * @module
 */

import type { Shape } from "../../array/layout/shape.ts";
import type { ReducePlan } from "../../plan/reduce/reduce_plan.ts";

/**
 * Steps by axis of elements in C order of the kept axes and of the reduced ones.
 *
 * @param plan What is reduced.
 * @param cellStep The step from a cell to the next.
 * @param positionStep The step from a position to the next.
 */
export function stepsByAxis(
  { shape, kept, reduced }: Pick<ReducePlan, "shape" | "kept" | "reduced">,
  cellStep: number,
  positionStep: number,
): number[] {
  const steps = new Array<number>(shape.length).fill(0);
  spread(shape, kept, cellStep, steps);
  spread(shape, reduced, positionStep, steps);
  return steps;
}

function spread(shape: Shape, axes: readonly number[], first: number, steps: number[]): void {
  let step = first;
  for (const axis of axes.toReversed()) {
    steps[axis] = step;
    step *= shape[axis];
  }
}

/**
 * Steps in elements by axis, as if all of what is reduced lay in one block: what a kernel has to be compiled for so
 * that it can fill blocks.
 *
 * @param plan What is reduced.
 */
export function blockStrides(plan: ReducePlan): number[] {
  return plan.contiguous === "cells"
    ? stepsByAxis(plan, 1, plan.cells)
    : stepsByAxis(plan, plan.positions, 1);
}
