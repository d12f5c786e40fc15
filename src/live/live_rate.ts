/**
 * How fast a pass goes, and how long it still takes.
 *
 * @module
 */

/** Milliseconds after which what was counts for about a third. */
const MEMORY_MS = 5000;

/** A smoothed rate. */
export class LiveRate {
  #done = 0;
  #at: number;
  #tiles = 0;
  #ms = 0;

  /** @param began When the pass began, in milliseconds. */
  constructor(began: number) {
    this.#at = began;
  }

  /**
   * Notes how far the pass is.
   *
   * @param done How many tiles are done.
   * @param now The moment, in milliseconds.
   */
  note(done: number, now: number): void {
    const passed = now - this.#at;
    if (passed <= 0) return;
    // Tiles and milliseconds fade alike, so that their ratio is the mean of the last seconds.
    const fade = Math.exp(-passed / MEMORY_MS);
    this.#tiles = this.#tiles * fade + Math.max(0, done - this.#done);
    this.#ms = this.#ms * fade + passed;
    this.#done = Math.max(done, this.#done);
    this.#at = now;
  }

  /** Tiles a second; null while nothing is known. */
  get perSecond(): number | null {
    return this.#ms > 0 && this.#tiles > 0 ? this.#tiles * 1000 / this.#ms : null;
  }

  /**
   * Milliseconds until all is done.
   *
   * @param left How many tiles are left.
   * @returns Null while nobody knows.
   */
  timeFor(left: number): number | null {
    if (left <= 0) return 0;
    const rate = this.perSecond;
    return rate === null ? null : left / rate * 1000;
  }
}
