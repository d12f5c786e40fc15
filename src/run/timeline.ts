/**
 * When each worker did which tiles: what a run's timeline is made of.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { DType } from "../dtype.ts";

/**
 * Calls of a kernel, in columns of equal length: row `k` is one call, or several that a worker made one after another
 * where there were too many to note each. Times are milliseconds from the beginning of the first recorded run.
 *
 * @example
 * ```ts
 * import { RunRecorder, SharedNdArray, tiledMap, type TileSpans } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * await tiledMap(kernel, { inputs: { a: SharedNdArray.zeros([8]) }, tile: [2], workers: 1, recorder });
 * const spans: TileSpans = recorder.timeline().phases[0].spans;
 * assertEquals([...spans.tile], [0, 1, 2, 3]);
 * assertEquals([...spans.calls], [1, 1, 1, 1]);
 * ```
 */
export interface TileSpans {
  /** How many rows there are. */
  readonly length: number;
  /** The number of the worker; -1 for the calling thread. */
  readonly worker: Int32Array;
  /** The first tile, in tile order. */
  readonly tile: Float64Array;
  /** How many tiles there are from the first one to the last one of the row. */
  readonly extent: Float64Array;
  /** How many of them were done in the row: all, unless other workers did some in between. */
  readonly tiles: Float64Array;
  /** Calls of the kernel. Where it treats each element by itself, one call is for many tiles. */
  readonly calls: Float64Array;
  /** When the first call began. */
  readonly startMs: Float64Array;
  /** When the last call ended. */
  readonly endMs: Float64Array;
  /** Milliseconds of all calls together. */
  readonly busyMs: Float64Array;
  /** Milliseconds of the longest call. */
  readonly longestMs: Float64Array;
}

/**
 * A worker's part of a run, as a timeline has it. Times are as in {@linkcode TileSpans}.
 *
 * @example
 * ```ts
 * import { RunRecorder, SharedNdArray, type TimelinePart, tiledMap } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * await tiledMap(kernel, { inputs: { a: SharedNdArray.zeros([8]) }, tile: [2], workers: 1, recorder });
 * const part: TimelinePart = recorder.timeline().phases[0].parts[0];
 * assert(part.beganMs <= part.readyMs && part.readyMs <= part.endedMs);
 * ```
 */
export interface TimelinePart {
  /** The number of the worker; -1 for the calling thread. */
  readonly worker: number;
  /** When it began. */
  readonly beganMs: number;
  /** When the kernel was loaded and the arrays were attached. */
  readonly readyMs: number;
  /** When it ended. */
  readonly endedMs: number;
}

/**
 * An array that a run read or wrote, as a timeline has it.
 *
 * @example
 * ```ts
 * import { RunRecorder, SharedNdArray, tiledMap, type TimelineArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.zeros([8]) }, recorder });
 * const arrays: readonly TimelineArray[] = recorder.timeline().phases[0].arrays;
 * assertEquals(arrays.map(({ name, bytes, isOutput }) => [name, bytes, isOutput]), [["a", 64, false], ["b", 64, true]]);
 * ```
 */
export interface TimelineArray {
  /** What the kernel calls it. */
  readonly name: string;
  /** Its dtype. */
  readonly dtype: DType;
  /** Its shape. */
  readonly shape: Shape;
  /** Bytes of its elements, each counted once where they are repeated along axes. */
  readonly bytes: number;
  /** Whether it was written. */
  readonly isOutput: boolean;
}

/**
 * One pass over tiles: a map has one, a reduction may have several.
 *
 * @example
 * ```ts
 * import { RunRecorder, SharedNdArray, tiledMap, type TimelinePhase } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.zeros([8]) }, tile: [2], recorder });
 * const [{ name, grid, tiles }]: readonly TimelinePhase[] = recorder.timeline().phases;
 * assertEquals([name, grid, tiles], ["map", [4], 4]);
 * ```
 */
export interface TimelinePhase {
  /** What it did. */
  readonly name: "map" | "reduce" | "iterate" | "stream" | "stream reduce";
  /** When it began, in milliseconds from the beginning of the first recorded run. */
  readonly beganMs: number;
  /** When it ended. */
  readonly endedMs: number;
  /** What its tiles cover. */
  readonly shape: Shape;
  /** The extents of a whole tile. */
  readonly tile: Shape;
  /** Tiles along each axis. */
  readonly grid: Shape;
  /** How many tiles there are in all. */
  readonly tiles: number;
  /** What it read and wrote. */
  readonly arrays: readonly TimelineArray[];
  /** About how many vector instructions an element takes; null where nobody knows, as for a kernel module. */
  readonly weight: number | null;
  /** The workers' parts, in the order in which they ended. */
  readonly parts: readonly TimelinePart[];
  /** What they did. Of workers that were given up or ended by themselves, what they had told before. */
  readonly spans: TileSpans;
}

/**
 * Memory at moments of a run, in columns of equal length: bytes at `ms` milliseconds from the beginning of the first
 * recorded run.
 *
 * @example
 * ```ts
 * import { type MemorySamples, RunRecorder, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.zeros([8]) }, recorder });
 * const memory: MemorySamples = recorder.timeline().memory;
 * assert(memory.rss.every((bytes) => bytes > 1e6));
 * ```
 */
export interface MemorySamples {
  /** When it was looked at. */
  readonly ms: Float64Array;
  /** Resident bytes of the process. */
  readonly rss: Float64Array;
  /** Bytes of the heap of the thread that started the run. */
  readonly heapUsed: Float64Array;
}

/**
 * What was recorded of runs: when each worker did which tiles, and the memory over time. Plain data.
 *
 * @example
 * ```ts
 * import { RunRecorder, type RunTimeline, SharedNdArray, sum, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const recorder = new RunRecorder();
 * const { outputs } = await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.ones([8]) }, recorder });
 * await sum(outputs.b, { recorder });
 * const timeline: RunTimeline = recorder.timeline();
 * assertEquals(timeline.phases.map(({ name }) => name), ["map", "reduce"]);
 * ```
 */
export interface RunTimeline {
  /** When the first run began, in milliseconds since 1970. */
  readonly began: number;
  /** Milliseconds from there to the end of the last run. */
  readonly elapsedMs: number;
  /** The passes, in the order in which they began. */
  readonly phases: readonly TimelinePhase[];
  /** The memory over time. */
  readonly memory: MemorySamples;
}
