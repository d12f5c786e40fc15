/**
 * The cube root: a polynomial gives a first guess of the inverse cube root, Newton's iteration improves it,
 * and the last step divides. Coefficients are by bench/coefficients/log.py.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import {
  isZeroOrNotFinite,
  type LogLanes,
  logLanes32,
  logLanes64,
  powerOfTwo,
  splitExponent,
} from "./log_parts.ts";

/** Where it comes from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  cbrt: {
    source:
      "A minimax polynomial for the inverse cube root, one step of Newton's iteration, and a division by " +
      "an exact square (Muller, Elementary Functions).",
    ulp64: 0.8,
    ulp32: 0.83,
  },
};

/** `m ** (-1/3)` for m from sqrt(1/2) to sqrt(2), within 2**-17. */
const INVERSE = [
  2.0014047877700465,
  -2.4970960204576524,
  2.8142353037524956,
  -1.9195101516616289,
  0.710963531505847,
  -0.10999310445094099,
];

/** The cube root of positive normal numbers. */
function cubeRoot(f: LogLanes, x: Value): Value {
  const { k, m } = splitExponent(f, x), third = f.c(1 / 3);
  const exponent = f.nearest(f.mul(k, third));
  // What is left of k is -1, 0 or 1.
  const left = f.fnma(exponent, f.c(3), k);
  const isMore = f.gt(left, f.c(0)), isLess = f.lt(left, f.c(0));
  const pick = (more: number, less: number) =>
    f.select(isMore, f.c(more), f.select(isLess, f.c(less), f.c(1)));
  const number = f.mul(m, pick(2, 0.5));
  const guess = f.mul(f.horner(m, INVERSE), pick(Math.cbrt(0.5), Math.cbrt(2)));
  const lack = f.fnma(f.mul(guess, guess), f.mul(guess, number), f.c(1));
  const inverse = f.fma(f.mul(guess, third), lack, guess);
  // An upper half: its square is exact.
  const near = f.upper(f.mul(number, f.mul(inverse, inverse)));
  // About three times what is near lacks; the next term of the series is its square.
  const difference = f.sub(f.div(number, f.mul(near, near)), near);
  const step = f.mul(difference, third);
  const correction = f.fnma(step, f.mul(step, inverse), step);
  return f.mul(f.add(near, correction), powerOfTwo(f, exponent));
}

function cbrt(name: string, f: LogLanes, x: Value): Value {
  const lanes = f.integers === "i64x2" ? logLanes64 : logLanes32;
  const subnormal: SimdFunction = {
    name: `${name} of the subnormal`,
    parameters: 1,
    build: (graph, size) => ofSubnormal(lanes(graph), size),
  };
  const size = f.abs(x), isSelf = isZeroOrNotFinite(f, size);
  const isSubnormal = f.andnot(f.lt(size, f.c(2 ** (1 - f.largestExponent))), isSelf);
  const root = f.graph.rare(isSubnormal, cubeRoot(f, size), subnormal, size);
  // 0, infinities and NaN are their own cube roots.
  return f.select(isSelf, x, f.copysign(root, x));
}

function ofSubnormal(f: LogLanes, size: Value): Value {
  const third = Math.ceil((f.fractionBits + 1) / 3);
  return f.mul(cubeRoot(f, f.mul(size, f.c(2 ** (3 * third)))), f.c(2 ** -third));
}

/**
 * The cube root of float64 lanes, within 0.8 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function cbrt64(graph: Graph, x: Value): Value {
  return cbrt("cbrt64", logLanes64(graph), x);
}

/**
 * The cube root of float32 lanes, within 0.83 units in the last place.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function cbrt32(graph: Graph, x: Value): Value {
  return cbrt("cbrt32", logLanes32(graph), x);
}
