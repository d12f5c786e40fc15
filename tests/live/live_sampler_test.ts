import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { LiveRows } from "../../src/live/live_rows.ts";
import { LiveSampler } from "../../src/live/live_sampler.ts";
import { countOf } from "../../src/live/tile_set.ts";
import { RunRecorder, SharedNdArray, sum, tiledMap } from "../../mod.ts";
import { forEachSeed } from "../seeded.ts";
import { ScriptedRecorder, ScriptedRun } from "./scripted_run.ts";

const usage = () => ({ rss: 5e7, heapUsed: 1e7 });

/** A sampler whose clock a test moves. */
function watching(recorder: ScriptedRecorder, rows?: LiveRows) {
  const clock = { now: 1000 };
  const sampler = new LiveSampler(recorder, () => clock.now, usage, rows);
  return { clock, sampler };
}

Deno.test("no tile is counted twice, and each worker's tiles add up to what it says", () => {
  forEachSeed(200, (random) => {
    const tiles = random.int(1, 120), begin = random.int(0, 20);
    const run = new ScriptedRun(begin + tiles, random.int(1, 5), 1000, { begin, end: begin + tiles });
    const recorder = new ScriptedRecorder();
    recorder.runs.push(run);
    const { clock, sampler } = watching(recorder);
    for (let look = 0; look < 12; look++) {
      for (let step = random.int(0, 12); step > 0; step--) run.step(random);
      if (look === 11) run.complete();
      clock.now += 100;
      sampler.sample();
      const rows = sampler.rows.since(0),
        seen = rows.flatMap(({ tile, extent, tiles }) => {
          assertEquals(extent, tiles);
          return Array.from({ length: tiles }, (_, k) => tile + k);
        });
      assertEquals(new Set(seen).size, seen.length);
      assertEquals(countOf(sampler.status().open), tiles - seen.length);
      for (const { worker, done } of run.workers()) {
        const own = rows.filter((row) => row.worker === worker);
        const counted = own.reduce((sum, row) => sum + row.tiles, 0);
        assert(counted <= done, `worker ${worker}: ${counted} of ${done}`);
        own.forEach(({ startMs, endMs }, k) => {
          assert(endMs >= startMs && (k === 0 || startMs >= own[k - 1].endMs - 1e-9));
        });
      }
      assertEquals(seen.length, run.done());
    }
    assertEquals([...run.truth.keys()].length, tiles);
  });
});

Deno.test("who did a tile is known where workers are still at their claims", () => {
  const run = new ScriptedRun(40, 2), recorder = new ScriptedRecorder();
  recorder.runs.push(run);
  const { clock, sampler } = watching(recorder);
  run.claim(0, 20);
  run.claim(1, 20);
  sampler.sample();
  for (let turn = 0; turn < 4; turn++) {
    run.finish(0, 1);
    run.finish(1, 3);
    clock.now += 100;
    sampler.sample();
  }
  const rows = sampler.rows.since(0);
  for (const { tile, worker } of rows) assertEquals(run.truth.get(tile), worker);
  assertEquals(
    rows.filter(({ worker }) => worker === 1).map((
      { tile, tiles, startMs, endMs },
    ) => [tile, tiles, startMs, endMs]),
    [
      [20, 3, 0, 100],
      [23, 3, 100, 200],
      [26, 3, 200, 300],
      [29, 3, 300, 400],
    ],
  );
  assertEquals(sampler.status().open, [{ begin: 4, end: 20 }, { begin: 32, end: 40 }]);
  const { perSecond, leftMs, done, total } = sampler.status();
  assertEquals([done, total], [16, 40]);
  assertAlmostEquals(perSecond ?? 0, 40, 1e-9);
  assertAlmostEquals(leftMs ?? 0, 600, 1e-6);
});

Deno.test("a tile that takes long has all of its time", () => {
  const run = new ScriptedRun(3, 1), recorder = new ScriptedRecorder();
  recorder.runs.push(run);
  const { clock, sampler } = watching(recorder);
  run.claim(0, 3);
  for (let turn = 0; turn < 7; turn++, clock.now += 100) sampler.sample();
  run.finish(0, 1);
  sampler.sample();
  assertEquals(sampler.rows.since(0).map(({ startMs, endMs, busyMs }) => [startMs, endMs, busyMs]), [[
    0,
    700,
    700,
  ]]);
});

