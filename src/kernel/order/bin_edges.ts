/**
 * The edges of a histogram's bins, and which bin a number belongs to. Only numbers.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";

/** The bins of a histogram. */
export interface Bins {
  /**
   * Edges, ascending: bin `k` holds what is at least `edges[k]` and less than `edges[k + 1]`, the last bin its upper
   * edge too.
   */
  readonly edges: readonly number[];
  /** Whether bins are equally wide, so that a number's bin can be computed. */
  readonly isUniform: boolean;
}

/**
 * Equally wide bins, as NumPy places them: `low + k * ((high - low) / count)`, the last edge `high` itself, rounded
 * to the dtype of the elements if that is one of floats. When `low` is `high`, they reach half a unit to both sides.
 *
 * @param count How many bins.
 * @param low The first edge.
 * @param high The last edge.
 * @param dtype The dtype of the elements.
 */
export function uniformBins(count: number, low: number, high: number, dtype: DType): Bins {
  const [first, last] = low === high ? [low - 0.5, high + 0.5] : [low, high];
  const width = last - first, step = width / count;
  const round = dtype === "float32" ? Math.fround : dtype === "float16" ? Math.f16round : Number;
  const edges = Array.from({ length: count + 1 }, (_, k) => {
    if (k === count) return round(last);
    // A width that is too small to be divided.
    return round((step === 0 ? k / count * width : k * step) + first);
  });
  return { edges, isUniform: true };
}

/** Finds the bins of numbers. */
export class BinFinder {
  readonly #edges: Float64Array;
  readonly #bins: number;
  readonly #first: number;
  readonly #last: number;
  /** Bins a unit of distance; NaN or infinite where that cannot be told, and the search takes its place. */
  readonly #scale: number;

  /**
   * @param bins The bins.
   */
  constructor({ edges, isUniform }: Bins) {
    this.#edges = Float64Array.from(edges);
    this.#bins = edges.length - 1;
    this.#first = edges[0];
    this.#last = edges[edges.length - 1];
    const scale = isUniform ? this.#bins / (this.#last - this.#first) : NaN;
    this.#scale = Number.isFinite(scale) && scale > 0 ? scale : NaN;
  }

  /**
   * Counts numbers by bin. What is in no bin, as NaN, is not counted.
   *
   * @param values The numbers: those at `begin`, `begin + step` and so on.
   * @param row Where the first number is, how many there are, and how far it is from one to the next.
   * @param counts Counts, of which those from `place` on are added to.
   * @param place The place of the first bin's count.
   */
  count(
    values: Float64Array,
    { begin, count, step }: { readonly begin: number; readonly count: number; readonly step: number },
    counts: Float64Array,
    place: number,
  ): void {
    const first = this.#first,
      last = this.#last,
      scale = this.#scale,
      edges = this.#edges,
      lastBin = this.#bins - 1;
    const isGuessed = scale === scale;
    for (let k = 0, i = begin; k < count; k++, i += step) {
      const value = values[i];
      // Two comparisons as one branch, here and below: of both it is mostly the same one.
      if ((Number(value >= first) & Number(value <= last)) === 0) continue;
      let bin = isGuessed ? ((value - first) * scale) | 0 : this.#search(value);
      if (bin > lastBin) bin = lastBin;
      // Rounding may have put a guess beside the bin: the edges decide.
      if ((Number(value < edges[bin]) | Number(value >= edges[bin + 1])) !== 0) bin = this.#mend(bin, value);
      counts[place + bin]++;
    }
  }

  #mend(guess: number, value: number): number {
    const edges = this.#edges, last = this.#bins - 1;
    let bin = guess;
    while (value < edges[bin]) bin--;
    while (bin < last && value >= edges[bin + 1]) bin++;
    return bin;
  }

  #search(value: number): number {
    const edges = this.#edges;
    let low = 0, high = this.#bins - 1;
    // The last bin whose lower edge is not above the value.
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (edges[middle] <= value) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}
