/**
 * Sine, cosine and tangent: angles are reduced by multiples of pi/2, and the quadrant says which of two
 * polynomials it is.
 *
 * @module
 */

import type { Pair } from "../exact.ts";
import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";
import {
  type Circle,
  FLOAT32,
  FLOAT64,
  FURTHER,
  type HalfPi,
  NEAR,
  NEAR32,
  NEAR_SHORT,
  reduceNear,
  rotate,
  type Rotated,
  SHORT,
} from "./circle.ts";
import { reduceLarge } from "./payne_hanek.ts";

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  sin: {
    source: "Reduction by multiples of pi/2 in three parts after Cody and Waite (Software Manual for the " +
      "Elementary Functions), beyond 51471 in four, beyond 26353589 with as many bits of 2/pi as it takes " +
      "(Payne and Hanek, 1983); then minimax polynomials of degree 13 for the sine and 14 for the cosine, " +
      "of 7 and 8 in float32.",
    ulp64: 0.79,
    ulp32: 0.8,
  },
  cos: { source: "Reduced as sin, with the quadrants shifted by one.", ulp64: 0.81, ulp32: 0.81 },
  tan: {
    source:
      "The quotient of sine and cosine, each with what rounding it loses; float32 is computed in float64.",
    ulp64: 0.96,
    ulp32: 0.51,
  },
};

/** What is made of an argument and of the sine and cosine of its reduced magnitude. */
type Finish = (f: FloatLanes, circle: Circle, x: Value, rotated: Rotated) => Value;

/** Where the quadrant is odd, sine and cosine change places. */
function isOdd(f: FloatLanes, { integers, bits }: Circle, quadrant: Value): Value {
  const one = bits === 64 ? f.graph.i64(1n) : f.graph.i32(1);
  return f.graph.op(`${integers}.eq`, f.and(quadrant, one), one);
}

/** A bit of the quadrant where the sign is. */
function asSign(f: FloatLanes, { integers, bits }: Circle, quadrant: Value, bit: number): Value {
  return f.graph.shift(`${integers}.shl`, quadrant, bits - 1 - bit);
}

/** Changes the sign of a magnitude where one is set. */
function withSign(f: FloatLanes, magnitude: Value, sign: Value): Value {
  return f.xor(magnitude, f.and(sign, f.c(-0)));
}

const finishSin: Finish = (f, circle, x, { quadrant, sin, cos }) => {
  const magnitude = f.select(isOdd(f, circle, quadrant), cos, sin);
  return withSign(f, magnitude, f.xor(asSign(f, circle, quadrant, 1), x));
};

const finishCos: Finish = (f, circle, _x, { quadrant, sin, cos }) => {
  const one = circle.bits === 64 ? f.graph.i64(1n) : f.graph.i32(1);
  const next = f.graph.op(`${circle.integers}.add`, quadrant, one);
  return withSign(f, f.select(isOdd(f, circle, quadrant), sin, cos), asSign(f, circle, next, 1));
};

const finishTan: Finish = (f, circle, x, { quadrant, sin, cos, lost }) => {
  const odd = isOdd(f, circle, quadrant);
  const above = f.select(odd, cos, sin), below = f.select(odd, sin, cos);
  const quotient = lost === undefined ? f.div(above, below) : divide(
    f,
    { high: above, low: f.select(odd, lost.cos, lost.sin) },
    { high: below, low: f.select(odd, lost.sin, lost.cos) },
  );
  return withSign(f, quotient, f.xor(asSign(f, circle, quadrant, 0), x));
};

/**
 * A quotient of sums in float64, almost as if it were rounded once: half of its bits, and what these leave
 * over.
 */
function divide(f: FloatLanes, above: Pair, below: Pair): Value {
  const upper = f.graph.i64(-1n << 27n);
  const half = f.and(f.div(above.high, below.high), upper), divisor = f.and(below.high, upper);
  // The product is exact, and the difference too.
  const left = f.fnma(half, divisor, above.high);
  const ofLow = f.fnma(half, f.add(f.sub(below.high, divisor), below.low), above.low);
  return f.add(half, f.div(f.add(left, ofLow), below.high));
}

/** A function for all angles. */
function circular(
  f: FloatLanes,
  circle: Circle,
  halfPi: HalfPi,
  finish: Finish,
  further: SimdFunction,
  x: Value,
): Value {
  const magnitude = f.abs(x);
  const near = finish(f, circle, x, rotate(f, circle, reduceNear(f, circle, halfPi, magnitude)));
  return f.graph.rare(f.gt(magnitude, f.c(halfPi.limit)), near, further, x);
}

/** A function of float64 beyond ordinary angles: pi/2 in more parts, and after that all the bits it takes. */
function beyond(name: string, finish: Finish): SimdFunction {
  const large: SimdFunction = {
    name: `${name} of large angles`,
    parameters: 1,
    build(graph, x) {
      const f = f64x2(graph);
      return finish(f, FLOAT64, x, rotate(f, FLOAT64, reduceLarge(f, f.abs(x))));
    },
  };
  return {
    name: `${name} beyond ordinary angles`,
    parameters: 1,
    build: (graph, x) => circular(f64x2(graph), FLOAT64, FURTHER, finish, large, x),
  };
}

const SIN_BEYOND = beyond("sin64", finishSin);
const COS_BEYOND = beyond("cos64", finishCos);
const TAN_BEYOND = beyond("tan64", finishTan);

/** A function of float32 where float64 takes over. */
function widened(fn: SimdFunction): SimdFunction {
  return {
    name: `${fn.name}, of float32`,
    parameters: 1,
    build: (graph, x) => inFloat64(graph, (wide) => fn.build(graph, wide), x),
  };
}

const SIN32_BEYOND = widened(SIN_BEYOND);
const COS32_BEYOND = widened(COS_BEYOND);

/**
 * The sine for float64, within 0.79 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function sin64(graph: Graph, x: Value): Value {
  return circular(f64x2(graph), FLOAT64, NEAR, finishSin, SIN_BEYOND, x);
}

/**
 * The sine for float32, within 0.80 units in the last place.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function sin32(graph: Graph, x: Value): Value {
  return circular(f32x4(graph), FLOAT32, NEAR32, finishSin, SIN32_BEYOND, x);
}

/**
 * The cosine for float64, within 0.81 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function cos64(graph: Graph, x: Value): Value {
  return circular(f64x2(graph), FLOAT64, NEAR, finishCos, COS_BEYOND, x);
}

/**
 * The cosine for float32, within 0.81 units in the last place.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function cos32(graph: Graph, x: Value): Value {
  return circular(f32x4(graph), FLOAT32, NEAR32, finishCos, COS32_BEYOND, x);
}

/**
 * The tangent for float64, within 0.96 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function tan64(graph: Graph, x: Value): Value {
  return circular(f64x2(graph), FLOAT64, NEAR, finishTan, TAN_BEYOND, x);
}

/**
 * The tangent for float32, within 0.51 units in the last place.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function tan32(graph: Graph, x: Value): Value {
  return inFloat64(
    graph,
    (wide) => circular(f64x2(graph), SHORT, NEAR_SHORT, finishTan, TAN_BEYOND, wide),
    x,
  );
}
