/**
 * Watching runs: a record of what was done when, and a look at what is being done.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import { type ControlBlock, PART_STATE, type TileRange } from "./control_block.ts";
import {
  type MemorySamples,
  type OwnedLog,
  type RunTimeline,
  spansOf,
  type TimelineArray,
  type TimelinePart,
  type TimelinePhase,
} from "./timeline.ts";

/**
 * What a worker is at while a run goes on.
 *
 * @example
 * ```ts
 * import { type LiveWorker, RunRecorder, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder({ tiles: false });
 * let seen: readonly LiveWorker[] = [];
 * const onProgress = () => void (seen = recorder.live?.workers() ?? seen);
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * await tiledMap(kernel, { inputs: { a: SharedNdArray.zeros([8]) }, tile: [2], workers: 1, recorder, onProgress });
 * assertEquals(seen.map(({ worker, done }) => [worker, done]), [[0, 4]]);
 * ```
 */
export interface LiveWorker {
  /** The number of the worker; -1 for the calling thread. */
  readonly worker: number;
  /** What it does: `waiting` is for tiles of others, or for a step that is not finished. */
  readonly state: "starting" | "loading" | "working" | "waiting" | "ended";
  /** Tiles that it has done. */
  readonly done: number;
  /** The tiles that it has claimed and not done, the one at hand first; from `begin` to before `end`. */
  readonly claim: { readonly begin: number; readonly end: number };
}

/**
 * A run that goes on, or has ended: what it does is read from the memory that its workers share. They do nothing for it.
 *
 * @example
 * ```ts
 * import { type LiveRun, RunRecorder, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder({ tiles: false });
 * const run = tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.zeros([8]) }, tile: [2], recorder });
 * await run;
 * const live: LiveRun | null = recorder.live;
 * assertEquals([live?.tiles, live?.done()], [4, 4]);
 * ```
 */
export interface LiveRun {
  /** What it does, as in {@linkcode TimelinePhase}. */
  readonly name: TimelinePhase["name"];
  /** What its tiles cover. */
  readonly shape: Shape;
  /** The extents of a whole tile. */
  readonly tile: Shape;
  /** Tiles along each axis. */
  readonly grid: Shape;
  /** How many tiles there are in all. */
  readonly tiles: number;
  /** The tiles that are run: all, unless only one or a shard was asked for. */
  readonly range: { readonly begin: number; readonly end: number };
  /** When it began, in milliseconds since 1970. */
  readonly began: number;
  /** The peak of memory that was predicted, in bytes. */
  readonly predictedPeak: number;
  /** How many tiles are done. */
  done(): number;
  /** What each worker that has begun is at. */
  workers(): readonly LiveWorker[];
  /** Whether it has ended. */
  readonly isOver: boolean;
}

/**
 * Options of {@linkcode RunRecorder}.
 *
 * @example
 * ```ts
 * import { RunRecorder, type RunRecorderOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: RunRecorderOptions = { tiles: false };
 * assertEquals(new RunRecorder(options).timeline().phases, []);
 * ```
 */
export interface RunRecorderOptions {
  /** Whether workers note when they did which tiles, about 0.2 µs a call of the kernel. Default true. */
  readonly tiles?: boolean;
}

/** What a run tells of itself when it begins. */
export interface PhaseStart {
  readonly name: TimelinePhase["name"];
  readonly plan: TilePlan;
  readonly range: TileRange;
  readonly arrays: readonly TimelineArray[];
  readonly weight: number | null;
  readonly control: ControlBlock;
  readonly predictedPeak: number;
  /** When it began, as `performance.now()` tells time. */
  readonly began: number;
}

/** Samples of memory that are kept; when there would be more, every second one goes. */
const MOST_SAMPLES = 4096;

const STATE_NAMES = ["starting", "loading", "working", "waiting", "ended"] as const;

/**
 * Records runs that are given it as their option `recorder`: one, or several one after another.
 *
 * @example
 * ```ts
 * import { RunRecorder, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * const tmp = SharedNdArray.random([365, 16, 16], { seed: 1 });
 * await tiledMap("vpd = 2 * tmp", { inputs: { tmp }, tile: [4, 4], workers: 2, exact: true, recorder });
 * const { phases: [{ spans, parts }] } = recorder.timeline();
 * assertEquals(spans.tiles.reduce((sum, tiles) => sum + tiles), 16);
 * assertEquals(parts.length, 2);
 * ```
 */
export class RunRecorder {
  /** Whether workers note when they did which tiles. */
  readonly tiles: boolean;
  #began: number | null = null;
  #ended = 0;
  readonly #phases: RecordedPhase[] = [];
  readonly #samples: { ms: number; rss: number; heapUsed: number }[] = [];
  #every = 1;
  #skipped = 0;

  /** A recorder that has seen nothing yet. */
  constructor(options: RunRecorderOptions = {}) {
    this.tiles = options.tiles ?? true;
  }

  /** The run that goes on, or the last one that has ended; null when there was none. */
  get live(): LiveRun | null {
    return this.#phases.at(-1) ?? null;
  }

