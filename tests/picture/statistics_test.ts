import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { SharedNdArray, slice } from "../../mod.ts";
import { cellsOf } from "../../src/picture/cells.ts";
import { Statistics } from "../../src/picture/statistics.ts";
import { Seeded } from "../seeded.ts";

/** A quantile between two sorted values, as NumPy has it by default. */
function naiveQuantile(sorted: readonly number[], q: number): number {
  const place = q * (sorted.length - 1), low = Math.floor(place);
  return sorted[low] + (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]) * (place - low);
}

Deno.test("statistics are those of the finite elements, in one array or in several", () => {
  const seeded = new Seeded(8), random = () => seeded.word() / 2 ** 32;
  for (const size of [1, 2, 127, 128, 129, 1000, 5000]) {
    const values = Array.from({ length: size }, () => {
      const kind = random();
      return kind < 0.1 ? NaN : kind < 0.15 ? -Infinity : kind < 0.2 ? Infinity : 1e3 + 10 * random();
    });
    const array = SharedNdArray.from(values);
    const finite = values.filter(Number.isFinite).sort((a, b) => a - b);
    const whole = new Statistics(), parts = new Statistics(), grid = new Statistics();
    whole.add(array);
    const cut = Math.floor(size / 3);
    parts.add(array.view(slice(0, cut)));
    parts.add(array.view(slice(cut, null)));
    grid.addCells(cellsOf(array.reshape([-1, 1]).transpose()));
    for (const statistics of [whole, parts, grid]) {
      assertEquals(statistics.count, size);
      assertEquals(statistics.finite, finite.length);
      assertEquals(statistics.nan, values.filter(Number.isNaN).length);
      assertEquals(statistics.infinite, size - finite.length - statistics.nan);
      assertEquals(statistics.isSampled, false);
      if (finite.length === 0) {
        assertEquals([statistics.min, statistics.mean, statistics.std, statistics.quantile(0.5)], [
          null,
          null,
          null,
          null,
        ]);
        continue;
      }
      const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
      const variance = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0) / finite.length;
      assertEquals([statistics.min, statistics.max], [finite[0], finite[finite.length - 1]]);
      assertAlmostEquals(statistics.mean ?? NaN, mean, 1e-9);
      assertAlmostEquals(statistics.std ?? NaN, Math.sqrt(variance), 1e-9);
      for (const q of [0, 0.02, 0.25, 0.5, 0.98, 1]) {
        assertAlmostEquals(statistics.quantile(q) ?? NaN, naiveQuantile(finite, q), 1e-9);
      }
    }
  }
});

Deno.test("statistics of every dtype are of numbers", () => {
  for (const dtype of ["int8", "uint64", "int64", "float16", "float32", "uint8"] as const) {
    const statistics = new Statistics();
    statistics.add(SharedNdArray.arange(5).astype(dtype));
    assertEquals([statistics.min, statistics.mean, statistics.max], [0, 2, 4], dtype);
  }
  const truth = new Statistics();
  truth.add(SharedNdArray.from([true, true, false, true]));
  assertEquals([truth.min, truth.mean, truth.max], [0, 0.75, 1]);
});

Deno.test("quantiles of very many elements are of some, evenly spread", () => {
  const statistics = new Statistics(), count = 2 ** 22 + 1000;
  statistics.add(SharedNdArray.arange(count));
  assertEquals(statistics.isSampled, true);
  assert(Math.abs((statistics.quantile(0.5) ?? NaN) - count / 2) < count / 1000);
  assertEquals([statistics.min, statistics.max, statistics.finite], [0, count - 1, count]);
});
