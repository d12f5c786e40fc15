/**
 * float16: WebAssembly has no instructions for it, so that its bits are taken apart and put together as integers.
 *
 * A float16 has 1 bit of sign, 5 of exponent (biased by 15) and 10 of fraction; a float32 has 1, 8 (biased by 127) and 23.
 *
 * @module
 */

import type { Graph, Value } from "./graph.ts";
import { selectLanes } from "./widths.ts";

/** The difference of the biases, 127 - 15, at the place of a float32's exponent. */
const REBIAS = 112 << 23;

/** float16: infinity, the smallest that is not subnormal, a quiet NaN. */
const INFINITY_16 = 0x7c00, NORMAL_16 = 0x0400, NAN_16 = 0x7e00;

/**
 * float16 as float32, which is exact.
 *
 * @param graph The graph, for at most 4 elements.
 * @param bits The bits of float16, in the first lanes of 16 bits.
 * @returns Lanes of float32.
 */
export function halfToFloat32(graph: Graph, bits: Value): Value {
  const op = graph.op.bind(graph);
  const wide = op("i32x4.extend_low_i16x8_u", bits);
  const magnitude = op("v128.and", wide, graph.i32(0x7fff));
  const normal = op("i32x4.add", graph.shift("i32x4.shl", magnitude, 13), graph.i32(REBIAS));
  // The exponent of infinity and NaN is the last in both formats, which takes the difference of the biases once more.
  const isSpecial = op("i32x4.ge_s", magnitude, graph.i32(INFINITY_16));
  const large = op("i32x4.add", normal, op("v128.and", isSpecial, graph.i32(REBIAS)));
  // Subnormal numbers count units of 2^-24, and so does zero.
  const small = op("f32x4.mul", op("f32x4.convert_i32x4_s", magnitude), graph.f32(2 ** -24));
  const isSmall = op("i32x4.lt_s", magnitude, graph.i32(NORMAL_16));
  const sign = graph.shift("i32x4.shl", op("v128.xor", wide, magnitude), 16);
  return op("v128.or", selectLanes(graph, 4, isSmall, small, large), sign);
}

/**
 * float16 as float64, which is exact.
 *
 * @param graph The graph, for 2 elements.
 * @param bits The bits of float16, in the first lanes of 16 bits.
 * @returns Lanes of float64.
 */
export function halfToFloat64(graph: Graph, bits: Value): Value {
  return graph.op("f64x2.promote_low_f32x4", halfToFloat32(graph, bits));
}

/**
 * float32 as float16, rounded to the nearest, half to even.
 *
 * @param graph The graph, for at most 4 elements.
 * @param value Lanes of float32.
 * @returns The bits of float16, in the first lanes of 16 bits.
 */
export function float32ToHalf(graph: Graph, value: Value): Value {
  const op = graph.op.bind(graph);
  const magnitude = op("v128.and", value, graph.i32(0x7fffffff));
  const half = selectLanes(
    graph,
    4,
    op("i32x4.lt_s", magnitude, graph.i32(REBIAS + (1 << 23))),
    smallToHalf(graph, magnitude),
    largeToHalf(graph, magnitude),
  );
  const isNumber = op("f32x4.eq", value, value);
  const sign = graph.shift("i32x4.shr_u", op("v128.xor", value, magnitude), 16);
  const all = op("v128.or", selectLanes(graph, 4, isNumber, half, graph.i32(NAN_16)), sign);
  return op("i16x8.narrow_i32x4_u", all, all);
}

/** Numbers below 2^-14: adding 1/2, whose last bit counts 2^-24 as those of subnormal float16 do, rounds them. */
function smallToHalf(graph: Graph, magnitude: Value): Value {
  return graph.op("i32x4.sub", graph.op("f32x4.add", magnitude, graph.f32(0.5)), graph.f32(0.5));
}

/** Other numbers: 13 bits of fraction are rounded away. A carry counts the exponent up, to infinity at most. */
function largeToHalf(graph: Graph, magnitude: Value): Value {
  const op = graph.op.bind(graph);
  const isOdd = op("v128.and", graph.shift("i32x4.shr_u", magnitude, 13), graph.i32(1));
  const rounded = op("i32x4.add", op("i32x4.add", magnitude, graph.i32(0xfff - REBIAS)), isOdd);
  return op("i32x4.min_s", graph.shift("i32x4.shr_u", rounded, 13), graph.i32(INFINITY_16));
}

/**
 * float64 as float16, rounded once to the nearest, half to even.
 *
 * The way leads through a float32 rounded to odd (what was cut off is remembered in the last bit), which keeps the second
 * rounding from seeing a tie where there was none: Boldo and Melquiond, "When double rounding is odd" (2005).
 *
 * @param graph The graph, for 2 elements.
 * @param value Lanes of float64.
 * @returns The bits of float16, in the first lanes of 16 bits.
 */
export function float64ToHalf(graph: Graph, value: Value): Value {
  const op = graph.op.bind(graph);
  // A float32 has 29 bits of fraction less. Where it would be subnormal, or infinite, the float16 is 0 or infinite.
  const cut = graph.i64(0x1fffffffn);
  const carry = op("i64x2.add", op("v128.and", value, cut), cut);
  const odd = op("v128.andnot", op("v128.or", value, carry), cut);
  return float32ToHalf(graph, op("f32x4.demote_f64x2_zero", odd));
}
