/**
 * A prepared run from its start to its report: on the calling thread, on a pool that was given, or on one of its own.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { dtypeRow } from "../dtype.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import { ControlBlock, type TileRange } from "./control_block.ts";
import type { Progress } from "./map_options.ts";
import { viewElements } from "./prepare_run.ts";
import { highWaterGauge, MemoryWatch } from "./memory_watch.ts";
import type { PoolJob, PoolRun } from "./pool_run.ts";
import type { KernelMessage, WorkerPart } from "./protocol.ts";
import { makeReport, predictPeak, type RunReport, sharedBytes } from "./report.ts";
import { lendArrays, type LentArrays } from "./run_arrays.ts";
import { isSoonOver, type JobResult, runHere } from "./run_here.ts";
import { resolveGuards, type RunGuards } from "./run_guards.ts";
import type { RunRecorder } from "./run_recorder.ts";
import type { RunRecording } from "./recorded_phase.ts";
import { arrayFacts, phaseName, weightOf } from "./recorded_facts.ts";
import { type TileStates, tileStates } from "./tile_states.ts";
import { markFinished, markUnfinished } from "./unfinished.ts";
import type { WorkerPool, WorkerPoolOptions } from "./worker_pool.ts";

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
  /** The tiles that are run. Default: as the guards say. */
  readonly range?: TileRange;
  /** Those of `arrays` that are written. Default: any may be. */
  readonly outputs?: Readonly<Record<string, SharedNdArray>>;
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
  /** How it is watched. */
  readonly guards?: RunGuards;
  /** Records it. */
  readonly recorder?: RunRecorder;
}

/** What came of a run. */
export interface RunOutcome {
  /** What the kernel returned for each tile, in tile order; empty when it never returned anything. */
  readonly values: readonly unknown[];
  readonly report: RunReport;
  /** How many tiles were done: fewer than planned only where an iteration ended before its last step. */
  readonly done: number;
  /** Which. */
  readonly tiles: TileStates;
}

/**
 * The pool of a call: the one that was given, or one that is opened when a run needs it and closed when the call
 * ends.
 */
export class PoolLease implements AsyncDisposable {
  readonly #given: WorkerPool | undefined;
  readonly #options: WorkerPoolOptions;
  #own: WorkerPool | undefined;

  /**
   * @param given A pool whose owner closes it, if there is one.
   * @param workers How many workers an own one has.
   * @param guards What workers it has.
   */
  constructor(given: WorkerPool | undefined, workers: number, guards: RunGuards = {}) {
    const { isolation, heapLimit, sandbox } = guards;
    this.#given = given;
    this.#options = { workers, isolation, heapLimit, sandbox };
  }

  /** Whether there are workers that need not be opened. */
  get isOpen(): boolean {
    return this.#given !== undefined || this.#own !== undefined;
  }

  /**
   * Whether a run has to wait for one that is under way.
   *
   * @param job The run's.
   */
  hasConflict(job: PoolJob): boolean {
    return (this.#given ?? this.#own)?.hasConflict(job) ?? false;
  }

  /** The pool: at once, where there is one. What pools are made of is loaded when one is needed. */
  take(): WorkerPool | Promise<WorkerPool> {
    return this.#given ?? this.#own ?? this.#open();
  }

  async #open(): Promise<WorkerPool> {
    const { WorkerPool } = await import("./worker_pool.ts");
    return this.#own ??= new WorkerPool(this.#options);
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
  const { plan, arrays, shared, message, outputs = arrays } = task;
  const { workers, lease, began, onProgress } = settings;
  const resolved = resolveGuards(settings.guards ?? {}, plan, rolesOf(task));
  const guards = { ...resolved, range: task.range ?? resolved.range };
  const { range } = guards, total = range.end - range.begin;
  const control = ControlBlock.create(workers + spareSlots(guards.retries, total), range.begin);
  const bytes = sharedBytes([...Object.values(arrays), ...Object.values(shared)]);
  const predictedPeak = predictPeak(bytes + workers * copiesOf(task), workers);

  const recording = settings.recorder?.begin({
    name: phaseName(message),
    plan,
    range,
    arrays: arrayFacts(task),
    weight: weightOf(message),
    control,
    predictedPeak,
    began,
  });
  using watch = new MemoryWatch(recording?.sampled);
  // What is tried again is counted twice.
  const tell = () =>
    onProgress?.({
      done: Math.min(total, control.tilesDone()),
      total,
      elapsedMs: performance.now() - began,
    });
  using progress = new ProgressTimer(onProgress === undefined ? undefined : tell);
  const lent = lendArrays(arrays, shared);
  const job: PoolJob = {
    ...guards,
    kernel: message,
    plan,
    arrays: lent.arrays,
    shared: lent.shared,
    memories: memoriesOf(task, lent),
    control,
    bytes,
    workers: guards.debug ? 1 : workers,
    exact: settings.exact && !guards.debug,
    signal: progress.abortWith(settings.signal),
    recording,
  };
  const isHere = isSoonOver(job, lease.isOpen) && !lease.hasConflict(job);
  const run = new RunSoFar(job);
  try {
    const { parts, ended, highWater } = await runLent(
      lent,
      run,
      () => isHere ? runHere(job, watch) : runOnLease(lease, run, watch),
    );
    const elapsedMs = ended - began;
    endRecording(recording, parts, isHere);
    tell();
    const done = control.ticketsAtEnd() || total;
    markFinished(task.outputs ?? {});
    return {
      done,
      tiles: run.tiles,
      values: inTileOrder(range, parts),
      report: makeReport(
        { ...plan, tiles: done },
        { asked: workers, parts, isCaller: isHere, retried: run.retried, notes: guards.notes },
        elapsedMs,
        {
          usage: watch.finish(Math.max(0, ...parts.map((part) => part.rssPeak))),
          highWater,
          shared: bytes,
          predictedPeak,
        },
      ),
    };
  } catch (error) {
    endRecording(recording, run.onPool?.parts ?? [], isHere);
    if (message.kind !== "iterate" && message.kind !== "reduce" && message.kind !== "stream reduce") {
      markUnfinished({ tiles: run.tiles, outputs, error });
    }
    tellLast(tell);
    throw error;
  }
}

/** Ends a recording with what the parts noted. */
function endRecording(
  recording: RunRecording | undefined,
  parts: readonly WorkerPart[],
  isCaller: boolean,
): void {
  recording?.end(parts.flatMap(({ worker, log }) => log === undefined ? [] : [{ worker, log }]), isCaller);
}

/** Tells how far a run came that has failed. Its own error matters more than one of whoever is told. */
function tellLast(tell: () => void): void {
  try {
    tell();
  } catch {
    // The run has failed already.
  }
}

/** Parts that may take the place of lost ones, at most. */
const MOST_SPARE_SLOTS = 256;

/** A worker is lost at a tile, or behind the last one, and each of these is tried again so often. */
function spareSlots(retries: number, tiles: number): number {
  return Math.min(MOST_SPARE_SLOTS, retries * (tiles + 1));
}

/** A run that may not have come to a pool. */
class RunSoFar {
  readonly job: PoolJob;
  onPool: PoolRun | undefined;

