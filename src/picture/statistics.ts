/**
 * What the elements of an array are like: extremes, mean, deviation and quantiles, of as many arrays one after another
 * as need be.
 *
 * @module
 */

import { forEachRow } from "../array/rows.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { Cells } from "./cells.ts";

/** Elements whose plain sum is one term: short enough that rounding does not add up. */
const BLOCK = 128;

/** As many elements are kept for quantiles; of more, each second is let go, and so on. */
const MOST_KEPT = 1 << 22;

/**
 * Statistics of the finite elements of arrays. 64-bit integers count as the nearest floats, booleans as 0 and 1.
 */
export class Statistics {
  /** How many elements there were. */
  count: number = 0;
  /** How many of them were NaN. */
  nan: number = 0;
  /** How many were infinite. */
  infinite: number = 0;
  /** How many were finite. */
  finite: number = 0;
  #low = Infinity;
  #high = -Infinity;
  #mean = 0;
  /** The sum of squared distances from the mean. */
  #squares = 0;
  readonly #keeps: boolean;
  #kept: Float64Array = new Float64Array(1024);
  #keptCount = 0;
  /** Each so-manieth finite element is kept. */
  #stride = 1;
  #untilNext = 1;
  #isSorted = true;

  /** @param keeps Whether quantiles will be asked for. */
  constructor(keeps: boolean = true) {
    this.#keeps = keeps;
  }

  /** The smallest finite element; null where there is none. */
  get min(): number | null {
    return this.finite === 0 ? null : this.#low;
  }

  /** The largest finite element; null where there is none. */
  get max(): number | null {
    return this.finite === 0 ? null : this.#high;
  }

  /** The mean of the finite elements; null where there is none. */
  get mean(): number | null {
    return this.finite === 0 ? null : this.#mean;
  }

  /** The standard deviation, by their number as NumPy has it; null where there is none. */
  get std(): number | null {
    return this.finite === 0 ? null : Math.sqrt(this.#squares / this.finite);
  }

  /** Whether quantiles are those of a part of the elements, evenly spread, because there were too many. */
  get isSampled(): boolean {
    return this.#stride > 1;
  }

  /**
   * A quantile of the finite elements, between two of them as NumPy has it by default.
   *
   * @param q Which one, from 0 to 1.
   * @returns Null where no element is finite, or none was kept.
   */
  quantile(q: number): number | null {
    if (this.#keptCount === 0) return null;
    const sorted = this.#kept.subarray(0, this.#keptCount);
    if (!this.#isSorted) sorted.sort();
    this.#isSorted = true;
    const place = q * (sorted.length - 1), before = Math.floor(place), share = place - before;
    const low = sorted[before], high = sorted[Math.min(before + 1, sorted.length - 1)];
    return low === high ? low : low * (1 - share) + high * share;
  }

  /**
   * Adds the elements of an array.
   *
   * @param array The array.
   */
  add(array: SharedNdArray): void {
    const { data } = array;
    forEachRow([array], (length, [place], [step]) => this.#addRow(data, place, step, length));
  }

  /**
   * Adds the elements of a grid.
   *
   * @param cells The grid.
   */
  addCells({ rows, columns, data, offset, rowStride, columnStride }: Cells): void {
    for (let i = 0; i < rows; i++) this.#addRow(data, offset + i * rowStride, columnStride, columns);
  }

  #addRow(data: Cells["data"], place: number, step: number, length: number): void {
    this.count += length;
    for (let left = length; left > 0; left -= BLOCK, place += BLOCK * step) {
      this.#addBlock(data, place, step, Math.min(left, BLOCK));
    }
  }

  #addBlock(data: Cells["data"], place: number, step: number, length: number): void {
    let sum = 0, count = 0;
    for (let k = 0, at = place; k < length; k++, at += step) {
      const value = Number(data[at]);
      if (value - value !== 0) {
        if (value !== value) this.nan++;
        else this.infinite++;
        continue;
      }
      count++;
      sum += value;
      if (value < this.#low) this.#low = value;
      if (value > this.#high) this.#high = value;
      if (this.#keeps && --this.#untilNext === 0) this.#keep(value);
    }
    if (count === 0) return;
    const mean = sum / count;
    let squares = 0;
    for (let k = 0, at = place; k < length; k++, at += step) {
      const distance = Number(data[at]) - mean;
      if (distance - distance === 0) squares += distance * distance;
    }
    // Two groups become one (Chan, Golub and LeVeque 1979).
    const shift = mean - this.#mean, before = this.finite;
    this.finite += count;
    this.#mean += shift * count / this.finite;
    this.#squares += squares + shift * shift * before * count / this.finite;
  }

  #keep(value: number): void {
    this.#untilNext = this.#stride;
    this.#isSorted = false;
    if (this.#keptCount === MOST_KEPT) {
      this.#stride *= 2;
      this.#untilNext = this.#stride;
      this.#keptCount /= 2;
      for (let k = 0; k < this.#keptCount; k++) this.#kept[k] = this.#kept[2 * k];
    } else if (this.#keptCount === this.#kept.length) {
      const wider = new Float64Array(2 * this.#kept.length);
      wider.set(this.#kept);
      this.#kept = wider;
    }
    this.#kept[this.#keptCount++] = value;
  }
}
