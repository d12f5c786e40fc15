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

/** How much shared memory was taken or dropped since the last collection of this thread. */
export class MemoryPressure {
  readonly #collect: () => void;
  readonly #resident: () => number;
  #bytes = 0;
  #limit = LEAST_BYTES;

  /**
   * No pressure yet.
   *
   * @param collect What collects. Default: the runtime's collector, found when it is first needed.
   * @param resident What tells the resident bytes of the process.
   */
  constructor(collect?: () => void, resident: () => number = () => Deno.memoryUsage().rss) {
    let found = collect;
    this.#collect = () => (found ??= findCollector())();
    this.#resident = resident;
  }

  /**
   * Counts bytes that were taken, or dropped, and collects when there may be much to gain.
   *
   * What survives a collection is not collected again soon: the next one waits for half as many bytes as are resident,
   * so that a program which keeps growing pays for a number of collections that grows with the logarithm of its size.
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
    this.#limit = Math.max(LEAST_BYTES, this.#resident() / 2);
  }
}
