/**
 * The functions by name and dtype.
 *
 * @module
 */

import type { Graph, Value } from "../graph.ts";
import { cbrt32, cbrt64 } from "./cbrt.ts";
import { exp232, exp264, exp32, exp64, expm132, expm164 } from "./exp.ts";
import { cosh32, cosh64, sinh32, sinh64, tanh32, tanh64 } from "./hyperbolic.ts";
import { hypot32, hypot64 } from "./hypot.ts";
import { acosh32, acosh64, asinh32, asinh64, atanh32, atanh64 } from "./inverse_hyperbolic.ts";
import { acos32, acos64, asin32, asin64, atan232, atan264, atan32, atan64 } from "./inverse_trigonometric.ts";
import { log1032, log1064, log232, log264, log32, log64 } from "./log.ts";
import { log1p32, log1p64 } from "./log1p.ts";
import { pow32, pow64 } from "./pow.ts";
import { mod32, mod64, rem32, rem64 } from "./remainder.ts";
import { round32, round64, sign32, sign64 } from "./rounding.ts";
import { cos32, cos64, sin32, sin64, tan32, tan64 } from "./trigonometric.ts";

/** A function of vectors. */
export interface FloatFunction {
  /** How many arguments it takes. */
  readonly parameters: number;
  /** Computes two lanes of float64. */
  readonly float64: (graph: Graph, ...args: Value[]) => Value;
  /** Computes four lanes of float32. */
  readonly float32: (graph: Graph, ...args: Value[]) => Value;
}

type Unary = (graph: Graph, x: Value) => Value;
type Binary = (graph: Graph, x: Value, y: Value) => Value;

function unary(float64: Unary, float32: Unary): FloatFunction {
  return { parameters: 1, float64, float32 };
}

function binary(float64: Binary, float32: Binary): FloatFunction {
  return { parameters: 2, float64, float32 };
}

/** The functions, by their names in programs. */
export const FLOAT_FUNCTIONS: ReadonlyMap<string, FloatFunction> = new Map(Object.entries({
  exp: unary(exp64, exp32),
  exp2: unary(exp264, exp232),
  expm1: unary(expm164, expm132),
  log: unary(log64, log32),
  log2: unary(log264, log232),
  log10: unary(log1064, log1032),
  log1p: unary(log1p64, log1p32),
  sin: unary(sin64, sin32),
  cos: unary(cos64, cos32),
  tan: unary(tan64, tan32),
  asin: unary(asin64, asin32),
  acos: unary(acos64, acos32),
  atan: unary(atan64, atan32),
  atan2: binary(atan264, atan232),
  sinh: unary(sinh64, sinh32),
  cosh: unary(cosh64, cosh32),
  tanh: unary(tanh64, tanh32),
  asinh: unary(asinh64, asinh32),
  acosh: unary(acosh64, acosh32),
  atanh: unary(atanh64, atanh32),
  cbrt: unary(cbrt64, cbrt32),
  hypot: binary(hypot64, hypot32),
  pow: binary(pow64, pow32),
  rem: binary(rem64, rem32),
  mod: binary(mod64, mod32),
  round: unary(round64, round32),
  sign: unary(sign64, sign32),
}));
