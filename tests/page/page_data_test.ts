import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { joinsNeeded, joinSpans } from "../../src/page/join_spans.ts";
import { packDurations, packNumbers, packTimes, unpackColumn } from "../../src/page/packed_columns.ts";
import { decodeSpans, encodePage, encodeSpans } from "../../src/page/page_data.ts";
import type { TileSpans } from "../../src/run/timeline.ts";
import { Seeded } from "../seeded.ts";
import { madeSource, madeTimeline } from "./made_source.ts";

const sum = (values: Float64Array) => values.reduce((all, value) => all + value, 0);

function assertNear(actual: Float64Array, expected: Float64Array, tolerance: number): void {
  assertEquals(actual.length, expected.length);
  actual.forEach((value, k) => assertAlmostEquals(value, expected[k], tolerance));
}

Deno.test("integers come back as they were, in as few bytes as they need", () => {
  const random = new Seeded(3);
  for (const most of [0, 1, 255, 256, 65_535, 65_536, 2 ** 31, 2 ** 32, 2 ** 45]) {
    for (const from of [0, -1, 7, 1e9]) {
      const values = Array.from(
        { length: 50 },
        () => from + Math.floor(random.word() / 2 ** 32 * (most + 1)),
      );
      assertEquals([...unpackColumn(packNumbers([...values, from, from + most]))], [
        ...values,
        from,
        from + most,
      ]);
    }
  }
  const kindOf = (most: number) => {
    const column = packNumbers([5, 5 + most]);
    return "kind" in column ? column.kind : "one value";
  };
  assertEquals([0, 255, 256, 65_536, 2 ** 32].map(kindOf), ["one value", "u8", "u16", "u32", "f64"]);
  assertEquals([...unpackColumn(packNumbers([]))], []);
  assertEquals([...unpackColumn(packNumbers([0.1, 0.3]))], [0.1, 0.3]);
});

Deno.test("moments come back to a part of their range in 2^32, durations to seven digits", () => {
  const random = new Seeded(5), values = Float64Array.from({ length: 1000 }, () => random.word() / 1e4 - 50);
  assertNear(unpackColumn(packTimes(values)), values, 430_000 / 2 ** 32);
  const durations = values.map((value) => Math.abs(value));
  unpackColumn(packDurations(durations)).forEach((value, k) => {
    assertAlmostEquals(value / durations[k], 1, 1e-7);
  });
});

Deno.test("what is not a finite number counts as 0", () => {
  for (const pack of [packNumbers, packTimes, packDurations]) {
    const values = unpackColumn(pack([NaN, 1, Infinity, -Infinity, 3]));
    assertNear(values, Float64Array.of(0, 1, 0, 0, 3), 1e-8);
  }
});

Deno.test("rows come back", () => {
  for (const tilesACall of [1, 3]) {
    const [{ spans }] = madeTimeline({ tilesACall }).phases, decoded = decodeSpans(encodeSpans(spans));
    for (const name of ["worker", "tile", "extent", "tiles", "calls"] as const) {
      assertEquals([...decoded[name]], [...spans[name]], name);
    }
    for (const name of ["startMs", "endMs", "busyMs", "longestMs"] as const) {
      assertNear(decoded[name], spans[name], 1e-4);
    }
    const { tiles, calls, longestMs } = encodeSpans(spans);
    assertEquals([tiles, longestMs], [null, null]);
    assertEquals(calls === null, tilesACall === 1);
  }
});

/** The sums of each worker's columns. */
function sumsOf(spans: TileSpans): Record<number, number[]> {
  const sums: Record<number, number[]> = {};
  for (let k = 0; k < spans.length; k++) {
    const own = sums[spans.worker[k]] ??= [0, 0, 0];
    own[0] += spans.tiles[k];
    own[1] += spans.calls[k];
    own[2] += spans.busyMs[k];
  }
  return sums;
}

Deno.test("joining rows keeps what each worker did, and the order of time", () => {
  const random = new Seeded(7);
  for (let round = 0; round < 40; round++) {
    const grid = [random.int(1, 30), random.int(1, 30)], workers = random.int(1, 5), seed = round;
    const [{ spans }] = madeTimeline({ grid, workers, tilesACall: random.int(1, 4), seed }).phases;
    const most = random.int(1, 200), joins = joinsNeeded([spans], most), joined = joinSpans(spans, joins);
    assert(joined.length <= most + workers, `${joined.length} rows, wanted ${most}`);
    const before = sumsOf(spans), after = sumsOf(joined);
    assertEquals(Object.keys(after), Object.keys(before));
    for (const [worker, [tiles, calls, busy]] of Object.entries(before)) {
      assertEquals(after[Number(worker)].slice(0, 2), [tiles, calls]);
      assertAlmostEquals(after[Number(worker)][2], busy, 1e-9);
    }
    for (let k = 0; k < joined.length; k++) {
      assert(joined.tiles[k] <= joined.extent[k]);
      assert(joined.startMs[k] <= joined.endMs[k] && (k === 0 || joined.startMs[k - 1] <= joined.startMs[k]));
    }
    assertEquals(Math.max(...joined.longestMs), Math.max(...spans.longestMs));
    assertEquals(Math.max(...joined.endMs), Math.max(...spans.endMs));
  }
});

Deno.test("few rows are not joined, and many are, in all passes alike", () => {
  const source = madeSource({ grid: [40, 40], phases: 3 });
  const all = encodePage(source), few = encodePage(source, 100);
  assertEquals([all.rows, all.joins], [4800, 1]);
  assertEquals(few.rows, 4800);
  assert(few.phases.reduce((rows, { spans }) => rows + spans.length, 0) <= 100 + 6);
  few.phases.forEach(({ spans }, k) => {
    const decoded = decodeSpans(spans), own = source.timeline.phases[k].spans;
    assertEquals(sum(decoded.tiles), 1600);
    assertAlmostEquals(sum(decoded.busyMs), sum(own.busyMs), sum(own.busyMs) * 1e-6);
  });
});

Deno.test("a payload is plain data without NaN, and has the report as it is", () => {
  const source = madeSource({ phases: 2 });
  const text = JSON.stringify(encodePage(source)), payload = JSON.parse(text);
  assertEquals(payload.report, JSON.parse(JSON.stringify(source.report)));
  assertEquals(payload.notes, ["3 workers shared 2 cores"]);
  assertEquals(payload.predictedPeak, source.report.memory.predictedPeak);
  assert(!/NaN|Infinity/.test(text));
});

Deno.test("nothing recorded makes a payload too", () => {
  const { report } = madeSource(), none = new Float64Array(0);
  const empty = { began: 0, elapsedMs: 0, phases: [], memory: { ms: none, rss: none, heapUsed: none } };
  const payload = encodePage({ report, timeline: empty });
  assertEquals([payload.rows, payload.joins, payload.phases, payload.memory.ms.length], [0, 1, [], 0]);
  const live = encodePage({ report: null, timeline: empty, predictedPeak: 5 });
  assertEquals([live.report, live.predictedPeak, live.title], [null, 5, "Tilewise run"]);
});
