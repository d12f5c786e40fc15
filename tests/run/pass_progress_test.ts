/** How far reductions are: told like the progress of a map, over all passes. */

import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  cumsum,
  histogram,
  max,
  mean,
  median,
  type Progress,
  quantile,
  reduce,
  SharedNdArray,
  sum,
  variance,
} from "../../mod.ts";
import { PassProgress } from "../../src/run/pass_progress.ts";

type Listening = { readonly onProgress: (progress: Progress) => void };

const a = SharedNdArray.random([600, 500], { seed: 1 }), nan = SharedNdArray.full([300, 200], NaN);
nan.set(0, 0, 1);
for (let row = 0; row < 300; row++) nan.set(row, 0, Infinity);
const long = SharedNdArray.random([2 ** 18 + 5], { seed: 2 }), empty = SharedNdArray.zeros([0, 3]);

const CALLS: Readonly<Record<string, (options: Listening) => Promise<unknown>>> = {
  sum: (options) => sum(a, { axis: 0, workers: 2, exact: true, ...options }),
  "the sum on this thread": (options) => sum(a, options),
  "max of an expression": (options) => max("a * a", { a }, options),
  mean: (options) => mean(a, { skipNaN: true, ...options }),
  variance: (options) => variance(a, { axis: 1, workers: 2, exact: true, ...options }),
  "variance without NaN": (options) => variance(a, { axis: 1, skipNaN: true, ...options }),
  "argmin with a second look": (options) => reduce("argmin", nan, { axis: 1, skipNaN: true, ...options }),
  median: (options) => median(a, { axis: 0, ...options }),
  "a median that is searched": (options) => median(long, options),
  quantiles: (options) => quantile(long, [0, 0.3, 1], { workers: 2, exact: true, ...options }),
  histogram: (options) => histogram(a, { bins: 5, ...options }),
  "a histogram with a range": (options) => histogram(a, { bins: 5, range: [0, 1], ...options }),
  cumsum: (options) => cumsum(a, { axis: 0, workers: 2, exact: true, ...options }),
  "cumsum of an expression": (options) => cumsum("a + 1", { a }, { axis: 0, ...options }),
  "a sum of nothing": (options) => sum(empty, { axis: 0, ...options }),
};

for (const [what, call] of Object.entries(CALLS)) {
  Deno.test(`progress goes up to all that there is: ${what}`, async () => {
    const told: Progress[] = [];
    await call({ onProgress: (progress) => told.push({ ...progress }) });
    const last = told[told.length - 1];
    assertEquals(last.done, last.total);
    if (!what.includes("nothing") && !what.startsWith("cumsum")) assert(last.total > 0);
    told.forEach(({ done, total, elapsedMs }, k) => {
      assert(done <= total, `${done} of ${total}`);
      if (k > 0) assert(done >= told[k - 1].done && elapsedMs >= told[k - 1].elapsedMs, JSON.stringify(told));
    });
  });
}

Deno.test("what onProgress of a reduction throws ends it", async () => {
  const stop = () => {
    throw new Error("enough");
  };
  for (const call of Object.values(CALLS)) {
    await assertRejects(() => call({ onProgress: stop }), Error, "enough");
  }
});

Deno.test("the units of a reduction are those of its report", async () => {
  let last: Progress | undefined;
  const options = { axis: 0, onProgress: (progress: Progress) => void (last = progress) };
  const { report } = await reduce("std", SharedNdArray.random([400, 1000], { seed: 3 }), options);
  assertEquals(last?.total, report.tiles);
});

Deno.test("passes that are expected count from the beginning, and others when they come", () => {
  const told: [done: number, total: number][] = [];
  const progress = new PassProgress(({ done, total }) => told.push([done, total]), 0);
  const pass = (...dones: number[]) => {
    const tell = progress.next();
    for (const done of dones) tell?.({ done, total: 4, elapsedMs: 0 });
  };
  progress.expect(2);
  pass(1, 4);
  pass(0, 4);
  // One that nobody expected.
  pass(2, 4);
  progress.finish();
  assertEquals(told, [[1, 8], [4, 8], [4, 8], [8, 8], [10, 12], [12, 12]]);
  progress.expect(3);
  pass(4);
  // Two that did not come.
  progress.finish();
  assertEquals(told.slice(6), [[16, 24], [16, 16]]);
  assertEquals(new PassProgress(undefined).next(), undefined);
});
