/**
 * A stencil applied again and again, between two buffers, without leaving the workers between steps.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { Boundary, Halo } from "../plan/halo.ts";
import type { Expression, Progress } from "./map_options.ts";
import type { RunReport } from "./report.ts";
import type { WorkerGuards } from "./run_guards.ts";
import type { RunRecorder } from "./run_recorder.ts";
import { requireRecord, type ScalarValue } from "./run_arrays.ts";
import type { WorkerPool } from "./worker_pool.ts";

/**
 * When an iteration ends before its last step.
 *
 * @example
 * ```ts
 * import { iterate, SharedNdArray, type Until } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const until: Until = { below: 0.1 };
 * const { steps } = await iterate("z / 2", { z: SharedNdArray.from([1, 0.5]) }, { steps: 100, until });
 * assertEquals(steps, 4);
 * ```
 */
export interface Until {
  /** The iteration ends when the reduced value is below this. */
  readonly below: number;
  /**
   * What is reduced: an expression of the kernel's inputs, as they were before the step, and of its outputs; the
   * output of an expression without a name is `next`. Default: `abs(float64(next) - float64(z))`, for a state z.
   */
  readonly of?: Expression;
  /** How it is reduced, over all elements. Default "max". */
  readonly reduce?: "max" | "min" | "sum" | "mean";
  /** After how many steps it is looked, each time. After the last step too. Default 1. */
  readonly every?: number;
}

/**
 * Options of {@linkcode iterate}.
 *
 * @example
 * ```ts
 * import { iterate, type IterateOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: IterateOptions = { steps: 3, state: { a: "a2", b: "b2" }, boundary: "wrap" };
 * const inputs = { a: SharedNdArray.from([1, 0, 0]), b: SharedNdArray.from([0, 1, 0]) };
 * const { arrays } = await iterate("a2 = b(-1); b2 = a(-1)", inputs, options);
 * assertEquals([arrays.a.toNested(), arrays.b.toNested()], [[0, 1, 0], [1, 0, 0]]);
 * ```
 */
export interface IterateOptions extends WorkerGuards {
  /** How many steps, at most. */
  readonly steps: number;
  /** Ends the iteration before its last step. */
  readonly until?: Until;
  /**
   * The input that each step gives anew, or for several the output that each becomes: `{ u: "uNext", v: "vNext" }`.
   * Default: the first array among the inputs.
   */
  readonly state?: string | Readonly<Record<string, string>>;
  /** How far a kernel module sees beyond its tile, as in {@linkcode tiledMap}. */
  readonly halo?: Halo;
  /** What lies beyond the edges: all modes but "none", with which arrays would shrink. Default "reflect". */
  readonly boundary?: Boundary;
  /** What that is in mode "constant". Default 0. */
  readonly boundaryValue?: ScalarValue;
  /** Arrays that each call of a kernel module gets whole, by name. */
  readonly shared?: Readonly<Record<string, SharedNdArray>>;
  /** Extents of a tile on the trailing axes; leading axes whole. Default: chosen so that all workers have work. */
  readonly tile?: Shape;
  /** How many workers at most. Default: all of the pool's, or the machine's cores. */
  readonly workers?: number;
  /** Workers to use; without it, the call starts its own and ends them. */
  readonly pool?: WorkerPool;
  /** Whether all workers shall take part, even when fewer would be faster. Default false. */
  readonly exact?: boolean;
  /** Whether an expression has the same bits on every machine. Default false. */
  readonly strict?: boolean;
  /**
   * The most bytes that the run may need: when its predicted peak is higher, it is refused with a
   * {@linkcode MemoryBudgetError} before anything is allocated. The peak is that of a process that does nothing else.
   */
  readonly maxMemory?: number;
  /** Cancels the run: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called about ten times a second, and once at the end. What it throws ends the run. */
  readonly onProgress?: (progress: Progress) => void;
  /** Records when each worker did which tiles of which steps, and the memory over time. */
  readonly recorder?: RunRecorder;
}

/**
 * An iteration that is done.
 *
 * @example
 * ```ts
 * import { iterate, type IteratedRun, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const run: IteratedRun = await iterate("2 * z", { z: SharedNdArray.from([1, 3]) }, { steps: 4 });
 * assertEquals([run.array.toNested(), run.steps, run.isConverged], [[16, 48], 4, false]);
 * ```
 */
export interface IteratedRun {
  /** The state after the last step: a new array. Of several the first. */
  readonly array: SharedNdArray;
  /** All states by the names of the inputs. */
  readonly arrays: Readonly<Record<string, SharedNdArray>>;
  /** How many steps were done. */
  readonly steps: number;
  /** Whether the condition was met. */
  readonly isConverged: boolean;
  /** The reduced value when it was looked at last; null without a condition. */
  readonly value: number | null;
  /**
   * Time, memory and each worker's share; its tiles are pieces of work: those of all steps, and those of the looks
   * between.
   */
  readonly report: RunReport;
}

/**
 * Applies a kernel again and again: what it computes is what it reads in the next step. The steps go from one buffer
 * to another and back, on workers that do not stop between them. The arrays that are given stay as they are.
 *
 * @param kernel An expression such as `"0.25 * (z(0, 1) + z(0, -1) + z(1, 0) + z(-1, 0))"`, or the URL of a kernel
 * module.
 * @param inputs Arrays and numbers by the names that the kernel uses, the states among them.
 * @param options How many steps, and what else there is to say.
 * @returns The states after the last step, and how many steps there were.
 * @throws {PlanError} If options do not fit.
 * @throws {MemoryBudgetError} If the predicted peak is more than `maxMemory`.
 * @throws {ShapeError} If a state has not the shape of the result.
 * @throws {ExpressionError} If an expression is not in the language, or does not fit its inputs.
 * @throws {TileError} If a kernel module throws.
 *
 * @example A rod whose ends are held at 0 and 1.
 * ```ts
 * import { iterate, SharedNdArray } from "@tilewise/ndarray";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const z = SharedNdArray.zeros([9]);
 * z.set(8, 1);
 * const kernel = "index(0) === 0 || index(0) === 8 ? z : (z(-1) + z(1)) / 2";
 * const { array, steps } = await iterate(kernel, { z }, { steps: 1000, until: { below: 1e-9, every: 10 } });
 * assertAlmostEquals(Number(array.get(4)), 0.5, 1e-6);
 * console.log(`${steps} steps`);
 * ```
 */
export async function iterate(
  kernel: URL | Expression,
  inputs: Readonly<Record<string, SharedNdArray | ScalarValue>>,
  options: IterateOptions,
): Promise<IteratedRun> {
  requireRecord("The inputs", inputs);
  requireRecord("The options", options, "{ steps: 10 }");
  // Copied before anything is awaited, so that the caller may change them afterwards.
  const given = { began: performance.now(), inputs: { ...inputs }, options: { ...options } };
  return await (await import("./iterate_run.ts")).runIteration(kernel, given);
}
