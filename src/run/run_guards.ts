/**
 * What a run may take, and how it is watched.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { mayShareMemory } from "../array/sharing.ts";
import { PlanError, showValue } from "../errors.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import type { TileRange } from "./control_block.ts";
import type { Isolation } from "./worker_link.ts";

/**
 * How long workers may take, and what they may do. All times are milliseconds.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, type WorkerGuards } from "@tilewise/ndarray";
 * import { assertRejects } from "@std/assert";
 *
 * const guards: WorkerGuards = { tileTimeout: 100, isolation: "contained" };
 * const kernel = new URL("data:text/javascript,export default () => new Promise(() => {})");
 * const options = { outputs: { a: SharedNdArray.zeros([4]) }, workers: 1, ...guards };
 * await assertRejects(() => tiledMap(kernel, options), Error, "not done with tile 0");
 * ```
 */
export interface WorkerGuards {
  /**
   * Milliseconds that a tile may take, or a box of tiles that a kernel does at once. A worker that takes longer is given
   * up. Default: for ever.
   */
  readonly tileTimeout?: number;
  /** Milliseconds that a worker may take to be ready, the kernel's module loaded. Default 30,000. */
  readonly loadTimeout?: number;
  /**
   * How workers of a call without a pool are kept apart from the process: see {@linkcode Isolation}. Default `"web"`.
   */
  readonly isolation?: Isolation;
  /** Bytes of heap that a contained worker may take, without a pool. Default 1 GiB. */
  readonly heapLimit?: number;
  /**
   * Whether kernels get no permission at all, without a pool. Default false. The runtime needs the flag
   * `--unstable-worker-options` for it. See {@linkcode WorkerPoolOptions} for what it leaves open.
   */
  readonly sandbox?: boolean;
}

/**
 * {@linkcode WorkerGuards}, and how often and how carefully tiles are done.
 *
 * @example
 * ```ts
 * import { type RunGuards, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const guards: RunGuards = { retries: 2 };
 * const kernel = `let calls = 0;
 *   export default ({ a }) => { if (++calls === 1) throw new Error("a hiccup"); a.fill(1) }`;
 * const { outputs, report } = await tiledMap(new URL(`data:text/javascript,${encodeURIComponent(kernel)}`), {
 *   outputs: { a: SharedNdArray.zeros([4]) },
 *   workers: 1,
 *   ...guards,
 * });
 * assertEquals([outputs.a.get(3), report.retried], [1, 1]);
 * ```
 */
export interface RunGuards extends WorkerGuards {
  /**
   * How often a tile is tried again that failed, took too long, or was lost with its worker. Giving it says that the
   * kernel is idempotent: a tile may be done twice, even in part. Off when an input is also an output. Default 0.
   */
  readonly retries?: number;
  /**
   * Whether the kernel is watched for what it must not do: write outside of its tile or to an input, leave cells of its
   * tile unwritten, or give different results when a tile is done twice. One worker does each tile twice. Default false.
   */
  readonly debug?: boolean;
  /** The place in tile order of the one tile that is run. Default: all are. */
  readonly onlyTile?: number;
}

/** Milliseconds that a worker may take to be ready, unless said otherwise. */
const LOAD_TIMEOUT_MS = 30_000;

/** More tries of one tile are refused: what fails so often will not succeed. */
const MOST_RETRIES = 100;

/** The guards as a run needs them. */
export interface ResolvedGuards {
  readonly tileTimeout: number;
  readonly loadTimeout: number;
  readonly retries: number;
  readonly debug: boolean;
  readonly range: TileRange;
  /** What of it is not as it was asked for. */
  readonly notes: readonly string[];
}

/** The names of guards that say what workers are opened. */
const POOL_NAMES = ["isolation", "heapLimit", "sandbox"] as const;

/** The names of all guards. */
export const GUARD_NAMES: readonly string[] = [
  "tileTimeout",
  "loadTimeout",
  ...POOL_NAMES,
  "retries",
  "debug",
  "onlyTile",
];

/**
 * Checks guards.
 *
 * @param guards The guards, as a program in JavaScript might pass them.
 * @param hasPool Whether there is a pool, which has its workers.
 * @throws {PlanError} If one cannot be what it is.
 */
export function requireGuards(guards: RunGuards, hasPool: boolean): void {
  const { tileTimeout, loadTimeout, retries } = guards;
  for (const [name, value] of Object.entries({ tileTimeout, loadTimeout })) {
    if (value === undefined || (typeof value === "number" && value > 0)) continue;
    throw new PlanError(
      `The option ${name} must be a positive number of milliseconds, but is ${showValue(value)}`,
    );
  }
  if (retries !== undefined && !(Number.isInteger(retries) && retries >= 0 && retries <= MOST_RETRIES)) {
    throw new PlanError(
      `The option retries must be an integer from 0 to ${MOST_RETRIES}, but is ${showValue(retries)}`,
    );
  }
  for (const name of ["debug", "sandbox"] as const) {
    if (guards[name] === undefined || typeof guards[name] === "boolean") continue;
    throw new PlanError(`The option ${name} must be true or false, but is ${showValue(guards[name])}`);
  }
  const ofPool = POOL_NAMES.find((name) => guards[name] !== undefined);
  if (hasPool && ofPool !== undefined) {
    throw new PlanError(`The option ${ofPool} is one of the pool, which is given: pass it to new WorkerPool`);
  }
}

/**
 * The guards of a run.
 *
 * @param guards What was asked for, checked.
 * @param plan The run's plan.
 * @param arrays Its inputs and outputs.
 * @throws {PlanError} If it has no such tile as `onlyTile`.
 */
export function resolveGuards(
  guards: RunGuards,
  plan: TilePlan,
  arrays: { readonly inputs: readonly SharedNdArray[]; readonly outputs: readonly SharedNdArray[] },
): ResolvedGuards {
  const { tileTimeout = Infinity, loadTimeout = LOAD_TIMEOUT_MS, retries = 0, debug = false } = guards;
  const notes: string[] = [];
  // A view of an input is as much of an input as the array itself.
  const isInPlace = retries > 0 &&
    arrays.outputs.some((output) => arrays.inputs.some((input) => mayShareMemory(input, output)));
  if (isInPlace) notes.push("retries are off, because an input is also an output");
  if (guards.onlyTile !== undefined) {
    notes.push(`only tile ${guards.onlyTile} of ${plan.tiles} was run: all others are as they were`);
  }
  if (debug) notes.push("debug: one worker did each tile twice");
  return {
    tileTimeout,
    loadTimeout,
    retries: isInPlace || debug ? 0 : retries,
    debug,
    range: rangeOf(guards.onlyTile, plan),
    notes,
  };
}

function rangeOf(tile: number | undefined, { tiles }: TilePlan): TileRange {
  if (tile === undefined) return { begin: 0, end: tiles };
  if (!Number.isInteger(tile) || tile < 0 || tile >= tiles) {
    throw new PlanError(
      `The option onlyTile must be an integer from 0 to ${tiles - 1}, but is ${showValue(tile)}`,
    );
  }
  return { begin: tile, end: tile + 1 };
}
