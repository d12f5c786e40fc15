import {
  acos32,
  acos64,
  asin32,
  asin64,
  atan232,
  atan264,
  atan32,
  atan64,
} from "../../src/simd/functions/inverse_trigonometric.ts";
import { Seeded } from "../seeded.ts";
import { testFunction } from "./check_function.ts";
import { anyNumber, testOnPoints } from "./check_points.ts";

const TINY64 = 5e-324, TINY32 = 2 ** -149, HALF_PI = Math.PI / 2;
const OUTSIDE: [number, number][] = [1.5, -1.5, 1e30, Infinity, -Infinity, NaN].map((x) => [x, NaN]);
const SMALL: [number, number][] = [[0, 0], [-0, -0], [TINY32, TINY32], [-TINY32, -TINY32], [
  2 ** -126,
  2 ** -126,
]];
const SMALL64: [number, number][] = [[TINY64, TINY64], [-TINY64, -TINY64], [2 ** -1022, 2 ** -1022]];

testFunction({
  name: "asin",
  float64: asin64,
  float32: asin32,
  math: Math.asin,
  bound: 2,
  range: [-1, 1],
  exact: [...OUTSIDE, ...SMALL, [1, HALF_PI], [-1, -HALF_PI]],
  exact64: [...SMALL64, [1 + 2 ** -52, NaN]],
  exact32: [[1 + 2 ** -23, NaN]],
});

testFunction({
  name: "acos",
  float64: acos64,
  float32: acos32,
  math: Math.acos,
  bound: 2,
  range: [-1, 1],
  exact: [...OUTSIDE, [1, 0], [-1, Math.PI], [0, HALF_PI], [-0, HALF_PI], [TINY32, HALF_PI]],
  exact64: [[1 + 2 ** -52, NaN], [-TINY64, HALF_PI]],
  exact32: [[1 + 2 ** -23, NaN]],
});

testFunction({
  name: "atan",
  float64: atan64,
  float32: atan32,
  math: Math.atan,
  bound: 2,
  range: [-100, 100],
  exact: [...SMALL, [NaN, NaN], [Infinity, HALF_PI], [-Infinity, -HALF_PI], [1e38, HALF_PI], [
    -1e38,
    -HALF_PI,
  ]],
  exact64: [...SMALL64, [Number.MAX_VALUE, HALF_PI]],
  exact32: [],
});

/** JavaScript's, which loses the sign of results that are too small. */
function reference(y: number, x: number): number {
  const angle = Math.atan2(y, x);
  return angle === 0 ? (y < 0 || Object.is(y, -0) ? -0 : 0) : angle;
}

const golden: Record<"a" | "b" | "y", number[]> = JSON.parse(
  await Deno.readTextFile(new URL("../fixtures/math/atan2.json", import.meta.url)),
);

testOnPoints({
  title: "atan2: golden points",
  float64: atan264,
  float32: atan232,
  most: { 64: 2, 32: 1 },
  points: () => golden.a.map((y, k) => [y, golden.b[k]]),
  wanted: (width, [y, x], point) => width === 64 ? golden.y[point] : Math.atan2(y, x),
});

const SPECIAL = [0, TINY64, TINY32, 0.5, 1, 3, 1e38, Number.MAX_VALUE, Infinity, NaN].flatMap((x) => [x, -x]);

testOnPoints({
  title: "atan2: zeros, infinities, NaN and extreme numbers in every pair",
  float64: atan264,
  float32: atan232,
  most: { 64: 1, 32: 1 },
  points: () => SPECIAL.flatMap((y) => SPECIAL.map((x) => [y, x])),
  wanted: (_width, [y, x]) => reference(y, x),
});

testOnPoints({
  title: "atan2: random points",
  float64: atan264,
  float32: atan232,
  // JavaScript's is off by up to 1 itself.
  most: { 64: 3, 32: 1 },
  points(width) {
    const random = new Seeded(width);
    return Array.from({ length: 20_000 }, (_, k) => {
      if (k % 4 === 0) return [anyNumber(random, width), anyNumber(random, width)];
      return [random.word() / 2 ** 31 - 1, (random.word() / 2 ** 31 - 1) * 2 ** (k % 3)];
    });
  },
  wanted: (_width, [y, x]) => reference(y, x),
});
