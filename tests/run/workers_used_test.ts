import { assert, assertEquals } from "@std/assert";
import { SharedNdArray, WorkerPool } from "../../mod.ts";
import { planTiles } from "../../src/plan/tile_plan.ts";
import { ControlBlock } from "../../src/run/control_block.ts";
import { KnownCosts } from "../../src/run/known_costs.ts";
import type { PoolJob } from "../../src/run/pool_run.ts";
import type { WorkerPart } from "../../src/run/protocol.ts";
import { mapInTime } from "../deadline.ts";
import { inlineKernel } from "../kernels/inline.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const cores = navigator.hardwareConcurrency;

const marking = inlineKernel("export default ({ a }) => { a.fill(1) }");

/** Works for as many milliseconds as its tile says. */
const working = inlineKernel(`export default ({ ms }) => {
  const end = performance.now() + ms.data[ms.offset];
  while (performance.now() < end);
}`);

Deno.test("more workers than cores do their part, and the report says that they shared them", async () => {
  const workers = cores + 3;
  await using pool = new WorkerPool({ workers });
  const a = SharedNdArray.zeros([200]);
  const { report } = await mapInTime(marking, { outputs: { a }, tile: [1], pool, exact: true });
  assertEquals([report.workersAsked, report.workersUsed, report.cores], [workers, workers, cores]);
  assertEquals(report.notes, [`${workers} workers shared ${cores} cores`]);
  assertEquals(report.workers.reduce((sum, { tiles }) => sum + tiles, 0), 200);
  assert(a.data.every((value) => value === 1));
});

Deno.test("as many workers as cores, or fewer, are nothing to be noted", async () => {
  await using pool = new WorkerPool({ workers: cores + 1 });
  const a = SharedNdArray.zeros([200]);
  const { report } = await mapInTime(marking, {
    outputs: { a },
    tile: [1],
    pool,
    workers: cores,
    exact: true,
  });
  assertEquals([report.workersAsked, report.workersUsed, report.notes], [cores, cores, []]);
});

Deno.test("a tiny map on a warm pool uses fewer workers than asked, unless exact asks for all", async () => {
  await using pool = new WorkerPool({ workers: 3 });
  const a = SharedNdArray.zeros([6]);
  const used: number[] = [];
  for (let k = 0; k < 40; k++) {
    const exact = k % 2 === 0;
    const { report } = await mapInTime(marking, { outputs: { a }, tile: [1], pool, exact });
    assertEquals([report.workersAsked, report.workers.length], [3, report.workersUsed]);
    if (exact) assertEquals(report.workersUsed, 3);
    else used.push(report.workersUsed);
  }
  // A tile that the machine took a core away from seems to be worth further workers.
  const one = used.filter((count) => count === 1);
  assert(one.length > used.length / 2, `used ${used}`);
});

Deno.test("a run that is worth it uses all workers, also of a kernel that was fast before", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const ms = SharedNdArray.zeros([60]);
  for (let k = 0; k < 5; k++) await mapInTime(working, { inputs: { ms }, tile: [1], pool });
  ms.fill(2);
  // It seems small at first: the second worker comes some milliseconds later.
  const late = await mapInTime(working, { inputs: { ms }, tile: [1], pool });
  assertEquals(late.report.workersUsed, 2);
  assert(late.report.workers.every(({ tiles }) => tiles > 10), Deno.inspect(late.report.workers));
  const known = await mapInTime(working, { inputs: { ms }, tile: [1], pool });
  assert(known.report.workers.every(({ tiles }) => tiles > 10), Deno.inspect(known.report.workers));
});

Deno.test("the workers that are enough follow from what the same kernel and tile took before", () => {
  const costs = new KnownCosts();
  const moduleAt = (url: string): PoolJob["kernel"] => ({
    kind: "module",
    url,
    inputs: [],
    outputs: [],
    halo: null,
    isTileByTile: false,
  });
  const jobOf = (tiles: number, more: Partial<PoolJob> = {}): PoolJob => ({
    kernel: moduleAt("file:///a.ts"),
    plan: planTiles([tiles], { tile: [1], workers: 2, itemBytes: 8 }),
    range: { begin: 0, end: tiles },
    arrays: {},
    shared: {},
    memories: { read: new Set(), written: new Set() },
    control: ControlBlock.create(2),
    bytes: 0,
    workers: 2,
    exact: false,
    tileTimeout: Infinity,
    loadTimeout: Infinity,
    retries: 0,
    debug: false,
    ...more,
  });
  const partOf = (busyMs: number): WorkerPart => ({
    worker: 0,
    tiles: 1,
    grain: 1,
    busyMs,
    copied: 0,
    heapPeak: 0,
    rssPeak: 0,
    retried: 0,
    valueTiles: [],
    values: [],
  });
  assertEquals(costs.enoughFor(jobOf(10)), Infinity);
  costs.learn(jobOf(0), []);
  assertEquals(costs.enoughFor(jobOf(10)), Infinity);
  costs.learn(jobOf(10), [partOf(0.25), partOf(0.75)]);
  assertEquals([1, 3, 4, 10, 1000].map((tiles) => costs.enoughFor(jobOf(tiles))), [1, 1, 2, 5, 500]);
  assertEquals(costs.enoughFor(jobOf(10, { exact: true })), Infinity);
  const [other, wider] = [
    jobOf(10, { kernel: moduleAt("file:///b.ts") }),
    jobOf(10, { plan: planTiles([10], { tile: [2], workers: 2, itemBytes: 8 }) }),
  ];
  assertEquals([costs.enoughFor(other), costs.enoughFor(wider)], [Infinity, Infinity]);
  costs.learn(jobOf(10), [partOf(0)]);
  assertEquals(costs.enoughFor(jobOf(1000)), 1);
});
