/**
 * The functions of expressions that JavaScript's `Math` lacks, for arrow functions: with them, a kernel such as `(a:
 * number) => where(a > 0, a, 0)` has its types, and can be called on single numbers too. An expression that is text
 * needs no import, and Tilewise itself never calls an arrow function: it reads it.
 *
 * @example
 * ```ts
 * import { evaluate, SharedNdArray } from "@tilewise/ndarray";
 * import { clip, where } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = (a: number) => where(a > 2, clip(a, 0, 3), -1);
 * const a = SharedNdArray.from([1, 2.5, 4]);
 * assertEquals((await evaluate(kernel, { a })).toNested(), [1, 2.5, 4].map(kernel));
 * ```
 *
 * @module
 */

import type { DType } from "./dtype.ts";
import { convertValue, elementOfValue } from "./plan/expr/convert_value.ts";
import { exactFma } from "./plan/expr/exact_fma.ts";
import { scalarMeaning } from "./plan/expr/ops.ts";

/**
 * A parameter of an arrow function that reads neighbours: by itself it is the element at hand, and called with one
 * offset an axis the element that lies so far from it. Only the types are JavaScript's: such a function is read, and
 * cannot be called on single numbers.
 *
 * @example
 * ```ts
 * import { evaluate, SharedNdArray } from "@tilewise/ndarray";
 * import type { Cell } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * const slope = (z: Cell) => (z(1) - z(-1)) / 2 + 0 * z;
 * const z = SharedNdArray.from([1, 4, 9, 16]);
 * assertEquals((await evaluate(slope, { z }, { boundary: "nearest" })).toNested(), [1.5, 4, 6, 3.5]);
 * ```
 */
export type Cell = number & ((...offsets: number[]) => number);

/**
 * One of two values. In an array both are computed.
 *
 * @param condition What decides; NaN and 0 are false.
 * @param yes The value where it holds.
 * @param no The value elsewhere.
 *
 * @example
 * ```ts
 * import { where } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(where(2 > 1, 10, 20), 10);
 * ```
 */
export function where<T>(condition: number | boolean, yes: T, no: T): T {
  return condition ? yes : no;
}

/**
 * A number kept within bounds: `min(max(x, low), high)`.
 *
 * @param x The number; NaN stays.
 * @param low The lower bound.
 * @param high The upper bound.
 *
 * @example
 * ```ts
 * import { clip } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([-3, 0.5, 9].map((x) => clip(x, 0, 1)), [0, 0.5, 1]);
 * ```
 */
export function clip(x: number, low: number, high: number): number {
  return Math.min(Math.max(x, low), high);
}

/**
 * Whether a number is NaN.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { isnan } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, NaN].map(isnan), [false, true]);
 * ```
 */
export function isnan(x: number): boolean {
  return Number.isNaN(x);
}

/**
 * Whether a number is neither NaN nor infinite.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { isfinite } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([1, NaN, -Infinity].map(isfinite), [true, false, false]);
 * ```
 */
export function isfinite(x: number): boolean {
  return Number.isFinite(x);
}

/**
 * The nearest integer, half to even, as NumPy's `rint`.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { rint } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0.5, 1.5, -2.5].map(rint), [0, 2, -2]);
 * ```
 */
export function rint(x: number): number {
  return scalarMeaning("rint")(x);
}

/**
 * The remainder with the sign of the divisor, as NumPy's `mod`.
 *
 * @param x The dividend.
 * @param y The divisor.
 *
 * @example
 * ```ts
 * import { mod } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([mod(-7, 3), -7 % 3], [2, -1]);
 * ```
 */
export function mod(x: number, y: number): number {
  return scalarMeaning("mod")(x, y);
}

/**
 * `x * y + z`, rounded once.
 *
 * @param x A factor.
 * @param y A factor.
 * @param z What is added.
 *
 * @example
 * ```ts
 * import { fma } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([fma(0.1, 10, -1), 0.1 * 10 - 1], [2 ** -54, 0]);
 * ```
 */
export function fma(x: number, y: number, z: number): number {
  return exactFma(x, y, z, "float64");
}

/**
 * The number so far on the way between two: `from + (to - from) * t`.
 *
 * @param from The number at 0.
 * @param to The number at 1.
 * @param t How far.
 *
 * @example
 * ```ts
 * import { lerp } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(lerp(10, 20, 0.25), 12.5);
 * ```
 */
export function lerp(from: number, to: number, t: number): number {
  return from + (to - from) * t;
}

