/**
 * Random permutations.
 *
 * @module
 */

import { ValueError } from "../../errors.ts";
import { BATCH_WORDS, visitDraws } from "./bounded.ts";
import { PURPOSE } from "./philox.ts";
import { SCRATCH, scratchMemory } from "./scratch.ts";
import { streamOf } from "./seed.ts";

/** A typed array of numbers that holds places: 32-bit integers, or float64 for more of them. */
export type Places = Int32Array | Uint32Array | Float64Array;

/** The longest permutation: each place is drawn with one 32-bit word. */
const MOST = 2 ** 32;

/**
 * Fills with a random permutation of 0, 1, …, n - 1, each as likely as any other.
 *
 * It is the shuffle of R. A. Fisher and F. Yates in the form that begins with nothing: for i = 0, 1, …, with a random
 * j from 0 to i, what is at j moves to i, and i is put at j. Draw i takes word i of the stream of purpose 2, and what
 * was said of `fillIntegers` holds for it.
 *
 * @param places The elements; n is their number, at most 2^31 for an Int32Array and 2^32 for the others.
 * @param seed The stream of random numbers, an integer.
 * @throws {DTypeError} If the seed is no integer.
 * @throws {ValueError} If there are too many.
 */
export function fillPermutation(places: Places, seed: number | bigint): void {
  const most = places instanceof Int32Array ? MOST / 2 : MOST;
  if (places.length > most) {
    throw new ValueError(`Cannot draw a permutation of ${places.length}: at most ${most} are possible`);
  }
  const drawn = new Uint32Array(scratchMemory().buffer, SCRATCH.results, BATCH_WORDS);
  visitDraws(streamOf(seed), places.length, {
    purpose: PURPOSE.permutation,
    words: 1,
    draw: (module, pending, start) => module.rising32to4(pending, BigInt(start), 0n, 0n),
  }, (count, start) => {
    for (let k = 0; k < count; k++) {
      const j = drawn[k];
      places[start + k] = places[j];
      places[j] = start + k;
    }
  });
}
