import { exp232, exp264, exp32, exp64, expm132, expm164 } from "../../src/simd/functions/exp.ts";
import { testFunction } from "./check_function.ts";

const TINY64 = 5e-324, TINY32 = 2 ** -149;

testFunction({
  name: "exp",
  float64: exp64,
  float32: exp32,
  math: Math.exp,
  bound: 1,
  range: [-760, 715],
  exact: [[0, 1], [-0, 1], [Infinity, Infinity], [-Infinity, 0], [NaN, NaN], [TINY32, 1], [-TINY32, 1], [
    -1e30,
    0,
  ]],
  exact64: [
    [TINY64, 1],
    [-TINY64, 1],
    [709.7827128933841, Infinity],
    [Number.MAX_VALUE, Infinity],
    [-Number.MAX_VALUE, 0],
    [-745.2, 0],
    [-744.8, TINY64],
  ],
  exact32: [[88.73, Infinity], [3e38, Infinity], [-104, 0], [-103.2, TINY32]],
});

testFunction({
  name: "exp2",
  float64: exp264,
  float32: exp232,
  math: (x) => 2 ** x,
  bound: 1,
  range: [-1090, 1040],
  exact: [
    [0, 1],
    [-0, 1],
    [Infinity, Infinity],
    [-Infinity, 0],
    [NaN, NaN],
    ...Array.from({ length: 277 }, (_, k): [number, number] => [k - 149, 2 ** (k - 149)]),
  ],
  exact64: [
    ...Array.from({ length: 2098 }, (_, k): [number, number] => [k - 1074, 2 ** (k - 1074)]),
    [1024, Infinity],
    [Number.MAX_VALUE, Infinity],
    [-1075.5, 0],
    [-Number.MAX_VALUE, 0],
  ],
  exact32: [[128, Infinity], [3e38, Infinity], [-150.5, 0], [-3e38, 0]],
});

testFunction({
  name: "expm1",
  float64: expm164,
  float32: expm132,
  math: Math.expm1,
  bound: 2,
  range: [-60, 715],
  exact: [
    [0, 0],
    [-0, -0],
    [Infinity, Infinity],
    [-Infinity, -1],
    [NaN, NaN],
    [TINY32, TINY32],
    [-TINY32, -TINY32],
    [-1e30, -1],
    [-50, -1],
  ],
  exact64: [
    [TINY64, TINY64],
    [-TINY64, -TINY64],
    [2 ** -1022, 2 ** -1022],
    [709.7827128933841, Infinity],
    [Number.MAX_VALUE, Infinity],
    [-Number.MAX_VALUE, -1],
  ],
  exact32: [[88.73, Infinity], [3e38, Infinity], [-18, -1]],
});
