/**
 * What a run measured.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { type SharedNdArray, storageOf } from "../array/shared_ndarray.ts";
import type { MemoryPart } from "../errors.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import type { MemoryUsageReport } from "./memory_watch.ts";
import type { WorkerPart } from "./protocol.ts";

/**
 * The memory of a run, in bytes.
 *
 * @example
 * ```ts
 * import { type MemoryReport, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => new Uint8Array(5)");
 * const a = SharedNdArray.wrap(new SharedArrayBuffer(32), { shape: [4] });
 * const { report } = await tiledMap(kernel, { inputs: { a, flipped: a.flip() }, tile: [2], workers: 1 });
 * const { shared, copied }: MemoryReport = report.memory;
 * assertEquals([shared, copied], [32, 10]);
 * ```
 */
export interface MemoryReport {
  /** Resident bytes of the process when the run ended. */
  readonly current: number;
  /** The most resident bytes of the process that a sample found during the run. */
  readonly peak: number;
  /** Each field of `Deno.memoryUsage()`, when the run ended and at its peak. */
  readonly usage: MemoryUsageReport;
  /**
   * The most bytes that were ever resident in the process, as the system counts. Linux begins to count at the size of
   * the process that started this one.
   */
  readonly highWater: number;
  /** Shared bytes behind the run's arrays, each memory counted once. */
  readonly shared: number;
  /**
   * Bytes of array data that were copied: buffers in what kernels returned, and blocks of arrays outside of WebAssembly
   * memory, which expressions copy there and back.
   */
  readonly copied: number;
  /** The peak that was predicted from shapes and workers before the run. */
  readonly predictedPeak: number;
}

/**
 * A worker's share of a run.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap, type WorkerReport } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * const inputs = { a: SharedNdArray.zeros([8]) };
 * const { report } = await tiledMap(kernel, { inputs, tile: [1], workers: 2, exact: true });
 * const tilesOf = ({ tiles }: WorkerReport) => tiles;
 * assertEquals(report.workers.map(tilesOf).reduce((sum, tiles) => sum + tiles), 8);
 * ```
 */
export interface WorkerReport {
  /** The worker's number. */
  readonly worker: number;
  /** Tiles done. */
  readonly tiles: number;
  /** Milliseconds spent on tiles; what an async kernel waits counts. */
  readonly busyMs: number;
  /** The other milliseconds of the run: starting, loading the kernel, and after its last tile. */
  readonly idleMs: number;
  /** The most bytes that its own heap held. */
  readonly heapPeak: number;
}

/**
 * What the calling thread did itself.
 *
 * @example
 * ```ts
 * import { type CallerReport, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const inputs = { a: SharedNdArray.from([1, 4, 9]) };
 * const { report } = await tiledMap("sqrt(a)", { inputs, tile: [1] });
 * const caller: CallerReport | null = report.caller;
 * assertEquals([caller?.tiles, report.workersUsed], [3, 0]);
 * ```
 */
export interface CallerReport {
  /** Tiles done. */
  readonly tiles: number;
  /** Milliseconds spent on them. */
  readonly busyMs: number;
}

/**
 * What a run read and wrote of arrays that live elsewhere. Times are summed over workers.
 *
 * @example
 * ```ts
 * import { createArray, SharedNdArray, type StoredReport, streamedMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using b = await createArray(`${folder}/out.zarr/b`, { shape: [6], chunks: [2] });
 * const { report } = await streamedMap("b = 2 * a", { inputs: { a: SharedNdArray.arange(6) }, outputs: { b }, workers: 1 });
 * const stored: StoredReport | null = report.stored;
 * assertEquals([stored?.skipped, stored?.readBytes], [0, 0]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface StoredReport {
  /** Bytes that stores gave. */
  readonly readBytes: number;
  /** Bytes that stores took. */
  readonly writtenBytes: number;
  /** Milliseconds for which workers waited for blocks to be read. */
  readonly readMs: number;
  /** Milliseconds in which they computed. */
  readonly computeMs: number;
  /** Milliseconds in which they made of blocks what is stored. */
  readonly encodeMs: number;
  /** Milliseconds for which they waited for blocks to be written. */
  readonly writeMs: number;
  /** Blocks that were done already, by an earlier run. */
  readonly skipped: number;
}

