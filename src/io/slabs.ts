/**
 * The pieces in which files without chunks of their own are read: slabs over the leading axes.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";

/** About how many bytes a slab has: long enough to read at full speed, short enough for many to be in memory. */
const SLAB_BYTES = 1 << 22;

/**
 * Slabs of about 4 MiB, with the trailing axes whole as far as that goes.
 *
 * @param shape The array's shape.
 * @param elementBytes Bytes of an element.
 * @returns The shape of a slab: at least 1 along each axis.
 */
export function slabsOf(shape: Shape, elementBytes: number): Shape {
  let left = Math.max(1, Math.floor(SLAB_BYTES / elementBytes));
  return shape.map((_, k) => {
    const axis = shape.length - 1 - k;
    const extent = Math.max(1, Math.min(shape[axis], left));
    left = extent < shape[axis] ? 1 : Math.floor(left / extent);
    return extent;
  }).reverse();
}
