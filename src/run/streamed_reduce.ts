/**
 * Reductions over arrays that are larger than memory, and over those that several tasks share.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { PlanError, showValue } from "../errors.ts";
import type { ReductionName } from "../plan/reduce/reduction_table.ts";
import type { StoredArray } from "../store/stored_array.ts";
import type { Expression } from "./map_options.ts";
import { REDUCTION_NAMES } from "./reduce_call.ts";
import { readReduceOptions, type ReducedRun, type ReduceOptions } from "./reduce_options.ts";
import { displayed } from "./run_display.ts";
import {
  readStreamedCall,
  type ReducedShard,
  type StreamedReduceInputs,
  type StreamedReduceOptions,
} from "./streamed_reduce_options.ts";

/** Reductions that need all elements of a cell at a time. */
const OTHERS = ["median", "quantile", "histogram", "cumsum", "cumprod"];

/**
 * A reduction over arrays that need not fit in memory: those of stores and files ({@linkcode openArray}) beside those in
 * memory. It has the same bits as {@linkcode reduce} has in memory, whatever chunks, workers and memory there are.
 *
 * With an `output` of a Zarr store what comes of each part of the elements is kept until the result is written: a run
 * that was interrupted goes on with `resume`; the tasks of a job share a reduction by `shard`, and
 * {@linkcode combineReduction} makes the result.
 *
 * @param name Such as `"sum"`: a name that `reduce` knows. `var` and `std` take two passes, and have no shards.
 * @param array What is reduced.
 * @param options Axes, memory, output and the like.
 * @returns The result, and the report; of a shard, only that.
 * @throws {PlanError} If there is no reduction of that name, or an option is of another kind than it can be.
 * @throws {ShapeError} If the output has not the shape and dtype of the result.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {MemoryBudgetError} If nothing that can be reduced at a time fits `maxMemory`.
 * @throws {FormatError} If what is stored is damaged; the message names the chunk.
 * @throws {StoreError} If a store fails, the output is of another computation, or another task is at the same shard.
 *
 * @example
 * ```ts
 * import { createArray, SharedNdArray, streamedReduce } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using tmp = await createArray(`${folder}/in.zarr/tmp`, { shape: [4, 3], chunks: [2, 3] });
 * await tmp.write({ origin: [0, 0], shape: [4, 3] }, SharedNdArray.arange(12).reshape([4, 3]));
 * const climate = await streamedReduce("mean", tmp, { axis: 0, workers: 1 });
 * assertEquals(climate.array.toNested(), [4.5, 5.5, 6.5]);
 * const { array } = await streamedReduce("max", "tmp - m", { tmp, m: climate.array }, { workers: 1 });
 * assertEquals(array.item(), 4.5);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function streamedReduce(
  name: ReductionName,
  array: StoredArray | SharedNdArray,
  options?: StreamedReduceOptions & { readonly shard?: undefined },
): Promise<ReducedRun>;
/** A part of a reduction that several tasks share. */
export function streamedReduce(
  name: ReductionName,
  array: StoredArray | SharedNdArray,
  options: StreamedReduceOptions & Required<Pick<StreamedReduceOptions, "shard" | "output">>,
): Promise<ReducedShard>;
/** Either, for callers that learn later which it is. */
export function streamedReduce(
  name: ReductionName,
  array: StoredArray | SharedNdArray,
  options?: StreamedReduceOptions,
): Promise<ReducedRun | ReducedShard>;
/** A reduction of an expression of arrays. */
export function streamedReduce(
  name: ReductionName,
  expression: Expression,
  inputs: StreamedReduceInputs,
  options?: StreamedReduceOptions & { readonly shard?: undefined },
): Promise<ReducedRun>;
/** A part of a reduction of an expression. */
export function streamedReduce(
  name: ReductionName,
  expression: Expression,
  inputs: StreamedReduceInputs,
  options: StreamedReduceOptions & Required<Pick<StreamedReduceOptions, "shard" | "output">>,
): Promise<ReducedShard>;
/** Either, for callers that learn later which it is. */
export function streamedReduce(
  name: ReductionName,
  expression: Expression,
  inputs: StreamedReduceInputs,
  options?: StreamedReduceOptions,
): Promise<ReducedRun | ReducedShard>;
export async function streamedReduce(
  name: ReductionName,
  source: StoredArray | SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<ReducedRun | ReducedShard> {
  requireName(name);
  const { given, wishes } = readStreamedCall(source, rest);
  const { runStreamedReduction } = await import("./streamed_reduce_run.ts");
  return displayed(await runStreamedReduction(name, given, wishes));
}

function requireName(name: string): void {
  if (Object.hasOwn(REDUCTION_NAMES, name)) return;
  const names = Object.keys(REDUCTION_NAMES).join(", ");
  throw new PlanError(
    OTHERS.includes(name)
      ? `The ${name} is computed of arrays in memory only: read what you need of it with read(); of what lives elsewhere there are ${names}`
      : `There is no reduction ${showValue(name)}: expected one of ${names}`,
  );
}

/**
 * Makes the result of what the tasks of a sharded {@linkcode streamedReduce} have left with its output, and writes it
 * there. It has the same bits as on one machine.
 *
 * @param output The output of the shards, opened to be written.
 * @param options Workers, pool, signal.
 * @returns The result, and the report.
 * @throws {StoreError} If there is nothing to combine, or something is missing or damaged; the message says which shards
 * have to run again.
 *
 * @example
 * ```ts
 * import { combineReduction, createArray, openArray, SharedNdArray, streamedReduce } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir(), path = `${folder}/out.zarr/warmest`;
 * (await createArray(path, { shape: [2], chunks: [2] })).close();
 * const a = SharedNdArray.from([[1, 7], [3, 2], [5, 4]]);
 * for (const index of [1, 0]) {
 *   using output = await openArray(path, { writable: true });
 *   await streamedReduce("max", "a", { a }, { axis: 0, output, shard: { index, count: 2 }, workers: 1 });
 * }
 * using output = await openArray(path, { writable: true });
 * const { array } = await combineReduction(output);
 * assertEquals(array.toNested(), [5, 7]);
 * assertEquals((await output.read()).toNested(), [5, 7]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function combineReduction(
  output: StoredArray,
  options: Pick<ReduceOptions, "workers" | "pool" | "signal"> = {},
): Promise<ReducedRun> {
  const wishes = readReduceOptions(options);
  const { combinePartials } = await import("./streamed_reduce_combine.ts");
  return displayed(await combinePartials(output, wishes));
}