/**
 * What a run measured. Plain data: `JSON.stringify` gives the report as JSON.
 *
 * @example
 * ```ts
 * import { type RunReport, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default () => {}");
 * const inputs = { tmp: SharedNdArray.zeros([365, 16, 16]) };
 * const run = await tiledMap(kernel, { inputs, tile: [4, 4], workers: 1 });
 * const { tile, grid, tiles, workersUsed }: RunReport = run.report;
 * assertEquals([tile, grid], [[365, 4, 4], [1, 4, 4]]);
 * assertEquals([tiles, workersUsed], [16, 1]);
 * ```
 */
export interface RunReport {
  /** Milliseconds from the call to the last worker's end. */
  readonly elapsedMs: number;
  /** The shape that the tiles covered. */
  readonly shape: Shape;
  /** The extents of a whole tile. */
  readonly tile: Shape;
  /** Tiles along each axis. */
  readonly grid: Shape;
  /** How many tiles there were. */
  readonly tiles: number;
  /** Neighbouring tiles that a worker claimed at a time, at most; for elementwise kernels more than for others. */
  readonly grain: number;
  /** Tiles done a second. */
  readonly tilesPerSecond: number;
  /** Memory. */
  readonly memory: MemoryReport;
  /** How many workers the run could have had. */
  readonly workersAsked: number;
  /** How many it had: fewer when a small run was over before others could be opened. */
  readonly workersUsed: number;
  /** Cores of the machine: more workers than that share them. */
  readonly cores: number;
  /** How many calls of the kernel failed, or were lost with their worker, and were tried again. */
  readonly retried: number;
  /** What was not done as it was asked for, and what else one should know, in a sentence each. */
  readonly notes: readonly string[];
  /** The share of each that took part. */
  readonly workers: readonly WorkerReport[];
  /** What was read and written of arrays that live elsewhere; null where there are none. */
  readonly stored: StoredReport | null;
  /** What the calling thread did: all of an expression that was over before a worker could begin, otherwise null. */
  readonly caller: CallerReport | null;
}

/**
 * Bytes of a running Deno with this module loaded, before any array or worker; measured on Linux for a first run, which
 * also translates TypeScript, and rounded up.
 */
const RUNTIME_BYTES = 106_000_000;

/** Bytes that one more worker takes; measured on Linux. */
const WORKER_BYTES = 12_000_000;

/**
 * What any run needs.
 *
 * @param workers How many workers it has.
 */
export function runtimeParts(workers: number): MemoryPart[] {
  return [
    { kind: "other", name: "workers", bytes: workers * WORKER_BYTES },
    { kind: "other", name: "runtime", bytes: RUNTIME_BYTES },
  ];
}

/**
 * The most memory that a process will take that does nothing but one run.
 *
 * @param arrayBytes The bytes of all its arrays.
 * @param workers How many workers it has.
 * @returns Bytes: the runtime's own, the workers' and the arrays'.
 */
export function predictPeak(arrayBytes: number, workers: number): number {
  return runtimeParts(workers).reduce((sum, { bytes }) => sum + bytes, arrayBytes);
}

/**
 * The shared bytes behind arrays; several over one memory count once.
 *
 * @param arrays The arrays.
 */
export function sharedBytes(arrays: Iterable<SharedNdArray>): number {
  const counted: SharedNdArray[] = [];
  for (const array of arrays) {
    if (!counted.some((other) => storageOf(other).isSameMemory(storageOf(array)))) counted.push(array);
  }
  return counted.reduce((sum, array) => sum + array.data.buffer.byteLength, 0);
}

