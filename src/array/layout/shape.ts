/**
 * Arithmetic of shapes and indices. No memory here, only numbers.
 *
 * @module
 */

import { IndexError, ShapeError, showValue } from "../../errors.ts";

/**
 * The extents of an array, one number an axis.
 *
 * @example
 * ```ts
 * import { type Shape, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const halved = (shape: Shape): Shape => shape.map((extent) => Math.ceil(extent / 2));
 * assertEquals(SharedNdArray.zeros(halved([365, 16])).shape, [183, 8]);
 * ```
 */
export type Shape = readonly number[];

/**
 * A number without the sign of -0, which would show when shapes and strides are compared.
 *
 * @param value The number.
 */
export function plain(value: number): number {
  return value + 0;
}

/** Arrays have no more axes than this. */
const MOST_AXES = 64;

/**
 * Checks a number of axes.
 *
 * @param ndim The number.
 * @throws {ShapeError} If there are more than 64.
 */
export function requireAxes(ndim: number): void {
  if (ndim > MOST_AXES) throw new ShapeError(`Got ${ndim} axes, but an array has at most ${MOST_AXES}`);
}

/**
 * Checks a shape and counts its elements.
 *
 * @param shape Non-negative integers; empty for an array of one element and no axis.
 * @returns The number of elements.
 * @throws {ShapeError} If an extent is no non-negative integer, or the count exceeds 2^53.
 */
export function sizeOf(shape: Shape): number {
  if (!Array.isArray(shape)) {
    throw new ShapeError(
      `Invalid shape ${showValue(shape)}: expected an array of extents, such as [3, 4]`,
    );
  }
  requireAxes(shape.length);
  let size = 1;
  for (let axis = 0; axis < shape.length; axis++) {
    const extent = shape[axis];
    if (!Number.isInteger(extent) || extent < 0) {
      throw new ShapeError(
        `Invalid shape ${showShape(shape)}: axis ${axis} is ${
          showValue(extent)
        }, expected a non-negative integer`,
      );
    }
    size *= extent;
  }
  if (!Number.isSafeInteger(size)) {
    throw new ShapeError(`Invalid shape ${showShape(shape)}: more than 2^53 elements`);
  }
  return size;
}

/**
 * A frozen copy, so that arrays can share shapes and strides without copying.
 *
 * @param numbers A shape or strides.
 */
export function freeze(numbers: readonly number[]): readonly number[] {
  return Object.isFrozen(numbers) ? numbers : Object.freeze(numbers.slice());
}

/**
 * Whether two shapes are the same.
 *
 * @param a A shape.
 * @param b Another.
 */
export function sameShape(a: Shape, b: Shape): boolean {
  return a === b || (a.length === b.length && a.every((extent, axis) => extent === b[axis]));
}

/**
 * A shape as messages write it.
 *
 * @param shape Numbers, such as a shape, strides or coordinates.
 * @returns For example `[365, 16, 16]`.
 */
export function showShape(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * An index as Python has it: negative ones count from the end.
 *
 * @param index The index given.
 * @param extent The axis' extent.
 * @param axis The axis, for the message.
 * @returns An index from 0 to extent - 1.
 * @throws {IndexError} If it is no integer or out of range.
 */
export function resolveIndex(index: number, extent: number, axis: number): number {
  if (!Number.isInteger(index)) {
    throw new IndexError(`Index ${showValue(index)} on axis ${axis} is not an integer`);
  }
  const resolved = index < 0 ? index + extent : index;
  if (resolved < 0 || resolved >= extent) {
    throw new IndexError(`Index ${index} is out of bounds for axis ${axis} with extent ${extent}`);
  }
  return resolved;
}

/**
 * An axis as NumPy has it: negative ones count from the end.
 *
 * @param axis The axis given.
 * @param ndim How many axes the array has.
 * @returns An axis from 0 to ndim - 1.
 * @throws {IndexError} If it is out of range.
 */
export function resolveAxis(axis: number, ndim: number): number {
  const positive = axis < 0 ? axis + ndim : axis;
  if (!Number.isInteger(axis) || positive < 0 || positive >= ndim) {
    throw new IndexError(`Axis ${showValue(axis)} is out of bounds for an array with ${ndim} axes`);
  }
  return positive;
}

/**
 * Axes as NumPy has them: negative ones count from the end, none twice.
 *
 * @param axes The axes given.
 * @param ndim How many axes the array has.
 * @returns Axes from 0 to ndim - 1.
 * @throws {IndexError} If one is out of range or named twice.
 */
export function resolveAxes(axes: readonly number[], ndim: number): number[] {
  if (!Array.isArray(axes)) {
    throw new IndexError(`Invalid axes ${showValue(axes)}: expected an array of axes, such as [0, 1]`);
  }
  const resolved = axes.map((axis) => resolveAxis(axis, ndim));
  if (new Set(resolved).size !== resolved.length) {
    throw new IndexError(`Axes ${showShape(axes)} name an axis twice`);
  }
  return resolved;
}
