/**
 * Arrays of random numbers: importing this module gives {@linkcode SharedNdArray.random} its meaning.
 *
 * @module
 */

import { type DType, dtypeRow, type FloatDType, type IntegerDType } from "../dtype.ts";
import { requireBounds } from "./random/bounds.ts";
import { fillIntegers } from "./random/integers.ts";
import { fillNormal } from "./random/normal.ts";
import { fillPermutation } from "./random/permutation.ts";
import { freshSeed } from "./random/seed.ts";
import { fillUniform, requireFloat } from "./random/uniform.ts";
import { resolveAxis, type Shape } from "./layout/shape.ts";
import {
  installRandom,
  requireArray,
  type SharedNdArray,
  storageOf,
  uninitialised,
} from "./shared_ndarray.ts";
import type { CreateOptions } from "./types.ts";

/**
 * Options of {@linkcode SharedNdArray.random}.
 *
 * @example
 * ```ts
 * import { type RandomOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const options: RandomOptions<"float32"> = { dtype: "float32", seed: 42n };
 * const a = SharedNdArray.random([8], options), b = SharedNdArray.random([8], { ...options, seed: 43n });
 * assert(a.equals(SharedNdArray.random([8], options)));
 * assert(!a.equals(b));
 * ```
 */
export interface RandomOptions<D extends DType = FloatDType> extends CreateOptions<D> {
  /** The stream of random numbers, an integer. Default: another one each time. */
  readonly seed?: number | bigint;
}

/**
 * Options of {@linkcode RandomArrays.normal}.
 *
 * @example
 * ```ts
 * import { type NormalOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const options: NormalOptions<"float64"> = { mean: 15, standardDeviation: 3, seed: 1 };
 * const tmp = SharedNdArray.random.normal([1000], options);
 * assertAlmostEquals(tmp.values().reduce((sum, value) => sum + value) / 1000, 15, 0.3);
 * ```
 */
export interface NormalOptions<D extends FloatDType = FloatDType> extends RandomOptions<D> {
  /** The mean. Default 0. */
  readonly mean?: number;
  /** The standard deviation. Default 1. */
  readonly standardDeviation?: number;
}

/**
 * Options of {@linkcode RandomArrays.integers}.
 *
 * @example
 * ```ts
 * import { type IntegersOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertMatch } from "@std/assert";
 *
 * const letters: IntegersOptions<"uint8"> = { dtype: "uint8", low: 65, high: 90, endpoint: true };
 * const code = SharedNdArray.random.integers([8], letters);
 * assertMatch(String.fromCharCode(...code.values()), /^[A-Z]{8}$/);
 * ```
 */
export interface IntegersOptions<D extends IntegerDType | "bool" = IntegerDType | "bool">
  extends RandomOptions<D> {
  /** The lowest integer. Default 0. */
  readonly low?: number | bigint;
  /** The integer before which they end; with `endpoint`, the highest. */
  readonly high: number | bigint;
  /** Whether `high` can be drawn too. Default false. */
  readonly endpoint?: boolean;
}

/**
 * Options of {@linkcode RandomArrays.permutation}.
 *
 * @example
 * ```ts
 * import { type PermutationOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const columns: PermutationOptions = { axis: 1, seed: 1 };
 * const pairs = SharedNdArray.random.permutation(SharedNdArray.from([[1, 2, 3], [10, 20, 30]]), columns);
 * const tens = pairs.view(0).values().map((value) => 10 * value);
 * assertEquals(pairs.view(1).toNested(), [...tens]);
 * ```
 */
export interface PermutationOptions {
  /** The stream of random numbers, an integer. Default: another one each time. */
  readonly seed?: number | bigint;
  /** Of an array, the axis along which it is permuted. Default 0. */
  readonly axis?: number;
}

/**
 * What makes arrays of random numbers: {@linkcode SharedNdArray.random}.
 *
 * @example
 * ```ts
 * import { type RandomArrays, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const random: RandomArrays = SharedNdArray.random;
 * const noise = random.normal([4, 2]), order = random.permutation(4);
 * assertEquals([noise.dtype, order.dtype], ["float64", "int32"]);
 * ```
 */
export interface RandomArrays {
  /**
   * Uniform random numbers in [0, 1): float64 from 53 bits each, float32 from 24, float16 from 11.
   *
   * @param shape The shape.
   * @param options The dtype, a float, and the seed.
   * @throws {DTypeError} If the dtype is no float or the seed no integer.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assert } from "@std/assert";
   *
   * const a = SharedNdArray.random([100], { dtype: "float32", seed: 1 });
   * assert(a.values().every((value) => value >= 0 && value < 1));
   * ```
   */
  <D extends FloatDType = "float64">(shape: Shape, options?: RandomOptions<D>): SharedNdArray<D>;

  /**
   * Normally distributed random numbers: each is the inverse of the distribution function (Wichura's algorithm AS 241,
   * Applied Statistics 37, 1988) at a uniform number.
   *
   * @param shape The shape.
   * @param options Mean and standard deviation, the dtype, a float, and the seed.
   * @throws {DTypeError} If the dtype is no float or the seed no integer.
   * @throws {ValueError} If mean or standard deviation is not finite, or the latter negative.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assert } from "@std/assert";
   *
   * const a = SharedNdArray.random.normal([1000], { mean: 20, standardDeviation: 0.1, seed: 1 });
   * assert(a.values().every((value) => value > 19 && value < 21));
   * ```
   */
  normal<D extends FloatDType = "float64">(shape: Shape, options?: NormalOptions<D>): SharedNdArray<D>;

