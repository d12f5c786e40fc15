/**
 * One report of several runs that one call made.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { predictPeak, type RunReport, type WorkerReport } from "./report.ts";

/**
 * Joins the reports of runs that came one after another.
 *
 * @param reports The reports, in order.
 * @param shape The shape that the call was about.
 * @param elapsedMs How long the call took.
 * @param asked How many workers it could have had.
 */
export function joinReports(
  reports: readonly RunReport[],
  shape: Shape,
  elapsedMs: number,
  asked: number,
): RunReport {
  const tiles = sumOf(reports, (report) => report.tiles);
  const workers = joinWorkers(reports, elapsedMs);
  const callers = reports.map(({ caller }) => caller).filter((caller) => caller !== null);
  return {
    elapsedMs,
    shape,
    // Units are ranges of cells and positions, which need not be boxes.
    tile: shape,
    grid: shape.map(() => 1),
    tiles,
    grain: Math.max(1, ...reports.map(({ grain }) => grain)),
    tilesPerSecond: tiles / Math.max(elapsedMs / 1000, 1e-9),
    memory: joinMemory(reports, asked),
    workersAsked: asked,
    workersUsed: workers.length,
    workers,
    caller: callers.length === 0 ? null : {
      tiles: sumOf(callers, (caller) => caller.tiles),
      busyMs: sumOf(callers, (caller) => caller.busyMs),
    },
  };
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

function joinWorkers(reports: readonly RunReport[], elapsedMs: number): WorkerReport[] {
  const joined = new Map<number, WorkerReport>();
  for (const { worker, tiles, busyMs, heapPeak } of reports.flatMap((report) => report.workers)) {
    const before = joined.get(worker);
    const busy = busyMs + (before?.busyMs ?? 0);
    joined.set(worker, {
      worker,
      tiles: tiles + (before?.tiles ?? 0),
      busyMs: busy,
      idleMs: Math.max(0, elapsedMs - busy),
      heapPeak: Math.max(heapPeak, before?.heapPeak ?? 0),
    });
  }
  return [...joined.values()].sort((a, b) => a.worker - b.worker);
}

/** Peaks are those of the run that had the highest; what is current is that of the last. */
function joinMemory(reports: readonly RunReport[], asked: number): RunReport["memory"] {
  const memories = reports.map(({ memory }) => memory);
  const last = memories.at(-1) ?? nothingRan(asked);
  const most = (value: (memory: RunReport["memory"]) => number) =>
    Math.max(value(last), ...memories.map(value));
  const field = (name: keyof RunReport["memory"]["usage"]) => ({
    current: last.usage[name].current,
    peak: most((memory) => memory.usage[name].peak),
  });
  return {
    current: last.current,
    peak: most((memory) => memory.peak),
    usage: {
      rss: field("rss"),
      heapTotal: field("heapTotal"),
      heapUsed: field("heapUsed"),
      external: field("external"),
    },
    highWater: most((memory) => memory.highWater),
    shared: most((memory) => memory.shared),
    copied: sumOf(memories, (memory) => memory.copied),
    predictedPeak: most((memory) => memory.predictedPeak),
  };
}

/** The memory of a call that had nothing to run. */
function nothingRan(asked: number): RunReport["memory"] {
  const usage = Deno.memoryUsage();
  const field = (value: number) => ({ current: value, peak: value });
  return {
    current: usage.rss,
    peak: usage.rss,
    usage: {
      rss: field(usage.rss),
      heapTotal: field(usage.heapTotal),
      heapUsed: field(usage.heapUsed),
      external: field(usage.external),
    },
    highWater: usage.rss,
    shared: 0,
    copied: 0,
    predictedPeak: predictPeak(0, asked),
  };
}
