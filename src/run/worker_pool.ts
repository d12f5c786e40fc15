/**
 * Workers that stay alive over many runs, and who is at which.
 *
 * @module
 */

import { PlanError, WorkerError } from "../errors.ts";
import { isInConflict, type PoolJob, PoolRun } from "./pool_run.ts";
import { Seat } from "./seat.ts";
import { type Isolation, requireKind, type WorkerKind } from "./worker_link.ts";

/** More workers than this are refused: each takes about 9 MB and 8 ms to start. */
export const MOST_WORKERS = 512;

/** A run over fewer bytes is given a moment to end before further workers are opened for it. */
const SMALL_RUN_BYTES = 16_000_000;

/** How long that moment is: about what opening a worker takes. */
const PATIENCE_MS = 12;

/** Milliseconds that runs on one pool have the workers to themselves while others wait. */
const SLICE_MS = 20;

/** Bytes of heap that a contained worker may take, unless said otherwise. */
const HEAP_LIMIT = 2 ** 30;

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
  /** How they are kept apart from the process. Default `"web"`. */
  readonly isolation?: Isolation;
  /** Bytes of heap that a contained worker may take. Default 1 GiB. */
  readonly heapLimit?: number;
  /**
   * Whether kernels get no permission at all: they can compute, and nothing else. Default false. The runtime needs the
   * flag `--unstable-worker-options` for it, and ends the process with a message of its own where that is missing.
   */
  readonly sandbox?: boolean;
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

/**
 * Waits until it is clear whether further workers would still find tiles to do: opening one takes longer than many a
 * small run. The first part that ends has found no tile left, or failed.
 */
async function isWorthMore(run: PoolRun): Promise<boolean> {
  const { control, range, bytes } = run.job;
  if (bytes < SMALL_RUN_BYTES) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise((resolve) => timer = setTimeout(resolve, PATIENCE_MS));
    await Promise.race([patience, run.partEnded]);
    clearTimeout(timer);
  }
  return control.tilesClaimed() < range.end && !run.isStopped;
}

