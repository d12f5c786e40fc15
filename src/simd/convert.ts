/**
 * Conversions between dtypes, with the meaning that casts have in programs: floats become integers by truncation and wrap,
 * NaN and infinities become 0, integers wrap, floats are rounded once.
 *
 * @module
 */

import type { DType, IntegerDType } from "../dtype.ts";
import type { Graph, SimdFunction, Value } from "./graph.ts";
import { float32ToHalf, float64ToHalf, halfToFloat32 } from "./half.ts";
import { fromMask, maskTo, ofElements, toMask } from "./masks.ts";
import { extendLow, narrowLow } from "./resize.ts";
import { isInteger, isSigned, type LaneWidth, splat, widthOf } from "./widths.ts";

/**
 * Converts elements.
 *
 * @param graph The graph; a vector holds so few elements that both dtypes have lanes for them.
 * @param value The elements, in the first lanes; those of bool are a mask of bytes, those of float16 are their bits.
 * @param from Their dtype.
 * @param to The dtype that they get.
 * @returns The elements, in the first lanes of the new width; bools as a mask of bytes.
 */
export function convert(graph: Graph, value: Value, from: DType, to: DType): Value {
  if (from === to) return value;
  if (from === "bool") return fromMask(graph, value, 1, to);
  if (to === "bool") return maskTo(graph, toMask(graph, value, from), widthOf(from), 1);
  if (from === "float16") return convert(graph, halfToFloat32(graph, value), "float32", to);
  if (to === "float16") {
    if (from === "float64") return float64ToHalf(graph, value);
    // Integers that float32 does not hold are infinite in float16.
    return float32ToHalf(graph, convert(graph, value, from, "float32"));
  }
  if (isInteger(from)) {
    return isInteger(to) ? resize(graph, value, from, to) : integerToFloat(graph, value, from, to);
  }
  if (isInteger(to)) return floatToInteger(graph, value, from, to);
  return graph.op(from === "float32" ? "f64x2.promote_low_f32x4" : "f32x4.demote_f64x2_zero", value);
}

/**
 * A number in every lane.
 *
 * @param graph The graph.
 * @param dtype The dtype of the lanes; for bool the result is a mask of any width, for float16 its bits.
 * @param value The number: floats are rounded, integers truncated and wrapped.
 */
export function literal(graph: Graph, dtype: DType, value: number | bigint): Value {
  switch (dtype) {
    case "float64":
      return graph.f64(Number(value));
    case "float32":
      return graph.f32(Number(value));
    case "float16":
      return graph.constant(Float16Array.of(Number(value)));
    case "bool":
      return graph.i8(Number(value) === 0 || Number.isNaN(value) ? 0 : -1);
    default: {
      const isWhole = typeof value === "bigint" || Number.isFinite(value);
      const whole = isWhole ? BigInt(typeof value === "bigint" ? value : Math.trunc(value)) : 0n;
      return splat(graph, widthOf(dtype), whole);
    }
  }
}

function resize(graph: Graph, value: Value, from: IntegerDType, to: IntegerDType): Value {
  const old = widthOf(from), width = widthOf(to);
  return old < width
    ? extendLow(graph, value, old, width, isSigned(from))
    : narrowLow(graph, value, old, width);
}

function integerToFloat(graph: Graph, value: Value, from: IntegerDType, to: DType): Value {
  if (widthOf(from) === 8) {
    return to === "float64"
      ? long(graph, value, isSigned(from))
      : graph.lanes(isSigned(from) ? "f32.convert_i64_s" : "f32.convert_i64_u", "i64x2", "f32x4", value);
  }
  const wide = extendLow(graph, value, widthOf(from), 4, isSigned(from));
  const name = to === "float64" ? "f64x2.convert_low_i32x4" : "f32x4.convert_i32x4";
  return graph.op(`${name}_${from === "uint32" ? "u" : "s"}`, wide);
}

/**
 * 64-bit integers as float64. Both halves become the fraction of a float64 without being changed: the lower one that of a
 * number from 2^52 on, where the last bit counts 1, the upper one that of a number from 2^84 on, where it counts 2^32. All
 * but the last addition are exact.
 */
