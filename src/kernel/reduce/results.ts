/**
 * Where the results of units go.
 *
 * @module
 */

import { layoutOf, type SharedNdArray } from "../../array/shared_ndarray.ts";
import { ELEMENT } from "./memory_code.ts";
import type { ScratchPlaces } from "./scratch.ts";

/** From this many elements on a call of `set` costs less than a loop. */
const WORTH_A_CALL = 16;

/** An array of 64-bit elements that results are copied to, bit by bit. */
export class ResultArray {
  readonly #scratch: ScratchPlaces;
  readonly #floats: Float64Array<SharedArrayBuffer>;
  readonly #words: Int32Array<SharedArrayBuffer>;
  readonly #first: number;

  /**
   * @param scratch Where results come from.
   * @param array Where they go, in C order.
   */
  constructor(scratch: ScratchPlaces, array: SharedNdArray) {
    const { buffer, byteOffset } = array.data;
    this.#scratch = scratch;
    this.#floats = new Float64Array(buffer);
    this.#words = new Int32Array(buffer);
    this.#first = byteOffset / ELEMENT + layoutOf(array).offset;
  }

  /**
   * Copies results.
   *
   * @param place The place of the first in the array.
   * @param count How many.
   * @param address Where they are in scratch.
   */
  copy(place: number, count: number, address: number): void {
    const to = this.#first + place, from = address / ELEMENT, { floats, words } = this.#scratch;
    if (count >= WORTH_A_CALL) {
      this.#floats.set(floats.subarray(from, from + count), to);
      return;
    }
    // As words: a float that is read as such need not keep the bits of a NaN, which integers can have.
    for (let k = 0; k < 2 * count; k++) this.#words[2 * to + k] = words[2 * from + k];
  }
}
