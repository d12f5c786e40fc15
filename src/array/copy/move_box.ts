/**
 * Walking a box plane by plane.
 *
 * @module
 */

import type { PlaneSteps } from "./move_bits.ts";
import type { MovePlane } from "./move_plane.ts";

/** How boxes are walked: which two axes are planes, and the strides of all. */
export interface Planes {
  /** The axis of rows. */
  readonly row: number;
  /** The axis of columns. */
  readonly column: number;
  /** The other axes along which a box is longer than 1. */
  readonly others: readonly number[];
  /** The distances in a plane. */
  readonly steps: PlaneSteps;
  /** The target's strides. */
  readonly target: readonly number[];
  /** The source's strides. */
  readonly source: readonly number[];
}

/**
 * Chooses how to walk boxes: the longest axis is that of columns, so that the innermost loop is as long as can be, and
 * of axes as long as one another the last.
 *
 * @param box The extents of most boxes.
 * @param target The target's strides, the smallest last.
 * @param source The source's strides.
 */
export function planeOf(
  box: readonly number[],
  target: readonly number[],
  source: readonly number[],
): Planes {
  let column = box.length - 1;
  for (let axis = column - 1; axis >= 0; axis--) {
    if (box[axis] > box[column]) column = axis;
  }
  let row = -1;
  for (let axis = box.length - 1; axis >= 0; axis--) {
    if (axis !== column && (row < 0 || box[axis] > box[row])) row = axis;
  }
  const others: number[] = [];
  for (let axis = 0; axis < box.length; axis++) {
    if (axis !== row && axis !== column && box[axis] > 1) others.push(axis);
  }
  const steps = {
    targetRow: row < 0 ? 0 : target[row],
    targetColumn: target[column],
    sourceRow: row < 0 ? 0 : source[row],
    sourceColumn: source[column],
  };
  return { row, column, others, steps, target, source };
}

/**
 * Moves the elements of a box.
 *
 * @param move Moves a plane.
 * @param target The first element in the target.
 * @param source The first element in the source.
 * @param extents The box's extents.
 * @param planes How to walk it.
 * @param depth How many of the other axes are fixed already.
 */
export function moveBox(
  move: MovePlane,
  target: number,
  source: number,
  extents: readonly number[],
  planes: Planes,
  depth: number = 0,
): void {
  const { others, row } = planes;
  if (depth === others.length) {
    move(target, source, row < 0 ? 1 : extents[row], extents[planes.column], planes.steps);
    return;
  }
  const axis = others[depth], t = planes.target[axis], s = planes.source[axis];
  for (let k = 0; k < extents[axis]; k++) {
    moveBox(move, target + k * t, source + k * s, extents, planes, depth + 1);
  }
}
