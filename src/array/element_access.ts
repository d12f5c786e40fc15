/**
 * Reading and writing single elements. Each dtype has a place of its own in the code, because a place that meets many
 * kinds of typed arrays is slow.
 *
 * @module
 */

import type { DType, Element, TypedData } from "../dtype.ts";
import { DTypeError } from "../errors.ts";

/**
 * The element at a place, as its dtype reads.
 *
 * @param data The elements.
 * @param dtype Their dtype.
 * @param place Which.
 */
export function readElement(data: TypedData<DType>, dtype: DType, place: number): Element<DType> {
  switch (dtype) {
    case "float64":
      return data[place];
    case "float32":
      return data[place];
    case "float16":
      return data[place];
    case "int8":
      return data[place];
    case "int16":
      return data[place];
    case "int32":
      return data[place];
    case "uint8":
      return data[place];
    case "uint16":
      return data[place];
    case "uint32":
      return data[place];
    case "int64":
      return data[place];
    case "uint64":
      return data[place];
    case "bool":
      return data[place] !== 0;
  }
}

/**
 * Writes an element as the typed array converts it.
 *
 * @param data The elements.
 * @param dtype Their dtype.
 * @param place Where.
 * @param value A bigint for 64-bit integers, a boolean for bool, otherwise a number.
 * @throws {DTypeError} If the value is of another type.
 */
export function writeElement(
  data: TypedData<DType>,
  dtype: DType,
  place: number,
  value: Element<DType>,
): void {
  const stored = storedOf(value, dtype);
  switch (dtype) {
    case "float64":
      data[place] = stored;
      break;
    case "float32":
      data[place] = stored;
      break;
    case "float16":
      data[place] = stored;
      break;
    case "int8":
      data[place] = stored;
      break;
    case "int16":
      data[place] = stored;
      break;
    case "int32":
      data[place] = stored;
      break;
    case "uint8":
      data[place] = stored;
      break;
    case "uint16":
      data[place] = stored;
      break;
    case "uint32":
      data[place] = stored;
      break;
    case "int64":
      data[place] = stored;
      break;
    case "uint64":
      data[place] = stored;
      break;
    case "bool":
      data[place] = stored;
  }
}

/**
 * A value as the typed array of a dtype takes it.
 *
 * @param value A bigint for 64-bit integers, otherwise a number; of bool, whether it is 0.
 * @param dtype The dtype.
 * @throws {DTypeError} If the value is of another type.
 */
export function storedOf(value: Element<DType>, dtype: DType): number | bigint {
  switch (dtype) {
    case "int64":
    case "uint64":
      if (typeof value === "bigint") return value;
      throw misfit(value, dtype, "a bigint", typeof value === "number" ? bigintFor(value) : "such as 5n");
    case "bool":
      // NaN is not 0, so it is true, as in NumPy.
      return value || Number.isNaN(value) ? 1 : 0;
    default:
      if (typeof value === "number") return value;
      throw misfit(
        value,
        dtype,
        "a number",
        typeof value === "bigint" ? `such as ${Number(value)}` : "such as 5",
      );
  }
}

function bigintFor(value: number): string {
  return Number.isInteger(value) ? `such as ${BigInt(value)}n` : "such as 5n";
}

function misfit(value: unknown, dtype: DType, wanted: string, example: string): DTypeError {
  const shown = typeof value === "bigint" ? `${value}n` : String(value);
  const article = dtype.startsWith("i") ? "an" : "a";
  return new DTypeError(
    `Cannot write the ${typeof value} ${shown} to ${article} ${dtype} array: expected ${wanted}, ${example}`,
  );
}
