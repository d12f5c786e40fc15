/** Numbers on which conversions and integer arithmetic are tried: random ones of every magnitude, and extreme ones. */

import { type DType, DTYPES, type IntegerDType } from "../../src/dtype.ts";
import type { Seeded } from "../seeded.ts";
import type { Numbers } from "./run_elements.ts";

/** The dtypes of integers. */
export const INTEGERS: readonly IntegerDType[] = [
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
];

/** A dtype of numbers. */
export type NumberDType = Exclude<DType, "bool">;

/** An array of zeros. */
export function zerosOf(dtype: NumberDType, length: number): Numbers {
  return new DTYPES[dtype].array(length);
}

/** An array of numbers as the dtype has them: 64-bit integers as bigints, otherwise numbers. */
export function arrayOf(dtype: NumberDType, values: readonly (number | bigint)[]): Numbers {
  const array = zerosOf(dtype, values.length);
  if (array instanceof BigInt64Array || array instanceof BigUint64Array) array.set(values.map(BigInt));
  else array.set(values.map(Number));
  return array;
}

/** The elements of an array. */
export function valuesOf(numbers: Numbers): (number | bigint)[] {
  return [...numbers];
}

/** How many elements a vector may hold if its widest lanes have so many bytes. */
export function elementCounts(bytes: number): number[] {
  return [2, 4, 8, 16].filter((elements) => elements * bytes <= 16);
}

/**
 * Integers: small ones, powers of two and their neighbours, and random bits of every length.
 *
 * @param dtype Their dtype.
 * @param count How many.
 * @param random Where they come from.
 */
export function integers(dtype: IntegerDType, count: number, random: Seeded): Numbers {
  const one = (): bigint => {
    if (random.oneIn(3)) return BigInt(random.int(0, 8)) - 4n;
    const magnitude = random.oneIn(2)
      ? (1n << BigInt(random.int(0, 64))) + BigInt(random.int(0, 4)) - 2n
      : BigInt.asUintN(random.int(1, 64), (BigInt(random.word()) << 32n) | BigInt(random.word()));
    return random.oneIn(2) ? magnitude : -magnitude;
  };
  const is64 = dtype.endsWith("64");
  return arrayOf(dtype, Array.from({ length: count }, () => is64 ? one() : BigInt.asIntN(32, one())));
}

/** Where something begins or ends: the ranges of integers and formats. */
const EDGES = [0, 0.5, 1, 2 ** -14, 2 ** -24, 2 ** -25, 1.5, 2.5, 65504, 65520, 127, 128, 255, 256, 32767]
  .concat(
    [Infinity, NaN, 5e-324, 2 ** -126, 2 ** -149, Number.MAX_VALUE, 3.4028234663852886e38, 0x7fffffff],
    Array.from({ length: 90 }, (_, k) => 2 ** (k + 8)),
  );

/**
 * Floats: random bits, random magnitudes that matter to integers, and numbers beside the edges.
 *
 * @param dtype Their dtype.
 * @param count How many.
 * @param random Where they come from.
 */
export function floats(dtype: "float16" | "float32" | "float64", count: number, random: Seeded): Numbers {
  const bits = new Uint32Array(2), asFloat = new Float64Array(bits.buffer);
  const one = (): number => {
    const sign = random.oneIn(2) ? 1 : -1;
    switch (random.int(0, 3)) {
      case 0:
        bits.set([random.word(), random.word()]);
        return asFloat[0];
      case 1:
        return sign * 2 ** (random.int(-320, 720) / 10);
      case 2:
        return sign * (random.pick(EDGES) + random.int(-4, 4) / 4);
      default:
        return sign * random.pick(EDGES) *
          (1 + random.int(-2, 2) * random.pick([2 ** -11, 2 ** -23, 2 ** -24, 2 ** -52]));
    }
  };
  return arrayOf(dtype, Array.from({ length: count }, one));
}
