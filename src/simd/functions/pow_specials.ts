/**
 * What powers of zeros, negative numbers, infinities and NaN are. Such bases are ordinary, so that this takes
 * little.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import type { FloatLanes } from "../lanes.ts";

/**
 * Which bases a function of {@link powerSpecials} has to look at: those that are no positive finite numbers.
 *
 * @param f The lanes.
 * @param x The bases.
 * @param isExtreme Which bases are 0, infinite or NaN.
 */
export function isSpecialBase(f: FloatLanes, x: Value, isExtreme: Value): Value {
  return f.or(f.lt(x, f.c(0)), isExtreme);
}

/**
 * A function of bases, exponents and powers of the bases' magnitudes: it gives the powers of the bases.
 *
 * @param name Its name.
 * @param lanes The lanes.
 */
export function powerSpecials(name: string, lanes: (graph: Graph) => FloatLanes): SimdFunction {
  return { name, parameters: 3, build: (graph, x, y, magnitude) => ofSpecial(lanes(graph), x, y, magnitude) };
}

/** The powers; a magnitude matters where the base is finite and not 0. */
function ofSpecial(f: FloatLanes, x: Value, y: Value, magnitude: Value): Value {
  const zero = f.c(0), infinity = f.c(Infinity), size = f.abs(x);
  const isZero = f.eq(size, zero), isExtreme = f.or(isZero, f.eq(size, infinity));
  // Negative exponents give infinity for 0, and 0 for infinity.
  const extreme = f.and(f.xor(isZero, f.gt(y, zero)), infinity);
  const isInteger = f.eq(f.trunc(y), y), half = f.mul(y, f.c(0.5));
  const isOdd = f.and(isInteger, f.ne(f.trunc(half), half));
  const power = f.xor(f.select(isExtreme, extreme, magnitude), f.and(x, f.and(isOdd, f.c(-0))));
  // Roots of negative numbers; those of -0 and -Infinity are as of 0 and Infinity.
  const isRoot = f.andnot(f.andnot(f.lt(x, zero), isExtreme), isInteger);
  const isNaN = f.or(isRoot, f.or(f.ne(x, x), f.ne(y, y)));
  return f.select(f.eq(y, zero), f.c(1), f.select(isNaN, f.c(NaN), power));
}
