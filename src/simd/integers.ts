/**
 * Arithmetic, comparisons and bits of integers of every dtype. Results wrap.
 *
 * @module
 */

import type { DType, IntegerDType } from "../dtype.ts";
import type { Graph, Value } from "./graph.ts";
import { modulo, remainder } from "./integer_division.ts";
import { power } from "./integer_power.ts";
import { multiply } from "./integer_product.ts";
import { shift } from "./integer_shift.ts";
import { integerOp, isInteger, isSigned, selectLanes, splat, widthOf } from "./widths.ts";

export { powLiteralInteger } from "./integer_power.ts";
export { shift, type ShiftCall, shiftLiteral } from "./integer_shift.ts";

/** What an operation computes of lanes of a dtype. */
type Meaning = (graph: Graph, dtype: IntegerDType, ...args: Value[]) => Value;

/** An instruction that exists for lanes of each width and does not depend on the sign. */
function instruction(name: string): Meaning {
  return (graph, dtype, ...args) => integerOp(graph, widthOf(dtype), name, ...args);
}

function bits(name: string): Meaning {
  return (graph, _, ...args) => graph.op(`v128.${name}`, ...args);
}

const same: Meaning = (_, __, value) => value;

const MEANINGS: ReadonlyMap<string, Meaning> = new Map(Object.entries({
  add: instruction("add"),
  sub: instruction("sub"),
  mul: multiply,
  neg: instruction("neg"),
  abs: (graph, dtype, a) => isSigned(dtype) ? integerOp(graph, widthOf(dtype), "abs", a) : a,
  sign,
  min: (graph, dtype, a, b) => extreme(graph, dtype, "min", a, b),
  max: (graph, dtype, a, b) => extreme(graph, dtype, "max", a, b),
  rem: remainder,
  mod: modulo,
  pow: power,
  fma: (graph, dtype, a, b, c) => integerOp(graph, widthOf(dtype), "add", multiply(graph, dtype, a, b), c),
  bitAnd: bits("and"),
  bitOr: bits("or"),
  bitXor: bits("xor"),
  bitNot: bits("not"),
  shl: (graph, dtype, a, counts) => shift(graph, "shl", a, counts, dtype),
  shr: (graph, dtype, a, counts) => shift(graph, "shr", a, counts, dtype),
  ushr: (graph, dtype, a, counts) => shift(graph, "ushr", a, counts, dtype),
  clz32: leadingZeros,
  floor: same,
  ceil: same,
  trunc: same,
  round: same,
  rint: same,
}));

/**
 * An operation whose arguments and result are integers of one dtype.
 *
 * @param graph The graph.
 * @param name The operation's name in programs.
 * @param dtype The dtype.
 * @param args Its arguments, in the first lanes.
 * @returns The result, wrapped to the dtype.
 */
export function integerCall(
  graph: Graph,
  name: string,
  dtype: DType,
  args: readonly Value[],
): Value {
  const meaning = MEANINGS.get(name);
  if (meaning === undefined || !isInteger(dtype)) {
    throw new Error(`There is no operation ${name} of ${dtype}`);
  }
  return meaning(graph, dtype, ...args);
}

/** Comparisons for which the sign counts; for unsigned integers of 64 bits there is no instruction. */
const ORDERED: ReadonlySet<string> = new Set(["lt", "le", "gt", "ge"]);

/**
 * Compares integers.
 *
 * @param graph The graph.
 * @param name The comparison: `eq`, `ne`, `lt`, `le`, `gt` or `ge`.
 * @param dtype The dtype of both.
 * @param a The left side.
 * @param b The right side.
 * @returns A mask with lanes as wide as those of the dtype.
 */
export function integerCompare(graph: Graph, name: string, dtype: DType, a: Value, b: Value): Value {
  if (!isInteger(dtype)) throw new Error(`Elements of ${dtype} are not compared as integers`);
  const width = widthOf(dtype);
  if (!ORDERED.has(name)) return integerOp(graph, width, name, a, b);
  if (dtype !== "uint64") return integerOp(graph, width, `${name}_${isSigned(dtype) ? "s" : "u"}`, a, b);
  // With the first bit turned, unsigned numbers have the order of signed ones.
  const turned = (x: Value) => graph.op("v128.xor", x, graph.i64(-(2n ** 63n)));
  return integerOp(graph, width, `${name}_s`, turned(a), turned(b));
}

/** Masks are -1 where they are set. */
function sign(graph: Graph, dtype: IntegerDType, a: Value): Value {
  const width = widthOf(dtype), zero = splat(graph, width, 0);
  if (!isSigned(dtype)) {
    return graph.op("v128.and", integerOp(graph, width, "ne", a, zero), splat(graph, width, 1));
  }
  return integerOp(
    graph,
    width,
    "sub",
    integerOp(graph, width, "lt_s", a, zero),
    integerOp(graph, width, "gt_s", a, zero),
  );
}

function extreme(graph: Graph, dtype: IntegerDType, name: "min" | "max", a: Value, b: Value): Value {
  const width = widthOf(dtype);
  if (width < 8) return integerOp(graph, width, `${name}_${isSigned(dtype) ? "s" : "u"}`, a, b);
  const isA = integerCompare(graph, name === "min" ? "lt" : "gt", dtype, a, b);
  return selectLanes(graph, width, isA, a, b);
}

function leadingZeros(graph: Graph, dtype: IntegerDType, a: Value): Value {
  if (widthOf(dtype) !== 4) throw new Error(`There is no operation clz32 of ${dtype}`);
  return graph.lanes("i32.clz", "i32x4", "i32x4", a);
}
