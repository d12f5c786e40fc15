/**
 * Powers of float64: `2 ** (y * log2(x))`, with the logarithm and its product as sums of two numbers. Numbers
 * are cut into an upper half and the rest, so that products of upper halves are exact with and without fused
 * multiply-add (see Dekker, A floating-point technique for extending the available precision, 1971).
 * Coefficients are by bench/coefficients/log.py.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import {
  isZeroOrNotFinite,
  type LogLanes,
  logLanes64,
  powerOfTwo,
  splitExponent,
  type Sum,
} from "./log_parts.ts";
import { isSpecialBase, powerSpecials } from "./pow_specials.ts";

export { pow32 } from "./pow32.ts";
export { powLiteral32, powLiteral64 } from "./pow_literal.ts";

/** Where it comes from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  pow: {
    source:
      "2 ** (y * log2(x)) with the logarithm and its product as sums of two numbers, whose first parts " +
      "have half the bits (Dekker, 1971), and minimax polynomials; in float32 the same in float64, with " +
      "one number each. Small integers as literal exponents by products.",
    ulp64: 0.75,
    ulp32: 0.54,
  },
};

/** 2 / ln(2) and a third of it, as sums. */
const FIRST = [2.8853900817775866, 3.402130452926298e-13],
  SECOND = [0.9617967009544373, -7.028461650952758e-09];

/**
 * A number near sqrt(2) with few bits, and its logarithm to base 2 as a sum, whose first part has few bits as
 * well.
 */
const MIDDLE = 181 / 128, LOG2_MIDDLE = [0.499845887083211, -5.621848729602859e-15];

/** Below this, 1 is nearer than {@link MIDDLE}. */
const FOURTH_ROOT = 2 ** 0.25;

/** The series `log2((1 + s) / (1 - s)) / s` from its third term on, as a polynomial of `s * s`. */
const LOG2_SERIES = [
  0.5770780163555853,
  0.41219858311127533,
  0.3205988977526586,
  0.262308316056555,
  0.221920468255246,
  0.19621777686412173,
];

/** ln(2), the first part with 26 bits. */
const LN2 = [0.6931471824645996, -1.904654299957768e-09];

/** `(2**r - 1 - r ln(2)) / r**2` for `|r| <= 1/2`. */
const EXP2_SERIES = [
  0.24022650695910075,
  0.055504108664821604,
  0.009618129107618644,
  0.0013333558146410621,
  0.00015403530424826638,
  1.5252733838930082e-05,
  1.321545159624033e-06,
  1.0178057595112155e-07,
  7.0709862437469685e-09,
  4.4558230563871543e-10,
];

/** Results of exponents up to here are normal numbers, whatever the rounding. */
const USUAL_EXPONENT = 1021;

/**
 * The logarithm to base 2 of positive normal numbers, with a relative error of 2**-67: of the nearer one of
 * two numbers c, and of `m / c` by `s = (m - c) / (m + c)` as a sum, the first two terms of the series in
 * more precision and the others not.
 *
 * @param f The lanes.
 * @param x The numbers.
 * @returns The logarithm: the first part is an upper half.
 */
function log2Sum(f: LogLanes, x: Value): Sum {
  const { k, m } = splitExponent(f, x, 2 ** -0.25), one = f.c(1);
  const isUpper = f.ge(m, f.c(FOURTH_ROOT));
  // All bits of 1 are set in MIDDLE as well.
  const c = f.or(one, f.and(isUpper, f.c(MIDDLE)));
  const whole = f.add(k, f.and(isUpper, f.c(LOG2_MIDDLE[0])));
  const fraction = f.sub(m, c), divisor = f.add(m, c), inverse = f.div(one, divisor);
  const s = f.mul(fraction, inverse), sHigh = f.upper(s);
  const divisorHigh = f.upper(divisor), divisorLow = f.sub(m, f.sub(divisorHigh, c));
  const remainder = f.fnma(sHigh, divisorLow, f.fnma(sHigh, divisorHigh, fraction));
  const sLow = f.mul(remainder, inverse);
  // s * s: the square of the upper half is exact.
  const square = f.mul(sHigh, sHigh), squareLow = f.mul(sLow, f.add(sHigh, s));
  const z = f.add(square, squareLow), zHigh = f.upper(z);
  const zLow = f.add(f.sub(square, zHigh), squareLow);
  // The series divided by s, without its first term: t.
  const tHigh = f.mul(zHigh, f.c(SECOND[0]));
  const others = f.fma(z, f.estrin(z, LOG2_SERIES), f.c(SECOND[1]));
  const tLow = f.fma(z, others, f.mul(zLow, f.c(SECOND[0])));
  const first = f.c(FIRST[0]), factorHigh = f.upper(f.add(first, tHigh));
  const factorLow = f.add(f.add(f.sub(first, factorHigh), tHigh), f.add(tLow, f.c(FIRST[1])));
  const logHigh = f.mul(sHigh, factorHigh);
  const logLow = f.fma(s, factorLow, f.fma(sLow, factorHigh, f.and(isUpper, f.c(LOG2_MIDDLE[1]))));
  const high = f.upper(f.add(f.add(whole, logHigh), logLow));
  return { high, low: f.add(f.add(f.sub(whole, high), logHigh), logLow) };
}

