import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { SharedNdArray, WorkerPool } from "../../mod.ts";
import { WorkerError } from "../../src/errors.ts";
import { planTiles } from "../../src/plan/tile_plan.ts";
import { ControlBlock } from "../../src/run/control_block.ts";
import type { PoolJob } from "../../src/run/pool_run.ts";
import { resolveWorkers } from "../../src/run/pool_checks.ts";
import { mapInTime, withDeadline } from "../deadline.ts";
import { inlineKernel } from "../kernels/inline.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const count = inlineKernel("export default ({ a }) => { a.fill(a.get(0) + 1) }");
const slow = inlineKernel(
  "export default ({ a }) => new Promise((resolve) => setTimeout(() => resolve(a.fill(1) && undefined), 50))",
);

Deno.test("a pool has as many workers as asked for, or as the machine has cores", async () => {
  await using three = new WorkerPool({ workers: 3 });
  await using machine = new WorkerPool();
  assertEquals([three.size, machine.size], [3, navigator.hardwareConcurrency]);
  assertEquals([resolveWorkers(), resolveWorkers(512)], [navigator.hardwareConcurrency, 512]);
});

Deno.test("a pool serves many runs", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const a = SharedNdArray.zeros([6]);
  for (let run = 1; run <= 50; run++) {
    const { report } = await mapInTime(count, { outputs: { a }, tile: [1], pool });
    assertEquals(report.workers.reduce((sum, { tiles }) => sum + tiles, 0), 6);
    assertEquals([...a.values()], new Array(6).fill(run));
  }
});

Deno.test("runs that are started at once on one pool take place one after another", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const a = SharedNdArray.zeros([8]);
  const doubling = inlineKernel("export default ({ a }) => { a.fill(2 * a.get(0)) }");
  await Promise.all([
    mapInTime(slow, { outputs: { a }, tile: [4], pool }),
    mapInTime(count, { outputs: { a }, tile: [1], pool }),
    mapInTime(doubling, { outputs: { a }, tile: [1], pool }),
    mapInTime(count, { outputs: { a }, tile: [1], pool }),
  ]);
  assertEquals([...a.values()], new Array(8).fill((1 + 1) * 2 + 1));
});

Deno.test("a run that fails does not fail the one that waits behind it", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const a = SharedNdArray.zeros([4]);
  const failing = inlineKernel("export default () => { throw new Error('no') }");
  const [first, second] = await Promise.allSettled([
    mapInTime(failing, { inputs: { a }, tile: [1], pool }),
    mapInTime(count, { outputs: { a }, tile: [1], pool }),
  ]);
  assertEquals([first.status, second.status], ["rejected", "fulfilled"]);
  assertEquals([...a.values()], [1, 1, 1, 1]);
});

Deno.test("a run that was aborted while it waited does not take place", async () => {
  await using pool = new WorkerPool({ workers: 1 });
  const a = SharedNdArray.zeros([4]), b = SharedNdArray.zeros([4]);
  const controller = new AbortController(), reason = new Error("changed my mind");
  const first = mapInTime(slow, { outputs: { a }, pool });
  const second = mapInTime(count, { outputs: { a: b }, pool, signal: controller.signal });
  let firstIsDone = false;
  first.then(() => firstIsDone = true);
  controller.abort(reason);
  assertStrictEquals(await assertRejects(() => second), reason);
  assertEquals(firstIsDone, false, "an abort does not wait for its turn");
  await first;
  assertEquals([[...a.values()], [...b.values()]], [[1, 1, 1, 1], [0, 0, 0, 0]]);
});

Deno.test("a run may use fewer workers than the pool has", async () => {
  await using pool = new WorkerPool({ workers: 3 });
  const a = SharedNdArray.zeros([9]);
  const { report } = await mapInTime(count, { outputs: { a }, tile: [1], pool, workers: 2, exact: true });
  assertEquals(report.workers.map(({ worker }) => worker), [0, 1]);
});

Deno.test("all workers of a pool work at the same time", async () => {
  await using pool = new WorkerPool({ workers: 4 });
  const a = SharedNdArray.zeros([12]);
  // A tile ends when four have begun: no worker can do two before each of the others has one.
  const meeting = inlineKernel(`export default async ({ a }) => {
    a.fill(1);
    while (a.data.filter((begun) => begun).length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
  }`);
  const { report } = await mapInTime(meeting, { outputs: { a }, tile: [1], pool, grain: 1, exact: true });
  assert(report.workers.every(({ tiles }) => tiles > 0), Deno.inspect(report.workers));
});

Deno.test("a closed pool refuses runs, and can be closed again", async () => {
  const pool = new WorkerPool({ workers: 2 });
  await pool.close();
  await pool.close();
  const a = SharedNdArray.zeros([4]);
  await assertRejects(() => mapInTime(count, { outputs: { a }, pool }), WorkerError, "The pool is closed");
});

Deno.test("closing a pool fails the run under way and those that wait", async () => {
  const pool = new WorkerPool({ workers: 2 });
  const a = SharedNdArray.zeros([100]);
  const runs = [slow, count].map((kernel) => mapInTime(kernel, { outputs: { a }, tile: [1], pool }));
  const settled = Promise.allSettled(runs);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await withDeadline(pool.close(), () => "close() waits", 2000);
  const [first, second] = (await settled).map((result) =>
    result.status === "rejected" ? result.reason : undefined
  );
  assert(
    first instanceof WorkerError && first.message.includes("closed while a run was under way"),
    `${first}`,
  );
  assert(second instanceof WorkerError && second.message.includes("The pool is closed"), `${second}`);
});

Deno.test("a pool that is disposed of is closed", async () => {
  let outlived: WorkerPool;
  {
    await using pool = new WorkerPool({ workers: 1 });
    outlived = pool;
  }
  const a = SharedNdArray.zeros([4]);
  await assertRejects(() => mapInTime(count, { outputs: { a }, pool: outlived }), WorkerError, "closed");
});

Deno.test("a job given to the pool itself comes back with the part of each worker, in order", async () => {
  await using pool = new WorkerPool({ workers: 3 });
  const a = SharedNdArray.zeros([60]);
  const control = ControlBlock.create(3);
  const job: PoolJob = {
    kernel: { kind: "module", url: count.href, inputs: [], outputs: ["a"], halo: null, isTileByTile: false },
    plan: planTiles(a.shape, { tile: [1], workers: 3, itemBytes: 8 }),
    range: { begin: 0, end: 60 },
    arrays: { a: a.handle() },
    shared: {},
    memories: { read: new Set(), written: new Set([a.handle().source]) },
    control,
    bytes: a.byteLength,
    workers: 3,
    exact: true,
    tileTimeout: Infinity,
    loadTimeout: Infinity,
    retries: 0,
    debug: false,
  };
  const parts = await withDeadline(
    pool.begin(job).done,
    () => `${control.tilesClaimed()} claimed, ${control.tilesDone()} done, stop ${control.isStopRequested()}`,
  );
  assertEquals(parts.map(({ worker }) => worker), [0, 1, 2]);
  assertEquals(parts.reduce((sum, { tiles }) => sum + tiles, 0), 60);
  assertEquals([control.tilesDone(), a.data.every((value) => value === 1)], [60, true]);
});
