/**
 * Float64 as significands and exponents, and 64-bit integers for the latter.
 *
 * @module
 */

import type { Graph, Value } from "./graph.ts";
import type { FloatLanes } from "./lanes.ts";

/** A positive number as `significand * 2 ** exponent`. */
export interface Scaled {
  /** From 1 to below 2. */
  readonly significand: Value;
  /** 64-bit integers. */
  readonly exponent: Value;
}

/**
 * Takes finite positive float64 apart, subnormal ones too; of others both parts are of no use.
 *
 * @param f Lanes of float64.
 * @param x What is taken apart.
 */
export function decompose(f: FloatLanes, x: Value): Scaled {
  const { graph } = f;
  const isSubnormal = f.lt(x, f.c(2 ** -1022));
  const normal = f.select(isSubnormal, f.mul(x, f.c(2 ** 54)), x);
  const bias = f.select(isSubnormal, graph.i64(1023n + 54n), graph.i64(1023n));
  return {
    significand: f.or(f.and(normal, graph.i64((1n << 52n) - 1n)), f.c(1)),
    exponent: graph.op("i64x2.sub", graph.shift("i64x2.shr_u", normal, 52), bias),
  };
}

/**
 * `2 ** exponent` for exponents from -1022 to 1023.
 *
 * @param graph The graph.
 * @param exponent 64-bit integers.
 */
export function powerOfTwo(graph: Graph, exponent: Value): Value {
  return graph.shift("i64x2.shl", graph.op("i64x2.add", exponent, graph.i64(1023n)), 52);
}

/**
 * `x * 2 ** exponent` for exponents from -2044 to 2046, in two steps. It is rounded once, unless already the
 * first step makes it subnormal.
 *
 * @param f Lanes of float64.
 * @param x What is scaled.
 * @param exponent 64-bit integers.
 */
export function scale(f: FloatLanes, x: Value, exponent: Value): Value {
  const { graph } = f;
  const half = graph.shift("i64x2.shr_s", exponent, 1), rest = graph.op("i64x2.sub", exponent, half);
  return f.mul(f.mul(x, powerOfTwo(graph, half)), powerOfTwo(graph, rest));
}

/**
 * The smaller of 64-bit integers.
 *
 * @param f Lanes of float64.
 * @param a Integers.
 * @param b Integers.
 */
export function smaller(f: FloatLanes, a: Value, b: Value): Value {
  return f.select(f.graph.op("i64x2.lt_s", a, b), a, b);
}

/**
 * The larger of 64-bit integers.
 *
 * @param f Lanes of float64.
 * @param a Integers.
 * @param b Integers.
 */
export function larger(f: FloatLanes, a: Value, b: Value): Value {
  return f.select(f.graph.op("i64x2.gt_s", a, b), a, b);
}
