/**
 * Where the bytes of an array live: a shared WebAssembly memory of fixed size, or a buffer that the user has.
 *
 * @module
 */

import { ShapeError } from "../../errors.ts";
import { allocate, countMade, freeList, pressure } from "./allocation.ts";

/** Bytes of a WebAssembly page: memories are whole multiples of it. */
export const PAGE_BYTES = 65_536;

/** Pages that a memory with 32-bit addresses can have; larger ones take 64-bit addresses. */
const MOST_PAGES_32 = 65_536;

/** Pages that those can have, in WebAssembly as it is. */
const MOST_PAGES_64 = 262_144;

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

/** A memory descriptor with 64-bit addresses, which TypeScript's library does not know yet. */
interface MemoryDescriptor64 {
  readonly address: "i64";
  readonly initial: bigint;
  readonly maximum: bigint;
  readonly shared: true;
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
  const memoryBytes = sharedBytesFor(byteLength);
  const recycled = freeList.take(memoryBytes);
  if (recycled !== undefined) {
    const memory = { ...fromSource(recycled), byteOffset };
    if (options.zeroed !== false) new Uint8Array(memory.buffer, byteOffset, byteLength).fill(0);
    return memory;
  }
  pressure.add(memoryBytes);
  const memory = sharedMemory(memoryBytes, "of shared memory", byteLength);
  countMade(memory);
  return { ...fromSource(memory), byteOffset };
}

/**
 * The bytes of the memory that {@linkcode allocateShared} makes.
 *
 * @param byteLength How many bytes the array has.
 */
export function sharedBytesFor(byteLength: number): number {
  // Wherever an array begins, its memory has room for it: arrays of one size can use each other's.
  const room = byteLength + (byteLength >= STAGGER_FROM_BYTES ? PAGE_LINES * LINE_BYTES : 0);
  return Math.max(1, Math.ceil(room / PAGE_BYTES)) * PAGE_BYTES;
}

/**
 * A new shared WebAssembly memory of fixed size.
 *
 * @param byteLength How many bytes: it has whole pages of them.
 * @param what What it is for, in the words of the error.
 * @param asked How many bytes the error speaks of. Default: the same.
 * @param is64 Whether it shall have 64-bit addresses. Default: if it has to.
 * @throws {AllocationError} If the machine or the runtime does not give that much.
 */
export function sharedMemory(
  byteLength: number,
  what: string,
  asked: number = byteLength,
  is64: boolean = byteLength > MOST_PAGES_32 * PAGE_BYTES,
): WebAssembly.Memory {
  const pages = Math.max(1, Math.ceil(byteLength / PAGE_BYTES));
  return allocate(asked, what, () => fixedMemory(pages, is64), MOST_PAGES_64 * PAGE_BYTES);
}

function fixedMemory(pages: number, is64: boolean): WebAssembly.Memory {
  if (!is64) return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
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
