/**
 * Elements of files, decoded one by one: what the readers' arrays are compared with.
 *
 * @module
 */

import type { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { type DType, DTYPES } from "../../src/dtype.ts";

/** An element as arrays hand it out. */
export type Element = number | bigint | boolean;

/** What a file should be read as. */
export interface Expected {
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** In C order. */
  readonly values: readonly Element[];
}

/**
 * One element.
 *
 * @param view The bytes.
 * @param at Where it begins.
 * @param dtype Its dtype.
 * @param isLittle Whether its lowest byte comes first.
 */
export function elementAt(view: DataView, at: number, dtype: DType, isLittle: boolean): Element {
  switch (dtype) {
    case "bool":
      return view.getUint8(at) !== 0;
    case "int8":
      return view.getInt8(at);
    case "uint8":
      return view.getUint8(at);
    case "int16":
      return view.getInt16(at, isLittle);
    case "uint16":
      return view.getUint16(at, isLittle);
    case "int32":
      return view.getInt32(at, isLittle);
    case "uint32":
      return view.getUint32(at, isLittle);
    case "int64":
      return view.getBigInt64(at, isLittle);
    case "uint64":
      return view.getBigUint64(at, isLittle);
    case "float16":
      return view.getFloat16(at, isLittle);
    case "float32":
      return view.getFloat32(at, isLittle);
    case "float64":
      return view.getFloat64(at, isLittle);
  }
}

/**
 * Elements that lie behind one another.
 *
 * @param bytes Their bytes.
 * @param dtype Their dtype.
 * @param isLittle Whether the lowest byte comes first.
 */
export function elementsOf(bytes: Uint8Array, dtype: DType, isLittle: boolean): Element[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), width = DTYPES[dtype].bytes;
  return Array.from({ length: bytes.length / width }, (_, k) => elementAt(view, k * width, dtype, isLittle));
}

/**
 * Checks that an array is what a file should be read as.
 *
 * @param array The array.
 * @param expected What it should be.
 * @throws The first difference.
 */
export function checkArray(array: SharedNdArray, { dtype, shape, values }: Expected): void {
  const wanted = `${dtype} [${shape}]`, found = `${array.dtype} [${array.shape}]`;
  if (found !== wanted || !array.shape.every((extent, axis) => Object.is(extent, shape[axis]))) {
    throw new Error(`the array is ${found}, expected ${wanted}`);
  }
  if (array.dtype === "bool" && array.data.some((byte) => byte > 1)) {
    throw new Error("a bool is neither 0 nor 1");
  }
  let k = 0;
  for (const value of array.values()) {
    if (!Object.is(value, values[k])) throw new Error(`element ${k} is ${value}, expected ${values[k]}`);
    k++;
  }
  if (k !== values.length) throw new Error(`the array has ${k} elements, expected ${values.length}`);
}
