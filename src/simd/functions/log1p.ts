/**
 * The logarithm of `1 + x`.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import {
  inversePower,
  type LogLanes,
  logLanes32,
  logLanes64,
  logOfParts,
  logParts,
  splitExponent,
} from "./log_parts.ts";

/** Where it comes from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  log1p: {
    source:
      "As log, of 1 + x as a sum of two numbers (Knuth, 1969), of which the second is added to the first " +
      "one's fraction.",
    ulp64: 0.9,
    ulp32: 0.86,
  },
};

/**
 * `log(1 + x + low)` for finite `x > -1`: `1 + x` is a sum of two numbers, of which the first is taken apart
 * as for the logarithm; the second is scaled as the first, and added to its fraction.
 *
 * @param f The lanes.
 * @param x The numbers, below the largest power of two.
 * @param low What is added to them, if anything: less than a unit in the last place of `x`.
 */
export function log1pOf(f: LogLanes, x: Value, low?: Value): Value {
  const one = f.c(1);
  const sum = f.add(one, x);
  // What the sum lost in rounding (Knuth's sum of two).
  const added = f.sub(sum, one);
  const lost = f.add(f.sub(one, f.sub(sum, added)), f.sub(x, added));
  const { k, m } = splitExponent(f, sum);
  const correction = f.mul(low === undefined ? lost : f.add(lost, low), inversePower(f, sum, m));
  const nearest = f.sub(m, one);
  const fraction = f.add(nearest, correction);
  const rest = f.sub(correction, f.sub(fraction, nearest));
  // The logarithm's derivative is 1 / (1 + f) = (1 - s) / (1 + s).
  return logOfParts(f, { k, f: fraction }, (s) => f.fnma(rest, f.add(s, s), rest));
}

function log1p(name: string, f: LogLanes, x: Value): Value {
  const lanes = f.integers === "i64x2" ? logLanes64 : logLanes32;
  const unusual: SimdFunction = {
    name: `${name} of the unusual`,
    parameters: 1,
    build: (graph, x) => ofUnusual(lanes(graph), x),
  };
  // NaN is ordinary.
  const isUnusual = f.or(f.le(x, f.c(-1)), f.ge(x, f.c(2 ** f.largestExponent)));
  // The result has the sign of x, that of 0 included.
  const common = f.or(log1pOf(f, x), f.and(x, f.c(-0)));
  return f.graph.rare(isUnusual, common, unusual, x);
}

/** Of numbers so large that adding 1 changes nothing, of -1, and of what is less. */
function ofUnusual(f: LogLanes, x: Value): Value {
  const large = f.select(f.lt(x, f.c(Infinity)), logOfParts(f, logParts(f, x)), x);
  return f.select(f.gt(x, f.c(-1)), large, f.select(f.eq(x, f.c(-1)), f.c(-Infinity), f.c(NaN)));
}

/**
 * `log(1 + x)` of float64 lanes, within 0.9 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function log1p64(graph: Graph, x: Value): Value {
  return log1p("log1p64", logLanes64(graph), x);
}

/**
 * `log(1 + x)` of float32 lanes, within 0.86 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function log1p32(graph: Graph, x: Value): Value {
  return log1p("log1p32", logLanes32(graph), x);
}
