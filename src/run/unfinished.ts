/**
 * What is known of runs that did not end well, by their errors and their outputs.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { TileStates } from "./tile_states.ts";

/**
 * A run that failed or was cancelled.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, type UnfinishedRun, unfinishedRun } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = "export default ({ a }, { index }) => { if (index === 2) throw new Error('no'); a.fill(1) }";
 * const a = SharedNdArray.zeros([8]);
 * const url = new URL(`data:text/javascript,${encodeURIComponent(kernel)}`);
 * await tiledMap(url, { outputs: { a }, tile: [2], workers: 1 }).catch(() => {});
 * const run: UnfinishedRun | undefined = unfinishedRun(a);
 * assertEquals([run?.tiles.done, [...run?.tiles.unfinished() ?? []]], [2, [2, 3]]);
 * ```
 */
export interface UnfinishedRun {
  /** Which of its tiles are done. */
  readonly tiles: TileStates;
  /** Its outputs by name: cells of tiles that are not done hold anything. */
  readonly outputs: Readonly<Record<string, SharedNdArray>>;
  /** Why it ended. */
  readonly error: unknown;
}

const unfinished = new WeakMap<object, UnfinishedRun>();

/**
 * What is known of a run that failed or was cancelled.
 *
 * @param of The error that its promise rejected with, or an array that it was to write.
 * @returns Which tiles are done, and the outputs; undefined if the array was last written by a run that ended well, or
 * by none.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, unfinishedRun } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const inputs = { a: SharedNdArray.arange(6) };
 * const kernel = "export default ({ a, b }, { index }) => { if (index === 1) throw new Error('no'); b.copyFrom(a) }";
 * const url = new URL(`data:text/javascript,${encodeURIComponent(kernel)}`);
 * const error: unknown = await tiledMap(url, { inputs, outputs: { b: "float64" }, tile: [3], workers: 1 })
 *   .catch((error) => error);
 * const { tiles, outputs } = unfinishedRun(error) ?? {};
 * assertEquals([tiles?.isDone(0), tiles?.isDone(1), outputs?.b.toNested()], [true, false, [0, 1, 2, 0, 0, 0]]);
 * ```
 */
export function unfinishedRun(of: unknown): UnfinishedRun | undefined {
  return typeof of === "object" && of !== null ? unfinished.get(of) : undefined;
}

/**
 * Keeps what is known of a run that did not end well.
 *
 * @param run The run.
 */
export function markUnfinished(run: UnfinishedRun): void {
  for (const array of Object.values(run.outputs)) unfinished.set(array, run);
  if (typeof run.error === "object" && run.error !== null) unfinished.set(run.error, run);
}

/**
 * Forgets what was known of arrays that a run has written whole.
 *
 * @param outputs The arrays.
 */
export function markFinished(outputs: Readonly<Record<string, SharedNdArray>>): void {
  for (const array of Object.values(outputs)) unfinished.delete(array);
}
