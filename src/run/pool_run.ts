/**
 * One run on a pool, from its first part to its end.
 *
 * @module
 */

import { bytesInArrays } from "../array/memory/allocation.ts";
import type { MemorySource } from "../array/memory/shared_memory.ts";
import {
  describeCause,
  KernelLoadError,
  rebuildSanitizerError,
  RunError,
  TileError,
  TileTimeoutError,
  WorkerError,
} from "../errors.ts";
import { tileAt, type TilePlan } from "../plan/tile_plan.ts";
import { type ControlBlock, PART_STATE, type TileRange } from "./control_block.ts";
import {
  type EndMessage,
  type Failure,
  moduleOf,
  type StartMessage,
  unpackThrown,
  type WorkerPart,
} from "./protocol.ts";
import type { RunRecording } from "./recorded_phase.ts";
import type { Seat } from "./seat.ts";
import { type TileStates, tileStates } from "./tile_states.ts";

/** How long a run that failed or was cancelled waits for workers to end the tile at hand. */
const GRACE_MS = 500;

/** Bytes that a contained worker may take beyond its heap before it is given up: code, stacks, buffers. */
const HEADROOM_BYTES = 256 * 2 ** 20;

/** What a pool is asked to run. */
export interface PoolJob {
  /** The kernel. */
  readonly kernel: StartMessage["kernel"];
  /** The plan. */
  readonly plan: TilePlan;
  /** The tiles of it that are run. */
  readonly range: TileRange;
  /** Inputs and outputs by name. */
  readonly arrays: StartMessage["arrays"];
  /** Arrays that every call gets whole, by name. */
  readonly shared: StartMessage["shared"];
  /** The memories that are read, and those that are written. */
  readonly memories: {
    readonly read: ReadonlySet<MemorySource>;
    readonly written: ReadonlySet<MemorySource>;
  };
  /** A control block with a slot for each worker that takes part, and for each that may take the place of another. */
  readonly control: ControlBlock;
  /** The bytes behind the arrays. */
  readonly bytes: number;
  /** How many of the pool's workers may take part. */
  readonly workers: number;
  /** Whether all of them shall, even when the run would be over before they are open. */
  readonly exact: boolean;
  /** Milliseconds that a tile may take, and those that a kernel's module may take to load. */
  readonly tileTimeout: number;
  readonly loadTimeout: number;
  /** How often a tile is tried again. */
  readonly retries: number;
  /** Whether the sanitizer watches the kernel. */
  readonly debug: boolean;
  /** Cancels the run. */
  readonly signal?: AbortSignal;
  /** Records it. */
  readonly recording?: RunRecording;
}

/** A part that a worker is at. */
interface ActivePart {
  readonly seat: Seat;
  readonly slot: number;
  /** Tiles that it was given to begin with. */
  readonly first: TileRange | null;
  readonly began: number;
  /** Tiles of its claims that the pool has heard of. */
  flushed: number;
  /** Up to when there is a record of it, in milliseconds of the recording; null before there is one. */
  notedMs: number | null;
  /** The tile at hand when it was last looked at, and since when. */
  seen: string;
  since: number;
}

/** A run on a pool. */
export class PoolRun {
  /** Settles when no worker is at the run any more. */
  readonly done: Promise<WorkerPart[]>;
  readonly job: PoolJob;
  /** Whether workers are being opened for it. */
  isEnlisting = false;
  /** When it last was given a worker, in the pool's count. */
  served = 0;
  /** Milliseconds that it has had workers, all of them together, from when the pool began to compare it with others. */
  used = 0;
  /** How many workers at a time are thought to be enough for it. */
  enough = Infinity;
  /** Seats that shall take part whatever is left to do. */
  readonly owed: Set<Seat> = new Set();
  readonly #changed: () => void;
  readonly #resolve: (parts: WorkerPart[]) => void;
  readonly #reject: (error: unknown) => void;
  readonly #parts: WorkerPart[] = [];
  readonly #errors: unknown[] = [];
  readonly #active = new Map<Seat, ActivePart>();
  readonly #onPartEnd: (() => void)[] = [];
  readonly #slots = new Map<Seat, number>();
  readonly #rests: TileRange[] = [];
  readonly #attempts = new Map<number, number>();
  /** Not to be guessed, because kernels can post messages too. */
  readonly #number = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
  #nextSlot = 0;
  #retried = 0;
  #grace: ReturnType<typeof setTimeout> | undefined;
  #isSettled = false;
  #hasLost = false;
  #rssAtStart = 0;
  #ownAtStart = 0;
  readonly #heapLimit: number | null;

