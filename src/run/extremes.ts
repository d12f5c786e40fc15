/**
 * Reductions: the least and greatest elements, and where they are.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import type { Expression } from "./map_options.ts";
import { type ReduceInputs, reduceTo } from "./reduce_call.ts";
import type { ReduceOptions } from "./reduce_options.ts";

/**
 * The least element, with the dtype of the elements.
 *
 * @param array The elements.
 * @param options Axes and the like. Without `skipNaN` NaN is what there is if one is; with it, only where
 * all elements are.
 * @returns The least element over the axes.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {ValueError} If there are no elements.
 *
 * @example
 * ```ts
 * import { min, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[3, NaN], [1, 2]]);
 * assertEquals((await min(a, { axis: 1 })).toNested(), [NaN, 1]);
 * assertEquals((await min(a, { axis: 1, skipNaN: true })).toNested(), [3, 1]);
 * ```
 */
export function min<D extends DType>(
  array: SharedNdArray<D>,
  options?: ReduceOptions,
): Promise<SharedNdArray<D>>;
/** The least element of an expression of arrays. */
export function min(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray>;
export function min(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("min", source, rest);
}

/**
 * The greatest element, with the dtype of the elements.
 *
 * @param array The elements.
 * @param options Axes and the like. Without `skipNaN` NaN is what there is if one is; with it, only where
 * all elements are.
 * @returns The greatest element over the axes.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {ValueError} If there are no elements.
 *
 * @example
 * ```ts
 * import { max, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([-4, 3], { dtype: "int8" });
 * assertEquals((await max(a)).item(), 3);
 * assertEquals((await max("abs(a)", { a })).item(), 4);
 * ```
 */
export function max<D extends DType>(
  array: SharedNdArray<D>,
  options?: ReduceOptions,
): Promise<SharedNdArray<D>>;
/** The greatest element of an expression of arrays. */
export function max(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray>;
export function max(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("max", source, rest);
}

/**
 * The place of the least element: of the first, if there are several, and of the first NaN, if there is one.
 *
 * The place is an index on the axis that is reduced; if there are several axes, it counts their elements in C order.
 *
 * @param array The elements.
 * @param options Axes and the like. `skipNaN` passes over NaN.
 * @returns Places.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {ValueError} If there are no elements, or with `skipNaN` none that is a number.
 *
 * @example
 * ```ts
 * import { argmin, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[3, 1, 2], [0, 5, 0]]);
 * assertEquals((await argmin(a, { axis: 1 })).toNested(), [1n, 0n]);
 * assertEquals((await argmin(a)).item(), 3n);
 * ```
 */
export function argmin(
  array: SharedNdArray,
  options?: ReduceOptions,
): Promise<SharedNdArray<"int64">>;
/** The place of the least element of an expression of arrays. */
export function argmin(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray<"int64">>;
export function argmin(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("argmin", source, rest);
}

/**
 * The place of the greatest element: of the first, if there are several, and of the first NaN, if there is one.
 *
 * The place is an index on the axis that is reduced; if there are several axes, it counts their elements in C order.
 *
 * @param array The elements.
 * @param options Axes and the like. `skipNaN` passes over NaN.
 * @returns Places.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {ValueError} If there are no elements, or with `skipNaN` none that is a number.
 *
 * @example
 * ```ts
 * import { argmax, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([3, NaN, 7]);
 * assertEquals((await argmax(a)).item(), 1n);
 * assertEquals((await argmax(a, { skipNaN: true })).item(), 2n);
 * ```
 */
export function argmax(
  array: SharedNdArray,
  options?: ReduceOptions,
): Promise<SharedNdArray<"int64">>;
/** The place of the greatest element of an expression of arrays. */
export function argmax(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray<"int64">>;
export function argmax(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("argmax", source, rest);
}
