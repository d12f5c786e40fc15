/**
 * What is asked of `streamedMap`, and what it gives.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import type { Shard } from "../plan/shards.ts";
import type { StoredArray } from "../store/stored_array.ts";
import type { TiledMapOptions } from "./map_options.ts";
import type { RunReport } from "./report.ts";
import type { OutputOf } from "./run_arrays.ts";
import type { TileStates } from "./tile_states.ts";

/**
 * What an output of a stream is given as: an array that lives elsewhere or in memory, or the dtype of one to be made in
 * memory.
 *
 * @example
 * ```ts
 * import { createArray, SharedNdArray, type StreamedOutput, streamedMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir(), inputs = { a: SharedNdArray.from([1, 2, 3]) };
 * using twice = await createArray(`${folder}/out.zarr/twice`, { shape: [3] });
 * const outputs: Record<"twice" | "square", StreamedOutput> = { twice, square: "float64" };
 * await streamedMap("(a) => ({ twice: 2 * a, square: a * a })", { inputs, outputs, workers: 1 });
 * assertEquals((await twice.read()).toNested(), [2, 4, 6]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export type StreamedOutput = DType | SharedNdArray | StoredArray;

/**
 * The array that an output given as `S` ends up in.
 *
 * @example
 * ```ts
 * import type { SharedNdArray, StoredArray, StreamedOutputOf } from "@tilewise/ndarray";
 * import { assertType, type IsExact } from "@std/testing/types";
 *
 * assertType<IsExact<StreamedOutputOf<StoredArray>, StoredArray>>(true);
 * assertType<IsExact<StreamedOutputOf<"int8">, SharedNdArray<"int8">>>(true);
 * ```
 */
export type StreamedOutputOf<S extends StreamedOutput> = S extends StoredArray ? S
  : S extends DType | SharedNdArray ? OutputOf<S>
  : never;

/**
 * Options of {@linkcode streamedMap}.
 *
 * @example
 * ```ts
 * import { createArray, SharedNdArray, streamedMap, type StreamedMapOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using b = await createArray(`${folder}/out.zarr/b`, { shape: [100, 8], chunks: [10, 8] });
 * const options: StreamedMapOptions<{ b: typeof b }> = {
 *   inputs: { a: SharedNdArray.arange(800).reshape([100, 8]) },
 *   outputs: { b },
 *   maxMemory: 512e6,
 *   workers: 1,
 * };
 * const { report } = await streamedMap("b = a + index(0)", options);
 * assertEquals(report.shape, [100, 8]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface StreamedMapOptions<Outputs extends Readonly<Record<string, StreamedOutput>>> extends
  Pick<
    TiledMapOptions<Record<never, never>>,
    | "shared"
    | "scalars"
    | "strict"
    | "halo"
    | "boundary"
    | "boundaryValue"
    | "workers"
    | "pool"
    | "signal"
    | "onProgress"
    | "recorder"
    | "tileTimeout"
    | "loadTimeout"
    | "isolation"
    | "heapLimit"
    | "retries"
  > {
  /** Arrays that the kernel reads, by name: in memory or elsewhere. */
  readonly inputs?: Readonly<Record<string, SharedNdArray | StoredArray>>;
  /** What the kernel writes, by name. */
  readonly outputs: Outputs;
  /**
   * Extents of a block on the trailing axes, which are raised to whole chunks of the outputs; leading axes whole.
   * Default: chosen so that chunks are read once where memory allows.
   */
  readonly tile?: readonly number[];
  /**
   * The most bytes that the run may need: blocks are chosen so that the predicted peak stays below. Default: 256 MiB of
   * blocks for each worker.
   */
  readonly maxMemory?: number;
  /**
   * Whether chunks that are there already, from an earlier run with the same kernel and inputs, are left as they are.
   * Default false, or true for a shard.
   */
  readonly resume?: boolean;
  /** Which part of the blocks is done here, where several tasks share a run. Default: all. */
  readonly shard?: Shard;
}

/**
 * A stream that is done.
 *
 * @example
 * ```ts
 * import { createArray, SharedNdArray, type StreamedRun, streamedMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using b = await createArray(`${folder}/out.zarr/b`, { shape: [6], chunks: [3] });
 * const outputs = { b };
 * const run: StreamedRun<typeof outputs> = await streamedMap("b = -a", {
 *   inputs: { a: SharedNdArray.arange(6) },
 *   outputs,
 *   workers: 1,
 * });
 * assertEquals((await run.outputs.b.read({ origin: [4], shape: [2] })).toNested(), [-4, -5]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface StreamedRun<Outputs extends Readonly<Record<string, StreamedOutput>>> {
  /** The outputs by name. */
  readonly outputs: { readonly [name in keyof Outputs]: StreamedOutputOf<Outputs[name]> };
  /** What the kernel returned for each block of the part that was done, in order; empty when it never returned anything. */
  readonly values: readonly unknown[];
  /** Which blocks are done. */
  readonly tiles: TileStates;
  /** Time, memory, what was read and written. */
  readonly report: RunReport;
}