  /**
   * @param job What is to be run.
   * @param heapLimit Bytes of heap that each worker may take; null where that is not limited.
   * @param changed Called when a seat has become free, or the run has ended.
   */
  constructor(job: PoolJob, heapLimit: number | null, changed: () => void) {
    this.job = job;
    this.#changed = changed;
    this.#heapLimit = heapLimit;
    const { promise, resolve, reject } = Promise.withResolvers<WorkerPart[]>();
    this.done = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    job.signal?.addEventListener("abort", this.#abort, { once: true });
    if (heapLimit !== null) {
      this.#rssAtStart = Deno.memoryUsage().rss;
      this.#ownAtStart = bytesOfThread();
    }
  }

  readonly #abort = () => {
    this.fail(this.job.signal?.reason);
    this.#changed();
  };

  /** Whether it has ended. */
  get isSettled(): boolean {
    return this.#isSettled;
  }

  /** How many workers are at it. */
  get active(): number {
    return this.#active.size;
  }

  /** Whether it has failed or was cancelled, so that no part of it begins any more. */
  get isStopped(): boolean {
    return this.#errors.length > 0;
  }

  /** Whether there are tiles that no worker has. */
  get hasTiles(): boolean {
    const { control, range } = this.job;
    // Of an iteration that has ended before its last step, nobody does what is left.
    if (control.ticketsAtEnd() > 0) return false;
    return this.#rests.length > 0 || control.tilesClaimed() < range.end || control.offers().length > 0;
  }

  /** Whether a worker that is free could do something for it. */
  get hasWork(): boolean {
    return this.owed.size > 0 || this.hasTiles;
  }

