/**
 * Products of integers.
 *
 * @module
 */

import type { IntegerDType } from "../dtype.ts";
import type { Graph, Value } from "./graph.ts";
import { integerOp, widthOf } from "./widths.ts";

/**
 * The product, modulo 2 to the bits of the dtype.
 *
 * There is no instruction for bytes. A product of 16 bits has in its lower byte the product of the lower bytes; and with 0
 * in the lower byte of one factor, it has in its upper byte the product of that one's upper byte and the other's lower.
 *
 * @param graph The graph.
 * @param dtype The dtype.
 * @param a A factor.
 * @param b The other.
 */
export function multiply(graph: Graph, dtype: IntegerDType, a: Value, b: Value): Value {
  const width = widthOf(dtype);
  if (width > 1) return integerOp(graph, width, "mul", a, b);
  const upper = graph.i16(0xff00);
  const even = graph.op("v128.andnot", graph.op("i16x8.mul", a, b), upper);
  const odd = graph.op("i16x8.mul", graph.op("v128.and", a, upper), graph.shift("i16x8.shr_u", b, 8));
  return graph.op("v128.or", even, odd);
}
