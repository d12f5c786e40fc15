/**
 * Where the bytes of an array live: a shared WebAssembly memory of fixed size, or a buffer that the user has.
 *
 * @module
 */

import { AllocationError, ShapeError } from "../../errors.ts";
import { FreeList } from "./free_list.ts";
import { MemoryPressure } from "./pressure.ts";

/** Bytes of a WebAssembly page: memories are whole multiples of it. */
export const PAGE_BYTES = 65_536;

/** Pages that a memory with 32-bit addresses can have; larger ones take 64-bit addresses. */
const MOST_PAGES_32 = 65_536;

/**
 * What travels to a worker: the thing that owns the bytes.
 *
 * @example
 * ```ts
 * import { type MemorySource, SharedNdArray } from "@tilewise/ndarray";
 * import { assertInstanceOf, assertStrictEquals } from "@std/assert";
 *
 * const buffer: MemorySource = new SharedArrayBuffer(16);
 * assertStrictEquals(SharedNdArray.wrap(buffer, { shape: [2] }).handle().source, buffer);
 * assertInstanceOf(SharedNdArray.zeros([2]).handle().source, WebAssembly.Memory);
 * ```
 */
export type MemorySource = WebAssembly.Memory | SharedArrayBuffer;

/** Shared bytes, and the WebAssembly memory they belong to, if any. */
export interface SharedMemory {
  /** The bytes. */
  readonly buffer: SharedArrayBuffer;
  /** What a structured clone carries; a compiled kernel can address it when it is a WebAssembly memory. */
  readonly source: MemorySource;
}

/** Shared bytes for a new array. */
export interface FreshMemory extends SharedMemory {
  /** Where the array begins: a multiple of 64 bytes, less than 4096. */
  readonly byteOffset: number;
}

/**
 * Arrays from this size on begin at different places within a page. Without that, the elements of one index lie at the
 * same place within a page in every array of a run, and compete for the same few lines of a cache.
 */
const STAGGER_FROM_BYTES = 1 << 20;

/** Bytes of a cache line, how many there are in a page, and a step that is odd, so that it reaches all of them. */
const LINE_BYTES = 64, PAGE_LINES = 64, STAGGER_STEP = 21;

let allocations = 0;

/** Each worker keeps less than the main thread, and collects sooner: there can be many of them. */
const WORKER_KEPT_BYTES = 64 * 2 ** 20, WORKER_LEAST_BYTES = 64 * 2 ** 20;

/** A memory descriptor with 64-bit addresses, which TypeScript's library does not know yet. */
interface MemoryDescriptor64 {
  readonly address: "i64";
  readonly initial: bigint;
  readonly maximum: bigint;
  readonly shared: true;
}

/** What was given back by this thread, and what its arrays take from the machine. */
const freeList = new FreeList(isWorker() ? WORKER_KEPT_BYTES : undefined);
const pressure = new MemoryPressure(isWorker() ? { leastBytes: WORKER_LEAST_BYTES } : {});

/** Whether this thread is a worker's. */
function isWorker(): boolean {
  return "WorkerGlobalScope" in globalThis;
}

/** Options of {@linkcode allocateShared}. */
export interface AllocateOptions {
  /** Whether the bytes shall be 0. Default true; otherwise they can be anything. */
  readonly zeroed?: boolean;
}

/**
 * Shared memory of fixed size for an array: one that was recycled, or a new one.
 *
 * @param byteLength How many bytes the array has.
 * @param options Whether they shall be 0.
 * @throws {AllocationError} If the machine or the runtime does not give that much.
 */
export function allocateShared(byteLength: number, options: AllocateOptions = {}): FreshMemory {
  const isLarge = byteLength >= STAGGER_FROM_BYTES;
  const byteOffset = isLarge ? (allocations++ * STAGGER_STEP) % PAGE_LINES * LINE_BYTES : 0;
  // Wherever an array begins, its memory has room for it: arrays of one size can use each other's.
  const room = byteLength + (isLarge ? PAGE_LINES * LINE_BYTES : 0);
  const pages = Math.max(1, Math.ceil(room / PAGE_BYTES));
  const recycled = freeList.take(pages * PAGE_BYTES);
  if (recycled !== undefined) {
    const memory = { ...fromSource(recycled), byteOffset };
    if (options.zeroed !== false) new Uint8Array(memory.buffer, byteOffset, byteLength).fill(0);
    return memory;
  }
  pressure.add(pages * PAGE_BYTES);
  return { ...fromSource(newMemory(pages, byteLength)), byteOffset };
}

function newMemory(pages: number, byteLength: number): WebAssembly.Memory {
  try {
    return fixedMemory(pages);
  } catch {
    // What is kept for later, or was dropped but not collected, may be just what is missing.
    freeList.clear();
    pressure.relieve();
  }
  try {
    return fixedMemory(pages);
  } catch (cause) {
    throw new AllocationError(
      `Cannot allocate ${byteLength} bytes of shared memory: more than the runtime or the machine gives`,
      byteLength,
      { cause },
    );
  }
}

function fixedMemory(pages: number): WebAssembly.Memory {
  if (pages <= MOST_PAGES_32) {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  }
  const descriptor: MemoryDescriptor64 = {
    address: "i64",
    initial: BigInt(pages),
    maximum: BigInt(pages),
    shared: true,
  };
  // The bigint form of the descriptor is standard, but TypeScript's types have only numbers.
  return new WebAssembly.Memory(descriptor as unknown as WebAssembly.MemoryDescriptor);
}

/**
 * Takes back memory from {@linkcode allocateShared}, for arrays to come. Within a bound it is kept.
 *
 * @param memory Memory that nobody uses any more, on any thread.
 * @returns The bytes beyond the bound, for {@linkcode letGo}.
 */
export function recycle(memory: WebAssembly.Memory): number {
  return freeList.put(memory);
}

/**
 * Counts memory that was let go of and cannot be used again, so that it is collected soon.
 *
 * @param byteLength How many bytes.
 */
export function letGo(byteLength: number): void {
  pressure.add(byteLength);
}

/**
 * The bytes behind what a worker received or a user wraps.
 *
 * @param source A shared WebAssembly memory or a SharedArrayBuffer.
 * @throws {TypeError} If it is neither.
 * @throws {ShapeError} If the buffer can grow.
 */
export function fromSource(source: MemorySource): SharedMemory {
  const buffer = source instanceof WebAssembly.Memory ? source.buffer : source;
  if (!(buffer instanceof SharedArrayBuffer)) {
    throw new TypeError(
      "Expected a SharedArrayBuffer or a shared WebAssembly.Memory; SharedNdArray.from copies other data",
    );
  }
  if (buffer.growable) {
    throw new ShapeError(
      `Cannot use a growable SharedArrayBuffer of ${buffer.byteLength} bytes: expected one of fixed size`,
    );
  }
  return { buffer, source };
}
