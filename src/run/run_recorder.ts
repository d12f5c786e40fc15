/**
 * Watching runs: a record of what was done when, and a look at what is being done.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import { type ControlBlock, PART_STATE, type TileRange } from "./control_block.ts";
import {
  logsWithin,
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
  #highest: { readonly ms: number; readonly rss: number; readonly heapUsed: number } | null = null;

  /** A recorder that has seen nothing yet. */
  constructor(options: RunRecorderOptions = {}) {
    this.tiles = options.tiles ?? true;
  }

  /** The run that goes on, or the last one that has ended; null when there was none. */
  get live(): LiveRun | null {
    // Of two at a time, the one that goes on.
    return this.#phases.findLast(({ isOver }) => !isOver) ?? this.#phases.at(-1) ?? null;
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
    const samples = this.#highest === null ? this.#samples : [...this.#samples, this.#highest];
    const column = (field: "ms" | "rss" | "heapUsed") =>
      Float64Array.from(samples, (sample) => sample[field]);
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
      lost: (part) => phase.lost(part, this.tiles),
      sampled: ({ rss, heapUsed }) => this.#sample(rss, heapUsed),
      end: (logs, isCaller) => {
        phase.end(logs, isCaller);
        this.#ended = Math.max(this.#ended, phase.endedMs);
      },
    };
  }

  #sample(rss: number, heapUsed: number): void {
    const ms = performance.timeOrigin + performance.now() - (this.#began ?? 0);
    // Of those that one stands for, the highest: a peak must not be lost.
    if (this.#highest === null || rss > this.#highest.rss) this.#highest = { ms, rss, heapUsed };
    if (++this.#skipped < this.#every) return;
    this.#skipped = 0;
    this.#samples.push(this.#highest);
    this.#highest = null;
    if (this.#samples.length < MOST_SAMPLES) return;
    const kept = [];
    for (let k = 0; k + 1 < this.#samples.length; k += 2) {
      const [a, b] = [this.#samples[k], this.#samples[k + 1]];
      kept.push(a.rss > b.rss ? a : b);
    }
    this.#samples.splice(0, this.#samples.length, ...kept);
    this.#every *= 2;
  }
}

/** A part whose worker tells no more of it. */
export interface LostPart {
  readonly worker: number;
  /** When it began, as `performance.now()` tells time. */
  readonly began: number;
  /** Up to when the worker has told of it, in milliseconds of the recording; null where it never did. */
  readonly notedMs: number | null;
  /** Whether it had come to its tiles. */
  readonly hasBegun: boolean;
}

/** What a run that is recorded calls. */
export interface RunRecording {
  /** What workers tell time from, in milliseconds since 1970; null where they note nothing. */
  readonly epoch: number | null;
  /** A slot of the control block is a worker's from now on. */
  seated(slot: number, worker: number): void;
  /** A worker was given up, or is gone: it will not tell of its part. */
  lost(part: LostPart): void;
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
  readonly #lost: TimelinePart[] = [];
  endedMs = 0;
  readonly #epoch: number;
  readonly #arrays: readonly TimelineArray[];
  readonly #weight: number | null;
  /** Null when it is over: whoever has recorded many runs shall not hold the memory of each. */
  #control: ControlBlock | null;
  #last: { readonly done: number; readonly workers: LiveWorker[] } = { done: 0, workers: [] };

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
    this.#arrays = start.arrays;
    this.#weight = start.weight;
    this.#control = start.control;
    this.#epoch = epoch;
  }

  get isOver(): boolean {
    return this.recorded !== undefined;
  }

  done(): number {
    const control = this.#control;
    if (control === null) return this.#last.done;
    return Math.min(this.range.end - this.range.begin, control.tilesDone());
  }

  workers(): LiveWorker[] {
    const control = this.#control;
    if (control === null) return this.#last.workers;
    const slots = Array.from({ length: control.slots }, (_, slot) => slot);
    return slots.filter((slot) => this.seats.has(slot) || control.stateOf(slot) !== PART_STATE.none)
      .map((slot) => ({
        worker: this.seats.get(slot) ?? -1,
        state: STATE_NAMES[control.stateOf(slot)],
        done: control.doneOf(slot),
        claim: control.claimOf(slot),
      }));
  }

  /** A worker that hung was there, though nobody knows what it did. */
  lost({ worker, began, notedMs, hasBegun }: LostPart, isNoted: boolean): void {
    if (!isNoted) return;
    const endedMs = performance.timeOrigin + performance.now() - this.#epoch;
    const beganMs = notedMs ?? performance.timeOrigin + began - this.#epoch;
    this.#lost.push({ worker, beganMs, readyMs: hasBegun ? beganMs : endedMs, endedMs });
  }

  end(logs: readonly OwnedLog[], isCaller: boolean): void {
    // A run that was done and then could not tell of it ends twice.
    if (this.recorded !== undefined) return;
    const { name, shape, tile, grid, tiles } = this;
    this.#last = { done: this.done(), workers: this.workers() };
    this.#control = null;
    this.endedMs = performance.timeOrigin + performance.now() - this.#epoch;
    const owned = isCaller
      ? logs.map(({ log }) => ({ worker: -1, log }))
      : logsWithin(logs, this.began - this.#epoch, this.endedMs);
    const noted: TimelinePart[] = owned.map(({ worker, log: { beganMs, readyMs, endedMs } }) => ({
      worker,
      beganMs,
      readyMs,
      endedMs,
    }));
    const parts = [...noted, ...this.#lost].sort((a, b) => a.endedMs - b.endedMs);
    this.recorded = {
      name,
      beganMs: this.began - this.#epoch,
      endedMs: this.endedMs,
      shape,
      tile,
      grid,
      tiles,
      arrays: this.#arrays,
      weight: this.#weight,
      parts,
      spans: spansOf(owned),
    };
  }
}
