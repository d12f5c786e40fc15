import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { PlanError } from "../../src/errors.ts";
import { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { saveTrace, traceEvents, type TraceFile } from "../../src/page/trace_events.ts";
import type { TraceEvent } from "../../src/page/trace_slices.ts";
import { RunRecorder } from "../../src/run/run_recorder.ts";
import { tiledMap } from "../../src/run/tiled_map.ts";
import type { RunTimeline, TileSpans, TimelinePhase } from "../../src/run/timeline.ts";
import { forEachSeed } from "../seeded.ts";

/** A row of spans: worker, tile, tiles, begin and end in milliseconds; what lies between is 0. */
type Row = readonly [worker: number, tile: number, tiles: number, start: number, end: number];

function spansFrom(rows: readonly Row[]): TileSpans {
  const column = (value: (row: Row) => number) => Float64Array.from(rows, value);
  return {
    length: rows.length,
    worker: Int32Array.from(rows, ([worker]) => worker),
    tile: column(([, tile]) => tile),
    extent: column(([, , tiles]) => tiles),
    tiles: column(([, , tiles]) => tiles),
    calls: column(() => 1),
    startMs: column(([, , , start]) => start),
    endMs: column(([, , , , end]) => end),
    busyMs: column(([, , , start, end]) => end - start),
    longestMs: column(([, , , start, end]) => end - start),
  };
}

const PHASE: TimelinePhase = {
  name: "map",
  beganMs: 0,
  endedMs: 10,
  shape: [2, 5, 4],
  tile: [2, 2, 4],
  grid: [1, 3, 1],
  tiles: 3,
  arrays: [
    { name: "a", dtype: "float64", shape: [2, 5, 4], bytes: 320, isOutput: false },
    { name: "b", dtype: "float32", shape: [2, 5, 4], bytes: 160, isOutput: true },
  ],
  weight: null,
  parts: [
    { worker: 0, beganMs: 0.25, readyMs: 1, endedMs: 9 },
    { worker: 1, beganMs: 0.5, readyMs: 2, endedMs: 8 },
  ],
  spans: spansFrom([[0, 0, 1, 1, 3.0625], [1, 1, 1, 2, 4], [0, 2, 1, 3.0625, 9]]),
};

function timelineOf(...phases: TimelinePhase[]): RunTimeline {
  const memory = {
    ms: Float64Array.of(0, 5),
    rss: Float64Array.of(1e8, 2e8),
    heapUsed: Float64Array.of(1e6, 2e6),
  };
  return { began: Date.UTC(2026, 0, 2), elapsedMs: 10, phases, memory };
}

function slicesOf({ traceEvents }: TraceFile): TraceEvent[] {
  return traceEvents.filter(({ ph }) => ph === "X");
}

/** Asserts what the format says of each kind of event, and that slices of a track do not overlap. */
function assertWellFormed(file: TraceFile): void {
  assert(!/null,"ts"|NaN|Infinity/.test(JSON.stringify(file)));
  const ends = new Map<number, number>(), named = new Set<number>();
  const slices = slicesOf(file).toSorted((a, b) =>
    Number(a.ts) - Number(b.ts) || Number(a.dur) - Number(b.dur)
  );
  for (const { ph, pid, tid, ts, dur, args, name } of file.traceEvents) {
    assertEquals([typeof name, pid, typeof args], ["string", 1, "object"]);
    if (ph !== "M") assert(typeof ts === "number" && ts >= 0 && Number.isInteger(ts * 8), `${name} at ${ts}`);
    if (ph === "X") assert(typeof dur === "number" && dur >= 0 && typeof tid === "number");
    if (ph === "C") assert(Object.values(args).every((value) => typeof value === "number"));
    if (ph === "M" && name === "thread_name" && tid !== undefined) named.add(tid);
  }
  for (const { name, ts = NaN, dur = NaN, tid = NaN } of slices) {
    assert(named.has(tid), `the track of ${name} has no name`);
    assert(ts >= (ends.get(tid) ?? 0), `${name} on ${tid} begins at ${ts}, before ${ends.get(tid)}`);
    ends.set(tid, ts + dur);
  }
}

Deno.test("each call of a kernel is a slice of its worker's track, and says where its tile lies", () => {
  const file = traceEvents(timelineOf(PHASE));
  assertWellFormed(file);
  const told = slicesOf(file).map(({ name, cat, ts, dur, tid }) => [name, cat, ts, dur, tid]);
  assertEquals(told, [
    ["map", "pass", 0, 10000, 1],
    ["loading", "loading", 250, 750, 1000],
    ["loading", "loading", 500, 1500, 1001],
    ["tile 0", "map", 1000, 2062.5, 1000],
    ["tile 1", "map", 2000, 2000, 1001],
    ["tile 2", "map", 3062.5, 5937.5, 1000],
  ]);
  const args = slicesOf(file).map((event) => event.args);
  assertEquals(args[4], { tile: 1, coords: [0, 1, 0], origin: [0, 2, 0], shape: [2, 2, 4], bytes: 192 });
  assertEquals(args[5], { tile: 2, coords: [0, 2, 0], origin: [0, 4, 0], shape: [2, 1, 4], bytes: 96 });
});

Deno.test("counters tell the memory, and how many tiles are done", () => {
  const counters = traceEvents(timelineOf(PHASE)).traceEvents.filter(({ ph }) => ph === "C");
  assertEquals(counters.map(({ name, ts, args }) => [name, ts, ...Object.values(args)]), [
    ["tiles done", 0, 0],
    ["tiles done", 3062.5, 1],
    ["tiles done", 4000, 2],
    ["tiles done", 9000, 3],
    ["resident memory", 0, 1e8],
    ["heap of the caller", 0, 1e6],
    ["resident memory", 5000, 2e8],
    ["heap of the caller", 5000, 2e6],
  ]);
});

Deno.test("processes and tracks have names, and the calling thread has a track", () => {
  const spans = spansFrom([[-1, 0, 1, 1, 2], [12, 1, 1, 1, 2]]);
  const { traceEvents: events, otherData } = traceEvents(timelineOf({ ...PHASE, parts: [], spans }), {
    command: "tilewise map …",
  });
  const meta = events.filter(({ ph }) => ph === "M").map((
    { name, tid, args },
  ) => [name, tid, ...Object.values(args)]);
  assertEquals(meta, [
    ["process_name", undefined, "tilewise"],
    ["process_labels", undefined, "tilewise map …"],
    ["thread_name", 1, "passes"],
    ["thread_sort_index", 1, 0],
    ["thread_name", 2, "calling thread"],
    ["thread_sort_index", 2, 1],
    ["thread_name", 1012, "worker 12"],
    ["thread_sort_index", 1012, 2],
  ]);
  assertEquals(otherData, {
    began: "2026-01-02T00:00:00.000Z",
    deno: Deno.version.deno,
    command: "tilewise map …",
    report: undefined,
  });
});

Deno.test("several tiles in a row, joined rows and pieces of reductions say so", () => {
  const joined = { ...PHASE, parts: [], spans: spansFrom([[0, 0, 3, 1, 2]]) };
  const [, tiles] = slicesOf(traceEvents(timelineOf(joined)));
  assertEquals(tiles.name, "tiles 0–2");
  assertEquals(tiles.args, {
    tile: 0,
    last: 2,
    tiles: 3,
    coords: [0, 0, 0],
    origin: [0, 0, 0],
    shape: [2, 2, 4],
    bytes: 480,
  });
  const spans = {
    ...joined.spans,
    calls: Float64Array.of(3),
    busyMs: Float64Array.of(0.5),
    longestMs: Float64Array.of(0.25),
  };
  const reduced = { ...joined, name: "reduce" as const, shape: [3], tile: [1], grid: [3], spans };
  const [, units] = slicesOf(traceEvents(timelineOf(reduced)));
  assertEquals(units.name, "units 0–2");
  assertEquals(units.args, {
    tile: 0,
    last: 2,
    tiles: 3,
    bytes: 480,
    calls: 3,
    busy_ms: 0.5,
    longest_ms: 0.25,
  });
});

Deno.test("what overlaps on a worker stands on several tracks, and clocks that differ do no harm", () => {
  const spans = spansFrom([[3, 0, 1, -0.01, 2], [3, 1, 1, 1, 4], [3, 2, 1, 1.5, 1.75], [3, 0, 1, 2, 3]]);
  const file = traceEvents(timelineOf({ ...PHASE, parts: [], spans }));
  assertWellFormed(file);
  assertEquals(slicesOf(file).map(({ tid }) => tid), [1, 1003, 101003, 201003, 1003]);
  const names = file.traceEvents.filter(({ name }) => name === "thread_name").map(({ args }) => args.name);
  assertEquals(names, ["passes", "worker 3", "worker 3 (2)", "worker 3 (3)"]);
  forEachSeed(50, (random) => {
    const phases = Array.from({ length: random.int(1, 3) }, () => {
      const starts = random.ints(random.int(0, 30), -1, 1e6).sort((a, b) => a - b);
      const rows = starts.map((start): Row => [
        random.int(-1, 2),
        random.int(0, 2),
        1,
        start / 1e4,
        (start + random.int(0, 1e5)) / 1e4,
      ]);
      return { ...PHASE, spans: spansFrom(rows) };
    });
    assertWellFormed(traceEvents(timelineOf(...phases)));
  });
});

Deno.test("a recording without tiles, and one of nothing, are traces too", () => {
  assertEquals(slicesOf(traceEvents(timelineOf({ ...PHASE, parts: [], spans: spansFrom([]) }))).length, 1);
  const file = traceEvents(new RunRecorder().timeline());
  assertWellFormed(file);
  assertEquals(slicesOf(file), []);
});

Deno.test("a run on workers is a trace with all its tiles", async () => {
  const recorder = new RunRecorder();
  const a = SharedNdArray.ones([40, 8]), kernel = new URL("data:text/javascript,export default () => {}");
  const { report } = await tiledMap(kernel, {
    inputs: { a },
    tile: [1, 8],
    workers: 2,
    exact: true,
    recorder,
  });
  await tiledMap("b = 2 * a", { inputs: { a }, recorder });
  const file = traceEvents(recorder.timeline(), { report });
  assertWellFormed(file);
  const seen = slicesOf(file).filter(({ tid, cat }) => cat === "map" && Number(tid) >= 1000);
  assertEquals(seen.map(({ args }) => Number(args.tile)).sort((a, b) => a - b), [...Array(40).keys()]);
  assertEquals(slicesOf(file).filter(({ tid, cat }) => tid === 2 && cat === "map").length, 1);
  assertEquals(file.otherData.report, report);
});

Deno.test("a file is written in pieces, and is what JSON.stringify gives", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/run.trace.json`;
    const rows = Array.from({ length: 20_000 }, (_, k): Row => [k % 4, k, 1, k / 100, k / 100 + 0.01]);
    const long = {
      ...PHASE,
      shape: [20_000],
      tile: [1],
      grid: [20_000],
      tiles: 20_000,
      spans: spansFrom(rows),
    };
    const timeline = timelineOf(long), options = { command: "a “quoted” word" };
    await saveTrace(path, timeline, options);
    const text = await Deno.readTextFile(path);
    assert(text.length > 2 ** 21);
    assertEquals(JSON.parse(text), JSON.parse(JSON.stringify(traceEvents(timeline, options))));
    assertWellFormed(JSON.parse(text));
    await assertRejects(
      () => saveTrace(`${folder}/none/x.json`, timeline),
      Deno.errors.NotFound,
      "no such folder",
    );
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("unknown options are refused", async () => {
  const options: object = { reports: {} };
  assertThrows(
    () => traceEvents(timelineOf(), options),
    PlanError,
    "There is no option reports: did you mean report?",
  );
  await assertRejects(() => saveTrace("never", timelineOf(), options), PlanError);
});

Deno.test("of a piece of an iteration no bytes are told: its arrays are those of one step", () => {
  const phase = { ...PHASE, name: "iterate" as const };
  const pieces = slicesOf(traceEvents(timelineOf(phase))).filter(({ name }) => name.startsWith("piece "));
  assertEquals(pieces.map(({ args }) => "bytes" in args), [false, false, false]);
  assertEquals(slicesOf(traceEvents(timelineOf(PHASE))).filter(({ args }) => "bytes" in args).length, 3);
});
