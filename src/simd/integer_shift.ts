/**
 * Shifts of integers as in JavaScript: in 32 bits, to which narrower integers are extended by their dtype, with a count
 * modulo 32; those of 64 bits in 64. The result wraps to the dtype.
 *
 * @module
 */

import type { IntegerDType } from "../dtype.ts";
import type { Graph, Value } from "./graph.ts";
import { inWiderLanes } from "./resize.ts";
import {
  integerOp,
  isSigned,
  type LaneWidth,
  literalOf,
  selectLanes,
  SHAPES,
  splat,
  widthOf,
} from "./widths.ts";

/** To the left; to the right, repeating the sign of signed integers; to the right, filling with zeros. */
export type ShiftCall = "shl" | "shr" | "ushr";

/**
 * Shifts all elements by one count.
 *
 * @param graph The graph.
 * @param name Which way.
 * @param value The elements.
 * @param dtype Their dtype.
 * @param count By how many bits, modulo 32, or 64 for 64-bit integers.
 */
export function shiftLiteral(
  graph: Graph,
  name: ShiftCall,
  value: Value,
  dtype: IntegerDType,
  count: number | bigint,
): Value {
  const width = widthOf(dtype), bits = 8 * width;
  const distance = Number(BigInt.asUintN(width === 8 ? 6 : 5, BigInt(count)));
  if (name !== "ushr" || !isSigned(dtype) || width >= 4) {
    return shiftBits(graph, name === "shr" && !isSigned(dtype) ? "ushr" : name, value, width, distance);
  }
  // Of 32 bits that begin with copies of the sign, the lower ones remain.
  const shifted = shiftBits(graph, "shr", value, width, distance);
  return distance <= 32 - bits
    ? shifted
    : graph.op("v128.and", shifted, splat(graph, width, 0xffffffff >>> distance));
}

/** Shifts lanes in their own width, by any count. */
function shiftBits(graph: Graph, name: ShiftCall, value: Value, width: LaneWidth, count: number): Value {
  const bits = 8 * width;
  if (count === 0) return value;
  if (count >= bits && name !== "shr") return splat(graph, width, 0);
  const instruction = name === "shl" ? "shl" : name === "shr" ? "shr_s" : "shr_u";
  return graph.shift(`${SHAPES[width]}.${instruction}`, value, Math.min(count, bits - 1));
}

/**
 * Shifts each element by a count of its own.
 *
 * @param graph The graph.
 * @param name Which way.
 * @param value The elements.
 * @param counts By how many bits each, modulo 32, or 64 for 64-bit integers; of the same dtype.
 * @param dtype The dtype.
 */
export function shift(
  graph: Graph,
  name: ShiftCall,
  value: Value,
  counts: Value,
  dtype: IntegerDType,
): Value {
  const width = widthOf(dtype), signed = isSigned(dtype);
  const count = literalOf(graph, counts, width);
  if (count !== undefined) return shiftLiteral(graph, name, value, dtype, count);
  const way = name === "shr" && !signed ? "ushr" : name;
  if (width === 8) {
    const scalar = way === "shl" ? "i64.shl" : way === "shr" ? "i64.shr_s" : "i64.shr_u";
    return graph.lanes(scalar, "i64x2", "i64x2", value, counts);
  }
  if (way !== "ushr" || !signed) return shiftInSteps(graph, way, value, counts, width);
  return inWiderLanes(
    graph,
    dtype,
    4,
    (wide, wideCounts) => shiftInSteps(graph, way, wide, wideCounts, 4),
    value,
    counts,
  );
}

/** Shifts by 1, 2, 4, 8 and 16 where the count has that bit: vectors have no instruction with a count for each lane. */
function shiftInSteps(graph: Graph, name: ShiftCall, value: Value, counts: Value, width: LaneWidth): Value {
  let shifted = value;
  for (const step of [1, 2, 4, 8, 16]) {
    const bit = splat(graph, width, step);
    const isSet = integerOp(graph, width, "eq", graph.op("v128.and", counts, bit), bit);
    shifted = selectLanes(graph, width, isSet, shiftBits(graph, name, shifted, width, step), shifted);
  }
  return shifted;
}
