/**
 * How far a call is that goes over its elements several times.
 *
 * @module
 */

import type { Progress } from "./map_options.ts";

/** Tells of all passes of a call as of one run. */
export class PassProgress {
  readonly #tell: ((progress: Progress) => void) | undefined;
  readonly #began: number;
  /** Passes that are still expected, the one at hand among them. */
  #left = 1;
  /** Units of passes that are over. */
  #before = 0;
  #last: Progress | undefined;

  /**
   * @param tell Who is told.
   * @param began When the call began, as `performance.now()` tells time.
   */
  constructor(tell: ((progress: Progress) => void) | undefined, began: number = performance.now()) {
    this.#tell = tell;
    this.#began = began;
  }

  /**
   * Says how many passes there will be from now on. What is expected decides the total; when it was wrong, the total
   * changes.
   *
   * @param passes How many.
   */
  expect(passes: number): void {
    this.#left = Math.max(1, passes);
  }

  /**
   * What is to be told of the next pass.
   *
   * @returns Nothing where nobody listens.
   */
  next(): ((progress: Progress) => void) | undefined {
    if (this.#tell === undefined) return undefined;
    const before = this.#before, left = this.#left;
    this.#left = Math.max(1, left - 1);
    return ({ done, total }) => {
      this.#before = before + total;
      this.#say(before + done, before + total * left);
    };
  }

  /** Says that all is done. */
  finish(): void {
    const { done, total } = this.#last ?? { done: 0, total: 0 };
    if (this.#last === undefined || done < total) this.#say(this.#before, this.#before);
  }

  #say(done: number, total: number): void {
    this.#last = { done, total, elapsedMs: performance.now() - this.#began };
    this.#tell?.(this.#last);
  }
}
