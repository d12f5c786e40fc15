/**
 * The multiply-add of the language: rounded once, also in strict mode, where no instruction does it.
 *
 * @module
 */

import { type Pair, twoProduct, twoSum } from "../exact.ts";
import { decompose, larger, scale, smaller } from "../exponents.ts";
import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";

/** Where this function comes from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  fma: {
    source:
      "The machine's own instruction; in strict mode exact sums and products, of which the last but one sum is " +
      "rounded to odd (Boldo and Melquiond, 2008).",
    ulp64: 0.5,
    ulp32: 0.5,
  },
};

/** A sum that is rounded to odd: if it is not exact, that one of the floats around it whose last bit is set. */
function roundedToOdd(f: FloatLanes, { high, low }: Pair): Value {
  const { graph } = f;
  const one = graph.i64(1n), zero = f.c(0);
  const isEven = graph.op("i64x2.eq", f.and(high, one), graph.i64(0n));
  // Away from zero is up as an integer.
  const isAway = f.gt(f.mul(f.copysign(f.c(1), high), low), zero);
  const isToward = f.lt(f.mul(f.copysign(f.c(1), high), low), zero);
  const step = f.and(isEven, f.or(f.and(isAway, one), isToward));
  return graph.op("i64x2.add", high, step);
}

/** A sum of three, the first a product's upper part, as a float and a rest that is rounded to odd. */
function addProduct(f: FloatLanes, product: Pair, addend: Value): Pair {
  const small = twoSum(f, addend, product.low), large = twoSum(f, product.high, small.high);
  return { high: large.high, low: roundedToOdd(f, twoSum(f, small.low, large.low)) };
}

/** The number that has the magnitudes' bits where they are in the range in which nothing is lost. */
const LEAST = 2 ** -900, MOST = 2 ** 1000;

/** Any numbers: as significands, so that nothing is lost, and then rounded where the result's last bit will be. */
const SCALED: SimdFunction = {
  name: "fma64 by significands",
  parameters: 3,
  build(graph, a, b, c) {
    const f = f64x2(graph);
    const first = decompose(f, f.abs(a)), second = decompose(f, f.abs(b)), third = decompose(f, f.abs(c));
    const add = (x: Value, y: Value) => graph.op("i64x2.add", x, y);
    const subtract = (x: Value, y: Value) => graph.op("i64x2.sub", x, y);
    // 300 bits lie between numbers of which one is only a hint of what is left.
    const ofProduct = add(first.exponent, second.exponent);
    const addend = f.select(f.eq(c, f.c(0)), subtract(ofProduct, graph.i64(300n)), third.exponent);
    const exponent = larger(f, larger(f, ofProduct, subtract(addend, graph.i64(300n))), graph.i64(-1474n));
    const distance = larger(f, subtract(addend, exponent), graph.i64(-300n));
    const product = twoProduct(
      f,
      f.copysign(scale(f, first.significand, subtract(ofProduct, exponent)), f.xor(a, b)),
      second.significand,
    );
    const scaledC = f.select(f.eq(c, f.c(0)), c, f.copysign(scale(f, third.significand, distance), c));
    return f.c(0);
  },
};
