/**
 * Neighbours in C order as boxes of the index space.
 *
 * @module
 */

import type { Shape } from "../../array/layout/shape.ts";
import type { Range } from "./block_source.ts";

/** A part of a range that is a box. */
export interface RangeBox {
  /** How many neighbours of the range come before it. */
  readonly before: number;
  readonly origin: readonly number[];
  readonly shape: readonly number[];
}

/**
 * Cuts a range into boxes, each as large as it can be where it begins: at most 2 n - 1 of them for n axes.
 *
 * @param extents The extents of the axes that the range runs over in C order; none is 0.
 * @param range The range.
 */
export function rangeBoxes(extents: Shape, { first, count }: Range): RangeBox[] {
  if (extents.length === 0) return [{ before: 0, origin: [], shape: [] }];
  const boxes: RangeBox[] = [];
  for (let before = 0; before < count;) {
    const origin = indexOf(extents, first + before), left = count - before;
    // Outwards as long as the axes within begin anew and are needed whole.
    let axis = extents.length - 1, inner = 1;
    while (axis > 0 && origin[axis] === 0 && inner * extents[axis] <= left) inner *= extents[axis--];
    const turns = Math.min(extents[axis] - origin[axis], Math.floor(left / inner));
    const shape = extents.map((extent, k) => k < axis ? 1 : k === axis ? turns : extent);
    boxes.push({ before, origin, shape });
    before += turns * inner;
  }
  return boxes;
}

/** The index of a place in C order. */
function indexOf(extents: Shape, place: number): number[] {
  const index = new Array<number>(extents.length);
  let rest = place;
  for (let axis = extents.length - 1; axis >= 0; axis--) {
    index[axis] = rest % extents[axis];
    rest = Math.floor(rest / extents[axis]);
  }
  return index;
}
