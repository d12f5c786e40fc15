/**
 * Bools while they are computed: masks whose lanes have all bits set or none, in lanes as wide as those of what the
 * mask was computed from, or of what it decides on.
 *
 * @module
 */

import type { DType } from "../dtype.ts";
import type { Graph, Value } from "./graph.ts";
import { extendLow, narrowLow } from "./resize.ts";
import { integerOp, type LaneWidth, selectLanes, splat, widthOf } from "./widths.ts";

/** How many bytes a lane of a mask has. */
export type MaskWidth = LaneWidth;

/**
 * Moves a mask to lanes of another width.
 *
 * @param graph The graph.
 * @param mask The mask.
 * @param from How wide its lanes are.
 * @param to How wide they become.
 * @returns A mask of the same elements.
 */
export function maskTo(graph: Graph, mask: Value, from: MaskWidth, to: MaskWidth): Value {
  return from <= to ? extendLow(graph, mask, from, to, true) : narrowLow(graph, mask, from, to);
}

/**
 * Whether numbers are neither 0 nor NaN.
 *
 * @param graph The graph.
 * @param value Elements of `from`; those of bool may be bytes as in arrays, or a mask of bytes.
 * @param from Their dtype.
 * @returns A mask with lanes as wide as those of `from`.
 */
export function toMask(graph: Graph, value: Value, from: DType): Value {
  switch (from) {
    case "float64":
      return graph.op("f64x2.gt", graph.op("f64x2.abs", value), graph.f64(0));
    case "float32":
      return graph.op("f32x4.gt", graph.op("f32x4.abs", value), graph.f32(0));
    case "float16":
      return isHalfTrue(graph, value);
    default: {
      const width = widthOf(from);
      return integerOp(graph, width, "ne", value, splat(graph, width, 0));
    }
  }
}

/** The magnitude has to be from 1 to that of infinity. */
function isHalfTrue(graph: Graph, value: Value): Value {
  const magnitude = graph.op("v128.and", value, graph.i16(0x7fff));
  return graph.op("i16x8.lt_u", graph.op("i16x8.sub", magnitude, graph.i16(1)), graph.i16(0x7c00));
}

/**
 * Bools as numbers.
 *
 * @param graph The graph.
 * @param mask The bools.
 * @param width How wide the lanes of the mask are.
 * @param to The dtype of the result; for bool it is bytes as in arrays.
 * @returns 1 where the mask is set, otherwise 0.
 */
export function fromMask(graph: Graph, mask: Value, width: MaskWidth, to: DType): Value {
  return graph.op("v128.and", maskTo(graph, mask, width, widthOf(to)), one(graph, to));
}

function one(graph: Graph, dtype: DType): Value {
  if (dtype === "float64") return graph.f64(1);
  if (dtype === "float32") return graph.f32(1);
  return splat(graph, widthOf(dtype), dtype === "float16" ? 0x3c00 : 1);
}

/**
 * A mask without the lanes that belong to no element, which hold anything: for deciding whether any lane needs something.
 *
 * @param graph The graph.
 * @param mask The mask.
 * @param width How wide its lanes are.
 */
export function ofElements(graph: Graph, mask: Value, width: MaskWidth): Value {
  const bytes = graph.elements * width;
  if (bytes >= 16) return mask;
  return graph.op(
    "v128.and",
    mask,
    graph.constant(Uint8Array.from({ length: 16 }, (_, k) => k < bytes ? 255 : 0)),
  );
}

/**
 * The lanes of a dtype whose elements a mask picks, and others elsewhere.
 *
 * @param graph The graph.
 * @param mask A mask with lanes as wide as those of the dtype.
 * @param yes What is taken where it is set.
 * @param no What is taken elsewhere.
 * @param dtype The dtype of both; for bool they are masks of bytes.
 */
export function select(graph: Graph, mask: Value, yes: Value, no: Value, dtype: DType): Value {
  return selectLanes(graph, widthOf(dtype), mask, yes, no);
}
