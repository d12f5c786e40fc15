import {
  acosh32,
  acosh64,
  asinh32,
  asinh64,
  atanh32,
  atanh64,
} from "../../src/simd/functions/inverse_hyperbolic.ts";
import { testFunction } from "./check_function.ts";

/** Small numbers that are their own results. */
const SMALL: readonly (readonly [number, number])[] = [
  ...[0, 2 ** -149, 2 ** -126, 2 ** -100],
].flatMap((x) => [[x, x], [-x, -x]]);
const SMALL64: readonly (readonly [number, number])[] = [5e-324, 2 ** -1022, 1e-300]
  .flatMap((x) => [[x, x], [-x, -x]]);

testFunction({
  name: "asinh",
  float64: asinh64,
  float32: asinh32,
  math: Math.asinh,
  bound: 2,
  range: [-1e4, 1e4],
  exact: [...SMALL, [Infinity, Infinity], [-Infinity, -Infinity], [NaN, NaN]],
  exact64: [
    ...SMALL64,
    [2 ** 511, Math.log(2 ** 512)],
    [-(2 ** 511), -Math.log(2 ** 512)],
    [Number.MAX_VALUE, 710.475860073944],
    [-Number.MAX_VALUE, -710.475860073944],
  ],
  exact32: [[3.4028234663852886e38, 89.41598623262829]],
});

testFunction({
  name: "acosh",
  float64: acosh64,
  float32: acosh32,
  math: Math.acosh,
  // JavaScript's own is off by more than that, but not on these points.
  bound: 2,
  range: [0.9, 1e4],
  exact: [
    [1, 0],
    [0.99, NaN],
    [0, NaN],
    [-0, NaN],
    [-1, NaN],
    [-3, NaN],
    [-1e30, NaN],
    [-Infinity, NaN],
    [Infinity, Infinity],
    [NaN, NaN],
  ],
  exact64: [
    [1 - 2 ** -53, NaN],
    [-Number.MAX_VALUE, NaN],
    [2 ** 511, Math.log(2 ** 512)],
    [Number.MAX_VALUE, 710.475860073944],
  ],
  exact32: [[3.4028234663852886e38, 89.41598623262829]],
});

testFunction({
  name: "atanh",
  float64: atanh64,
  float32: atanh32,
  math: Math.atanh,
  bound: 2,
  range: [-1, 1],
  exact: [
    ...SMALL,
    [1, Infinity],
    [-1, -Infinity],
    [1.5, NaN],
    [-1.5, NaN],
    [1e30, NaN],
    [Infinity, NaN],
    [-Infinity, NaN],
    [NaN, NaN],
  ],
  exact64: [...SMALL64, [1 + 2 ** -52, NaN], [1 - 2 ** -53, 18.714973875118524]],
  exact32: [[1 + 2 ** -23, NaN]],
});
