/**
 * The multiply-add of the language: rounded once, also in strict mode, where no instruction does it.
 *
 * @module
 */

import { fastTwoSum, type Pair, twoProduct, twoSum } from "../exact.ts";
import { decompose, larger, powerOfTwo, scale, smaller } from "../exponents.ts";
import type { Graph, SimdFunction, Value } from "../graph.ts";
import { f32x4, f64x2, type FloatLanes } from "../lanes.ts";
import { inFloat64 } from "../widen.ts";

/** Where this function comes from, and the worst errors measured, in units in the last place. */
export const SOURCES: Record<string, { source: string; ulp64: number; ulp32: number }> = {
  fma: {
    source:
      "The machine's own instruction; in strict mode exact sums and products, of which the last but one " +
      "sum is rounded to odd (Boldo and Melquiond, 2008).",
    ulp64: 0.5,
    ulp32: 0.5,
  },
};

/**
 * A sum that is rounded to odd: if it is not exact, that one of the floats around it whose last bit is set.
 */
function roundedToOdd(f: FloatLanes, { high, low }: Pair): Value {
  const { graph } = f;
  const one = graph.i64(1n), zero = f.c(0);
  const isEven = graph.op("i64x2.eq", f.and(high, one), graph.i64(0n));
  // Positive where the exact sum is further from 0, which is up for the bits as an integer.
  const outwards = f.xor(low, f.and(high, f.c(-0)));
  // All bits set are -1.
  const step = f.or(f.and(f.gt(outwards, zero), one), f.lt(outwards, zero));
  return graph.op("i64x2.add", high, f.and(isEven, step));
}

/**
 * A product and a sum, as a float and a rest that is rounded to odd: the float nearest to both together is
 * right.
 */
function addProduct(f: FloatLanes, a: Value, b: Value, c: Value): Pair {
  const product = twoProduct(f, a, b);
  const small = twoSum(f, c, product.low), large = twoSum(f, product.high, small.high);
  return { high: large.high, low: roundedToOdd(f, twoSum(f, small.low, large.low)) };
}

/** Numbers that are so many bits smaller than others are only a hint of which way to round. */
const FAR = 300n;

/**
 * Any numbers: as significands, so that nothing is lost, and then rounded where the result's last bit will
 * be.
 */
const SCALED: SimdFunction = {
  name: "fma64 by significands",
  parameters: 3,
  build(graph, a, b, c) {
    const f = f64x2(graph);
    const add = (x: Value, y: Value) => graph.op("i64x2.add", x, y);
    const subtract = (x: Value, y: Value) => graph.op("i64x2.sub", x, y);
    const first = decompose(f, f.abs(a)), second = decompose(f, f.abs(b)), third = decompose(f, f.abs(c));
    const ofProduct = add(first.exponent, second.exponent);
    const ofC = f.select(f.eq(c, f.c(0)), subtract(ofProduct, graph.i64(FAR)), third.exponent);
    // What is below the last limit is 0 in any case.
    const exponent = larger(f, larger(f, ofProduct, subtract(ofC, graph.i64(FAR))), graph.i64(-1474n));
    const near = (x: Value) => powerOfTwo(graph, larger(f, subtract(x, exponent), graph.i64(-FAR)));
    const scaledA = f.copysign(f.mul(first.significand, near(ofProduct)), f.xor(a, b));
    const scaledC = f.and(f.copysign(f.mul(third.significand, near(ofC)), c), f.ne(c, f.c(0)));
    const sum = addProduct(f, scaledA, second.significand, scaledC);
    const result = scale(f, roundedTo(f, sum, exponent), exponent);
    return ofSpecial(f, a, b, c, result);
  },
};

/**
 * The float nearest to a sum that is a float too, or a subnormal one, once it is multiplied by a power of
 * two.
 */
function roundedTo(f: FloatLanes, exact: Pair, exponent: Value): Value {
  const { graph } = f;
  // Where the upper parts cancelled, all is in the lower one.
  const { high, low } = fastTwoSum(f, exact.high, exact.low);
  // The smallest normal number, divided by that power. Added to a smaller one it leaves a subnormal's bits.
  const negative = smaller(f, exponent, graph.i64(0n));
  const least = powerOfTwo(graph, graph.op("i64x2.sub", graph.i64(-1022n), negative));
  const base = f.and(f.copysign(least, high), f.le(f.abs(high), least));
  const sum = fastTwoSum(f, base, high);
  const rest = roundedToOdd(f, twoSum(f, sum.low, low));
  return f.copysign(f.sub(f.add(sum.high, rest), base), high);
}

/** Infinities, NaN and products that are zero. */
function ofSpecial(f: FloatLanes, a: Value, b: Value, c: Value, result: Value): Value {
  const isOrdinary = (x: Value) => f.and(f.gt(f.abs(x), f.c(0)), f.lt(f.abs(x), f.c(Infinity)));
  const isFinite = f.lt(f.abs(c), f.c(Infinity));
  return f.select(
    f.and(isOrdinary(a), isOrdinary(b)),
    f.select(isFinite, result, c),
    f.add(f.mul(a, b), c),
  );
}

/** In this range no intermediate result overflows, and none loses bits. */
const LEAST = 2 ** -900, MOST = 2 ** 1000;

/**
 * `a * b + c` for float64, rounded once; in default mode only where the machine has an instruction for it.
 *
 * @param graph The graph.
 * @param a Two float64.
 * @param b Two float64.
 * @param c Two float64.
 */
export function fmaExact64(graph: Graph, a: Value, b: Value, c: Value): Value {
  const f = f64x2(graph);
  if (!graph.strict) return f.fma(a, b, c);
  const { high, low } = addProduct(f, a, b, c), product = f.mul(a, b), magnitude = f.abs(product);
  const isBelow = (x: Value) => f.le(f.abs(x), f.c(MOST));
  const isPlain = [isBelow(a), isBelow(b), isBelow(c), isBelow(product), f.ge(magnitude, f.c(LEAST))]
    .reduce((all, condition) => f.and(all, condition));
  // Zeros are ordinary, and have signs.
  const isZero = f.or(f.eq(a, f.c(0)), f.eq(b, f.c(0)));
  const common = f.select(isZero, f.add(product, c), f.add(high, low));
  return graph.rare(f.not(f.or(isPlain, isZero)), common, SCALED, a, b, c);
}

/**
 * `a * b + c` for float32, likewise. The product is exact in float64, and the sum, rounded to odd, has enough
 * bits more for the second rounding to be right.
 *
 * @param graph The graph.
 * @param a Four float32.
 * @param b Four float32.
 * @param c Four float32.
 */
export function fmaExact32(graph: Graph, a: Value, b: Value, c: Value): Value {
  if (!graph.strict) return f32x4(graph).fma(a, b, c);
  const compute = (wideA: Value, wideB: Value, wideC: Value) => {
    const f = f64x2(graph);
    return roundedToOdd(f, twoSum(f, f.mul(wideA, wideB), wideC));
  };
  return inFloat64(graph, compute, a, b, c);
}
