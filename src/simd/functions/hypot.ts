/**
 * The hypotenuse: the square root of a sum of squares.
 *
 * @module
 */

import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";

/** Where these functions come from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  hypot: {
    source:
      "The square root of the sum of squares; where a square is too large or too small, with both numbers " +
      "times a power of two. Float32 is computed in float64.",
    ulp64: 1.2,
    ulp32: 0.51,
  },
};

/** Multiply-adds would make it depend on the order of the arguments. */
function squares(f: FloatLanes, x: Value, y: Value): Value {
  return f.add(f.mul(x, x), f.mul(y, y));
}

/** One infinity is enough, even beside NaN. */
function withInfinities(f: FloatLanes, x: Value, y: Value, length: Value): Value {
  const infinity = f.c(Infinity);
  return f.select(f.or(f.eq(f.abs(x), infinity), f.eq(f.abs(y), infinity)), infinity, length);
}

/** Where a square is too large or too small: with both numbers times a power of two. */
const SCALED: SimdFunction = {
  name: "hypot64 of the large and the small",
  parameters: 2,
  build(graph, x, y) {
    const f = f64x2(graph);
    const isLarge = f.or(f.gt(f.abs(x), f.c(1)), f.gt(f.abs(y), f.c(1)));
    const down = f.c(2 ** -600), up = f.c(2 ** 600);
    const factor = f.select(isLarge, down, up), back = f.select(isLarge, up, down);
    const length = f.sqrt(squares(f, f.mul(x, factor), f.mul(y, factor)));
    return withInfinities(f, x, y, f.mul(length, back));
  },
};

/**
 * `sqrt(x * x + y * y)` for float64, without overflow or underflow on the way, within 1.2 units in the last
 * place.
 *
 * @param graph The graph.
 * @param x Two float64.
 * @param y Two float64.
 */
export function hypot64(graph: Graph, x: Value, y: Value): Value {
  const f = f64x2(graph), sum = squares(f, x, y);
  const isPlain = f.and(f.ge(sum, f.c(2 ** -960)), f.le(sum, f.c(Number.MAX_VALUE)));
  const isZero = f.eq(f.or(x, y), f.c(0));
  return graph.rare(f.not(f.or(isPlain, isZero)), f.sqrt(sum), SCALED, x, y);
}

/**
 * `sqrt(x * x + y * y)` for float32, in float64, where the squares are exact: within 0.51 units in the last
 * place.
 *
 * @param graph The graph.
 * @param x Four float32.
 * @param y Four float32.
 */
export function hypot32(graph: Graph, x: Value, y: Value): Value {
  const length = inFloat64(
    graph,
    (wideX, wideY) => {
      const f = f64x2(graph);
      return f.sqrt(squares(f, wideX, wideY));
    },
    x,
    y,
  );
  return withInfinities(f32x4(graph), x, y, length);
}
