import { cosh32, cosh64, sinh32, sinh64, tanh32, tanh64 } from "../../src/simd/functions/hyperbolic.ts";
import { testFunction } from "./check_function.ts";

const TINY64 = 5e-324, TINY32 = 2 ** -149;

testFunction({
  name: "sinh",
  float64: sinh64,
  float32: sinh32,
  math: Math.sinh,
  bound: 2,
  range: [-715, 715],
  exact: [
    [0, 0],
    [-0, -0],
    [Infinity, Infinity],
    [-Infinity, -Infinity],
    [NaN, NaN],
    [TINY32, TINY32],
    [-TINY32, -TINY32],
    [1e30, Infinity],
    [-1e30, -Infinity],
  ],
  exact64: [
    [TINY64, TINY64],
    [-TINY64, -TINY64],
    [2 ** -1022, 2 ** -1022],
    [710.48, Infinity],
    [-710.48, -Infinity],
    [Number.MAX_VALUE, Infinity],
  ],
  exact32: [[89.42, Infinity], [-89.42, -Infinity], [-3e38, -Infinity]],
});

testFunction({
  name: "cosh",
  float64: cosh64,
  float32: cosh32,
  math: Math.cosh,
  bound: 2,
  range: [-715, 715],
  exact: [
    [0, 1],
    [-0, 1],
    [Infinity, Infinity],
    [-Infinity, Infinity],
    [NaN, NaN],
    [TINY32, 1],
    [-TINY32, 1],
    [-1e30, Infinity],
  ],
  exact64: [[TINY64, 1], [710.48, Infinity], [-710.48, Infinity], [Number.MAX_VALUE, Infinity]],
  exact32: [[89.42, Infinity], [-89.42, Infinity], [-3e38, Infinity]],
});

testFunction({
  name: "tanh",
  float64: tanh64,
  float32: tanh32,
  math: Math.tanh,
  bound: 2,
  range: [-25, 25],
  exact: [
    [0, 0],
    [-0, -0],
    [Infinity, 1],
    [-Infinity, -1],
    [NaN, NaN],
    [TINY32, TINY32],
    [-TINY32, -TINY32],
    [1e30, 1],
    [-1e30, -1],
    [25, 1],
    [-25, -1],
  ],
  exact64: [
    [TINY64, TINY64],
    [-TINY64, -TINY64],
    [2 ** -1022, 2 ** -1022],
    [3 * TINY64, 3 * TINY64],
    [Number.MAX_VALUE, 1],
    [-Number.MAX_VALUE, -1],
  ],
  exact32: [[3e38, 1], [-3e38, -1], [9.5, 1], [-9.5, -1]],
});