  /**
   * What was recorded so far.
   *
   * @returns Passes that have not ended are left out.
   *
   * @example
   * ```ts
   * import { mean, RunRecorder, SharedNdArray } from "@tilewise/ndarray";
   * import { assert } from "@std/assert";
   *
   * const recorder = new RunRecorder();
   * await mean(SharedNdArray.ones([1000, 1000]), { recorder });
   * const { elapsedMs, memory } = recorder.timeline();
   * assert(elapsedMs > 0 && memory.ms.length > 0);
   * ```
   */
  timeline(): RunTimeline {
    const phases = this.#phases.flatMap((phase) => phase.recorded ?? []);
    return {
      began: this.#began ?? 0,
      elapsedMs: this.#ended,
      phases,
      memory: this.#memory(),
    };
  }

  #memory(): MemorySamples {
    const column = (field: "ms" | "rss" | "heapUsed") =>
      Float64Array.from(this.#samples, (sample) => sample[field]);
    return { ms: column("ms"), rss: column("rss"), heapUsed: column("heapUsed") };
  }

  /**
   * Is not for users: runs call it when they begin.
   *
   * @ignore
   */
  begin(start: PhaseStart): RunRecording {
    const epoch = performance.timeOrigin + start.began;
    this.#began ??= epoch;
    const phase = new RecordedPhase(start, this.#began);
    this.#phases.push(phase);
    return {
      epoch: this.tiles ? this.#began : null,
      seated: (slot, worker) => phase.seats.set(slot, worker),
      sampled: ({ rss, heapUsed }) => this.#sample(rss, heapUsed),
      end: (logs, isCaller) => {
        phase.end(logs, isCaller);
        this.#ended = Math.max(this.#ended, phase.endedMs);
      },
    };
  }

  #sample(rss: number, heapUsed: number): void {
    if (++this.#skipped < this.#every) return;
    this.#skipped = 0;
    const ms = performance.timeOrigin + performance.now() - (this.#began ?? 0);
    this.#samples.push({ ms, rss, heapUsed });
    if (this.#samples.length < MOST_SAMPLES) return;
    // The highest of each two stays: a peak must not be lost.
    const kept = [];
    for (let k = 0; k + 1 < this.#samples.length; k += 2) {
      const [a, b] = [this.#samples[k], this.#samples[k + 1]];
      kept.push(a.rss > b.rss ? a : b);
    }
    this.#samples.splice(0, this.#samples.length, ...kept);
    this.#every *= 2;
  }
}

/** What a run that is recorded calls. */
export interface RunRecording {
  /** What workers tell time from, in milliseconds since 1970; null where they note nothing. */
  readonly epoch: number | null;
  /** A slot of the control block is a worker's from now on. */
  seated(slot: number, worker: number): void;
  /** Memory was looked at. */
  sampled(usage: Deno.MemoryUsage): void;
  /** The run has ended, in whichever way. */
  end(logs: readonly OwnedLog[], isCaller: boolean): void;
}

class RecordedPhase implements LiveRun {
  readonly name: TimelinePhase["name"];
  readonly shape: Shape;
  readonly tile: Shape;
  readonly grid: Shape;
  readonly tiles: number;
  readonly range: TileRange;
  readonly began: number;
  readonly predictedPeak: number;
  /** The worker of each slot. */
  readonly seats = new Map<number, number>();
  recorded: TimelinePhase | undefined;
  endedMs = 0;
  readonly #start: PhaseStart;
  readonly #epoch: number;

  constructor(start: PhaseStart, epoch: number) {
    const { name, plan: { shape, tile, grid, tiles }, range, predictedPeak } = start;
    this.name = name;
    this.shape = shape;
    this.tile = tile;
    this.grid = grid;
    this.tiles = tiles;
    this.range = range;
    this.predictedPeak = predictedPeak;
    this.began = performance.timeOrigin + start.began;
    this.#start = start;
    this.#epoch = epoch;
  }

  get isOver(): boolean {
    return this.recorded !== undefined;
  }

  done(): number {
    return Math.min(this.range.end - this.range.begin, this.#start.control.tilesDone());
  }

  workers(): LiveWorker[] {
    const { control } = this.#start;
    const slots = Array.from({ length: control.slots }, (_, slot) => slot);
    return slots.filter((slot) => this.seats.has(slot) || control.stateOf(slot) !== PART_STATE.none)
      .map((slot) => ({
        worker: this.seats.get(slot) ?? -1,
        state: STATE_NAMES[control.stateOf(slot)],
        done: control.doneOf(slot),
        claim: control.claimOf(slot),
      }));
  }

  end(logs: readonly OwnedLog[], isCaller: boolean): void {
    // A run that was done and then could not tell of it ends twice.
    if (this.recorded !== undefined) return;
    const { name, shape, tile, grid, tiles } = this, { arrays, weight } = this.#start;
    const owned = isCaller ? logs.map(({ log }) => ({ worker: -1, log })) : logs;
    this.endedMs = performance.timeOrigin + performance.now() - this.#epoch;
    const parts: TimelinePart[] = owned.map(({ worker, log: { beganMs, readyMs, endedMs } }) => ({
      worker,
      beganMs,
      readyMs,
      endedMs,
    }));
    this.recorded = {
      name,
      beganMs: this.began - this.#epoch,
      endedMs: this.endedMs,
      shape,
      tile,
      grid,
      tiles,
      arrays,
      weight,
      parts,
      spans: spansOf(owned),
    };
  }
}
