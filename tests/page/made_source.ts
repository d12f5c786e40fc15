/**
 * Runs that never were, for tests of pages.
 *
 * @module
 */

import type { PageSource } from "../../src/page/page_source.ts";
import type { RunReport } from "../../src/run/report.ts";
import type { MemorySamples, RunTimeline, TileSpans, TimelinePhase } from "../../src/run/timeline.ts";
import { Seeded } from "../seeded.ts";

/** What a made run is like. */
export interface MadeRun {
  /** Tiles along each axis. */
  readonly grid?: readonly number[];
  readonly workers?: number;
  /** Tiles of a call: neighbours. */
  readonly tilesACall?: number;
  readonly phases?: number;
  readonly weight?: number | null;
  readonly seed?: number;
}

const TILE = 4;

function madeSpans(tiles: number, run: Required<MadeRun>, random: Seeded, began: number): TileSpans {
  const length = Math.ceil(tiles / run.tilesACall);
  const column = () => new Float64Array(length);
  const spans = {
    length,
    worker: new Int32Array(length),
    tile: column(),
    extent: column(),
    tiles: column(),
    calls: column(),
    startMs: column(),
    endMs: column(),
    busyMs: column(),
    longestMs: column(),
  };
  const free = Array.from({ length: run.workers }, (_, worker) => began + 2 + worker);
  for (let k = 0; k < length; k++) {
    let worker = 0;
    for (let other = 1; other < run.workers; other++) if (free[other] < free[worker]) worker = other;
    const tile = k * run.tilesACall, count = Math.min(run.tilesACall, tiles - tile);
    const ms = count * (0.2 + 0.15 * Math.sin(tile / 40) + random.int(0, 1000) / 10_000);
    spans.worker[k] = worker;
    spans.tile[k] = tile;
    spans.extent[k] = spans.tiles[k] = count;
    spans.calls[k] = 1;
    spans.startMs[k] = free[worker];
    spans.busyMs[k] = spans.longestMs[k] = ms;
    spans.endMs[k] = free[worker] + ms;
    free[worker] += ms + 0.001;
  }
  return spans;
}

function madePhase(run: Required<MadeRun>, random: Seeded, beganMs: number): TimelinePhase {
  const tiles = run.grid.reduce((all, extent) => all * extent, 1),
    shape = run.grid.map((extent) => extent * TILE);
  const spans = madeSpans(tiles, run, random, beganMs);
  const endedMs = spans.endMs.reduce((most, ms) => Math.max(most, ms), beganMs + 3);
  const bytes = 8 * shape.reduce((all, extent) => all * extent, 1);
  const array = (name: string, isOutput: boolean) => ({
    name,
    dtype: "float64" as const,
    shape,
    bytes,
    isOutput,
  });
  return {
    name: run.phases > 1 ? "reduce" : "map",
    beganMs,
    endedMs,
    shape,
    tile: run.grid.map(() => TILE),
    grid: run.grid,
    tiles,
    arrays: [array("tmp", false), array("rad", false), array("vpd", true)],
    weight: run.weight,
    parts: Array.from({ length: run.workers }, (_, worker) => ({
      worker,
      beganMs: beganMs + worker * 0.5,
      readyMs: beganMs + 1.5 + worker,
      endedMs,
    })),
    spans,
  };
}

/** A timeline of runs that never were. */
export function madeTimeline(options: MadeRun = {}): RunTimeline {
  const run = { grid: [20, 30], workers: 2, tilesACall: 1, phases: 1, weight: 3, seed: 1, ...options };
  const random = new Seeded(run.seed), phases: TimelinePhase[] = [];
  for (let k = 0, began = 0; k < run.phases; k++) {
    phases.push(madePhase(run, random, began));
    began = phases[k].endedMs + 1;
  }
  const elapsedMs = phases.at(-1)?.endedMs ?? 0, samples = 60;
  const memory: MemorySamples = {
    ms: Float64Array.from({ length: samples }, (_, k) => k * elapsedMs / (samples - 1)),
    rss: Float64Array.from({ length: samples }, (_, k) => 9e7 + Math.round(4e7 * (1 - Math.exp(-k / 8)))),
    heapUsed: Float64Array.from({ length: samples }, (_, k) => 9e6 + (k % 7) * 250_000),
  };
  return { began: Date.UTC(2024, 4, 6, 7, 8, 9), elapsedMs, phases, memory };
}

/** A report that goes with a timeline. */
export function madeReport({ elapsedMs, phases }: RunTimeline, notes: readonly string[] = []): RunReport {
  const phase = phases.at(-1);
  if (phase === undefined) throw new Error("There is no phase");
  const { shape, tile, grid, tiles, parts, spans } = phase;
  const field = { current: 1.1e8, peak: 1.3e8 };
  const usage = { rss: field, heapTotal: field, heapUsed: field, external: field };
  const workers = parts.map(({ worker }) => {
    let own = 0, busyMs = 0;
    for (let k = 0; k < spans.length; k++) {
      if (spans.worker[k] !== worker) continue;
      own += spans.tiles[k];
      busyMs += spans.busyMs[k];
    }
    return { worker, tiles: own, busyMs, idleMs: Math.max(0, elapsedMs - busyMs), heapPeak: 5e6 };
  });
  return {
    elapsedMs,
    shape,
    tile,
    grid,
    tiles,
    grain: 8,
    tilesPerSecond: tiles / Math.max(elapsedMs / 1000, 1e-9),
    memory: {
      current: 1.1e8,
      peak: 1.3e8,
      usage,
      highWater: 1.31e8,
      shared: 2.4e7,
      copied: 0,
      predictedPeak: 1.5e8,
    },
    workersAsked: workers.length,
    workersUsed: workers.length,
    cores: 4,
    retried: 0,
    notes,
    workers,
    stored: null,
    caller: null,
  };
}

/** Something that would break out of where it is put, if it could. */
export const HOSTILE =
  `</script><script>document.title = "broken"</script><!-- <script> & "quoted" 'too' \u2028`;

/** A run that never was, with all that a page can show. */
export function madeSource(options: MadeRun = {}): PageSource {
  const timeline = madeTimeline(options);
  return {
    report: madeReport(timeline, ["3 workers shared 2 cores"]),
    timeline,
    machine: { bandwidth: 2e10, compute: 3e10, workers: 2, arrayBytes: 2 ** 26 },
    title: "Vapour pressure deficit",
    kernel: { kind: "expression", source: "vpd = tmp + rad", explanation: "one loop" },
    command: "tilewise --expr 'vpd = tmp + rad' --input tmp=tmp.npy",
    versions: {
      tilewise: "0.1.0",
      deno: "2.9.6",
      v8: "15.0",
      typescript: "6.0.3",
      os: "linux",
      cpu: "2 cores",
    },
  };
}
