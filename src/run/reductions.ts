/**
 * Reductions: sums and products, means and variances.
 *
 * All reductions take an array, or an expression with its inputs, which is computed in blocks and never as a whole.
 * Elements are combined in an order that follows from their places alone, so that the bits of a result depend neither
 * on tiles nor on workers.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType, FloatDType } from "../dtype.ts";
import type { Expression } from "./map_options.ts";
import type { ReduceOptions, VarianceOptions } from "./reduce_options.ts";
import { type FloatOf, type ReduceInputs, reduceTo, type WideOf } from "./reduce_call.ts";

/**
 * The sum of elements.
 *
 * Floats keep their dtype, and are summed as float64 with an error like that of pairwise summation; sums of integers
 * and bools are int64, and uint64 if they are unsigned.
 *
 * @param array What is summed.
 * @param options Axes and the like. `skipNaN` counts NaN as 0.
 * @returns The sum over the axes; without axes that are left an array of one element, whose number `item()` gives.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 *
 * @example
 * ```ts
 * import { SharedNdArray, sum } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[1, 2, 3], [4, 5, 6]]), b = SharedNdArray.ones([2, 3]);
 * assertEquals((await sum(a)).item(), 21);
 * assertEquals((await sum(a, { axis: 0 })).toNested(), [5, 7, 9]);
 * assertEquals((await sum("(a - b) ** 2", { a, b })).item(), 55);
 * ```
 */
export function sum<D extends DType>(
  array: SharedNdArray<D>,
  options?: ReduceOptions,
): Promise<SharedNdArray<WideOf<D>>>;
/** The sum of an expression of arrays. */
export function sum(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray<WideOf<DType>>>;
export function sum(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("sum", source, rest);
}

/**
 * The product of elements, with the dtype that their sum would have.
 *
 * @param array What is multiplied.
 * @param options Axes and the like. `skipNaN` counts NaN as 1.
 * @returns The product over the axes.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 *
 * @example
 * ```ts
 * import { prod, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[1, 2, 3], [4, 5, 6]]);
 * assertEquals((await prod(a, { axis: 1 })).toNested(), [6, 120]);
 * assertEquals((await prod("a / 2", { a })).item(), 11.25);
 * ```
 */
export function prod<D extends DType>(
  array: SharedNdArray<D>,
  options?: ReduceOptions,
): Promise<SharedNdArray<WideOf<D>>>;
/** The product of an expression of arrays. */
export function prod(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray<WideOf<DType>>>;
export function prod(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("prod", source, rest);
}

/**
 * The mean of elements: a float64, or the dtype of the elements if they are floats.
 *
 * @param array What is averaged.
 * @param options Axes and the like. `skipNaN` gives the mean of what is not NaN, and NaN where all is.
 * @returns The mean over the axes.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {ValueError} If there are no elements.
 *
 * @example
 * ```ts
 * import { mean, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[1, 2], [3, NaN]]);
 * assertEquals((await mean(a, { axis: 0, skipNaN: true })).toNested(), [2, 2]);
 * assertEquals((await mean("where(a > 1, a, 0)", { a }, { axis: 1 })).toNested(), [1, 1.5]);
 * ```
 */
export function mean<D extends DType>(
  array: SharedNdArray<D>,
  options?: ReduceOptions,
): Promise<SharedNdArray<FloatOf<D>>>;
/** The mean of an expression of arrays. */
export function mean(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray<FloatDType>>;
export function mean(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("mean", source, rest);
}

/**
 * The variance of elements: the mean of their squared distances from their mean, with the dtype that the mean has.
 *
 * @param array The elements.
 * @param options Axes, `ddof` and the like. `skipNaN` passes over NaN.
 * @returns The variance over the axes.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {ValueError} If there are no elements.
 *
 * @example
 * ```ts
 * import { SharedNdArray, variance } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([1, 2, 3, 4]);
 * assertEquals((await variance(a)).item(), 1.25);
 * assertEquals((await variance("2 * a", { a }, { ddof: 1 })).item(), 20 / 3);
 * ```
 */
export function variance<D extends DType>(
  array: SharedNdArray<D>,
  options?: VarianceOptions,
): Promise<SharedNdArray<FloatOf<D>>>;
/** The variance of an expression of arrays. */
export function variance(
  expression: Expression,
  inputs: ReduceInputs,
  options?: VarianceOptions,
): Promise<SharedNdArray<FloatDType>>;
export function variance(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("var", source, rest);
}

/**
 * The standard deviation of elements: the root of their variance, with the dtype that the mean has.
 *
 * @param array The elements.
 * @param options Axes, `ddof` and the like. `skipNaN` passes over NaN.
 * @returns The standard deviation over the axes.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {ValueError} If there are no elements.
 *
 * @example
 * ```ts
 * import { SharedNdArray, std } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[2, 4], [5, 5]]);
 * assertEquals((await std(a, { axis: 1 })).toNested(), [1, 0]);
 * ```
 */
export function std<D extends DType>(
  array: SharedNdArray<D>,
  options?: VarianceOptions,
): Promise<SharedNdArray<FloatOf<D>>>;
/** The standard deviation of an expression of arrays. */
export function std(
  expression: Expression,
  inputs: ReduceInputs,
  options?: VarianceOptions,
): Promise<SharedNdArray<FloatDType>>;
export function std(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("std", source, rest);
}
