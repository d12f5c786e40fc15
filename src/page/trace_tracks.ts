/**
 * The tracks of a trace, on each of which slices come one after another.
 *
 * @module
 */

/** A track and its name. */
export interface NamedTrack {
  /** Its number. */
  readonly tid: number;
  readonly name: string;
  /** Where it stands among the others, from the top. */
  readonly order: number;
}

/** Numbers of tracks: that of the first process would otherwise be that of a worker. */
const PASSES = 1, CALLER = 2, WORKERS = 1000;

/** Further tracks of a worker are so far apart: there are never as many workers. */
const FURTHER = 100_000;

/** Gives slices to tracks: where those of one worker overlap they go to several. */
export class TraceTracks {
  /** When the last slice of each track of an owner ends. */
  readonly #ends = new Map<number, number[]>();

  /**
   * The track of a slice.
   *
   * @param owner The worker, -1 for the calling thread, or the passes.
   * @param start When the slice begins and ends.
   * @param end
   */
  take(owner: number | "passes", start: number, end: number): number {
    const base = owner === "passes" ? PASSES : owner < 0 ? CALLER : WORKERS + owner;
    const ends = this.#ends.get(base) ?? [];
    this.#ends.set(base, ends);
    const free = ends.findIndex((last) => last <= start);
    const lane = free < 0 ? ends.length : free;
    ends[lane] = end;
    return base + lane * FURTHER;
  }

  /** The tracks that were taken. */
  named(): NamedTrack[] {
    const bases = [...this.#ends].sort(([a], [b]) => a - b);
    const tracks = bases.flatMap(([base, ends]) =>
      ends.map((_, lane) => ({
        tid: base + lane * FURTHER,
        name: nameOf(base) + (lane > 0 ? ` (${lane + 1})` : ""),
      }))
    );
    return tracks.map((track, order) => ({ ...track, order }));
  }
}

function nameOf(base: number): string {
  return base === PASSES ? "passes" : base === CALLER ? "calling thread" : `worker ${base - WORKERS}`;
}
