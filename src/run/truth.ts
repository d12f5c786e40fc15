/**
 * Reductions of what is true: whether any is, whether all are, and how many.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { Expression } from "./map_options.ts";
import { type ReduceInputs, reduceTo } from "./reduce_call.ts";
import type { ReduceOptions } from "./reduce_options.ts";

/**
 * Whether any element is true, which is to say not 0. NaN is, as in NumPy.
 *
 * @param array The elements.
 * @param options Axes and the like. `skipNaN` passes over NaN.
 * @returns Whether any is, over the axes; `false` of no elements.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 *
 * @example
 * ```ts
 * import { any, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[0, 0], [0, 2]]);
 * assertEquals((await any(a, { axis: 1 })).toNested(), [false, true]);
 * assertEquals((await any("a > 2", { a })).item(), false);
 * ```
 */
export function any(
  array: SharedNdArray,
  options?: ReduceOptions,
): Promise<SharedNdArray<"bool">>;
/** Whether an expression of arrays is true for any element. */
export function any(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray<"bool">>;
export function any(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("any", source, rest);
}

/**
 * Whether all elements are true, which is to say not 0. NaN is, as in NumPy.
 *
 * @param array The elements.
 * @param options Axes and the like. `skipNaN` passes over NaN.
 * @returns Whether all are, over the axes; `true` of no elements.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 *
 * @example
 * ```ts
 * import { all, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[1, 0], [3, 2]]);
 * assertEquals((await all(a, { axis: 1 })).toNested(), [false, true]);
 * assertEquals((await all("a >= 0", { a })).item(), true);
 * ```
 */
export function all(
  array: SharedNdArray,
  options?: ReduceOptions,
): Promise<SharedNdArray<"bool">>;
/** Whether an expression of arrays is true for all elements. */
export function all(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray<"bool">>;
export function all(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("all", source, rest);
}

/**
 * How many elements are not 0. NaN is not, as in NumPy.
 *
 * @param array The elements.
 * @param options Axes and the like. `skipNaN` passes over NaN.
 * @returns The count over the axes.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 *
 * @example
 * ```ts
 * import { countNonzero, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[1, 0], [3, 2]]);
 * assertEquals((await countNonzero(a)).item(), 3n);
 * assertEquals((await countNonzero("a > 1", { a }, { axis: 0 })).toNested(), [1n, 1n]);
 * ```
 */
export function countNonzero(
  array: SharedNdArray,
  options?: ReduceOptions,
): Promise<SharedNdArray<"int64">>;
/** How many elements an expression of arrays is not 0 for. */
export function countNonzero(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray<"int64">>;
export function countNonzero(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return reduceTo("countNonzero", source, rest);
}
