/**
 * The exponential function to the bases e and 2, and less 1.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";
import {
  addExponent,
  clamp,
  evenAndOdd,
  EXP_TAIL32,
  EXPM1_TAIL,
  EXPM1_TAIL_SHORT,
  expm1Sum,
  isBeyond,
  reduce,
  reduce32,
  reduceShort,
  scaleFar,
  splitExp,
  TO_INTEGER,
  TO_INTEGER32,
  withSignOf,
} from "./exp_parts.ts";

/** `(2**r - 1 - r ln 2) / r**2` for `|r| <= 1/2`. */
const EXP2_TAIL = [
  0.24022650695910097,
  0.055504108664821646,
  0.009618129107606975,
  0.00133335581463984,
  0.00015403530441655851,
  1.5252733851610824e-05,
  1.3215442615270437e-06,
  1.0178052262811363e-07,
  7.072583166783166e-09,
  4.4566112026656326e-10,
];

/** The same in float32. */
const EXP2_TAIL32 = [0.2402265, 0.05550369, 0.009618083, 0.0013387132, 0.00015453881];

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  exp: {
    source:
      "Reduction by multiples of ln 2 in two parts after Cody and Waite (Software Manual for the Elementary " +
      "Functions), then a minimax polynomial of degree 11, of degree 6 in float32 (Muller, Elementary Functions).",
    ulp64: 0.95,
    ulp32: 0.97,
  },
  exp2: {
    source:
      "Exact reduction to the nearest integer, then a minimax polynomial of degree 11, of degree 6 in float32 " +
      "(Muller, Elementary Functions).",
    ulp64: 0.97,
    ulp32: 0.92,
  },
  expm1: {
    source:
      "Reduced as exp, then the sum 2**n r + (2**n - 1) + 2**n (e**r - 1 - r), whose first part is nearly exact; " +
      "float32 is computed in float64.",
    ulp64: 1.5,
    ulp32: 0.51,
  },
};

/**
 * `e**x` for float64, within 0.95 units in the last place. For the method see `SOURCES`.
 *
 * @param graph The graph.
 * @param x Two float64.
 * @returns Two float64.
 */
export function exp64(graph: Graph, x: Value): Value {
  const f = f64x2(graph), { bits, power } = splitExp(f, x);
  return graph.rare(isBeyond(f, f.abs(x), 708), addExponent(graph, power, bits), FAR_EXP64, x);
}

/** The same where the result is not normal. */
const FAR_EXP64: SimdFunction = {
  name: "exp64 far from zero",
  parameters: 1,
  build(graph, x) {
    const f = f64x2(graph), { bits, power } = splitExp(f, clamp(f, x, -746, 710));
    return scaleFar(f, power, bits);
  },
};

/**
 * `e**x` for float32, within 0.97 units in the last place for all arguments.
 *
 * @param graph The graph.
 * @param x Four float32.
 * @returns Four float32.
 */
export function exp32(graph: Graph, x: Value): Value {
  const f = f32x4(graph), { bits, r } = reduce32(f, x, 0), square = f.mul(r, r);
  const power = f.add(f.c(1), f.fma(square, evenAndOdd(f, r, square, EXP_TAIL32), r));
  return graph.rare(isBeyond(f, f.abs(x), 87, "i32x4"), addExponent32(graph, power, bits), FAR_EXP32, x);
}

const FAR_EXP32: SimdFunction = {
  name: "exp32 far from zero",
  parameters: 1,
  build: (graph, x) =>
    inFloat64(graph, (wide) => {
      const f = f64x2(graph), { bits, power } = splitExp(f, clamp(f, wide, -105, 90));
      return addExponent(graph, power, bits);
    }, x),
};

function addExponent32(graph: Graph, value: Value, bits: Value): Value {
  return graph.op("i32x4.add", value, graph.shift("i32x4.shl", bits, 23));
}

/**
 * `2**x` for float64, within 0.97 units in the last place; exact for integers.
 *
 * @param graph The graph.
 * @param x Two float64.
 * @returns Two float64.
 */
export function exp264(graph: Graph, x: Value): Value {
  const f = f64x2(graph), { bits, power } = splitExp2(f, x, TO_INTEGER, EXP2_TAIL);
  return graph.rare(isBeyond(f, f.abs(x), 1021), addExponent(graph, power, bits), FAR_EXP2_64, x);
}

/** An integer n, in the last bits of a float, and `2**(x - n)`. */
function splitExp2(
  f: FloatLanes,
  x: Value,
  toInteger: number,
  tail: readonly number[],
): { bits: Value; power: Value } {
  const bits = f.add(x, f.c(toInteger));
  // This and its half are exact.
  const r = f.sub(x, f.sub(bits, f.c(toInteger))), square = f.mul(r, r);
  const rest = f.fma(r, f.c(Math.LN2 - 0.5), f.mul(square, evenAndOdd(f, r, square, tail)));
  return { bits, power: f.add(f.c(1), f.fma(r, f.c(0.5), rest)) };
}

const FAR_EXP2_64: SimdFunction = {
  name: "exp2 of float64 far from zero",
  parameters: 1,
  build(graph, x) {
    const f = f64x2(graph);
    const { bits, power } = splitExp2(f, clamp(f, x, -1076, 1025), TO_INTEGER, EXP2_TAIL);
    return scaleFar(f, power, bits);
  },
};

/**
 * `2**x` for float32, within 0.92 units in the last place for all arguments; exact for integers.
 *
 * @param graph The graph.
 * @param x Four float32.
 * @returns Four float32.
 */
export function exp232(graph: Graph, x: Value): Value {
  const f = f32x4(graph), { bits, power } = splitExp2(f, x, TO_INTEGER32, EXP2_TAIL32);
  return graph.rare(isBeyond(f, f.abs(x), 125, "i32x4"), addExponent32(graph, power, bits), FAR_EXP2_32, x);
}

const FAR_EXP2_32: SimdFunction = {
  name: "exp2 of float32 far from zero",
  parameters: 1,
  build: (graph, x) =>
    inFloat64(graph, (wide) => {
      const f = f64x2(graph);
      const { bits, power } = splitExp2(f, clamp(f, wide, -151, 129), TO_INTEGER, EXP2_TAIL);
      return addExponent(graph, power, bits);
    }, x),
};

/**
 * `e**x - 1` for float64, within 1.5 units in the last place.
 *
 * @param graph The graph.
 * @param x Two float64.
 * @returns Two float64.
 */
export function expm164(graph: Graph, x: Value): Value {
  const f = f64x2(graph);
  // Below the limit the result is -1.
  const { large, small } = expm1Sum(f, reduce(f, graph.op("f64x2.pmax", x, f.c(-40)), 1023), EXPM1_TAIL);
  // Above this one the 1 does not matter.
  return graph.rare(f.gt(x, f.c(708)), withSignOf(f, f.add(large, small), x), FAR_EXP64, x);
}

/**
 * `e**x - 1` for float32, within 0.51 units in the last place for all arguments.
 *
 * @param graph The graph.
 * @param x Four float32.
 * @returns Four float32.
 */
export function expm132(graph: Graph, x: Value): Value {
  const result = inFloat64(graph, (wide) => {
    const f = f64x2(graph);
    const { large, small } = expm1Sum(f, reduceShort(f, clamp(f, wide, -30, 90), 1023), EXPM1_TAIL_SHORT);
    return f.add(large, small);
  }, x);
  return withSignOf(f32x4(graph), result, x);
}
