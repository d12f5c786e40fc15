import { assertEquals } from "@std/assert";
import { mean, reduce, SharedNdArray, variance, WorkerPool } from "../../mod.ts";

Deno.test("a report counts the units of all passes, and not what is made of what they give", async () => {
  const a = SharedNdArray.random([300, 64, 64], { seed: 1 });
  const one = await reduce("sum", a, { axis: 0 });
  const average = await reduce("mean", a, { axis: 0 });
  assertEquals([average.report.tiles, average.report.grain], [one.report.tiles, 1]);
  const spread = await reduce("var", a, { axis: 0 });
  assertEquals([spread.report.tiles, spread.report.shape], [2 * one.report.tiles, [300, 64, 64]]);

  await using pool = new WorkerPool({ workers: 2 });
  const { report } = await reduce("mean", a, { axis: 0, pool, exact: true });
  assertEquals(report.workers.reduce((sum, { tiles }) => sum + tiles, 0), report.tiles);
});

Deno.test("an expression is reduced without an array for its values", async () => {
  const a = SharedNdArray.random([200, 40, 50], { seed: 1 }),
    b = SharedNdArray.random([200, 40, 50], { seed: 2 });
  const { report } = await reduce("sum", "(a - b) ** 2", { a, b });
  const inputs = a.data.buffer.byteLength + b.data.buffer.byteLength;
  // What units leave is a page of memory; the values would be 3.2 MB.
  assertEquals([report.memory.shared - inputs, report.memory.copied], [65_536, 0]);
});

Deno.test("a variance without edges stores what it is of, once, and gives it back", async () => {
  const z = SharedNdArray.random([500, 400], { seed: 3 });
  const options = { boundary: "none" } as const;
  const found = await variance("z(0, 1) - z(0, -1)", { z }, options);
  const average = await mean("z(0, 1) - z(0, -1)", { z }, options);
  const squares = await mean("(z(0, 1) - z(0, -1) - m) ** 2", { z, m: average.item() }, options);
  assertEquals(Math.abs(found.item() - squares.item()) < 1e-15, true);
});
