/**
 * Workers that stay alive over many runs. The only place that makes a Worker.
 *
 * @module
 */

import { KernelLoadError, PlanError, TileError, WorkerError } from "../errors.ts";
import { tileAt, type TilePlan } from "../plan/tile_plan.ts";
import type { ControlBlock } from "./control_block.ts";
import { SentModules } from "./known_modules.ts";
import {
  type EndMessage,
  type Failure,
  type StartMessage,
  unpackThrown,
  type WorkerPart,
} from "./protocol.ts";

/** More workers than this are refused: each takes about 9 MB and 8 ms to start. */
export const MOST_WORKERS = 512;

/** How long a run that failed or was cancelled waits for workers to end the tile at hand. */
const GRACE_MS = 500;

/** A run over fewer bytes is given a moment to end before further workers are opened for it. */
const SMALL_RUN_BYTES = 16_000_000;

/** How long that moment is: about what opening a worker takes. */
const PATIENCE_MS = 12;

/**
 * Options of a pool.
 *
 * @example
 * ```ts
 * import { WorkerPool, type WorkerPoolOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: WorkerPoolOptions = { workers: 3 };
 * await using pool = new WorkerPool(options);
 * assertEquals(pool.size, 3);
 * ```
 */
export interface WorkerPoolOptions {
  /** How many workers. Default: the machine's cores. */
  readonly workers?: number;
}

/** What a pool is asked to run. */
export interface PoolJob {
  /** The kernel. */
  readonly kernel: StartMessage["kernel"];
  /** The plan. */
  readonly plan: TilePlan;
  /** Inputs and outputs by name. */
  readonly arrays: StartMessage["arrays"];
  /** Arrays that every call gets whole, by name. */
  readonly shared: StartMessage["shared"];
  /** A control block with a slot for each worker that takes part. */
  readonly control: ControlBlock;
  /** The bytes behind the arrays. */
  readonly bytes: number;
  /** How many of the pool's workers may take part. */
  readonly workers: number;
  /** Whether all of them shall, even when the run would be over before they are open. */
  readonly exact: boolean;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
}

/**
 * Checks a number of workers.
 *
 * @param workers The number, or nothing for the machine's cores.
 * @throws {PlanError} If it is no integer from 1 to 512.
 */
export function resolveWorkers(workers: number = navigator.hardwareConcurrency): number {
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS) {
    throw new PlanError(
      `Invalid number of workers ${workers}: expected an integer from 1 to ${MOST_WORKERS}`,
    );
  }
  return workers;
}

/** A place for a worker: empty until it is needed, filled again when its worker is gone. */
class Seat {
  readonly #index: number;
  #worker: Worker | undefined;
  #sent = new SentModules();
  #waiting: { run: number; resolve(message: EndMessage): void; reject(error: unknown): void } | undefined;

  constructor(index: number) {
    this.#index = index;
  }

  /** Whether a worker sits here. */
  get isTaken(): boolean {
    return this.#worker !== undefined;
  }

