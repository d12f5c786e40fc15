/**
 * The main call: a kernel over the tiles of arrays.
 *
 * @module
 */

import type { TilePlan } from "../plan/tile_plan.ts";
import { ControlBlock } from "./control_block.ts";
import type { Expression, TiledMapOptions, TiledRun } from "./map_options.ts";
import { highWaterGauge, MemoryWatch } from "./memory_watch.ts";
import { prepareExpressionRun, prepareModule, readOptions, workersOf } from "./prepare_run.ts";
import type { WorkerPart } from "./protocol.ts";
import { makeReport, predictPeak, sharedBytes } from "./report.ts";
import { lendArrays, type LentArrays, type OutputSpec } from "./run_arrays.ts";
import { isSoonOver, type JobResult, runHere } from "./run_here.ts";
import { type PoolJob, WorkerPool } from "./worker_pool.ts";

/** Milliseconds between two calls of `onProgress`. */
const PROGRESS_MS = 100;

/**
 * Runs a kernel over the tiles of arrays, on module Workers that share the arrays' memory.
 *
 * All inputs and outputs have the same shape. Tiles cover it without overlap, so that workers never write the same element.
 *
 * @param kernel The URL of a module whose default export is a {@linkcode Kernel}.
 * @param options Inputs, outputs, tile, workers.
 * @returns The outputs, what the kernel returned for each tile, and the report.
 * @throws {ShapeError} If the arrays differ in shape.
 * @throws {PlanError} If tile, workers or names make no plan.
 * @throws {OverlapError} If an output shares memory with itself, with another output, with a shifted input, or with a
 * shared array.
 * @throws {KernelLoadError} If the kernel cannot be loaded.
 * @throws {TileError} If the kernel throws: the first tile that failed, with the kernel's own error as `cause`.
 * @throws {WorkerError} If a worker ended.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = "export default ({ tmp, warm }) => { warm.set(0, tmp.get(0) > 20); return tmp.get(0) }";
 * const run = await tiledMap(new URL(`data:text/javascript,${kernel}`), {
 *   inputs: { tmp: SharedNdArray.from([18, 21, 25]) },
 *   outputs: { warm: "bool" },
 *   tile: [1],
 *   workers: 2,
 * });
 * assertEquals([...run.outputs.warm.values()], [false, true, true]);
 * assertEquals(run.values, [18, 21, 25]);
 * ```
 */
export async function tiledMap<const Outputs extends Readonly<Record<string, OutputSpec>>>(
  kernel: URL | Expression,
  options: TiledMapOptions<Outputs>,
): Promise<TiledRun<Outputs>> {
  const began = performance.now();
  // Before anything is awaited, so that the caller may change them afterwards.
  const wishes = readOptions(options);
  const { pool: given, signal, onProgress } = wishes;
  signal?.throwIfAborted();
  const workers = workersOf(wishes);
  const { plan, outputs, arrays, shared, message } = kernel instanceof URL
    ? prepareModule(kernel, wishes, workers)
    : await prepareExpressionRun(kernel, wishes, workers);
  const control = ControlBlock.create(workers);
  const bytes = sharedBytes([...Object.values(arrays), ...Object.values(shared)]);
  const predictedPeak = predictPeak(bytes, workers);

  using watch = new MemoryWatch();
  const tell = () =>
    onProgress?.({ done: control.tilesDone(), total: plan.tiles, elapsedMs: performance.now() - began });
  using progress = new ProgressTimer(onProgress === undefined ? undefined : tell);
  const lent = lendArrays(arrays, shared);
  const job: PoolJob = {
    kernel: message,
    plan,
    arrays: lent.arrays,
    shared: lent.shared,
    control,
    bytes,
    workers,
    exact: wishes.exact ?? false,
    signal: progress.abortWith(signal),
  };
  const isHere = isSoonOver(job, given !== undefined);
  const { parts, ended, highWater } = await runLent(lent, () => {
    if (isHere) return runHere(job, watch);
    return given !== undefined ? runOn(given, job, watch) : runOnOwnPool(job, watch);
  });
  const elapsedMs = ended - began;
  tell();
  return {
    // Built name by name from the specs, as OutputOf says.
    outputs: outputs as TiledRun<Outputs>["outputs"],
    values: inTileOrder(plan, parts),
    report: makeReport(plan, { asked: workers, parts, isCaller: isHere }, elapsedMs, {
      usage: watch.finish(Math.max(0, ...parts.map((part) => part.rssPeak))),
      highWater,
      shared: bytes,
      predictedPeak,
    }),
  };
}

/** Runs, and takes the arrays back. After a failure a worker that was given up may still write to them. */
async function runLent(lent: LentArrays, run: () => Promise<JobResult>): Promise<JobResult> {
  let isDone = false;
  try {
    const result = await run();
    isDone = true;
    return result;
  } finally {
    lent.giveBack(!isDone);
  }
}

async function runOn(pool: WorkerPool, job: PoolJob, watch: MemoryWatch): Promise<JobResult> {
  const running = pool.run(job).then((parts) => ({ parts, ended: performance.now() }));
  // The workers are at work by now: what is slow on this thread hides behind them. The first timer of a process is
  // slow too, but not after the gauge, which loads the same parts of the runtime.
  const gauge = highWaterGauge();
  gauge.then(() => watch.start());
  const [{ parts, ended }, highWaterMark] = await Promise.all([running, gauge]);
  watch.sample();
  return { parts, ended, highWater: highWaterMark() };
}

async function runOnOwnPool(job: PoolJob, watch: MemoryWatch): Promise<JobResult> {
  await using pool = new WorkerPool({ workers: job.workers });
  return await runOn(pool, job, watch);
}

/** Calls back while a run goes on; what the callback throws aborts the run. */
class ProgressTimer implements Disposable {
  readonly #failed = new AbortController();
  readonly #timer: ReturnType<typeof setInterval> | undefined;

  constructor(tell: (() => void) | undefined) {
    if (tell === undefined) return;
    this.#timer = setInterval(() => {
      try {
        tell();
      } catch (error) {
        this.#failed.abort(error);
      }
    }, PROGRESS_MS);
  }

  /** A signal that also fires when the callback threw. */
  abortWith(signal: AbortSignal | undefined): AbortSignal | undefined {
    if (this.#timer === undefined) return signal;
    return signal === undefined ? this.#failed.signal : AbortSignal.any([signal, this.#failed.signal]);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

function inTileOrder(plan: TilePlan, parts: readonly WorkerPart[]): unknown[] {
  if (parts.every((part) => part.values.length === 0)) return [];
  const values = new Array<unknown>(plan.tiles).fill(undefined);
  for (const { valueTiles, values: returned } of parts) {
    valueTiles.forEach((tile, k) => values[tile] = returned[k]);
  }
  return values;
}
