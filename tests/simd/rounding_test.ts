import { round32, round64, sign32, sign64 } from "../../src/simd/functions/rounding.ts";
import { Seeded } from "../seeded.ts";
import { anyNumber, testOnPoints } from "./check_points.ts";

const SPECIAL = [0, 0.5, 0.49999999999999994, 0.49999997, 1.5, 2.5, 2 ** 22 + 0.5, 2 ** 23 + 1, 2 ** 51 + 0.5]
  .concat([2 ** 52 + 1, 2 ** 53 - 1, 1e300, 5e-324, 2 ** -149, 0.9999999999999999, Infinity, NaN])
  .flatMap((x) => [x, -x]);

for (
  const [name, float64, float32, math] of [
    ["round", round64, round32, Math.round],
    ["sign", sign64, sign32, Math.sign],
  ] as const
) {
  testOnPoints({
    title: `${name}: exactly as JavaScript's`,
    float64,
    float32,
    most: { 64: 0, 32: 0 },
    points(width) {
      const random = new Seeded(width);
      const drawn = Array.from({ length: 20_000 }, () => anyNumber(random, width));
      return [...SPECIAL, ...drawn].map((x) => [x]);
    },
    wanted: (_width, [x]) => math(x),
  });
}
