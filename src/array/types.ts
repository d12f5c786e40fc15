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

/** The plain description from which a worker rebuilds an array. It can be posted; the bytes are not copied. */
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
}

/** A typed array that an array can be made from: any but DataView. */
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

/** The dtype that {@linkcode SharedNdArray.from} and {@linkcode SharedNdArray.full} give a value or typed array. */
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

/** Options of the functions that make an array. */
export interface CreateOptions<D extends DType = DType> {
  /** The dtype; float64 where nothing else is said. */
  readonly dtype?: D;
}

/** Options of {@linkcode SharedNdArray.linspace}. */
export interface LinspaceOptions<D extends DType = DType> extends CreateOptions<D> {
  /** Whether `stop` is the last value. Default true. */
  readonly endpoint?: boolean;
}

/** Options of {@linkcode SharedNdArray.from}. */
export interface FromOptions<D extends DType = DType> extends CreateOptions<D> {
  /** The shape, for typed arrays. Default: one axis. */
  readonly shape?: Shape;
}

/** Options of {@linkcode SharedNdArray.wrap}. */
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

/** Options of {@linkcode SharedNdArray.reshape}. */
export interface ReshapeOptions {
  /**
   * Whether elements may be copied: `ifNeeded`, where the strides do not allow a view; `never`, an error instead;
   * `always`. Default `ifNeeded`.
   */
  readonly copy?: "ifNeeded" | "never" | "always";
}

/** Options of {@linkcode SharedNdArray.diagonal}. */
export interface DiagonalOptions {
  /** How far above the main diagonal; negative: below. Default 0. */
  readonly offset?: number;
  /** The axis of rows. Default 0. */
  readonly axis1?: number;
  /** The axis of columns. Default 1. */
  readonly axis2?: number;
}

/** Options of {@linkcode SharedNdArray.slidingWindow}. */
export interface SlidingWindowOptions {
  /** Along which axes the window slides, one for each of its extents. Default: all. */
  readonly axes?: Axes;
}

/** Options of {@linkcode SharedNdArray.astype}. */
export interface AsTypeOptions {
  /** Which conversions are allowed. Default `unsafe`: all. */
  readonly casting?: Casting;
}

/** Options of {@linkcode SharedNdArray.copyFrom}. */
export interface CopyFromOptions {
  /** Which conversions are allowed. Default `unsafe`: all. */
  readonly casting?: Casting;
}

/** Options of {@linkcode SharedNdArray.equals}. */
export interface EqualsOptions {
  /** Whether NaN equals NaN. Default false. */
  readonly equalNaN?: boolean;
}

/** Options of {@linkcode SharedNdArray.allClose}. */
export interface AllCloseOptions {
  /** Tolerance relative to the other array's magnitude. Default 1e-5. */
  readonly rtol?: number;
  /** Absolute tolerance. Default 1e-8. */
  readonly atol?: number;
  /** Whether NaN is close to NaN. Default false. */
  readonly equalNaN?: boolean;
}
