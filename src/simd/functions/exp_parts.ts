/**
 * What the exponential function and its relatives have in common: arguments are taken apart as `x = n ln 2 + r` with an
 * integer n and a small r, after Cody and Waite. Coefficients of polynomials are made by bench/coefficients/exp.py.
 *
 * @module
 */

import type { Graph, Value } from "../graph.ts";
import type { FloatLanes } from "../lanes.ts";

/** `(e**r - 1 - r) / r**2` for `3/4 <= e**r <= 3/2`. */
const EXP_TAIL: readonly number[] = [
  0.4999999999999999,
  0.16666666666667324,
  0.041666666666691846,
  0.008333333332652616,
  0.0013888888880890988,
  0.0001984127209584259,
  2.4801585427887356e-05,
  2.755429332092872e-06,
  2.758439976992219e-07,
  2.6495881450018443e-08,
];

/** The same in float32. */
export const EXP_TAIL32: readonly number[] = [0.5000002, 0.16666602, 0.04165805, 0.008356427, 0.0014711659];

/** `(e**r - 1 - r) / r**2` for `|r| <= ln(2) / 2`. */
export const EXPM1_TAIL: readonly number[] = [
  0.5000000000000006,
  0.16666666666666685,
  0.04166666666657352,
  0.008333333333314557,
  0.0013888888932416287,
  0.00019841269903125763,
  2.480150439832325e-05,
  2.755722785502934e-06,
  2.762634637272758e-07,
  2.5114508087221728e-08,
];

/** The last, good enough for float32 computed in float64. */
export const EXPM1_TAIL_SHORT: readonly number[] = [
  0.5000000046454189,
  0.16666666817227285,
  0.041666354483064334,
  0.008333273010287466,
  0.0013941023377180295,
  0.00019914193791761348,
];

/** ln 2 as a sum: the first part has 41 bits, so that its products with integers of 12 bits are exact. */
const LN2_HIGH = 0.6931471805601177, LN2_LOW = -1.7239444525614835e-13;

/** ln 2 as a sum of two float32: the first part has 15 bits, so that its products with integers of 9 bits are exact. */
const LN2_HIGH32 = 0.693145751953125, LN2_LOW32 = 1.4286068e-06;

/** Added to a float64 of a much smaller magnitude, it leaves the nearest integer in the last bits. */
export const TO_INTEGER = 1.5 * 2 ** 52;

/** The same for float32. */
export const TO_INTEGER32 = 1.5 * 2 ** 23;

/**
 * Subtracted before rounding to an integer, it makes `2**r` lie between 3/4 and 3/2 instead of around 1. Below 1, where
 * errors count double, `2**r - 1` is then less than 1/4, and its rounding error is smaller.
 */
const LOWER = Math.log2(1.5) - 0.5;

/** An argument taken apart: `x = n ln 2 + r`. */
export interface Reduced {
  /** An integer in the last bits of a float: n, or n and what was asked to be added to it. */
  readonly bits: Value;
  /** What is left, rounded. */
  readonly r: Value;
  /** The larger part of r, which is exact. */
  readonly high: Value;
  /** The smaller part of r, unless it is left out because it does not matter. */
  readonly low?: Value;
}

/**
 * The polynomial `c[0] + x * (c[1] + x * (c[2] + …))` as two in the square of x: as few instructions as one after the
 * other, but half of them do not wait for the other half.
 *
 * @param f The lanes.
 * @param x The variable.
 * @param square Its square.
 * @param coefficients The coefficients.
 */
export function evenAndOdd(f: FloatLanes, x: Value, square: Value, coefficients: readonly number[]): Value {
  const even = f.horner(square, coefficients.filter((_, k) => k % 2 === 0));
  const odd = f.horner(square, coefficients.filter((_, k) => k % 2 === 1));
  return f.fma(odd, x, even);
}

/**
 * Takes float64 apart, `|r| <= ln(2) / 2`.
 *
 * @param f The lanes.
 * @param x The argument, of a magnitude below 2**11.
 * @param offset What is added to n.
 */
export function reduce(f: FloatLanes, x: Value, offset: number): Reduced {
  const toInteger = f.c(TO_INTEGER + offset), bits = f.fma(x, f.c(Math.LOG2E), toInteger);
  const n = f.sub(bits, toInteger), high = f.fnma(n, f.c(LN2_HIGH), x), low = f.mul(n, f.c(-LN2_LOW));
  return { bits, r: f.add(high, low), high, low };
}

/**
 * Takes float64 apart that stand for float32: that a product is rounded does no harm.
 *
 * @param f The lanes.
 * @param x The argument, of a magnitude below 2**11.
 * @param offset What is added to n.
 */
export function reduceShort(f: FloatLanes, x: Value, offset: number): Reduced {
  const toInteger = f.c(TO_INTEGER + offset), bits = f.fma(x, f.c(Math.LOG2E), toInteger);
  const r = f.fnma(f.sub(bits, toInteger), f.c(Math.LN2), x);
  return { bits, r, high: r };
}

