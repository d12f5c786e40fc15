/**
 * Watching runs: a record of what was done when, and a look at what is being done.
 *
 * @module
 */

import { PlanError, showValue } from "../errors.ts";
import { refuseUnknown } from "./known_options.ts";
import type { LiveRun } from "./live_run.ts";
import { type PhaseStart, RecordedPhase, type RunRecording } from "./recorded_phase.ts";
import type { MemorySamples, RunTimeline } from "./timeline.ts";

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

/** Samples of memory that are kept; when there would be more, every second one goes. */
const MOST_SAMPLES = 4096;

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

  /**
   * A recorder that has seen nothing yet.
   *
   * @param options What it records.
   * @throws {PlanError} If there is no option of some name, or `tiles` is neither true nor false.
   */
  constructor(options: RunRecorderOptions = {}) {
    refuseUnknown(options, ["tiles"]);
    const { tiles = true } = options;
    if (typeof tiles !== "boolean") {
      throw new PlanError(`The option tiles must be true or false, but is ${showValue(tiles)}`);
    }
    this.tiles = tiles;
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
