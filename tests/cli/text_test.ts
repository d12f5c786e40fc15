import { assert, assertEquals, assertLessOrEqual, assertMatch, assertStringIncludes } from "@std/assert";
import { SharedNdArray, slice } from "../../mod.ts";
import { nearest } from "../../src/nearest.ts";
import { progressBar, progressLine } from "../../src/cli/progress_bar.ts";
import { reportText } from "../../src/cli/report_text.ts";
import { summarize, summaryLine } from "../../src/cli/summary.ts";
import type { RunReport } from "../../src/run/report.ts";

Deno.test("nearest finds a word with one slip of each kind", () => {
  const words = ["shape", "tile", "workers"];
  assertEquals(
    ["shap", "shapee", "shepe", "sahpe"].map((word) => nearest(word, words)),
    Array(4).fill("shape"),
  );
  assertEquals(nearest("tiel", words), "tile");
  assertEquals(nearest("qqqqqqq", words), undefined);
});

Deno.test("a progress line tells share, tiles and time left, cut to the terminal", () => {
  const line = progressLine({ done: 25, total: 100, elapsedMs: 1000 }, 80);
  assertEquals(line, "[########----------------------]  25% 25/100 tiles, 3.0 s left");
  assertEquals(progressLine({ done: 25, total: 100, elapsedMs: 1000 }, 20).length, 19);
  assertMatch(progressLine({ done: 0, total: 0, elapsedMs: 0 }, 80), /100% 0\/0/);
  assertMatch(progressLine({ done: 0, total: 9, elapsedMs: 5 }, 80), /\? left/);
});

Deno.test("a progress bar draws over itself and leaves nothing behind", () => {
  let written = "";
  const bar = progressBar((text) => written += text, () => 40);
  bar.draw({ done: 1, total: 2, elapsedMs: 10 });
  bar.erase();
  const erase = "\r\x1b[K";
  assert(written.startsWith(`${erase}[##`) && written.endsWith(erase), written);
});

Deno.test("a summary counts finite cells only, of views too", () => {
  const a = SharedNdArray.from([[1, NaN, 3], [Infinity, -5, 6]]);
  assertEquals(summarize(a), { cells: 6, finite: 4, mean: 1.25, min: -5, max: 6 });
  assertEquals(summarize(a.view(slice(null), 2)), { cells: 2, finite: 2, mean: 4.5, min: 3, max: 6 });
  assertEquals(summarize(SharedNdArray.from([2n, 4n])).mean, 3);
  assertEquals(summarize(SharedNdArray.from([true, false])).mean, 0.5);
  assertEquals(
    summaryLine({ name: "vpd", ...summarize(a) }),
    "vpd: 4 finite cells of 6, mean 1.25, min -5, max 6",
  );
  assertEquals(
    summaryLine({ name: "x", ...summarize(SharedNdArray.from([NaN])) }),
    "x: none of 1 cells is finite",
  );
});

Deno.test("a mean of many equal numbers is not rounded away", () => {
  const mean = summarize(SharedNdArray.full([1_000_000], 0.1)).mean ?? NaN;
  assertLessOrEqual(Math.abs(mean - 0.1), 1e-13);
});

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
      predictedPeak: 62_000_000,
    },
    workersAsked: workers,
    workersUsed: workers,
    stored: null,
    caller: null,
    workers: Array.from({ length: workers }, (_, worker) => ({
      worker,
      tiles: worker,
      busyMs: 10 + worker,
      idleMs: 1,
      heapPeak: 4_000_000,
    })),
  };
}

Deno.test("a report begins like the script that it replaces", () => {
  const lines = reportText(report(2)).split("\n");
  assertEquals(lines[0], "Current memory usage: 50 MB; Peak: 60 MB");
  assertEquals(lines[1], "Time elapsed: 1.234 s");
  assertStringIncludes(lines[3], "16 of [365, 4, 4] over [365, 16, 16], 13 a second");
  assertStringIncludes(lines.join("\n"), "copied 0 B");
  assertEquals(lines.at(-1), "worker 1: 1 tiles, busy 11.0 ms, idle 1.0 ms, heap peak 4 MB");
});

Deno.test("a report says when a run had fewer workers than it could", () => {
  const line = "workers  2 of 10: the run was over before more could be opened";
  assertStringIncludes(reportText({ ...report(2), workersAsked: 10 }), line);
  assert(!reportText(report(2)).includes("the run was over"));
  const alone = { ...report(0), workersAsked: 10, caller: { tiles: 16, busyMs: 0.26 } };
  const lines = reportText(alone).split("\n").slice(6);
  assertEquals(lines, [
    "caller   16 tiles, busy 0.3 ms: the run was over before a worker could be opened",
  ]);
});

Deno.test("many workers are summed up in one line", () => {
  assertEquals(
    reportText(report(100)).split("\n").at(-1),
    "workers  100, each 0 to 99 tiles, busy 10.0 ms to 109.0 ms",
  );
});