/**
 * A number of workers, ready for runs. Runs that are started while others go on share the workers fairly: each gets its
 * turn after some milliseconds. Only runs that write memory which another one reads or writes wait for each other, in
 * the order of the calls.
 *
 * A worker that does not end its tile within half a second after its run failed or was cancelled is given up: another
 * takes its place, but a thread that loops for ever may go on writing to the arrays it knows, and takes a core as long
 * as the process lives.
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
  readonly #kind: WorkerKind;
  /** Those that have not ended, in the order of their calls. */
  readonly #runs: PoolRun[] = [];
  #turns = 0;
  #sliced = 0;
  #closed = false;

  /**
   * Opens the first worker; the others are opened when a run needs them.
   *
   * @param options How many workers the pool may have.
   * @throws {PlanError} If that is no integer from 1 to 512, or there are no such workers.
   */
  constructor(options: WorkerPoolOptions = {}) {
    const { isolation = "web", sandbox = false, heapLimit = HEAP_LIMIT } = options;
    const workers = resolveWorkers(options.workers);
    requireKind(this.#kind = { isolation, sandbox, heapLimit });
    this.#seats = Array.from({ length: workers }, (_, index) => new Seat(index, this.#kind));
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
   * Begins a run as soon as there is a worker for it, and nothing that it uses is written by a run before it.
   *
   * @param job What to run.
   * @returns The run. An idle pool has posted its messages before this returns, so that the caller can do slow things
   * meanwhile. Its promise rejects with a {@linkcode TileError} if the kernel failed on a tile, a
   * {@linkcode KernelLoadError} if it could not be loaded, and a {@linkcode WorkerError} if a worker ended.
   * @throws {WorkerError} If the pool is closed.
   * @ignore
   */
  begin(job: PoolJob): PoolRun {
    requireOpen(this);
    const { isolation, heapLimit } = this.#kind;
    const run = new PoolRun(job, isolation === "contained" ? heapLimit : null, () => this.#changed());
    // A run without tiles still loads its kernel, to tell what is wrong with it.
    if (job.range.begin === job.range.end) run.owed.add(this.#seats[0]);
    if (job.exact) { for (const seat of this.#seats.slice(0, job.workers)) run.owed.add(seat); }
    this.#runs.push(run);
    if (job.signal?.aborted) run.fail(job.signal.reason);
    this.#changed();
    return run;
  }

  /** Gives seats that are free to the runs that have waited the longest for one. */
  #changed(): void {
    for (let k = this.#runs.length - 1; k >= 0; k--) {
      if (this.#runs[k].isSettled) this.#runs.splice(k, 1);
    }
    if (this.#closed) return;
    const ready = this.#runs.filter((run, k) =>
      !this.#runs.slice(0, k).some((before) => isBlockedBy(run, before))
    );
    for (const seat of this.#seats) {
      if (!seat.isBusy && seat.isTaken) this.#seatOne(seat, ready);
    }
    for (const run of ready) this.#enlist(run);
  }

  #seatOne(seat: Seat, ready: readonly PoolRun[]): void {
    const [next] = ready.filter((run) => run.wants(seat))
      .sort((a, b) => a.active - b.active || a.served - b.served);
    if (next !== undefined) this.#start(next, seat);
  }

  #start(run: PoolRun, seat: Seat): void {
    run.served = ++this.#turns;
    try {
      run.start(seat);
    } catch (error) {
      // What cannot be posted, or a worker that cannot be opened, is this run's affair alone.
      seat.vacate("could not be started", error);
      run.fail(error);
    }
  }

  /** Opens workers for a run that finds too few, unless it is over before. */
  async #enlist(run: PoolRun): Promise<void> {
    const empty = this.#seats.filter((seat) => !seat.isTaken && run.wants(seat));
    if (empty.length === 0 || run.isEnlisting) return;
    run.isEnlisting = true;
    try {
      const hasWorker = run.active > 0 || this.#seats.some((seat) => seat.isTaken);
      if (!run.job.exact && hasWorker && !(await isWorthMore(run))) return;
      for (const seat of empty) {
        // Opening those before may have taken longer than the run, and a stop may have been asked for meanwhile.
        if (this.#closed || !run.wants(seat)) break;
        if (seat.isBusy) continue;
        if (!seat.isTaken) seat.open(kernelOf(run));
        this.#start(run, seat);
        await nextTask();
      }
    } catch (error) {
      run.fail(error);
      this.#changed();
    } finally {
      run.isEnlisting = false;
    }
  }

  /**
   * Looks after the runs, while one goes on: gives up workers that take too long, and gives each run its turn. To be
   * called every few milliseconds.
   *
   * @ignore
   */
  check(): void {
    const now = performance.now();
    for (const run of [...this.#runs]) run.check();
    const isWaited = this.#runs.some((run, k) =>
      run.active === 0 && !run.isStopped && run.hasTiles &&
      !this.#runs.slice(0, k).some((before) => isBlockedBy(run, before))
    );
    if (!isWaited || now - this.#sliced < SLICE_MS) return;
    this.#sliced = now;
    for (const run of this.#runs) if (run.active > 0) run.job.control.requestYield(true);
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
  async close(): Promise<void> {
    this.#closed = true;
    const runs = [...this.#runs];
    for (const run of runs) {
      run.fail(
        run.active > 0
          ? new WorkerError("The pool was closed while a run was under way", run.busyWorker)
          : closedError(),
      );
    }
    for (const seat of this.#seats) seat.vacate("was ended with its pool");
    await Promise.allSettled(runs.map((run) => run.done));
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
  if (pool.isClosed) throw closedError();
}

function closedError(): WorkerError {
  return new WorkerError("The pool is closed: make a new one for this run", -1);
}

/** Lets messages, signals and timers have their turn: opening a worker blocks this thread. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Whether a run has to wait for one before it. */
function isBlockedBy(run: PoolRun, before: PoolRun): boolean {
  return isInConflict(run.job, before.job);
}

function kernelOf({ job: { kernel } }: PoolRun): string | null {
  return kernel.kind === "module" ? kernel.url : null;
}
