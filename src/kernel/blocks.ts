/**
 * Blocks: pieces of arrays that are copied to WebAssembly memory, computed with there, and copied back.
 *
 * @module
 */

import { PAGE_BYTES, sharedMemory } from "../array/memory/shared_memory.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, DTYPES } from "../dtype.ts";
import type { Box } from "../plan/halo.ts";

/** Elements of a block that is copied: it fits a cache, and is long enough for what each block costs. */
export const BLOCK_ELEMENTS = 8192;

/**
 * Cuts a box into boxes that fit a block, whole along the innermost loops as far as that goes.
 *
 * @param axes The axes from the outermost loop to the innermost.
 * @param box The box.
 * @param elements How many elements fit a block.
 */
export function* blocksOf(axes: readonly number[], { origin, shape }: Box, elements: number): Generator<Box> {
  const most = shape.slice();
  let room = elements;
  for (const axis of axes.toReversed()) {
    most[axis] = Math.max(1, Math.min(shape[axis], room));
    room = Math.floor(room / most[axis]);
  }
  const from = shape.map(() => 0);
  for (;;) {
    yield {
      origin: origin.map((start, axis) => start + from[axis]),
      shape: shape.map((extent, axis) => Math.min(most[axis], extent - from[axis])),
    };
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      from[axis] += most[axis];
      if (from[axis] < shape[axis]) break;
      from[axis] = 0;
    }
    if (axis < 0) return;
  }
}

/** Bytes of a memory for blocks that is kept for the next kernel of this thread. */
const MOST_KEPT_BYTES = 16 * 2 ** 20;

/** Memories for blocks by their number, those with 32-bit addresses and those with 64-bit ones apart. */
const kept = new Map<string, WebAssembly.Memory>();

/**
 * Room for a block, which is used again by the next who asks for that number on this thread: what is in it stays only
 * until then.
 *
 * @param number Blocks that are used at a time have different numbers.
 * @param is64 Whether its memory has 64-bit addresses.
 * @param dtype The dtype of its elements.
 * @param elements How many.
 * @returns An array of one axis.
 */
export function blockFor(number: number, is64: boolean, dtype: DType, elements: number): SharedNdArray {
  const key = `${number} ${is64}`, pages = Math.ceil(elements * DTYPES[dtype].bytes / PAGE_BYTES) || 1;
  let memory = kept.get(key);
  if (memory === undefined || memory.buffer.byteLength < pages * PAGE_BYTES) {
    memory = sharedMemory(pages * PAGE_BYTES, "for a block of an array", undefined, is64);
    if (pages * PAGE_BYTES <= MOST_KEPT_BYTES) kept.set(key, memory);
  }
  return SharedNdArray.wrap(memory, { dtype, shape: [elements] });
}
