/**
 * Running sums and products along an axis.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { IndexError, PlanError, showValue } from "../errors.ts";
import type { Expression } from "./map_options.ts";
import { readCall, type ReduceInputs, type WideOf } from "./reduce_call.ts";
import type { ReduceOptions } from "./reduce_options.ts";
import type { ScanCall } from "./scanning.ts";

/**
 * Options of {@linkcode cumsum} and {@linkcode cumprod}.
 *
 * @example
 * ```ts
 * import { cumsum, type ScanOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals, assertStrictEquals } from "@std/assert";
 *
 * const balance = SharedNdArray.from([100, -30, -20]), options: ScanOptions = { axis: 0, out: balance };
 * assertStrictEquals(await cumsum(balance, options), balance);
 * assertEquals(balance.toNested(), [100, 70, 50]);
 * ```
 */
export interface ScanOptions extends Omit<ReduceOptions, "axis" | "keepDims"> {
  /** The axis; negative ones count from the end. Default: all elements in C order, so that the result has one axis. */
  readonly axis?: number | null;
  /** An array to write the result to, of its shape and dtype; with an axis the array itself can be that. */
  readonly out?: SharedNdArray;
}

/**
 * The running sum of elements: each is the sum of all up to it, added in their order. Floats keep their dtype, but are
 * accumulated as float64; sums of integers and bools are int64, and uint64 if they are unsigned, and wrap.
 *
 * @param array The elements.
 * @param options The axis and the like. `skipNaN` counts NaN as 0.
 * @returns An array of the same shape, or of one axis if none was given.
 * @throws {IndexError} If the axis is no integer, or out of range.
 * @throws {ShapeError} If `out` has another shape.
 * @throws {DTypeError} If `out` has another dtype.
 *
 * @example
 * ```ts
 * import { cumsum, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const rain = SharedNdArray.from([[1, 0, 2], [4, 3, 0]]);
 * assertEquals((await cumsum(rain, { axis: 1 })).toNested(), [[1, 1, 3], [4, 7, 7]]);
 * assertEquals((await cumsum(rain)).toNested(), [1, 1, 3, 7, 10, 10]);
 * assertEquals((await cumsum("rain > 1", { rain }, { axis: 0 })).toNested(), [[0n, 0n, 1n], [1n, 1n, 1n]]);
 * ```
 */
export function cumsum<D extends DType>(
  array: SharedNdArray<D>,
  options?: ScanOptions,
): Promise<SharedNdArray<WideOf<D>>>;
/** The running sum of an expression of arrays. */
export function cumsum(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ScanOptions,
): Promise<SharedNdArray>;
export function cumsum(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return scan("sum", source, rest);
}

/**
 * The running product of elements, with the dtype that their running sum would have.
 *
 * @param array The elements.
 * @param options The axis and the like. `skipNaN` counts NaN as 1.
 * @returns An array of the same shape, or of one axis if none was given.
 * @throws {IndexError} If the axis is no integer, or out of range.
 * @throws {ShapeError} If `out` has another shape.
 * @throws {DTypeError} If `out` has another dtype.
 *
 * @example
 * ```ts
 * import { cumprod, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals((await cumprod(SharedNdArray.from([1, 2, 3, 4]))).toNested(), [1, 2, 6, 24]);
 * assertEquals((await cumprod("1 + r", { r: SharedNdArray.from([0.5, 1]) })).toNested(), [1.5, 3]);
 * ```
 */
export function cumprod<D extends DType>(
  array: SharedNdArray<D>,
  options?: ScanOptions,
): Promise<SharedNdArray<WideOf<D>>>;
/** The running product of an expression of arrays. */
export function cumprod(
  expression: Expression,
  inputs: ReduceInputs,
  options?: ScanOptions,
): Promise<SharedNdArray>;
export function cumprod(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<SharedNdArray<never>> {
  return scan("prod", source, rest);
}

async function scan(
  operation: ScanCall["operation"],
  given: SharedNdArray | Expression,
  rest: readonly unknown[],
): Promise<SharedNdArray<never>> {
  const place = given instanceof SharedNdArray ? 0 : 1;
  const { axis, out, ...options } = requireOptions(rest[place]);
  const { source, inputs, wishes } = readCall(given, [...rest.slice(0, place), options]);
  if (axis !== undefined && axis !== null && typeof axis !== "number") {
    throw new IndexError(
      `The axis of a running sum or product must be one integer, but is ${showValue(axis)}`,
    );
  }
  if (out !== undefined && !(out instanceof SharedNdArray)) {
    throw new PlanError(`The option out must be a SharedNdArray, but is ${showValue(out)}`);
  }
  wishes.signal?.throwIfAborted();
  const { computeScan } = await import("./scanning.ts");
  // The overloads say which dtype it has.
  return await computeScan({ source, inputs, operation, axis: axis ?? null, out }, wishes) as SharedNdArray<
    never
  >;
}

/** The options, as a program in JavaScript might pass them. */
function requireOptions(options: unknown = {}): Readonly<Record<string, unknown>> {
  if (typeof options === "object" && options !== null) return { ...options };
  throw new PlanError(`The options must be an object, such as { axis: 0 }, but are ${showValue(options)}`);
}
