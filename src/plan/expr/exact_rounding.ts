/**
 * Rounding of exact numbers to floats, once, in integer arithmetic: slow and obvious.
 *
 * @module
 */

import type { FloatDType } from "../../dtype.ts";

/** What a float format can hold. */
interface FloatFormat {
  /** Bits of the significand, the leading one included. */
  readonly precision: number;
  /** The exponent of the smallest subnormal, a power of two. */
  readonly lowest: number;
  /** Changes nothing but what is too large, which becomes infinite. */
  readonly overflow: (value: number) => number;
}

const FORMATS: { readonly [D in FloatDType]: FloatFormat } = {
  float16: { precision: 11, lowest: -24, overflow: Math.f16round },
  float32: { precision: 24, lowest: -149, overflow: Math.fround },
  float64: { precision: 53, lowest: -1074, overflow: (value) => value },
};

/**
 * The float that is nearest to an exact number, the even one of two that are equally near (IEEE 754's
 * `roundTiesToEven`, section 4.3.1).
 *
 * @param significand An integer of any size; a zero gives +0.
 * @param exponent The number is `significand * 2 ** exponent`.
 * @param dtype The format of the result.
 * @returns The float; a zero that a negative number was rounded to is -0, and what is too large is infinite.
 */
export function nearestFloat(significand: bigint, exponent: number, dtype: FloatDType): number {
  const { precision, lowest, overflow } = FORMATS[dtype];
  const magnitude = significand < 0n ? -significand : significand;
  // The exponent of the result's last bit: its distance from the first is limited, and it has a lower bound.
  const last = Math.max(exponent + magnitude.toString(2).length - precision, lowest);
  const rounded = last <= exponent
    ? Number(magnitude) * 2 ** exponent
    : Number(halfToEven(magnitude, BigInt(last - exponent))) * 2 ** last;
  return overflow(significand < 0n ? -rounded : rounded);
}

/** `magnitude / 2 ** bits`, rounded to an integer. */
function halfToEven(magnitude: bigint, bits: bigint): bigint {
  const floor = magnitude >> bits;
  const rest = magnitude - (floor << bits), half = 1n << (bits - 1n);
  const isUp = rest > half || (rest === half && (floor & 1n) === 1n);
  return isUp ? floor + 1n : floor;
}
