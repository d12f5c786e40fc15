/**
 * Lanes of integers of every width: how instructions on them are called, and how wide those of each dtype are.
 *
 * @module
 */

import type { DType, IntegerDType } from "../dtype.ts";
import type { Graph, Value } from "./graph.ts";

/** How many bytes a lane has. */
export type LaneWidth = 1 | 2 | 4 | 8;

const WIDTHS: { readonly [D in DType]: LaneWidth } = {
  bool: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float16: 2,
  float32: 4,
  float64: 8,
};

/** What instructions on integers call lanes of each width. */
export const SHAPES = { 1: "i8x16", 2: "i16x8", 4: "i32x4", 8: "i64x2" } as const;

/**
 * How many bytes an element has.
 *
 * @param dtype Its dtype.
 */
export function widthOf(dtype: DType): LaneWidth {
  return WIDTHS[dtype];
}

/**
 * Whether elements of a dtype are integers.
 *
 * @param dtype The dtype.
 */
export function isInteger(dtype: DType): dtype is IntegerDType {
  return dtype.includes("int");
}

/**
 * Whether the first bit of an integer is its sign.
 *
 * @param dtype The integer's dtype.
 */
export function isSigned(dtype: DType): boolean {
  return dtype.startsWith("int");
}

/**
 * Applies an instruction on integers.
 *
 * @param graph The graph.
 * @param width How wide the lanes are.
 * @param name The instruction without its shape, such as `add`.
 * @param args Its operands.
 */
export function integerOp(graph: Graph, width: LaneWidth, name: string, ...args: Value[]): Value {
  return graph.op(`${SHAPES[width]}.${name}`, ...args);
}

/**
 * Lanes that are all equal.
 *
 * @param graph The graph.
 * @param width How wide the lanes are.
 * @param value What they hold, modulo 2 to the bits of a lane.
 */
export function splat(graph: Graph, width: LaneWidth, value: number | bigint): Value {
  switch (width) {
    case 1:
      return graph.i8(Number(BigInt.asIntN(8, BigInt(value))));
    case 2:
      return graph.i16(Number(BigInt.asIntN(16, BigInt(value))));
    case 4:
      return graph.i32(Number(BigInt.asIntN(32, BigInt(value))));
    case 8:
      return graph.i64(BigInt.asIntN(64, BigInt(value)));
  }
}

/**
 * What every lane of a constant holds.
 *
 * @param graph The graph.
 * @param value Any vector.
 * @param width How wide the lanes are.
 * @returns The number, as a signed one, or undefined where lanes differ or are known only when the module runs.
 */
export function literalOf(graph: Graph, value: Value, width: LaneWidth): bigint | undefined {
  const node = graph.nodes[value];
  if (node.kind !== "constant" || node.bytes.some((byte, k) => byte !== node.bytes[k % width])) {
    return undefined;
  }
  const lane = node.bytes.slice(0, width).reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);
  return BigInt.asIntN(8 * width, lane);
}

/**
 * Takes lanes from one of two vectors.
 *
 * @param graph The graph.
 * @param width How wide the lanes are.
 * @param mask All bits of a lane set, or none.
 * @param yes What lanes get whose mask is set.
 * @param no What the others get.
 */
export function selectLanes(graph: Graph, width: LaneWidth, mask: Value, yes: Value, no: Value): Value {
  // Machines agree on this instruction as long as a lane of the mask is all ones or all zeros.
  return integerOp(graph, width, "relaxed_laneselect", yes, no, mask);
}
