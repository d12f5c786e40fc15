/**
 * Workers that stay alive over many runs. The only place that makes a Worker.
 *
 * @module
 */

import { KernelLoadError, PlanError, TileError, WorkerError } from "../errors.ts";
import { tileAt, type TilePlan } from "../plan/tile_plan.ts";
import type { ControlBlock } from "./control_block.ts";
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

/** Options of a pool. */
export interface WorkerPoolOptions {
  /** How many workers. Default: the machine's cores. */
  readonly workers?: number;
}

/** What a pool is asked to run. */
export interface PoolJob {
  /** The kernel module. */
  readonly kernel: string;
  /** The plan. */
  readonly plan: TilePlan;
  /** Inputs and outputs by name. */
  readonly arrays: StartMessage["arrays"];
  /** A control block with a slot for each worker that takes part. */
  readonly control: ControlBlock;
  /** How many of the pool's workers take part. */
  readonly workers: number;
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

/** A worker and who is waiting for it. */
class Seat {
  readonly #index: number;
  #worker: Worker;
  #dead = false;
  #waiting: { resolve(message: EndMessage): void; reject(error: unknown): void } | undefined;

  constructor(index: number) {
    this.#index = index;
    this.#worker = this.#open();
  }

  #open(): Worker {
    const url = new URL("../../workers/tile_worker.ts", import.meta.url);
    const worker = new Worker(url, { type: "module", name: `tilewise ${this.#index}` });
    worker.onmessage = (event: MessageEvent<EndMessage>) => {
      this.#waiting?.resolve(event.data);
      this.#waiting = undefined;
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(`Worker ${this.#index} ended: ${event.message}`);
    };
    worker.onmessageerror = () => this.#fail(`Worker ${this.#index} sent a message that cannot be read`);
    return worker;
  }

  #fail(message: string): void {
    const error = new WorkerError(message, this.#index);
    // The next run finds a fresh worker; opening one now would loop if it fails at its start.
    this.#dead = true;
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  start(message: StartMessage): Promise<EndMessage> {
    if (this.#dead) this.replace();
    const { promise, resolve, reject } = Promise.withResolvers<EndMessage>();
    this.#waiting = { resolve, reject };
    this.#worker.postMessage(message);
    return promise;
  }

  /** Ends the worker, whatever it does, and puts a new one in its place. */
  replace(): void {
    this.close();
    this.#worker = this.#open();
    this.#dead = false;
  }

  close(): void {
    this.#worker.terminate();
  }

  /** Gives up on an answer, if one is awaited. */
  abandon(message: string): void {
    if (this.#waiting !== undefined) this.#fail(message);
  }
}

/**
 * A number of workers, ready for runs. Runs on one pool take place one after another.
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
  #runs = 0;
  #closed = false;

  /**
   * Starts the workers.
   *
   * @param options How many.
   * @throws {PlanError} If that is no integer from 1 to 512.
   */
  constructor(options: WorkerPoolOptions = {}) {
    const workers = resolveWorkers(options.workers);
    this.#seats = Array.from({ length: workers }, (_, index) => new Seat(index));
  }

  /** How many workers it has. */
  get size(): number {
    return this.#seats.length;
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
    const result = this.#tail.then(() => this.#runNow(job));
    this.#tail = result.catch(() => {});
    return result;
  }

  async #runNow(job: PoolJob): Promise<WorkerPart[]> {
    if (this.#closed) throw new WorkerError("The pool is closed: make a new one for this run", -1);
    job.signal?.throwIfAborted();
    const run = ++this.#runs;
    const { kernel, plan, arrays, control } = job;
    const seats = this.#seats.slice(0, job.workers);
    let firstError: { error: unknown } | undefined;
    let grace: ReturnType<typeof setTimeout> | undefined;
    const stop = (error: unknown) => {
      firstError ??= { error };
      control.requestStop();
      grace ??= setTimeout(() => {
        for (const [worker, seat] of seats.entries()) {
          seat.abandon(
            `Worker ${worker} did not end its tile within ${GRACE_MS} ms of the stop and was replaced`,
          );
        }
      }, GRACE_MS);
    };
    const cancel = () => stop(job.signal?.reason);
    job.signal?.addEventListener("abort", cancel, { once: true });
    try {
      const parts = await Promise.all(seats.map(async (seat, worker) => {
        try {
          const end = await seat.start({ run, worker, kernel, plan, arrays, control: control.buffer });
          if (end.failure !== undefined) stop(runError(job, worker, end.failure));
          return end.part;
        } catch (error) {
          stop(error);
          return undefined;
        }
      }));
      if (firstError !== undefined) throw firstError.error;
      return parts.filter((part) => part !== undefined);
    } finally {
      clearTimeout(grace);
      job.signal?.removeEventListener("abort", cancel);
    }
  }

  /**
   * Ends the workers. A run that is under way fails with a {@linkcode WorkerError}.
   */
  close(): Promise<void> {
    this.#closed = true;
    for (const seat of this.#seats) {
      seat.abandon("The pool was closed while a run was under way");
      seat.close();
    }
    return this.#tail.then(() => {});
  }

  /** Closes the pool. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** The error of a run whose part failed on a worker. */
function runError(job: PoolJob, worker: number, failure: Failure): unknown {
  const cause = unpackThrown(failure.thrown);
  if (failure.kind === "tile") {
    const { index, coords, origin } = tileAt(job.plan, failure.tile);
    return new TileError({ tile: index, coords, origin, worker }, { cause });
  }
  if (cause instanceof Error && cause.name === "KernelLoadError") {
    return new KernelLoadError(cause.message, job.kernel, { cause: cause.cause });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new WorkerError(`Worker ${worker} could not start its part: ${reason}`, worker, { cause });
}
