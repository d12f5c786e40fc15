/**
 * What a worker does with a tile: views for a kernel module, addresses for a compiled kernel.
 *
 * @module
 */

import { gatherBox } from "../array/gather.ts";
import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { slice } from "../array/layout/slice.ts";
import { SharedNdArray, tileOf, uninitialised } from "../array/shared_ndarray.ts";
import { BoundKernel } from "../kernel/bound_kernel.ts";
import { type KernelTile, loadKernel, type TileArrays } from "../kernel/kernel.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import { gatherTables } from "../plan/edges.ts";
import { isInside, readBox, splitBox } from "../plan/halo.ts";
import { copiedBytes, isCloneable, type ModuleMessage, type StartMessage } from "./protocol.ts";
import type { StoredReport } from "./report.ts";
import type { SpanLog } from "./span_log.ts";

/** Milliseconds between two samples of the memory in use. */
const SAMPLE_MS = 5;

/** Milliseconds for which a sample counts as one of now: it costs 7 µs, a tenth of a small run. */
const FRESH_MS = 1;

let usage: Deno.MemoryUsage | undefined;
let usageTime = 0;

/** The memory in use, as it is now or was a moment ago: runs that follow each other closely share a sample. */
export function memoryInUse(): Deno.MemoryUsage {
  const now = performance.now();
  if (usage === undefined || now - usageTime > FRESH_MS) {
    usage = Deno.memoryUsage();
    usageTime = now;
  }
  return usage;
}

/** The most memory seen in use by this worker. */
export class MemoryPeak {
  heap = 0;
  rss = 0;
  #sampled = 0;

