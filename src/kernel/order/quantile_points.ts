/**
 * What a quantile is made of: the places of a sorted list that it lies between, and how far. Only numbers.
 *
 * The places are those of NumPy: `(n - 1) q`, and between two of them a straight line for `linear`.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";

/**
 * What a quantile is when it falls between two elements: on the straight line between them, the lower, the higher or
 * the nearest of them, or halfway.
 *
 * @example
 * ```ts
 * import { quantile, type QuantileMethod, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([0, 10]), methods: QuantileMethod[] = ["linear", "lower", "higher", "midpoint"];
 * const found = await Promise.all(methods.map((method) => quantile(a, 0.25, { method })));
 * assertEquals(found.map((value) => value.item()), [2.5, 0, 10, 5]);
 * ```
 */
export type QuantileMethod = "linear" | "lower" | "higher" | "nearest" | "midpoint";

/** The names of all methods. */
export const QUANTILE_METHODS: readonly QuantileMethod[] = [
  "linear",
  "lower",
  "higher",
  "nearest",
  "midpoint",
];

/** What is asked for: quantiles by one of the methods, or the median, which NumPy rounds in a way of its own. */
export interface QuantileWish {
  /** From 0 to 1. */
  readonly q: readonly number[];
  readonly method: QuantileMethod | "median";
  /** Whether NaN is passed over. Otherwise a cell with NaN has the quantile NaN. */
  readonly skipNaN: boolean;
  /** The dtype of the elements: in it NumPy subtracts neighbours of a quantile, and adds those of a median. */
  readonly dtype: DType;
}

/** Where a quantile lies among sorted elements. */
export interface QuantilePoint {
  /** The place of the element below. */
  readonly lower: number;
  /** The place of the element above; the same, or the next. */
  readonly upper: number;
  /** How far it is from one to the other, from 0 to 1. */
  readonly part: number;
}

/**
 * Where a quantile lies among `count` sorted elements.
 *
 * @param q From 0 to 1.
 * @param method Which element, or what between two.
 * @param count How many elements there are; at least 1.
 */
export function quantilePoint(q: number, method: QuantileWish["method"], count: number): QuantilePoint {
  const place = (count - 1) * q, below = Math.floor(place), above = Math.min(below + 1, count - 1);
  switch (method) {
    case "lower":
      return at(below);
    case "higher":
      return at(Math.ceil(place));
    case "nearest":
      return at(roundHalfToEven(place));
    case "median":
      return count % 2 === 1 ? at((count - 1) / 2) : { lower: count / 2 - 1, upper: count / 2, part: 0.5 };
    case "midpoint":
      return place === below ? at(below) : { lower: below, upper: above, part: 0.5 };
    case "linear":
      return { lower: below, upper: above, part: place - below };
  }
}

function at(place: number): QuantilePoint {
  return { lower: place, upper: place, part: 0 };
}

function roundHalfToEven(value: number): number {
  const floor = Math.floor(value), rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** Rounds a number as arithmetic in a dtype of floats does. */
export type Rounding = (value: number) => number;

const exactly: Rounding = (value) => value;

/** How a wish's arithmetic rounds: in float32 for float32, and as NumPy's in float16. */
export function roundingOf({ method, dtype }: Pick<QuantileWish, "method" | "dtype">): Rounding {
  if (dtype === "float32") return Math.fround;
  // NumPy adds the two neighbours of a median of float16 in float32.
  if (dtype === "float16") return method === "median" ? Math.fround : Math.f16round;
  return exactly;
}

/**
 * The value between two neighbours. It is NumPy's to the bit for finite elements. Between infinite ones NumPy mostly
 * gives NaN; here it is the infinity that the weighted mean of both is, and NaN only between -Infinity and Infinity.
 *
 * @param a The element below.
 * @param b The element above.
 * @param part How far from `a` to `b`.
 * @param method The method.
 * @param round How arithmetic rounds.
 * @returns Never -0.
 */
export function between(
  a: number,
  b: number,
  part: number,
  method: QuantileWish["method"],
  round: Rounding,
): number {
  if (part === 0 || a === b) return a + 0;
  if (method === "median") return round(round(a + b) / 2) + 0;
  const distance = round(b - a);
  if (!Number.isFinite(distance)) return a * (1 - part) + b * part;
  return (part >= 0.5 ? b - distance * (1 - part) : a + distance * part) + 0;
}