/**
 * Takes float32 apart, `3/4 <= e**r <= 3/2`.
 *
 * @param f The lanes.
 * @param x The argument, of a magnitude below 2**8.
 * @param offset What is added to n.
 */
export function reduce32(f: FloatLanes, x: Value, offset: number): { bits: Value; r: Value } {
  const toInteger = f.c(TO_INTEGER32 + offset);
  const bits = f.add(f.fma(x, f.c(Math.LOG2E), f.c(-LOWER)), toInteger), n = f.sub(bits, toInteger);
  return { bits, r: f.fnma(n, f.c(LN2_LOW32), f.fnma(n, f.c(LN2_HIGH32), x)) };
}

/**
 * `e**x` for float64 as a product.
 *
 * @param f The lanes.
 * @param x The argument, of a magnitude below 2**11.
 * @returns An integer n, in the last bits of a float64, and what is to be multiplied by `2**n`, from 3/4 to 3/2.
 */
export function splitExp(f: FloatLanes, x: Value): { bits: Value; power: Value } {
  const toInteger = f.c(TO_INTEGER);
  const bits = f.add(f.fma(x, f.c(Math.LOG2E), f.c(-LOWER)), toInteger), n = f.sub(bits, toInteger);
  const r = f.fnma(n, f.c(LN2_LOW), f.fnma(n, f.c(LN2_HIGH), x)), square = f.mul(r, r);
  return { bits, power: f.add(f.c(1), f.fma(square, evenAndOdd(f, r, square, EXP_TAIL), r)) };
}

/**
 * `e**x - 1` of an argument taken apart, as a sum: little of it is rounded before it is added up.
 *
 * @param f The lanes.
 * @param reduced The argument, from -1022 ln 2 to 1023 ln 2; 1023 is added to n.
 * @param tail The coefficients.
 * @returns Two parts, of which the first is larger. Instead of -0 their sum is 0.
 */
export function expm1Sum(
  f: FloatLanes,
  { bits, r, high, low }: Reduced,
  tail: readonly number[],
): { large: Value; small: Value } {
  const square = f.mul(r, r), q = evenAndOdd(f, r, square, tail);
  const scale = f.graph.shift("i64x2.shl", bits, 52), scaleLess1 = f.sub(scale, f.c(1));
  const rest = low === undefined ? f.mul(square, q) : f.fma(square, q, low);
  return { large: f.fma(scale, high, scaleLess1), small: f.mul(scale, rest) };
}

/**
 * `value * 2**n` for normal results: the integer is added to the exponent.
 *
 * @param graph The graph.
 * @param value A float64.
 * @param bits The integer n, in the last bits of a float64.
 */
export function addExponent(graph: Graph, value: Value, bits: Value): Value {
  return graph.op("i64x2.add", value, graph.shift("i64x2.shl", bits, 52));
}

/**
 * `value * 2**(n + offset)`, also where this is subnormal, too large or 0, or the power alone would be.
 *
 * @param f The lanes.
 * @param value From 1/2 to 2.
 * @param bits The integer n, in the last bits of a float64; its magnitude is below 2**11.
 * @param offset What is added to it.
 */
export function scaleFar(f: FloatLanes, value: Value, bits: Value, offset = 0): Value {
  const { graph } = f;
  const n = graph.op("i64x2.sub", bits, f.c(TO_INTEGER));
  const half = graph.shift("i64x2.shr_s", n, 1), rest = graph.op("i64x2.sub", n, half);
  // Only the second product is rounded.
  return f.mul(f.mul(value, powerOfTwo(graph, half, 0)), powerOfTwo(graph, rest, offset));
}

/** The power of two with an integer exponent, from -1022 to 1023. */
function powerOfTwo(graph: Graph, exponent: Value, offset: number): Value {
  return graph.shift("i64x2.shl", graph.op("i64x2.add", exponent, graph.i64(BigInt(1023 + offset))), 52);
}

/**
 * The argument where it is between two numbers, otherwise the nearer of them; NaN stays NaN.
 *
 * @param f Lanes of float64.
 * @param x The argument.
 * @param low The least.
 * @param high The greatest.
 */
export function clamp(f: FloatLanes, x: Value, low: number, high: number): Value {
  const { graph } = f;
  return graph.op("f64x2.pmax", graph.op("f64x2.pmin", x, f.c(high)), f.c(low));
}

/**
 * Where a magnitude is above a limit, or NaN: as integers, the bits of magnitudes have the same order.
 *
 * @param f The lanes.
 * @param magnitude Numbers whose sign is not set.
 * @param limit The limit.
 * @param shape How wide the lanes are.
 */
export function isBeyond(
  f: FloatLanes,
  magnitude: Value,
  limit: number,
  shape: "i64x2" | "i32x4" = "i64x2",
): Value {
  return f.graph.op(`${shape}.gt_s`, magnitude, f.c(limit));
}

/**
 * The result of an odd function with the sign of its argument.
 *
 * @param f The lanes.
 * @param result The result: its sign is that of the argument already, or not set.
 * @param x The argument.
 */
export function withSignOf(f: FloatLanes, result: Value, x: Value): Value {
  return f.or(result, f.and(x, f.c(-0)));
}
