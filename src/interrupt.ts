/**
 * Ending a loop of the library's own before its time: a worker whose run is to stop should not have to finish the tile
 * at hand. Loops say how much work they have done, and are ended by an error when a look at the run's flag says so.
 *
 * @module
 */

/** What ends a loop whose run is to stop. It never reaches users: whoever set the check catches it. */
export class Interrupted extends Error {
  override readonly name = "Interrupted";

  constructor() {
    super("The run was stopped");
  }
}

/** Nanoseconds of work between two looks: little beside a user's patience, and much beside what a look costs. */
const LOOK_NS = 100_000;

let check: (() => boolean) | undefined;
let wasThrown = false;

/** Nanoseconds of work since the last look, about. In an array, because a variable would be a new object each time. */
const unseen = new Float64Array(1);

/**
 * Makes the loops of this thread interruptible, or uninterruptible again.
 *
 * @param shallStop Says whether to stop; undefined where nothing can be stopped.
 */
export function setInterrupt(shallStop: (() => boolean) | undefined): void {
  check = shallStop;
  unseen[0] = 0;
  wasThrown = false;
}

/** Whether there is anything to be looked at: if not, work need not be cut into pieces. */
export function isInterruptible(): boolean {
  return check !== undefined;
}

/**
 * Whether a loop was interrupted since {@linkcode setInterrupt}. A kernel that catches all errors can hide from its
 * caller that it has not finished.
 */
export function wasInterrupted(): boolean {
  return wasThrown;
}

/**
 * Ends what this thread is at, as soon as it looks: for a worker that will be given up, because its pool reads what is
 * left of its tiles at any moment from now on.
 */
export function interrupt(): void {
  wasThrown = true;
  if (check !== undefined) check = () => true;
}

/**
 * Looks whether to stop.
 *
 * @throws {Interrupted} If so.
 */
export function throwIfInterrupted(): void {
  if (check === undefined) return;
  unseen[0] = 0;
  if (!check()) return;
  wasThrown = true;
  throw new Interrupted();
}

/**
 * Counts work that was done, and looks whether to stop when enough has come together. It costs next to nothing, so that
 * it may be called after every small piece.
 *
 * @param ns About how many nanoseconds the work took. A guess that is wrong by a factor of ten does no harm.
 * @throws {Interrupted} If there is to be no more.
 */
export function countWork(ns: number): void {
  if (check === undefined) return;
  unseen[0] += ns;
  if (unseen[0] >= LOOK_NS) throwIfInterrupted();
}
