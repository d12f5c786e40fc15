/**
 * What arrays are described by and made from.
 *
 * @module
 */

import type { DType } from "../dtype.ts";
import type { Axes } from "./layout/axes.ts";
import type { Casting } from "./copy/casting_rules.ts";
import type { MemorySource } from "./memory/shared_memory.ts";
import type { Shape } from "./layout/shape.ts";

/**
 * The plain description from which a worker rebuilds an array. It can be posted; the bytes are not copied.
 *
 * @example
 * ```ts
 * import { type ArrayHandle, SharedNdArray, slice } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const grid = SharedNdArray.zeros([4, 6], { dtype: "int16" });
 * const { shape, strides, offset }: ArrayHandle<"int16"> = grid.view(null, slice(2, 5)).handle();
 * assertEquals([shape, strides, offset], [[4, 3], [6, 1], 2]);
 * ```
 */
export interface ArrayHandle<D extends DType = DType> {
  /** The dtype. */
  readonly dtype: D;
  /** The shape. */
  readonly shape: Shape;
  /** The strides, in elements. */
  readonly strides: readonly number[];
  /** Where index [0, 0, …] lies, in elements of `data`. */
  readonly offset: number;
  /** What owns the bytes. */
  readonly source: MemorySource;
  /** Where `data` begins in the buffer, in bytes. */
  readonly byteOffset: number;
  /** How many elements `data` has. */
  readonly length: number;
  /** A number by which threads know the memory: handles with the same one are over the same bytes. */
  readonly identity: number;
  /** Whether the array was opened to be read only. Left out where it was not. */
  readonly readOnly?: boolean;
}

/**
 * A typed array that an array can be made from: any but DataView.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type TypedArrayInput } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const sources: TypedArrayInput[] = [new Uint8Array([1, 2]), new BigInt64Array([1n])];
 * assertEquals(sources.map((source) => SharedNdArray.from(source).dtype), ["uint8", "int64"]);
 * ```
 */
export type TypedArrayInput =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Float16Array
  | Float32Array
  | Float64Array;

/**
 * The dtype that {@linkcode SharedNdArray.from} and {@linkcode SharedNdArray.full} give a value or typed array.
 *
 * @example
 * ```ts
 * import type { DTypeOf } from "@tilewise/ndarray";
 * import { assertType, type IsExact } from "@std/testing/types";
 *
 * assertType<IsExact<DTypeOf<boolean>, "bool">>(true);
 * assertType<IsExact<DTypeOf<Uint8ClampedArray>, "uint8">>(true);
 * ```
 */
export type DTypeOf<S> = S extends number ? "float64"
  : S extends bigint ? "int64"
  : S extends boolean ? "bool"
  : S extends Int8Array ? "int8"
  : S extends Int16Array ? "int16"
  : S extends Int32Array ? "int32"
  : S extends BigInt64Array ? "int64"
  : S extends Uint8Array | Uint8ClampedArray ? "uint8"
  : S extends Uint16Array ? "uint16"
  : S extends Uint32Array ? "uint32"
  : S extends BigUint64Array ? "uint64"
  : S extends Float16Array ? "float16"
  : S extends Float32Array ? "float32"
  : S extends Float64Array ? "float64"
  : DType;

/**
 * Options of the functions that make an array.
 *
 * @example
 * ```ts
 * import { type CreateOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: CreateOptions<"uint8"> = { dtype: "uint8" };
 * assertEquals(SharedNdArray.identity(3, options).byteLength, 9);
 * assertEquals(SharedNdArray.arange(3, options).data.at(-1), 2);
 * ```
 */
export interface CreateOptions<D extends DType = DType> {
  /** The dtype; float64 where nothing else is said. */
  readonly dtype?: D;
}

/**
 * Options of {@linkcode SharedNdArray.linspace}.
 *
 * @example
 * ```ts
 * import { type LinspaceOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: LinspaceOptions = { endpoint: false };
 * assertEquals(SharedNdArray.linspace(0, 360, 4, options).toNested(), [0, 90, 180, 270]);
 * ```
 */
export interface LinspaceOptions<D extends DType = DType> extends CreateOptions<D> {
  /** Whether `stop` is the last value. Default true. */
  readonly endpoint?: boolean;
}

/**
 * Options of {@linkcode SharedNdArray.from}.
 *
 * @example
 * ```ts
 * import { type FromOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: FromOptions<"int32"> = { shape: [2, 2], dtype: "int32" };
 * const a = SharedNdArray.from(new Float64Array([1.5, 2.5, 3.5, 4.5]), options);
 * assertEquals(a.toNested(), [[1, 2], [3, 4]]);
 * ```
 */
export interface FromOptions<D extends DType = DType> extends CreateOptions<D> {
  /** The shape, for typed arrays. Default: one axis. */
  readonly shape?: Shape;
}

/**
 * Options of {@linkcode SharedNdArray.wrap}.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type WrapOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const columns: WrapOptions<"uint8"> = { shape: [2, 3], dtype: "uint8", strides: [1, 2], byteOffset: 2 };
 * const buffer = new SharedArrayBuffer(8);
 * SharedNdArray.wrap(buffer, columns).set(0, 1, 7);
 * assertEquals([...new Uint8Array(buffer)], [0, 0, 0, 0, 7, 0, 0, 0]);
 * ```
 */
