/**
 * Logarithms.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import {
  type LogLanes,
  logLanes32,
  logLanes64,
  logOfParts,
  logParts,
  logTail,
  type Parts,
} from "./log_parts.ts";

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  log: {
    source:
      "2 atanh(f / (2 + f)) of the significand 1 + f, as a minimax polynomial of the quotient's square, " +
      "added to a multiple of ln 2 in two parts (Muller, Elementary Functions; Tang, Table-driven " +
      "implementation of the logarithm function, 1990).",
    ulp64: 0.9,
    ulp32: 0.86,
  },
  log2: {
    source: "As log, with an exact product of the sum's upper half and 1 / ln 2 (Dekker, 1971).",
    ulp64: 0.87,
    ulp32: 0.89,
  },
  log10: {
    source: "As log2, with the logarithm of 2 in two parts.",
    ulp64: 0.75,
    ulp32: 0.78,
  },
};

/** The logarithm of what was taken apart. */
type OfParts = (f: LogLanes, parts: Parts) => Value;

/** A logarithm to another base. */
interface Base {
  /** 1 / ln(base), the first part with half the bits of a significand. */
  readonly scale: readonly [number, number];
  /** The logarithm of 2, the first part with so few bits that its product with an exponent is exact. */
  readonly two: readonly [number, number];
}

const BASE_2_64: Base = { scale: [1.4426950514316559, -1.0542692476429138e-08], two: [1, 0] };
const BASE_2_32: Base = { scale: [1.44287109375, -0.00017605285393074155], two: [1, 0] };
const BASE_10_64: Base = {
  scale: [0.4342944845557213, -2.6524694553078553e-09],
  two: [0.3010299956640665, -8.532344317057107e-14],
};
const BASE_10_32: Base = {
  scale: [0.434326171875, -3.168997136526741e-05],
  two: [0.301025390625, 4.605039066518657e-06],
};

/**
 * The logarithm to another base: `f - f * f / 2` is multiplied exactly, as its upper half and the rest.
 * Powers of the base have exact results.
 */
function toBase({ scale: [high, low], two: [two, twoLow] }: Base): OfParts {
  return (f, { k, f: fraction }) => {
    const { square, tail } = logTail(f, fraction);
    const upper = f.upper(f.sub(fraction, square));
    const rest = f.add(f.sub(f.sub(fraction, upper), square), tail);
    const product = f.mul(upper, f.c(high));
    const small = f.fma(rest, f.c(high + low), f.mul(upper, f.c(low)));
    const whole = two === 1 ? k : f.mul(k, f.c(two));
    const sum = f.add(whole, product);
    // What the sum lost in rounding: the exponent's part is the larger one, or 0.
    const lost = f.add(f.sub(whole, sum), product);
    return f.add(sum, f.add(lost, twoLow === 0 ? small : f.fma(k, f.c(twoLow), small)));
  };
}

/** The logarithm of any number: those that are unusual are looked at in another function. */
function logarithm(name: string, f: LogLanes, ofParts: OfParts, x: Value): Value {
  const lanes = f.integers === "i64x2" ? logLanes64 : logLanes32;
  const unusual: SimdFunction = {
    name: `${name} of the unusual`,
    parameters: 1,
    build: (graph, x) => ofUnusual(lanes(graph), ofParts, x),
  };
  // NaN is ordinary: it is its own logarithm without more ado.
  const isUnusual = f.or(f.lt(x, f.c(2 ** (1 - f.largestExponent))), f.eq(x, f.c(Infinity)));
  return f.graph.rare(isUnusual, ofParts(f, logParts(f, x)), unusual, x);
}

/** Subnormal numbers are made normal, 0 gives -Infinity, Infinity itself and negative numbers NaN. */
function ofUnusual(f: LogLanes, ofParts: OfParts, x: Value): Value {
  const more = f.fractionBits + 2;
  const { k, f: fraction } = logParts(f, f.mul(x, f.c(2 ** more)));
  const subnormal = ofParts(f, { k: f.sub(k, f.c(more)), f: fraction });
  const notPositive = f.select(f.eq(x, f.c(0)), f.c(-Infinity), f.c(NaN));
  const isPositive = f.gt(x, f.c(0)), isInfinite = f.eq(x, f.c(Infinity));
  return f.select(isPositive, f.select(isInfinite, x, subnormal), notPositive);
}

/**
 * The natural logarithm of float64 lanes, within 0.9 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function log64(graph: Graph, x: Value): Value {
  return logarithm("log64", logLanes64(graph), logOfParts, x);
}

/**
 * The natural logarithm of float32 lanes, within 0.86 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function log32(graph: Graph, x: Value): Value {
  return logarithm("log32", logLanes32(graph), logOfParts, x);
}

/**
 * The logarithm to base 2 of float64 lanes, within 0.87 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function log264(graph: Graph, x: Value): Value {
  return logarithm("log264", logLanes64(graph), toBase(BASE_2_64), x);
}

/**
 * The logarithm to base 2 of float32 lanes, within 0.89 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function log232(graph: Graph, x: Value): Value {
  return logarithm("log232", logLanes32(graph), toBase(BASE_2_32), x);
}

/**
 * The logarithm to base 10 of float64 lanes, within 0.75 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function log1064(graph: Graph, x: Value): Value {
  return logarithm("log1064", logLanes64(graph), toBase(BASE_10_64), x);
}

/**
 * The logarithm to base 10 of float32 lanes, within 0.78 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function log1032(graph: Graph, x: Value): Value {
  return logarithm("log1032", logLanes32(graph), toBase(BASE_10_32), x);
}
