import { assertEquals } from "@std/assert";
import { hypot32, hypot64 } from "../../src/simd/functions/hypot.ts";
import { Seeded } from "../seeded.ts";
import { anyNumber, testOnPoints } from "./check_points.ts";
import { compileLanes } from "./run_lanes.ts";

const golden: Record<"a" | "b" | "y", number[]> = JSON.parse(
  await Deno.readTextFile(new URL("../fixtures/math/hypot.json", import.meta.url)),
);

testOnPoints({
  title: "hypot: golden points",
  float64: hypot64,
  float32: hypot32,
  most: { 64: 2, 32: 1 },
  points: () => golden.a.map((x, k) => [x, golden.b[k]]),
  wanted: (width, [x, y], point) => width === 64 ? golden.y[point] : Math.hypot(x, y),
});

const EXACT = [
  [3, 4, 5],
  [-5, 12, 13],
  [0, 0, 0],
  [-0, -0, 0],
  [-0, 7, 7],
  [2 ** -149, -0, 2 ** -149],
  [3 * 2 ** -140, 4 * 2 ** -140, 5 * 2 ** -140],
  [3 * 2 ** 120, 4 * 2 ** 120, 5 * 2 ** 120],
  [Infinity, NaN, Infinity],
  [NaN, -Infinity, Infinity],
  [-Infinity, 1, Infinity],
  [1, NaN, NaN],
  [NaN, 0, NaN],
];
const EXACT64 = [
  [3 * 2 ** -1074, 4 * 2 ** -1074, 5 * 2 ** -1074],
  [3 * 2 ** -600, 4 * 2 ** -600, 5 * 2 ** -600],
  [3 * 2 ** 1000, 4 * 2 ** 1000, 5 * 2 ** 1000],
  [Number.MAX_VALUE, 0, Number.MAX_VALUE],
  [Number.MAX_VALUE, Number.MAX_VALUE, Infinity],
  [Number.MAX_VALUE, 5e-324, Number.MAX_VALUE],
];
const EXACT32 = [[3e38, 3e38, Infinity]];
const exact = { 64: [...EXACT, ...EXACT64], 32: [...EXACT, ...EXACT32] };

testOnPoints({
  title: "hypot: exact results",
  float64: hypot64,
  float32: hypot32,
  most: { 64: 0, 32: 0 },
  points: (width) => exact[width].map(([x, y]) => [x, y]),
  wanted: (width, _args, point) => exact[width][point][2],
});

testOnPoints({
  title: "hypot: random points",
  float64: hypot64,
  float32: hypot32,
  // JavaScript's is off by up to 2 itself.
  most: { 64: 4, 32: 1 },
  points(width) {
    const random = new Seeded(width);
    return Array.from({ length: 20_000 }, (_, k) => {
      const x = anyNumber(random, width);
      return [x, k % 3 === 0 ? anyNumber(random, width) : x * (random.word() / 2 ** 30 - 2)];
    });
  },
  // Where one number is much larger, it is the result; both together may be too large or small for
  // JavaScript's.
  wanted: (_width, [x, y]) => Math.hypot(x, y),
});

Deno.test("hypot: it does not matter which argument is first", () => {
  const run = compileLanes(2, hypot64), random = new Seeded(5);
  const [x, y] = [0, 1].map(() => Float64Array.from({ length: 1000 }, () => random.word() / 2 ** 28));
  assertEquals(new Float64Array(run(x, y)), new Float64Array(run(y, x)));
});
