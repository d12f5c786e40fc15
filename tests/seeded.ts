/**
 * Random test cases that are the same in every run.
 *
 * @module
 */

/** A small generator (mulberry32): what it yields follows from its seed. */
export class Seeded {
  readonly seed: number;
  #state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed;
  }

  /** A 32-bit word. */
  word(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  }

  /** An integer from `low` to `high`, both included. */
  int(low: number, high: number): number {
    return low + this.word() % (high - low + 1);
  }

  /** True once in `times` calls. */
  oneIn(times: number): boolean {
    return this.word() % times === 0;
  }

  /** One of several. */
  pick<T>(items: readonly T[]): T {
    return items[this.word() % items.length];
  }

  /** That many integers from `low` to `high`. */
  ints(count: number, low: number, high: number): number[] {
    return Array.from({ length: count }, () => this.int(low, high));
  }

  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const rest = items.slice();
    return items.map(() => rest.splice(this.word() % rest.length, 1)[0]);
  }
}

/**
 * Tries a statement on random cases.
 *
 * @param count How many.
 * @param attempt Makes a case and asserts; its error comes back with the seed in its message.
 */
export function forEachSeed(count: number, attempt: (random: Seeded) => void): void {
  for (let seed = 1; seed <= count; seed++) {
    try {
      attempt(new Seeded(seed));
    } catch (error) {
      throw new Error(`With seed ${seed}: ${error instanceof Error ? error.message : error}`, {
        cause: error,
      });
    }
  }
}
