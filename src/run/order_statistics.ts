/**
 * Medians and quantiles.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType, FloatDType } from "../dtype.ts";
import { PlanError, showValue, ValueError } from "../errors.ts";
import { QUANTILE_METHODS, type QuantileMethod } from "../kernel/order/quantile_points.ts";
import type { Expression } from "./map_options.ts";
import type { QuantileRequest } from "./quantiles.ts";
import { type FloatOf, readCall, type ReduceInputs } from "./reduce_call.ts";
import type { ReduceOptions } from "./reduce_options.ts";

/**
 * Options of {@linkcode quantile}.
 *
 * @example
 * ```ts
 * import { quantile, type QuantileOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: QuantileOptions = { axis: 1, method: "nearest" };
 * assertEquals((await quantile(SharedNdArray.from([[1, 5, 2], [7, 8, 0]]), 0.9, options)).toNested(), [5, 8]);
 * ```
 */
export interface QuantileOptions extends ReduceOptions {
  /**
   * What a quantile is that falls between two elements: on the straight line between them, the lower, the higher or
   * the nearest of them (of two equally near the one with the even place), or halfway. Default `"linear"`.
   */
  readonly method?: QuantileMethod;
}

/**
 * The median of elements: the one in the middle, or the mean of the two in the middle. A float64, or the dtype of the
 * elements if they are floats.
 *
 * The elements of each cell of the result are brought together in blocks and selected from, in linear time whatever
 * their order; where a few cells have very many elements, in passes over all of them, in which nothing is copied.
 *
 * @param array The elements. 64-bit integers are compared as float64.
 * @param options Axes and the like. `skipNaN` gives the median of what is not NaN, and NaN where all is; otherwise
 * one NaN makes the median NaN.
 * @returns The median over the axes.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {ValueError} If there are no elements.
 *
 * @example
 * ```ts
 * import { median, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[1, 7, 4], [2, 9, NaN]]);
 * assertEquals((await median(a, { axis: 1 })).toNested(), [4, NaN]);
 * assertEquals((await median(a, { axis: 1, skipNaN: true })).toNested(), [4, 5.5]);
 * assertEquals((await median("a * k", { a, k: 10 }, { axis: 0 })).toNested(), [15, 80, NaN]);
 * ```
 */
export function median<D extends DType>(
  array: SharedNdArray<D>,
  options?: ReduceOptions,
): Promise<SharedNdArray<FloatOf<D>>>;
/** The median of an expression of arrays. */
export function median(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ReduceOptions,
): Promise<SharedNdArray<FloatDType>>;
export async function median(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return await compute({ q: [0.5], method: "median", isList: false }, source, rest);
}

/**
 * Quantiles of elements: for each `q` the value that a share of `q` of the elements does not exceed. Methods and
 * dtypes are NumPy's: `"linear"` and `"midpoint"` give float64, the others an element.
 *
 * @param array The elements. 64-bit integers are compared as float64, so that beyond 2^53 they are rounded.
 * @param q From 0 to 1; for a list the result has a first axis with a quantile for each.
 * @param options Axes, method and the like. `skipNaN` passes over NaN; otherwise one makes the quantiles NaN.
 * @returns The quantiles over the axes.
 * @throws {ValueError} If a `q` is not from 0 to 1, or there are no elements.
 * @throws {DTypeError} If bools would have to be interpolated.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 *
 * @example
 * ```ts
 * import { quantile, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[3, 1, 2], [30, 10, 20]]);
 * assertEquals((await quantile(a, 0.25, { axis: 1 })).toNested(), [1.5, 15]);
 * assertEquals((await quantile(a, [0, 0.5, 1], { axis: 1 })).toNested(), [[1, 10], [2, 20], [3, 30]]);
 * assertEquals((await quantile("-a", { a }, 1)).item(), -1);
 * ```
 */
export function quantile(
  array: SharedNdArray,
  q: number | readonly number[],
  options?: QuantileOptions & { readonly method?: "linear" | "midpoint" },
): Promise<SharedNdArray<"float64">>;
/** Quantiles that may be elements. */
export function quantile<D extends DType>(
  array: SharedNdArray<D>,
  q: number | readonly number[],
  options: QuantileOptions,
): Promise<SharedNdArray<D | "float64">>;
/** Quantiles of an expression of arrays. */
export function quantile(
  expression: Expression,
  inputs: ReduceInputs,
  q: number | readonly number[],
  options?: QuantileOptions & { readonly method?: "linear" | "midpoint" },
): Promise<SharedNdArray<"float64">>;
/** Quantiles of an expression of arrays that may be elements. */
export function quantile(
  expression: Expression,
  inputs: ReduceInputs,
  q: number | readonly number[],
  options: QuantileOptions,
): Promise<SharedNdArray>;
export async function quantile(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  const place = source instanceof SharedNdArray ? 0 : 1;
  const q = rest[place], { method, ...options } = readMethod(rest[place + 1]);
  const request = { q: readQuantiles(q), method, isList: Array.isArray(q) };
  return await compute(request, source, [...rest.slice(0, place), options]);
}

async function compute(
  request: QuantileRequest,
  source: SharedNdArray | Expression,
  rest: readonly unknown[],
): Promise<SharedNdArray<never>> {
  const { source: read, inputs, wishes } = readCall(source, rest);
  wishes.signal?.throwIfAborted();
  const { computeQuantiles } = await import("./quantiles.ts");
  const { array } = await computeQuantiles(request, { source: read, inputs }, wishes);
  // The overloads say which dtype it has.
  return array as SharedNdArray<never>;
}

function readQuantiles(q: unknown): number[] {
  const list: unknown[] = Array.isArray(q) ? q.slice() : [q];
  return list.map((value) => {
    if (typeof value === "number" && value >= 0 && value <= 1) return value;
    throw new ValueError(`A quantile is from 0 to 1, or a list of such numbers, but is ${showValue(value)}`);
  });
}

/** The options, whose other values are looked at later. */
function readMethod(options: unknown = {}): QuantileOptions & { readonly method: QuantileMethod } {
  if (typeof options !== "object" || options === null) {
    throw new PlanError(`The options must be an object, such as { axis: 0 }, but are ${showValue(options)}`);
  }
  const wanted: unknown = "method" in options ? options.method : undefined;
  const method = wanted === undefined ? "linear" : QUANTILE_METHODS.find((known) => known === wanted);
  if (method === undefined) {
    throw new PlanError(
      `There is no quantile method ${showValue(wanted)}: expected one of ${QUANTILE_METHODS.join(", ")}`,
    );
  }
  return { ...options, method };
}
