/**
 * The memory in which random numbers are made before they go to where they are wanted.
 *
 * @module
 */

import { sharedMemory } from "../memory/shared_memory.ts";

/** Bytes of a stream that are made at a time: few enough to stay in the first cache. */
export const BATCH_BYTES = 32_768;

/** Where things lie in the memory. */
export const SCRATCH = {
  /** The batch of a stream. */
  batch: 0,
  /** What is made of a batch of words: 8 bytes for each. */
  results: BATCH_BYTES,
  /** Which elements of a batch are not done: 4 bytes for each. */
  pending: 3 * BATCH_BYTES,
  /** What stays. */
  constants: 4 * BATCH_BYTES,
  /** The end: a whole number of WebAssembly pages. */
  end: 6 * BATCH_BYTES,
} as const;

let memory: WebAssembly.Memory | undefined;

/**
 * The memory, which all users of random numbers on this thread have in common. Pages that are not used cost nothing.
 */
export function scratchMemory(): WebAssembly.Memory {
  // Shared only because the modules are also used on the memory of arrays, which is.
  return memory ??= sharedMemory(SCRATCH.end, "for random numbers");
}
