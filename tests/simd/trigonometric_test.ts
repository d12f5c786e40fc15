import { cos32, cos64, sin32, sin64, tan32, tan64 } from "../../src/simd/functions/trigonometric.ts";
import { Seeded } from "../seeded.ts";
import { testFunction } from "./check_function.ts";
import { readRows, testOnPoints } from "./check_points.ts";

const TINY64 = 5e-324, TINY32 = 2 ** -149;
const NOT_FINITE: [number, number][] = [[Infinity, NaN], [-Infinity, NaN], [NaN, NaN]];
/** Where the sine and the tangent are their argument. */
const SMALL: [number, number][] = [[0, 0], [-0, -0], [TINY32, TINY32], [-TINY32, -TINY32], [
  2 ** -126,
  2 ** -126,
]];
const SMALL64: [number, number][] = [[TINY64, TINY64], [-TINY64, -TINY64], [2 ** -1022, 2 ** -1022]];

testFunction({
  name: "sin",
  float64: sin64,
  float32: sin32,
  math: Math.sin,
  bound: 1,
  range: [-200_000, 200_000],
  exact: [...NOT_FINITE, ...SMALL],
  exact64: SMALL64,
  exact32: [],
});

testFunction({
  name: "cos",
  float64: cos64,
  float32: cos32,
  math: Math.cos,
  bound: 1,
  range: [-200_000, 200_000],
  exact: [...NOT_FINITE, [0, 1], [-0, 1], [TINY32, 1], [-TINY32, 1]],
  exact64: [[TINY64, 1]],
  exact32: [],
});

testFunction({
  name: "tan",
  float64: tan64,
  float32: tan32,
  math: Math.tan,
  bound: 2,
  range: [-200_000, 200_000],
  exact: [...NOT_FINITE, ...SMALL],
  exact64: SMALL64,
  exact32: [],
});

const angles = { 64: await readRows("angles", 64), 32: await readRows("angles", 32) };

for (
  const [column, name, float64, float32, bound] of [
    [1, "sin", sin64, sin32, 1],
    [2, "cos", cos64, cos32, 1],
    [3, "tan", tan64, tan32, 2],
  ] as const
) {
  testOnPoints({
    title: `${name}: large angles, and those beside multiples of pi/2`,
    float64,
    float32,
    most: { 64: bound, 32: 1 },
    points: (width) => angles[width].map((row) => [row[0]]),
    wanted: (width, _args, point) => angles[width][point][column],
  });
}

testOnPoints({
  title: "sin: both sides of the limits at which the reduction changes",
  float64: sin64,
  float32: sin32,
  // JavaScript's is off by up to 1 itself.
  most: { 64: 2, 32: 1 },
  points() {
    const random = new Seeded(3);
    return [1607, 51_471, 26_353_589, 1_647_099].flatMap((limit) =>
      Array.from({ length: 500 }, () => [limit + random.int(-40, 40) / 8])
    );
  },
  wanted: (_width, [x]) => Math.sin(x),
});
