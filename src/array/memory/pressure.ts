/**
 * Collecting shared memory that was dropped. V8 frees it with the objects that refer to it, but does not feel its size
 * as a reason to collect: a loop that makes and drops arrays would take all of the machine's memory.
 *
 * So bytes are counted here, and a collection is asked for once there may be much to gain.
 *
 * @module
 */

/** Bytes between two collections, at least. */
const LEAST_BYTES = 256 * 2 ** 20;

/** The parts of `node:v8`, `node:vm` and `node:process` that are used. */
interface Builtins {
  getBuiltinModule(name: "node:v8"): { setFlagsFromString(flags: string): void };
  getBuiltinModule(name: "node:vm"): { runInNewContext(code: string): unknown };
}

/**
 * Finds the runtime's own collector. The modules are loaded here and not imported, because that takes 20 ms, which
 * only programs with much memory should pay.
 */
function findCollector(): () => void {
  // Deno has `process` as a global, which its types leave out.
  const builtins = (globalThis as { process?: Builtins }).process;
  try {
    builtins?.getBuiltinModule("node:v8").setFlagsFromString("--expose-gc");
    const collect = builtins?.getBuiltinModule("node:vm").runInNewContext("gc");
    if (typeof collect === "function") return () => void collect();
  } catch {
    // A runtime without these modules: memory is freed whenever it collects by itself.
  }
  return () => {};
}

/** Options of {@linkcode MemoryPressure}. */
export interface PressureOptions {
  /** Bytes between two collections, at least. Default 256 MiB. */
  readonly leastBytes?: number;
  /** What collects. Default: the runtime's collector, found when it is first needed. */
  readonly collect?: () => void;
  /** The bytes of this thread's heap. */
  readonly heapBytes?: () => number;
}

/** How much shared memory was taken or dropped since the last collection of this thread. */
export class MemoryPressure {
  readonly #leastBytes: number;
  readonly #collect: () => void;
  readonly #heapBytes: () => number;
  #bytes = 0;
  #limit: number;

  /**
   * No pressure yet.
   *
   * @param options When and what to collect.
   */
  constructor(options: PressureOptions = {}) {
    const { leastBytes = LEAST_BYTES, heapBytes = () => Deno.memoryUsage().heapUsed } = options;
    let found = options.collect;
    this.#leastBytes = this.#limit = leastBytes;
    this.#collect = () => (found ??= findCollector())();
    this.#heapBytes = heapBytes;
  }

  /**
   * Counts bytes that were taken, or dropped, and collects when there may be much to gain.
   *
   * A collection takes time with the size of the thread's heap, so the next one waits for at least twice as many bytes
   * as the heap has.
   *
   * @param byteLength How many.
   */
  add(byteLength: number): void {
    this.#bytes += byteLength;
    if (this.#bytes >= this.#limit) this.relieve();
  }

  /** Collects now. */
  relieve(): void {
    this.#collect();
    this.#bytes = 0;
    this.#limit = Math.max(this.#leastBytes, 2 * this.#heapBytes());
  }
}
