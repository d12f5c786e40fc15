/**
 * Which instructions compute an operation of floats.
 *
 * @module
 */

import type { CallNode } from "../plan/expr/program.ts";
import { fmaExact32, fmaExact64 } from "../simd/functions/fused.ts";
import { powLiteral32, powLiteral64 } from "../simd/functions/pow.ts";
import { FLOAT_FUNCTIONS } from "../simd/functions/table.ts";
import type { Graph, Value } from "../simd/graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../simd/lanes.ts";

/** Operations that are one instruction of the machine. */
const INSTRUCTIONS = [
  "add",
  "sub",
  "mul",
  "div",
  "neg",
  "abs",
  "min",
  "max",
  "sqrt",
  "floor",
  "ceil",
  "trunc",
] as const satisfies readonly (keyof FloatLanes)[];

/**
 * Builds an operation of floats.
 *
 * @param graph The graph.
 * @param node The operation.
 * @param dtype The dtype of its arguments and its result.
 * @param args The arguments.
 */
export function floatCall(
  graph: Graph,
  { name, args: nodes }: CallNode,
  dtype: "float32" | "float64",
  args: readonly Value[],
): Value {
  const isSingle = dtype === "float32";
  const f = isSingle ? f32x4(graph) : f64x2(graph);
  const [a, b, c] = args;
  const instruction = INSTRUCTIONS.find((known) => known === name);
  if (instruction !== undefined) {
    const apply: (...args: Value[]) => Value = f[instruction];
    return apply(...args);
  }
  if (name === "rint") return f.nearest(a);
  if (name === "fma") return (isSingle ? fmaExact32 : fmaExact64)(graph, a, b, c);
  if (name === "pow") {
    const exponent = nodes[1];
    if (exponent.kind === "literal") {
      const short = (isSingle ? powLiteral32 : powLiteral64)(graph, a, Number(exponent.value));
      if (short !== undefined) return short;
    }
  }
  const fn = FLOAT_FUNCTIONS.get(name);
  if (fn === undefined) throw new Error(`${name} is no operation of floats`);
  return fn[dtype](graph, ...(isSingle ? args.map((arg) => onlyElements(graph, arg)) : args));
}

/**
 * Puts elements into the lanes that stand for none, whose contents would otherwise decide whether what is rare is
 * computed.
 */
function onlyElements(graph: Graph, value: Value): Value {
  return graph.elements === 2 ? graph.shuffle(value, value, [0, 0]) : value;
}
