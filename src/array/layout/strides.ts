/**
 * Arithmetic of strides: layouts, bounds, and the collapsing of axes. Strides and offsets count elements.
 * No memory here, only numbers.
 *
 * @module
 */

import type { Shape } from "./shape.ts";

/**
 * The strides of an array whose last axis varies fastest (C order).
 *
 * @param shape The shape.
 */
export function cStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= Math.max(1, shape[axis]);
  }
  return strides;
}

/**
 * The strides of an array whose first axis varies fastest (Fortran order).
 *
 * @param shape The shape.
 */
export function fortranStrides(shape: Shape): number[] {
  return cStrides(shape.toReversed()).reverse();
}

/** Whether elements lie one after another when walked along `axes`, the fastest axis last. */
function isDense(shape: Shape, strides: readonly number[], axes: Iterable<number>): boolean {
  let expected = 1;
  for (const axis of axes) {
    if (shape[axis] === 0) return true;
    if (shape[axis] !== 1 && strides[axis] !== expected) return false;
    expected *= shape[axis];
  }
  return true;
}

/**
 * Whether the elements lie one after another in C order.
 *
 * @param shape The shape.
 * @param strides The strides.
 */
export function isCContiguous(shape: Shape, strides: readonly number[]): boolean {
  return shape.includes(0) || isDense(shape, strides, shape.keys().toArray().reverse());
}

/**
 * Whether the elements lie one after another in Fortran order.
 *
 * @param shape The shape.
 * @param strides The strides.
 */
export function isFortranContiguous(shape: Shape, strides: readonly number[]): boolean {
  return shape.includes(0) || isDense(shape, strides, shape.keys());
}

/**
 * The lowest and the highest element that a layout reaches.
 *
 * @param shape The shape.
 * @param strides The strides.
 * @param offset Where index [0, 0, …] lies.
 * @returns Both inclusive, or null when there is no element.
 */
export function reach(
  shape: Shape,
  strides: readonly number[],
  offset: number,
): { lowest: number; highest: number } | null {
  let lowest = offset, highest = offset;
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 0) return null;
    const span = (shape[axis] - 1) * strides[axis];
    if (span < 0) lowest += span;
    else highest += span;
  }
  return { lowest, highest };
}

/** A loop over several operands at once, with as few axes as their layouts allow. */
export interface CollapsedLoop {
  /** Extents, the innermost last; at least one. */
  readonly shape: readonly number[];
  /** Strides by axis, then by operand. */
  readonly strides: readonly (readonly number[])[];
}

/**
 * Orders axes by stride and merges neighbours that are contiguous in every operand, so that the innermost loop is
 * as long and as local as can be.
 *
 * @param shape The common shape.
 * @param operands Strides of each operand.
 * @returns The loop; every element is visited exactly once, not necessarily in C order.
 */
export function collapse(shape: Shape, operands: readonly (readonly number[])[]): CollapsedLoop {
  const reachOf = (axis: number) => Math.max(0, ...operands.map((strides) => Math.abs(strides[axis])));
  const axes = shape.keys().toArray()
    .filter((axis) => shape[axis] !== 1)
    .sort((a, b) => reachOf(b) - reachOf(a));
  const extents: number[] = [];
  const strides: number[][] = [];
  for (const axis of axes) {
    const inner = operands.map((operand) => operand[axis]);
    const last = extents.length - 1;
    if (last >= 0 && strides[last].every((outer, k) => outer === inner[k] * shape[axis])) {
      extents[last] *= shape[axis];
      strides[last] = inner;
    } else {
      extents.push(shape[axis]);
      strides.push(inner);
    }
  }
  if (extents.length === 0) return { shape: [1], strides: [operands.map(() => 0)] };
  return { shape: extents, strides };
}
