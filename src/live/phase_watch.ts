/**
 * Looking on at one pass: which tiles were done between two looks, and by whom.
 *
 * The shared memory of a run tells how many tiles each worker has done and what it has claimed, not which tiles it did
 * between two looks. What is neither claimed nor left is done, though, and claims go upwards. So a worker that is still
 * at its claim did the tiles that have gone from it; and whatever else was done are the lowest tiles that nobody holds.
 * Each tile is counted once and each worker's tiles add up to what it says; only who of several did a tile between two
 * looks may be a guess.
 *
 * @module
 */

import type { LiveRun, LiveWorker } from "../run/live_run.ts";
import type { TimelinePart } from "../run/timeline.ts";
import type { LiveRow } from "./live_rows.ts";
import { countOf, type Range, TileSet, without } from "./tile_set.ts";

/** What is known of a part from the last look. */
interface Seen {
  /** Its tiles that have been counted. */
  counted: number;
  /** Its claim. */
  claim: Range;
  /** The moment up to which its time is accounted for. */
  since: number;
  /** When it was seen at work, and when it had ended; null before. */
  readyMs: number | null;
  endedMs: number | null;
}

/** A pass that is looked at now and then. */
export class PhaseWatch {
  /** The pass. */
  readonly run: LiveRun;
  readonly #phase: number;
  readonly #beganMs: number;
  readonly #open: TileSet;
  readonly #seen: Seen[] = [];
  #workers: readonly LiveWorker[] = [];
  #done = 0;
  #looked = 0;

  /**
   * @param phase Its number.
   * @param run The pass.
   * @param origin When the first run began, in milliseconds since 1970.
   */
  constructor(phase: number, run: LiveRun, origin: number) {
    this.#phase = phase;
    this.run = run;
    this.#beganMs = Math.max(0, run.began - origin);
    this.#open = new TileSet(run.range);
  }

  /** The tiles that are not known to be done, in order. */
  get open(): readonly Range[] {
    return this.#open.ranges;
  }

  /** What its workers were at, at the last look. */
  get workers(): readonly LiveWorker[] {
    return this.#workers;
  }

  /** How many tiles were done at the last look. */
  get done(): number {
    return this.#done;
  }

  /** Its parts so far. */
  get parts(): TimelinePart[] {
    return this.#workers.map(({ worker }, slot) => {
      const { readyMs, endedMs } = this.#partOf(slot), last = endedMs ?? this.#looked;
      return { worker, beganMs: this.#beganMs, readyMs: Math.min(readyMs ?? last, last), endedMs: last };
    });
  }

  /**
   * Looks.
   *
   * @param now The moment, in milliseconds since the first run began.
   * @returns What has been done since the last look.
   */
  look(now: number): LiveRow[] {
    // Parts stand in the order of their slots, which never change.
    const workers = this.run.workers();
    const pieces: Range[][] = workers.map(() => []);
    const held = workers.map(({ claim }) => claim).filter(({ begin, end }) => begin < end);
    workers.forEach((part, slot) => pieces[slot].push(...this.#takeOwn(part, slot, held)));
    const free = without(this.#open.ranges, held);
    workers.forEach(({ done }, slot) => {
      const seen = this.#partOf(slot), missing = done - seen.counted;
      const taken = this.#open.take(free, missing);
      seen.counted += countOf(taken);
      pieces[slot].push(...taken);
    });
    this.#workers = workers;
    this.#done = this.run.done();
    this.#looked = now;
    return workers.flatMap((part, slot) => this.#rowsOf(part, slot, pieces[slot], now));
  }

  #partOf(slot: number): Seen {
    return this.#seen[slot] ??= {
      counted: 0,
      claim: { begin: 0, end: 0 },
      since: this.#beganMs,
      readyMs: null,
      endedMs: null,
    };
  }

  /** What a worker has done of the claim that it was at: the tiles that it does not hold any more, from the first on. */
  #takeOwn({ done, claim }: LiveWorker, slot: number, held: readonly Range[]): Range[] {
    const seen = this.#partOf(slot), { begin, end } = seen.claim;
    seen.claim = claim;
    const others = held.filter((range) => range !== claim);
    const isSame = claim.begin >= begin && claim.begin <= end && claim.begin < claim.end;
    const gone = without([{ begin, end: isSame ? claim.begin : end }], others);
    const taken = this.#open.take(gone, done - seen.counted);
    seen.counted += countOf(taken);
    return taken;
  }

  /** Rows of what a worker did, one after another in the time since it was last accounted for. */
  #rowsOf({ worker, state }: LiveWorker, slot: number, pieces: readonly Range[], now: number): LiveRow[] {
    const seen = this.#partOf(slot), count = countOf(pieces);
    if (state === "ended") seen.endedMs ??= now;
    else seen.endedMs = null;
    if (seen.readyMs === null && (count > 0 || state === "working")) seen.readyMs = seen.since;
    if (count === 0) {
      // What a worker waits, or loads, is no work; a long tile's time is kept for its end.
      if (state !== "working") seen.since = now;
      return [];
    }
    const each = Math.max(0, now - seen.since) / count;
    let at = seen.since;
    seen.since = now;
    return pieces.map(({ begin, end }) => {
      const tiles = end - begin, startMs = at;
      at += tiles * each;
      return {
        phase: this.#phase,
        worker,
        tile: begin,
        extent: tiles,
        tiles,
        startMs,
        endMs: at,
        busyMs: at - startMs,
      };
    });
  }
}
