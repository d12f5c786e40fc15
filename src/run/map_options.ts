/**
 * What is asked of `tiledMap`, and what it gives.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { Boundary, Halo } from "../plan/halo.ts";
import type { RunReport } from "./report.ts";
import type { OutputOf, OutputSpec, ScalarValue } from "./run_arrays.ts";
import type { RunGuards } from "./run_guards.ts";
import type { RunRecorder } from "./run_recorder.ts";
import type { TileStates } from "./tile_states.ts";
import type { WorkerPool } from "./worker_pool.ts";

/**
 * How far a run has come.
 *
 * @example
 * ```ts
 * import { type Progress, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * let percent = 0;
 * const onProgress = ({ done, total }: Progress) => void (percent = 100 * done / total);
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * await tiledMap(kernel, { inputs: { a: SharedNdArray.zeros([9]) }, tile: [3], workers: 1, onProgress });
 * assertEquals(percent, 100);
 * ```
 */
export interface Progress {
  /** Tiles done. */
  readonly done: number;
  /** Tiles in all. */
  readonly total: number;
  /** Milliseconds since the run began. */
  readonly elapsedMs: number;
}

/**
 * A kernel as an expression: text, or an arrow function, which is read and compiled but never called.
 *
 * @example
 * ```ts
 * import { type Expression, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const inputs = { a: SharedNdArray.from([1, 2, 3]) };
 * const kernels: Expression[] = ["out = a * a + 1", (a: number) => ({ out: a * a + 1 })];
 * for (const kernel of kernels) {
 *   assertEquals((await tiledMap(kernel, { inputs })).outputs.out.toNested(), [2, 5, 10]);
 * }
 * ```
 */
export type Expression = string | ((...args: never[]) => unknown);

/**
 * Options of {@linkcode tiledMap}.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, type TiledMapOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a, table }) => { a.copyFrom(table) }");
 * const options: TiledMapOptions<{ a: "float32" }> = {
 *   inputs: { like: SharedNdArray.zeros([2, 3]) },
 *   shared: { table: SharedNdArray.from([1, 2, 3]) },
 *   outputs: { a: "float32" },
 *   workers: 1,
 * };
 * assertEquals((await tiledMap(kernel, options)).outputs.a.get(1, 2), 3);
 * ```
 */
export interface TiledMapOptions<Outputs extends Readonly<Record<string, OutputSpec>>> extends RunGuards {
  /** Arrays that the kernel reads, by name. */
  readonly inputs?: Readonly<Record<string, SharedNdArray>>;
  /**
   * Arrays of any shape that each call gets whole, by name: tables to look up, or counters that all workers change with
   * {@linkcode atomics}.
   */
  readonly shared?: Readonly<Record<string, SharedNdArray>>;
  /** What the kernel writes, by name: a dtype makes a new array, an array is written in place. */
  readonly outputs?: Outputs;
  /**
   * Numbers, bigints and booleans that an expression reads, by name. They may change from run to run without compiling
   * it again. A number counts as a literal with a fraction, a bigint as one without.
   */
  readonly scalars?: Readonly<Record<string, ScalarValue>>;
  /**
   * Whether an expression is compiled without instructions whose last bit differs between machines: the same bits
   * everywhere, for a sixth to two thirds more time where functions are used. Default false.
   */
  readonly strict?: boolean;
  /** Extents of a tile on the trailing axes; leading axes whole. Default: chosen so that all workers have work. */
  readonly tile?: Shape;
  /**
   * How many cells around its tile a kernel module sees of each input: on all sides; or one entry an axis, a number
   * or `[before, after]`. The views of inputs are larger by that than those of outputs. Of an expression the halo
   * follows from what it reads, such as `z(0, -1)`.
   */
  readonly halo?: Halo;
  /**
   * What lies beyond the edges of inputs, for all axes or one an axis, with SciPy's names: "constant" (see
   * `boundaryValue`), "nearest" `aaa|abcd|ddd`, "reflect" `cba|abcd|dcb` (the default), "mirror" `dcb|abcd|cba`,
   * "wrap" `bcd|abcd|abc`; or "none": only cells whose whole neighbourhood exists are computed, and outputs are
   * smaller by the halo.
   */
  readonly boundary?: Boundary;
  /** What lies beyond the edges in mode "constant". Default 0. */
  readonly boundaryValue?: ScalarValue;
  /** How many workers at most. Default: all of the pool's, or the machine's cores. */
  readonly workers?: number;
  /** Whether all workers shall take part, even when a small run would be over before they are open. Default false. */
  readonly exact?: boolean;
  /** Workers to use; without it, the call starts its own and ends them. */
  readonly pool?: WorkerPool;
  /**
   * The most bytes that the run may need: when its predicted peak is higher, it is refused with a
   * {@linkcode MemoryBudgetError} before anything is allocated. The peak is that of a process that does nothing else.
   */
  readonly maxMemory?: number;
  /** How many neighbouring tiles a worker claims at a time. Default: chosen from the count of tiles and workers. */
  readonly grain?: number;
  /** Cancels the run: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called about ten times a second, and once at the end. What it throws ends the run. */
  readonly onProgress?: (progress: Progress) => void;
  /** Records when each worker did which tiles, and the memory over time. */
  readonly recorder?: RunRecorder;
}

/**
 * A run that is done.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, type TiledRun } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a }, { index }) => a.fill(index).size");
 * const outputs = { a: SharedNdArray.zeros([5]) };
 * const run: TiledRun<typeof outputs> = await tiledMap(kernel, { outputs, tile: [2], workers: 1 });
 * assertEquals(run.outputs.a.toNested(), [0, 0, 1, 1, 2]);
 * assertEquals(run.values, [2, 2, 1]);
 * ```
 */
export interface TiledRun<Outputs extends Readonly<Record<string, OutputSpec>>> {
  /** The outputs by name, whether they were made or given. */
  readonly outputs: { readonly [name in keyof Outputs]: OutputOf<Outputs[name]> };
  /** What the kernel returned for each tile, in tile order; empty when it never returned anything. */
  readonly values: readonly unknown[];
  /** Which tiles are done: all. Of a run that failed, {@linkcode unfinishedRun} knows. */
  readonly tiles: TileStates;
  /** Time, memory and each worker's share. */
  readonly report: RunReport;
}
