/**
 * Memory over time, in a bounded number of samples.
 *
 * @module
 */

import type { MemorySamples } from "../run/timeline.ts";

/** Memory at a moment, in milliseconds from the beginning of the first run. */
export interface MemorySample {
  readonly ms: number;
  /** Resident bytes of the process. */
  readonly rss: number;
  /** Bytes of the heap of the calling thread. */
  readonly heapUsed: number;
}

/** Samples that are kept; when there would be more, of each two the higher one stays, and only every second comes in. */
const MOST_SAMPLES = 4096;

/** Samples in their order. A sample stays until the generation changes. */
export class LiveMemory {
  readonly #most: number;
  #samples: MemorySample[] = [];
  #generation = 0;
  #every = 1;
  #held: { sample: MemorySample; count: number } | null = null;

  /** @param most How many samples there may be. */
  constructor(most: number = MOST_SAMPLES) {
    this.#most = most;
  }

  /** Changes when samples were dropped. */
  get generation(): number {
    return this.#generation;
  }

  /** How many samples there are. */
  get length(): number {
    return this.#samples.length;
  }

  /**
   * The samples from some sample on.
   *
   * @param from Its number.
   */
  since(from: number): readonly MemorySample[] {
    return this.#samples.slice(from);
  }

  /**
   * Notes a sample.
   *
   * @param sample The sample.
   */
  add(sample: MemorySample): void {
    const held = this.#held, count = (held?.count ?? 0) + 1;
    const highest = held === null ? sample : higher(held.sample, sample);
    this.#held = { sample: highest, count };
    if (count < this.#every) return;
    this.#held = null;
    this.#samples.push(highest);
    if (this.#samples.length < this.#most) return;
    const kept: MemorySample[] = [];
    for (let k = 0; k + 1 < this.#samples.length; k += 2) {
      kept.push(higher(this.#samples[k], this.#samples[k + 1]));
    }
    this.#samples = kept;
    this.#every *= 2;
    this.#generation++;
  }

  /** The samples in columns. */
  columns(): MemorySamples {
    const column = (field: keyof MemorySample) => Float64Array.from(this.#samples, (sample) => sample[field]);
    return { ms: column("ms"), rss: column("rss"), heapUsed: column("heapUsed") };
  }
}

function higher(a: MemorySample, b: MemorySample): MemorySample {
  return a.rss > b.rss ? a : b;
}
