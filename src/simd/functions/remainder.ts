/**
 * Remainders, exactly: JavaScript's `%`, with the sign of the dividend, and the floor modulo, with that of
 * the divisor.
 *
 * @module
 */

import { twoProduct } from "../exact.ts";
import { decompose, larger, powerOfTwo, scale, smaller } from "../exponents.ts";
import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  rem: {
    source:
      "Exact: the quotient is rounded to an integer, and its product with the divisor subtracted without " +
      "error (Dekker's product); quotients of more than 51 bits in several steps, as in long division.",
    ulp64: 0,
    ulp32: 0,
  },
  mod: { source: "The remainder, and the divisor added where the signs differ.", ulp64: 0.5, ulp32: 0.5 },
};

/** Quotients below are known to less than a half. */
const MOST = 2 ** 51;

/** How many bits of the quotient a step takes of a dividend that is below the divisor's double. */
const STEP = 49n;

/**
 * The remainder of numbers that are not negative.
 *
 * @param quotient The rounded quotient, below {@linkcode MOST}.
 */
function divided(f: FloatLanes, x: Value, y: Value, quotient: Value): Value {
  const product = twoProduct(f, f.nearest(quotient), y);
  // The remainder of the nearest multiple: all of this is exact.
  const rest = f.sub(f.sub(x, product.high), product.low);
  return f.add(rest, f.and(f.lt(rest, f.c(0)), y));
}

/** One step of a long division, and those after it: the rest times a power of two, divided. */
const NEXT: SimdFunction = {
  name: "remainder step",
  parameters: 3,
  build(graph, rest, divisor, left) {
    const f = f64x2(graph);
    const now = larger(f, smaller(f, left, graph.i64(STEP)), graph.i64(0n));
    const shifted = f.mul(rest, powerOfTwo(graph, now));
    const next = divided(f, shifted, divisor, f.div(shifted, divisor));
    const after = graph.op("i64x2.sub", left, now);
    // It calls itself, at most 43 times.
    return graph.rare(graph.op("i64x2.gt_s", after, graph.i64(0n)), next, NEXT, next, divisor, after);
  },
};

/** The remainder of any magnitudes. */
const LONG: SimdFunction = {
  name: "remainder by long division",
  parameters: 2,
  build(graph, x, y) {
    const f = f64x2(graph);
    const dividend = decompose(f, x), divisor = decompose(f, y);
    const isDefined = f.and(f.lt(x, f.c(Infinity)), f.gt(y, f.c(0)));
    const difference = graph.op("i64x2.sub", dividend.exponent, divisor.exponent);
    // Others wait for nothing.
    const left = f.and(f.and(isDefined, f.lt(y, f.c(Infinity))), difference);
    const rest = NEXT.build(graph, dividend.significand, divisor.significand, left);
    const result = f.select(f.lt(x, y), x, scale(f, rest, divisor.exponent));
    return f.select(isDefined, result, f.c(NaN));
  },
};

/** The remainder of magnitudes in float64. */
function ofMagnitudes(f: FloatLanes, x: Value, y: Value): Value {
  const quotient = f.div(x, y), largest = f.graph.op("f64x2.pmax", x, y);
  // Products overflow only beyond.
  const isLong = f.or(f.ge(quotient, f.c(MOST)), f.gt(largest, f.c(2 ** 1022)));
  return f.graph.rare(isLong, divided(f, x, y, quotient), LONG, x, y);
}

/** The same of float32 in float64, where more products are exact. */
function ofWideMagnitudes(f: FloatLanes, x: Value, y: Value): Value {
  const quotient = f.div(x, y);
  const isLong = f.or(f.ge(quotient, f.c(2 ** 29)), f.eq(y, f.c(Infinity)));
  const rest = f.fnma(f.nearest(quotient), y, x);
  return f.graph.rare(isLong, f.add(rest, f.and(f.lt(rest, f.c(0)), y)), LONG, x, y);
}

/** Adds the divisor to a remainder whose sign is another. */
function floored(f: FloatLanes, rest: Value, y: Value, isNegative: (x: Value) => Value): Value {
  const isOther = f.and(f.ne(rest, f.c(0)), isNegative(f.xor(rest, y)));
  return f.copysign(f.select(isOther, f.add(rest, y), rest), y);
}

/**
 * The remainder for float64, with the sign of the dividend: JavaScript's `x % y`.
 *
 * @param graph The graph.
 * @param x Two float64.
 * @param y Two float64.
 */
export function rem64(graph: Graph, x: Value, y: Value): Value {
  const f = f64x2(graph);
  return f.or(ofMagnitudes(f, f.abs(x), f.abs(y)), f.and(x, f.c(-0)));
}

/**
 * The remainder for float32, with the sign of the dividend.
 *
 * @param graph The graph.
 * @param x Four float32.
 * @param y Four float32.
 */
export function rem32(graph: Graph, x: Value, y: Value): Value {
  const f = f32x4(graph);
  const magnitude = inFloat64(
    graph,
    (wideX, wideY) => ofWideMagnitudes(f64x2(graph), wideX, wideY),
    f.abs(x),
    f.abs(y),
  );
  return f.or(magnitude, f.and(x, f.c(-0)));
}

/**
 * The floor modulo for float64: the remainder with the sign of the divisor, which a zero has too, as in
 * NumPy. Where the divisor has to be added, the sum is rounded.
 *
 * @param graph The graph.
 * @param x Two float64.
 * @param y Two float64.
 */
export function mod64(graph: Graph, x: Value, y: Value): Value {
  const isNegative = (value: Value) => graph.op("i64x2.lt_s", value, graph.i64(0n));
  return floored(f64x2(graph), rem64(graph, x, y), y, isNegative);
}

/**
 * The floor modulo for float32.
 *
 * @param graph The graph.
 * @param x Four float32.
 * @param y Four float32.
 */
export function mod32(graph: Graph, x: Value, y: Value): Value {
  const isNegative = (value: Value) => graph.op("i32x4.lt_s", value, graph.i32(0));
  return floored(f32x4(graph), rem32(graph, x, y), y, isNegative);
}
