import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  iterate,
  mean,
  PlanError,
  quantile,
  RunRecorder,
  type RunTimeline,
  SharedNdArray,
  tiledMap,
  tiledReduce,
  TileError,
  TileTimeoutError,
  WorkerPool,
} from "../../mod.ts";
import { planTiles } from "../../src/plan/tile_plan.ts";
import { ControlBlock } from "../../src/run/control_block.ts";
import type { PhaseStart } from "../../src/run/recorded_phase.ts";

const NOTHING = new URL("data:text/javascript,export default () => {}");

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** What must hold of every timeline. */
function check(timeline: RunTimeline): void {
  const { elapsedMs, phases, memory } = timeline;
  for (const { beganMs, endedMs, parts, spans, tiles } of phases) {
    assert(beganMs >= 0 && endedMs >= beganMs && endedMs <= elapsedMs + 1e-6);
    for (const part of parts) {
      assert(part.beganMs <= part.readyMs && part.readyMs <= part.endedMs, Deno.inspect(part));
      assert(
        part.beganMs >= beganMs - 1 && part.endedMs <= endedMs + 1,
        Deno.inspect({ part, beganMs, endedMs }),
      );
    }
    for (const [name, column] of Object.entries(spans)) {
      if (typeof column !== "number") assertEquals(column.length, spans.length, name);
    }
    for (let k = 0; k < spans.length; k++) {
      const { worker, startMs, endMs, tile, extent } = spans;
      assert(parts.some((part) => part.worker === worker[k]));
      assert(startMs[k] <= endMs[k] && startMs[k] >= beganMs - 1 && endMs[k] <= endedMs + 1);
      assert(tile[k] >= 0 && tile[k] + extent[k] <= tiles);
    }
  }
  assertEquals(memory.ms.length, memory.rss.length);
  assert(memory.ms.every((ms, k) => k === 0 || ms >= memory.ms[k - 1]));
}

Deno.test("every tile of a module is in the timeline once, with its worker", async () => {
  const recorder = new RunRecorder();
  const inputs = { a: SharedNdArray.zeros([60, 4]) }, outputs = { b: "float32" } as const;
  const run = await tiledMap(NOTHING, { inputs, outputs, tile: [3, 2], workers: 2, exact: true, recorder });
  const timeline = recorder.timeline();
  check(timeline);
  const [{ name, spans, arrays, weight, grid }] = timeline.phases;
  assertEquals([name, weight, grid], ["map", null, [20, 2]]);
  assertEquals([...spans.tile].sort((a, b) => a - b), Array.from({ length: 40 }, (_, k) => k));
  assertEquals(arrays, [
    { name: "a", dtype: "float64", shape: [60, 4], bytes: 1920, isOutput: false },
    { name: "b", dtype: "float32", shape: [60, 4], bytes: 960, isOutput: true },
  ]);
  for (const { worker, tiles } of run.report.workers) {
    assertEquals(spans.worker.filter((own) => own === worker).length, tiles);
  }
});

Deno.test("calls for many tiles of an expression cover them once", async () => {
  const recorder = new RunRecorder();
  const inputs = { a: SharedNdArray.zeros([512, 512]), row: SharedNdArray.ones([512]) };
  await tiledMap("b = a + row", { inputs, tile: [4, 4], workers: 2, exact: true, recorder });
  const timeline = recorder.timeline();
  check(timeline);
  const [{ spans, arrays, weight }] = timeline.phases;
  assertEquals(sum(spans.tiles), 128 * 128);
  assertEquals(spans.extent, spans.tiles);
  assert(weight !== null && weight > 0);
  assertEquals(arrays.map(({ name, bytes, isOutput }) => [name, bytes, isOutput]), [
    ["a", 2 ** 21, false],
    ["row", 4096, false],
    ["b", 2 ** 21, true],
  ]);
});

Deno.test("the calling thread is worker -1", async () => {
  const recorder = new RunRecorder();
  const { report } = await tiledMap("b = a + 1", { inputs: { a: SharedNdArray.zeros([8]) }, recorder });
  assertEquals(report.workersUsed, 0);
  const timeline = recorder.timeline();
  check(timeline);
  assertEquals([...new Set(timeline.phases[0].spans.worker)], [-1]);
});

