/**
 * The reduction of angles by multiples of pi/2, and the sine and cosine of what it leaves.
 *
 * @module
 */

import { fastTwoSum } from "../exact.ts";
import type { Value } from "../graph.ts";
import type { FloatLanes } from "../lanes.ts";
import type { Angle } from "./payne_hanek.ts";

/** What is known of a kind of lanes. All coefficients are by bench/coefficients/trigonometric.py. */
export interface Circle {
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

/** pi/2 as a sum. */
export interface HalfPi {
  /** From the largest on. Their products with a quadrant's number are exact, but for that of the last. */
  readonly parts: readonly number[];
  /** The largest angle for which this holds. */
  readonly limit: number;
}

/** Float64. */
export const FLOAT64: Circle = {
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
export const SHORT: Circle = {
  ...FLOAT64,
  sinTail: [-0.16666666640746225, 0.008333329360522102, -0.00019839353724182215, 2.718644855095018e-06],
  cosTail: [0.04166666661939852, -0.001388888342686884, 2.4799420506989222e-05, -2.720056421544474e-07],
};

/** Float32. */
export const FLOAT32: Circle = {
  integers: "i32x4",
  bits: 32,
  toInteger: 1.5 * 2 ** 23,
  sinTail: [-0.16666655, 0.008332204, -0.00019520521],
  cosTail: [0.041666646, -0.0013887334, 2.4436378e-05],
};

/** For float64: quadrants of 15 bits. */
export const NEAR: HalfPi = {
  parts: [1.5707963267923333, 2.5633441515839558e-12, 1.0562999066987428e-23],
  limit: 51_471,
};
/** For float64: quadrants of 24 bits. */
export const FURTHER: HalfPi = {
  parts: [1.570796325802803, 9.920935808982456e-10, -1.2177051748566079e-18, -2.9407886703873285e-27],
  limit: 26_353_589,
};
/** For float32 computed in float64: quadrants of 20 bits. */
export const NEAR_SHORT: HalfPi = { parts: [1.5707963407039642, -1.3909067614167116e-08], limit: 1_647_099 };
/** For float32: quadrants of 10 bits. */
export const NEAR32: HalfPi = {
  parts: [1.57080078125, -4.454515874385834e-06, 6.076561476220377e-11, 5.390302953474238e-15],
  limit: 1607,
};

/** Sine and cosine of what the reduction of a magnitude left. */
export interface Rotated {
  /** The lane's quadrant. */
  readonly quadrant: Value;
  /** The sine of the rest. */
  readonly sin: Value;
  /** The cosine of the rest. */
  readonly cos: Value;
  /** What is lost by rounding them, where it counts. */
  readonly lost?: { readonly sin: Value; readonly cos: Value };
}

/**
 * The reduction of Cody and Waite (Software Manual for the Elementary Functions, 1980). From three parts on
 * the result has also what the rest lacks.
 *
 * @param f The lanes.
 * @param circle What is known of them.
 * @param halfPi The parts of pi/2.
 * @param x Not negative, and not beyond the limit; NaN gives NaN.
 */
export function reduceNear(f: FloatLanes, circle: Circle, halfPi: HalfPi, x: Value): Angle {
  const [first, ...others] = halfPi.parts, toInteger = f.c(circle.toInteger);
  const quadrant = f.fma(x, f.c(2 / Math.PI), toInteger), n = f.sub(quadrant, toInteger);
  let high = f.fnma(n, f.c(first), x), low: Value | undefined;
  const last = others.pop() ?? 0;
  if (others.length === 0) return { quadrant, high: f.fnma(n, f.c(last), high) };
  for (const part of others) {
    const product = f.mul(n, f.c(part)), rest = f.sub(high, product);
    const lost = f.sub(f.sub(high, rest), product);
    low = low === undefined ? lost : f.add(low, lost);
    high = rest;
  }
  return { quadrant, high, low: low === undefined ? undefined : f.fnma(n, f.c(last), low) };
}

/**
 * Sine and cosine of a reduced angle by polynomials; what the angle lacks is multiplied by their derivatives.
 *
 * @param f The lanes.
 * @param circle What is known of them.
 * @param angle The angle.
 */
export function rotate(f: FloatLanes, circle: Circle, { quadrant, high, low }: Angle): Rotated {
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
