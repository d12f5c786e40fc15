/**
 * Powers of integers, modulo 2 to the bits of the dtype. With a negative exponent the result is truncated: 0, but for the
 * bases 1 and -1.
 *
 * @module
 */

import type { IntegerDType } from "../dtype.ts";
import type { Graph, SimdFunction, Value } from "./graph.ts";
import { multiply } from "./integer_product.ts";
import { ofElements } from "./masks.ts";
import { integerOp, isSigned, literalOf, selectLanes, splat, widthOf } from "./widths.ts";

/** How many bits of exponents are looked at before asking whether there are more: up to 31. */
const COMMON_BITS = 5;

/**
 * Powers with an exponent for each element, by squaring.
 *
 * @param graph The graph.
 * @param dtype The dtype of base and exponent.
 * @param base The bases.
 * @param exponent The exponents.
 */
export function power(graph: Graph, dtype: IntegerDType, base: Value, exponent: Value): Value {
  const width = widthOf(dtype);
  const literal = literalOf(graph, exponent, width);
  if (literal !== undefined) {
    return powLiteralInteger(
      graph,
      dtype,
      base,
      isSigned(dtype) ? literal : BigInt.asUintN(8 * width, literal),
    );
  }
  const common = bySquaring(graph, dtype, base, exponent, COMMON_BITS);
  const more = graph.op("v128.and", exponent, splat(graph, width, -(1n << BigInt(COMMON_BITS))));
  const isLarge = ofElements(graph, integerOp(graph, width, "ne", more, splat(graph, width, 0)), width);
  return graph.rare(isLarge, common, largePower(dtype), base, exponent);
}

/** Powers with any exponent. */
function largePower(dtype: IntegerDType): SimdFunction {
  const width = widthOf(dtype);
  return {
    name: `${dtype} power`,
    parameters: 2,
    build: (graph, base, exponent) => {
      if (!isSigned(dtype)) return bySquaring(graph, dtype, base, exponent, 8 * width);
      const isNegative = integerOp(graph, width, "lt_s", exponent, splat(graph, width, 0));
      const ones = negativePower(graph, dtype, base, exponent);
      return selectLanes(
        graph,
        width,
        isNegative,
        ones,
        bySquaring(graph, dtype, base, exponent, 8 * width - 1),
      );
    },
  };
}

function bySquaring(graph: Graph, dtype: IntegerDType, base: Value, exponent: Value, bits: number): Value {
  const width = widthOf(dtype);
  let square = base, product = splat(graph, width, 1);
  for (let k = 0; k < bits; k++) {
    const bit = splat(graph, width, 1n << BigInt(k));
    const isSet = integerOp(graph, width, "eq", graph.op("v128.and", exponent, bit), bit);
    const next = k === 0 ? base : multiply(graph, dtype, product, square);
    product = selectLanes(graph, width, isSet, next, product);
    if (k + 1 < bits) square = multiply(graph, dtype, square, square);
  }
  return product;
}

/** With a negative exponent: 1 for 1, for -1 the same or 1 if the exponent is even, otherwise 0. */
function negativePower(graph: Graph, dtype: IntegerDType, base: Value, exponent: Value): Value {
  const width = widthOf(dtype), one = splat(graph, width, 1), minusOne = splat(graph, width, -1);
  const and = (a: Value, b: Value) => graph.op("v128.and", a, b);
  const isOdd = integerOp(graph, width, "eq", and(exponent, one), one);
  const signs = graph.op("v128.or", isOdd, one);
  return graph.op(
    "v128.or",
    and(integerOp(graph, width, "eq", base, one), one),
    and(integerOp(graph, width, "eq", base, minusOne), signs),
  );
}

/**
 * Powers with one exponent for all elements, which takes fewer multiplications.
 *
 * @param graph The graph.
 * @param dtype The dtype.
 * @param base The bases.
 * @param exponent The exponent.
 */
export function powLiteralInteger(
  graph: Graph,
  dtype: IntegerDType,
  base: Value,
  exponent: number | bigint,
): Value {
  const width = widthOf(dtype);
  let rest = BigInt(exponent);
  if (rest < 0n) return negativePower(graph, dtype, base, splat(graph, width, rest));
  let square = base, product: Value | undefined;
  while (rest > 0n) {
    if (rest % 2n === 1n) product = product === undefined ? square : multiply(graph, dtype, product, square);
    rest /= 2n;
    if (rest > 0n) square = multiply(graph, dtype, square, square);
  }
  return product ?? splat(graph, width, 1);
}
