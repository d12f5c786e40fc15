/**
 * Fused multiply-add in integer arithmetic: slow and obvious.
 *
 * @module
 */

import { nearestFloat } from "./exact_rounding.ts";

/**
 * `a * b + c` with one rounding (IEEE 754's `fusedMultiplyAdd`, section 5.4.1).
 *
 * @param a A number of the dtype.
 * @param b Another.
 * @param c What is added to their product.
 * @param dtype The format of the arguments and of the result.
 */
export function exactFma(a: number, b: number, c: number, dtype: "float32" | "float64"): number {
  const isExactProduct = a === 0 || b === 0 || !Number.isFinite(a) || !Number.isFinite(b);
  if (isExactProduct) return a * b + c;
  // The product is finite, even where a float could not hold it.
  if (!Number.isFinite(c)) return c;
  const first = decompose(a), second = decompose(b), third = decompose(c);
  const productExponent = first.exponent + second.exponent;
  const exponent = Math.min(productExponent, third.exponent);
  const product = (first.significand * second.significand) << BigInt(productExponent - exponent);
  const sum = product + (third.significand << BigInt(third.exponent - exponent));
  return nearestFloat(sum, exponent, dtype);
}

/** A finite number as `significand * 2 ** exponent`. */
interface Decomposed {
  readonly significand: bigint;
  readonly exponent: number;
}

const FRACTION_BITS = 52n, HIDDEN_BIT = 1n << FRACTION_BITS;
/** The exponent of the last bit of subnormal numbers. */
const LOWEST_EXPONENT = -1074;

function decompose(value: number): Decomposed {
  const bits = new BigUint64Array(new Float64Array([value]).buffer)[0];
  const fraction = bits & (HIDDEN_BIT - 1n), biased = Number((bits >> FRACTION_BITS) & 0x7ffn);
  const magnitude = biased === 0 ? fraction : fraction | HIDDEN_BIT;
  return {
    significand: value < 0 ? -magnitude : magnitude,
    exponent: Math.max(biased, 1) - 1 + LOWEST_EXPONENT,
  };
}
