/**
 * What is asked of `streamedReduce`, and what it gives.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import { PlanError, showValue } from "../errors.ts";
import { requireShard, type Shard } from "../plan/shards.ts";
import { StoredArray } from "../store/stored_array.ts";
import { refuseUnknown } from "./known_options.ts";
import type { Expression } from "./map_options.ts";
import { readReduceOptions, type ReduceWishes, type VarianceOptions } from "./reduce_options.ts";
import type { RunReport } from "./report.ts";
import { requireRecord, type ScalarValue } from "./run_arrays.ts";

/**
 * Arrays, in memory or elsewhere, and numbers by the names that an expression uses.
 *
 * @example
 * ```ts
 * import { openArray, SharedNdArray, streamedReduce, type StreamedReduceInputs, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".npy" });
 * await writeArrays(file, SharedNdArray.from([1, 5, 3]));
 * using a = await openArray(file);
 * const inputs: StreamedReduceInputs = { a, b: SharedNdArray.from([0, 1, 2]), k: 2 };
 * const { array } = await streamedReduce("max", "k * a + b", inputs, { workers: 1 });
 * assertEquals(array.item(), 11);
 * await Deno.remove(file);
 * ```
 */
export type StreamedReduceInputs = Readonly<Record<string, SharedNdArray | StoredArray | ScalarValue>>;

/**
 * Options of {@linkcode streamedReduce}.
 *
 * @example
 * ```ts
 * import { openArray, SharedNdArray, streamedReduce, type StreamedReduceOptions, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".npy" });
 * await writeArrays(file, SharedNdArray.from([[1, NaN], [3, 4]]));
 * using a = await openArray(file);
 * const options: StreamedReduceOptions = { axis: 0, skipNaN: true, maxMemory: 512e6, workers: 1 };
 * const { array } = await streamedReduce("mean", a, options);
 * assertEquals(array?.toNested(), [2, 4]);
 * await Deno.remove(file);
 * ```
 */
export interface StreamedReduceOptions extends Omit<VarianceOptions, "tile" | "exact" | "maxMemory"> {
  /**
   * The most bytes that the run may need: what is in memory at a time is chosen so that the predicted peak stays below.
   * Default: 256 MiB for each worker.
   */
  readonly maxMemory?: number;
  /**
   * Where the result goes: a stored array of its shape and dtype. In one of a Zarr store partial results are kept too,
   * until the result is written.
   */
  readonly output?: StoredArray;
  /** Whether partial results that an earlier run has left with the output are used. Default false, or true for a shard. */
  readonly resume?: boolean;
  /**
   * Which part is done here, where several tasks share a reduction: it leaves partial results with the output, and
   * {@linkcode combineReduction} makes the result of them. Default: all.
   */
  readonly shard?: Shard;
}

/**
 * One task's part of a reduction that is done: its partial results are with the output.
 *
 * @example
 * ```ts
 * import { combineReduction, createArray, type ReducedShard, SharedNdArray, streamedReduce } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using output = await createArray(`${folder}/out.zarr/total`, { shape: [2], chunks: [2] });
 * const a = SharedNdArray.from([[1, 2], [3, 4]]);
 * for (const index of [0, 1]) {
 *   const options = { axis: 0, output, shard: { index, count: 2 }, workers: 1 } as const;
 *   const part: ReducedShard = await streamedReduce("sum", "a", { a }, options);
 *   assertEquals(part.array, null);
 * }
 * assertEquals((await combineReduction(output)).array.toNested(), [4, 6]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface ReducedShard {
  /** There is no result yet. */
  readonly array: null;
  /** Time, memory, what was read and written. */
  readonly report: RunReport;
}

/** What is reduced: an array, or an expression of arrays and numbers. */
export interface StreamedSource {
  readonly source: StoredArray | SharedNdArray | Expression;
  readonly arrays: Readonly<Record<string, SharedNdArray | StoredArray>>;
  readonly scalars: Readonly<Record<string, ScalarValue>>;
}