  /**
   * Uniform random integers from `low` to before `high`, each as likely as the others.
   *
   * @param shape The shape.
   * @param options The bounds, the dtype (default int32), an integer, and the seed.
   * @throws {DTypeError} If the dtype holds no integers or not these, or the seed is no integer.
   * @throws {ValueError} If there is no integer between the bounds.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const dice = SharedNdArray.random.integers([60], { low: 1, high: 6, endpoint: true, seed: 1 });
   * assertEquals(new Set(dice.values()), new Set([1, 2, 3, 4, 5, 6]));
   * ```
   */
  integers<D extends IntegerDType | "bool" = "int32">(
    shape: Shape,
    options: IntegersOptions<D>,
  ): SharedNdArray<D>;

  /**
   * The integers from 0 to before `count` in random order, as int32.
   *
   * @param count How many.
   * @param options The seed.
   * @throws {ShapeError} If the count is no non-negative integer.
   * @throws {ValueError} If it is larger than 2^31.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const order = SharedNdArray.random.permutation(5, { seed: 1 });
   * assertEquals([...order.values()].sort(), [0, 1, 2, 3, 4]);
   * ```
   */
  permutation(count: number, options?: PermutationOptions): SharedNdArray<"int32">;
  /**
   * A copy of an array with the indices of one axis in random order.
   *
   * @param array The array.
   * @param options The seed and the axis.
   * @throws {IndexError} If it does not have the axis.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const rows = SharedNdArray.random.permutation(SharedNdArray.from([[1, 2], [3, 4]]), { seed: 1 });
   * assertEquals([...rows.values()].sort(), [1, 2, 3, 4]);
   * ```
   */
  permutation<D extends DType>(array: SharedNdArray<D>, options?: PermutationOptions): SharedNdArray<D>;
}

function uniform<D extends FloatDType = "float64">(
  shape: Shape,
  options: RandomOptions<D> = {},
): SharedNdArray<D> {
  const { dtype = "float64" as D, seed = freshSeed() } = options;
  dtypeRow(dtype);
  requireFloat(dtype);
  const array = uninitialised(shape, dtype);
  fillUniform(array.data, dtype, { seed, memory: storageOf(array).webAssemblyMemory });
  return array;
}

function normal<D extends FloatDType = "float64">(
  shape: Shape,
  options: NormalOptions<D> = {},
): SharedNdArray<D> {
  const { dtype = "float64" as D, seed = freshSeed(), mean, standardDeviation } = options;
  dtypeRow(dtype);
  requireFloat(dtype, "normal");
  const array = uninitialised(shape, dtype);
  fillNormal(array.data, dtype, { seed, mean, deviation: standardDeviation });
  return array;
}

function integers<D extends IntegerDType | "bool" = "int32">(
  shape: Shape,
  options: IntegersOptions<D>,
): SharedNdArray<D> {
  const { dtype = "int32" as D, seed = freshSeed(), low = 0, high, endpoint = false } = options ?? {};
  dtypeRow(dtype);
  requireBounds(dtype, { low, high, endpoint });
  const array = uninitialised(shape, dtype);
  fillIntegers(array.data, dtype, { seed, low, high, endpoint });
  return array;
}

function permutation(count: number, options?: PermutationOptions): SharedNdArray<"int32">;
function permutation<D extends DType>(
  array: SharedNdArray<D>,
  options?: PermutationOptions,
): SharedNdArray<D>;
function permutation(source: number | SharedNdArray, options: PermutationOptions = {}): SharedNdArray {
  const { seed = freshSeed(), axis = 0 } = options;
  if (typeof source === "number") {
    const array = uninitialised([source], "int32");
    fillPermutation(array.data, seed);
    return array;
  }
  const along = resolveAxis(axis, requireArray(source).ndim);
  using order = permutation(source.shape[along], { seed });
  const rows = source.moveAxis(along, 0);
  const array = uninitialised(source.shape, source.dtype), to = array.moveAxis(along, 0);
  if (rows.size < SHORT_ROW * order.size) {
    using gathered = gatherShort(rows, order);
    to.copyFrom(gathered);
  } else {
    for (let k = 0; k < order.size; k++) to.view(k).copyFrom(rows.view(order.get(k)));
  }
  return array;
}

/** Rows with fewer elements are gathered one by one: a copy of its own costs each as much as these. */
const SHORT_ROW = 256;

/**
 * The elements of an array for moving them: as integers of their width, because narrow floats that become numbers and
 * floats again do not keep the bits of every NaN.
 */
function movable({ data }: SharedNdArray): Float64Array {
  const { buffer, byteOffset, length } = data;
  const bits = data.BYTES_PER_ELEMENT === 4
    ? new Uint32Array(buffer, byteOffset, length)
    : data.BYTES_PER_ELEMENT === 2
    ? new Uint16Array(buffer, byteOffset, length)
    : data;
  // Whether elements are numbers or bigints does not matter for moving them from one array to another of its kind.
  return bits as Float64Array;
}

/** The rows of an array in another order, element by element. */
function gatherShort(rows: SharedNdArray, order: SharedNdArray<"int32">): SharedNdArray {
  using packed = rows.copy();
  const gathered = uninitialised(rows.shape, rows.dtype);
  const from = movable(packed), to = movable(gathered);
  const places = order.data, width = rows.size / Math.max(1, order.size);
  for (let k = 0, place = 0; k < places.length; k++) {
    const start = places[k] * width;
    for (let i = 0; i < width; i++) to[place++] = from[start + i];
  }
  return gathered;
}

installRandom(Object.assign(uniform, { normal, integers, permutation }));
