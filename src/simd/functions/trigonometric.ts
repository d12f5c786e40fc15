/**
 * Sine, cosine and tangent: angles are reduced by multiples of pi/2, and the quadrant says which of two polynomials it is.
 *
 * @module
 */

import { fastTwoSum, type Pair } from "../exact.ts";
import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";
import { type Angle, reduceLarge } from "./payne_hanek.ts";

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {};

/** What is known of a kind of lanes. All coefficients are by bench/coefficients/trigonometric.py. */
interface Circle {
  /** The integers of the same width. */
  readonly integers: "i64x2" | "i32x4";
  /** How many bits a lane has. */
  readonly bits: number;
  /** Added to a number of a smaller magnitude it leaves its integer part in the last bits. */
  readonly toInteger: number;
  /** `(sin(r) - r) / r**3` in powers of `r**2` for `|r| <= pi/4`. */
  readonly sinTail: readonly number[];
  /** `(cos(r) - 1 + r**2/2) / r**4`, likewise. */
  readonly cosTail: readonly number[];
}

/** pi/2 in parts whose products with the quadrant are exact, but for the last one, and up to which angle that is so. */
interface HalfPi {
  readonly parts: readonly number[];
  readonly limit: number;
}

const FLOAT64: Circle = {
  integers: "i64x2",
  bits: 64,
  toInteger: 1.5 * 2 ** 52,
  sinTail: [
    -0.1666666666666663,
    0.008333333333322035,
    -0.00019841269829660578,
    2.755731367509055e-06,
    -2.50507586650496e-08,
    1.5896934612379814e-10,
  ],
  cosTail: [
    0.041666666666666595,
    -0.001388888888887341,
    2.4801587288945125e-05,
    -2.7557314149374004e-07,
    2.087568808291103e-09,
    -1.135742958842035e-11,
  ],
};

/** Good enough for float32 computed in float64. */
const SHORT: Circle = {
  ...FLOAT64,
  sinTail: [-0.16666666640746225, 0.008333329360522102, -0.00019839353724182215, 2.718644855095018e-06],
  cosTail: [0.04166666661939852, -0.001388888342686884, 2.4799420506989222e-05, -2.720056421544474e-07],
};

const FLOAT32: Circle = {
  integers: "i32x4",
  bits: 32,
  toInteger: 1.5 * 2 ** 23,
  sinTail: [-0.16666655, 0.008332204, -0.00019520521],
  cosTail: [0.041666646, -0.0013887334, 2.4436378e-05],
};

/** For float64: quadrants of 15 and of 24 bits. */
const NEAR: HalfPi = {
  parts: [1.5707963267923333, 2.5633441515839558e-12, 1.0562999066987428e-23],
  limit: 51_471,
};
const FURTHER: HalfPi = {
  parts: [1.570796325802803, 9.920935808982456e-10, -1.2177051748566079e-18, -2.9407886703873285e-27],
  limit: 26_353_589,
};
/** For float32 computed in float64: quadrants of 20 bits. */
const NEAR_SHORT: HalfPi = { parts: [1.5707963407039642, -1.3909067614167116e-08], limit: 1_647_099 };
/** For float32: quadrants of 10 bits. */
const NEAR32: HalfPi = {
  parts: [1.57080078125, -4.454515874385834e-06, 6.076561476220377e-11, 5.390302953474238e-15],
  limit: 1607,
};

/** Sine and cosine of what the reduction of a magnitude left. */
interface Rotated {
  /** The lane's quadrant. */
  readonly quadrant: Value;
  readonly sin: Value;
  readonly cos: Value;
  /** What is lost by rounding them, where it counts. */
  readonly lost?: { readonly sin: Value; readonly cos: Value };
}

/** What is made of an argument and of the sine and cosine of its reduced magnitude. */
type Finish = (f: FloatLanes, circle: Circle, x: Value, rotated: Rotated) => Value;