  /** Which tiles are done. */
  get tiles(): TileStates {
    const { control, range } = this.job;
    return tileStates(control, range, this.#rests);
  }

  /** The number of a worker that is at it; -1 where none is. */
  get busyWorker(): number {
    const [seat] = this.#active.keys();
    return seat?.index ?? -1;
  }

  /** Resolves when a part of it has ended. */
  get partEnded(): Promise<void> {
    return new Promise((resolve) => this.#onPartEnd.push(resolve));
  }

  /** Whether a worker was given up, which may go on writing to the arrays. */
  get hasLost(): boolean {
    return this.#hasLost;
  }

  /** What workers have told so far of what they did. */
  get parts(): readonly WorkerPart[] {
    return this.#parts;
  }

  /** How many times tiles were given to another worker. */
  get retried(): number {
    return this.#retried;
  }

  /**
   * Whether a worker that is free should take part.
   *
   * @param seat Where it sits.
   */
  wants(seat: Seat): boolean {
    const { workers, control } = this.job;
    if (this.isStopped || this.#isSettled || seat.index >= workers || this.#active.has(seat)) return false;
    // A worker that has failed stops the others before the pool hears of it: what they had claimed stays theirs.
    if (control.isStopRequested()) return false;
    return this.owed.has(seat) || (this.hasTiles && this.#active.size < this.#mostParts);
  }

  /** Workers that would find no tile, or not be worth waking, are not asked. */
  get #mostParts(): number {
    const { range, exact, workers } = this.job;
    return exact ? workers : Math.min(workers, range.end - range.begin, this.enough);
  }

  /**
   * Starts a part.
   *
   * @param seat A seat that is not busy.
   */
  start(seat: Seat): void {
    const { job } = this;
    this.owed.delete(seat);
    let slot = this.#slots.get(seat);
    if (slot === undefined) this.#slots.set(seat, slot = this.#nextSlot++);
    const now = performance.now();
    const flushed = job.control.doneOf(slot);
    const first = this.#rests.shift() ?? null;
    const part: ActivePart = { seat, slot, first, began: now, flushed, notedMs: null, seen: "", since: now };
    this.#active.set(seat, part);
    job.control.setState(slot, PART_STATE.none);
    job.control.requestYield(false);
    job.recording?.seated(slot, seat.index);
    seat.start({
      run: this.#number,
      worker: seat.index,
      workers: job.workers,
      slot,
      first,
      end: job.range.end,
      retries: job.retries,
      debug: job.debug,
      kernel: job.kernel,
      plan: job.plan,
      arrays: job.arrays,
      shared: job.shared,
      control: job.control.buffer,
      epoch: job.recording?.epoch ?? null,
    }, {
      heard: (message) => this.#heard(part, message),
      lost: (reason, cause) => this.#lost(part, reason, cause),
    });
  }

  #heard(part: ActivePart, message: EndMessage): void {
    this.#parts.push(message.part);
    part.flushed += message.part.tiles;
    part.notedMs = message.part.log?.endedMs ?? part.notedMs;
    if (message.goesOn === true) return;
    this.#active.delete(part.seat);
    this.used += performance.now() - part.began;
    for (const tell of this.#onPartEnd.splice(0)) tell();
    if (message.rest !== undefined) this.#rests.push(message.rest);
    if (message.failure !== undefined) this.fail(this.#failureOf(part.seat.index, message.failure));
    else this.#settleIfOver();
    this.#changed();
  }

  #failureOf(worker: number, failure: Failure): unknown {
    const { kernel } = this.job;
    const cause = unpackThrown(failure.thrown);
    const found = rebuildSanitizerError(cause);
    if (found !== undefined) return found;
    if (failure.kind === "tile") {
      const { index, coords, origin } = this.#tileAt(failure.tile);
      return new TileError({ tile: index, coords, origin, worker, count: failure.count }, { cause });
    }
    if (cause instanceof Error && cause.name === "KernelLoadError") {
      return new KernelLoadError(cause.message, moduleOf(kernel) ?? "", { cause: cause.cause });
    }
    const reason = cause instanceof Error ? cause.message : String(cause);
    return new WorkerError(`Worker ${worker} could not start its part: ${reason}`, worker, { cause });
  }

  #tileAt(tile: number): ReturnType<typeof tileAt> {
    const { kernel, plan } = this.job;
    return tileAt(kernel.kind === "iterate" ? kernel.tilePlan : plan, tile);
  }

  /** The tile that a part is at, in the plan of its kernel. */
  #tileOf({ slot }: ActivePart): ReturnType<typeof tileAt> | null {
    const { control, kernel } = this.job;
    const { begin, end } = control.claimOf(slot);
    // A ticket of an iteration is no tile of its plan.
    return begin < end && kernel.kind !== "iterate" ? this.#tileAt(begin) : null;
  }

  /** A worker is gone. */
  #lost(part: ActivePart, reason: string, cause?: unknown): void {
    const { seat } = part, { index } = seat, { kernel } = this.job;
    if (!this.#active.has(seat)) return;
    const tile = this.#tileOf(part)?.index;
    // In a sandbox, the module is loaded with the worker.
    const url = moduleOf(kernel);
    const isLoading = url !== null && seat.isNewSandbox &&
      this.job.control.stateOf(part.slot) === PART_STATE.none &&
      (cause !== undefined || reason.startsWith("ended: "));
    const why = cause === undefined ? reason.split("\n")[0].slice("ended: ".length) : describeCause(cause);
    const error = isLoading
      ? new KernelLoadError(`Cannot load the kernel ${url}: ${why}`, url, { cause })
      : new WorkerError(`Worker ${index} ${reason}${placeOf(tile)}`, index, { cause, tile });
    this.#release(part, error);
    this.#changed();
  }

  /** Takes the tiles of a worker that is gone from it; they are tried again, or the run fails. */
  #release(part: ActivePart, error: unknown): void {
    const { control, retries, kernel } = this.job;
    this.#active.delete(part.seat);
    for (const tell of this.#onPartEnd.splice(0)) tell();
    this.#hasLost = true;
    const { begin, at, end } = control.revoke(part.slot);
    this.#slots.delete(part.seat);
    const tries = (this.#attempts.get(at) ?? 0) + 1;
    this.#attempts.set(at, tries);
    // What finished claims gave has been heard, or nobody will ever know it.
    const isKnown = part.flushed === control.doneOf(part.slot) - (at - begin);
    const isRetried = kernel.kind === "module" && tries <= retries && isKnown && !this.isStopped &&
      !(error instanceof KernelLoadError) && this.#nextSlot < control.slots;
    const state = control.stateOf(part.slot);
    const hasBegun = state !== PART_STATE.none && state !== PART_STATE.loading;
    this.job.recording?.lost({ worker: part.seat.index, began: part.began, notedMs: part.notedMs, hasBegun });
    if (part.first !== null && !hasBegun) this.#rests.push(part.first);
    // What the sanitizer was at is nowhere as it should be.
    if (this.job.debug) this.#rests.push(this.job.range);
    // The pool has them from now on, until another part begins with them.
    if (begin < end) this.#rests.push(isRetried ? { begin, end } : { begin: at, end });
    if (!isRetried) return this.fail(error);
    if (at < end) this.#retried++;
    this.#settleIfOver();
  }

  /**
   * Ends the run with an error, as soon as its workers have ended the tile at hand. Further errors are kept.
   *
   * @param error The error.
   */
  fail(error: unknown): void {
    if (this.#isSettled) return;
    this.#errors.push(error);
    this.job.control.requestStop();
    if (this.#active.size > 0) this.#grace ??= setTimeout(() => this.#giveUp(), GRACE_MS);
    this.#settleIfOver();
  }

  #giveUp(): void {
    for (const { seat } of [...this.#active.values()]) {
      seat.vacate(`did not end within ${GRACE_MS} ms of the stop`);
    }
  }

  #settleIfOver(): void {
    if (this.#isSettled || this.#active.size > 0) return;
    if (!this.isStopped && this.hasWork) return;
    this.#isSettled = true;
    clearTimeout(this.#grace);
    this.job.signal?.removeEventListener("abort", this.#abort);
    const [first, ...others] = this.#errors;
    if (this.isStopped) {
      if (first instanceof RunError) first.errors = others;
      return this.#reject(first);
    }
    const { control, range } = this.job;
    const tiles = control.ticketsAtEnd() || range.end - range.begin;
    const done = this.#parts.reduce((sum, part) => sum + part.tiles, 0);
    // A run is done when every tile is, whatever the workers say.
    if (done !== tiles) {
      return this.#reject(new WorkerError(`The workers ended with ${done} of ${tiles} tiles done`, -1));
    }
    this.#resolve(this.#parts.sort((a, b) => a.worker - b.worker));
  }

  /**
   * Looks whether a worker takes too long, or too much. To be called every few milliseconds.
   *
   * @param workers How many workers the pool has.
   */
  check(workers: number): void {
    const { control, loadTimeout, debug } = this.job;
    // The sanitizer calls the kernel up to three times before it goes on.
    const tileTimeout = this.job.tileTimeout * (debug ? 3 : 1);
    if (this.#isSettled || this.isStopped) return;
    const now = performance.now();
    for (const part of [...this.#active.values()]) {
      const { slot } = part, state = control.stateOf(slot);
      const seen = [state, control.doneOf(slot), control.claimOf(slot).begin, control.beatsOf(slot)].join();
      if (seen !== part.seen) {
        part.seen = seen;
        part.since = now;
      }
      const isLoading = state === PART_STATE.none || state === PART_STATE.loading;
      if (isLoading && now - part.began > loadTimeout) this.#giveUpLoading(part);
      else if (state === PART_STATE.working && now - part.since > tileTimeout) this.#giveUpTile(part);
    }
    this.#checkMemory(workers);
  }

  #giveUpLoading(part: ActivePart): void {
    const { kernel, loadTimeout } = this.job, { index } = part.seat, url = moduleOf(kernel);
    const error = url !== null
      ? new KernelLoadError(
        `Cannot load the kernel ${url}: it was not ready within ${loadTimeout} ms (see loadTimeout)`,
        url,
      )
      : new WorkerError(`Worker ${index} was not ready within ${loadTimeout} ms (see loadTimeout)`, index);
    this.#giveUpSeat(part, error);
  }

  #giveUpTile(part: ActivePart): void {
    const { tileTimeout } = this.job, { index } = part.seat;
    const tile = this.#tileOf(part);
    const error = tile === null
      ? new WorkerError(
        `Worker ${index} was not done with a step's tile within ${tileTimeout} ms: it was given up`,
        index,
      )
      : new TileTimeoutError({ tile: tile.index, ...tile, worker: index }, tileTimeout);
    this.#giveUpSeat(part, error);
  }

  #giveUpSeat(part: ActivePart, error: unknown): void {
    this.#release(part, error);
    part.seat.vacate("was given up");
    this.#changed();
  }

  /** Not all that a kernel can take counts as heap, and some loops the runtime cannot cut off. */
  #checkMemory(workers: number): void {
    if (this.#heapLimit === null) return;
    const taken = Deno.memoryUsage().rss - this.#rssAtStart;
    // Other runs of the pool take memory too, and so does the program that started them.
    const ofProgram = Math.max(0, bytesOfThread() - this.#ownAtStart);
    const allowed = workers * (this.#heapLimit + HEADROOM_BYTES) + this.job.bytes + ofProgram;
    if (taken <= allowed) return;
    for (const part of [...this.#active.values()]) {
      const { index } = part.seat, tile = this.#tileOf(part)?.index;
      const message =
        `Worker ${index} was given up${placeOf(tile)}: the process took ${taken} bytes of memory ` +
        `during the run, more than the ${allowed} of arrays and heap limits`;
      this.#giveUpSeat(part, new WorkerError(message, index, { tile }));
    }
  }
}

/** Bytes that this thread's own heap and arrays take. */
function bytesOfThread(): number {
  const { heapTotal, external } = Deno.memoryUsage();
  return heapTotal + external + bytesInArrays();
}

/** Names the tile that a worker was at, if it is known. */
function placeOf(tile: number | undefined): string {
  return tile === undefined ? "" : ` (at tile ${tile})`;
}

/**
 * Whether two jobs may not be mixed, because one writes what the other uses.
 *
 * @param a The memories of a job.
 * @param b Those of another.
 */
export function isInConflict(a: PoolJob["memories"], b: PoolJob["memories"]): boolean {
  return meets(a.written, b.written) || meets(a.written, b.read) || meets(a.read, b.written);
}

function meets<T>(a: ReadonlySet<T>, b: ReadonlySet<T>): boolean {
  return !a.isDisjointFrom(b);
}
