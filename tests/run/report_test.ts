import { assert, assertEquals } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { planTiles } from "../../src/plan/tile_plan.ts";
import { MemoryWatch } from "../../src/run/memory_watch.ts";
import type { WorkerPart } from "../../src/run/protocol.ts";
import { makeReport, predictPeak, sharedBytes } from "../../src/run/report.ts";

Deno.test.sanitizer({ ops: true, resources: true });

Deno.test("memory behind several arrays counts once", () => {
  const a = SharedNdArray.zeros([100_000]), b = SharedNdArray.zeros([100_000]);
  const one = sharedBytes([a]);
  assert(one >= a.byteLength && one < a.byteLength + 65_536, `${one} bytes`);
  assertEquals(sharedBytes([a, a.view(0), a.view(null)]), one);
  assertEquals(sharedBytes([a, b, b.transpose()]), 2 * one);
  assertEquals(sharedBytes([]), 0);
});

Deno.test("the predicted peak grows by an array's bytes and by the same amount with each worker", () => {
  assertEquals(predictPeak(3000, 2) - predictPeak(1000, 2), 2000);
  assertEquals(predictPeak(0, 9) - predictPeak(0, 8), predictPeak(0, 2) - predictPeak(0, 1));
  assert(predictPeak(0, 2) > predictPeak(0, 1) && predictPeak(0, 1) > 10_000_000);
});

Deno.test("a report has the plan's numbers, each worker's share, and survives JSON", () => {
  const plan = planTiles([6, 4], { tile: [4], workers: 3, itemBytes: 8, grain: 2 });
  const part = (worker: number, busyMs: number): WorkerPart => ({
    worker,
    tiles: 1,
    grain: 2,
    busyMs,
    copied: 50,
    heapPeak: 9,
    rssPeak: 9,
    retried: 1,
    valueTiles: [],
    values: [],
  });
  using watch = new MemoryWatch();
  const parts = [part(0, 20), part(2, 70), part(0, 10)];
  const report = makeReport(plan, { asked: 3, parts, isCaller: false, retried: 2, notes: ["so"] }, 50, {
    usage: watch.finish(2 ** 50),
    highWater: 5,
    shared: 6,
    predictedPeak: 7,
  });
  const { shape, tile, grid, tiles, grain, tilesPerSecond, workersAsked, workersUsed } = report;
  assertEquals([shape, tile, grid, tiles, grain], [plan.shape, plan.tile, plan.grid, plan.tiles, plan.grain]);
  assertEquals([report.retried, report.notes, report.cores], [5, ["so"], navigator.hardwareConcurrency]);
  assertEquals(report.memory.copied, 150);
  assertEquals([tilesPerSecond, workersAsked, workersUsed], [20 * tiles, 3, 2]);
  assertEquals(report.workers, [
    { worker: 0, tiles: 2, busyMs: 30, idleMs: 20, heapPeak: 9 },
    { worker: 2, tiles: 1, busyMs: 70, idleMs: 0, heapPeak: 9 },
  ]);
  assertEquals(report.memory.peak, 2 ** 50);
  assertEquals(report.memory.current, report.memory.usage.rss.current);
  assertEquals(JSON.parse(JSON.stringify(report)), report);
});
