/**
 * Where the bytes of an array live: a shared WebAssembly memory of fixed size, or a buffer that the user has.
 *
 * @module
 */

import { AllocationError } from "../../errors.ts";

/** Bytes of a WebAssembly page: memories are whole multiples of it. */
export const PAGE_BYTES = 65_536;

/** Pages that a memory with 32-bit addresses can have; larger ones take 64-bit addresses. */
const MOST_PAGES_32 = 65_536;

/** What travels to a worker: the thing that owns the bytes. */
export type MemorySource = WebAssembly.Memory | SharedArrayBuffer;

/** Shared bytes, and the WebAssembly memory they belong to, if any. */
export interface SharedMemory {
  /** The bytes. */
  readonly buffer: SharedArrayBuffer;
  /** What a structured clone carries; a compiled kernel can address it when it is a WebAssembly memory. */
  readonly source: MemorySource;
}

/** A memory descriptor with 64-bit addresses, which TypeScript's library does not know yet. */
interface MemoryDescriptor64 {
  readonly address: "i64";
  readonly initial: bigint;
  readonly maximum: bigint;
  readonly shared: true;
}

/**
 * Shared memory of at least the given size, filled with zeros, of fixed size.
 *
 * @param byteLength How many bytes are needed.
 * @throws {AllocationError} If the machine or the runtime does not give that much.
 */
export function allocateShared(byteLength: number): SharedMemory {
  const pages = Math.max(1, Math.ceil(byteLength / PAGE_BYTES));
  let memory: WebAssembly.Memory;
  try {
    if (pages <= MOST_PAGES_32) {
      memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    } else {
      const descriptor: MemoryDescriptor64 = {
        address: "i64",
        initial: BigInt(pages),
        maximum: BigInt(pages),
        shared: true,
      };
      // The bigint form of the descriptor is standard, but TypeScript's types have only numbers.
      memory = new WebAssembly.Memory(descriptor as unknown as WebAssembly.MemoryDescriptor);
    }
  } catch (cause) {
    throw new AllocationError(
      `Cannot allocate ${byteLength} bytes of shared memory: more than the runtime or the machine gives`,
      byteLength,
      { cause },
    );
  }
  return fromSource(memory);
}

/**
 * The bytes behind what a worker received or a user wraps.
 *
 * @param source A shared WebAssembly memory or a SharedArrayBuffer.
 * @throws {TypeError} If it is neither.
 */
export function fromSource(source: MemorySource): SharedMemory {
  const buffer = source instanceof WebAssembly.Memory ? source.buffer : source;
  if (!(buffer instanceof SharedArrayBuffer)) {
    throw new TypeError(
      "Expected a SharedArrayBuffer or a shared WebAssembly.Memory; SharedNdArray.from copies other data",
    );
  }
  return { buffer, source };
}