/** What was done, and by whom. */
export interface RunParts {
  /** How many workers the run could have had. */
  readonly asked: number;
  /** What each worker did, or the calling thread. */
  readonly parts: readonly WorkerPart[];
  /** Whether the one part is the calling thread's. */
  readonly isCaller: boolean;
  /** How often tiles of lost workers were given to others. */
  readonly retried: number;
  readonly notes: readonly string[];
}

/**
 * Puts a report together.
 *
 * @param plan The run's plan.
 * @param done Who did it: how many workers the run could have had, and what each did, or the calling thread alone.
 * @param elapsedMs How long the run took.
 * @param memory Its memory.
 */
export function makeReport(
  plan: TilePlan,
  { asked, parts: pieces, isCaller, retried, notes }: RunParts,
  elapsedMs: number,
  memory: Omit<MemoryReport, "current" | "peak" | "copied">,
): RunReport {
  const { shape, tile, grid, tiles } = plan, cores = navigator.hardwareConcurrency;
  const parts = joinParts(pieces);
  const grain = Math.max(0, ...parts.map((part) => part.grain)) || plan.grain;
  return {
    elapsedMs,
    shape,
    tile,
    grid,
    tiles,
    grain,
    tilesPerSecond: tiles / Math.max(elapsedMs / 1000, 1e-9),
    memory: {
      current: memory.usage.rss.current,
      peak: memory.usage.rss.peak,
      ...memory,
      copied: parts.reduce((sum, part) => sum + part.copied, 0),
      // The system counts in larger steps than a sample shows.
      highWater: Math.max(memory.highWater, memory.usage.rss.peak),
    },
    workersAsked: asked,
    workersUsed: isCaller ? 0 : parts.length,
    cores,
    retried: parts.reduce((sum, part) => sum + part.retried, retried),
    notes: parts.length > cores ? [...notes, `${parts.length} workers shared ${cores} cores`] : notes,
    stored: storedReport(parts),
    caller: isCaller ? { tiles: parts[0].tiles, busyMs: parts[0].busyMs } : null,
    workers: (isCaller ? [] : parts).map(({ worker, tiles, busyMs, heapPeak }) => ({
      worker,
      tiles,
      busyMs,
      idleMs: Math.max(0, elapsedMs - busyMs),
      heapPeak,
    })),
  };
}

function storedReport(parts: readonly WorkerPart[]): StoredReport | null {
  const all = parts.map(({ stored }) => stored).filter((stored) => stored !== undefined);
  return all.length === 0 ? null : all.reduce(addTallies);
}

function addTallies(a: StoredReport, b: StoredReport): StoredReport {
  return {
    readBytes: a.readBytes + b.readBytes,
    writtenBytes: a.writtenBytes + b.writtenBytes,
    readMs: a.readMs + b.readMs,
    computeMs: a.computeMs + b.computeMs,
    encodeMs: a.encodeMs + b.encodeMs,
    writeMs: a.writeMs + b.writeMs,
    skipped: a.skipped + b.skipped,
  };
}

/** What each worker did in all its parts of a run, by the workers' numbers. */
function joinParts(parts: readonly WorkerPart[]): WorkerPart[] {
  const joined = new Map<number, WorkerPart>();
  for (const part of parts) {
    const before = joined.get(part.worker);
    joined.set(part.worker, before === undefined ? part : joinTwo(before, part));
  }
  return [...joined.values()].sort((a, b) => a.worker - b.worker);
}

function joinTwo(a: WorkerPart, b: WorkerPart): WorkerPart {
  return {
    ...a,
    tiles: a.tiles + b.tiles,
    grain: Math.max(a.grain, b.grain),
    busyMs: a.busyMs + b.busyMs,
    copied: a.copied + b.copied,
    retried: a.retried + b.retried,
    heapPeak: Math.max(a.heapPeak, b.heapPeak),
    rssPeak: Math.max(a.rssPeak, b.rssPeak),
    stored: a.stored === undefined
      ? b.stored
      : b.stored === undefined
      ? a.stored
      : addTallies(a.stored, b.stored),
  };
}
