/**
 * The reduction of large angles by multiples of pi/2 after Payne and Hanek (Radian reduction for
 * trigonometric functions, 1983): as many bits of 2/pi as matter for the result are multiplied exactly.
 *
 * @module
 */

import { twoProduct, twoSum } from "../exact.ts";
import type { Graph, Value } from "../graph.ts";
import type { FloatLanes } from "../lanes.ts";

/** An angle as `quadrant * pi/2 + high + low`. */
export interface Angle {
  /** Integers as wide as the lanes, of which the last two bits count. */
  readonly quadrant: Value;
  /** From -pi/4 to pi/4, or a little beyond. */
  readonly high: Value;
  /** What `high` lacks, where it counts. */
  readonly low?: Value;
}

/**
 * The bytes of 2/pi from the highest on, by bench/coefficients/trigonometric.py; the first 8 are before the
 * point.
 */
const TWO_OVER_PI = "0000000000000000a2f9836e4e441529fc2757d1f534ddc0db6295993c439041" +
  "fe5163abdebbc561b7246e3a424dd2e006492eea09d1921cfe1deb1cb129a73ee88235f52ebb4484e99c7026b45f7e41" +
  "3991d639835339f49c845f8bbdf9283b1ff897ffde05980fef2f118b5a0a6d1f6d367ecf27cb09b74f463f669e5fea2d" +
  "7527bac7ebe5f17b3d0739f78a5292ea6bfb5fb11f8d5d0856033046fc7b6bab";

/** pi/2 as a sum. */
const HALF_PI = [1.5707963267948966, 6.123233995736766e-17] as const;

const LOW_WORD = 0xffff_ffffn;

/**
 * Reduces angles.
 *
 * @param f Lanes of float64.
 * @param x Angles of at least 2**24; infinities and NaN give NaN.
 */
export function reduceLarge(f: FloatLanes, x: Value): Angle {
  const { graph } = f;
  const columns = productWords(graph, significandWords(f, x), windowWords(f, x));
  // The point is between the words 5 and 6; rounding up makes the fraction negative.
  const top = columns[5], carry = graph.shift("i64x2.shr_u", top, 31);
  const signed = f.sub(toFloat(f, f.xor(top, graph.i64(1n << 31n))), f.c(2 ** 31));
  const word = (k: number) => f.mul(toFloat(f, columns[k]), f.c(2 ** (32 * (k - 6))));
  const first = twoSum(f, f.mul(signed, f.c(2 ** -32)), word(4));
  const turns = twoSum(f, first.high, f.add(first.low, f.add(word(3), word(2))));
  const product = twoProduct(f, turns.high, f.c(HALF_PI[0]));
  const low = f.fma(turns.high, f.c(HALF_PI[1]), f.fma(turns.low, f.c(HALF_PI[0]), product.low));
  return {
    quadrant: graph.op("i64x2.add", columns[6], carry),
    // What is subtracted is 0, or NaN.
    high: f.add(product.high, f.sub(x, x)),
    low,
  };
}

/**
 * The exponent of `x` less that of the bits of 2/pi that are before the window: the window begins at a byte.
 */
function windowPosition(f: FloatLanes, x: Value): { first: Value; shift: Value } {
  const { graph } = f;
  // What is multiplied by 4 or more in units of pi/2 is left out. x is an integer times 2 ** (biased exponent
  // - 1075).
  const exponent = graph.op(
    "i64x2.sub",
    graph.shift("i64x2.shr_u", f.abs(x), 52),
    graph.i64(1075n + 2n - 64n),
  );
  return { first: graph.shift("i64x2.shr_u", exponent, 3), shift: f.and(exponent, graph.i64(7n)) };
}

/**
 * The significand as an integer, times 2 ** (2 + shift) for its place in the window's first byte: two words.
 */
function significandWords(f: FloatLanes, x: Value): Value[] {
  const { graph } = f;
  const { shift } = windowPosition(f, x);
  const exponent = graph.shift("i64x2.shl", graph.op("i64x2.add", shift, graph.i64(1075n + 2n)), 52);
  const integer = f.or(f.and(x, graph.i64((1n << 52n) - 1n)), exponent);
  const high = f.floor(f.mul(integer, f.c(2 ** -32)));
  return [toInteger(f, f.sub(integer, f.mul(high, f.c(2 ** 32)))), toInteger(f, high)];
}

/** 192 bits of 2/pi, as six words from the lowest on. */
function windowWords(f: FloatLanes, x: Value): Value[] {
  const { graph } = f;
  const first = graph.op("i64x2.mul", windowPosition(f, x).first, graph.i64(0x0101_0101_0101_0101n));
  return [16, 8, 0].flatMap((from) => {
    // The bytes of a float64's lane in memory begin with the lowest.
    const places = Uint8Array.from({ length: 8 }, (_, k) => from + 7 - k);
    const bytes = lookUp(graph, graph.op("i8x16.add", first, graph.constant(places)));
    return [f.and(bytes, graph.i64(LOW_WORD)), graph.shift("i64x2.shr_u", bytes, 32)];
  });
}

/** The bytes of 2/pi at given places: of the table's pieces all but one give 0. */
function lookUp(graph: Graph, places: Value): Value {
  const pieces = (TWO_OVER_PI.match(/.{32}/g) ?? []).map((text, k) => {
    const bytes = Uint8Array.from(
      { length: 16 },
      (_, byte) => parseInt(text.slice(2 * byte, 2 * byte + 2), 16),
    );
    const inPiece = graph.op("i8x16.sub", places, graph.i8(16 * k));
    return graph.op("i8x16.swizzle", graph.constant(bytes), inPiece);
  });
  return pieces.reduce((all, piece) => graph.op("v128.or", all, piece));
}

/** The words of a product of integers from the lowest on: of as many words as both have, all but the last. */
function productWords(graph: Graph, a: readonly Value[], b: readonly Value[]): Value[] {
  const sums: Value[] = [];
  const addTo = (column: number, term: Value) => {
    sums[column] = column in sums ? graph.op("i64x2.add", sums[column], term) : term;
  };
  a.forEach((first, i) => {
    b.forEach((second, j) => {
      const product = graph.op("i64x2.mul", first, second);
      addTo(i + j, graph.op("v128.and", product, graph.i64(LOW_WORD)));
      addTo(i + j + 1, graph.shift("i64x2.shr_u", product, 32));
    });
  });
  for (let k = 0; k < a.length + b.length - 1; k++) addTo(k + 1, graph.shift("i64x2.shr_u", sums[k], 32));
  return sums.slice(0, -1).map((sum) => graph.op("v128.and", sum, graph.i64(LOW_WORD)));
}

/** Integers below 2**52 that are floats, as integers. */
function toInteger(f: FloatLanes, x: Value): Value {
  return f.and(f.add(x, f.c(2 ** 52)), f.graph.i64(LOW_WORD));
}

/** Integers below 2**52 as floats. */
function toFloat(f: FloatLanes, x: Value): Value {
  return f.sub(f.or(x, f.c(2 ** 52)), f.c(2 ** 52));
}
