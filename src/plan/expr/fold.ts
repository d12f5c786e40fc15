/**
 * Arithmetic among numbers that are known before anything runs.
 *
 * @module
 */

import { bigConstant, type Constant, floatConstant, integerOfJavaScript } from "./literals.ts";
import type { Operation } from "./operation.ts";

/** More bits than the largest float64 has: integers beyond are not computed with exactly. */
const MOST_BITS = 1_100n;
const BOUND = 2n ** MOST_BITS;

/**
 * What an operation makes of numbers that are known.
 *
 * @param operation The operation.
 * @param args The numbers.
 * @returns The result in both readings, JavaScript's and the exact one; null where the operation has no meaning for
 *   numbers.
 */
export function foldConstants({ name, scalar, rule }: Operation, args: readonly Constant[]): Constant | null {
  if (scalar === null) return null;
  const value = scalar(...args.map((arg) => arg.value));
  // What these two make of an integer is defined by JavaScript's 32 bits of it.
  const isOf32Bits = rule === "imul" || rule === "clz32";
  const integers = args.map((arg) => isOf32Bits ? integerOfJavaScript(arg) : arg.exact);
  const known = integers.filter((integer) => integer !== null);
  if (rule === "float" || known.length < args.length) return floatConstant(value);
  const isBig = args.some((arg) => arg.isBig), result = exactResult(name, known, isBig);
  if (result === undefined) {
    return { value, exact: Number.isSafeInteger(value) ? BigInt(value) : null, isBig: false };
  }
  const isKept = result < BOUND && result > -BOUND;
  if (isBig) return isKept ? bigConstant(result) : floatConstant(Number(result));
  return { value, exact: isKept && Number.isInteger(value) ? result : null, isBig: false };
}

type Exact = (a: bigint, b: bigint, c: bigint) => bigint | undefined;

/** Undefined where the result would be no integer. */
const EXACT: Readonly<Record<string, Exact>> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  fma: (a, b, c) => a * b + c,
  rem: (a, b) => b === 0n ? undefined : a % b,
  mod: (a, b) => b === 0n ? undefined : ((a % b) + b) % b,
  pow: power,
  neg: (a) => -a,
  abs: (a) => a < 0n ? -a : a,
  sign: (a) => a < 0n ? -1n : a > 0n ? 1n : 0n,
  min: (a, b) => a < b ? a : b,
  max: (a, b) => a > b ? a : b,
  bitAnd: (a, b) => a & b,
  bitOr: (a, b) => a | b,
  bitXor: (a, b) => a ^ b,
  bitNot: (a) => ~a,
  shl: (a, b) => a << b,
  shr: (a, b) => a >> b,
  ushr: (a, b) => unsigned(a) >> b,
  imul: (a, b) => BigInt.asIntN(32, a * b),
  clz32: (a) => BigInt(Math.clz32(Number(BigInt.asUintN(32, a)))),
};
const SHIFTS: ReadonlySet<string> = new Set(["shl", "shr", "ushr"]);

function exactResult(name: string, args: readonly bigint[], isBig: boolean): bigint | undefined {
  if (!Object.hasOwn(EXACT, name)) return undefined;
  if (name === "min" || name === "max") return args.reduce((a, b) => EXACT[name](a, b, 0n) ?? a);
  const [a, b = 0n, c = 0n] = args;
  return EXACT[name](a, SHIFTS.has(name) ? shiftCount(b, isBig) : b, c);
}

/** Numbers are shifted as elements of 64 bits are, by a count modulo 64; bigints as far as it says. */
function shiftCount(count: bigint, isBig: boolean): bigint {
  if (!isBig) return BigInt.asUintN(6, count);
  return count > MOST_BITS ? MOST_BITS : count < -MOST_BITS ? -MOST_BITS : count;
}

/** What `>>>` shifts zeros into: of negative numbers the 32 bits that JavaScript takes, where these are all. */
function unsigned(value: bigint): bigint {
  return value >= 0n ? value : BigInt.asUintN(value >= -(2n ** 31n) ? 32 : 64, value);
}

function power(base: bigint, exponent: bigint): bigint | undefined {
  if (exponent < 0n) return undefined;
  const magnitude = base < 0n ? -base : base, sign = base < 0n && exponent % 2n === 1n ? -1n : 1n;
  if (magnitude <= 1n) return exponent === 0n ? 1n : sign * magnitude;
  const bits = BigInt(magnitude.toString(2).length - 1) * exponent;
  return bits > MOST_BITS ? sign * BOUND : base ** exponent;
}
