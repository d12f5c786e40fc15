/**
 * Lanes of float32 computed as float64: what is rounded once at the end is right to half a unit in the last place, but for
 * the error of the computation.
 *
 * @module
 */

import type { Graph, Value } from "./graph.ts";

/**
 * Computes float32 lanes in float64.
 *
 * @param graph The graph.
 * @param compute What is computed of two lanes of float64.
 * @param args Vectors of float32.
 * @returns A vector of float32.
 */
export function inFloat64(
  graph: Graph,
  compute: (...args: Value[]) => Value,
  ...args: readonly Value[]
): Value {
  const half = (pick: (arg: Value) => Value) =>
    graph.op(
      "f32x4.demote_f64x2_zero",
      compute(...args.map((arg) => graph.op("f64x2.promote_low_f32x4", pick(arg)))),
    );
  const low = half((arg) => arg);
  // A vector may stand for two elements only.
  if (graph.elements <= 2) return low;
  const high = half((arg) => graph.shuffle(arg, arg, [1, 1]));
  return graph.shuffle(low, high, [0, 2]);
}
