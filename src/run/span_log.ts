/**
 * What a part of a run notes of its calls, and columns made of that.
 *
 * @module
 */

import type { TileSpans } from "./timeline.ts";

/** What a part notes: plain data on its way to the caller. */
export interface PartLog {
  readonly beganMs: number;
  readonly readyMs: number;
  readonly endedMs: number;
  /** Rows of {@linkcode SPAN_FIELDS} numbers: tile, extent, tiles, calls, start, end, busy, longest. */
  readonly rows: Float64Array;
}

/** Numbers of a row. */
export const SPAN_FIELDS = 8;

/** The places of a row's numbers. */
const TILE = 0, EXTENT = 1, TILES = 2, CALLS = 3, START = 4, END = 5, BUSY = 6, LONGEST = 7;

/** Rows that a part notes at most; when there would be more, neighbours are joined, and so on. */
const MOST_ROWS = 2 ** 17;

/** Notes the calls of a part. */
export class SpanLog {
  readonly #offset: number;
  readonly #most: number;
  #rows = new Float64Array(64 * SPAN_FIELDS);
  #length = 0;
  /** Calls of a row. All rows have as many, so that the beginning of a long run is seen as closely as its end. */
  #each = 1;
  /** Rows that were taken since there were so many calls in each. */
  #given = 0;
  #beganMs: number;
  #readyMs: number;

  /**
   * @param epoch When the run began, in milliseconds since 1970: threads tell time from moments of their own.
   * @param most How many rows there may be: an even number.
   */
  constructor(epoch: number, most: number = MOST_ROWS) {
    this.#offset = performance.timeOrigin - epoch;
    this.#most = most;
    this.#beganMs = this.#readyMs = this.#offset + performance.now();
  }

  /** Says that the part comes to its tiles now. */
  ready(): void {
    this.#readyMs = this.#offset + performance.now();
  }

