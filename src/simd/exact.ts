/**
 * Sums and products of float64 without an error: as a float and what it lacks. They hold in every mode and on
 * every machine. See Muller and others, Handbook of Floating-Point Arithmetic, chapter 4.
 *
 * @module
 */

import type { Value } from "./graph.ts";
import type { FloatLanes } from "./lanes.ts";

/** A sum of two floats. */
export interface Pair {
  /** The sum, rounded. */
  readonly high: Value;
  /** What is lost by that. */
  readonly low: Value;
}

/**
 * `a + b` for a magnitude of `a` that is not below that of `b` (Dekker, 1971).
 *
 * @param f The lanes.
 * @param a The larger one.
 * @param b The smaller one.
 */
export function fastTwoSum(f: FloatLanes, a: Value, b: Value): Pair {
  const high = f.add(a, b);
  return { high, low: f.sub(b, f.sub(high, a)) };
}

/**
 * `a + b` (Knuth, 1969).
 *
 * @param f The lanes.
 * @param a A float.
 * @param b Another.
 */
export function twoSum(f: FloatLanes, a: Value, b: Value): Pair {
  const high = f.add(a, b), ofB = f.sub(high, a), ofA = f.sub(high, ofB);
  return { high, low: f.add(f.sub(a, ofA), f.sub(b, ofB)) };
}

/**
 * Two halves of float64, of 26 bits and a sign each: their products are exact.
 *
 * @param f Lanes of float64.
 * @param x What is split; not so large that its first half is infinite.
 */
export function split(f: FloatLanes, x: Value): Pair {
  // The half is rounded as an integer, because a product such as Dekker's overflows earlier.
  const rounded = f.graph.op("i64x2.add", x, f.graph.i64(1n << 26n));
  const high = f.and(rounded, f.graph.i64(-1n << 27n));
  return { high, low: f.sub(x, high) };
}

/**
 * `a * b` (Dekker, 1971), where the product's last bits are not below those of the smallest subnormal.
 *
 * @param f Lanes of float64.
 * @param a A float.
 * @param b Another.
 */
export function twoProduct(f: FloatLanes, a: Value, b: Value): Pair {
  const high = f.mul(a, b), first = split(f, a), second = split(f, b);
  // All products are exact, so that it is the same whether they are fused.
  const corner = f.sub(f.mul(first.high, second.high), high);
  const crossed = f.fma(first.low, second.high, f.fma(first.high, second.low, corner));
  return { high, low: f.fma(first.low, second.low, crossed) };
}