Deno.test("passes of reductions, scans of modules and steps of iterations are phases one after another", async () => {
  const recorder = new RunRecorder();
  await using pool = new WorkerPool({ workers: 2 });
  const a = SharedNdArray.random([300, 200], { seed: 3 });
  await mean(a, { axis: 0, pool, exact: true, recorder });
  await quantile(a, 0.5, { pool, exact: true, recorder });
  const kernel = new URL("data:text/javascript,export default ({ a }) => a.size");
  const add = (x: number, y: number) => x + y;
  await tiledReduce(kernel, { inputs: { a }, tile: [100, 100], combine: add, pool, recorder });
  await iterate("a + a(0, 1)", { a }, { steps: 3, pool, exact: true, recorder });
  const timeline = recorder.timeline();
  check(timeline);
  const names = timeline.phases.map(({ name }) => name);
  assert(names.includes("reduce") && names.includes("map") && names.at(-1) === "iterate", names.join());
  timeline.phases.forEach(({ beganMs }, k) => assert(k === 0 || beganMs >= timeline.phases[k - 1].beganMs));
  for (const { spans, tiles } of timeline.phases) assertEquals(sum(spans.tiles), tiles);
});

Deno.test("a recorder that asks for no tiles sees the run and makes workers note nothing", async () => {
  const recorder = new RunRecorder({ tiles: false });
  assertEquals(recorder.live, null);
  const kernel = new URL(
    "data:text/javascript,export default async () => { await new Promise((done) => setTimeout(done, 30)) }",
  );
  const seen: number[] = [];
  await tiledMap(kernel, {
    inputs: { a: SharedNdArray.zeros([12]) },
    tile: [1],
    workers: 2,
    exact: true,
    recorder,
    onProgress: () => {
      const { live } = recorder;
      assert(live !== null);
      const workers = live.workers();
      const claimed = workers.flatMap(({ claim }) => claim.end > claim.begin ? [claim] : []);
      assert(claimed.every(({ begin, end }) => begin >= 0 && end <= 12));
      assert(workers.every(({ worker }) => worker === 0 || worker === 1));
      seen.push(live.done());
    },
  });
  assertEquals(seen.at(-1), 12);
  const { live } = recorder;
  assert(live !== null && live.isOver);
  assertEquals(sum(live.workers().map(({ done }) => done)), 12);
  assertEquals(recorder.timeline().phases[0].spans.length, 0);
  assert(recorder.timeline().memory.ms.length > 0);
});

Deno.test("of a run that failed there is what its workers had done", async () => {
  const recorder = new RunRecorder();
  const kernel = new URL(
    "data:text/javascript,export default (_, { index }) => { if (index === 5) throw new Error('no') }",
  );
  const failing = tiledMap(kernel, {
    inputs: { a: SharedNdArray.zeros([9]) },
    tile: [1],
    workers: 1,
    recorder,
  });
  await assertRejects(() => failing, TileError);
  const timeline = recorder.timeline();
  check(timeline);
  assertEquals([...timeline.phases[0].spans.tile], [0, 1, 2, 3, 4]);
  assertEquals(recorder.live?.isOver, true);
});

Deno.test("tiles that are tried again are noted when they succeed", async () => {
  const recorder = new RunRecorder();
  const kernel = new URL(
    "data:text/javascript,let n = 0; export default (_, { index }) => { if (index === 2 && n++ < 2) throw new Error('no') }",
  );
  const inputs = { a: SharedNdArray.zeros([40]) };
  await tiledMap(kernel, { inputs, tile: [1], grain: 4, workers: 1, retries: 3, recorder });
  const timeline = recorder.timeline();
  check(timeline);
  assertEquals([...timeline.phases[0].spans.tile], Array.from({ length: 40 }, (_, k) => k));
});

