/**
 * Random elements of arrays, special ones among them.
 *
 * @module
 */

import { type DType, DTYPES, type FloatDType, isBigIntDType } from "../../../src/dtype.ts";
import type { Seeded } from "../../seeded.ts";
import { isFloat, rangeOf } from "./random_kinds.ts";

/** An element as arrays hand it out. */
export type RandomElement = number | bigint | boolean;

const SPECIAL: readonly number[] = [
  0,
  -0,
  1,
  -1,
  NaN,
  Infinity,
  -Infinity,
  0.5,
  -0.5,
  1.5,
  2.5,
  2,
  3,
  1e300,
  2 ** 31,
  2 ** 63,
];
const LIMITS: { readonly [D in FloatDType]: readonly number[] } = {
  float16: [65504, -65504, 2 ** -14, 2 ** -24, 1 + 2 ** -10],
  float32: [(2 - 2 ** -23) * 2 ** 127, 2 ** -126, 2 ** -149, 1 + 2 ** -23],
  float64: [Number.MAX_VALUE, 2 ** -1022, Number.MIN_VALUE, 1 + Number.EPSILON],
};
const ROUND: { readonly [D in FloatDType]: (value: number) => number } = {
  float16: Math.f16round,
  float32: Math.fround,
  float64: (value) => value,
};

/**
 * A random element: about a third of them special or at an end of the range, the others of any size.
 *
 * @param random What it is drawn with.
 * @param dtype Its dtype.
 */
export function randomElement(random: Seeded, dtype: DType): RandomElement {
  if (dtype === "bool") return random.oneIn(2);
  if (isFloat(dtype)) return ROUND[dtype](randomFloat(random, LIMITS[dtype]));
  const [low, high] = rangeOf(dtype);
  const value = randomInteger(random, low, high, 8 * DTYPES[dtype].bytes);
  return isBigIntDType(dtype) ? value : Number(value);
}

function randomFloat(random: Seeded, limits: readonly number[]): number {
  const real = (random.word() + random.word() / 2 ** 32) / 2 ** 31 - 1;
  switch (random.int(0, 5)) {
    case 0:
      return random.pick(SPECIAL);
    case 1:
      return random.pick(limits);
    case 2:
      return random.int(-9, 9);
    case 3:
      return real * 2 ** random.int(-40, 80);
    default:
      return real * 10;
  }
}

function randomInteger(random: Seeded, low: bigint, high: bigint, bits: number): bigint {
  if (random.oneIn(4)) return random.pick([low, high, 0n, 1n, low + 1n, high - 1n]);
  const word = (BigInt(random.word()) << 32n) | BigInt(random.word());
  const short = BigInt.asUintN(random.int(1, bits), word);
  return low < 0n ? BigInt.asIntN(bits, random.oneIn(2) ? -short : short) : short;
}