/** The product of a sum, whose first part is an upper half, and a number: the first part is exact. */
function product(f: LogLanes, { high, low }: Sum, y: Value): Sum {
  const yHigh = f.upper(y);
  return { high: f.mul(high, yHigh), low: f.fma(low, y, f.mul(high, f.sub(y, yHigh))) };
}

/** `2 ** (high + low)` as an integer n, and what is to be multiplied by `2 ** n`. */
function exp2Sum(f: LogLanes, { high, low }: Sum): { n: Value; significand: Value } {
  const n = f.nearest(high), rest = f.sub(high, n);
  const r = f.add(rest, low), rHigh = f.upper(r), rLow = f.add(f.sub(rest, rHigh), low);
  const first = f.mul(rHigh, f.c(LN2[0]));
  const second = f.fma(r, f.c(LN2[1]), f.mul(rLow, f.c(LN2[0])));
  const others = f.fma(f.mul(r, r), f.horner(r, EXP2_SERIES), second);
  // 1 is larger than the first term: what their sum loses in rounding is added to the others.
  const one = f.c(1), sum = f.add(one, first), lost = f.add(f.sub(one, sum), first);
  return { n, significand: f.add(sum, f.add(lost, others)) };
}

/** Powers of positive numbers that are subnormal, or whose power is no normal number. */
const FAR_POWER: SimdFunction = {
  name: "pow64 of subnormals, or far",
  parameters: 2,
  build: (graph, base, y) => {
    const f = logLanes64(graph), isSmall = f.lt(base, f.c(2 ** -1022));
    const normal = log2Sum(f, f.select(isSmall, f.mul(base, f.c(2 ** 54)), base));
    const log = { ...normal, high: f.sub(normal.high, f.and(isSmall, f.c(54))) };
    const { high, low } = product(f, log, y);
    // NaN stays what it is.
    const bounded = f.max(f.min(high, f.c(1100)), f.c(-1100)), isFar = f.ne(bounded, high);
    const { n, significand } = exp2Sum(f, { high: bounded, low: f.andnot(low, isFar) });
    // In two steps, the first of which is exact.
    const half = f.trunc(f.mul(n, f.c(0.5)));
    const scaled = f.mul(f.mul(significand, powerOfTwo(f, half)), powerOfTwo(f, f.sub(n, half)));
    return f.select(f.eq(y, y), scaled, y);
  },
};

const SPECIAL_POWER = powerSpecials("pow64 of the special", logLanes64);

/**
 * `x ** y` of float64 lanes, as `Math.pow`: within 0.56 units in the last place, and 0.75 where the result is
 * subnormal.
 *
 * @param graph The graph.
 * @param x The bases.
 * @param y The exponents.
 */
export function pow64(graph: Graph, x: Value, y: Value): Value {
  const f = logLanes64(graph), base = f.abs(x);
  const exponent = product(f, log2Sum(f, base), y);
  const { n, significand } = exp2Sum(f, exponent);
  const common = f.mul(significand, powerOfTwo(f, n));
  const isExtreme = isZeroOrNotFinite(f, base);
  // NaN and infinities are larger integers than all numbers.
  const isFar = graph.op("i64x2.gt_s", f.abs(exponent.high), f.c(USUAL_EXPONENT));
  const isHard = f.andnot(f.or(isFar, f.lt(base, f.c(2 ** -1022))), isExtreme);
  const magnitude = graph.rare(isHard, common, FAR_POWER, base, y);
  return graph.rare(isSpecialBase(f, x, isExtreme), magnitude, SPECIAL_POWER, x, y, magnitude);
}
