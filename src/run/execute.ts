/**
 * A prepared run from its start to its report: on the calling thread, on a pool that was given, or on one of its own.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { dtypeRow } from "../dtype.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import { ControlBlock } from "./control_block.ts";
import type { Progress } from "./map_options.ts";
import { viewElements } from "./prepare_run.ts";
import { highWaterGauge, MemoryWatch } from "./memory_watch.ts";
import type { KernelMessage, WorkerPart } from "./protocol.ts";
import { makeReport, predictPeak, type RunReport, sharedBytes } from "./report.ts";
import { lendArrays, type LentArrays } from "./run_arrays.ts";
import { isSoonOver, type JobResult, runHere } from "./run_here.ts";
import { type PoolJob, WorkerPool } from "./worker_pool.ts";

/** Milliseconds between two calls of `onProgress`. */
const PROGRESS_MS = 100;

/** What a run does, and on which arrays. */
export interface RunTask {
  readonly plan: TilePlan;
  /** Inputs and outputs by name. */
  readonly arrays: Readonly<Record<string, SharedNdArray>>;
  /** Arrays that every tile gets whole, by name. */
  readonly shared: Readonly<Record<string, SharedNdArray>>;
  readonly message: KernelMessage;
}

/** Who runs it, and who hears of it. */
export interface RunSettings {
  /** How many workers may take part. */
  readonly workers: number;
  /** Where workers come from. */
  readonly lease: PoolLease;
  /** Whether all of them shall take part. */
  readonly exact: boolean;
  /** When the call began, as `performance.now()` tells time. */
  readonly began: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: Progress) => void;
}

/** What came of a run. */
export interface RunOutcome {
  /** What the kernel returned for each tile, in tile order; empty when it never returned anything. */
  readonly values: readonly unknown[];
  readonly report: RunReport;
  /** How many tiles were done: fewer than planned only where an iteration ended before its last step. */
  readonly tiles: number;
}

/**
 * The pool of a call: the one that was given, or one that is opened when a run needs it and closed when the call
 * ends.
 */
export class PoolLease implements AsyncDisposable {
  readonly #given: WorkerPool | undefined;
  readonly #workers: number;
  #own: WorkerPool | undefined;

  /**
   * @param given A pool whose owner closes it, if there is one.
   * @param workers How many workers an own one has.
   */
  constructor(given: WorkerPool | undefined, workers: number) {
    this.#given = given;
    this.#workers = workers;
  }

  /** Whether there are workers that need not be opened. */
  get isOpen(): boolean {
    return this.#given !== undefined || this.#own !== undefined;
  }

  /** The pool. */
  take(): WorkerPool {
    return this.#given ?? (this.#own ??= new WorkerPool({ workers: this.#workers }));
  }

  /** Closes the pool, unless it was given. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#own?.close();
  }
}

/**
 * Runs a task.
 *
 * @param task What is to be done.
 * @param settings Who does it.
 * @throws {TileError} If the kernel failed on a tile.
 * @throws {KernelLoadError} If the kernel could not be loaded.
 * @throws {WorkerError} If a worker ended, or the pool is closed.
 */
export async function execute(task: RunTask, settings: RunSettings): Promise<RunOutcome> {
  const { plan, arrays, shared, message } = task;
  const { workers, lease, began, onProgress } = settings;
  const control = ControlBlock.create(workers);
  const bytes = sharedBytes([...Object.values(arrays), ...Object.values(shared)]);
  const predictedPeak = predictPeak(bytes + workers * copiesOf(task), workers);

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
    exact: settings.exact,
    signal: progress.abortWith(settings.signal),
  };
  const isHere = isSoonOver(job, lease.isOpen);
  const { parts, ended, highWater } = await runLent(
    lent,
    () => isHere ? runHere(job, watch) : runOn(lease.take(), job, watch),
  );
  const elapsedMs = ended - began;
  tell();
  const tiles = control.ticketsAtEnd() || plan.tiles;
  return {
    tiles,
    values: inTileOrder(plan, parts),
    report: makeReport({ ...plan, tiles }, { asked: workers, parts, isCaller: isHere }, elapsedMs, {
      usage: watch.finish(Math.max(0, ...parts.map((part) => part.rssPeak))),
      highWater,
      shared: bytes,
      predictedPeak,
    }),
  };
}

/** Bytes of copies that a worker makes of tiles at an edge. */
function copiesOf({ plan, arrays, message }: RunTask): number {
  if (message.kind !== "module" || message.halo === null) return 0;
  const { fills, axes } = message.halo, elements = viewElements(plan.tile, axes);
  return Object.keys(fills).reduce((sum, name) => sum + elements * dtypeRow(arrays[name].dtype).bytes, 0);
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
