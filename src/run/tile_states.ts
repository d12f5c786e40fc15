/**
 * Which tiles of a run are done.
 *
 * @module
 */

import { IndexError } from "../errors.ts";
import type { ControlBlock, TileRange } from "./control_block.ts";

/**
 * Which tiles of a run are done: all of them, or, after a failure, those whose kernel had returned.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, type TileStates } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a }) => { a.fill(1) }");
 * const run = await tiledMap(kernel, { outputs: { a: SharedNdArray.zeros([6]) }, tile: [2], workers: 1 });
 * const tiles: TileStates = run.tiles;
 * assertEquals([tiles.total, tiles.done, tiles.isDone(2)], [3, 3, true]);
 * ```
 */
export class TileStates {
  /** How many tiles the run was to do. */
  readonly total: number;
  /** How many are done. */
  readonly done: number;
  readonly #begin: number;
  /** In tile order, without overlap. */
  readonly #left: readonly TileRange[];

  /**
   * Is not for users: runs make them.
   *
   * @param range The run's tiles.
   * @param left Those that are not done.
   * @ignore
   */
  constructor({ begin, end }: TileRange, left: readonly TileRange[]) {
    this.#begin = begin;
    this.total = end - begin;
    this.#left = joined(left);
    this.done = this.total - sizeOf(this.#left);
  }

  /**
   * Whether a tile is done.
   *
   * @param tile Its place in tile order.
   * @throws {IndexError} If the run had no such tile.
   *
   * @example
   * ```ts
   * import { IndexError, SharedNdArray, tiledMap } from "@tilewise/ndarray";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const { tiles } = await tiledMap("2 * a", { inputs: { a: SharedNdArray.zeros([6]) }, tile: [2] });
   * assertEquals(tiles.isDone(2), true);
   * assertThrows(() => tiles.isDone(3), IndexError, "expected one from 0 to 2");
   * ```
   */
  isDone(tile: number): boolean {
    if (!Number.isInteger(tile) || tile < this.#begin || tile >= this.#begin + this.total) {
      throw new IndexError(
        `The run has no tile ${tile}: expected one from ${this.#begin} to ${this.#begin + this.total - 1}`,
      );
    }
    return !this.#left.some(({ begin, end }) => tile >= begin && tile < end);
  }

  /**
   * The tiles that are not done, in tile order.
   *
   * @example
   * ```ts
   * import { SharedNdArray, tiledMap, unfinishedRun } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const source = "export default (_, { index }) => { if (index === 1) throw new Error('no') }";
   * const kernel = new URL(`data:text/javascript,${encodeURIComponent(source)}`);
   * const a = SharedNdArray.zeros([6]);
   * await tiledMap(kernel, { outputs: { a }, tile: [2], workers: 1 }).catch(() => {});
   * assertEquals([...unfinishedRun(a)?.tiles.unfinished() ?? []], [1, 2]);
   * ```
   */
  *unfinished(): Generator<number, void> {
    for (const { begin, end } of this.#left) {
      for (let tile = begin; tile < end; tile++) yield tile;
    }
  }
}

/** Ranges in order, those that meet or overlap as one. */
function joined(ranges: readonly TileRange[]): TileRange[] {
  const all: { begin: number; end: number }[] = [];
  for (const { begin, end } of ranges.toSorted((a, b) => a.begin - b.begin)) {
    const last = all.at(-1);
    if (begin >= end) continue;
    if (last !== undefined && begin <= last.end) last.end = Math.max(last.end, end);
    else all.push({ begin, end });
  }
  return all;
}

function sizeOf(ranges: readonly TileRange[]): number {
  return ranges.reduce((sum, { begin, end }) => sum + end - begin, 0);
}

/**
 * Which tiles a run that has ended had done.
 *
 * @param control Its control block, which no worker of it changes any more.
 * @param range Its tiles.
 * @param lost Tiles that are not done and that no slot knows of.
 */
export function tileStates(control: ControlBlock, range: TileRange, lost: readonly TileRange[]): TileStates {
  const claims = Array.from({ length: control.slots }, (_, slot) => control.claimOf(slot));
  const unclaimed = { begin: Math.min(range.end, control.tilesClaimed()), end: range.end };
  const states = new TileStates(range, [...claims, ...control.offers(), ...lost, unclaimed]);
  // A worker that was cut off between claiming tiles and saying so has left some that are in no place.
  return states.done <= control.tilesDone() ? states : new TileStates(range, [range]);
}
