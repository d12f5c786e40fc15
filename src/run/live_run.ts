/**
 * A look at a run that goes on.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { TimelinePhase } from "./timeline.ts";

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
