/**
 * Values of a program while it is interpreted, and conversions of them: slow and obvious.
 *
 * Floats are numbers that their dtype holds; integers of every width and bools are bigints, in the range of
 * their dtype. So there is one rule for all integers.
 *
 * @module
 */

import { type DType, DTYPES, type FloatDType, type IntegerDType, isBigIntDType } from "../../dtype.ts";
import { nearestFloat } from "./exact_rounding.ts";

/** A float, or an integer or bool, while a program is interpreted. */
export type Value = number | bigint;

/** What an element is outside of the interpreter: as arrays hand it out. */
export type ElementValue = number | bigint | boolean;

/** Dtypes whose values are bigints inside the interpreter: a bool is an integer of one bit. */
export type WholeDType = IntegerDType | "bool";

/**
 * Whether values of a dtype are numbers inside the interpreter.
 *
 * @param dtype The dtype.
 */
export function isFloatDType(dtype: DType): dtype is FloatDType {
  return DTYPES[dtype].kind === "float";
}

/**
 * How many bits count in a value.
 *
 * @param dtype The dtype: bools have one bit.
 */
export function bitsOf(dtype: WholeDType): number {
  return dtype === "bool" ? 1 : 8 * DTYPES[dtype].bytes;
}

/**
 * An integer modulo `2 ** n`, in the range of a dtype of n bits.
 *
 * @param value Any integer.
 * @param dtype The dtype.
 */
export function wrapInteger(value: bigint, dtype: WholeDType): bigint {
  return DTYPES[dtype].kind === "int"
    ? BigInt.asIntN(bitsOf(dtype), value)
    : BigInt.asUintN(bitsOf(dtype), value);
}

/** Rounds a float64 to each float dtype, once. */
const ROUND: { readonly [D in FloatDType]: (value: number) => number } = {
  float16: Math.f16round,
  float32: Math.fround,
  float64: (value) => value,
};

/**
 * The float of a dtype that is nearest to a float64.
 *
 * @param value The number.
 * @param dtype The dtype.
 */
export function roundFloat(value: number, dtype: FloatDType): number {
  return ROUND[dtype](value);
}

/**
 * A value as another dtype, by the rules of `CastNode`: floats become integers by truncation and wrap, NaN
 * and infinities become 0, integers wrap, and a bool is whether a number is neither 0 nor NaN. What becomes a
 * float is rounded once: a 64-bit integer does not pass through float64 on its way to float32.
 *
 * @param value A number for a float, otherwise a bigint; of whatever dtype.
 * @param to The dtype of the result.
 */
export function convertValue(value: Value, to: DType): Value {
  if (to === "bool") return value === 0 || value === 0n || Number.isNaN(value) ? 0n : 1n;
  if (isFloatDType(to)) {
    return typeof value === "bigint" ? nearestFloat(value, 0, to) : roundFloat(value, to);
  }
  return wrapInteger(typeof value === "bigint" ? value : truncated(value), to);
}

function truncated(value: number): bigint {
  return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
}

/**
 * The value of an element.
 *
 * @param element As arrays hand it out: a boolean, bigint or number.
 * @param dtype Its dtype.
 * @returns The value, or undefined if no array of that dtype has such an element.
 */
export function valueOfElement(element: ElementValue, dtype: DType): Value | undefined {
  const isKept = typeof element === "number" && (isFloatDType(dtype) || !Number.isInteger(element));
  const value = convertValue(isKept ? element : BigInt(element), dtype);
  return Object.is(elementOfValue(value, dtype), element) ? value : undefined;
}

/**
 * The element that a value is outside of the interpreter.
 *
 * @param value A value of the dtype.
 * @param dtype The dtype.
 */
export function elementOfValue(value: Value, dtype: DType): ElementValue {
  if (dtype === "bool") return value === 1n;
  return isBigIntDType(dtype) ? value : Number(value);
}
