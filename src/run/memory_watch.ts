/**
 * How much memory is in use while a run goes on.
 *
 * @module
 */

import { memoryInUse } from "./tile_work.ts";

/**
 * A field of `Deno.memoryUsage()`, in bytes.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, type UsageField } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * const { report } = await tiledMap(kernel, { inputs: { a: SharedNdArray.zeros([4]) }, workers: 1 });
 * const heap: UsageField = report.memory.usage.heapUsed;
 * assert(heap.peak >= heap.current);
 * ```
 */
export interface UsageField {
  /** When the run ended, to within a millisecond. */
  readonly current: number;
  /** The most that a sample found while it went on. */
  readonly peak: number;
}

/**
 * The fields of `Deno.memoryUsage()`. `rss` is of the process; the others are of the thread that started the run.
 *
 * @example
 * ```ts
 * import { type MemoryUsageReport, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * const { report } = await tiledMap(kernel, { inputs: { a: SharedNdArray.zeros([4]) }, workers: 1 });
 * const usage: MemoryUsageReport = report.memory.usage;
 * assertEquals(Object.keys(usage), ["rss", "heapTotal", "heapUsed", "external"]);
 * ```
 */
export type MemoryUsageReport = Readonly<Record<keyof Deno.MemoryUsage, UsageField>>;

/** Milliseconds between samples; one costs 7 µs. */
const SAMPLE_MS = 10;

/** Samples `Deno.memoryUsage()` from its start until it is disposed. */
export class MemoryWatch implements Disposable {
  #current: Deno.MemoryUsage;
  readonly #peak: Deno.MemoryUsage;
  #timer: ReturnType<typeof setInterval> | undefined;
  #isOver = false;
  readonly #note: (usage: Deno.MemoryUsage) => void;

  /** @param note Is told of each sample. */
  constructor(note: (usage: Deno.MemoryUsage) => void = () => {}) {
    this.#note = note;
    this.#current = memoryInUse();
    this.#peak = { ...this.#current };
    note(this.#current);
  }

  /** Begins to sample by a timer. The first timer of a process costs 5 ms, so this comes after the workers' start. */
  start(tick: () => void = () => {}): void {
    // A run that failed at once may be over before its watch starts; a timer would keep the process alive.
    if (this.#isOver) return;
    this.#timer = setInterval(() => {
      this.sample();
      tick();
    }, SAMPLE_MS);
  }

  /** Takes a sample now. */
  sample(): void {
    this.#current = memoryInUse();
    this.#note(this.#current);
    for (const field of fieldNames(this.#peak)) {
      this.#peak[field] = Math.max(this.#peak[field], this.#current[field]);
    }
  }

  /**
   * Takes the last sample.
   *
   * @param rssSeen The most resident bytes that the workers saw.
   */
  finish(rssSeen: number): MemoryUsageReport {
    this.sample();
    this.#peak.rss = Math.max(this.#peak.rss, rssSeen);
    const field = (name: keyof Deno.MemoryUsage) => ({
      current: this.#current[name],
      peak: this.#peak[name],
    });
    return {
      rss: field("rss"),
      heapTotal: field("heapTotal"),
      heapUsed: field("heapUsed"),
      external: field("external"),
    };
  }

  /** Stops sampling. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    clearInterval(this.#timer);
  }
}

function fieldNames(usage: Deno.MemoryUsage): (keyof Deno.MemoryUsage)[] {
  return Object.keys(usage) as (keyof Deno.MemoryUsage)[];
}

/**
 * Readies the reading of the high-water mark. Loading `node:process` takes 10 ms, which a run can hide behind the work
 * of its workers.
 *
 * @returns A function that tells the most bytes that were ever resident in this process, which never falls.
 */
export function highWaterGauge(): Promise<() => number> {
  return gauge ??= loadGauge();
}

let gauge: Promise<() => number> | undefined;

async function loadGauge(): Promise<() => number> {
  const { default: process } = await import("node:process");
  return () => process.resourceUsage().maxRSS * 1024;
}
