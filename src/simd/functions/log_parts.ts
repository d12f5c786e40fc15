/**
 * What all logarithms share: an argument is taken apart as `2 ** k * m` with `m` from sqrt(1/2) to sqrt(2),
 * and the logarithm of `m = 1 + f` is computed with `s = f / (2 + f)` as `2 atanh(s)`: a polynomial of
 * `s * s`, because the function is odd. See Muller, Elementary Functions, and Tang, Table-driven
 * implementation of the logarithm function (1990). Coefficients are by bench/coefficients/log.py.
 *
 * @module
 */

import type { Graph, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";

/** What formulas need to know about lanes of a width. */
export interface LogLanes extends FloatLanes {
  /** The integers as wide as the floats. */
  readonly integers: "i64x2" | "i32x4";
  /** How many bits follow the first in a significand. */
  readonly fractionBits: number;
  /** The largest exponent. */
  readonly largestExponent: number;
  /** The upper half of the bits of a significand, the others 0: products of two such numbers are exact. */
  upper(x: Value): Value;
  /** ln(2), the first part with so few bits that its product with an exponent is exact. */
  readonly ln2: readonly [number, number];
  /** `(2 atanh(s) / s - 2) / z` as a polynomial of `z = s * s`. */
  readonly series: readonly number[];
}

/** A positive number as `2 ** k * (1 + f)`. */
export interface Parts {
  readonly k: Value;
  readonly f: Value;
}

/** A value as a sum of two, of which the second is small. */
export interface Sum {
  readonly high: Value;
  readonly low: Value;
}

const SERIES64 = [
  0.666666666666667,
  0.3999999999989836,
  0.28571428626438633,
  0.22222211066369044,
  0.18182893691799093,
  0.15331581212616302,
  0.1461806742352444,
];

/** For results that are rounded to float32: an error of 2**-35. */
const SERIES_SHORT = [0.6666666655295699, 0.4000012280725273, 0.2855073101966431, 0.23332548749193022];

const SERIES32 = [0.66666687, 0.39988714, 0.295823];

/**
 * Lanes of float64.
 *
 * @param graph The graph that is built.
 * @param isShort Whether the result is rounded to float32 in the end, so that shorter polynomials will do.
 */
export function logLanes64(graph: Graph, isShort: boolean = false): LogLanes {
  const f = f64x2(graph), mask = graph.i64(-1n << 27n);
  return {
    ...f,
    integers: "i64x2",
    fractionBits: 52,
    largestExponent: 1023,
    upper: (x) => f.and(x, mask),
    ln2: [0.6931471805601177, -1.7239444525614835e-13],
    series: isShort ? SERIES_SHORT : SERIES64,
  };
}

/**
 * Lanes of float32.
 *
 * @param graph The graph that is built.
 */
export function logLanes32(graph: Graph): LogLanes {
  const f = f32x4(graph), mask = graph.i32(-1 << 12);
  return {
    ...f,
    integers: "i32x4",
    fractionBits: 23,
    largestExponent: 127,
    upper: (x) => f.and(x, mask),
    ln2: [0.693145751953125, 1.428606765330187e-06],
    series: SERIES32,
  };
}

/** Adds or subtracts bits. */
function bits(f: LogLanes, name: "add" | "sub" | "gt_s", a: Value, b: Value): Value {
  return f.graph.op(`${f.integers}.${name}`, a, b);
}

/**
 * Which lanes are 0, infinite or NaN.
 *
 * @param f The lanes.
 * @param size The magnitudes of numbers.
 */
export function isZeroOrNotFinite(f: LogLanes, size: Value): Value {
  // As unsigned integers the bits of other numbers lie between those of 0 and infinity; the smallest signed
  // one is
  // added to both sides because comparisons are signed, and the bits of the smallest number are 1.
  const least = f.c(2 ** (1 - f.largestExponent - f.fractionBits)), shift = f.c(-0);
  const limit = bits(f, "sub", bits(f, "sub", f.c(Infinity), least), least);
  return bits(f, "gt_s", bits(f, "add", size, bits(f, "sub", shift, least)), bits(f, "add", shift, limit));
}

/**
 * Takes positive normal numbers apart.
 *
 * @param f The lanes.
 * @param x The numbers.
 * @param least The least `m`, from 1/2 to 1.
 * @returns `k`, and `m = x / 2 ** k`, which is less than `2 * least`.
 */
export function splitExponent(
  f: LogLanes,
  x: Value,
  least: number = Math.SQRT1_2,
): { k: Value; m: Value } {
  const { graph, fractionBits, largestExponent } = f, start = f.c(least);
  // Now the exponent changes where m does.
  const moved = bits(f, "add", x, bits(f, "sub", f.c(1), start));
  const exponent = graph.shift(`${f.integers}.shr_u`, moved, fractionBits);
  const integer = 2 ** fractionBits;
  const k = f.sub(f.or(exponent, f.c(integer)), f.c(integer + largestExponent));
  return { k, m: bits(f, "add", f.andnot(moved, f.c(Infinity)), start) };
}

/**
 * `2 ** -k` for numbers that {@link splitExponent} took apart, if that is normal; 0 if k is the largest
 * exponent.
 *
 * @param f The lanes.
 * @param x The numbers.
 * @param m What became of them.
 */
export function inversePower(f: LogLanes, x: Value, m: Value): Value {
  // Their bits differ in the exponent, by -k.
  return bits(f, "add", f.c(1), bits(f, "sub", m, x));
}

/**
 * `2 ** n`.
 *
 * @param f The lanes.
 * @param n Integers, such that the result is normal.
 */
export function powerOfTwo(f: LogLanes, n: Value): Value {
  // The sum ends with the exponent as it stands in a number.
  const sum = f.add(n, f.c(1.5 * 2 ** f.fractionBits + f.largestExponent));
  return f.graph.shift(`${f.integers}.shl`, sum, f.fractionBits);
}

/**
 * Takes positive normal numbers apart.
 *
 * @param f The lanes.
 * @param x The numbers; of NaN and infinities `k` is NaN.
 */
export function logParts(f: LogLanes, x: Value): Parts {
  const { k, m } = splitExponent(f, x);
  // For NaN to be seen that was among the bits.
  return { k: f.fma(x, f.c(0), k), f: f.sub(m, f.c(1)) };
}

/**
 * The logarithm of `1 + f` without its first terms.
 *
 * @param f The lanes.
 * @param fraction `f`.
 * @returns `square = f * f / 2` and `tail`, for which `log(1 + f) = f - square + tail`; and `s`.
 */
export function logTail(f: LogLanes, fraction: Value): { square: Value; tail: Value; s: Value } {
  const s = f.div(fraction, f.add(fraction, f.c(2)));
  const z = f.mul(s, s);
  const square = f.mul(f.mul(fraction, f.c(0.5)), fraction);
  const tail = f.mul(s, f.fma(z, f.horner(z, f.series), square));
  return { square, tail, s };
}

/**
 * The natural logarithm of what was taken apart, within 0.9 units in the last place if `f` is exact.
 *
 * @param f The lanes.
 * @param parts The parts.
 * @param rest What is added to the tail of `log(1 + f)`, if anything; it must be small. It gets `s`.
 */
export function logOfParts(f: LogLanes, { k, f: fraction }: Parts, rest?: (s: Value) => Value): Value {
  const { square, tail, s } = logTail(f, fraction);
  const [high, low] = f.ln2;
  const last = rest === undefined ? tail : f.add(tail, rest(s));
  const sum = f.sub(f.sub(square, f.fma(k, f.c(low), last)), fraction);
  return f.sub(f.mul(k, f.c(high)), sum);
}
