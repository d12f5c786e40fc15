import { assertEquals } from "@std/assert";
import { CellQuantiles, quantileScratch } from "../../../src/kernel/order/cell_quantiles.ts";
import {
  between,
  QUANTILE_METHODS,
  quantilePoint,
  type QuantileWish,
} from "../../../src/kernel/order/quantile_points.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";
import { listPlan, listSource } from "./list_source.ts";

/** The definition: sort, and look. */
function slowQuantile(cell: readonly number[], q: number, { method, skipNaN }: QuantileWish): number {
  const numbers = cell.filter((value) => !Number.isNaN(value)).sort((a, b) => a - b);
  if (numbers.length === 0 || (!skipNaN && numbers.length < cell.length)) return NaN;
  const { lower, upper, part } = quantilePoint(q, method, numbers.length);
  return between(numbers[lower], numbers[upper], part, method, Number);
}

function randomElement(random: Seeded): number {
  if (random.oneIn(40)) return random.pick([NaN, Infinity, -Infinity, 0, 1e300]);
  return random.int(-50, 50) / 8;
}

Deno.test("quantiles of cells are those of the sorted cells, whatever the units and the side by side", () => {
  forEachSeed(150, (random) => {
    const cells = random.int(1, 200), positions = random.int(1, random.oneIn(3) ? 150 : 12);
    const list = Float64Array.from({ length: cells * positions }, () => randomElement(random));
    const plan = listPlan({
      cells,
      positions,
      unitCells: random.int(1, cells),
      unitPositions: positions,
      contiguous: cells > 1 && random.oneIn(2) ? "cells" : "positions",
    });
    const wish: QuantileWish = {
      q: Array.from({ length: random.int(1, 4) }, () => random.pick([0, 1, 0.5, random.word() / 2 ** 32])),
      method: random.pick([...QUANTILE_METHODS, "median"] as const),
      skipNaN: random.oneIn(2),
      dtype: "float64",
    };
    const scratch = new Float64Array(quantileScratch(plan)), values = new Float64Array(cells * wish.q.length);
    const engine = new CellQuantiles(plan, wish, listSource(plan, list, scratch), { scratch, values });
    for (const unit of random.shuffled(Array.from({ length: plan.cellUnits }, (_, k) => k))) {
      engine.runUnit(unit);
    }
    const expected = wish.q.flatMap((q) =>
      Array.from(
        { length: cells },
        (_, cell) => slowQuantile([...list.subarray(cell * positions, (cell + 1) * positions)], q, wish),
      )
    );
    assertEquals([...values], expected);
  });
});

Deno.test("infinite neighbours give an infinity, and NaN only between both", () => {
  const linear = (a: number, b: number, part: number) => between(a, b, part, "linear", Number);
  assertEquals(linear(1, Infinity, 0), 1);
  assertEquals(linear(1, Infinity, 0.25), Infinity);
  assertEquals(linear(-Infinity, 2, 0.75), -Infinity);
  assertEquals(linear(Infinity, Infinity, 0.5), Infinity);
  assertEquals(linear(-Infinity, Infinity, 0.5), NaN);
  assertEquals(linear(-1e308, 1e308, 0.5), 0);
});
