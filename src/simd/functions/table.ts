/**
 * The functions by name and dtype.
 *
 * @module
 */

import type { Graph, Value } from "../graph.ts";
import { exp232, exp264, exp32, exp64, expm132, expm164 } from "./exp.ts";
import { cosh32, cosh64, sinh32, sinh64, tanh32, tanh64 } from "./hyperbolic.ts";

/** Builds a function of vectors. */
export type BuildFunction = (graph: Graph, ...args: Value[]) => Value;

/** A function of two float64 lanes, and of four float32 lanes. */
export interface FloatFunction {
  readonly float64: BuildFunction;
  readonly float32: BuildFunction;
}

/** A function of one argument. */
type Unary = (graph: Graph, x: Value) => Value;

function unary(float64: Unary, float32: Unary): FloatFunction {
  return { float64, float32 };
}

/** The functions, by their names in programs. */
export const FLOAT_FUNCTIONS: Readonly<Record<string, FloatFunction>> = {
  exp: unary(exp64, exp32),
  exp2: unary(exp264, exp232),
  expm1: unary(expm164, expm132),
  sinh: unary(sinh64, sinh32),
  cosh: unary(cosh64, cosh32),
  tanh: unary(tanh64, tanh32),
};