  constructor(job: PoolJob) {
    this.job = job;
  }

  get tiles(): TileStates {
    return this.onPool?.tiles ?? tileStates(this.job.control, this.job.range, []);
  }

  /** Whether a worker was given up, after a failure or before another one did its tiles. */
  get hasLost(): boolean {
    return this.onPool?.hasLost ?? false;
  }

  get retried(): number {
    return this.onPool?.retried ?? 0;
  }
}

/** Which arrays are read, and which are written. */
function rolesOf({ arrays, outputs = {}, message }: RunTask): {
  readonly inputs: readonly SharedNdArray[];
  readonly outputs: readonly SharedNdArray[];
} {
  const inputs = inputNames(message).filter((name) => Object.hasOwn(arrays, name)).map((name) =>
    arrays[name]
  );
  return { inputs, outputs: Object.values(outputs) };
}

function inputNames(message: KernelMessage): readonly string[] {
  if (message.kind === "module") return message.inputs;
  if (message.kind === "stream") return message.inputs.map(({ name }) => name);
  if (message.kind !== "compiled") return [];
  return message.compiled.operands.filter(({ isOutput }) => !isOutput).map(({ name }) => name);
}

/** The memories that a run reads, and those that it may write. */
function memoriesOf(
  { outputs, arrays }: RunTask,
  lent: LentArrays,
): PoolJob["memories"] {
  const written = Object.keys(outputs ?? arrays);
  const sources = (names: readonly string[], handles: LentArrays["arrays"]) =>
    names.map((name) => handles[name].source);
  return {
    read: new Set(sources(Object.keys(lent.arrays), lent.arrays)),
    written: new Set([...sources(written, lent.arrays), ...sources(Object.keys(lent.shared), lent.shared)]),
  };
}

/** Bytes of copies that a worker makes of tiles at an edge. */
function copiesOf({ plan, arrays, message }: RunTask): number {
  if (message.kind === "stream" || message.kind === "stream reduce") return message.blockBytes;
  if (message.kind !== "module" || message.halo === null) return 0;
  const { fills, axes } = message.halo, elements = viewElements(plan.tile, axes);
  return Object.keys(fills).reduce((sum, name) => sum + elements * dtypeRow(arrays[name].dtype).bytes, 0);
}

/** Runs, and takes the arrays back. A worker that was given up may still write to them. */
async function runLent(
  lent: LentArrays,
  soFar: RunSoFar,
  run: () => Promise<JobResult>,
): Promise<JobResult> {
  let isDone = false;
  try {
    const result = await run();
    isDone = true;
    return result;
  } finally {
    lent.giveBack(!isDone || soFar.hasLost);
  }
}

/** Without waiting where there is a pool: it shall have begun before the call returns. */
async function runOnLease(lease: PoolLease, run: RunSoFar, watch: MemoryWatch): Promise<JobResult> {
  const pool = lease.take();
  return await runOn(pool instanceof Promise ? await pool : pool, run, watch);
}

async function runOn(pool: WorkerPool, run: RunSoFar, watch: MemoryWatch): Promise<JobResult> {
  run.onPool = pool.begin(run.job);
  const running = run.onPool.done.then((parts) => ({ parts, ended: performance.now() }));
  // The workers are at work by now: what is slow on this thread hides behind them. The first timer of a process is
  // slow too, but not after the gauge, which loads the same parts of the runtime.
  const gauge = highWaterGauge();
  gauge.then(() => watch.start(() => pool.check()));
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

function inTileOrder({ begin, end }: TileRange, parts: readonly WorkerPart[]): unknown[] {
  if (parts.every((part) => part.values.length === 0)) return [];
  const values = new Array<unknown>(end - begin).fill(undefined);
  for (const { valueTiles, values: returned } of parts) {
    valueTiles.forEach((tile, k) => values[tile - begin] = returned[k]);
  }
  return values;
}
