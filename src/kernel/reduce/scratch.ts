/**
 * The scratch memory of a reduction: what lies where, and how much there is.
 *
 * @module
 */

import { type SharedNdArray, storageOf } from "../../array/shared_ndarray.ts";
import { ELEMENT } from "./memory_code.ts";

/** Cells of a strip: rows of them stay in the first cache, eight at a time. */
export const STRIP = 512;

/** Elements of a block that is filled at a time. */
export const BLOCK_ELEMENTS = 32_768;

/** Results that are gathered before they are handed out. */
export const RESULTS = 4096;

/**
 * Nanoseconds that an element takes about to be combined, and what is done for a cell besides.
 */
export const ELEMENT_NS = 0.5, CELL_NS = 10;

/** Rows of a table of addresses. */
export const TABLE_ROWS = 128;

/** Bytes of a row. It is no power of two, so that rows do not compete for the same lines of a cache. */
export const ROW_BYTES = STRIP * ELEMENT + 192;

/** Rows of the last group, when it is not whole. */
const TAIL_ROWS = 7;

/** Rows of partial results, one for each level of the tree. */
const LEVELS = 48;

const SIZES = {
  table: 4 * TABLE_ROWS,
  identity: ROW_BYTES,
  e: ROW_BYTES,
  o: ROW_BYTES,
  tail: TAIL_ROWS * ROW_BYTES,
  stack: LEVELS * ROW_BYTES,
  results: RESULTS * ELEMENT + 64,
  block: BLOCK_ELEMENTS * ELEMENT + 64,
} as const;

/** How many elements the scratch array of a reduction has. */
export const SCRATCH_ELEMENTS: number = Object.values(SIZES).reduce((sum, size) => sum + size, 0) / ELEMENT;

/** Addresses of what lies in the scratch memory. */
export interface ScratchPlaces extends Readonly<Record<keyof typeof SIZES, number>> {
  readonly memory: WebAssembly.Memory;
  /** All of the memory, as bits that are copied and as words. */
  readonly floats: Float64Array<SharedArrayBuffer>;
  readonly words: Int32Array<SharedArrayBuffer>;
}

/**
 * Lays out a scratch array.
 *
 * @param array An array of {@linkcode SCRATCH_ELEMENTS} elements of 8 bytes in WebAssembly memory, such as
 * `uninitialised` makes.
 */
export function layOutScratch(array: SharedNdArray): ScratchPlaces {
  const memory = storageOf(array).webAssemblyMemory, { data } = array;
  if (memory === undefined || array.size < SCRATCH_ELEMENTS) {
    throw new Error(`Scratch of ${array.size} elements is not ${SCRATCH_ELEMENTS} in WebAssembly memory`);
  }
  let at = data.byteOffset;
  const take = (bytes: number) => (at += bytes) - bytes;
  return {
    memory,
    floats: new Float64Array(data.buffer),
    words: new Int32Array(data.buffer),
    table: take(SIZES.table),
    identity: take(SIZES.identity),
    e: take(SIZES.e),
    o: take(SIZES.o),
    tail: take(SIZES.tail),
    stack: take(SIZES.stack),
    results: take(SIZES.results),
    block: take(SIZES.block),
  };
}
