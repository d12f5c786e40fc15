/**
 * What powers of unusual numbers are.
 *
 * @module
 */

import type { Value } from "../graph.ts";
import type { FloatLanes } from "../lanes.ts";

/**
 * The sign of powers, and those that are NaN or 1 whatever the other argument is.
 *
 * @param f The lanes.
 * @param x The bases.
 * @param y The exponents.
 * @param magnitude `abs(x) ** y`, right for all but NaN in `x` and `y`, and for 0 as `y`; NaN for the powers
 * of 1 and -1 with infinite exponents.
 */
export function powerSpecials(f: FloatLanes, x: Value, y: Value, magnitude: Value): Value {
  const zero = f.c(0), half = f.mul(y, f.c(0.5));
  const isInteger = f.eq(f.trunc(y), y);
  const isOdd = f.and(isInteger, f.ne(f.trunc(half), half));
  const signed = f.xor(magnitude, f.and(f.and(x, isOdd), f.c(-0)));
  // Roots of negative numbers; those of -0 and -Infinity are as of 0 and Infinity.
  const isNegative = f.and(f.lt(x, zero), f.gt(x, f.c(-Infinity)));
  const isNaN = f.or(f.andnot(isNegative, isInteger), f.or(f.ne(x, x), f.ne(y, y)));
  return f.select(f.eq(y, zero), f.c(1), f.select(isNaN, f.c(NaN), signed));
}