Deno.test("passes follow each other, and those between two looks are known by name", () => {
  const recorder = new ScriptedRecorder(), { clock, sampler } = watching(recorder);
  sampler.sample();
  assertEquals(sampler.phases, []);
  assertEquals(sampler.status().phase, -1);
  const [first, missed, last] = [1000, 1150, 1180].map((began) => new ScriptedRun(4, 1, began));
  recorder.runs.push(first);
  first.claim(0, 4);
  clock.now = 1100;
  sampler.sample();
  first.complete();
  recorder.endedMs.set(first, 140);
  missed.complete();
  recorder.runs.push(missed, last);
  clock.now = 1200;
  sampler.sample();
  assertEquals(
    sampler.phases.map(({ number, beganMs, endedMs, isOver }) => [number, beganMs, endedMs, isOver]),
    [[0, 0, 140, true], [1, 150, 151, true], [2, 180, 200, false]],
  );
  assertEquals(sampler.phases.map(({ weight, arrays }) => [weight, arrays.length]), [[2, 1], [2, 1], [
    null,
    0,
  ]]);
  assertEquals(sampler.rows.since(0).map(({ phase, tiles, endMs }) => [phase, tiles, endMs]), [[0, 4, 140]]);
  assertEquals(sampler.predictedPeak, 123_000_000);
  const { phases, elapsedMs, memory } = sampler.timeline();
  assertEquals([phases.map(({ spans }) => spans.length), elapsedMs], [[1, 0, 0], 200]);
  assertEquals([...memory.ms], [100, 200]);
});

Deno.test("rows are joined where there would be too many, and nothing that is summed changes", () => {
  const run = new ScriptedRun(4000, 2), recorder = new ScriptedRecorder();
  recorder.runs.push(run);
  const { clock, sampler } = watching(recorder, new LiveRows(100));
  for (let turn = 0; turn < 1000; turn++) {
    for (const slot of [0, 1]) {
      run.claim(slot, 4);
      run.finish(slot, 2);
    }
    clock.now += 10;
    sampler.sample();
    assert(sampler.rows.length <= 100);
  }
  const rows = sampler.rows.since(0),
    total = (value: (row: (typeof rows)[number]) => number) => rows.reduce((sum, row) => sum + value(row), 0);
  assertEquals(total(({ tiles }) => tiles), 4000);
  assertAlmostEquals(total(({ busyMs }) => busyMs), 20_000, 1e-6);
  assert(sampler.rows.generation > 3);
});

Deno.test("of very many passes the last ones are kept", () => {
  const recorder = new ScriptedRecorder(), { clock, sampler } = watching(recorder);
  for (let pass = 0; pass < 100; pass++) {
    const run = new ScriptedRun(2, 1, 1000 + 10 * pass);
    recorder.runs.push(run);
    run.complete();
    recorder.endedMs.set(run, 10 * pass + 5);
    clock.now = 1000 + 10 * pass + 7;
    sampler.sample();
  }
  assertEquals([sampler.dropped, sampler.phases.length], [36, 64]);
  assertEquals(sampler.rows.since(0)[0].phase, 36);
  assertEquals(sampler.rows.length, 64);
});

Deno.test("real runs are seen whole when they are over", async () => {
  const recorder = new RunRecorder({ tiles: false }), sampler = new LiveSampler(recorder);
  const a = SharedNdArray.ones([64, 64]);
  const inputs = { a }, kernel = new URL("data:text/javascript,export default () => {}");
  const looks = setInterval(() => sampler.sample(), 1);
  try {
    await tiledMap(kernel, { inputs, tile: [2, 2], workers: 2, exact: true, recorder });
    sampler.sample();
    await sum(a, { recorder });
    sampler.sample();
  } finally {
    clearInterval(looks);
  }
  const { phases } = sampler.timeline();
  assertEquals(phases.map(({ name }) => name), ["map", "reduce"]);
  for (const { tiles, spans, parts, endedMs } of phases) {
    assertEquals(spans.tiles.reduce((sum, count) => sum + count, 0), tiles);
    assert(spans.endMs.every((ms) => ms <= endedMs + 1e-9));
    assert(spans.worker.every((worker) => parts.some((part) => part.worker === worker)));
  }
});
