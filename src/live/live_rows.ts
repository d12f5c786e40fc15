/**
 * What was seen of a run's workers so far, in a bounded number of rows.
 *
 * @module
 */

import type { TileSpans } from "../run/timeline.ts";

/**
 * Tiles that a worker did in a stretch of time, as far as looking on can tell: a row of
 * {@linkcode TileSpans}, whose `calls` are its tiles. Times are in milliseconds from the beginning of the first run.
 */
export interface LiveRow {
  /** The number of the pass. */
  readonly phase: number;
  /** The number of the worker; -1 for the calling thread. */
  readonly worker: number;
  /** The first tile, how many there are to the last one, and how many of them were done in the row. */
  readonly tile: number;
  readonly extent: number;
  readonly tiles: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Milliseconds of work in between. */
  readonly busyMs: number;
}

/** Rows that are kept at most; when there would be more, neighbours are joined. */
const MOST_ROWS = 20_000;

/** Rows in the order in which they were noted. A row stays as it is until the generation changes. */
export class LiveRows {
  readonly #most: number;
  #rows: LiveRow[] = [];
  #generation = 0;

  /** @param most How many rows there may be. */
  constructor(most: number = MOST_ROWS) {
    this.#most = most;
  }

  /** Changes when rows were joined or dropped, so that whoever has copies must take all rows anew. */
  get generation(): number {
    return this.#generation;
  }

  /** How many rows there are. */
  get length(): number {
    return this.#rows.length;
  }

  /**
   * The rows from some row on.
   *
   * @param from Its number.
   */
  since(from: number): readonly LiveRow[] {
    return this.#rows.slice(from);
  }

  /**
   * Notes a row.
   *
   * @param row The row.
   */
  add(row: LiveRow): void {
    if (this.#rows.length >= this.#most) this.#shrink(row.phase);
    this.#rows.push(row);
  }

  /** Makes room, without doing so for each single row: where joining gives little, old passes go. */
  #shrink(phase: number): void {
    this.#join();
    while (this.#rows.length > this.#most * 3 / 4 && this.#rows[0].phase < phase) {
      this.dropBefore(this.#rows[0].phase + 1);
    }
  }

  /**
   * Drops the rows of passes before one.
   *
   * @param phase The first one that stays.
   */
  dropBefore(phase: number): void {
    const kept = this.#rows.filter((row) => row.phase >= phase);
    if (kept.length === this.#rows.length) return;
    this.#rows = kept;
    this.#generation++;
  }

  /** Joins each two neighbours of a worker in a pass. */
  #join(): void {
    const waiting = new Map<string, number>(), joined: LiveRow[] = [];
    for (const row of this.#rows) {
      const key = `${row.phase} ${row.worker}`, at = waiting.get(key);
      if (at === undefined) {
        waiting.set(key, joined.length);
        joined.push(row);
      } else {
        joined[at] = joinTwo(joined[at], row);
        waiting.delete(key);
      }
    }
    this.#rows = joined;
    this.#generation++;
  }
}

function joinTwo(a: LiveRow, b: LiveRow): LiveRow {
  const tile = Math.min(a.tile, b.tile), end = Math.max(a.tile + a.extent, b.tile + b.extent);
  return {
    phase: a.phase,
    worker: a.worker,
    tile,
    extent: end - tile,
    tiles: a.tiles + b.tiles,
    startMs: a.startMs,
    endMs: b.endMs,
    busyMs: a.busyMs + b.busyMs,
  };
}

/**
 * Makes columns of rows.
 *
 * @param rows The rows of one pass.
 */
export function columnsOf(rows: readonly LiveRow[]): TileSpans {
  const column = (value: (row: LiveRow) => number) => Float64Array.from(rows, value);
  const tiles = column((row) => row.tiles), busyMs = column((row) => row.busyMs);
  return {
    length: rows.length,
    worker: Int32Array.from(rows, ({ worker }) => worker),
    tile: column((row) => row.tile),
    extent: column((row) => row.extent),
    tiles,
    calls: tiles,
    startMs: column((row) => row.startMs),
    endMs: column((row) => row.endMs),
    busyMs,
    // Which of its tiles took longest, nobody has seen.
    longestMs: column((row) => row.busyMs / Math.max(1, row.tiles)),
  };
}
