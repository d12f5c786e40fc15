/**
 * The upper part of the tree: results of neighbouring branches of equal size are combined as soon as two of a size
 * stand beside each other, so that only one row for each size is kept.
 *
 * @module
 */

import type { ValueExports } from "./fold_module.ts";
import { ROW_BYTES } from "./scratch.ts";

/** Rows of partial results in scratch. */
export class RowStack {
  readonly #address: number;
  readonly #combine: ValueExports["combine"];
  readonly #rowBytes: number;
  #depth = 0;
  #pushed = 0;

  /**
   * @param address Where the rows lie.
   * @param combine Combines rows.
   * @param rowBytes Bytes from a row to the next.
   */
  constructor(address: number, combine: ValueExports["combine"], rowBytes: number = ROW_BYTES) {
    this.#address = address;
    this.#combine = combine;
    this.#rowBytes = rowBytes;
  }

  /** Where the next branch's results have to be written before {@linkcode push}. */
  get next(): number {
    return this.#address + this.#depth * this.#rowBytes;
  }

  /** Forgets what is there: a unit that was interrupted may have left something. */
  begin(): void {
    this.#depth = this.#pushed = 0;
  }

  /**
   * Takes over what was written to `next`.
   *
   * @param vectors How many vectors a row has.
   * @param branches How many branches of the least size it is made of: a power of two, which divides the number of those
   * before it.
   */
  push(vectors: number, branches: number = 1): void {
    this.#depth++;
    for (let place = this.#pushed / branches; place % 2 === 1; place = (place - 1) / 2) this.#join(vectors);
    this.#pushed += branches;
  }

  /** Combines all that is there. Returns where it is, until the next branch is written. */
  finish(vectors: number): number {
    while (this.#depth > 1) this.#join(vectors);
    this.#depth = this.#pushed = 0;
    return this.#address;
  }

  #join(vectors: number): void {
    const upper = this.#address + --this.#depth * this.#rowBytes, lower = upper - this.#rowBytes;
    this.#combine(lower, lower, upper, vectors);
  }
}