Deno.test("options of a recorder are checked", () => {
  const wrong: [options: object, says: string][] = [
    [{ tile: false }, "There is no option tile: did you mean tiles?"],
    [{ tiles: 0 }, "The option tiles must be true or false, but is 0"],
  ];
  for (const [options, says] of wrong) assertThrows(() => new RunRecorder(options), PlanError, says);
});

Deno.test("what is no recorder is refused", async () => {
  const inputs = { a: SharedNdArray.zeros([4]) };
  const options = { inputs, recorder: {} as RunRecorder };
  await assertRejects(() => tiledMap("2 * a", options), PlanError, "must be a RunRecorder");
});

/** What a run tells when it begins. */
function phaseStart(): PhaseStart {
  const plan = planTiles([8], { tile: [1], workers: 1, itemBytes: 8 });
  const control = ControlBlock.create(1), range = { begin: 0, end: 8 }, began = performance.now();
  return { name: "map", plan, range, arrays: [], weight: null, control, predictedPeak: 0, began };
}

Deno.test("a peak of memory is not lost among many samples", () => {
  for (const at of [0, 7001, 15_002, 19_998, 19_999]) {
    const recorder = new RunRecorder(), { sampled } = recorder.begin(phaseStart());
    const heap = { heapTotal: 0, heapUsed: 0, external: 0 };
    for (let k = 0; k < 20_000; k++) sampled({ rss: k === at ? 9e9 : 1e6, ...heap });
    const { rss, ms } = recorder.timeline().memory;
    assert(rss.length <= 4096);
    assertEquals(Math.max(...rss), 9e9, `sample ${at}`);
    assert(ms.every((moment, k) => k === 0 || moment >= ms[k - 1]));
  }
});

Deno.test("of two runs at a time, the one that goes on is seen; what is over no longer looks at its memory", () => {
  const recorder = new RunRecorder(), long = phaseStart(), short = phaseStart();
  recorder.begin(long);
  const recording = recorder.begin(short);
  short.control.countDone(0, 5);
  recording.end([], false);
  long.control.countDone(0, 3);
  assertEquals([recorder.live?.isOver, recorder.live?.done()], [false, 3]);
  const over = new RunRecorder(), last = phaseStart(), { end, seated } = over.begin(last);
  seated(0, 4);
  last.control.countDone(0, 2);
  end([], false);
  last.control.countDone(0, 7);
  assertEquals([over.live?.isOver, over.live?.done(), over.live?.workers()[0].done], [true, 2, 2]);
});

Deno.test("a worker that was given up was there until then, and parts are in the order of their end", async () => {
  const recorder = new RunRecorder();
  const kernel = new URL(
    "data:text/javascript,export default ({ flag }, { index }) => { while (index === 5 && flag.item(0) === 0); }",
  );
  const flag = SharedNdArray.zeros([1]), inputs = { a: SharedNdArray.zeros([8]) };
  const options = { inputs, shared: { flag }, tile: [1], grain: 2, workers: 1, tileTimeout: 60, retries: 0 };
  const run = tiledMap(kernel, { ...options, recorder });
  await assertRejects(() => run, TileTimeoutError);
  flag.set(0, 1);
  await tiledMap(kernel, { ...options, retries: 1, recorder });
  const timeline = recorder.timeline();
  check(timeline);
  const [{ parts, spans }, { parts: others }] = timeline.phases;
  assertEquals([parts.length, spans.length], [1, 0]);
  assert(parts[0].worker === 0 && parts[0].endedMs - parts[0].readyMs >= 60, Deno.inspect(parts));
  assert(others.length > 1);
  others.forEach(({ endedMs }, k) => assert(k === 0 || endedMs >= others[k - 1].endedMs));
});

Deno.test("of an iteration the arrays of a step are told, by the kernel's names", async () => {
  const recorder = new RunRecorder(), a = SharedNdArray.random([6, 6], { seed: 1 });
  await iterate("a + a(0, 1)", { a }, { steps: 5, workers: 1, exact: true, recorder });
  const [{ arrays }] = recorder.timeline().phases;
  assertEquals(arrays.map(({ bytes, isOutput }) => [bytes, isOutput]), [[288, false], [288, true]]);
  assertEquals(arrays[0].name, "a");
});
