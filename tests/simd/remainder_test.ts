import { mod32, mod64, rem32, rem64 } from "../../src/simd/functions/remainder.ts";
import { Seeded } from "../seeded.ts";
import { anyNumber, readRows, testOnPoints } from "./check_points.ts";

const rows = { 64: await readRows("remainders", 64), 32: await readRows("remainders", 32) };

for (
  const [column, name, float64, float32] of [[2, "rem", rem64, rem32], [3, "mod", mod64, mod32]] as const
) {
  testOnPoints({
    title: `${name}: exactly as NumPy's`,
    float64,
    float32,
    most: { 64: 0, 32: 0 },
    points: (width) => rows[width].map(([x, y]) => [x, y]),
    wanted: (width, _args, point) => rows[width][point][column],
  });
}

testOnPoints({
  title: "rem: exactly as JavaScript's",
  float64: rem64,
  float32: rem32,
  most: { 64: 0, 32: 0 },
  points(width) {
    const random = new Seeded(width);
    return Array.from({ length: 20_000 }, (_, k) => {
      const x = anyNumber(random, width);
      if (k % 2 === 0) return [x, anyNumber(random, width)];
      // Quotients about the limits at which there is another way, and almost integers.
      return [x, x / (2 ** random.pick([0, 1, 20, 29, 50, 51, 52]) + random.int(-9, 9) / 2)];
    });
  },
  wanted: (_width, [x, y]) => x % y,
});