  /** Opens a worker, unless there is one. This blocks for about 8 ms. */
  open(): Worker {
    if (this.#worker !== undefined) return this.#worker;
    const url = new URL("../../workers/tile_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name: `tilewise ${this.#index}` });
    worker.onmessage = ({ data }: MessageEvent<EndMessage | null | undefined>) => {
      // A kernel shares the worker's scope and may post messages of its own: they end nothing.
      if (data?.run === undefined || data.run !== this.#waiting?.run) return;
      this.#waiting.resolve(data);
      this.#waiting = undefined;
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.vacate(`Worker ${this.#index} ended: ${event.message}`);
    };
    worker.onmessageerror = () => this.vacate(`Worker ${this.#index} sent a message that cannot be read`);
    this.#worker = worker;
    return worker;
  }

  /** Starts a worker's part of a run. */
  start(message: StartMessage): Promise<EndMessage> {
    const worker = this.open();
    const { promise, resolve, reject } = Promise.withResolvers<EndMessage>();
    this.#waiting = { run: message.run, resolve, reject };
    worker.postMessage({ ...message, kernel: this.#sent.withoutKnown(message.kernel) });
    return promise;
  }

  /** Whether an answer is awaited. */
  get isBusy(): boolean {
    return this.#waiting !== undefined;
  }

  /** Ends the worker, whatever it does. An answer that is awaited becomes an error. */
  vacate(reason: string): void {
    this.#worker?.terminate();
    this.#worker = undefined;
    this.#sent = new SentModules();
    this.#waiting?.reject(new WorkerError(reason, this.#index));
    this.#waiting = undefined;
  }
}

/**
 * Waits until it is clear whether further workers would still find tiles to do: opening one takes longer than many a
 * small run. The first part that ends has found no tile left, or failed.
 */
async function isWorthMore(
  { control, plan, bytes }: PoolJob,
  running: readonly Promise<unknown>[],
): Promise<boolean> {
  if (bytes < SMALL_RUN_BYTES) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise((resolve) => timer = setTimeout(resolve, PATIENCE_MS));
    await Promise.race([patience, ...running]);
    clearTimeout(timer);
  }
  return control.tilesClaimed() < plan.tiles && !control.isStopRequested();
}

/**
 * A number of workers, ready for runs. Runs on one pool take place one after another.
 *
 * A worker that does not end its tile within half a second after its run failed or was cancelled is given up: another
 * takes its place, but a thread that loops for ever may go on writing to the arrays it knows.
 *
 * A pool keeps the process alive until it is closed: hold it with `await using`, or call
 * {@linkcode WorkerPool.close}.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, WorkerPool } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a }, { index }) => { a.fill(index) }");
 * await using pool = new WorkerPool({ workers: 2 });
 * for (const tile of [[2], [3]]) {
 *   const { outputs } = await tiledMap(kernel, { outputs: { a: SharedNdArray.zeros([6]) }, tile, pool });
 *   assertEquals(outputs.a.get(5), 6 / tile[0] - 1);
 * }
 * ```
 */
export class WorkerPool implements AsyncDisposable {
  readonly #seats: Seat[];
  #tail: Promise<unknown> = Promise.resolve();
  #pending = 0;
  #closed = false;

  /**
   * Opens the first worker; the others are opened when a run needs them.
   *
   * @param options How many workers the pool may have.
   * @throws {PlanError} If that is no integer from 1 to 512.
   */
  constructor(options: WorkerPoolOptions = {}) {
    const workers = resolveWorkers(options.workers);
    this.#seats = Array.from({ length: workers }, (_, index) => new Seat(index));
    this.#seats[0].open();
  }

  /**
   * How many workers it may have.
   *
   * @example
   * ```ts
   * import { WorkerPool } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * await using pool = new WorkerPool();
   * assertEquals(pool.size, navigator.hardwareConcurrency);
   * ```
   */
  get size(): number {
    return this.#seats.length;
  }

  /**
   * Whether it was closed, so that no run can begin on it.
   *
   * @example
   * ```ts
   * import { WorkerPool } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const pool = new WorkerPool({ workers: 1 });
   * await pool.close();
   * assertEquals(pool.isClosed, true);
   * ```
   */
  get isClosed(): boolean {
    return this.#closed;
  }

  /**
   * Runs a job when those before it have ended.
   *
   * @param job The job.
   * @returns What each worker did, once all have ended.
   * @throws {TileError} If the kernel failed on a tile.
   * @throws {KernelLoadError} If the kernel could not be loaded.
   * @throws {WorkerError} If a worker ended, or the pool is closed.
   * @ignore
   */
  run(job: PoolJob): Promise<WorkerPart[]> {
    // An idle pool posts its messages before this returns, so that the caller can do slow things meanwhile.
    const before = this.#tail;
    const result = this.#pending === 0
      ? this.#runNow(job)
      : unlessAborted(before, job.signal).then(() => this.#runNow(job));
    this.#pending++;
    this.#tail = Promise.allSettled([before, result]).then(() => this.#pending--);
    return result;
  }

  async #runNow(job: PoolJob): Promise<WorkerPart[]> {
    requireOpen(this);
    job.signal?.throwIfAborted();
    // Not to be guessed, because kernels can post messages too.
    const run = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
    const { kernel, plan, arrays, shared, control } = job;
    const seats = this.#seats.slice(0, job.workers);
    let firstError: { error: unknown } | undefined;
    let grace: ReturnType<typeof setTimeout> | undefined;
    const stop = (error: unknown) => {
      firstError ??= { error };
      control.requestStop();
      grace ??= setTimeout(() => {
        for (const [worker, seat] of seats.entries()) {
          if (seat.isBusy) {
            seat.vacate(`Worker ${worker} did not end its tile within ${GRACE_MS} ms of the stop`);
          }
        }
      }, GRACE_MS);
    };
    const runPart = async (seat: Seat, worker: number): Promise<WorkerPart | undefined> => {
      try {
        const end = await seat.start({ run, worker, kernel, plan, arrays, shared, control: control.buffer });
        if (end.failure !== undefined) stop(runError(job, worker, end.failure));
        return end.part;
      } catch (error) {
        stop(error);
        return undefined;
      }
    };
    const cancel = () => stop(job.signal?.reason);
    job.signal?.addEventListener("abort", cancel, { once: true });
    try {
      const running: Promise<WorkerPart | undefined>[] = [];
      const [open, empty] = [true, false].map((taken) =>
        seats.entries().filter(([, seat]) => seat.isTaken === taken).toArray()
      );
      for (const [worker, seat] of open) running.push(runPart(seat, worker));
      if (job.exact || running.length === 0 || await isWorthMore(job, running)) {
        for (const [worker, seat] of empty) {
          // Opening those before may have taken longer than the run, and a stop may have been asked for meanwhile.
          const isOver = !job.exact && control.tilesClaimed() >= plan.tiles;
          if (isOver || control.isStopRequested() || this.#closed) break;
          running.push(runPart(seat, worker));
          await nextTask();
        }
      }
      const parts = await Promise.all(running);
      if (firstError !== undefined) throw firstError.error;
      requireAllTiles(control.ticketsAtEnd() || plan.tiles, parts);
      return parts.filter((part) => part !== undefined).sort((a, b) => a.worker - b.worker);
    } finally {
      clearTimeout(grace);
      job.signal?.removeEventListener("abort", cancel);
    }
  }

  /**
   * Ends the workers. A run that is under way fails with a {@linkcode WorkerError}.
   *
   * @example
   * ```ts
   * import { SharedNdArray, tiledMap, WorkerError, WorkerPool } from "@tilewise/ndarray";
   * import { assertRejects } from "@std/assert";
   *
   * const pool = new WorkerPool({ workers: 1 });
   * await pool.close();
   * const kernel = new URL("data:text/javascript,export default () => {}");
   * const outputs = { a: SharedNdArray.zeros([4]) };
   * await assertRejects(() => tiledMap(kernel, { outputs, pool }), WorkerError, "closed");
   * ```
   */
  close(): Promise<void> {
    this.#closed = true;
    for (const seat of this.#seats) seat.vacate("The pool was closed while a run was under way");
    return this.#tail.then(() => {});
  }

  /** Closes the pool. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/**
 * Refuses a pool that was closed.
 *
 * @param pool The pool.
 * @throws {WorkerError} If it was.
 */
export function requireOpen(pool: WorkerPool): void {
  if (pool.isClosed) throw new WorkerError("The pool is closed: make a new one for this run", -1);
}

/** Lets messages, signals and timers have their turn: opening a worker blocks this thread. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** A run is done when every tile is, whatever the workers say. */
function requireAllTiles(tiles: number, parts: readonly (WorkerPart | undefined)[]): void {
  const done = parts.reduce((sum, part) => sum + (part?.tiles ?? 0), 0);
  if (done !== tiles) {
    throw new WorkerError(`The workers ended with ${done} of ${tiles} tiles done`, -1);
  }
}

/** Settles with a promise, or before it when a signal fires. */
function unlessAborted(promise: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  if (signal === undefined) return promise;
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  else signal.addEventListener("abort", abort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", abort));
}

/** The error of a run whose part failed on a worker. */
function runError(job: PoolJob, worker: number, failure: Failure): unknown {
  const cause = unpackThrown(failure.thrown);
  if (failure.kind === "tile") {
    const plan = job.kernel.kind === "iterate" ? job.kernel.tilePlan : job.plan;
    const { index, coords, origin } = tileAt(plan, failure.tile);
    return new TileError({ tile: index, coords, origin, worker, count: failure.count }, { cause });
  }
  if (cause instanceof Error && cause.name === "KernelLoadError") {
    const url = job.kernel.kind === "module" ? job.kernel.url : "";
    return new KernelLoadError(cause.message, url, { cause: cause.cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new WorkerError(`Worker ${worker} could not start its part: ${reason}`, worker, { cause });
}
