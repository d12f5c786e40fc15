/**
 * The element types: one row a dtype, and the types that follow from the table.
 *
 * @module
 */

import { DTypeError, showValue } from "./errors.ts";

/**
 * For each dtype, what an element is in TypeScript, and the typed array that holds its bytes.
 *
 * @example
 * ```ts
 * import type { DTypeMap } from "@tilewise/ndarray";
 * import { assertType, type IsExact } from "@std/testing/types";
 *
 * assertType<IsExact<DTypeMap["int64"]["element"], bigint>>(true);
 * assertType<IsExact<DTypeMap["bool"]["data"], Uint8Array<SharedArrayBuffer>>>(true);
 * ```
 */
export interface DTypeMap {
  /** One byte, 0 or 1; a boolean when read. */
  bool: { element: boolean; data: Uint8Array<SharedArrayBuffer>; copy: Uint8Array<ArrayBuffer> };
  /** Signed, 1 byte. */
  int8: { element: number; data: Int8Array<SharedArrayBuffer>; copy: Int8Array<ArrayBuffer> };
  /** Signed, 2 bytes. */
  int16: { element: number; data: Int16Array<SharedArrayBuffer>; copy: Int16Array<ArrayBuffer> };
  /** Signed, 4 bytes. */
  int32: { element: number; data: Int32Array<SharedArrayBuffer>; copy: Int32Array<ArrayBuffer> };
  /** Signed, 8 bytes; a bigint when read. */
  int64: { element: bigint; data: BigInt64Array<SharedArrayBuffer>; copy: BigInt64Array<ArrayBuffer> };
  /** Unsigned, 1 byte. */
  uint8: { element: number; data: Uint8Array<SharedArrayBuffer>; copy: Uint8Array<ArrayBuffer> };
  /** Unsigned, 2 bytes. */
  uint16: { element: number; data: Uint16Array<SharedArrayBuffer>; copy: Uint16Array<ArrayBuffer> };
  /** Unsigned, 4 bytes. */
  uint32: { element: number; data: Uint32Array<SharedArrayBuffer>; copy: Uint32Array<ArrayBuffer> };
  /** Unsigned, 8 bytes; a bigint when read. */
  uint64: { element: bigint; data: BigUint64Array<SharedArrayBuffer>; copy: BigUint64Array<ArrayBuffer> };
  /** IEEE 754 binary16. */
  float16: { element: number; data: Float16Array<SharedArrayBuffer>; copy: Float16Array<ArrayBuffer> };
  /** IEEE 754 binary32. */
  float32: { element: number; data: Float32Array<SharedArrayBuffer>; copy: Float32Array<ArrayBuffer> };
  /** IEEE 754 binary64. */
  float64: { element: number; data: Float64Array<SharedArrayBuffer>; copy: Float64Array<ArrayBuffer> };
}

/**
 * The name of an element type.
 *
 * @example
 * ```ts
 * import { type DType, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const dtypes: DType[] = ["bool", "int16", "float32"];
 * assertEquals(dtypes.map((dtype) => SharedNdArray.zeros([10], { dtype }).byteLength), [10, 20, 40]);
 * ```
 */
export type DType = keyof DTypeMap;

/**
 * The dtypes whose elements can be changed atomically.
 *
 * @example
 * ```ts
 * import { atomics, type Element, type IntegerDType, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * function nextTicket<D extends IntegerDType>(counter: SharedNdArray<D>, one: Element<D>): Element<D> {
 *   return atomics.add(counter, 0, one);
 * }
 * const counter = SharedNdArray.zeros([1], { dtype: "uint64" });
 * assertEquals([nextTicket(counter, 1n), nextTicket(counter, 1n)], [0n, 1n]);
 * ```
 */
export type IntegerDType = "int8" | "int16" | "int32" | "int64" | "uint8" | "uint16" | "uint32" | "uint64";

/**
 * The dtypes of floating-point numbers.
 *
 * @example
 * ```ts
 * import { type FloatDType, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const dtypes: FloatDType[] = ["float16", "float32", "float64"];
 * assertEquals(dtypes.map((dtype) => SharedNdArray.random([2], { dtype }).byteLength), [4, 8, 16]);
 * ```
 */
export type FloatDType = "float16" | "float32" | "float64";

/**
 * What an element of dtype `D` is in TypeScript: `boolean`, `bigint` or `number`.
 *
 * @example
 * ```ts
 * import { type DType, type Element, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * function largest<D extends DType>(array: SharedNdArray<D>): Element<D> {
 *   return array.values().reduce((a, b) => a > b ? a : b);
 * }
 * const found: bigint = largest(SharedNdArray.from([3n, 8n, 5n]));
 * assertEquals(found, 8n);
 * ```
 */
export type Element<D extends DType> = DTypeMap[D]["element"];

/**
 * The typed array over shared memory that holds elements of dtype `D`.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type TypedData } from "@tilewise/ndarray";
 * import { assertEquals, assertInstanceOf } from "@std/assert";
 *
 * const data: TypedData<"float32"> = SharedNdArray.ones([2, 3], { dtype: "float32" }).data;
 * assertEquals(data.length, 6);
 * assertInstanceOf(data.buffer, SharedArrayBuffer);
 * ```
 */
export type TypedData<D extends DType> = DTypeMap[D]["data"];

/**
 * The typed array over memory that is not shared which holds elements of dtype `D`.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type TypedCopy } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes: TypedCopy<"bool"> = SharedNdArray.from([true, false]).toTyped();
 * assertEquals(new Blob([bytes]).size, 2);
 * ```
 */
