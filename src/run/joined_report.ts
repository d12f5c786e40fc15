/**
 * One report of several runs that one call made.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { predictPeak, type RunReport, type WorkerReport } from "./report.ts";

/** The report of one run of a call. */
export interface PartReport {
  readonly report: RunReport;
  /** Whether its tiles are what the call's report counts, and not only what is made of what they give. */
  readonly hasUnits: boolean;
}

/**
 * Joins the reports of runs that came one after another.
 *
 * @param parts The reports, in order.
 * @param shape The shape that the call was about.
 * @param elapsedMs How long the call took.
 * @param asked How many workers it could have had.
 */
export function joinReports(
  parts: readonly PartReport[],
  shape: Shape,
  elapsedMs: number,
  asked: number,
): RunReport {
  const reports = parts.map(({ report }) => report);
  const ofUnits = parts.filter(({ hasUnits }) => hasUnits).map(({ report }) => report);
  const tiles = sumOf(ofUnits, (report) => report.tiles);
  const workers = joinWorkers(parts, elapsedMs);
  const callers = reports.flatMap(({ caller }) => caller === null ? [] : [caller]);
  return {
    elapsedMs,
    shape,
    // Units are ranges of cells and positions, which need not be boxes.
    tile: shape,
    grid: shape.map(() => 1),
    tiles,
    grain: Math.max(1, ...ofUnits.map(({ grain }) => grain)),
    tilesPerSecond: tiles / Math.max(elapsedMs / 1000, 1e-9),
    memory: joinMemory(reports, asked),
    workersAsked: asked,
    workersUsed: workers.length,
    cores: navigator.hardwareConcurrency,
    retried: sumOf(reports, ({ retried }) => retried),
    notes: [...new Set(reports.flatMap(({ notes }) => notes))],
    workers,
    stored: joinStored(reports),
    caller: callers.length === 0 ? null : {
      tiles: sumOf(ofUnits, ({ caller }) => caller?.tiles ?? 0),
      busyMs: sumOf(callers, (caller) => caller.busyMs),
    },
  };
}

function sumOf<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((sum, item) => sum + value(item), 0);
}

function joinWorkers(parts: readonly PartReport[], elapsedMs: number): WorkerReport[] {
  const joined = new Map<number, WorkerReport>();
  const shares = parts.flatMap(({ report, hasUnits }) =>
    report.workers.map((share) => ({ ...share, tiles: hasUnits ? share.tiles : 0 }))
  );
  for (const { worker, tiles, busyMs, heapPeak } of shares) {
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

/** What was read and written of arrays that live elsewhere; null where no run had any. */
function joinStored(reports: readonly RunReport[]): RunReport["stored"] {
  const stored = reports.flatMap((report) => report.stored ?? []);
  if (stored.length === 0) return null;
  return {
    readBytes: sumOf(stored, ({ readBytes }) => readBytes),
    writtenBytes: sumOf(stored, ({ writtenBytes }) => writtenBytes),
    readMs: sumOf(stored, ({ readMs }) => readMs),
    computeMs: sumOf(stored, ({ computeMs }) => computeMs),
    encodeMs: sumOf(stored, ({ encodeMs }) => encodeMs),
    writeMs: sumOf(stored, ({ writeMs }) => writeMs),
    skipped: sumOf(stored, ({ skipped }) => skipped),
  };
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
