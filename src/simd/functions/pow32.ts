/**
 * Powers of float32, computed in float64. Coefficients are by bench/coefficients/log.py.
 *
 * @module
 */

import type { Graph, Value } from "../graph.ts";
import { f32x4 } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";
import {
  isZeroOrNotFinite,
  type LogLanes,
  logLanes32,
  logLanes64,
  powerOfTwo,
  splitExponent,
} from "./log_parts.ts";
import { isSpecialBase, powerSpecials } from "./pow_specials.ts";

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

/** Powers of positive finite numbers, in float64. */
function positivePower(graph: Graph, base: Value, y: Value): Value {
  const f = logLanes64(graph);
  return exp2(f, f.mul(log2(f, base), y));
}

const SPECIAL_POWER = powerSpecials("pow32 of the special", f32x4);

/**
 * `x ** y` of float32 lanes, as `Math.pow`: within 0.54 units in the last place.
 *
 * @param graph The graph.
 * @param x The bases.
 * @param y The exponents.
 */
export function pow32(graph: Graph, x: Value, y: Value): Value {
  const f = logLanes32(graph), base = f.abs(x);
  const magnitude = inFloat64(graph, (base, y) => positivePower(graph, base, y), base, y);
  const isSpecial = isSpecialBase(f, x, isZeroOrNotFinite(f, base));
  return graph.rare(isSpecial, magnitude, SPECIAL_POWER, x, y, magnitude);
}