  /** Samples, unless that was done a moment ago. */
  sampleAt(now: number): void {
    if (now - this.#sampled <= SAMPLE_MS) return;
    this.sample();
    this.#sampled = now;
  }

  sample(): void {
    const { heapUsed, rss } = memoryInUse();
    this.heap = Math.max(this.heap, heapUsed);
    this.rss = Math.max(this.rss, rss);
  }
}

/** What a part has done so far. */
export interface Tally {
  tiles: number;
  grain: number;
  busyMs: number;
  copied: number;
  /** Calls that failed and were tried again. */
  retried: number;
  /** What was read and written of arrays that live elsewhere. */
  stored?: StoredReport;
  /** Notes the calls, where that is asked for. */
  readonly log?: SpanLog;
  readonly peak: MemoryPeak;
  readonly valueTiles: number[];
  readonly values: unknown[];
}

/** What is done with tiles. */
export interface TileWork {
  /** Whether neighbouring tiles may be done as one box. */
  readonly elementwise: boolean;
  /** Whether claims shall be longer while much is left. */
  readonly guided: boolean;
  /** Does a tile, or a box of them. */
  readonly run: (tile: KernelTile) => unknown;
  /** To be called when the part is over. */
  readonly end?: () => void;
}

/**
 * Prepares what a part does with its tiles.
 *
 * @param start What to run.
 * @param tally Where copied bytes are counted.
 * @param isRepeated Whether the same tiles are done again and again.
 */
export async function prepareWork(
  start: StartMessage,
  tally: Tally,
  isRepeated: boolean = false,
): Promise<TileWork> {
  const { kernel } = start;
  if (kernel.kind === "iterate" || kernel.kind === "stream" || kernel.kind === "stream reduce") {
    throw new Error("It has a loop of its own");
  }
  if (kernel.kind === "module") return await prepareModule(start, kernel, tally);
  if (kernel.kind === "reduce") {
    // Loaded when it is needed: every module that a worker loads delays its first tile.
    const { prepareReduction } = await import("./reduce_work.ts");
    const { runUnit, copied, end } = await prepareReduction(start, kernel);
    return {
      elementwise: false,
      guided: false,
      end,
      run: ({ index }) => {
        const before = copied();
        runUnit(index);
        tally.copied += copied() - before;
      },
    };
  }
  const arrays = Object.entries(start.arrays).map(([name, handle]) => [name, SharedNdArray.attach(handle)]);
  if (kernel.module === null) throw new Error("The module of the kernel was not sent");
  const bound = new BoundKernel(
    kernel.compiled,
    kernel.module,
    Object.fromEntries(arrays),
    kernel.scalars,
    isRepeated,
  );
  return {
    elementwise: true,
    guided: true,
    run: ({ origin, shape }) => {
      const before = bound.copied;
      bound.runBox(origin, shape);
      tally.copied += bound.copied - before;
    },
  };
}

async function prepareModule(start: StartMessage, kernel: ModuleMessage, tally: Tally): Promise<TileWork> {
  const { call, ...loaded } = await loadKernel(kernel.url),
    elementwise = loaded.elementwise && !kernel.isTileByTile;
  const viewsOf = boxViewer(start, kernel.halo, tally);
  if (kernel.halo === null) {
    return { elementwise, guided: false, run: (tile) => call(viewsOf(tile.origin, tile.shape), tile) };
  }
  const { axes, inputShape } = kernel.halo;
  const halo = axes.map(({ before, after }) => [before, after] as const);
  const callFor = (tile: KernelTile) => call(viewsOf(tile.origin, tile.shape), { ...tile, halo });
  if (!elementwise) return { elementwise, guided: false, run: callFor };
  return {
    elementwise,
    guided: false,
    // What treats each element by itself may have strips along the edges apart, so that only they are copied.
    run: (tile) => {
      const { interior, edges } = splitBox(tile.origin, tile.shape, inputShape, axes);
      const boxes = interior === null ? edges : [interior, ...edges];
      return inTurn(boxes, (box) => callFor({ ...tile, ...box }));
    },
  };
}

/** Calls one after another; when a call gives a promise, the next one waits for it. */
function inTurn<T>(items: readonly T[], call: (item: T) => unknown): Promise<void> | undefined {
  for (let k = 0; k < items.length; k++) {
    const value = call(items[k]);
    if (isThenable(value)) return Promise.resolve(value).then(() => inTurn(items.slice(k + 1), call));
  }
  return undefined;
}

/** Makes the record of views, and of shared arrays, that a kernel gets. */
export function boxViewer(
  { arrays, shared }: StartMessage,
  halo: KernelHalo | null,
  tally: Tally,
): (origin: readonly number[], shape: Shape) => TileArrays {
  const names = Object.keys(arrays);
  const wholes = names.map((name) => SharedNdArray.attach(arrays[name]));
  const sharedNames = Object.keys(shared);
  const sharedArrays = sharedNames.map((name) => SharedNdArray.attach(shared[name]));
  // Copying a record with all names is faster than adding them one by one.
  const template = Object.fromEntries(
    [...names, ...sharedNames].map((name, k) => [name, wholes[k] ?? sharedArrays[k - names.length]]),
  );
  const views = names.map((name, k) =>
    // Only inputs have a value beyond their edges.
    halo !== null && Object.hasOwn(halo.fills, name)
      ? haloViewer(wholes[k], halo, halo.fills[name], tally)
      : (origin: readonly number[], shape: Shape) => tileOf(wholes[k], origin, shape)
  );
  return (origin, shape) => {
    const record = { ...template };
    for (let k = 0; k < names.length; k++) record[names[k]] = views[k](origin, shape);
    // Views too, so that a kernel which disposes one ends no other call's.
    for (let k = 0; k < sharedNames.length; k++) record[sharedNames[k]] = sharedArrays[k].view();
    return record;
  };
}

/** Makes views of an input that reach beyond the tile; at the edges, copies with what lies beyond them. */
function haloViewer(
  whole: SharedNdArray,
  { axes, inputShape }: KernelHalo,
  fill: number | bigint,
  tally: Tally,
): (origin: readonly number[], shape: Shape) => SharedNdArray {
  let room: SharedNdArray | undefined;
  return (origin, shape) => {
    const box = readBox(origin, shape, axes);
    if (isInside(box, inputShape)) return tileOf(whole, box.origin, box.shape);
    const size = sizeOf(box.shape);
    // The next tile takes the same room: a kernel has its views for one call.
    if (room === undefined || room.size < size) room = uninitialised([size], whole.dtype);
    const copy = room.view(slice(0, size)).reshape(box.shape);
    gatherBox(whole, gatherTables(box, inputShape, axes), fill, copy);
    tally.copied += copy.byteLength;
    return copy;
  };
}

/**
 * Keeps what a kernel returned for a tile.
 *
 * @param tally Where it is kept.
 * @param tile The tile.
 * @param value What was returned.
 * @throws {TypeError} If it is an array.
 * @throws {DOMException} If it cannot be cloned: now, and not when the part ends, which may be long after.
 */
export function keepValue(tally: Tally, tile: number, value: unknown): void {
  refuseArrays(value);
  if (!isCloneable(value)) structuredClone(value);
  tally.valueTiles.push(tile);
  tally.values.push(value);
  tally.copied += copiedBytes(value);
}

/** An array that is returned would arrive as an object without elements. */
function refuseArrays(value: unknown, depth: number = 3): void {
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return;
  if (value instanceof SharedNdArray) {
    throw new TypeError(
      "A kernel cannot return an array: return its handle(), or a copy by toTyped() or toNested()",
    );
  }
  if (depth > 0) { for (const part of Object.values(value)) refuseArrays(part, depth - 1); }
}

/**
 * Whether a kernel's value is to be awaited.
 *
 * @param value What it returned.
 */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
