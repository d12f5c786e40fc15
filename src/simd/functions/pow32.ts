/**
 * Powers of float32, computed in float64. Coefficients are by bench/coefficients/log.py.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4 } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";
import { type LogLanes, logLanes64, powerOfTwo, splitExponent } from "./log_parts.ts";
import { powerSpecials } from "./pow_specials.ts";

/** `log2((1 + s) / (1 - s)) / s` as a polynomial of `s * s`. */
const LOG2_SERIES = [
  2.8853900817901557,
  0.961796673263825,
  0.5770835986282008,
  0.4116719538319757,
  0.34074348353830397,
];

/** `2 ** r` for `|r| <= 1/2`. */
const EXP2_SERIES = [
  0.9999999999188771,
  0.6931472067476593,
  0.24022651506054502,
  0.05550327133660978,
  0.00961799440020558,
  0.0013400464589875339,
  0.00015478054856444556,
];

/** Beyond this exponent results are infinite, or 0, in float32. */
const FAR = 200;

/** The logarithm to base 2 of positive normal float64. */
function log2(f: LogLanes, x: Value): Value {
  const { k, m } = splitExponent(f, x), one = f.c(1);
  const s = f.div(f.sub(m, one), f.add(m, one));
  return f.fma(s, f.horner(f.mul(s, s), LOG2_SERIES), k);
}

/** `2 ** x`, and infinity or 0 in float32 where that is far. */
function exp2(f: LogLanes, x: Value): Value {
  // These keep NaN, if it is the first argument.
  const bounded = f.graph.op("f64x2.pmax", f.graph.op("f64x2.pmin", x, f.c(FAR)), f.c(-FAR));
  const n = f.nearest(bounded);
  return f.mul(f.horner(f.sub(bounded, n), EXP2_SERIES), powerOfTwo(f, n));
}

function commonPower(graph: Graph, x: Value, y: Value): Value {
  const f = logLanes64(graph);
  return exp2(f, f.mul(log2(f, x), y));
}

/** Powers whose base is not positive, infinite or NaN, in float64. */
function wideUnusualPower(graph: Graph, x: Value, y: Value): Value {
  const f = logLanes64(graph), base = f.abs(x), zero = f.c(0), infinity = f.c(Infinity);
  const extreme = f.select(f.eq(base, zero), f.c(-Infinity), infinity);
  const log = f.select(f.or(f.eq(base, zero), f.eq(base, infinity)), extreme, log2(f, base));
  return powerSpecials(f, x, y, exp2(f, f.mul(log, y)));
}

const unusualPower: SimdFunction = {
  name: "pow32 of the unusual",
  parameters: 2,
  build: (graph, x, y) => inFloat64(graph, (x, y) => wideUnusualPower(graph, x, y), x, y),
};

/**
 * `x ** y` of float32 lanes, as `Math.pow`: within 0.54 units in the last place.
 *
 * @param graph The graph.
 * @param x The bases.
 * @param y The exponents.
 */
export function pow32(graph: Graph, x: Value, y: Value): Value {
  const f = f32x4(graph);
  const common = inFloat64(graph, (x, y) => commonPower(graph, x, y), x, y);
  const isUsual = f.and(f.gt(x, f.c(0)), f.lt(x, f.c(Infinity)));
  return graph.rare(f.not(isUsual), common, unusualPower, x, y);
}
