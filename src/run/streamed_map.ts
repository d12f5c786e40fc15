/**
 * A kernel over arrays that are larger than memory: block by block, from where they live and back.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import { FormatError, PlanError, showValue, StoreError, TileError } from "../errors.ts";
import { requireShard, shardRange } from "../plan/shards.ts";
import { StoredArray } from "../store/stored_array.ts";
import { execute, PoolLease } from "./execute.ts";
import { refuseUnknown } from "./known_options.ts";
import type { Expression } from "./map_options.ts";
import { workersOf } from "./prepare_run.ts";
import { BLOCKS_DONE } from "./protocol.ts";
import { displayed } from "./run_display.ts";
import { GUARD_NAMES, requireGuards } from "./run_guards.ts";
import { RunRecorder } from "./run_recorder.ts";
import { blocksDone, fingerprintOf, recordRun, ShardClaim } from "./stream_ledger.ts";
import type { StreamedMapOptions, StreamedOutput, StreamedRun } from "./stream_options.ts";
import { prepareStream, type StreamWishes } from "./stream_plan.ts";

/** The names of all options. */
const NAMES: readonly string[] = [
  "inputs",
  "outputs",
  "shared",
  "scalars",
  "strict",
  "tile",
  "halo",
  "boundary",
  "boundaryValue",
  "workers",
  "pool",
  "maxMemory",
  "resume",
  "shard",
  "signal",
  "onProgress",
  "recorder",
  ...GUARD_NAMES,
];

/**
 * Runs a kernel over arrays that need not fit in memory: those of stores and files ({@linkcode openArray},
 * {@linkcode createArray}) beside those in memory. Blocks of whole chunks are read, computed and written on module
 * Workers; meanwhile the next are read.
 *
 * A chunk that is written lasts. A run that was interrupted goes on with `resume`; the tasks of a job share a run by
 * `shard`.
 *
 * @param kernel The URL of a module whose default export is a {@linkcode Kernel}, or an expression.
 * @param options Inputs, outputs, memory.
 * @returns The outputs, what the kernel returned for each block, and the report.
 * @throws {ShapeError} If the arrays do not fit together.
 * @throws {PlanError} If tile, workers, names or shard make no plan.
 * @throws {MemoryBudgetError} If not even one block fits `maxMemory`.
 * @throws {FormatError} If what is stored is damaged; the message names the chunk.
 * @throws {StoreError} If a store fails, an output is of another computation, or another task is at the same shard.
 * @throws {TileError} If the kernel throws, with its error as `cause`.
 *
 * @example
 * ```ts
 * import { createArray, openArray, SharedNdArray, streamedMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using tmp = await createArray(`${folder}/in.zarr/tmp`, { shape: [8, 4], chunks: [2, 4] });
 * await tmp.write({ origin: [0, 0], shape: [8, 4] }, SharedNdArray.arange(32).reshape([8, 4]));
 * using warm = await createArray(`${folder}/out.zarr/warm`, { shape: [8, 4], chunks: [2, 4], dtype: "bool" });
 * const { report } = await streamedMap("warm = tmp > 20", { inputs: { tmp }, outputs: { warm }, workers: 2 });
 * assertEquals((await warm.read({ origin: [5, 0], shape: [1, 4] })).toNested(), [[false, true, true, true]]);
 * console.log(report.stored?.writtenBytes);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function streamedMap<const Outputs extends Readonly<Record<string, StreamedOutput>>>(
  kernel: URL | Expression,
  options: StreamedMapOptions<Outputs>,
): Promise<StreamedRun<Outputs>> {
  const began = performance.now();
  const wishes = readStreamOptions(options);
  const { signal, onProgress, recorder, shard, resume = shard !== undefined } = wishes;
  signal?.throwIfAborted();
  const workers = workersOf({ workers: wishes.workers, pool: wishes.pool });
  let prepared = await prepareStream(kernel, wishes, workers);
  const isShared = shard !== undefined;
  const fingerprint = await fingerprintOf(prepared.identity);
  const record = { fingerprint, block: prepared.plan.tile };
  const holds = await recordRun(prepared.outputs, record, { resume });
  // All tasks divide the same blocks, also where they have less memory than the first; and what a module computes may
  // depend on its tiles.
  const isBound = isShared || (resume && kernel instanceof URL);
  if (isBound && showValue(holds.block) !== showValue(prepared.plan.tile)) {
    prepared = await prepareStream(kernel, { ...wishes, tile: holds.block }, workers);
  }
  const { plan, inputs, outputs, message, notes } = prepared;
  const range = shardRange(plan.tiles, shard);
  await using _claim = isShared ? await ShardClaim.take(outputs, shard, { signal }) : null;
  const shared: Record<string, SharedNdArray> = { ...wishes.shared };
  if (resume) shared[BLOCKS_DONE] = await blocksDone(outputs, plan, range, isShared);
  await using lease = new PoolLease(wishes.pool, workers, wishes);
  const resident = inMemory(outputs);
  try {
    const { values, tiles, report } = await execute(
      {
        plan,
        arrays: { ...inMemory(inputs), ...resident },
        shared,
        message,
        outputs: resident,
        range,
      },
      { workers, lease, exact: true, began, signal, onProgress, guards: wishes, recorder },
    );
    for (const array of Object.values(outputs)) {
      if (array instanceof StoredArray && !isShared) await array.finish();
    }
    return displayed({
      // Built name by name from the specs, as StreamedOutputOf says.
      outputs: outputs as StreamedRun<Outputs>["outputs"],
      values,
      tiles,
      report: { ...report, notes: [...report.notes, ...notes] },
    });
  } catch (error) {
    throw ofStore(error);
  }
}

/** Those arrays that are in memory. */
export function inMemory(
  arrays: Readonly<Record<string, SharedNdArray | StoredArray>>,
): Readonly<Record<string, SharedNdArray>> {
  return Object.fromEntries(
    Object.entries(arrays).filter((entry): entry is [string, SharedNdArray] =>
      entry[1] instanceof SharedNdArray
    ),
  );
}

