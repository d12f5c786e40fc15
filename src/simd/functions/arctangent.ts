/**
 * Arctangents: a quotient that is at most 1, a polynomial of it, and the angle of the axis that is next.
 *
 * @module
 */

import type { Graph, Value } from "../graph.ts";
import { f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  atan: {
    source:
      "A minimax polynomial of degree 41 up to 1, beyond it pi/2 - atan(1 / x); float32 is computed in " +
      "float64 with degree 21.",
    ulp64: 1.4,
    ulp32: 0.51,
  },
  atan2: {
    source:
      "The arctangent of the smaller magnitude divided by the larger, added to the angle of the nearest " +
      "axis.",
    ulp64: 1.7,
    ulp32: 0.51,
  },
};

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

/** What pi/2 and pi lack. */
const HALF_PI_LOW = 6.123233995736766e-17, PI_LOW = 1.2246467991473532e-16;

/**
 * The arctangent of a quotient from 0 to 1, added to an angle with a sign: the angle's rest goes with the
 * polynomial.
 */
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
 * The arctangent for float64, within 1.4 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function atan64(graph: Graph, x: Value): Value {
  return atan(f64x2(graph), x, ATAN_TAIL);
}

/**
 * The arctangent for float32, within 0.51 units in the last place.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function atan32(graph: Graph, x: Value): Value {
  return inFloat64(graph, (wide) => atan(f64x2(graph), wide, ATAN_TAIL_SHORT), x);
}

/**
 * The angle of the point (x, y) for float64, as JavaScript's `Math.atan2`, within 1.7 units in the last
 * place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param y Two float64.
 * @param x Two float64.
 */
export function atan264(graph: Graph, y: Value, x: Value): Value {
  return atan2(f64x2(graph), y, x, ATAN_TAIL);
}

/**
 * The angle of the point (x, y) for float32, within 0.51 units in the last place.
 *
 * @param graph The graph.
 * @param y Four float32.
 * @param x Four float32.
 */
export function atan232(graph: Graph, y: Value, x: Value): Value {
  return inFloat64(graph, (high, wide) => atan2(f64x2(graph), high, wide, ATAN_TAIL_SHORT), y, x);
}
