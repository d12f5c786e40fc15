/**
 * Arrays as other libraries have them: data, shape, strides.
 *
 * @module
 */

import { type DType, dtypeOfTypedArray, DTYPES, isDType, type TypedCopy, type TypedData } from "../dtype.ts";
import { ShapeError } from "../errors.ts";
import { inferDType, requireScalar, toStored } from "./creation.ts";
import type { Layout } from "./layout/layout.ts";
import { showShape, sizeOf } from "./layout/shape.ts";
import { cStrides, reach } from "./layout/strides.ts";
import type { DTypeOf, TypedArrayInput } from "./types.ts";

/**
 * Values that are read one by one, such as zarrita's booleans.
 *
 * @example
 * ```ts
 * import { type ElementReader, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const bits: ElementReader = { length: 4, get: (index) => (0b1010 >> index & 1) === 1 };
 * const mask = SharedNdArray.from({ data: bits, shape: [2, 2] });
 * assertEquals(mask.toNested(), [[false, true], [false, true]]);
 * ```
 */
export interface ElementReader {
  /** How many there are. */
  readonly length: number;
  /** One of them: a number, a bigint or a boolean. */
  get(index: number): unknown;
}

/**
 * An array of another library. Strides and offset count elements.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type StridedInput } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const column: StridedInput = { data: [1, 2, 3, 4, 5, 6], shape: [2], stride: [3], offset: 1 };
 * assertEquals(SharedNdArray.from(column).toNested(), [2, 5]);
 * ```
 */
export interface StridedInput {
  /** The elements: a typed array, a list of numbers, bigints or booleans, or anything that reads them one by one. */
  readonly data: TypedArrayInput | ArrayLike<unknown> | ElementReader;
  /** The shape. */
  readonly shape: ArrayLike<number>;
  /** The strides. Default: C order. */
  readonly stride?: ArrayLike<number>;
  /** The strides, under another name. */
  readonly strides?: ArrayLike<number>;
  /** Where index [0, 0, …] lies. Default 0. */
  readonly offset?: number;
  /** The dtype, where it has one of our names; `bool` says that bytes are booleans. Others are ignored. */
  readonly dtype?: unknown;
}

/**
 * The dtype that {@linkcode SharedNdArray.from} gives another library's array.
 *
 * @example
 * ```ts
 * import type { DTypeOfStrided } from "@tilewise/ndarray";
 * import { assertType, type IsExact } from "@std/testing/types";
 *
 * assertType<IsExact<DTypeOfStrided<{ data: Float32Array; shape: number[] }>, "float32">>(true);
 * assertType<IsExact<DTypeOfStrided<{ data: bigint[]; shape: number[] }>, "int64">>(true);
 * ```
 */
export type DTypeOfStrided<S extends StridedInput> = S extends
  { readonly data: Uint8Array; readonly dtype: "bool" } ? "bool"
  : S extends { readonly data: Uint8Array; readonly dtype: infer Name }
    ? string extends Name ? "uint8" | "bool" : "uint8"
  : S["data"] extends TypedArrayInput ? DTypeOf<S["data"]>
  : S extends { readonly dtype: infer Name extends DType } ? Name
  : S extends { readonly dtype: string } ? DType
  : S["data"] extends ArrayLike<infer Value> ? DTypeOf<Value>
  : DType;

/**
 * What {@linkcode SharedNdArray.strided} hands out, in the form that other libraries take.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type StridedArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const reversed: StridedArray<"int16"> = SharedNdArray.from(new Int16Array([1, 2, 3])).flip().strided();
 * assertEquals([reversed.stride, reversed.offset], [[-1], 2]);
 * assertEquals(SharedNdArray.from(reversed).toNested(), [3, 2, 1]);
 * ```
 */
export interface StridedArray<D extends DType = DType> {
  /** The dtype. */
  readonly dtype: D;
  /** The elements, shared. */
  readonly data: TypedData<D>;
  /** The shape. */
  readonly shape: number[];
  /** The strides, in elements. */
  readonly stride: number[];
  /** The same. */
  readonly strides: number[];
  /** Where index [0, 0, …] lies. */
  readonly offset: number;
}

/** A foreign array, readied for copying. */
export interface StridedSource extends Layout {
  /** Its dtype. */
  readonly dtype: DType;
  /** Its elements. */
  readonly data: TypedData<DType> | TypedCopy<DType>;
}

/**
 * Whether a value has the form of a foreign array.
 *
 * @param value Anything.
 */
export function isStrided(value: unknown): value is StridedInput {
  return typeof value === "object" && value !== null && "data" in value && "shape" in value;
}

/**
 * Checks a foreign array and readies its elements.
 *
 * @param source The array.
 * @throws {ShapeError} If shape, strides and offset do not lie within its data.
 * @throws {DTypeError} If its data are no numbers, bigints or booleans.
 */
export function stridedSource(source: StridedInput): StridedSource {
  if (
    typeof source.shape !== "object" || typeof source.data !== "object" || source.data === null ||
    !Number.isSafeInteger(source.data.length)
  ) {
    throw new ShapeError(
      "An array needs data and a shape that are lists, such as { data: [1, 2], shape: [2] }",
    );
  }
  const shape = Array.from(source.shape ?? []);
  sizeOf(shape);
  const given = source.strides ?? source.stride;
  const strides = given === undefined ? cStrides(shape) : Array.from(given);
  const offset = source.offset ?? 0;
  const { length } = source.data;
  const isWhole = strides.length === shape.length && strides.every(Number.isSafeInteger) &&
    Number.isSafeInteger(offset);
  if (!isWhole) {
    throw new ShapeError(
      `Strides ${showShape(strides)} and offset ${offset} do not fit the shape ${showShape(shape)}`,
    );
  }
  const ends = reach(shape, strides, offset);
  if (ends !== null && (ends.lowest < 0 || ends.highest >= length)) {
    throw new ShapeError(
      `An array of shape ${showShape(shape)} with strides ${
        showShape(strides)
      } and offset ${offset} reaches from ${ends.lowest} to ${ends.highest}, but its data have ${length} elements`,
    );
  }
  return { shape, strides, offset, ...typedElements(source) };
}

function typedElements({ data, dtype }: StridedInput): Pick<StridedSource, "dtype" | "data"> {
  if (ArrayBuffer.isView(data)) {
    const own = dtypeOfTypedArray(data);
    // A clamped array differs from Uint8Array only in how it is written.
    const bytes = data instanceof Uint8ClampedArray
      ? new Uint8Array(data.buffer, data.byteOffset, data.length)
      : data;
    if (own === "uint8" && dtype === "bool") {
      // Elsewhere any byte but 0 may be true; here it is 1.
      return { dtype: "bool", data: Uint8Array.from(bytes as Uint8Array, (byte) => byte === 0 ? 0 : 1) };
    }
    // The table of dtypes says which typed array it is.
    return { dtype: own, data: bytes as TypedCopy<DType> };
  }
  const values = Array.from(
    { length: data.length },
    (_, i) => requireScalar(isReader(data) ? data.get(i) : data[i]),
  );
  const found = isDType(dtype) ? dtype : inferDType(values);
  const elements = new DTYPES[found].array(values.length);
  values.forEach((value, i) => elements[i] = toStored(value, found));
  return { dtype: found, data: elements };
}

function isReader(data: object): data is ElementReader {
  return "get" in data && typeof data.get === "function";
}