  /**
   * Notes a call.
   *
   * @param tile The first of its tiles.
   * @param tiles How many it was for.
   * @param began When it began and ended, as `performance.now()` tells time on this thread.
   * @param ended
   */
  add(tile: number, tiles: number, began: number, ended: number): void {
    const last = (this.#length - 1) * SPAN_FIELDS;
    if (last >= 0 && this.#rows[last + CALLS] < this.#each) {
      return lengthen(this.#rows, last, tile, tiles, ended - began, ended + this.#offset);
    }
    if (this.#length === this.#most) {
      this.#length = joinRows(this.#rows, this.#length);
      this.#each *= 2;
    }
    if (this.#length * SPAN_FIELDS === this.#rows.length) this.#grow();
    const rows = this.#rows, at = this.#length++ * SPAN_FIELDS, ms = ended - began;
    rows[at] = tile;
    rows[at + EXTENT] = tiles;
    rows[at + TILES] = tiles;
    rows[at + CALLS] = 1;
    rows[at + START] = began + this.#offset;
    rows[at + END] = ended + this.#offset;
    rows[at + BUSY] = ms;
    rows[at + LONGEST] = ms;
  }

  #grow(): void {
    const rows = new Float64Array(this.#rows.length * 2);
    rows.set(this.#rows);
    this.#rows = rows;
  }

  /** Gives what was noted, and begins anew. */
  take(): PartLog {
    const log = {
      beganMs: this.#beganMs,
      readyMs: this.#readyMs,
      endedMs: this.#offset + performance.now(),
      rows: this.#rows.slice(0, this.#length * SPAN_FIELDS),
    };
    this.#given += this.#length;
    // Where logs are taken again and again, nobody else would keep all of them together from growing.
    if (this.#given > this.#most / 8) {
      this.#each *= 2;
      this.#given = 0;
    }
    this.#length = 0;
    this.#beganMs = this.#readyMs = log.endedMs;
    return log;
  }
}

/** Adds a call to the row at a place. */
function lengthen(
  rows: Float64Array,
  at: number,
  tile: number,
  tiles: number,
  ms: number,
  ended: number,
): void {
  const first = Math.min(rows[at], tile);
  rows[at + EXTENT] = Math.max(rows[at] + rows[at + EXTENT], tile + tiles) - first;
  rows[at] = first;
  rows[at + TILES] += tiles;
  rows[at + CALLS]++;
  rows[at + END] = ended;
  rows[at + BUSY] += ms;
  rows[at + LONGEST] = Math.max(rows[at + LONGEST], ms);
}

/** Joins each two neighbouring rows in place, and tells how many there are then. */
function joinRows(rows: Float64Array, length: number): number {
  const half = length >> 1;
  for (let k = 0; k < half; k++) {
    const to = k * SPAN_FIELDS, a = 2 * k * SPAN_FIELDS, b = a + SPAN_FIELDS;
    const tile = Math.min(rows[a], rows[b]);
    const end = Math.max(rows[a] + rows[a + EXTENT], rows[b] + rows[b + EXTENT]);
    const tiles = rows[a + TILES] + rows[b + TILES], calls = rows[a + CALLS] + rows[b + CALLS];
    const start = rows[a + START], ended = rows[b + END], busy = rows[a + BUSY] + rows[b + BUSY];
    const longest = Math.max(rows[a + LONGEST], rows[b + LONGEST]);
    rows.set([tile, end - tile, tiles, calls, start, ended, busy, longest], to);
  }
  return half;
}

/** What a part noted, and whose it is. */
export interface OwnedLog {
  readonly worker: number;
  readonly log: PartLog;
}

/** Milliseconds by which a part may lie outside of its run: clocks of threads differ by microseconds. */
const CLOCKS_DIFFER = 1;

/**
 * Moves what workers noted into their run where it lies outside: the system's clock was set after this thread began and
 * before a worker did, and each tells time from then on.
 *
 * @param logs The parts'.
 * @param beganMs When the run began and ended.
 * @param endedMs
 */
export function logsWithin(logs: readonly OwnedLog[], beganMs: number, endedMs: number): OwnedLog[] {
  const shifts = new Map<number, number>();
  for (const { worker } of logs) {
    if (shifts.has(worker)) continue;
    const own = logs.filter((each) => each.worker === worker).map(({ log }) => log);
    const early = beganMs - own.reduce((least, log) => Math.min(least, log.beganMs), Infinity);
    const late = own.reduce((most, log) => Math.max(most, log.endedMs), -Infinity) - endedMs;
    shifts.set(worker, early > CLOCKS_DIFFER ? early : late > CLOCKS_DIFFER ? -late : 0);
  }
  return logs.map(({ worker, log }) => {
    const shift = shifts.get(worker) ?? 0;
    return { worker, log: shift === 0 ? log : shifted(log, shift) };
  });
}

function shifted({ beganMs, readyMs, endedMs, rows }: PartLog, ms: number): PartLog {
  const moved = rows.map((value, k) =>
    k % SPAN_FIELDS === START || k % SPAN_FIELDS === END ? value + ms : value
  );
  return { beganMs: beganMs + ms, readyMs: readyMs + ms, endedMs: endedMs + ms, rows: moved };
}

/**
 * Makes columns of what parts noted, in the order of their beginning.
 *
 * @param logs The parts'.
 */
export function spansOf(logs: readonly OwnedLog[]): TileSpans {
  const length = logs.reduce((sum, { log }) => sum + log.rows.length / SPAN_FIELDS, 0);
  const order: { readonly worker: number; readonly rows: Float64Array; readonly at: number }[] = [];
  for (const { worker, log: { rows } } of logs) {
    for (let at = 0; at < rows.length; at += SPAN_FIELDS) order.push({ worker, rows, at });
  }
  order.sort((a, b) => a.rows[a.at + START] - b.rows[b.at + START]);
  const column = (field: number) => Float64Array.from(order, ({ rows, at }) => rows[at + field]);
  return {
    length,
    worker: Int32Array.from(order, ({ worker }) => worker),
    tile: column(TILE),
    extent: column(EXTENT),
    tiles: column(TILES),
    calls: column(CALLS),
    startMs: column(START),
    endMs: column(END),
    busyMs: column(BUSY),
    longestMs: column(LONGEST),
  };
}
