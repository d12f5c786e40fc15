/**
 * Numbers that the text names: which integers fit a dtype, and arithmetic among them before anything runs.
 *
 * @module
 */

import { type DType, DTYPES, isBigIntDType } from "../../dtype.ts";
import { convertValue } from "./convert_value.ts";
import type { Operation } from "./operation.ts";

/** A number that is known before anything runs. */
export interface Constant {
  /** As JavaScript has it. */
  readonly value: number;
  /** The same as an integer, where it is one by the rules of weak integers; otherwise it is a weak float. */
  readonly exact: bigint | null;
  /** Whether it is an integer that is computed with exactly, as JavaScript does with bigints. */
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
  // Other integers may be -0, which only a number tells.
  const converted = convertValue(isBig && exact !== null ? exact : value, dtype);
  return isBigIntDType(dtype) ? converted : Number(converted);
}

/**
 * What an operation makes of numbers that are known.
 *
 * @param operation The operation.
 * @param args The numbers.
 * @returns The result as JavaScript computes it; null where the operation has no meaning for numbers. It is an integer
 *   where all arguments are and it is a safe one. Bigints among the arguments are computed with exactly.
 */
export function foldConstants({ name, scalar, rule }: Operation, args: readonly Constant[]): Constant | null {
  if (scalar === null) return null;
  const big = rule === "float" ? null : foldBig(name, args);
  if (big !== null) return big;
  const value = scalar(...args.map((arg) => arg.value));
  const isInteger = rule !== "float" && args.every(({ exact }) => exact !== null) &&
    Number.isSafeInteger(value);
  return { value, exact: isInteger ? BigInt(value) : null, isBig: false };
}

/** Operations of bigints; undefined where the result would be no integer, or be far beyond 64 bits. */
const BIG: Readonly<Record<string, (a: bigint, b: bigint) => bigint | undefined>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  rem: (a, b) => b === 0n ? undefined : a % b,
  mod: (a, b) => b === 0n ? undefined : ((a % b) + b) % b,
  pow: (a, b) => b >= 0n && b <= 64n ? a ** b : undefined,
  neg: (a) => -a,
  abs: (a) => a < 0n ? -a : a,
  sign: (a) => a < 0n ? -1n : a > 0n ? 1n : 0n,
  min: (a, b) => a < b ? a : b,
  max: (a, b) => a > b ? a : b,
  bitAnd: (a, b) => a & b,
  bitOr: (a, b) => a | b,
  bitXor: (a, b) => a ^ b,
  bitNot: (a) => ~a,
  shl: (a, b) => b >= 0n && b <= 64n ? a << b : undefined,
  shr: (a, b) => b >= 0n && b <= 64n ? a >> b : undefined,
};

/** The exact result, if an argument is a bigint, all are integers, and it fits 64 bits. */
function foldBig(name: string, args: readonly Constant[]): Constant | null {
  const [first, ...rest] = args.flatMap(({ exact }) => exact === null ? [] : [exact]);
  const isExact = args.some(({ isBig }) => isBig) && rest.length + 1 === args.length;
  if (!isExact || !Object.hasOwn(BIG, name)) return null;
  // Of min and max there may be more than two arguments.
  let result: bigint | undefined = args.length === 1 ? BIG[name](first, 0n) : first;
  for (const next of rest) {
    if (result !== undefined) result = BIG[name](result, next);
  }
  return result !== undefined && fitsSixtyFourBits(result) ? bigConstant(result) : null;
}
