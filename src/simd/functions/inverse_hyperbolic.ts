/**
 * Inverse hyperbolic functions, by the logarithm of `1 + x`.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import { inFloat64 } from "../widen.ts";
import { log1pOf } from "./log1p.ts";
import { inversePower, type LogLanes, logLanes64, logOfParts, logParts, splitExponent } from "./log_parts.ts";

/** Where they come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  asinh: {
    source: "log1p(x + x**2 / (1 + sqrt(1 + x**2))); in float32 the same in float64.",
    ulp64: 1.3,
    ulp32: 0.51,
  },
  acosh: {
    source:
      "log1p(t + sqrt(t**2 + 2 t)) with t = x - 1 and a corrected root; in float32 the same in float64.",
    ulp64: 0.86,
    ulp32: 0.51,
  },
  atanh: {
    source:
      "Half of log, of (1 + x) / (1 - x), with its quotient as a sum of two; in float32 the same in float64.",
    ulp64: 0.61,
    ulp32: 0.51,
  },
};

/** Squares of what is less are finite. */
const LARGE = 2 ** 511;

/** `log(2 * x)` of large numbers; infinity as it is. */
function logOfTwice(f: LogLanes, x: Value): Value {
  const { k, f: fraction } = logParts(f, x);
  const log = logOfParts(f, { k: f.add(k, f.c(1)), f: fraction });
  return f.select(f.lt(x, f.c(Infinity)), log, x);
}

const asinhOfLarge: SimdFunction = {
  name: "asinh of the large",
  parameters: 1,
  build: (graph, size) => logOfTwice(logLanes64(graph), size),
};

const acoshOfUnusual: SimdFunction = {
  name: "acosh of the unusual",
  parameters: 1,
  build: (graph, x) => {
    const f = logLanes64(graph);
    return f.select(f.lt(x, f.c(1)), f.c(NaN), logOfTwice(f, x));
  },
};

/** Of 1 infinity, and NaN beyond: the quotient by 0 and by the root of a negative number. */
const atanhOfUnusual: SimdFunction = {
  name: "atanh of the unusual",
  parameters: 1,
  build: (graph, size) => {
    const f = logLanes64(graph);
    return f.div(size, f.sqrt(f.sub(f.c(1), size)));
  },
};

/** `log(1 + t)` with `t = x + x**2 / (1 + sqrt(1 + x**2))`. */
function asinh(f: LogLanes, x: Value): Value {
  const one = f.c(1), size = f.abs(x), square = f.mul(size, size);
  const more = f.div(square, f.add(f.sqrt(f.add(square, one)), one));
  const t = f.add(size, more), common = log1pOf(f, t, f.add(f.sub(size, t), more));
  return f.copysign(f.graph.rare(f.ge(size, f.c(LARGE)), common, asinhOfLarge, size), x);
}

/** `log(1 + t + sqrt(t * t + 2 * t))` with `t = x - 1`, and the root corrected by what its square lacks. */
function acosh(f: LogLanes, x: Value): Value {
  const t = f.sub(x, f.c(1)), twice = f.add(t, t), square = f.mul(t, t);
  const radicand = f.add(twice, square), root = f.sqrt(radicand), upper = f.upper(root);
  const squareLost = f.fnma(f.sub(root, upper), f.add(root, upper), f.fnma(upper, upper, radicand));
  const lack = f.add(squareLost, f.add(f.sub(twice, radicand), square));
  // The smallest number is there for roots of 0 only.
  const correction = f.div(lack, f.fma(root, f.c(2), f.c(2 ** -1022)));
  const sum = f.add(root, t), rest = f.add(f.add(f.sub(root, sum), t), correction);
  const isUnusual = f.or(f.lt(x, f.c(1)), f.ge(x, f.c(LARGE)));
  return f.graph.rare(isUnusual, log1pOf(f, sum, rest), acoshOfUnusual, x);
}

/**
 * Half the logarithm of `(1 + x) / (1 - x)`. The divisor is scaled by a power of two, `2 ** k`, to be near
 * the dividend; of the quotient of these two, the logarithm is `2 atanh(s)` with `s` their difference divided
 * by their sum. Because `s` is subtracted from a number of its own size where `k` is 1, it is computed as a
 * sum of an upper half and the rest.
 */
function atanh(f: LogLanes, x: Value): Value {
  const one = f.c(1), size = f.abs(x);
  const top = f.add(one, size), bottom = f.sub(one, size);
  const { k, m } = splitExponent(f, bottom);
  const oneMore = f.and(f.gt(top, f.mul(m, f.c(Math.SQRT2))), one), factor = f.add(one, oneMore);
  const near = f.mul(m, factor);
  // What 1 + x and 1 - x lost in rounding. The latter is 0 where k is less than -1.
  const topLost = f.add(f.sub(one, top), size);
  const bottomLost = f.mul(f.sub(f.sub(one, bottom), size), f.mul(factor, inversePower(f, bottom, m)));
  const difference = f.sub(top, near), differenceLost = f.sub(topLost, bottomLost);
  const sum = f.add(top, near), inverse = f.div(one, sum), sumHigh = f.upper(sum);
  const sumLow = f.add(f.sub(near, f.sub(sumHigh, top)), f.add(topLost, bottomLost));
  const s = f.mul(f.add(difference, differenceLost), inverse), sHigh = f.upper(s);
  const remainder = f.add(f.fnma(sHigh, sumLow, f.fnma(sHigh, sumHigh, difference)), differenceLost);
  const z = f.mul(s, s), tail = f.mul(f.mul(z, f.c(0.5)), f.horner(z, f.series));
  const exponent = f.sub(oneMore, k), [high, low] = f.ln2;
  const small = f.fma(remainder, inverse, f.fma(s, tail, f.mul(exponent, f.c(low / 2))));
  const common = f.add(f.fma(exponent, f.c(high / 2), sHigh), small);
  return f.copysign(f.graph.rare(f.ge(size, one), common, atanhOfUnusual, size), x);
}

function wide(compute: (f: LogLanes, x: Value) => Value): (graph: Graph, x: Value) => Value {
  return (graph, x) => compute(logLanes64(graph), x);
}

/** Of float32: in float64, with a shorter polynomial. */
function narrow(compute: (f: LogLanes, x: Value) => Value): (graph: Graph, x: Value) => Value {
  return (graph, x) => inFloat64(graph, (x) => compute(logLanes64(graph, true), x), x);
}

/**
 * The inverse hyperbolic sine of float64 lanes, within 1.3 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export const asinh64: (graph: Graph, x: Value) => Value = wide(asinh);

/**
 * The inverse hyperbolic sine of float32 lanes, within 0.51 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export const asinh32: (graph: Graph, x: Value) => Value = narrow(asinh);

/**
 * The inverse hyperbolic cosine of float64 lanes, within 0.86 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export const acosh64: (graph: Graph, x: Value) => Value = wide(acosh);

/**
 * The inverse hyperbolic cosine of float32 lanes, within 0.51 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export const acosh32: (graph: Graph, x: Value) => Value = narrow(acosh);

/**
 * The inverse hyperbolic tangent of float64 lanes, within 0.61 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export const atanh64: (graph: Graph, x: Value) => Value = wide(atanh);

/**
 * The inverse hyperbolic tangent of float32 lanes, within 0.51 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export const atanh32: (graph: Graph, x: Value) => Value = narrow(atanh);
