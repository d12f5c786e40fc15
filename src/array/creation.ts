/**
 * How the elements of new arrays are made: functions that fill a typed array. They know no shapes.
 *
 * @module
 */

import { type DType, DTYPES, isBigIntDType, type TypedData } from "../dtype.ts";
import { DTypeError, ShapeError, showValue } from "../errors.ts";
import { requireAxes } from "./layout/shape.ts";

/**
 * A single value.
 *
 * @example
 * ```ts
 * import { type Scalar, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const values: Scalar[] = [0.5, 1n, true];
 * assertEquals(values.map((value) => SharedNdArray.full([2], value).dtype), ["float64", "int64", "bool"]);
 * ```
 */
export type Scalar = number | bigint | boolean;

/**
 * Values as a user nests them: a single one, or arrays of arrays.
 *
 * @example
 * ```ts
 * import { type Nested, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const values: Nested<number> = JSON.parse("[[1, 2, 3], [4, 5, 6]]");
 * assertEquals(SharedNdArray.from(values).shape, [2, 3]);
 * ```
 */
export type Nested<S extends Scalar = Scalar> = S | readonly Nested<S>[];

/**
 * Checks that a value can be an element, as one that comes from JSON need not be.
 *
 * @param value The value.
 * @throws {DTypeError} If it is no number, bigint or boolean.
 */
export function requireScalar(value: unknown): Scalar {
  if (typeof value === "number" || typeof value === "bigint" || typeof value === "boolean") return value;
  throw new DTypeError(`Cannot store ${showValue(value)}: expected a number, a bigint or a boolean`);
}

/**
 * A value as an element of a dtype.
 *
 * @param value A number, bigint or boolean.
 * @param dtype The dtype. Integers wrap and drop fractions as typed arrays do; bool is whether the value is not 0.
 * @returns What can be written to the dtype's typed array.
 * @throws {DTypeError} If a 64-bit integer is wanted of a number that is no integer.
 */
export function toStored(value: Scalar, dtype: DType): number | bigint {
  requireScalar(value);
  if (isBigIntDType(dtype)) {
    if (typeof value === "number" && !Number.isInteger(value)) {
      throw new DTypeError(`Cannot write ${value} to ${dtype}: expected a bigint or an integer`);
    }
    return BigInt(value);
  }
  // NaN is not 0, so it is true, as in NumPy.
  return dtype === "bool" ? Number(Boolean(value) || Number.isNaN(value)) : Number(value);
}

/**
 * Fills with evenly spaced values: `start + i * step`, rounded down for integers as NumPy does.
 *
 * @param data The elements.
 * @param dtype Their dtype.
 * @param start The first value.
 * @param step The distance.
 */
export function fillSpaced(data: TypedData<DType>, dtype: DType, start: number, step: number): void {
  if (isBigIntDType(dtype) && Number.isInteger(start) && Number.isInteger(step)) {
    const big = data as TypedData<"int64">;
    for (let i = 0, value = BigInt(start); i < big.length; i++, value += BigInt(step)) big[i] = value;
    return;
  }
  for (let i = 0; i < data.length; i++) data[i] = toStored(wholeFor(start + i * step, dtype), dtype);
}

/**
 * A value as it goes into evenly spaced values: rounded down for integers.
 *
 * @param value The value.
 * @param dtype The dtype.
 */
export function wholeFor(value: number, dtype: DType): number {
  return DTYPES[dtype].kind === "int" || DTYPES[dtype].kind === "uint" ? Math.floor(value) : value;
}

/**
 * The shape of nested arrays.
 *
 * @param nested The values.
 * @throws {ShapeError} If the arrays of one level differ in length.
 */
export function nestedShape(nested: Nested): number[] {
  const shape: number[] = [];
  for (let level = nested; Array.isArray(level); level = level[0]) {
    shape.push(level.length);
    requireAxes(shape.length);
    if (level.length === 0) break;
  }
  return shape;
}

/**
 * The values of nested arrays, in C order.
 *
 * @param nested The values.
 * @param shape Their shape.
 * @throws {ShapeError} If a part does not have that shape.
 * @throws {DTypeError} If a value is no number, bigint or boolean, as can come from JSON.
 */
export function* nestedValues(
  nested: Nested,
  shape: readonly number[],
  axis: number = 0,
): Generator<Scalar> {
  const isLeaf = !Array.isArray(nested);
  if (isLeaf) requireScalar(nested);
  if (isLeaf !== (axis === shape.length) || (!isLeaf && nested.length !== shape[axis])) {
    const found = Array.isArray(nested) ? `an array of ${nested.length}` : "a single value";
    const wanted = axis === shape.length ? "a single value" : `an array of ${shape[axis]}`;
    throw new ShapeError(`Ragged nested arrays: found ${found} at depth ${axis}, expected ${wanted}`);
  }
  if (!Array.isArray(nested)) yield nested as Scalar;
  else for (const part of nested) yield* nestedValues(part, shape, axis + 1);
}

/**
 * The dtype that holds nested values: bool if all are booleans, int64 if all are bigints, otherwise float64.
 *
 * @param values The values.
 * @throws {DTypeError} If bigints are mixed with other values.
 */
export function inferDType(values: readonly Scalar[]): DType {
  const kinds = new Set(values.map((value) => typeof value));
  if (kinds.has("bigint")) {
    if (kinds.size > 1) {
      throw new DTypeError('Cannot mix bigints with other values: name a dtype, such as { dtype: "int64" }');
    }
    return "int64";
  }
  return kinds.size === 1 && kinds.has("boolean") ? "bool" : "float64";
}