/** What a store has done wrong is no failure of the kernel, though it was found at a block. */
export function ofStore(error: unknown): unknown {
  if (!(error instanceof TileError) || !(error.cause instanceof Error)) return error;
  const { cause } = error, fields = { ...cause } as { readonly format?: unknown; readonly key?: unknown };
  if (cause.name === "FormatError") {
    return new FormatError(cause.message, typeof fields.format === "string" ? fields.format : "", { cause });
  }
  if (cause.name === "StoreError") {
    return new StoreError(cause.message, typeof fields.key === "string" ? fields.key : null, { cause });
  }
  return error;
}

/** Checks what kinds of values options are that the run itself does not look at. */
function readStreamOptions(options: StreamWishes): StreamWishes {
  if (typeof options !== "object" || options === null) {
    throw new PlanError(
      `The options must be an object, such as { inputs: { a }, outputs: { b } }, but are ${
        showValue(options)
      }`,
    );
  }
  refuseUnknown(options, NAMES);
  const refuse = (name: string, expected: string, value: unknown): never => {
    throw new PlanError(`The option ${name} must be ${expected}, but is ${showValue(value)}`);
  };
  for (const name of ["inputs", "outputs", "shared", "scalars"] as const) {
    const value = options[name];
    if (value === undefined || (typeof value === "object" && value !== null && !Array.isArray(value))) {
      continue;
    }
    refuse(name, "an object with a name for each value", value);
  }
  const { resume, shard, maxMemory, tile, signal, onProgress, recorder } = options;
  if (resume !== undefined && typeof resume !== "boolean") refuse("resume", "true or false", resume);
  if (tile !== undefined && !Array.isArray(tile)) refuse("tile", "an array of extents, such as [4, 4]", tile);
  if (signal !== undefined && !(signal instanceof AbortSignal)) refuse("signal", "an AbortSignal", signal);
  if (onProgress !== undefined && typeof onProgress !== "function") {
    refuse("onProgress", "a function", onProgress);
  }
  if (recorder !== undefined && !(recorder instanceof RunRecorder)) {
    refuse("recorder", "a RunRecorder", recorder);
  }
  if (maxMemory !== undefined && !(Number.isSafeInteger(maxMemory) && maxMemory > 0)) {
    refuse("maxMemory", "a positive integer, in bytes", maxMemory);
  }
  if (shard !== undefined) {
    if (typeof shard !== "object" || shard === null) {
      refuse("shard", "such as { index: 3, count: 64 }", shard);
    }
    requireShard(shard);
    if (resume === false) {
      throw new PlanError(
        "A shard goes on where its task was interrupted: leave out resume, or make it true",
      );
    }
  }
  requireGuards(options, options.pool !== undefined);
  for (const name of ["debug", "onlyTile", "sandbox"]) {
    const value: unknown = Reflect.get(options, name);
    if (value !== undefined && value !== false) {
      throw new PlanError(`The option ${name} is for arrays in memory: a stream has none to watch`);
    }
  }
  return { ...options };
}
