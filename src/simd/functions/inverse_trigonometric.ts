/**
 * Arcsine and arccosine: an identity leads to small arguments, and for these there is a polynomial.
 *
 * @module
 */

import { fastTwoSum } from "../exact.ts";
import type { Graph, Value } from "../graph.ts";
import { f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";

export { atan232, atan264, atan32, atan64 } from "./arctangent.ts";

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  asin: {
    source:
      "A minimax polynomial of degree 29 up to a half, beyond it pi/2 - 2 asin(sqrt((1 - x) / 2)); float32 " +
      "is computed in float64 with degree 13.",
    ulp64: 1.1,
    ulp32: 0.51,
  },
  acos: { source: "pi/2 - asin(x), from the polynomial and the identity of asin.", ulp64: 1.2, ulp32: 0.51 },
};

/** `(asin(s) - s) / s**3` in powers of `s**2` for `s <= 1/2`, by bench/coefficients/trigonometric.py. */
const ASIN_TAIL: readonly number[] = [
  0.1666666666666666,
  0.07500000000002373,
  0.04464285713981584,
  0.030381944641028214,
  0.02237215158099728,
  0.017352949314982366,
  0.013961756093501596,
  0.011587836366344697,
  0.009463432539315019,
  0.01014085694384441,
  0.0001271854182847761,
  0.026321066700005044,
  -0.028468845233540232,
  0.03522233410711185,
];

/** The same, good enough for float32 computed in float64. */
const ASIN_TAIL_SHORT: readonly number[] = [
  0.1666665999140777,
  0.07500495651038268,
  0.04452012612043701,
  0.03177425458244461,
  0.014576953670073254,
  0.03731735738596228,
];

/** What pi/2 and pi lack. */
const HALF_PI_LOW = 6.123233995736766e-17, PI_LOW = 1.2246467991473532e-16;

/** The arcsine of a number from 0 to 1, or of what is left of it. */
interface Arc {
  /**
   * Where the magnitude is above a half: the arc is that of `sqrt((1 - |x|) / 2)` there, otherwise that of
   * `|x|`.
   */
  readonly isLarge: Value;
  /** What the arc is of. */
  readonly chord: Value;
  /** What is added to it for the arc. */
  readonly tail: Value;
}

/** `asin(x) = pi/2 - 2 asin(sqrt((1 - x) / 2))`; the fraction is exact where it is used. */
function arcOf(f: FloatLanes, magnitude: Value, coefficients: readonly number[]): Arc {
  const half = f.c(0.5), isLarge = f.gt(magnitude, half);
  const square = f.select(isLarge, f.fnma(magnitude, half, half), f.mul(magnitude, magnitude));
  const chord = f.select(isLarge, f.sqrt(square), magnitude);
  return { isLarge, chord, tail: f.mul(f.mul(chord, square), f.horner(square, coefficients)) };
}

function asin(f: FloatLanes, x: Value, coefficients: readonly number[]): Value {
  const { isLarge, chord, tail } = arcOf(f, f.abs(x), coefficients);
  const rest = fastTwoSum(f, f.c(Math.PI / 2), f.neg(f.add(chord, chord)));
  const large = f.sub(rest.high, f.sub(f.add(tail, tail), f.add(rest.low, f.c(HALF_PI_LOW))));
  return f.copysign(f.select(isLarge, large, f.add(chord, tail)), x);
}

function acos(f: FloatLanes, x: Value, coefficients: readonly number[]): Value {
  const { isLarge, chord, tail } = arcOf(f, f.abs(x), coefficients);
  const isNegative = f.lt(x, f.c(0));
  // pi/2 - asin(x), and twice the arc for x > 1/2, or pi less that.
  const isSubtracted = f.xor(isLarge, f.not(isNegative));
  const factor = f.xor(f.select(isLarge, f.c(2), f.c(1)), f.and(isSubtracted, f.c(-0)));
  const far = f.and(isNegative, f.c(Math.PI)), farLow = f.and(isNegative, f.c(PI_LOW));
  const base = f.select(isLarge, far, f.c(Math.PI / 2));
  const low = f.select(isLarge, farLow, f.c(HALF_PI_LOW));
  return f.add(f.fma(factor, chord, base), f.fma(factor, tail, low));
}

/**
 * The arcsine for float64, within 1.1 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function asin64(graph: Graph, x: Value): Value {
  return asin(f64x2(graph), x, ASIN_TAIL);
}

/**
 * The arcsine for float32, within 0.51 units in the last place.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function asin32(graph: Graph, x: Value): Value {
  return inFloat64(graph, (wide) => asin(f64x2(graph), wide, ASIN_TAIL_SHORT), x);
}

/**
 * The arccosine for float64, within 1.2 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function acos64(graph: Graph, x: Value): Value {
  return acos(f64x2(graph), x, ASIN_TAIL);
}

/**
 * The arccosine for float32, within 0.51 units in the last place.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function acos32(graph: Graph, x: Value): Value {
  return inFloat64(graph, (wide) => acos(f64x2(graph), wide, ASIN_TAIL_SHORT), x);
}
