/**
 * The loop of a copy: axes in an order that suits the memory, merged where they can be. No memory here, only numbers.
 *
 * @module
 */

import type { Shape } from "../layout/shape.ts";

/** A loop over two operands, axes with the largest strides of the target first. There is at least one axis. */
export interface CopyLoop {
  /** The extents; none is 1 unless it is the only one. */
  readonly extents: readonly number[];
  /** The target's strides, none of them negative. */
  readonly target: readonly number[];
  /** The source's strides. */
  readonly source: readonly number[];
  /** The target's first element. */
  readonly targetStart: number;
  /** The source's first element. */
  readonly sourceStart: number;
}

/** Strides and the place of index [0, 0, …]. */
export interface Strided {
  /** The strides, in elements. */
  readonly strides: readonly number[];
  /** Where index [0, 0, …] lies. */
  readonly offset: number;
}

/**
 * The loop that copies one array to another: axes along which the target runs backwards are turned, all are ordered by
 * the target's strides, and neighbours that lie one after another in both arrays become one.
 *
 * @param shape The shape of both, without a 0.
 * @param target Where to write.
 * @param source Where to read.
 * @returns A loop that visits every element once.
 */
export function copyLoop(shape: Shape, target: Strided, source: Strided): CopyLoop {
  let targetStart = target.offset, sourceStart = source.offset;
  const extents: number[] = [], to: number[] = [], from: number[] = [];
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis];
    let t = target.strides[axis], s = source.strides[axis];
    if (extent === 1) continue;
    if (t < 0) {
      targetStart += t * (extent - 1);
      sourceStart += s * (extent - 1);
      t = -t;
      s = 0 - s;
    }
    // Sorted as they come: there are few axes, mostly in order already.
    let place = extents.length;
    while (place > 0 && t > to[place - 1]) {
      extents[place] = extents[place - 1];
      to[place] = to[place - 1];
      from[place] = from[place - 1];
      place--;
    }
    extents[place] = extent;
    to[place] = t;
    from[place] = s;
  }
  if (extents.length === 0) return { extents: [1], target: [1], source: [1], targetStart, sourceStart };
  merge(extents, to, from);
  return { extents, target: to, source: from, targetStart, sourceStart };
}

/** Merges neighbours, in place. */
function merge(extents: number[], to: number[], from: number[]): void {
  let kept = 0;
  for (let axis = 1; axis < extents.length; axis++) {
    const inner = extents[axis];
    if (to[kept] === to[axis] * inner && from[kept] === from[axis] * inner) {
      extents[kept] *= inner;
    } else {
      extents[++kept] = inner;
    }
    to[kept] = to[axis];
    from[kept] = from[axis];
  }
  extents.length = to.length = from.length = kept + 1;
}

/**
 * The elements from the lowest to the highest that a loop touches on one side.
 *
 * @param extents The loop's extents.
 * @param strides That side's strides.
 * @param start That side's first element.
 */
export function touched(
  extents: readonly number[],
  strides: readonly number[],
  start: number,
): { lowest: number; span: number } {
  let lowest = start, span = 1;
  for (let axis = 0; axis < extents.length; axis++) {
    const length = (extents[axis] - 1) * strides[axis];
    if (length < 0) lowest += length;
    span += Math.abs(length);
  }
  return { lowest, span };
}
