/**
 * In which order a compiled kernel walks the axes, and how each operand's elements lie along the innermost one.
 *
 * @module
 */

import type { Access } from "./element_access.ts";

/** Where an operand's elements lie, in elements. */
export interface StridedOperand {
  readonly strides: readonly number[];
}

/**
 * The axes from the outermost to the innermost, so that memory is walked in its own order: the first operand decides by
 * its strides, then the next. Axes of one element say nothing and go outside.
 *
 * @param shape The common shape.
 * @param operands The operands, those that are written first.
 */
export function loopOrder(shape: readonly number[], operands: readonly StridedOperand[]): number[] {
  const axes = shape.map((_, axis) => axis);
  const before = (a: number, b: number): number => {
    if (shape[a] === 1 || shape[b] === 1) return Number(shape[b] === 1) - Number(shape[a] === 1) || a - b;
    for (const { strides } of operands) {
      const difference = Math.abs(strides[b]) - Math.abs(strides[a]);
      // A broadcast axis says nothing of the order of memory.
      if (difference !== 0 && strides[a] !== 0 && strides[b] !== 0) return difference;
    }
    return a - b;
  };
  // The order need not be transitive where operands disagree: inserting one after another always ends.
  const ordered: number[] = [];
  for (const axis of axes) {
    let place = ordered.length;
    while (place > 0 && before(ordered[place - 1], axis) > 0) place--;
    ordered.splice(place, 0, axis);
  }
  return ordered;
}

/**
 * How an operand's elements lie along an axis.
 *
 * @param shape The common shape.
 * @param operand The operand.
 * @param axis The innermost axis; -1 where there is none.
 */
export function accessAlong(shape: readonly number[], { strides }: StridedOperand, axis: number): Access {
  if (axis < 0 || shape[axis] <= 1 || strides[axis] === 1) return "contiguous";
  return strides[axis] === 0 ? "splat" : "strided";
}

/** Loops over a box: adjacent axes that are one in every operand have become one. */
export interface Loops {
  /** How many turns each makes, from the outermost on. The last is a row, the one before it counts rows. */
  readonly extents: readonly number[];
  /** For each operand its step in each loop. */
  readonly steps: readonly (readonly number[])[];
}

/**
 * Joins loops where the step of the outer is that of the inner times its extent, in every operand.
 *
 * @param extents The extents of a box in the order of the loops.
 * @param steps For each operand its step in each loop, in any unit.
 * @returns At least two loops.
 */
export function joinLoops(extents: readonly number[], steps: readonly (readonly number[])[]): Loops {
  // From the innermost outwards, turned round at the end.
  const joined: number[] = [extents.at(-1) ?? 1];
  const joinedSteps = steps.map((own) => [own.at(-1) ?? 0]);
  for (let loop = extents.length - 2; loop >= 0; loop--) {
    const extent = extents[loop], inner = joined.length - 1;
    if (extent === 1) continue;
    if (steps.every((own, k) => own[loop] === joined[inner] * joinedSteps[k][inner])) {
      joined[inner] *= extent;
      continue;
    }
    joined.push(extent);
    steps.forEach((own, k) => joinedSteps[k].push(own[loop]));
  }
  if (joined.length === 1) {
    joined.push(1);
    joinedSteps.forEach((own) => own.push(0));
  }
  return { extents: joined.reverse(), steps: joinedSteps.map((own) => own.reverse()) };
}