/** Options that were checked. */
export interface StreamedReduceWishes extends ReduceWishes {
  readonly output: StoredArray | undefined;
  readonly resume: boolean;
  readonly shard: Shard | undefined;
}

/** The name under which an array is read that is reduced as it is. */
export const ELEMENTS = "elements";

const NAMES: readonly string[] = [
  "axis",
  "keepDims",
  "skipNaN",
  "ddof",
  "boundary",
  "boundaryValue",
  "workers",
  "pool",
  "strict",
  "maxMemory",
  "signal",
  "onProgress",
  "recorder",
  "output",
  "resume",
  "shard",
];

/**
 * Reads a call.
 *
 * @param source What is reduced.
 * @param rest Inputs and options, as they were passed.
 * @throws {PlanError} If something is of another kind than it can be.
 */
export function readStreamedCall(
  source: unknown,
  rest: readonly unknown[],
): { readonly given: StreamedSource; readonly wishes: StreamedReduceWishes } {
  if (source instanceof StoredArray || source instanceof SharedNdArray) {
    const given = { source, arrays: { [ELEMENTS]: source }, scalars: {} };
    return { given, wishes: readStreamedOptions(rest[0]) };
  }
  if (typeof source !== "string" && typeof source !== "function") {
    throw new PlanError(
      `What is reduced must be a StoredArray, a SharedNdArray or an expression, but is ${showValue(source)}`,
    );
  }
  const [inputs, options] = rest;
  requireRecord("The inputs", inputs);
  const arrays: Record<string, SharedNdArray | StoredArray> = {}, scalars: Record<string, ScalarValue> = {};
  // The record was checked to be one; what is in it is looked at here.
  for (const [name, value] of Object.entries(inputs as StreamedReduceInputs)) {
    if (value instanceof SharedNdArray || value instanceof StoredArray) arrays[name] = value;
    else if (typeof value !== "object") scalars[name] = value;
    else throw new PlanError(`Input ${name} must be an array or a number, but is ${showValue(value)}`);
  }
  if (Object.keys(arrays).length === 0) {
    throw new PlanError(
      'There is no array among the inputs: streamedReduce("sum", "a * k", { a, k }, { axis: 0 })',
    );
  }
  // Functions are read as text, and never called.
  return { given: { source: source as Expression, arrays, scalars }, wishes: readStreamedOptions(options) };
}

function readStreamedOptions(given: unknown): StreamedReduceWishes {
  if (typeof given !== "object" && given !== undefined || given === null) {
    throw new PlanError(`The options must be an object, such as { axis: 0 }, but are ${showValue(given)}`);
  }
  // Each value is looked at below, or where those of reductions in memory are.
  const options = { ...given } as StreamedReduceOptions;
  refuseUnknown(options, NAMES);
  const { output, shard, resume = shard !== undefined, ...others } = options;
  if (output !== undefined && !(output instanceof StoredArray)) {
    throw new PlanError(`The option output must be a StoredArray, but is ${showValue(output)}`);
  }
  if (typeof resume !== "boolean") {
    throw new PlanError(`The option resume must be true or false, but is ${showValue(resume)}`);
  }
  if (output !== undefined && !output.isWritable) {
    throw new PlanError(`The output can only be read: open ${output.name} with { writable: true }`);
  }
  if (shard !== undefined) {
    if (typeof shard !== "object" || shard === null) {
      throw new PlanError(
        `The option shard must be such as { index: 3, count: 64 }, but is ${showValue(shard)}`,
      );
    }
    requireShard(shard);
    if (!resume) {
      throw new PlanError(
        "A shard goes on where its task was interrupted: leave out resume, or make it true",
      );
    }
  }
  if (output === undefined && (resume || shard !== undefined)) {
    const which = shard === undefined ? "resume" : "shard";
    throw new PlanError(
      `The option ${which} needs an output, an array of a Zarr store: partial results are kept with it`,
    );
  }
  return { ...readReduceOptions(others), output, resume, shard };
}
