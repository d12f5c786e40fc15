/**
 * Memories that nobody uses, kept for arrays of the same size: writing to memory again is about ten times as fast as
 * writing to it for the first time.
 *
 * @module
 */

/** The most bytes that are kept. */
const MOST_BYTES = 512 * 2 ** 20;

/** Memories of one thread that wait to be used again. */
export class FreeList {
  readonly #mostBytes: number;
  readonly #dropped: (memory: WebAssembly.Memory) => void;
  /** Memories by size; the size that was given back last comes last. */
  readonly #bySize = new Map<number, WebAssembly.Memory[]>();
  #bytes = 0;

  /**
   * An empty list.
   *
   * @param mostBytes The most bytes that it keeps. Default 512 MiB.
   * @param dropped Is told each memory that it lets go of.
   */
  constructor(mostBytes: number = MOST_BYTES, dropped: (memory: WebAssembly.Memory) => void = () => {}) {
    this.#mostBytes = mostBytes;
    this.#dropped = dropped;
  }

  /** The bytes that are kept. */
  get bytes(): number {
    return this.#bytes;
  }

  /**
   * Keeps a memory, and lets go of others where there would be too much: first of sizes that were not given back for
   * the longest time.
   *
   * @param memory A memory that nobody uses any more.
   * @returns The bytes that were let go of: the memory's own where it is larger than the bound.
   */
  put(memory: WebAssembly.Memory): number {
    const byteLength = memory.buffer.byteLength;
    if (byteLength > this.#mostBytes) {
      this.#dropped(memory);
      return byteLength;
    }
    const others = this.#bySize.get(byteLength) ?? [];
    others.push(memory);
    this.#bySize.delete(byteLength);
    this.#bySize.set(byteLength, others);
    this.#bytes += byteLength;
    let dropped = 0;
    for (const size of this.#bySize.keys()) {
      while (this.#bytes > this.#mostBytes && this.#drop(size)) dropped += size;
    }
    return dropped;
  }

  /**
   * Takes out a memory of exactly that size: the one that came last, whose bytes are the likeliest to be in a cache.
   *
   * @param byteLength The size.
   * @returns The memory with whatever bytes it has, or undefined when there is none.
   */
  take(byteLength: number): WebAssembly.Memory | undefined {
    const memories = this.#bySize.get(byteLength);
    const memory = memories?.pop();
    if (memory !== undefined) this.#bytes -= byteLength;
    if (memories?.length === 0) this.#bySize.delete(byteLength);
    return memory;
  }

  /** Lets go of everything. */
  clear(): void {
    for (const size of this.#bySize.keys()) while (this.#drop(size));
  }

  /** Lets go of a memory of that size, if there is one. */
  #drop(size: number): boolean {
    const memory = this.take(size);
    if (memory !== undefined) this.#dropped(memory);
    return memory !== undefined;
  }
}
