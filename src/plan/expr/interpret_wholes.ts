/**
 * What operations of integers and bools mean, one element at a time: slow and obvious.
 *
 * @module
 */

import { bitsOf, type WholeDType, wrapInteger } from "./convert_value.ts";
import type { ArithmeticName, BitName, CallName, FloatName } from "./program.ts";

/** The operations that have a meaning for integers; `bitAnd` to `bitNot` have one for bools too. */
export type WholeName =
  | ArithmeticName
  | BitName
  | Extract<FloatName, "floor" | "ceil" | "trunc" | "round" | "rint">;

type WholeMeaning = (args: readonly bigint[], dtype: WholeDType) => bigint;

const isInteger: WholeMeaning = ([a]) => a;

/** Before the result is wrapped to the dtype. */
const MEANINGS: { readonly [N in WholeName]: WholeMeaning } = {
  add: ([a, b]) => a + b,
  sub: ([a, b]) => a - b,
  mul: ([a, b]) => a * b,
  neg: ([a]) => -a,
  abs: ([a]) => a < 0n ? -a : a,
  sign: ([a]) => a < 0n ? -1n : a > 0n ? 1n : 0n,
  min: ([a, b]) => a < b ? a : b,
  max: ([a, b]) => a > b ? a : b,
  rem: ([a, b]) => b === 0n ? 0n : a % b,
  mod: ([a, b]) => b === 0n ? 0n : ((a % b) + b) % b,
  pow: ([a, b], dtype) => power(a, b, dtype),
  fma: ([a, b, c]) => a * b + c,
  bitAnd: ([a, b]) => a & b,
  bitOr: ([a, b]) => a | b,
  bitXor: ([a, b]) => a ^ b,
  bitNot: ([a]) => ~a,
  shl: ([a, b], dtype) => a << shiftCount(b, dtype),
  shr: ([a, b], dtype) => a >> shiftCount(b, dtype),
  ushr: ([a, b], dtype) => BigInt.asUintN(registerBits(dtype), a) >> shiftCount(b, dtype),
  clz32: ([a]) => BigInt(Math.clz32(Number(BigInt.asUintN(32, a)))),
  floor: isInteger,
  ceil: isInteger,
  trunc: isInteger,
  round: isInteger,
  rint: isInteger,
};

/** Integers are shifted in 32 bits as in JavaScript, and those of 64 bits in 64. */
function registerBits(dtype: WholeDType): number {
  return Math.max(32, bitsOf(dtype));
}

/** How far a shift goes: modulo the width of what is shifted, so that -1 is the farthest. */
function shiftCount(count: bigint, dtype: WholeDType): bigint {
  return BigInt.asUintN(Math.log2(registerBits(dtype)), count);
}

/** `base ** exponent`, wrapped; what is below 1 in magnitude is truncated to 0, `0 ** -1` too. */
function power(base: bigint, exponent: bigint, dtype: WholeDType): bigint {
  if (exponent < 0n) {
    return base === 1n || (base === -1n && exponent % 2n === 0n) ? 1n : base === -1n ? -1n : 0n;
  }
  let result = 1n, square = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest % 2n === 1n) result = wrapInteger(result * square, dtype);
    square = wrapInteger(square * square, dtype);
  }
  return result;
}

/**
 * Whether an operation has a meaning for integers or bools that is again one.
 *
 * @param name The operation.
 */
export function isWholeName(name: CallName): name is WholeName {
  return Object.hasOwn(MEANINGS, name);
}

/**
 * The result of an operation of integers or bools, wrapped to their dtype.
 *
 * @param name The operation.
 * @param args Values of the dtype.
 * @param dtype The dtype.
 */
export function wholeResult(name: WholeName, args: readonly bigint[], dtype: WholeDType): bigint {
  return wrapInteger(MEANINGS[name](args, dtype), dtype);
}
