/**
 * Arcsine, arccosine and arctangent: identities lead to small arguments, and for these there is a polynomial.
 *
 * @module
 */

import { fastTwoSum } from "../exact.ts";
import type { Graph, Value } from "../graph.ts";
import { f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {};

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

/** `(atan(s) - s) / s**3` in powers of `s**2` for `s <= 1`, by bench/coefficients/trigonometric.py. */
const ATAN_TAIL: readonly number[] = [
  -0.3333333333333307,
  0.1999999999995082,
  -0.1428571428244394,
  0.11111110999429687,
  -0.09090906790177919,
  0.07692276348267349,
  -0.06666366893599196,
  0.058802542144137174,
  -0.05252066040145671,
  0.04716602567088664,
  -0.04202159962432934,
  0.03625496608546162,
  -0.029228480947810997,
  0.02108141376957004,
  -0.012982516786145993,
  0.006500618240666358,
  -0.0025039321794634666,
  0.000689033494279764,
  -0.00011972851835680103,
  9.82196907268588e-06,
];

/** The same, good enough for float32 computed in float64. */
const ATAN_TAIL_SHORT: readonly number[] = [
  -0.33333326899671684,
  0.19999674408718812,
  -0.14279928193093444,
  0.1105915375198043,
  -0.08815366650733321,
  0.06752390610280957,
  -0.044849280471193104,
  0.022677398261426805,
  -0.007382386084835263,
  0.0011264617356376665,
];

/** pi/2 and pi as sums. */
const HALF_PI_LOW = 6.123233995736766e-17, PI_LOW = 1.2246467991473532e-16;

/** The arcsine of a number from 0 to 1, or of what is left of it. */
interface Arc {
  /** Where the magnitude is above a half: the arc is that of `sqrt((1 - |x|) / 2)` there, otherwise that of `|x|`. */
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
 * The arcsine for float64.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function asin64(graph: Graph, x: Value): Value {
  return asin(f64x2(graph), x, ASIN_TAIL);
}

/**
 * The arcsine for float32.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function asin32(graph: Graph, x: Value): Value {
  return inFloat64(graph, (wide) => asin(f64x2(graph), wide, ASIN_TAIL_SHORT), x);
}

/**
 * The arccosine for float64.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function acos64(graph: Graph, x: Value): Value {
  return acos(f64x2(graph), x, ASIN_TAIL);
}

/**
 * The arccosine for float32.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function acos32(graph: Graph, x: Value): Value {
  return inFloat64(graph, (wide) => acos(f64x2(graph), wide, ASIN_TAIL_SHORT), x);
}

/** The arctangent of a quotient from 0 to 1, added to an angle with a sign: the angle's rest goes with the polynomial. */
function addArctangent(
  f: FloatLanes,
  quotient: Value,
  sign: Value,
  angle: { readonly high: Value; readonly low: Value },
  coefficients: readonly number[],
): Value {
  const square = f.mul(quotient, quotient);
  const tail = f.mul(f.mul(quotient, square), f.horner(square, coefficients));
  return f.add(f.add(angle.high, f.xor(quotient, sign)), f.add(angle.low, f.xor(tail, sign)));
}

function atan(f: FloatLanes, x: Value, coefficients: readonly number[]): Value {
  const { graph } = f;
  const magnitude = f.abs(x), one = f.c(1);
  // These take their first argument if it is NaN.
  const smaller = graph.op("f64x2.pmin", magnitude, one), larger = graph.op("f64x2.pmax", magnitude, one);
  // Above 1 it is pi/2 less the arctangent of the inverse.
  const isInverse = f.gt(magnitude, one);
  const angle = { high: f.and(isInverse, f.c(Math.PI / 2)), low: f.and(isInverse, f.c(HALF_PI_LOW)) };
  const quotient = f.div(smaller, larger);
  return f.copysign(addArctangent(f, quotient, f.and(isInverse, f.c(-0)), angle, coefficients), x);
}

function atan2(f: FloatLanes, y: Value, x: Value, coefficients: readonly number[]): Value {
  const { graph } = f;
  const width = f.abs(x), height = f.abs(y);
  // In this order NaN stays in one of both. The larger is not 0, so that 0 / 0 becomes 0.
  const smaller = graph.op("f64x2.pmin", height, width);
  const larger = graph.op("f64x2.pmax", graph.op("f64x2.pmax", width, height), f.c(2 ** -1074));
  // They may both be infinite.
  const quotient = f.select(f.eq(smaller, larger), f.c(1), f.div(smaller, larger));
  const isSteep = f.gt(height, width), isLeft = graph.op("i64x2.lt_s", x, graph.i64(0n));
  const angle = {
    high: f.select(isSteep, f.c(Math.PI / 2), f.and(isLeft, f.c(Math.PI))),
    low: f.select(isSteep, f.c(HALF_PI_LOW), f.and(isLeft, f.c(PI_LOW))),
  };
  const sign = f.and(f.xor(isSteep, isLeft), f.c(-0));
  return f.copysign(addArctangent(f, quotient, sign, angle, coefficients), y);
}

/**
 * The arctangent for float64.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function atan64(graph: Graph, x: Value): Value {
  return atan(f64x2(graph), x, ATAN_TAIL);
}

/**
 * The arctangent for float32.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function atan32(graph: Graph, x: Value): Value {
  return inFloat64(graph, (wide) => atan(f64x2(graph), wide, ATAN_TAIL_SHORT), x);
}

/**
 * The angle of the point (x, y) for float64, as JavaScript's `Math.atan2`.
 *
 * @param graph The graph.
 * @param y Two float64.
 * @param x Two float64.
 */
export function atan264(graph: Graph, y: Value, x: Value): Value {
  return atan2(f64x2(graph), y, x, ATAN_TAIL);
}

/**
 * The angle of the point (x, y) for float32.
 *
 * @param graph The graph.
 * @param y Four float32.
 * @param x Four float32.
 */
export function atan232(graph: Graph, y: Value, x: Value): Value {
  return inFloat64(graph, (high, wide) => atan2(f64x2(graph), high, wide, ATAN_TAIL_SHORT), y, x);
}