/**
 * 2 to the power of a number.
 *
 * @param x The exponent.
 *
 * @example
 * ```ts
 * import { exp2 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(exp2(10), 1024);
 * ```
 */
export function exp2(x: number): number {
  return 2 ** x;
}

/**
 * The element's coordinate on an axis; in an array its dtype is int64.
 *
 * @param axis The axis, from the last one on if it is negative.
 * @throws {TypeError} If it is called.
 *
 * @example
 * ```ts
 * import { index } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * import { evaluate, SharedNdArray } from "@tilewise/ndarray";
 *
 * const like = SharedNdArray.zeros([2, 3]);
 * const diagonal = await evaluate((like: number) => like + Number(index(0) === index(1)), { like });
 * assertEquals(diagonal.toNested(), [[1, 0, 0], [0, 1, 0]]);
 * ```
 */
export function index(axis: number): number {
  throw new TypeError(
    `index(${axis}) is an element's coordinate in an array, which there is none of where an expression is called`,
  );
}

/** What a cast takes. */
type Castable = number | bigint | boolean;

/** A number as an element of a dtype. */
function cast(x: Castable, dtype: DType): Castable {
  const value = typeof x === "number" ? x : BigInt(x);
  return elementOfValue(convertValue(value, dtype), dtype);
}

/**
 * Whether a number is neither 0 nor NaN.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { bool } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals([0, 2, NaN].map(bool), [false, true, false]);
 * ```
 */
export function bool(x: number | bigint | boolean): boolean {
  return Boolean(cast(x, "bool"));
}

/**
 * A number as int8: without its fraction, wrapped to its range; NaN and infinities become 0.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { int8 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int8(300.7), 44);
 * ```
 */
export function int8(x: number | bigint | boolean): number {
  return Number(cast(x, "int8"));
}

/**
 * A number as int16: without its fraction, wrapped to its range; NaN and infinities become 0.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { int16 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int16(-1.9), -1);
 * ```
 */
export function int16(x: number | bigint | boolean): number {
  return Number(cast(x, "int16"));
}

/**
 * A number as int32: without its fraction, wrapped to its range; NaN and infinities become 0.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { int32 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int32(2 ** 32 + 5), 5);
 * ```
 */
export function int32(x: number | bigint | boolean): number {
  return Number(cast(x, "int32"));
}

/**
 * A number as int64: without its fraction, wrapped to its range; NaN and infinities become 0.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { int64 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(int64(2.5), 2n);
 * ```
 */
export function int64(x: number | bigint | boolean): bigint {
  return BigInt(cast(x, "int64"));
}

/**
 * A number as uint8: without its fraction, wrapped to its range; NaN and infinities become 0.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { uint8 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(uint8(-1), 255);
 * ```
 */
export function uint8(x: number | bigint | boolean): number {
  return Number(cast(x, "uint8"));
}

/**
 * A number as uint16: without its fraction, wrapped to its range; NaN and infinities become 0.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { uint16 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(uint16(65537), 1);
 * ```
 */
export function uint16(x: number | bigint | boolean): number {
  return Number(cast(x, "uint16"));
}

/**
 * A number as uint32: without its fraction, wrapped to its range; NaN and infinities become 0.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { uint32 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(uint32(-1), 2 ** 32 - 1);
 * ```
 */
export function uint32(x: number | bigint | boolean): number {
  return Number(cast(x, "uint32"));
}

/**
 * A number as uint64: without its fraction, wrapped to its range; NaN and infinities become 0.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { uint64 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(uint64(-1), 2n ** 64n - 1n);
 * ```
 */
export function uint64(x: number | bigint | boolean): bigint {
  return BigInt(cast(x, "uint64"));
}

/**
 * A number as float16: rounded to 11 bits.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { float16 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(float16(0.1), 0.0999755859375);
 * ```
 */
export function float16(x: number | bigint | boolean): number {
  return Number(cast(x, "float16"));
}

/**
 * A number as float32: rounded to 24 bits.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { float32 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(float32(0.1), Math.fround(0.1));
 * ```
 */
export function float32(x: number | bigint | boolean): number {
  return Number(cast(x, "float32"));
}

/**
 * A number as float64.
 *
 * @param x The number.
 *
 * @example
 * ```ts
 * import { float64 } from "@tilewise/ndarray/expr";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(float64(3n), 3);
 * ```
 */
export function float64(x: number | bigint | boolean): number {
  return Number(cast(x, "float64"));
}
