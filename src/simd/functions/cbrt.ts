/**
 * The cube root: a polynomial gives a first guess of the inverse cube root, Newton's iteration improves it, and the last step
 * divides. Coefficients are by bench/coefficients/log.py.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import type { FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";
import { isUnusual, type LogLanes, logLanes64, splitExponent } from "./log_parts.ts";

/** Where it comes from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {};

/** `m ** (-1/3)` for m from sqrt(1/2) to sqrt(2), within 2**-17. */
const INVERSE = [
  2.0014050103972107,
  -2.497097036320735,
  2.8142370949422157,
  -1.9195116763531084,
  0.7109641571588745,
  -0.10999320321612412,
];

/** What a cube root is made of. */
interface CubeRoot {
  /** The number without its exponent, but for what is left when that is divided by 3. */
  readonly m: Value;
  /** The cube root of `1 / m`, within 2**-32. */
  readonly inverse: Value;
  /** A power of two: the cube root of what `m` lacks. */
  readonly scale: Value;
}

/** The inverse cube root of positive normal numbers. */
function inverseCubeRoot(f: LogLanes, x: Value): CubeRoot {
  const { k, m } = splitExponent(f, x), third = f.c(1 / 3);
  const exponent = f.nearest(f.mul(k, third));
  // -1, 0 or 1.
  const left = f.fnma(exponent, f.c(3), k);
  const isMore = f.gt(left, f.c(0.5)), isLess = f.lt(left, f.c(-0.5));
  const pick = (more: number, less: number) =>
    f.select(isMore, f.c(more), f.select(isLess, f.c(less), f.c(1)));
  const guess = f.mul(f.horner(m, INVERSE), pick(Math.cbrt(0.5), Math.cbrt(2)));
  const scaled = f.mul(m, pick(2, 0.5));
  const lack = f.fnma(f.mul(guess, guess), f.mul(guess, scaled), f.c(1));
  const inverse = f.fma(f.mul(guess, third), lack, guess);
  return { m: scaled, inverse, scale: powerOfTwo(f, exponent) };
}

/** `2 ** n`, for integers from -1022 to 1023. */
function powerOfTwo(f: FloatLanes, n: Value): Value {
  // The sum has n + 1023 in its last bits, which become the exponent.
  return f.graph.shift("i64x2.shl", f.add(n, f.c(1.5 * 2 ** 52 + 1023)), 52);
}

/** The cube root of positive normal float64. */
function cubeRoot(f: LogLanes, x: Value): Value {
  const { m, inverse, scale } = inverseCubeRoot(f, x);
  // An upper half: its square is exact.
  const near = f.upper(f.mul(m, f.mul(inverse, inverse)));
  const difference = f.sub(f.div(m, f.mul(near, near)), near);
  // With near = r (1 - e), the difference is 3 r e + …: Newton's step and the next term.
  const step = f.mul(difference, f.c(1 / 3));
  const correction = f.fnma(step, f.mul(step, inverse), step);
  return f.mul(f.add(near, correction), scale);
}

/** Subnormal numbers are made normal; 0, infinities and NaN are their own cube roots. */
const unusualCubeRoot: SimdFunction = {
  name: "cbrt64 of the unusual",
  parameters: 1,
  build: (graph, x) => {
    const f = logLanes64(graph), size = f.abs(x);
    const subnormal = f.mul(cubeRoot(f, f.mul(size, f.c(2 ** 54))), f.c(2 ** -18));
    const isSubnormal = f.and(f.gt(size, f.c(0)), f.lt(size, f.c(1)));
    return f.select(isSubnormal, subnormal, size);
  },
};

/**
 * The cube root of float64 lanes.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function cbrt64(graph: Graph, x: Value): Value {
  const f = logLanes64(graph), size = f.abs(x);
  const root = graph.rare(isUnusual(f, size), cubeRoot(f, size), unusualCubeRoot, size);
  return f.copysign(root, x);
}

/**
 * The cube root of float32 lanes, computed in float64.
 *
 * @param graph The graph.
 * @param x The numbers.
 */
export function cbrt32(graph: Graph, x: Value): Value {
  return inFloat64(graph, (x) => {
    const f = logLanes64(graph), size = f.abs(x);
    const { m, inverse, scale } = inverseCubeRoot(f, size);
    const root = f.mul(f.mul(m, scale), f.mul(inverse, inverse));
    // Zeros, infinities and NaN are their own cube roots.
    const isNumber = f.and(f.gt(size, f.c(0)), f.lt(size, f.c(Infinity)));
    return f.copysign(f.select(isNumber, root, size), x);
  }, x);
}
