/**
 * The one-line case: an expression, its inputs, a new array.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import type { Boundary } from "../plan/halo.ts";
import { PlanError, showValue } from "../errors.ts";
import { type OutputSpec, requireRecord, type ScalarValue, splitInputs } from "./run_arrays.ts";
import type { Expression } from "./map_options.ts";
import { tiledMap } from "./tiled_map.ts";
import type { RunRecorder } from "./run_recorder.ts";
import type { WorkerPool } from "./worker_pool.ts";

/**
 * Options of {@linkcode evaluate}.
 *
 * @example
 * ```ts
 * import { evaluate, type EvaluateOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: EvaluateOptions<"float32"> = { dtype: "float32", strict: true };
 * const root = await evaluate("sqrt(float32(a))", { a: SharedNdArray.from([4, 9]) }, options);
 * assertEquals([root.dtype, root.toNested()], ["float32", [2, 3]]);
 * ```
 */
export interface EvaluateOptions<D extends DType = DType> {
  /** The dtype of the result, which must hold it without loss. Default: the dtype of the expression. */
  readonly dtype?: D;
  /** An array to write the result to, instead of a new one. */
  readonly out?: SharedNdArray<D>;
  /** Extents of a tile on the trailing axes; leading axes whole. Default: chosen so that all workers have work. */
  readonly tile?: Shape;
  /**
   * What lies beyond the edges of inputs where the expression reads neighbours, for all axes or one an axis:
   * "constant" (see `boundaryValue`), "nearest", "reflect" (the default), "mirror", "wrap", or "none", for which the
   * result is smaller.
   */
  readonly boundary?: Boundary;
  /** What lies beyond the edges in mode "constant". Default 0. */
  readonly boundaryValue?: ScalarValue;
  /** How many workers at most. Default: all of the pool's, or the machine's cores. */
  readonly workers?: number;
  /** Workers to use; without it, a call that is worth it starts its own and ends them. */
  readonly pool?: WorkerPool;
  /** Whether the same bits are wanted on every machine, for some more time where functions are used. Default false. */
  readonly strict?: boolean;
  /** Whether all workers shall take part, even when the calling thread alone would be done before. Default false. */
  readonly exact?: boolean;
  /**
   * The most bytes that the run may need: when its predicted peak is higher, it is refused with a
   * {@linkcode MemoryBudgetError} before anything is allocated. The peak is that of a process that does nothing else.
   */
  readonly maxMemory?: number;
  /** Cancels the run: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Records when each worker did which tiles, and the memory over time. */
  readonly recorder?: RunRecorder;
}

/**
 * Computes an expression of arrays, element by element.
 *
 * Arrays broadcast against each other and promote as in NumPy; numbers do neither. The expression means per element
 * what JavaScript would compute.
 *
 * @param kernel An expression such as `"0.6108 * exp(17.27 * t / (t + 237.3))"`, or an arrow function, which is read
 * and compiled but never called.
 * @param inputs Arrays and numbers by the names that the expression uses.
 * @param options Dtype, workers and the like.
 * @returns The result, a new array unless `out` was given.
 * @throws {ExpressionError} If the expression is not in the language, or does not fit its inputs.
 * @throws {ShapeError} If the inputs do not broadcast.
 * @throws {PlanError} If it has several outputs; `tiledMap` gives those.
 * @throws {MemoryBudgetError} If the predicted peak is more than `maxMemory`.
 *
 * @example
 * ```ts
 * import { evaluate, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const rows = SharedNdArray.from([[0], [10]]), columns = SharedNdArray.from([1, 2, 3]);
 * const sum = await evaluate("k * (rows + columns)", { rows, columns, k: 2 });
 * assertEquals(sum.toNested(), [[2, 4, 6], [22, 24, 26]]);
 *
 * const warm = await evaluate((sum: number) => sum > 20, { sum });
 * assertEquals(warm.dtype, "bool");
 * ```
 */
export function evaluate<D extends DType>(
  kernel: Expression,
  inputs: Readonly<Record<string, SharedNdArray | ScalarValue>>,
  options: EvaluateOptions<D> & ({ readonly dtype: D } | { readonly out: SharedNdArray<D> }),
): Promise<SharedNdArray<D>>;
/** Computes an expression whose dtype follows from its inputs. */
export function evaluate(
  kernel: Expression,
  inputs: Readonly<Record<string, SharedNdArray | ScalarValue>>,
  options?: EvaluateOptions,
): Promise<SharedNdArray>;
export async function evaluate(
  kernel: Expression,
  inputs: Readonly<Record<string, SharedNdArray | ScalarValue>>,
  options: EvaluateOptions = {},
): Promise<SharedNdArray> {
  requireRecord("The inputs", inputs);
  requireRecord("The options", options, "{ out }");
  const { dtype, out, ...rest } = options;
  if (out !== undefined && !(out instanceof SharedNdArray)) {
    throw new PlanError(`The option out must be a SharedNdArray, but is ${showValue(out)}`);
  }
  if (dtype !== undefined && out !== undefined && out.dtype !== dtype) {
    throw new PlanError(`The result cannot be ${dtype}, because the array under out is ${out.dtype}`);
  }
  const { arrays, scalars } = splitInputs(inputs);
  const { expressionOutputs, unnamedOutput } = await import("./expression.ts");
  const names = await expressionOutputs(kernel) ?? [unnamedOutput(arrays)];
  if (names.length > 1) {
    throw new PlanError(
      `The expression has several outputs (${
        names.join(", ")
      }): tiledMap(kernel, { inputs }) gives all of them`,
    );
  }
  const wanted: OutputSpec | undefined = out ?? dtype;
  const outputs: Record<string, OutputSpec> | undefined = wanted === undefined
    ? undefined
    : { [names[0]]: wanted };
  const run = await tiledMap(kernel, { ...rest, inputs: arrays, scalars, outputs });
  return run.outputs[names[0]];
}
