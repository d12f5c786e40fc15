/**
 * Other shapes for the same elements. No memory here, only numbers.
 *
 * @module
 */

import { ShapeError } from "../../errors.ts";
import type { Layout } from "./layout.ts";
import { type Shape, showShape, sizeOf } from "./shape.ts";
import { cStrides } from "./strides.ts";

/**
 * A shape in which one extent may be -1: as much as is left for it.
 *
 * @param wanted The shape wanted.
 * @param from The shape that the elements have.
 * @throws {ShapeError} If it has another number of elements, or more than one -1.
 */
export function resolveShape(wanted: Shape, from: Shape): number[] {
  const size = sizeOf(from);
  if (!Array.isArray(wanted)) sizeOf(wanted);
  const open = wanted.indexOf(-1);
  if (open !== wanted.lastIndexOf(-1)) {
    throw new ShapeError(`Cannot reshape to ${showShape(wanted)}: at most one extent can be -1`);
  }
  const known = sizeOf(open < 0 ? wanted : wanted.with(open, 1));
  const left = known === 0 ? NaN : size / known;
  if (open < 0 ? known !== size : !Number.isInteger(left)) {
    throw new ShapeError(
      `Cannot reshape ${showShape(from)} to ${showShape(wanted)}: ${size} elements do not fit ${
        open < 0 ? known : `a multiple of ${known}`
      }`,
    );
  }
  return open < 0 ? wanted.slice() : wanted.with(open, left);
}

/**
 * The layout that shows the elements, in C order, in another shape.
 *
 * Axes are matched in groups of equal size. A group of the array can be cut anew only when its axes lie one after
 * another, so that the group is a single axis in memory.
 *
 * @param layout The array's layout.
 * @param shape A shape with the same number of elements.
 * @returns The layout, or null when the elements would have to be copied.
 */
export function reshapeLayout(layout: Layout, shape: Shape): Layout | null {
  const { offset } = layout;
  if (shape.includes(0)) return { shape, strides: cStrides(shape), offset };
  // Axes of extent 1 are never stepped along.
  const old: number[] = [];
  for (let axis = 0; axis < layout.shape.length; axis++) if (layout.shape[axis] !== 1) old.push(axis);
  const strides = new Array<number>(shape.length).fill(0);
  let from = 0, to = 0;
  while (from < old.length) {
    // A group: the fewest axes of both shapes, from here on, that have the same number of elements.
    let end = from + 1, stop = to + 1;
    let oldSize = layout.shape[old[from]], newSize = shape[to];
    while (oldSize !== newSize) {
      if (oldSize < newSize) oldSize *= layout.shape[old[end++]];
      else newSize *= shape[stop++];
    }
    for (let k = from; k < end - 1; k++) {
      const inner = layout.shape[old[k + 1]] * layout.strides[old[k + 1]];
      if (layout.strides[old[k]] !== inner) return null;
    }
    let stride = layout.strides[old[end - 1]];
    for (let axis = stop - 1; axis >= to; axis--) {
      strides[axis] = stride;
      stride *= shape[axis];
    }
    from = end;
    to = stop;
  }
  // What is left of the new shape are axes of extent 1 too.
  return { shape, strides, offset };
}
