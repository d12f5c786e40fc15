/**
 * A run's tiles divided among the tasks of a job.
 *
 * @module
 */

import { PlanError, showValue } from "../errors.ts";

/**
 * Which part of a run is done here.
 *
 * @example
 * ```ts
 * import { createArray, openArray, type Shard, SharedNdArray, streamedMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir(), path = `${folder}/out.zarr/b`;
 * const inputs = { a: SharedNdArray.arange(6) };
 * (await createArray(path, { shape: [6], chunks: [2] })).close();
 * const shards: Shard[] = [{ index: 0, count: 2 }, { index: 1, count: 2 }];
 * for (const shard of shards) {
 *   using b = await openArray(path, { writable: true });
 *   await streamedMap("b = 10 * a", { inputs, outputs: { b }, shard, workers: 1 });
 * }
 * using b = await openArray(path);
 * assertEquals((await b.read()).toNested(), [0, 10, 20, 30, 40, 50]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface Shard {
  /** The number of this part, from 0. */
  readonly index: number;
  /** How many parts there are. */
  readonly count: number;
  /**
   * A name of whoever does this part, where somebody sees to it that there is one of that name at a time, such as the
   * task of an array job: it may begin again at once where its predecessor was killed.
   */
  readonly owner?: string;
}

/**
 * The tiles of a part: parts are disjoint, together they are all tiles, and they differ by one tile at most.
 *
 * @param tiles How many tiles there are.
 * @param shard The part; undefined for all.
 * @throws {PlanError} If there is no such part.
 */
export function shardRange(tiles: number, shard: Shard | undefined): { begin: number; end: number } {
  if (shard === undefined) return { begin: 0, end: tiles };
  requireShard(shard);
  const { index, count } = shard;
  // The quotients are exact: tiles are at most 2^30, and so are parts.
  const at = (part: number) => Math.floor(part * tiles / count);
  return { begin: at(index), end: at(index + 1) };
}

/** More parts are refused. */
const MOST_SHARDS = 2 ** 22;

/**
 * Refuses what is no part.
 *
 * @param shard The part, as a program in JavaScript might pass it.
 * @throws {PlanError} If it is none.
 */
export function requireShard(shard: Shard): void {
  const { index, count } = shard;
  const isRight = Number.isInteger(count) && count >= 1 && count <= MOST_SHARDS && Number.isInteger(index) &&
    index >= 0 && index < count;
  if (isRight) return;
  throw new PlanError(
    `Invalid shard ${showValue(index)} of ${showValue(count)}: expected an index from 0 to the count less 1`,
  );
}
