/**
 * Hyperbolic functions.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";
import {
  clamp,
  evenAndOdd,
  EXP_TAIL32,
  EXPM1_TAIL,
  expm1Sum,
  isBeyond,
  reduce,
  reduce32,
  type Reduced,
  reduceShort,
  scaleFar,
  splitExp,
  withSignOf,
} from "./exp_parts.ts";

/** Coefficients, made by bench/coefficients/exp.py, in powers of `r**2` for `|r| <= ln(2) / 2`. */
interface Tails {
  /** `(sinh r - r) / r**3`. */
  readonly sinh: readonly number[];
  /** `(cosh r - 1) / r**2`. */
  readonly cosh: readonly number[];
}

const TAILS: Tails = {
  sinh: [
    0.16666666666666677,
    0.008333333333321601,
    0.00019841269886199206,
    2.7557244136798834e-06,
    2.51090619484947e-08,
  ],
  cosh: [
    0.5000000000000013,
    0.04166666666651411,
    0.0013888888947311895,
    2.4801489666404414e-05,
    2.7631371193659237e-07,
  ],
};

/** Good enough for float32 computed in float64. */
const SHORT_TAILS: Tails = {
  sinh: [0.16666666754626122, 0.00833328892902982, 0.0001990497905733819],
  cosh: [0.5000000079205602, 0.04166626684363895, 0.0013946246689883757],
};

/** Below it a polynomial gives the hyperbolic tangent in float32. */
const TANH_NEAR32 = 0.6875;

/**
 * What is subtracted instead of 2 from float32 of 4 and more. Up to 2**25 the difference is rounded to that of 2, which
 * is exact; from there on, where 2 is half of a spacing, it makes all differences round up instead of to even.
 */
const ALMOST_2 = 2 - 2 ** -23;

/** `(tanh x - x) / x**3` in powers of `x**2` for `|x| <= 0.6875`, in float32. */
const TANH_TAIL32 = [-0.3333321, 0.13329582, -0.05359321, 0.020188326, -0.005230348];

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  sinh: {
    source:
      "Reduced as exp, then the addition theorem for n ln 2 + r with minimax polynomials of sinh r and cosh r " +
      "(Muller, Elementary Functions); float32 is computed in float64.",
    ulp64: 1.4,
    ulp32: 0.51,
  },
  cosh: {
    source:
      "Reduced as exp, then the addition theorem for n ln 2 + r with minimax polynomials of sinh r and cosh r " +
      "(Muller, Elementary Functions); float32 is computed in float64.",
    ulp64: 1.4,
    ulp32: 0.51,
  },
  tanh: {
    source:
      "(e**2x - 1) / (e**2x + 1) with the rounding error of the divisor carried into the dividend; in float32 " +
      "a polynomial of degree 11 where |x| < 0.6875.",
    ulp64: 1.9,
    ulp32: 1,
  },
};

/** Hyperbolic functions of the parts of `n ln 2 + r`. */
interface Parts {
  /** `cosh(n ln 2)` and `sinh(n ln 2)`. */
  readonly coshN: Value;
  readonly sinhN: Value;
  /** The larger part of r. */
  readonly high: Value;
  /** `cosh(r) - 1`, and `sinh(r)` without that part. */
  readonly coshRest: Value;
  readonly sinhRest: Value;
}

/** What n has to be larger by, so that its bits are those of `2**(n - 1)` when they are shifted. */
const OFFSET = 1022;

/** Of an argument from 0 to 1022 ln 2, taken apart. */
function partsOf(f: FloatLanes, { bits, r, high, low }: Reduced, tails: Tails): Parts {
  const { graph } = f;
  // 2**(n - 1) and 2**(-n - 1).
  const up = graph.shift("i64x2.shl", bits, 52), down = graph.op("i64x2.sub", graph.i64(2044n << 52n), up);
  const square = f.mul(r, r), cube = f.mul(square, r), q = f.horner(square, tails.sinh);
  return {
    coshN: f.add(up, down),
    sinhN: f.sub(up, down),
    high,
    coshRest: f.mul(square, f.horner(square, tails.cosh)),
    sinhRest: low === undefined ? f.mul(cube, q) : f.fma(cube, q, low),
  };
}

/** `sinh(n ln 2 + r)`, what is large last. */
function sinhOf(f: FloatLanes, { coshN, sinhN, high, coshRest, sinhRest }: Parts): Value {
  return f.add(f.fma(coshN, high, sinhN), f.fma(coshN, sinhRest, f.mul(sinhN, coshRest)));
}

/** `cosh(n ln 2 + r)`, likewise. */
function coshOf(f: FloatLanes, { coshN, sinhN, high, coshRest, sinhRest }: Parts): Value {
  return f.add(f.fma(sinhN, high, coshN), f.fma(sinhN, sinhRest, f.mul(coshN, coshRest)));
}

