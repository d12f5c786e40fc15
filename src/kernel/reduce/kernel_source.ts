/**
 * Elements for a reduction that a compiled kernel computes.
 *
 * @module
 */

import type { ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import { stepsByAxis } from "./block_order.ts";
import type { BlockSource, DirectElements } from "./block_source.ts";
import { rangeBoxes } from "./range_boxes.ts";

/** What computes boxes: a bound kernel, whose only output is the scratch memory. */
export interface BoxKernel {
  /**
   * Computes a box.
   *
   * @param origin The index of its first element.
   * @param shape Its extents.
   * @param address Where the first element goes.
   * @param strides Steps in bytes, by axis.
   */
  runInto(
    origin: readonly number[],
    shape: readonly number[],
    address: number,
    strides: readonly number[],
  ): void;
}

/**
 * A source of blocks.
 *
 * @param kernel What computes boxes.
 * @param plan What is reduced.
 * @param direct The elements themselves, if the kernel only copies them.
 */
export function kernelSource(
  kernel: BoxKernel,
  plan: ReducePlan,
  direct: DirectElements | null,
): BlockSource {
  const { shape, kept, reduced } = plan;
  const keptExtents = kept.map((axis) => shape[axis]), reducedExtents = reduced.map((axis) => shape[axis]);
  return {
    direct,
    fill(cells, positions, address, cellStep, positionStep) {
      const strides = stepsByAxis(plan, cellStep, positionStep);
      const positionBoxes = rangeBoxes(reducedExtents, positions);
      for (const cellBox of rangeBoxes(keptExtents, cells)) {
        for (const positionBox of positionBoxes) {
          const origin = new Array<number>(shape.length), extents = new Array<number>(shape.length);
          kept.forEach((axis, k) => {
            origin[axis] = cellBox.origin[k];
            extents[axis] = cellBox.shape[k];
          });
          reduced.forEach((axis, k) => {
            origin[axis] = positionBox.origin[k];
            extents[axis] = positionBox.shape[k];
          });
          const start = address + cellBox.before * cellStep + positionBox.before * positionStep;
          kernel.runInto(origin, extents, start, strides);
        }
      }
    },
  };
}
