import { assertEquals } from "@std/assert";
import { BIN_BLOCK, BinCounter, binRows } from "../../../src/kernel/order/bin_counts.ts";
import { BinFinder, type Bins, uniformBins } from "../../../src/kernel/order/bin_edges.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";
import { listPlan, listSource } from "./list_source.ts";

/** The definition: look at every bin. */
function slowBin({ edges }: Bins, value: number): number {
  const last = edges.length - 2;
  let bin = -1;
  for (let k = 0; k <= last; k++) {
    if (value >= edges[k] && (value < edges[k + 1] || (k === last && value === edges[k + 1]))) bin = k;
  }
  return bin;
}

function randomBins(random: Seeded): Bins {
  if (random.oneIn(2)) {
    const low = random.int(-40, 40) / 7, width = random.pick([0, 1e-300, 1e-9, 0.3, 10, 1e300]);
    const dtype = random.pick(["float64", "float32"] as const);
    const bins = uniformBins(
      random.int(1, 30),
      low,
      low + width,
      width > 0.1 && width < 1e30 ? dtype : "float64",
    );
    return bins;
  }
  const edges = random.ints(random.int(2, 12), -30, 30).sort((a, b) => a - b).map((edge) => edge / 4);
  return { edges, isUniform: false };
}

/** Values that like to lie on edges and beside them. */
function randomValue(random: Seeded, { edges }: Bins): number {
  if (random.oneIn(10)) return random.pick([NaN, Infinity, -Infinity, 0, -1e9]);
  const edge = random.pick(edges);
  if (random.oneIn(2)) return edge * (1 + random.int(-2, 2) * 2 ** -52);
  return edge + (random.word() / 2 ** 32 - 0.3) * (edges[edges.length - 1] - edges[0]);
}

Deno.test("a number's bin is the one whose edges enclose it", () => {
  forEachSeed(500, (random) => {
    const bins = randomBins(random), finder = new BinFinder(bins);
    for (let k = 0; k < 20; k++) {
      const value = randomValue(random, bins);
      const counts = new Float64Array(bins.edges.length - 1);
      finder.count(Float64Array.of(value), { begin: 0, count: 1, step: 1 }, counts, 0);
      assertEquals(counts.indexOf(1), slowBin(bins, value), `${value} among ${bins.edges}`);
    }
  });
});

Deno.test("counts are the same for all units, workers and ways of lying side by side", () => {
  forEachSeed(40, (random) => {
    const cells = random.int(1, random.oneIn(3) ? 600 : 5);
    const positions = random.int(1, random.oneIn(4) ? Math.ceil(3 * BIN_BLOCK / cells) : 20);
    const bins = randomBins(random), count = bins.edges.length - 1;
    const list = Float64Array.from({ length: cells * positions }, () => randomValue(random, bins));
    const expected = new Float64Array(cells * count);
    list.forEach((value, place) => {
      const bin = slowBin(bins, value);
      if (bin >= 0) expected[Math.floor(place / positions) * count + bin]++;
    });
    const plan = listPlan({
      cells,
      positions,
      unitCells: random.int(1, cells),
      unitPositions: random.int(Math.ceil(positions / 3), positions),
      contiguous: random.pick(["cells", "positions"]),
    });
    const workers = random.int(1, 3), rows = binRows(plan, workers), size = cells * count;
    const scratch = new Float64Array(BIN_BLOCK), counts = new Float64Array(rows * size);
    const counter = new BinCounter(plan, bins, listSource(plan, list, scratch), { scratch, counts });
    for (let unit = 0; unit < plan.cellUnits * plan.positionUnits; unit++) {
      counter.runUnit(unit, random.int(0, workers - 1));
    }
    const found = expected.map((_, k) => {
      let sum = 0;
      for (let row = 0; row < rows; row++) sum += counts[row * size + k];
      return sum;
    });
    assertEquals(found, expected);
  });
});