function long(graph: Graph, value: Value, signed: boolean): Value {
  const lower = graph.op("v128.and", value, graph.i64(0xffffffffn));
  const low = graph.op("v128.or", lower, graph.f64(2 ** 52));
  const upper = graph.shift("i64x2.shr_u", value, 32);
  // The upper half of a signed number, plus 2^31, is not negative; in bits that turns its first one.
  const high = graph.op("v128.xor", upper, graph.f64(signed ? 2 ** 84 + 2 ** 63 : 2 ** 84));
  const both = graph.f64(2 ** 84 + 2 ** 52 + (signed ? 2 ** 63 : 0));
  return graph.op("f64x2.add", graph.op("f64x2.sub", high, both), low);
}

function floatToInteger(graph: Graph, value: Value, from: DType, to: IntegerDType): Value {
  if (from === "float32" && widthOf(to) < 8) {
    return narrowLow(graph, float32ToBits(graph, value), 4, widthOf(to));
  }
  const wide = from === "float32" ? graph.op("f64x2.promote_low_f32x4", value) : value;
  return float64ToInteger(graph, wide, widthOf(to));
}

/**
 * A number in the middle between 2^52 and 2^53, where the last bit of a float64 counts 1: an integer of at most 51 bits that is
 * added to it is added to its bits, of which the lower 51 are 0.
 */
export const FRACTION = 1.5 * 2 ** 52;

/** Its bits. */
export const FRACTION_BITS = 0x4338000000000000n;

function float64ToInteger(graph: Graph, value: Value, width: LaneWidth): Value {
  const op = graph.op.bind(graph);
  const shifted = op("f64x2.add", op("f64x2.trunc", value), graph.f64(FRACTION));
  // The lower 32 bits are the integer's without that.
  const common = width < 8 ? shifted : op("i64x2.sub", shifted, graph.i64(FRACTION_BITS));
  const isSmall = op("f64x2.lt", op("f64x2.abs", value), graph.f64(2 ** 51));
  return narrowLow(graph, graph.rare(op("v128.not", isSmall), common, LARGE_FLOAT64, value), 8, width);
}

/** float64 of any magnitude as integers modulo 2^64. */
const LARGE_FLOAT64: SimdFunction = { name: "wrapped float64", parameters: 1, build: wrapFloat64 };

/** Every step is exact: a float64 is an integer of 53 bits, and what is taken off are its first ones. */
function wrapFloat64(graph: Graph, value: Value): Value {
  const op = graph.op.bind(graph);
  const without = (x: Value, unit: number, round: string) => {
    const units = op(`f64x2.${round}`, op("f64x2.mul", x, graph.f64(1 / unit)));
    return { units, rest: op("f64x2.sub", x, op("f64x2.mul", units, graph.f64(unit))) };
  };
  const { rest } = without(op("f64x2.trunc", value), 2 ** 64, "trunc");
  // Infinities have become NaN, and NaN becomes 0.
  const whole = op("v128.and", rest, op("f64x2.eq", rest, rest));
  const { units: upper, rest: lower } = without(whole, 2 ** 32, "floor");
  const bits = (x: Value) => op("f64x2.add", x, graph.f64(FRACTION));
  const low = op("v128.and", bits(lower), graph.i64(0xffffffffn));
  return op("v128.or", graph.shift("i64x2.shl", bits(upper), 32), low);
}

/** The integer of 32 bits of each float32. */
function float32ToBits(graph: Graph, value: Value): Value {
  const op = graph.op.bind(graph);
  const common = op("i32x4.trunc_sat_f32x4_s", value);
  const isSmall = op("f32x4.lt", op("f32x4.abs", value), graph.f32(2 ** 31));
  const mask = ofElements(graph, op("v128.not", isSmall), 4);
  return graph.rare(mask, common, LARGE_FLOAT32, value);
}

/** float32 of any magnitude as integers modulo 2^32. */
const LARGE_FLOAT32: SimdFunction = {
  name: "wrapped float32",
  parameters: 1,
  build: (graph, value) => {
    const half = (x: Value) => wrapFloat64(graph, graph.op("f64x2.promote_low_f32x4", x));
    return graph.shuffle(half(value), half(graph.shuffle(value, value, [1, 1])), [0, 2, 4, 6]);
  },
};