/**
 * The reduction of Cody and Waite (Software Manual for the Elementary Functions, 1980), with what the rest lacks.
 *
 * @param x Not negative, and not beyond the limit.
 */
function reduceNear(f: FloatLanes, circle: Circle, { parts: [first, ...others] }: HalfPi, x: Value): Angle {
  const quadrant = f.fma(x, f.c(2 / Math.PI), f.c(circle.toInteger)),
    n = f.sub(quadrant, f.c(circle.toInteger));
  let high = f.fnma(n, f.c(first), x), low: Value | undefined;
  const last = others.pop() ?? 0;
  if (others.length === 0) return { quadrant, high: f.fnma(n, f.c(last), high) };
  for (const part of others) {
    const product = f.mul(n, f.c(part)),
      rest = f.sub(high, product),
      lost = f.sub(f.sub(high, rest), product);
    low = low === undefined ? lost : f.add(low, lost);
    high = rest;
  }
  return { quadrant, high, low: low === undefined ? undefined : f.fnma(n, f.c(last), low) };
}

/** The polynomials. What the angle lacks is multiplied by the derivative. */
function rotate(f: FloatLanes, circle: Circle, { quadrant, high, low }: Angle): Rotated {
  const square = f.mul(high, high), one = f.c(1), half = f.c(0.5);
  const sinTail = f.horner(square, circle.sinTail), cosTail = f.horner(square, circle.cosTail);
  const cube = f.mul(high, square), fourth = f.mul(square, square);
  // 1 - square / 2, and what is lost by that: without it, the cosine would err by more than a unit.
  const cosine = f.fnma(square, half, one);
  if (low === undefined) {
    return { quadrant, sin: f.fma(cube, sinTail, high), cos: f.fma(fourth, cosTail, cosine) };
  }
  const cosineLow = f.fnma(square, half, f.sub(one, cosine));
  const sinSum = fastTwoSum(f, high, f.fma(cube, sinTail, f.mul(low, cosine)));
  const cosSum = fastTwoSum(f, cosine, f.fma(fourth, cosTail, f.fnma(high, low, cosineLow)));
  return { quadrant, sin: sinSum.high, cos: cosSum.high, lost: { sin: sinSum.low, cos: cosSum.low } };
}

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

/** A quotient of sums in float64, almost as if it were rounded once: half of its bits, and what these leave over. */
function divide(f: FloatLanes, above: Pair, below: Pair): Value {
  const upper = f.graph.i64(-1n << 27n);
  const half = f.and(f.div(above.high, below.high), upper), divisor = f.and(below.high, upper);
  // The product is exact, and the difference too.
  const left = f.fnma(half, divisor, above.high);
  const ofLow = f.fnma(half, f.add(f.sub(below.high, divisor), below.low), above.low);
  return f.add(half, f.div(f.add(left, ofLow), below.high));
}

/** A function of float64 for all angles. */
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

/** A function of float64 beyond ordinary angles: in more parts, and beyond these with all the bits it takes. */
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
 * The sine for float64.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function sin64(graph: Graph, x: Value): Value {
  return circular(f64x2(graph), FLOAT64, NEAR, finishSin, SIN_BEYOND, x);
}

/**
 * The sine for float32.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function sin32(graph: Graph, x: Value): Value {
  return circular(f32x4(graph), FLOAT32, NEAR32, finishSin, SIN32_BEYOND, x);
}

/**
 * The cosine for float64.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function cos64(graph: Graph, x: Value): Value {
  return circular(f64x2(graph), FLOAT64, NEAR, finishCos, COS_BEYOND, x);
}

/**
 * The cosine for float32.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function cos32(graph: Graph, x: Value): Value {
  return circular(f32x4(graph), FLOAT32, NEAR32, finishCos, COS32_BEYOND, x);
}

/**
 * The tangent for float64.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function tan64(graph: Graph, x: Value): Value {
  return circular(f64x2(graph), FLOAT64, NEAR, finishTan, TAN_BEYOND, x);
}

/**
 * The tangent for float32.
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
