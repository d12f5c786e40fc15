import { assert, assertEquals, assertLessOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import { reportText, resultText } from "../../src/cli/report_text.ts";
import type { CliIo } from "../../src/cli/cli_io.ts";
import { widthOf } from "../../src/cli/styled_text.ts";
import { tileMap } from "../../src/cli/tile_map.ts";
import { timeSpent } from "../../src/cli/time_spent.ts";
import type { RunReport } from "../../src/run/report.ts";
import { type OwnedLog, SpanLog, spansOf } from "../../src/run/span_log.ts";
import type { RunTimeline, TimelinePhase } from "../../src/run/timeline.ts";

function report(workers: number): RunReport {
  const field = { current: 1_000_000, peak: 2_000_000 };
  return {
    elapsedMs: 1234.5,
    shape: [365, 16, 16],
    tile: [365, 4, 4],
    grid: [1, 4, 4],
    tiles: 16,
    grain: 2,
    cores: 2,
    retried: 0,
    notes: [],
    tilesPerSecond: 12.96,
    memory: {
      current: 50_000_000,
      peak: 60_000_000,
      usage: { rss: field, heapTotal: field, heapUsed: field, external: field },
      highWater: 61_000_000,
      shared: 2_400_000,
      copied: 0,
      predictedPeak: 120_000_000,
    },
    workersAsked: workers,
    workersUsed: workers,
    stored: null,
    caller: null,
    workers: Array.from({ length: workers }, (_, worker) => ({
      worker,
      tiles: worker,
      busyMs: 100 + 1000 * worker,
      idleMs: 1,
      heapPeak: 4_000_000,
    })),
  };
}

/** A pass whose tile `k` took `took(k)` milliseconds. */
function phase(grid: readonly number[], took: (tile: number) => number): TimelinePhase {
  const tiles = grid.reduce((a, b) => a * b, 1), log = new SpanLog(performance.timeOrigin);
  for (let tile = 0; tile < tiles; tile++) {
    if (!Number.isNaN(took(tile))) log.add(tile, 1, 100, 100 + took(tile));
  }
  const owned: OwnedLog[] = [{ worker: 0, log: log.take() }];
  return {
    name: "map",
    beganMs: 0,
    endedMs: 1234.5,
    shape: grid,
    tile: grid.map(() => 1),
    grid,
    tiles,
    arrays: [],
    weight: null,
    parts: [
      { worker: 0, beganMs: 200, readyMs: 260, endedMs: 1200 },
      { worker: 1, beganMs: 300, readyMs: 340, endedMs: 1200 },
    ],
    spans: spansOf(owned),
  };
}

function timeline(first: TimelinePhase): RunTimeline {
  const empty = new Float64Array();
  return { began: 0, elapsedMs: 1234.5, phases: [first], memory: { ms: empty, rss: empty, heapUsed: empty } };
}

const PLAIN = { columns: 80, colours: "none", blocks: true } as const;

Deno.test("a report begins like the script that it replaces, and says where the time went", () => {
  assertEquals(
    reportText(report(2)).split("\n"),
    [
      "Current memory usage: 50 MB; Peak: 60 MB",
      "Time elapsed: 1.234 s",
      "",
      "tiles    16 of [365, 4, 4] over [365, 16, 16], 13 a second, claimed 2 at a time",
      "time     51 % starting and waiting, 49 % computing",
      "memory   ▕█████     ▏ peak 60 MB, predicted peak 120 MB, high-water mark 61 MB,",
      "         shared 2.4 MB, copied 0 B",
      "heap     total 1 MB (peak 2 MB), used 1 MB (peak 2 MB), external 1 MB (peak 2 MB)"
        .replace(", external", ",\n         external").split("\n"),
      "worker 0 ▕▊         ▏ 0 tiles, busy  100.0 ms, idle 1.0 ms, heap 4 MB",
      "worker 1 ▕████████▉ ▏ 1 tile,  busy 1100.0 ms, idle 1.0 ms, heap 4 MB",
    ].flat(),
  );
});

Deno.test("a report fits terminals of any width that have room for its words", () => {
  const styles = [{}, { isReduction: true }, { timeline: timeline(phase([8, 8], (k) => 1 + k)) }];
  for (const style of styles) {
    for (let columns = 20; columns <= 130; columns++) {
      for (
        const line of reportText({ ...report(3), notes: ["3 workers shared 2 cores"] }, { ...style, columns })
          .split("\n")
      ) {
        assertLessOrEqual(widthOf(line), columns, line);
      }
    }
  }
  assertStringIncludes(reportText(report(1), { columns: 24 }), "\ntiles\n  16 of [365, 4, 4]\n");
});

Deno.test("colours change nothing but colours", () => {
  const style = { columns: 72, timeline: timeline(phase([4, 4], (k) => 1 + k)) };
  const coloured = reportText(report(2), { ...style, colours: "16" });
  // deno-lint-ignore no-control-regex
  assertEquals(coloured.replaceAll(/\x1b\[\d*m/g, ""), reportText(report(2), style));
  assert(coloured.startsWith("\x1b[1mCurrent memory usage: 50 MB; Peak: 60 MB\x1b[0m\n"), coloured);
});

Deno.test("a report says when a run had fewer workers than it could", () => {
  const line = "workers  2 of 10: the run was over before more could be opened";
  assertStringIncludes(reportText({ ...report(2), workersAsked: 10 }), line);
  assert(!reportText(report(2)).includes("the run was over"));
  const alone = { ...report(0), workersAsked: 10, caller: { tiles: 16, busyMs: 0.26 } };
  assertEquals(reportText(alone).split("\n").slice(-1), [
    "caller   16 tiles, busy 0.3 ms: the run was over before a worker could be opened",
  ]);
});

Deno.test("a peak beyond what was predicted is told", () => {
  const { memory, ...rest } = report(1);
  const textOf = (peak: number) => reportText({ ...rest, memory: { ...memory, peak } });
  assertStringIncludes(textOf(160_000_000), "peak 160 MB, more than predicted, predicted peak 120 MB");
  // As much more as translating TypeScript takes the first time.
  assert(!textOf(148_000_000).includes("more than predicted"));
  assert(!reportText(report(1)).includes("more than predicted"));
});

Deno.test("many workers are summed up in one line, unless each is asked for", () => {
  const last = "workers  100, each 0 to 99 tiles, busy 100.0 ms to 99100.0 ms";
  assertEquals(reportText(report(100)).split("\n").at(-1), last);
  const lines = reportText(report(100), { verbose: true }).split("\n");
  assertEquals(lines.filter((line) => /^worker ?\d+ /.test(line)).length, 100);
  // All stand beneath each other, and none beyond the edge.
  for (const columns of [52, 80]) {
    const each = reportText(report(12), { verbose: true, columns }).split("\n");
    const workers = each.filter((line) => line.startsWith("worker"));
    assertEquals(new Set(workers.map((line) => line.indexOf("▕"))), new Set([9]));
    assertEquals(new Set(workers.map((line) => line.indexOf(" tile"))), new Set([24]));
    assert(each.every((line) => widthOf(line) <= columns), each.join("\n"));
  }
});

Deno.test("a reduction that the calling thread ends is told as work of its workers, in units", () => {
  const begun = { ...report(2), caller: { tiles: 0, busyMs: 24.5 } };
  assertEquals(shares(begun), ["starting and waiting 0.504", "computing 0.496"]);
  const lines = reportText(begun, { isReduction: true }).split("\n");
  assertEquals(lines.slice(-3), [
    "caller   0 units, busy 24.5 ms",
    "worker 0 ▕▊         ▏ 0 units, busy  100.0 ms, idle 1.0 ms, heap 4 MB",
    "worker 1 ▕████████▉ ▏ 1 unit,  busy 1100.0 ms, idle 1.0 ms, heap 4 MB",
  ]);
  // Workers that came too late did none of it.
  const late = report(1), alone = { ...late, elapsedMs: 10, caller: { tiles: 1, busyMs: 2.5 } };
  assertEquals(shares(alone), ["preparing 0.750", "computing 0.250"]);
});

const shares = (report: RunReport, recorded?: RunTimeline) =>
  timeSpent(report, recorded).map(({ what, share }) => `${what} ${share.toFixed(3)}`);

Deno.test("the time of workers is split by what they did", () => {
  // Of 2 x 1234.5 ms: 1200 at tiles, 200 + 300 until they began, 60 + 40 until they were ready.
  assertEquals(shares(report(2)), ["starting and waiting 0.514", "computing 0.486"]);
  assertEquals(shares(report(2), timeline(phase([4, 4], () => 1))), [
    "computing 0.486",
    "waiting 0.271",
    "starting workers 0.203",
    "loading the kernel 0.041",
  ]);
});

Deno.test("the time of stores is split by reading, computing and writing", () => {
  const stored = {
    readBytes: 1,
    writtenBytes: 1,
    readMs: 1000,
    computeMs: 500,
    encodeMs: 5,
    writeMs: 200,
    skipped: 0,
  };
  assertEquals(shares({ ...report(2), stored }), [
    "reading 0.405",
    "starting and waiting 0.309",
    "computing 0.203",
    "writing 0.081",
  ]);
  assertStringIncludes(
    reportText({ ...report(2), stored: { ...stored, skipped: 3 } }),
    "waited for it 200.0 ms; 3 blocks were done already\n",
  );
});

Deno.test("a run without workers spent its time on preparing and computing", () => {
  assertEquals(shares({ ...report(0), elapsedMs: 10, caller: { tiles: 1, busyMs: 2.5 } }), [
    "preparing 0.750",
    "computing 0.250",
  ]);
  assertEquals(shares({ ...report(0), elapsedMs: 0 }), []);
  assertMatch(
    reportText({ ...report(2), elapsedMs: 20_000 }, { timeline: timeline(phase([2], () => 1)) }),
    /waiting/,
  );
});

Deno.test("tiles that took long are dark on a map", () => {
  assertEquals(tileMap(phase([2, 4], (k) => 1 + k), PLAIN), [
    "░░░░▒▒▒▒",
    "▓▓▓▓████",
    "a tile took ░░ 1.0 ms to ██ 8.0 ms",
  ]);
  const letters = tileMap(phase([4], (k) => 1 + k), { ...PLAIN, blocks: false });
  assertEquals(letters, ["..--++##", "a tile took .. 1.0 ms to ## 4.0 ms"]);
  // Where there is little room, a tile is one character wide, and the legend has fewer words.
  assertEquals(tileMap(phase([4], (k) => 1 + k), { ...PLAIN, columns: 7 }), ["░▒▓█"]);
  assertEquals(tileMap(phase([16], (k) => 1 + k), { ...PLAIN, columns: 20 }), [
    "░░░░▒▒▒▒▓▓▓▓████",
    "░ 1.0 ms █ 16.0 ms",
  ]);
  assertEquals(tileMap(phase([2, 2], (k) => 1 + k), { ...PLAIN, colours: "256" }, 9), [
    "\x1b[2mmap      \x1b[0m\x1b[48;5;53m  \x1b[0m\x1b[48;5;31m  \x1b[0m",
    "         \x1b[48;5;77m  \x1b[0m\x1b[48;5;220m  \x1b[0m",
    "         a tile took \x1b[48;5;53m  \x1b[0m 1.0 ms to \x1b[48;5;220m  \x1b[0m 4.0 ms",
  ]);
});

Deno.test("a map of more axes adds up, and tiles that were not run are blank", () => {
  assertEquals(tileMap(phase([2, 1, 3], (k) => k < 3 ? 1 : k - 1), PLAIN), [
    "░░▓▓██",
    "2 tiles behind each other took ░░ 3.0 ms to ██ 5.0 ms",
  ]);
  assertEquals(tileMap(phase([3], (k) => k === 1 ? NaN : 1 + k), PLAIN), [
    "░░  ██",
    "a tile took ░░ 1.0 ms to ██ 3.0 ms",
  ]);
});

Deno.test("there is no map of one tile, of too many, of none that was run, or of equal ones", () => {
  const grows = (k: number) => 1 + k;
  for (const grid of [[1], [33, 2], [2, 65], [5, 1, 1]]) {
    assertEquals(tileMap(phase(grid, grows), PLAIN), []);
  }
  assertEquals(tileMap(phase([2, 64], grows), { ...PLAIN, columns: 63 }), []);
  assertEquals(tileMap(phase([4], () => NaN), PLAIN), []);
  assertEquals(tileMap(phase([4], () => 1), PLAIN), []);
  assertEquals(tileMap(phase([32, 64], grows), PLAIN).length, 33);
});

Deno.test("a line beneath a report is broken on terminals, and not in pipes", () => {
  const io: CliIo = {
    stdout: () => {},
    stderr: () => {},
    columns: () => null,
    stdoutColumns: () => 24,
    rows: () => null,
    colours: () => "none",
    blocks: () => true,
    signal: new AbortController().signal,
  };
  const line = "vpd: 4 finite cells of 6, mean 1.25";
  assertEquals(resultText(line, io), "vpd: 4 finite cells of\n  6, mean 1.25");
  assertEquals(resultText(line, { ...io, stdoutColumns: () => null }), line);
});
