/**
 * The shared state of a run, and the only place that uses Atomics.
 *
 * 32-bit slots in shared memory, each on cache lines of its own:
 *
 * | slot | written by | meaning |
 * |---|---|---|
 * | next | every worker, by `Atomics.add` | the first tile that nobody has claimed |
 * | stop | anyone, once, to 1 | claim no more, and end after the tile at hand |
 * | finished | every worker of an iteration, by `Atomics.add` | how many tickets are finished: whoever has one of a later step waits |
 * | ended | the worker that finds that an iteration shall end | how many tickets there are then; 0 before |
 * | done, one a worker | that worker | how many tiles it has finished |
 *
 * What a worker wrote to arrays before it counts a ticket as finished is visible to whoever sees it counted.
 *
 * A tile is claimed by exactly one worker, because `Atomics.add` hands out each number once. All accesses are
 * sequentially consistent; what a worker wrote to arrays before it posts its end message is visible to whoever
 * receives that message.
 *
 * @module
 */

/** 32-bit words between slots: two cache lines, because processors fetch them in pairs. */
const SLOT_WORDS = 32;

const NEXT = 0;
const STOP = SLOT_WORDS;
const FINISHED = 2 * SLOT_WORDS;
const ENDED = 3 * SLOT_WORDS;
const DONE = 4 * SLOT_WORDS;

/** How often a waiting worker looks before it sleeps: about as long as falling asleep and waking up take. */
const LOOKS = 2000;

/** Milliseconds after which a sleeping worker looks whether the run was stopped. */
const NAP_MS = 20;

/** The control block of a run, over memory that all its workers share. */
export class ControlBlock {
  /** The memory, to be posted. */
  readonly buffer: SharedArrayBuffer;
  readonly #slots: Int32Array<SharedArrayBuffer>;

  /**
   * @param buffer The memory of an existing block, or nothing for a new one.
   */
  private constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.#slots = new Int32Array(buffer);
  }

  /**
   * A block for a new run.
   *
   * @param workers How many workers take part.
   */
  static create(workers: number): ControlBlock {
    return new ControlBlock(new SharedArrayBuffer((DONE + workers * SLOT_WORDS) * 4));
  }

  /**
   * The block of a run that somebody else created.
   *
   * @param buffer Its memory.
   */
  static attach(buffer: SharedArrayBuffer): ControlBlock {
    return new ControlBlock(buffer);
  }

  /**
   * Takes the next tiles.
   *
   * @param grain How many.
   * @returns The first of them; beyond the last tile when none is left.
   */
  claimTiles(grain: number): number {
    return Atomics.add(this.#slots, NEXT, grain);
  }

  /** How many workers may take part. */
  get workers(): number {
    return (this.#slots.length - DONE) / SLOT_WORDS;
  }

  /** How many tiles have been claimed; more than there are when workers asked in vain. */
  tilesClaimed(): number {
    return Atomics.load(this.#slots, NEXT);
  }

  /** Asks all workers to end after the tile at hand. */
  requestStop(): void {
    Atomics.store(this.#slots, STOP, 1);
  }

  /** Whether the workers were asked to end. */
  isStopRequested(): boolean {
    return Atomics.load(this.#slots, STOP) !== 0;
  }

  /**
   * Counts a ticket of an iteration that is finished.
   *
   * @param wakeAt The count at which others may go on.
   */
  finishTicket(wakeAt: number): void {
    if (Atomics.add(this.#slots, FINISHED, 1) + 1 === wakeAt) Atomics.notify(this.#slots, FINISHED);
  }

  /**
   * Waits until so many tickets are finished.
   *
   * @param count How many.
   * @returns Whether they are: not if the run was stopped, or the iteration has ended, before.
   */
  waitForTickets(count: number): boolean {
    for (let looks = 0;; looks++) {
      const finished = Atomics.load(this.#slots, FINISHED);
      if (this.isStopRequested() || this.ticketsAtEnd() > 0) return false;
      if (finished >= count) return true;
      // A stop wakes nobody, so that sleep is short.
      if (looks > LOOKS) Atomics.wait(this.#slots, FINISHED, finished, NAP_MS);
    }
  }

  /**
   * Ends an iteration.
   *
   * @param tickets How many tickets there are, all of them finished.
   */
  endAt(tickets: number): void {
    Atomics.store(this.#slots, ENDED, tickets);
    Atomics.notify(this.#slots, FINISHED);
  }

  /** How many tickets an iteration had when it ended before its last step; 0 while it has not. */
  ticketsAtEnd(): number {
    return Atomics.load(this.#slots, ENDED);
  }

  /**
   * Says how many tiles a worker has finished.
   *
   * @param worker The worker's number.
   * @param tiles Its tiles so far.
   */
  reportDone(worker: number, tiles: number): void {
    Atomics.store(this.#slots, DONE + worker * SLOT_WORDS, tiles);
  }

  /** How many tiles all workers have finished. */
  tilesDone(): number {
    let sum = 0;
    for (let slot = DONE; slot < this.#slots.length; slot += SLOT_WORDS) {
      sum += Atomics.load(this.#slots, slot);
    }
    return sum;
  }
}
