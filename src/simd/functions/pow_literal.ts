/**
 * Powers whose exponent is known.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";

/** The first bits of a significand: numbers with so few that their third, or their fourth, power is exact. */
function leading(f: FloatLanes, x: Value, bits: number): Value {
  return f.and(x, f.graph.i64(-1n << BigInt(53 - bits)));
}

/**
 * `x ** 3` as `h ** 3 + (x - h) * (h * h + x * (x + h))` for the leading bits h of x: the first term is
 * exact, and so much larger than the other that the other's errors do not count.
 */
function cube(graph: Graph, x: Value): Value {
  const f = f64x2(graph), h = leading(f, x, 17), square = f.mul(h, h);
  const rest = f.mul(f.sub(x, h), f.fma(x, f.add(x, h), square));
  // The result has the sign of x, that of 0 included.
  const common = f.or(f.fma(square, h, rest), f.and(x, f.c(-0)));
  return graph.rare(isLarge(f, x, 2 ** 342), common, infiniteCube, x);
}

/** `x ** 4`, likewise. */
function fourth(graph: Graph, x: Value): Value {
  const f = f64x2(graph), h = leading(f, x, 13), square = f.mul(h, h);
  const rest = f.mul(f.mul(f.sub(x, h), f.add(x, h)), f.fma(x, x, square));
  return graph.rare(isLarge(f, x, 2 ** 257), f.fma(square, square, rest), infiniteFourth, x);
}

/** Which magnitudes are above a limit; infinities and NaN are, because their bits are larger integers. */
function isLarge(f: FloatLanes, x: Value, limit: number): Value {
  return f.graph.op("i64x2.gt_s", f.abs(x), f.c(limit));
}

/** Powers that are infinite, or NaN. */
const infiniteCube: SimdFunction = {
  name: "infinite cube",
  parameters: 1,
  build: (graph, x) => {
    const f = f64x2(graph);
    return f.mul(f.mul(x, x), x);
  },
};

/** Likewise. */
const infiniteFourth: SimdFunction = {
  name: "infinite fourth power",
  parameters: 1,
  build: (graph, x) => {
    const f = f64x2(graph), square = f.mul(x, x);
    return f.mul(square, square);
  },
};

/**
 * `x ** -2` for magnitudes from 2**-490 to 2**490: the reciprocal is computed as a sum, from what it lacks,
 * and squared.
 */
function squareOfInverse(f: FloatLanes, x: Value): Value {
  const xHigh = leading(f, x, 26), y = f.div(f.c(1), x), yHigh = leading(f, y, 26), yLow = f.sub(y, yHigh);
  const first = f.fnma(xHigh, yLow, f.fnma(xHigh, yHigh, f.c(1)));
  const lack = f.fnma(f.sub(x, xHigh), y, first);
  return f.fma(f.fma(y, lack, yLow), f.add(y, yHigh), f.mul(yHigh, yHigh));
}

/** The others are scaled to such magnitudes. */
const inverseSquareOfExtremes: SimdFunction = {
  name: "inverse square of extremes",
  parameters: 1,
  build: (graph, x) => {
    const f = f64x2(graph), size = f.abs(x);
    const factor = f.select(f.gt(size, f.c(1)), f.c(2 ** -600), f.c(2 ** 600));
    const scaled = f.mul(f.mul(squareOfInverse(f, f.mul(x, factor)), factor), factor);
    const isNumber = f.and(f.gt(size, f.c(0)), f.lt(size, f.c(Infinity)));
    return f.select(isNumber, scaled, f.div(f.c(1), f.mul(x, x)));
  },
};

function inverseSquare(graph: Graph, x: Value): Value {
  const f = f64x2(graph);
  const isExtreme = f.or(isLarge(f, x, 2 ** 490), f.lt(f.abs(x), f.c(2 ** -490)));
  return graph.rare(isExtreme, squareOfInverse(f, x), inverseSquareOfExtremes, x);
}

/** The square root, but of -0 it is 0, and of -Infinity Infinity: as `Math.pow(x, 0.5)`. */
function root(f: FloatLanes, x: Value): Value {
  const plain = f.sqrt(f.add(x, f.c(0)));
  return f.select(f.eq(x, f.c(-Infinity)), f.c(Infinity), plain);
}

/** Exponents for which the width does not matter: these are correctly rounded. */
function simplePower(f: FloatLanes, x: Value, exponent: number): Value | undefined {
  switch (exponent) {
    case 0:
      return f.c(1);
    case 0.5:
      return root(f, x);
    case 1:
      return x;
    case 2:
      return f.mul(x, x);
    case -1:
      return f.div(f.c(1), x);
    default:
      return undefined;
  }
}

/**
 * `x ** exponent` of float64 lanes for exponents that need no logarithm: 0, 0.5, 1, 2 and -1, correctly
 * rounded, and 3, 4 and -2, at most 0.51 units in the last place off, and 1 where the result is subnormal or
 * next to it.
 *
 * @param graph The graph.
 * @param x The bases.
 * @param exponent The exponent.
 * @returns The powers, undefined for other exponents.
 */
export function powLiteral64(graph: Graph, x: Value, exponent: number): Value | undefined {
  if (exponent === 3) return cube(graph, x);
  if (exponent === 4) return fourth(graph, x);
  if (exponent === -2) return inverseSquare(graph, x);
  return simplePower(f64x2(graph), x, exponent);
}

/**
 * `x ** exponent` of float32 lanes for exponents that need no logarithm: 0, 0.5, 1, 2, -1, 3, 4 and -2. At
 * most 0.51 units in the last place off.
 *
 * @param graph The graph.
 * @param x The bases.
 * @param exponent The exponent.
 * @returns The powers, undefined for other exponents.
 */
export function powLiteral32(graph: Graph, x: Value, exponent: number): Value | undefined {
  const f = f64x2(graph);
  const wide = (compute: (square: Value, x: Value) => Value) =>
    inFloat64(graph, (x) => compute(f.mul(x, x), x), x);
  // Squares of float32 are exact in float64.
  if (exponent === 3) return wide(f.mul);
  if (exponent === 4) return wide((square) => f.mul(square, square));
  if (exponent === -2) return wide((square) => f.div(f.c(1), square));
  return simplePower(f32x4(graph), x, exponent);
}