export type TypedCopy<D extends DType> = DTypeMap[D]["copy"];

/** A typed array's constructor, as far as it is needed here. */
export interface TypedDataConstructor {
  readonly name: string;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer, byteOffset?: number, length?: number): TypedData<DType>;
  new (length: number): TypedCopy<DType>;
}

/** What is known of a dtype. */
export interface DTypeRow {
  /** Bytes of one element. */
  readonly bytes: number;
  /** What sort of number it holds. */
  readonly kind: "bool" | "int" | "uint" | "float";
  /** The typed array that holds it. */
  readonly array: TypedDataConstructor;
  /** Its name in .npy headers, without the byte order. */
  readonly npy: string;
  /** Its type in NetCDF-3 files, or null where that format has none. */
  readonly netcdf: "byte" | "short" | "int" | "float" | "double" | null;
}

/** The table of dtypes. */
export const DTYPES: { readonly [D in DType]: DTypeRow } = {
  bool: { bytes: 1, kind: "bool", array: Uint8Array, npy: "b1", netcdf: null },
  int8: { bytes: 1, kind: "int", array: Int8Array, npy: "i1", netcdf: "byte" },
  int16: { bytes: 2, kind: "int", array: Int16Array, npy: "i2", netcdf: "short" },
  int32: { bytes: 4, kind: "int", array: Int32Array, npy: "i4", netcdf: "int" },
  int64: { bytes: 8, kind: "int", array: BigInt64Array, npy: "i8", netcdf: null },
  uint8: { bytes: 1, kind: "uint", array: Uint8Array, npy: "u1", netcdf: null },
  uint16: { bytes: 2, kind: "uint", array: Uint16Array, npy: "u2", netcdf: null },
  uint32: { bytes: 4, kind: "uint", array: Uint32Array, npy: "u4", netcdf: null },
  uint64: { bytes: 8, kind: "uint", array: BigUint64Array, npy: "u8", netcdf: null },
  float16: { bytes: 2, kind: "float", array: Float16Array, npy: "f2", netcdf: null },
  float32: { bytes: 4, kind: "float", array: Float32Array, npy: "f4", netcdf: "float" },
  float64: { bytes: 8, kind: "float", array: Float64Array, npy: "f8", netcdf: "double" },
};

/** The names of all dtypes, in the order of the table. */
export const DTYPE_NAMES: readonly DType[] = Object.keys(DTYPES) as DType[];

/**
 * Whether a value is the name of a dtype.
 *
 * @param value Anything.
 *
 * @example
 * ```ts
 * import { isDType } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(["float32", "float128"].map(isDType), [true, false]);
 * ```
 */
export function isDType(value: unknown): value is DType {
  return typeof value === "string" && Object.hasOwn(DTYPES, value);
}

/**
 * The row of a dtype.
 *
 * @param dtype A name that may come from outside.
 * @throws {DTypeError} If there is no such dtype; the message lists those that exist.
 */
export function dtypeRow(dtype: string): DTypeRow {
  if (!isDType(dtype)) {
    throw new DTypeError(`Unknown dtype ${showValue(dtype)}: expected one of ${DTYPE_NAMES.join(", ")}`);
  }
  return DTYPES[dtype];
}

/**
 * Whether elements of a dtype are bigints.
 *
 * @param dtype The dtype.
 */
export function isBigIntDType(dtype: DType): dtype is "int64" | "uint64" {
  return dtype === "int64" || dtype === "uint64";
}

/**
 * The dtype whose elements a typed array holds.
 *
 * @param data A typed array, shared or not.
 * @throws {DTypeError} If it is none of the typed arrays that a dtype is made of.
 */
export function dtypeOfTypedArray(data: ArrayBufferView): DType {
  if (data instanceof Uint8ClampedArray) return "uint8";
  for (const name of DTYPE_NAMES) {
    if (name !== "bool" && data instanceof DTYPES[name].array) return name;
  }
  throw new DTypeError(`No dtype holds the elements of a ${data.constructor.name}`);
}

/**
 * The smallest dtype that holds both of two arrays' elements, as NumPy's `promote_types` has it.
 *
 * @param a A dtype.
 * @param b Another.
 * @returns Their common dtype; `float64` for a 64-bit signed with a 64-bit unsigned integer.
 *
 * @example
 * ```ts
 * import { promoteTypes } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(promoteTypes("int16", "float32"), "float32");
 * assertEquals(promoteTypes("int32", "uint32"), "int64");
 * ```
 */
export function promoteTypes(a: DType, b: DType): DType {
  const left = dtypeRow(a), right = dtypeRow(b);
  if (a === b || b === "bool") return a;
  if (a === "bool") return b;
  if (left.kind === right.kind) return left.bytes >= right.bytes ? a : b;
  if (left.kind === "float") return promoteFloat(a, right);
  if (right.kind === "float") return promoteFloat(b, left);
  const [signed, unsigned] = left.kind === "int" ? [left, right] : [right, left];
  if (signed.bytes > unsigned.bytes) return left.kind === "int" ? a : b;
  if (unsigned.bytes === 8) return "float64";
  return unsigned.bytes === 1 ? "int16" : unsigned.bytes === 2 ? "int32" : "int64";
}

/** The float that also holds an integer: a float of twice its bytes, float64 at most. */
function promoteFloat(float: DType, integer: DTypeRow): DType {
  const bytes = Math.max(DTYPES[float].bytes, Math.min(8, integer.bytes * 2));
  return bytes === 2 ? "float16" : bytes === 4 ? "float32" : "float64";
}
