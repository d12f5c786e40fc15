/**
 * What lies beyond the edges of an array: which of its elements stands where.
 *
 * @module
 */

import { type AxisRun, BEYOND } from "../array/gather.ts";
import { plain, type Shape } from "../array/layout/shape.ts";
import type { AxisHalo, BoundaryMode, Box } from "./halo.ts";

/**
 * Which element of an axis stands at an index, which may lie anywhere.
 *
 * @param mode What lies beyond the edges.
 * @param index The index.
 * @param extent The axis' extent; at least 1.
 * @returns An index from 0 to extent - 1, or {@linkcode BEYOND} where mode `"constant"` has its value.
 */
export function sourceIndex(mode: BoundaryMode, index: number, extent: number): number {
  if (index >= 0 && index < extent) return index;
  switch (mode) {
    case "constant":
      return BEYOND;
    case "nearest":
      return index < 0 ? 0 : extent - 1;
    case "wrap":
      return modulo(index, extent);
    case "reflect": {
      const place = modulo(index, 2 * extent);
      return place < extent ? place : 2 * extent - 1 - place;
    }
    case "mirror": {
      // One element alone is at both edges: there is nothing else to see in the mirror.
      const period = Math.max(1, 2 * extent - 2), place = modulo(index, period);
      return place < extent ? place : period - place;
    }
    case "none":
      throw new Error(
        `Index ${index} of an axis with extent ${extent} is read, though nothing lies beyond its edges`,
      );
  }
}

/**
 * An offset that reads the same elements as another one, but not from further away than the array is long.
 *
 * @param mode What lies beyond the edges.
 * @param offset The offset.
 * @param extent The axis' extent.
 */
export function foldOffset(mode: BoundaryMode, offset: number, extent: number): number {
  switch (mode) {
    case "wrap":
      return nearestOf(offset, Math.max(1, extent));
    case "reflect":
      return nearestOf(offset, 2 * Math.max(1, extent));
    case "mirror":
      return nearestOf(offset, 2 * Math.max(1, extent - 1));
    default:
      return Math.max(-extent, Math.min(extent, offset));
  }
}

/** Of the numbers that differ from one by multiples of a period the one that is nearest to 0; of two the one with its sign. */
function nearestOf(offset: number, period: number): number {
  const rest = modulo(offset, period);
  return 2 * rest > period || (2 * rest === period && offset < 0) ? rest - period : rest;
}

/** The remainder with the divisor's sign. */
function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return plain(rest < 0 ? rest + divisor : rest);
}

/**
 * Where the elements of a box lie that reaches beyond the inputs' edges, as `gatherBox` takes it.
 *
 * @param box The box, such as {@linkcode readBox} gives.
 * @param inputShape The shape of the inputs, without a 0.
 * @param halo The halo, of which only the modes count.
 * @returns For each axis the runs that make up the box.
 */
export function gatherTables(box: Box, inputShape: Shape, halo: readonly AxisHalo[]): AxisRun[][] {
  return box.shape.map((extent, axis) =>
    axisRuns(halo[axis].mode, box.origin[axis], extent, inputShape[axis])
  );
}

function axisRuns(mode: BoundaryMode, start: number, length: number, extent: number): AxisRun[] {
  const runs: AxisRun[] = [], end = start + length;
  for (let index = start; index < end;) {
    const run = runAt(mode, index, extent), next = { ...run, length: Math.min(run.length, end - index) };
    const last = runs.at(-1), joined = last === undefined ? null : join(last, next);
    if (joined === null) runs.push(next);
    else runs[runs.length - 1] = joined;
    index += next.length;
  }
  return runs;
}

/** The evenly spaced elements from an index on, as far as they go. */
function runAt(mode: BoundaryMode, index: number, extent: number): AxisRun {
  if (index >= 0 && index < extent) return { length: extent - index, source: index, step: 1 };
  const source = sourceIndex(mode, index, extent);
  switch (mode) {
    case "wrap":
      return { length: extent - source, source, step: 1 };
    case "reflect": {
      const place = modulo(index, 2 * extent);
      return place < extent
        ? { length: extent - place, source, step: 1 }
        : { length: 2 * extent - place, source, step: -1 };
    }
    case "mirror": {
      if (extent === 1) return { length: Infinity, source, step: 0 };
      const turn = extent - 1, place = modulo(index, 2 * turn);
      return place < turn
        ? { length: turn - place, source, step: 1 }
        : { length: 2 * turn - place, source, step: -1 };
    }
    default:
      // The same as far as the array, or for ever behind it.
      return { length: index < 0 ? -index : Infinity, source, step: 0 };
  }
}

/** Two neighbouring runs as one, or null where they are not evenly spaced. The second has step 1 or one element. */
function join(run: AxisRun, next: AxisRun): AxisRun | null {
  if ((run.source === BEYOND) !== (next.source === BEYOND)) return null;
  // The distance of one element to the next decides the step.
  const step = run.length === 1 ? next.source - run.source : run.step;
  const isEven = Math.abs(step) <= 1 && next.source === run.source + step * run.length;
  if (!isEven || (next.length > 1 && step !== next.step)) return null;
  return { length: run.length + next.length, source: run.source, step };
}