export interface WrapOptions<D extends DType = DType> {
  /** The shape. */
  readonly shape: Shape;
  /** The dtype. Default float64. */
  readonly dtype?: D;
  /** The strides, in elements. Default: C order. */
  readonly strides?: readonly number[];
  /** Where the lowest element lies in the buffer, in bytes; a multiple of the dtype's size. Default 0. */
  readonly byteOffset?: number;
}

/**
 * Options of {@linkcode SharedNdArray.reshape}.
 *
 * @example
 * ```ts
 * import { type ReshapeOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: ReshapeOptions = { copy: "always" };
 * const a = SharedNdArray.zeros([4]);
 * a.reshape([2, 2], options).fill(1);
 * assertEquals(a.toNested(), [0, 0, 0, 0]);
 * ```
 */
export interface ReshapeOptions {
  /**
   * Whether elements may be copied: `ifNeeded`, where the strides do not allow a view; `never`, an error instead;
   * `always`. Default `ifNeeded`.
   */
  readonly copy?: "ifNeeded" | "never" | "always";
}

/**
 * Options of {@linkcode SharedNdArray.diagonal}.
 *
 * @example
 * ```ts
 * import { type DiagonalOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const below: DiagonalOptions = { offset: -1 };
 * assertEquals(SharedNdArray.arange(9).reshape([3, 3]).diagonal(below).toNested(), [3, 7]);
 * ```
 */
export interface DiagonalOptions {
  /** How far above the main diagonal; negative: below. Default 0. */
  readonly offset?: number;
  /** The axis of rows. Default 0. */
  readonly axis1?: number;
  /** The axis of columns. Default 1. */
  readonly axis2?: number;
}

/**
 * Options of {@linkcode SharedNdArray.slidingWindow}.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type SlidingWindowOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const overDays: SlidingWindowOptions = { axes: 0 };
 * const weeks = SharedNdArray.zeros([365, 16]).slidingWindow(7, overDays);
 * assertEquals(weeks.shape, [359, 16, 7]);
 * ```
 */
export interface SlidingWindowOptions {
  /** Along which axes the window slides, one for each of its extents. Default: all. */
  readonly axes?: Axes;
}

/**
 * Options of {@linkcode SharedNdArray.astype}.
 *
 * @example
 * ```ts
 * import { type AsTypeOptions, DTypeError, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const options: AsTypeOptions = { casting: "sameKind" };
 * const a = SharedNdArray.from([0.25]);
 * assertEquals(a.astype("float16", options).item(), 0.25);
 * assertThrows(() => a.astype("int32", options), DTypeError);
 * ```
 */
export interface AsTypeOptions {
  /** Which conversions are allowed. Default `unsafe`: all. */
  readonly casting?: Casting;
}

/**
 * Options of {@linkcode SharedNdArray.copyFrom}.
 *
 * @example
 * ```ts
 * import { type CopyFromOptions, DTypeError, SharedNdArray } from "@tilewise/ndarray";
 * import { assertThrows } from "@std/assert";
 *
 * const lossless: CopyFromOptions = { casting: "safe" };
 * const counts = SharedNdArray.zeros([2], { dtype: "int32" });
 * counts.copyFrom(SharedNdArray.zeros([2], { dtype: "uint16" }), lossless);
 * assertThrows(() => counts.copyFrom(SharedNdArray.from([0.5]), lossless), DTypeError);
 * ```
 */
export interface CopyFromOptions {
  /** Which conversions are allowed. Default `unsafe`: all. */
  readonly casting?: Casting;
}

/**
 * Options of {@linkcode SharedNdArray.equals}.
 *
 * @example
 * ```ts
 * import { type EqualsOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const options: EqualsOptions = { equalNaN: true };
 * const gaps = SharedNdArray.from([1, NaN]);
 * assert(!gaps.equals(gaps.copy()));
 * assert(gaps.equals(gaps.copy(), options));
 * ```
 */
export interface EqualsOptions {
  /** Whether NaN equals NaN. Default false. */
  readonly equalNaN?: boolean;
}

/**
 * Options of {@linkcode SharedNdArray.allClose}.
 *
 * @example
 * ```ts
 * import { type AllCloseOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const tenth: AllCloseOptions = { rtol: 0, atol: 0.1 };
 * const a = SharedNdArray.from([20.5, 21]);
 * assert(a.allClose(SharedNdArray.from([20.4375, 21.0625]), tenth));
 * assert(!a.allClose(SharedNdArray.from([20.25, 21]), tenth));
 * ```
 */
export interface AllCloseOptions {
  /** Tolerance relative to the other array's magnitude. Default 1e-5. */
  readonly rtol?: number;
  /** Absolute tolerance. Default 1e-8. */
  readonly atol?: number;
  /** Whether NaN is close to NaN. Default false. */
  readonly equalNaN?: boolean;
}
