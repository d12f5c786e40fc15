/**
 * Remainders of integers. Vectors have no division of integers, but that of floats is exact enough for those with fewer
 * bits than a float has: where the quotient of integers below 2^(p-1) is not whole, it lies too far from a whole number to be
 * rounded to it by a float of p bits, and subtracting `b` times the whole part of the quotient is exact.
 *
 * @module
 */

import type { IntegerDType } from "../dtype.ts";
import { FRACTION, FRACTION_BITS } from "./convert.ts";
import type { Graph, SimdFunction, Value } from "./graph.ts";
import { inWiderLanes } from "./resize.ts";
import { integerOp, isSigned, splat, widthOf } from "./widths.ts";

/** How the quotient is rounded: toward zero for `rem`, down for `mod`. */
type Rounding = "trunc" | "floor";

/**
 * The remainder with the sign of the dividend; 0 where the divisor is 0.
 *
 * @param graph The graph.
 * @param dtype The dtype.
 * @param a The dividend.
 * @param b The divisor.
 */
export function remainder(graph: Graph, dtype: IntegerDType, a: Value, b: Value): Value {
  return divide(graph, dtype, "trunc", a, b);
}

/**
 * The remainder with the sign of the divisor; 0 where the divisor is 0.
 *
 * @param graph The graph.
 * @param dtype The dtype.
 * @param a The dividend.
 * @param b The divisor.
 */
export function modulo(graph: Graph, dtype: IntegerDType, a: Value, b: Value): Value {
  return divide(graph, dtype, isSigned(dtype) ? "floor" : "trunc", a, b);
}

function divide(graph: Graph, dtype: IntegerDType, rounding: Rounding, a: Value, b: Value): Value {
  const width = widthOf(dtype);
  if (width === 8) return divideLong(graph, isSigned(dtype), rounding, a, b);
  return inWiderLanes(
    graph,
    dtype,
    4,
    width < 4
      ? (x, y) => divideShort(graph, rounding, x, y)
      : (x, y) => divideWords(graph, isSigned(dtype), rounding, x, y),
    a,
    b,
  );
}

/** `a - round(a / b) * b` in lanes of floats. */
function floatRemainder(
  graph: Graph,
  shape: "f32x4" | "f64x2",
  rounding: Rounding,
  a: Value,
  b: Value,
): Value {
  const quotient = graph.op(`${shape}.${rounding}`, graph.op(`${shape}.div`, a, b));
  return graph.op(`${shape}.sub`, a, graph.op(`${shape}.mul`, quotient, b));
}

/**
 * Integers of 16 bits, extended to 32: a float32 has 24. Added to 1.5 * 2^23, the remainder stands in the lower bits. If the
 * divisor is 0, it is a NaN that an instruction made, whose lower bits are 0.
 */
function divideShort(graph: Graph, rounding: Rounding, a: Value, b: Value): Value {
  const float = (x: Value) => graph.op("f32x4.convert_i32x4_s", x);
  const rest = floatRemainder(graph, "f32x4", rounding, float(a), float(b));
  return graph.op("f32x4.add", rest, graph.f32(1.5 * 2 ** 23));
}

/** Integers of 32 bits: a float64 has 53. The lower bits are made as for 16 bits. */
function divideWords(graph: Graph, signed: boolean, rounding: Rounding, a: Value, b: Value): Value {
  const half = (pick: (x: Value) => Value) => {
    const float = (x: Value) => graph.op(`f64x2.convert_low_i32x4_${signed ? "s" : "u"}`, pick(x));
    const rest = floatRemainder(graph, "f64x2", rounding, float(a), float(b));
    return graph.op("f64x2.add", rest, graph.f64(FRACTION));
  };
  const low = half((x) => x);
  if (graph.elements <= 2) return graph.shuffle(low, low, [0, 2, 0, 2]);
  return graph.shuffle(low, half((x) => graph.shuffle(x, x, [1, 1])), [0, 2, 4, 6]);
}

/**
 * Integers of 64 bits: as floats where both have 51 at most, otherwise one by one. Such a number becomes a float by being
 * added to the bits of a large one.
 */
function divideLong(graph: Graph, signed: boolean, rounding: Rounding, a: Value, b: Value): Value {
  const op = graph.op.bind(graph);
  const bits = graph.i64(FRACTION_BITS), fraction = graph.f64(FRACTION);
  const float = (x: Value) => op("f64x2.sub", op("i64x2.add", x, bits), fraction);
  const rest = floatRemainder(graph, "f64x2", rounding, float(a), float(b));
  const zero = graph.i64(0n);
  const common = op(
    "v128.andnot",
    op("i64x2.sub", op("f64x2.add", rest, fraction), bits),
    op("i64x2.eq", b, zero),
  );
  // From -2^51 to before 2^51, or from 0 if there is no sign.
  const beyond = (x: Value) => signed ? op("i64x2.add", x, graph.i64(2n ** 51n)) : x;
  const large = graph.shift("i64x2.shr_u", op("v128.or", beyond(a), beyond(b)), signed ? 52 : 51);
  return graph.rare(op("i64x2.ne", large, zero), common, longRemainder(signed, rounding), a, b);
}

/** Integers of 64 bits one by one. */
function longRemainder(signed: boolean, rounding: Rounding): SimdFunction {
  return {
    name: `${signed ? "signed" : "unsigned"} ${rounding} remainder`,
    parameters: 2,
    build: (graph, a, b) => {
      const op = graph.op.bind(graph);
      const isZero = op("i64x2.eq", b, graph.i64(0n));
      // Subtracting a mask turns 0 into 1, by which the remainder is 0.
      const divisor = op("i64x2.sub", b, isZero);
      const rest = graph.lanes(signed ? "i64.rem_s" : "i64.rem_u", "i64x2", "i64x2", a, divisor);
      return rounding === "floor" ? withSignOf(graph, rest, divisor) : rest;
    },
  };
}

/** From the remainder with the sign of the dividend to that with the sign of the divisor. */
function withSignOf(graph: Graph, rest: Value, divisor: Value): Value {
  const zero = splat(graph, 8, 0);
  const differs = integerOp(graph, 8, "lt_s", graph.op("v128.xor", rest, divisor), zero);
  const isLeft = integerOp(graph, 8, "ne", rest, zero);
  const added = graph.op("v128.and", divisor, graph.op("v128.and", differs, isLeft));
  return integerOp(graph, 8, "add", rest, added);
}
