/**
 * JavaScript's `Math.round` and `Math.sign`, exactly.
 *
 * @module
 */

import type { Graph, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  round: { source: "Exact: the integer below, and 1 more where half or more is left.", ulp64: 0, ulp32: 0 },
  sign: { source: "Exact: 1 with the sign of the argument, but for zeros and NaN.", ulp64: 0, ulp32: 0 },
};

function round(f: FloatLanes, x: Value): Value {
  // What is left is exact, or between a half and 1 and rounded up to at most 1.
  const below = f.floor(x), isUp = f.ge(f.sub(x, below), f.c(0.5));
  // What is rounded up to zero is -0.
  return f.or(f.add(below, f.and(isUp, f.c(1))), f.and(x, f.c(-0)));
}

function sign(f: FloatLanes, x: Value): Value {
  return f.select(f.gt(f.abs(x), f.c(0)), f.copysign(f.c(1), x), x);
}

/**
 * The nearest integer for float64, halves upwards.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function round64(graph: Graph, x: Value): Value {
  return round(f64x2(graph), x);
}

/**
 * The nearest integer for float32, halves upwards.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function round32(graph: Graph, x: Value): Value {
  return round(f32x4(graph), x);
}

/**
 * 1, -1, or what is a zero or NaN itself, for float64.
 *
 * @param graph The graph.
 * @param x Two float64.
 */
export function sign64(graph: Graph, x: Value): Value {
  return sign(f64x2(graph), x);
}

/**
 * 1, -1, or what is a zero or NaN itself, for float32.
 *
 * @param graph The graph.
 * @param x Four float32.
 */
export function sign32(graph: Graph, x: Value): Value {
  return sign(f32x4(graph), x);
}
