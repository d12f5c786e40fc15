/**
 * What is asked of a reduction.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { PlanError, showValue, ValueError } from "../errors.ts";
import type { Boundary } from "../plan/halo.ts";
import type { Progress } from "./map_options.ts";
import { refuseUnknown } from "./known_options.ts";
import { readOptions, workersOf } from "./prepare_run.ts";
import type { RunReport } from "./report.ts";
import type { RunRecorder } from "./run_recorder.ts";
import type { ScalarValue } from "./run_arrays.ts";
import type { WorkerPool } from "./worker_pool.ts";

/**
 * Options of a reduction.
 *
 * @example
 * ```ts
 * import { mean, type ReduceOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: ReduceOptions = { axis: -1, keepDims: true, skipNaN: true };
 * const means = await mean(SharedNdArray.from([[1, NaN], [3, 4]]), options);
 * assertEquals(means.toNested(), [[1], [3.5]]);
 * ```
 */
export interface ReduceOptions {
  /** Which axes are reduced; negative ones count from the end. Default: all. */
  readonly axis?: number | readonly number[] | null;
  /** Whether reduced axes stay, with an extent of 1. Default false. */
  readonly keepDims?: boolean;
  /** Whether NaN is passed over. Default false. */
  readonly skipNaN?: boolean;
  /**
   * Extents on the trailing axes of what a worker does at a time; leading axes whole. The result does not depend on
   * it. Default: chosen so that all workers have work.
   */
  readonly tile?: Shape;
  /** How many workers at most. Default: all of the pool's, or the machine's cores. */
  readonly workers?: number;
  /** Workers to use; without it, a call that is worth it starts its own and ends them. */
  readonly pool?: WorkerPool;
  /**
   * Whether an expression has the same bits on every machine, for some more time where functions are used. Default
   * false.
   */
  readonly strict?: boolean;
  /** Whether all workers shall take part, even when the calling thread alone would be done before. Default false. */
  readonly exact?: boolean;
  /**
   * What lies beyond the edges of inputs, for an expression that reads its neighbours, such as `a(0, 1) - a(0, -1)`:
   * for all axes or one an axis, `"constant"` (see `boundaryValue`), `"nearest"`, `"reflect"` (the default),
   * `"mirror"`, `"wrap"`, or `"none"`, for which there is less to be reduced.
   */
  readonly boundary?: Boundary;
  /** What lies beyond the edges in mode `"constant"`. Default 0. */
  readonly boundaryValue?: ScalarValue;
  /**
   * The most bytes that the run may need: when its predicted peak is higher, it is refused with a
   * {@linkcode MemoryBudgetError} before anything is allocated. The peak is that of a process that does nothing else.
   */
  readonly maxMemory?: number;
  /** Cancels the run: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Called about ten times a second, and once at the end. What it throws ends the run. Its tiles are units of work; how
   * many there are in all can change where elements are looked at several times.
   */
  readonly onProgress?: (progress: Progress) => void;
  /** Records when each worker did which units, and the memory over time. */
  readonly recorder?: RunRecorder;
}

/**
 * Options of {@linkcode variance} and {@linkcode std}.
 *
 * @example
 * ```ts
 * import { SharedNdArray, variance, type VarianceOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const ofSample: VarianceOptions = { ddof: 1 };
 * assertEquals((await variance(SharedNdArray.from([1, 2, 6]), ofSample)).item(), 7);
 * ```
 */
export interface VarianceOptions extends ReduceOptions {
  /** What is taken from the count of elements before dividing by it: 1 for the variance of a sample. Default 0. */
  readonly ddof?: number;
}

/**
 * A reduction that is done.
 *
 * @example
 * ```ts
 * import { reduce, type ReducedRun, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const run: ReducedRun = await reduce("sum", SharedNdArray.ones([3, 4]));
 * assertEquals([run.array.item(), run.report.shape], [12, [3, 4]]);
 * ```
 */
export interface ReducedRun {
  /** The result. */
  readonly array: SharedNdArray;
  /**
   * Time, memory and each worker's share, over all runs that the reduction took. Its tiles are the units that workers
   * claimed, which need not be boxes: so `tile` is the whole shape.
   */
  readonly report: RunReport;
}

/** Options that were checked. */
export interface ReduceWishes extends VarianceOptions {
  readonly workers: number;
  readonly keepDims: boolean;
  readonly skipNaN: boolean;
  readonly strict: boolean;
  readonly exact: boolean;
  readonly ddof: number;
}

/** The names of options: those of reductions, and those of runs that reductions have too. */
const OWN_NAMES = ["axis", "keepDims", "skipNaN", "ddof", "boundary", "boundaryValue"],
  RUN_NAMES = ["tile", "workers", "pool", "strict", "exact", "maxMemory", "signal", "onProgress", "recorder"];

/**
 * Checks the options of a reduction.
 *
 * @param options The options, as a program in JavaScript might pass them.
 * @throws {PlanError} If one is of another kind than it can be.
 * @throws {WorkerError} If the pool was closed.
 */
export function readReduceOptions(options: VarianceOptions): ReduceWishes {
  const { axis, keepDims = false, skipNaN = false, ddof = 0, boundary, boundaryValue, ...run } =
    requireObject(options);
  requireSwitch("keepDims", keepDims);
  requireSwitch("skipNaN", skipNaN);
  if (typeof ddof !== "number" || !Number.isFinite(ddof)) {
    throw new ValueError(`The option ddof must be a finite number, but is ${showValue(ddof)}`);
  }
  refuseUnknown(run, [...OWN_NAMES, ...RUN_NAMES]);
  const { tile, pool, maxMemory, signal, onProgress, recorder, strict = false, exact = false, ...rest } =
    readOptions(
      run,
    );
  return {
    // Copied, because they may change while something is awaited.
    axis: Array.isArray(axis) ? axis.slice() : axis,
    keepDims,
    skipNaN,
    ddof,
    boundary: Array.isArray(boundary) ? boundary.slice() : boundary,
    boundaryValue,
    tile: tile?.slice(),
    pool,
    maxMemory,
    signal,
    onProgress,
    recorder,
    strict,
    exact,
    workers: workersOf({ ...rest, pool }),
  };
}

function requireObject(options: VarianceOptions): VarianceOptions {
  if (typeof options === "object" && options !== null) return options;
  throw new PlanError(`The options must be an object, such as { axis: 0 }, but are ${showValue(options)}`);
}

function requireSwitch(name: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new PlanError(`The option ${name} must be true or false, but is ${showValue(value)}`);
}
