/**
 * Workers that stay alive over many runs, and who is at which.
 *
 * @module
 */

import type { MemorySource } from "../array/memory/shared_memory.ts";
import { WorkerError } from "../errors.ts";
import { closedError, registerPool, requireOpen, resolveWorkers } from "./pool_checks.ts";
import { KnownCosts } from "./known_costs.ts";
import { isInConflict, type PoolJob, PoolRun } from "./pool_run.ts";
import { moduleOf } from "./protocol.ts";
import { Seat } from "./seat.ts";
import { type Isolation, requireKind, type WorkerKind } from "./worker_link.ts";

/** A run over fewer bytes is given a moment to end before further workers are opened for it. */
const SMALL_RUN_BYTES = 16_000_000;

/** How long that moment is: about what opening a worker takes. */
const PATIENCE_MS = 12;

/** Milliseconds that runs on one pool have the workers to themselves while others wait. */
const SLICE_MS = 20;

/** Milliseconds between two looks after the runs. */
const CHECK_MS = 5;

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
   * Whether kernels get no permission at all. Default false. The runtime needs the flag `--unstable-worker-options` for
   * it, and ends the process with a message of its own where that is missing. Modules from hosts that the process may
   * import from can still be imported, and in a terminal the runtime asks its user, unless it has the flag `--no-prompt`.
   */
  readonly sandbox?: boolean;
}

/**
 * Waits until it is clear whether further workers would still find tiles to do: opening one takes longer than many a
 * small run. The first part that ends has found no tile left, or failed.
 */
async function isWorthMore(run: PoolRun): Promise<boolean> {
  if (run.job.bytes < SMALL_RUN_BYTES) {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const patience = new Promise((resolve) => timer = setTimeout(resolve, PATIENCE_MS));
    await Promise.race([patience, run.partEnded]);
    clearTimeout(timer);
  }
  return run.hasWork && !run.isStopped;
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
  readonly #costs = new KnownCosts();
  /** Those that have not ended, in the order of their calls. */
  readonly #runs: PoolRun[] = [];
  #turns = 0;
  #sliced = 0;
  #checked = 0;
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
    registerPool(this);
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

  /** Whether its kernels get no permission. */
  get isSandboxed(): boolean {
    return this.#kind.sandbox;
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
    run.enough = this.#costs.enoughFor(job);
    run.done.then((parts) => this.#costs.learn(job, parts), () => {});
    this.#runs.push(run);
    if (job.signal?.aborted) run.fail(job.signal.reason);
    this.#changed();
    return run;
  }

  /** Gives seats that are free to the runs that have had the least of them. */
  #changed(): void {
    for (let k = this.#runs.length - 1; k >= 0; k--) {
      if (this.#runs[k].isSettled) this.#runs.splice(k, 1);
    }
    // With a thousand runs that wait, looking at all of them each time would take longer than they do.
    if (this.#closed || this.#seats.every((seat) => seat.isBusy)) return;
    const ready = this.#ready();
    for (const seat of this.#seats) {
      if (!seat.isBusy && seat.isTaken) this.#seatOne(seat, ready);
    }
    if (this.#seats.every((seat) => seat.isTaken)) return;
    for (const run of ready) this.#enlist(run);
  }

  /** Runs that need not wait for one before them. */
  #ready(): PoolRun[] {
    const read = new Set<MemorySource>(), written = new Set<MemorySource>();
    return this.#runs.filter(({ job }) => {
      const isFree = !isInConflict(job.memories, { read, written });
      for (const source of job.memories.read) read.add(source);
      for (const source of job.memories.written) written.add(source);
      return isFree;
    });
  }

  /**
   * Whether a run that is started now has to wait for another one to end.
   *
   * @param job What it would run.
   * @ignore
   */
  hasConflict(job: PoolJob): boolean {
    return this.#runs.some((run) => !run.isSettled && isInConflict(job.memories, run.job.memories));
  }

  #seatOne(seat: Seat, ready: readonly PoolRun[]): void {
    let next: PoolRun | undefined;
    for (const run of ready) {
      if (run.wants(seat) && (next === undefined || isBefore(run, next))) next = run;
    }
    if (next !== undefined) this.#start(next, seat);
  }

  #start(run: PoolRun, seat: Seat): void {
    // What others had before it came is none of what it shall have.
    if (run.served === 0) run.used = leastUsed(this.#runs);
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
    if (run.isEnlisting) return;
    run.isEnlisting = true;
    const emptySeats = () => this.#seats.filter((seat) => !seat.isTaken && run.wants(seat));
    try {
      // Again, because workers may have been lost meanwhile.
      for (let empty = emptySeats(); empty.length > 0 && !this.#closed; empty = emptySeats()) {
        const hasWorker = run.active > 0 || this.#seats.some((seat) => seat.isTaken);
        if (run.owed.size === 0 && hasWorker && !(await isWorthMore(run))) return;
        for (const seat of empty) {
          // Opening those before may have taken longer than the run, and a stop may have been asked for meanwhile.
          if (this.#closed || seat.isBusy || !run.wants(seat)) continue;
          if (!seat.isTaken) seat.open(moduleOf(run.job.kernel));
          this.#start(run, seat);
          await nextTask();
        }
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
    // Each of the runs has it called.
    if (now - this.#checked < CHECK_MS) return;
    this.#checked = now;
    const workers = this.#seats.filter((seat) => seat.isTaken).length;
    for (const run of [...this.#runs]) run.check(workers);
    this.#allowMore();
    if (now - this.#sliced < SLICE_MS) return;
    const isWaited = this.#ready().some((run) => run.active === 0 && !run.isStopped && run.hasWork);
    if (!isWaited) return;
    this.#sliced = now;
    for (const run of this.#runs) if (run.active > 0) run.job.control.requestYield(true);
  }

  /** A run that goes on for longer than its kernel took before gets all workers. */
  #allowMore(): void {
    const limited = this.#runs.filter(({ enough }) => enough < Infinity);
    for (const run of limited) run.enough = Infinity;
    if (limited.length > 0) this.#changed();
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

/** Lets messages, signals and timers have their turn: opening a worker blocks this thread. */
function nextTask(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}

/** Whether a run is to have a worker rather than another: it has fewer, or had them for a shorter time. */
function isBefore(a: PoolRun, b: PoolRun): boolean {
  if (a.active !== b.active) return a.active < b.active;
  return a.used === b.used ? a.served < b.served : a.used < b.used;
}

/** The least that a run has used which has had a turn. */
function leastUsed(runs: readonly PoolRun[]): number {
  let least = Infinity;
  for (const { served, used } of runs) if (served > 0) least = Math.min(least, used);
  return least === Infinity ? 0 : least;
}
