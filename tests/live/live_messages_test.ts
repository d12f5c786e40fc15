import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { LiveModel } from "../../src/live/client/model.js";
import { LiveMemory } from "../../src/live/live_memory.ts";
import { placeOf, startEvent, tickEvent } from "../../src/live/live_messages.ts";
import { LiveRate } from "../../src/live/live_rate.ts";
import { LiveRows } from "../../src/live/live_rows.ts";
import { LiveSampler } from "../../src/live/live_sampler.ts";
import type { TileSpans } from "../../src/run/timeline.ts";
import { open } from "../../src/page/client/data.js";
import { forEachSeed } from "../seeded.ts";
import { ScriptedRecorder, ScriptedRun } from "./scripted_run.ts";

/** Rows in the order of workers: those of different workers stand in the order in which they were told. */
function rowsOf({ worker, tile, tiles, startMs, endMs }: TileSpans): number[][] {
  return Array.from(worker, (own, k) => [own, tile[k], tiles[k], startMs[k], endMs[k]])
    .sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[3] - b[3]);
}

/** Compares what two pages know; times are sent to about a microsecond. */
function assertSame(told: LiveModel, other: LiveModel): void {
  const [a, b] = [told.payload(), other.payload()];
  assertEquals([a.rows, a.phases.length], [b.rows, b.phases.length]);
  assertAlmostEquals(a.elapsedMs, b.elapsedMs, 0.01);
  a.phases.forEach(({ spans, ...facts }, k) => {
    const { spans: otherSpans, ...otherFacts } = b.phases[k];
    assertEquals(facts, otherFacts);
    const [rows, otherRows] = [rowsOf(spans), rowsOf(otherSpans)];
    assertEquals(rows.map((row) => row.slice(0, 3)), otherRows.map((row) => row.slice(0, 3)));
    rows.forEach((row, at) =>
      row.forEach((value, field) => assertAlmostEquals(value, otherRows[at][field], 0.01))
    );
  });
  assertEquals([...a.memory.rss], [...b.memory.rss]);
  a.memory.ms.forEach((ms, k) => assertAlmostEquals(ms, b.memory.ms[k], 0.01));
}

Deno.test("a page that was told step by step knows the same as one that is told all at once", () => {
  forEachSeed(40, (random) => {
    const recorder = new ScriptedRecorder(), clock = { now: 1000 };
    const usage = () => ({ rss: random.int(1, 1e9), heapUsed: random.int(1, 1e6) });
    const sampler = new LiveSampler(recorder, () => clock.now, usage, new LiveRows(60));
    const atOnce = () => {
      const start = JSON.parse(JSON.stringify(startEvent(sampler, {}, false)));
      return new LiveModel(open(start.page), start);
    };
    let model = atOnce(), place = placeOf(sampler), anew = 0;
    for (let step = 0; step < 30; step++) {
      if (recorder.runs.length === 0 || (recorder.runs.at(-1)?.isOver && random.oneIn(2))) {
        recorder.runs.push(new ScriptedRun(random.int(1, 90), random.int(1, 4), clock.now));
      }
      const run = recorder.runs[recorder.runs.length - 1];
      for (let k = random.int(0, 20); k > 0 && !run.isOver; k--) run.step(random);
      if (!run.isOver && random.oneIn(8)) {
        run.complete();
        recorder.endedMs.set(run, clock.now + 50 - recorder.runs[0].began);
      }
      clock.now += 100;
      sampler.sample();
      // A slow page is told less often.
      if (random.oneIn(3)) continue;
      const tick = tickEvent(sampler, place);
      if (tick === null) {
        model = atOnce();
        anew++;
      } else model.add(JSON.parse(JSON.stringify(tick)));
      place = placeOf(sampler);
      assertSame(model, atOnce());
      assertEquals(model.status, sampler.status());
    }
    assert(anew < 10);
  });
});

Deno.test("memory keeps its peak however long it goes on", () => {
  const memory = new LiveMemory(16);
  for (let k = 0; k < 1000; k++) memory.add({ ms: k, rss: k === 777 ? 5000 : k, heapUsed: 1 });
  const { ms, rss } = memory.columns();
  assert(memory.length <= 16 && memory.generation > 0);
  assertEquals([Math.max(...rss), ms[rss.indexOf(5000)]], [5000, 777]);
  assert(ms.every((value, k) => k === 0 || value > ms[k - 1]));
});

Deno.test("the rate is that of the last seconds", () => {
  const rate = new LiveRate(0);
  assertEquals([rate.perSecond, rate.timeFor(10), rate.timeFor(0)], [null, null, 0]);
  let done = 0;
  for (let ms = 100; ms <= 60_000; ms += 100) rate.note(done += 10, ms);
  assertAlmostEquals(rate.perSecond ?? 0, 100, 1e-6);
  for (let ms = 60_100; ms <= 120_000; ms += 100) rate.note(done += 1, ms);
  assertAlmostEquals(rate.perSecond ?? 0, 10, 0.01);
  assertAlmostEquals(rate.timeFor(100) ?? 0, 10_000, 10);
});
