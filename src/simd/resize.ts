/**
 * Integers in wider and in narrower lanes than they were.
 *
 * @module
 */

import type { IntegerDType } from "../dtype.ts";
import type { Graph, Value } from "./graph.ts";
import { integerOp, isSigned, type LaneWidth, SHAPES, splat, widthOf } from "./widths.ts";

/**
 * Moves the first lanes to wider ones.
 *
 * @param graph The graph.
 * @param value Lanes of `from` bytes.
 * @param from How wide they are.
 * @param to How wide they become: not less.
 * @param signed Whether the new bits repeat the sign; otherwise they are 0.
 */
export function extendLow(
  graph: Graph,
  value: Value,
  from: LaneWidth,
  to: LaneWidth,
  signed: boolean,
): Value {
  let extended = value, width = from;
  while (width < to) {
    const wider = twice(width);
    extended = extendHalf(graph, extended, wider, "low", signed);
    width = wider;
  }
  return extended;
}

/**
 * Moves lanes to the first ones of a vector with narrower lanes, each without its upper bits.
 *
 * @param graph The graph.
 * @param value Lanes of `from` bytes.
 * @param from How wide they are.
 * @param to How wide they become: not more.
 */
export function narrowLow(graph: Graph, value: Value, from: LaneWidth, to: LaneWidth): Value {
  if (from === to) return value;
  if (to === 4) return graph.shuffle(value, value, [0, 2, 0, 2]);
  // A constant vector of indices stays in a register, those of a shuffle do not. An index from 128 on gives 0.
  const bytes = Uint8Array.from(
    { length: 16 },
    (_, k) => k < 16 / from * to ? Math.floor(k / to) * from + k % to : 0x80,
  );
  return graph.op("i8x16.swizzle", value, graph.constant(bytes));
}

/** What is computed of the same lanes of several vectors. */
export type LaneFormula = (...args: Value[]) => Value;

/**
 * Computes integers in wider lanes, in as many parts as elements need.
 *
 * @param graph The graph.
 * @param dtype The integers' dtype.
 * @param width How wide the lanes are in which they are computed.
 * @param formula What is computed of lanes of that width; of its result only the lower bits count.
 * @param args Vectors of the dtype.
 * @returns A vector of the dtype.
 */
export function inWiderLanes(
  graph: Graph,
  dtype: IntegerDType,
  width: LaneWidth,
  formula: LaneFormula,
  ...args: readonly Value[]
): Value {
  return inParts(graph, widthOf(dtype), width, isSigned(dtype), formula, args);
}

function inParts(
  graph: Graph,
  from: LaneWidth,
  to: LaneWidth,
  signed: boolean,
  formula: LaneFormula,
  args: readonly Value[],
): Value {
  if (from === to) return formula(...args);
  if (graph.elements * to <= 16) {
    const wide = formula(...args.map((arg) => extendLow(graph, arg, from, to, signed)));
    return narrowLow(graph, wide, to, from);
  }
  const wider = twice(from);
  const half = (name: "low" | "high") =>
    inParts(
      graph,
      wider,
      to,
      signed,
      formula,
      args.map((arg) => extendHalf(graph, arg, wider, name, signed)),
    );
  const low = half("low");
  if (graph.elements * wider <= 16) return narrowLow(graph, low, wider, from);
  return narrowBoth(graph, low, half("high"), from);
}

/** The lower halves of the lanes of two vectors, joined. */
function narrowBoth(graph: Graph, low: Value, high: Value, to: LaneWidth): Value {
  if (to === 4) return graph.shuffle(low, high, [0, 2, 4, 6]);
  const wider = twice(to);
  const kept = splat(graph, wider, to === 1 ? 0xff : 0xffff);
  const lower = (value: Value) => graph.op("v128.and", value, kept);
  return integerOp(graph, to, `narrow_${SHAPES[wider]}_u`, lower(low), lower(high));
}

/** Half of the lanes, each extended to twice its width. */
function extendHalf(
  graph: Graph,
  value: Value,
  wider: LaneWidth,
  half: "low" | "high",
  signed: boolean,
): Value {
  const narrow = wider === 2 ? "i8x16" : wider === 4 ? "i16x8" : "i32x4";
  return integerOp(graph, wider, `extend_${half}_${narrow}_${signed ? "s" : "u"}`, value);
}

function twice(width: LaneWidth): LaneWidth {
  return width === 1 ? 2 : width === 2 ? 4 : 8;
}
