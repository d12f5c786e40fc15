/**
 * Numbers that are known before anything runs, and which integers fit a dtype.
 *
 * A whole number has two readings: JavaScript's, which rounds to 53 bits and takes 32 of them for operations of bits,
 * and the exact one. Floats, and what meets nothing, take the first; integer dtypes take the second. So `1 << 40` is
 * 256 beside a float64, and 1099511627776 beside an int64.
 *
 * @module
 */

import { type DType, DTYPES, isBigIntDType } from "../../dtype.ts";
import { convertValue, isFloatDType } from "./convert_value.ts";

/** A number that is known before anything runs. */
export interface Constant {
  /** As JavaScript has it. */
  readonly value: number;
  /** The integer that it is exactly, of whatever size; null where it is none, and where it was written as a float. */
  readonly exact: bigint | null;
  /** Whether it is made of bigints, with which JavaScript too computes exactly: `value` is `exact`, rounded. */
  readonly isBig: boolean;
}

/**
 * Whether an integer fits int64 or uint64.
 *
 * @param value The integer.
 */
export function fitsSixtyFourBits(value: bigint): boolean {
  return value >= -(2n ** 63n) && value < 2n ** 64n;
}

/**
 * The least and the greatest integer of an integer dtype.
 *
 * @param dtype The dtype.
 */
export function rangeOf(dtype: DType): readonly [least: bigint, most: bigint] {
  const { bytes, kind } = DTYPES[dtype], bits = BigInt(8 * bytes);
  return kind === "int" ? [-(2n ** (bits - 1n)), 2n ** (bits - 1n) - 1n] : [0n, 2n ** bits - 1n];
}

/**
 * Whether an integer fits an integer dtype.
 *
 * @param value The integer.
 * @param dtype The dtype.
 */
export function fits(value: bigint, dtype: DType): boolean {
  const [least, most] = rangeOf(dtype);
  return value >= least && value <= most;
}

/**
 * The smallest signed dtype that an integer fits; uint64 for those that are too large for int64.
 *
 * @param value An integer of at most 64 bits.
 */
export function leastDType(value: bigint): DType {
  const signed: readonly DType[] = ["int8", "int16", "int32", "int64"];
  return signed.find((dtype) => fits(value, dtype)) ?? "uint64";
}

/**
 * A number without an integer's exactness.
 *
 * @param value The number.
 */
export function floatConstant(value: number): Constant {
  return { value, exact: null, isBig: false };
}

/**
 * A number of the text: an integer where it is written as one, without a point or an exponent.
 *
 * @param value The number.
 * @param raw As it is written.
 */
export function writtenConstant(value: number, raw: string): Constant {
  if (!/^(?:0[xob][\da-f_]+|[\d_]+)$/i.test(raw) || !Number.isInteger(value)) return floatConstant(value);
  return { value, exact: BigInt(raw.replaceAll("_", "")), isBig: false };
}

/**
 * An integer that is computed with exactly, as JavaScript does with bigints.
 *
 * @param exact The integer.
 */
export function bigConstant(exact: bigint): Constant {
  return { value: Number(exact), exact, isBig: true };
}

/**
 * A number as a literal of a dtype has it: rounded once, or wrapped.
 *
 * @param constant The number.
 * @param dtype The dtype.
 * @returns A bigint for 64-bit integers, otherwise a number; 0 or 1 for bool.
 */
export function literalValue({ value, exact, isBig }: Constant, dtype: DType): number | bigint {
  const isExact = exact !== null && (isBig || !isFloatDType(dtype));
  const converted = convertValue(isExact ? exact : value, dtype);
  return isBigIntDType(dtype) ? converted : Number(converted);
}

/**
 * Whether a number is a weak integer: one that was written as an integer, or computed of such, and that has at most
 * 64 bits.
 *
 * @param constant The number.
 */
export function isWeakInteger({ exact }: Constant): boolean {
  return exact !== null && fitsSixtyFourBits(exact);
}

/**
 * The integer that JavaScript makes of a whole number: another one than `exact` only if operations of bits lost some.
 *
 * @param constant The number.
 * @returns The integer; null for what is none.
 */
export function integerOfJavaScript({ value, exact, isBig }: Constant): bigint | null {
  // What is rounded to 53 bits does not fit 32 of them either way.
  return exact === null || isBig || !Number.isSafeInteger(value) ? exact : BigInt(value);
}

/**
 * A number as a cast takes it: exactly to 64-bit integers, to all others as JavaScript has it.
 *
 * @param constant The number.
 * @param dtype What it is cast to.
 */
export function castConstant(constant: Constant, dtype: DType): Constant {
  const integer = isBigIntDType(dtype) || isFloatDType(dtype) ? null : integerOfJavaScript(constant);
  return integer === null ? constant : bigConstant(integer);
}
