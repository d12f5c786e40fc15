import { assertEquals, assertRejects } from "@std/assert";
import {
  histogram,
  type HistogramOptions,
  IndexError,
  PlanError,
  SharedNdArray,
  ValueError,
  WorkerPool,
} from "../../mod.ts";
import { forEachSeed, Seeded } from "../seeded.ts";
import { assertPacked, casesOf, inSomeLayout, unpack } from "./order_cases.ts";

Deno.test("histograms have NumPy's counts, densities and edges", async () => {
  const cases = casesOf("histogram"), random = new Seeded(2);
  assertEquals(cases.length, 110);
  for (const [k, { array, options, expect }] of cases.entries()) {
    const message = `case ${k}: histogram of ${array.dtype} ${JSON.stringify(options)}`;
    const given = inSomeLayout(random, unpack(array));
    for (
      const { counts, edges } of [
        await histogram(given, options),
        await histogram("a", { a: given }, options),
      ]
    ) {
      assertPacked(counts, expect.counts, message);
      assertPacked(edges, expect.edges, message);
    }
  }
});

Deno.test("with an axis each cell is counted for itself, over the same edges", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const runs: Promise<void>[] = [];
  forEachSeed(40, (random) => {
    const array = SharedNdArray.random([random.int(1, 5), random.int(1, 40), random.int(1, 6)], {
      seed: random.seed,
    });
    const axis = random.pick([0, 1, -1, [0, 2], [2, 1]]), density = random.oneIn(2);
    const bins = random.pick([7, [0, 0.2, 0.3, 1]]),
      run = random.pick([{}, { pool, exact: true }, { tile: [3, 2] }]);
    const reduced = [axis].flat().map((own) => own < 0 ? own + 3 : own);
    const kept = [0, 1, 2].filter((own) => !reduced.includes(own));
    const cells = array.transpose([...kept, ...reduced]).copy();
    const rows = cells.reshape([kept.reduce((product, own) => product * array.shape[own], 1), -1]);
    const check = async () => {
      const options = { bins, axis, density, ...run } as HistogramOptions & { density: true };
      const { counts, edges } = await histogram(inSomeLayout(random, array), options);
      assertEquals(counts.shape, [...kept.map((own) => array.shape[own]), edges.size - 1]);
      const found = counts.reshape([rows.shape[0], edges.size - 1]);
      for (let row = 0; row < rows.shape[0]; row++) {
        const own = await histogram(rows.view(row), { bins: edges, density } as never);
        assertEquals(found.view(row).toNested(), own.counts.toNested());
      }
    };
    runs.push(check());
  });
  await Promise.all(runs);
});

Deno.test("counts do not depend on tiles, workers and layouts", async () => {
  await using pool = new WorkerPool({ workers: 3 });
  const array = SharedNdArray.random.normal([60, 50, 40], { seed: 2 }), random = new Seeded(3);
  const sorted = array.toTyped().sort(),
    { counts: expected, edges } = await histogram(array, { bins: 20, workers: 1 });
  const below = (edge: number) => sorted.findIndex((value) => value >= edge);
  const slow = Array.from(
    { length: 20 },
    (_, k) => (k === 19 ? sorted.length : below(edges.get(k + 1))) - below(edges.get(k)),
  );
  assertEquals([...expected.values()].map(Number), slow);
  for (const run of [{ workers: 2 }, { tile: [7, 11] }, { workers: 1, tile: [1] }]) {
    const { counts } = await histogram(inSomeLayout(random, array), { ...run, bins: 20, pool, exact: true });
    assertEquals(counts.toNested(), expected.toNested());
  }
});

Deno.test("NaN is in no bin, and hides the range unless it is passed over", async () => {
  const array = SharedNdArray.from([1, NaN, 3, 2]);
  assertEquals((await histogram(array, { bins: 2, range: [1, 3] })).counts.toNested(), [1n, 2n]);
  assertEquals((await histogram(array, { bins: [1, 2, 3] })).counts.toNested(), [1n, 2n]);
  assertEquals((await histogram(array, { bins: 2, skipNaN: true })).counts.toNested(), [1n, 2n]);
  await assertRejects(() => histogram(array), ValueError, "go from NaN to NaN");
  const infinite = SharedNdArray.from([1, Infinity]);
  await assertRejects(() => histogram(infinite, { skipNaN: true }), ValueError, "go from 1 to Infinity");
  assertEquals((await histogram(infinite, { bins: [0, 2, Infinity] })).counts.toNested(), [1n, 1n]);
});

Deno.test("elements that are all the same, or none at all", async () => {
  const same = await histogram(SharedNdArray.full([4], 3), { bins: 2 });
  assertEquals([same.edges.toNested(), same.counts.toNested()], [[2.5, 3, 3.5], [0n, 4n]]);
  const none = await histogram(SharedNdArray.zeros([0]), { bins: 2 });
  assertEquals([none.edges.toNested(), none.counts.toNested()], [[0, 0.5, 1], [0n, 0n]]);
  assertEquals((await histogram(SharedNdArray.zeros([3, 0]), { axis: 1 })).counts.shape, [3, 10]);
  assertEquals((await histogram(SharedNdArray.zeros([3, 0]), { axis: 0 })).counts.shape, [0, 10]);
  const nothing = await histogram(SharedNdArray.zeros([0]), { bins: 2, density: true });
  assertEquals(nothing.counts.toNested(), [NaN, NaN]);
  const bools = await histogram(SharedNdArray.from([true, false, true]), { bins: 2 });
  assertEquals([bools.edges.toNested(), bools.counts.toNested()], [[0, 0.5, 1], [1n, 2n]]);
  assertEquals((await histogram(SharedNdArray.full([], 3), { bins: 1 })).counts.toNested(), [1n]);
});

Deno.test("what makes no bins is refused", async () => {
  const array = SharedNdArray.ones([3]);
  for (const bins of [0, -1, 2.5, NaN, Infinity, "auto", {}, null]) {
    await assertRejects(() => histogram(array, { bins: bins as number }), ValueError, "The option bins");
  }
  await assertRejects(() => histogram(array, { bins: [0, 2, 1] }), ValueError, "1 follows 2");
  await assertRejects(() => histogram(array, { bins: [0, NaN] }), ValueError, "one is NaN");
  await assertRejects(() => histogram(array, { bins: [1] }), ValueError, "A bin has two edges");
  await assertRejects(() => histogram(array, { range: [2, 1] }), ValueError, "2 is more than 1");
  for (const range of [[0, Infinity], [NaN, 1], [1], 3, null]) {
    await assertRejects(
      () => histogram(array, { range: range as [number, number] }),
      ValueError,
      "two finite numbers",
    );
  }
  await assertRejects(
    () => histogram(array, { bins: [0, 1], range: [0, 1] }),
    PlanError,
    "for a number of bins",
  );
  await assertRejects(() => histogram(array, { density: 1 as never }), PlanError, "true or false");
  await assertRejects(() => histogram(array, { axis: 1 }), IndexError, "Axis 1");
  await assertRejects(() => histogram(array, 3 as never), PlanError, "must be an object");
});