/** `e**x / 2` for large x, infinity and NaN. */
const HALF_EXP64: SimdFunction = {
  name: "half of exp64 far above zero",
  parameters: 1,
  build(graph, x) {
    const f = f64x2(graph), { bits, power } = splitExp(f, clamp(f, x, 0, 711));
    return scaleFar(f, power, bits, -1);
  },
};

/**
 * The hyperbolic sine for float64, within 1.4 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 * @returns Two float64.
 */
export function sinh64(graph: Graph, x: Value): Value {
  const f = f64x2(graph), magnitude = f.abs(x);
  const common = sinhOf(f, partsOf(f, reduce(f, magnitude, OFFSET), TAILS));
  return withSignOf(f, graph.rare(isBeyond(f, magnitude, 708), common, HALF_EXP64, magnitude), x);
}

/**
 * The hyperbolic sine for float32, within 0.51 units in the last place for all arguments.
 *
 * @param graph The graph.
 * @param x Four float32.
 * @returns Four float32.
 */
export function sinh32(graph: Graph, x: Value): Value {
  return withSignOf(f32x4(graph), inShortParts(graph, sinhOf, x), x);
}

/** Computes float32 from the parts of their magnitude in float64. */
function inShortParts(graph: Graph, compute: (f: FloatLanes, parts: Parts) => Value, x: Value): Value {
  const f = f64x2(graph);
  // From 90 on, results are too large for float32.
  const magnitude = graph.op("f32x4.pmin", f32x4(graph).abs(x), graph.f32(91));
  return inFloat64(
    graph,
    (wide) => compute(f, partsOf(f, reduceShort(f, wide, OFFSET), SHORT_TAILS)),
    magnitude,
  );
}

/**
 * The hyperbolic cosine for float64, within 1.4 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 * @returns Two float64.
 */
export function cosh64(graph: Graph, x: Value): Value {
  const f = f64x2(graph), magnitude = f.abs(x);
  const common = coshOf(f, partsOf(f, reduce(f, magnitude, OFFSET), TAILS));
  return graph.rare(isBeyond(f, magnitude, 708), common, HALF_EXP64, magnitude);
}

/**
 * The hyperbolic cosine for float32, within 0.51 units in the last place for all arguments.
 *
 * @param graph The graph.
 * @param x Four float32.
 * @returns Four float32.
 */
export function cosh32(graph: Graph, x: Value): Value {
  return inShortParts(graph, coshOf, x);
}

/**
 * The hyperbolic tangent for float64, within 1.9 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 * @returns Two float64.
 */
export function tanh64(graph: Graph, x: Value): Value {
  const f = f64x2(graph);
  // Beyond the limit the result is 1.
  const magnitude = graph.op("f64x2.pmin", f.abs(x), f.c(20));
  const { large, small } = expm1Sum(f, reduce(f, f.add(magnitude, magnitude), 1023), EXPM1_TAIL);
  const expm1 = f.add(large, small), below = f.add(expm1, f.c(2));
  // The divisor lost this when it was rounded. To take its product with the result from the dividend gives the same
  // quotient, and for that a rough result is enough: min(|x|, 1).
  const lost = f.sub(expm1, f.sub(below, f.c(2)));
  const above = f.add(large, f.fnma(lost, graph.op("f64x2.pmin", magnitude, f.c(1)), small));
  return withSignOf(f, f.div(above, below), x);
}

/**
 * The hyperbolic tangent for float32, within 1 unit in the last place for all arguments.
 *
 * @param graph The graph.
 * @param x Four float32.
 * @returns Four float32.
 */
export function tanh32(graph: Graph, x: Value): Value {
  const f = f32x4(graph);
  // Beyond the limit the result is 1.
  const magnitude = graph.op("f32x4.pmin", f.abs(x), f.c(10));
  const square = f.mul(magnitude, magnitude), cube = f.mul(square, magnitude);
  const near = f.fma(cube, f.horner(square, TANH_TAIL32), magnitude);
  const below = exp32Plus1(f, f.add(magnitude, magnitude));
  const far = f.div(f.sub(below, f.c(ALMOST_2)), below);
  return withSignOf(f, f.select(f.lt(magnitude, f.c(TANH_NEAR32)), near, far), x);
}

/** `e**x + 1` for `0 <= x <= 20`, rounded once but for small errors. */
function exp32Plus1(f: FloatLanes, x: Value): Value {
  const { bits, r } = reduce32(f, x, 127), square = f.mul(r, r);
  const scale = f.graph.shift("i32x4.shl", bits, 23);
  const expm1 = f.fma(square, evenAndOdd(f, r, square, EXP_TAIL32), r);
  return f.fma(scale, expm1, f.add(scale, f.c(1)));
}
