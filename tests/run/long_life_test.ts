import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { SharedNdArray, tiledMap, WorkerError, WorkerPool } from "../../mod.ts";
import { withDeadline } from "../deadline.ts";
import { inlineKernel } from "../kernels/inline.ts";
import {
  growthOf,
  type ManyPools,
  type ManyRuns,
  requireFlatPools,
  requireFlatRuns,
  runLong,
} from "./scripts/long_life.ts";

Deno.test.sanitizer({ ops: true, resources: true });

// A script's JSON is of the type that it says. `deno task soak` does the same with more runs and pools.

Deno.test("many runs on one pool, of which some fail and some are aborted, leave nothing behind", async () => {
  requireFlatRuns(await runLong("many_runs.ts", "1500") as ManyRuns);
});

Deno.test("many pools opened and closed leave nothing behind", async () => {
  requireFlatPools(await runLong("many_pools.ts", "web", "30") as ManyPools);
});

Deno.test("many pools of contained workers leave nothing behind", async () => {
  requireFlatPools(await runLong("many_pools.ts", "contained", "15") as ManyPools);
});

Deno.test("growth is seen where there is some, and not where there is none", () => {
  assertEquals(growthOf([10, 90, 100, 100, 120, 101, 100, 119, 100]), 0);
  assertEquals(growthOf([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]), 40);
});

/** Works for as many milliseconds as its tile says, without making room for anybody. */
const working = inlineKernel(`export default ({ ms }) => {
  const end = performance.now() + ms.data[ms.offset];
  while (performance.now() < end);
}`);

/** Starts a run of tiles that take some milliseconds each, and tells when it has ended. */
async function finishOf(pool: WorkerPool, tiles: number, ms: number): Promise<number> {
  await tiledMap(working, { inputs: { ms: SharedNdArray.zeros([tiles]).fill(ms) }, tile: [1], pool });
  return performance.now();
}

Deno.test("four runs at once share a pool fairly", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  await finishOf(pool, 4, 5);
  const began = performance.now();
  const runs = Array.from({ length: 4 }, () => finishOf(pool, 300, 2));
  const took = (await withDeadline(Promise.all(runs), () => "runs do not end")).map((end) => end - began);
  const first = Math.min(...took), last = Math.max(...took);
  assert(first > 0.75 * last, `the runs took ${took}`);
});

Deno.test("a short run that was started behind a long one ends long before it", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  await finishOf(pool, 4, 5);
  const began = performance.now();
  const long = finishOf(pool, 600, 2);
  await new Promise((resolve) => setTimeout(resolve, 50));
  const short = await finishOf(pool, 4, 1) - began, whole = await long - began;
  assert(short < whole / 2, `short ${short} ms, long ${whole} ms`);
});

Deno.test("runs that write what others use take place in the order of their calls, among others", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const a = SharedNdArray.zeros([40]), b = SharedNdArray.zeros([40]), c = SharedNdArray.zeros([40]);
  const kernel = (line: string) =>
    inlineKernel(`export default ({ x, y, z }) => {
      const end = performance.now() + 0.5;
      while (performance.now() < end);
      ${line}
    }`);
  const doubling = kernel("x.fill(2 * x.get(0) + 1)"), copying = kernel("y.fill(x.get(0))");
  const adding = kernel("z.fill(x.get(0) + y.get(0))");
  const order: string[] = [];
  const run = async (name: string, url: URL, inputs: Record<string, SharedNdArray>, x: SharedNdArray) => {
    const [output] = name;
    await tiledMap(url, { inputs, outputs: { [output]: x }, tile: [1], pool });
    order.push(name);
  };
  await withDeadline(
    Promise.all([
      run("x: 1", doubling, {}, a),
      run("y: 1", copying, { x: a }, b),
      run("x: 3", doubling, {}, a),
      finishOf(pool, 20, 1),
      run("z: 4", adding, { x: a, y: b }, c),
      run("y: 3", copying, { x: a }, b),
      run("x: 7", doubling, {}, a),
    ]),
    () => `only ${order} ended`,
  );
  const values = [a, b, c].map((array) => [...new Set(array.values())]);
  assertEquals(values, [[7], [3], [4]], `${order}`);
  assertEquals(order, ["x: 1", "y: 1", "x: 3", "z: 4", "y: 3", "x: 7"]);
});

Deno.test("disposing a pool during runs fails each of them with an error that says so", async () => {
  let pending: Promise<PromiseSettledResult<number>[]>;
  const began = performance.now();
  {
    await using pool = new WorkerPool({ workers: 2 });
    pending = Promise.allSettled([finishOf(pool, 500, 5), finishOf(pool, 500, 5), finishOf(pool, 500, 5)]);
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
  const outcomes = await withDeadline(pending, () => "a run did not settle", 2000);
  assert(performance.now() - began < 1500);
  for (const outcome of outcomes) {
    assertEquals(outcome.status, "rejected");
    const reason: unknown = outcome.status === "rejected" ? outcome.reason : undefined;
    assertInstanceOf(reason, WorkerError);
    assert(/^The pool (was closed while a run was under way|is closed)/.test(reason.message), reason.message);
  }
  const closed = new WorkerPool({ workers: 1 });
  await closed.close();
  await assertRejects(() => finishOf(closed, 1, 1), WorkerError, "The pool is closed");
});
