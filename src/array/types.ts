/**
 * What arrays are described by and made from.
 *
 * @module
 */

import type { DType } from "../dtype.ts";
import type { MemorySource } from "./memory/shared_memory.ts";
import type { Shape } from "./shape.ts";

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

/** Options of {@linkcode SharedNdArray.random}. */
export interface RandomOptions<D extends DType = DType> extends CreateOptions<D> {
  /** The stream of random numbers, a whole number. Default: another one each time. */
  readonly seed?: number | bigint;
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
