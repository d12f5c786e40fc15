/**
 * Pieces of memory that the sanitizer watches, as bytes: what they hold and what they held.
 *
 * @module
 */

import { reach } from "../array/layout/strides.ts";
import { layoutOf, SharedNdArray, storageOf, uninitialised } from "../array/shared_ndarray.ts";
import { repeatsElements } from "../array/sharing.ts";
import { DTYPES } from "../dtype.ts";
import { areSame } from "./sanitize_cells.ts";

/** A piece of memory. */
export interface Region {
  /** Where it begins in its buffer. */
  readonly low: number;
  readonly live: Uint8Array;
  /** What it held before the run, and what it is to hold after it: one copy where no output is. */
  readonly before: Uint8Array;
  readonly after: Uint8Array;
}

/** Bytes that are compared at a time. */
const WORD_BYTES = 4;

/** Elements are aligned to no more than this. */
const ALIGNMENT = 8;

/** Bytes of one memory in which some arrays have their elements. */
interface Range {
  readonly arrays: SharedNdArray[];
  readonly low: number;
  buffer: ArrayBufferLike;
  high: number;
}

function rangesOf(arrays: readonly SharedNdArray[]): Range[] {
  const ranges: Range[] = [];
  for (const array of arrays.toSorted((a, b) => a.data.byteOffset - b.data.byteOffset)) {
    const { buffer, byteOffset, byteLength } = array.data, high = byteOffset + byteLength;
    const met = ranges.find((range) =>
      byteOffset <= range.high && storageOf(range.arrays[0]).isSameMemory(storageOf(array))
    );
    if (met === undefined) {
      ranges.push({ arrays: [array], buffer, low: byteOffset, high });
      continue;
    }
    met.arrays.push(array);
    met.high = Math.max(met.high, high);
    // A memory that has grown has another buffer over the same bytes, and more of them.
    if (buffer.byteLength > met.buffer.byteLength) met.buffer = buffer;
  }
  return ranges;
}

/** The memory behind some arrays, with copies of what it held. */
export class Regions implements Disposable {
  readonly all: readonly Region[];
  readonly #byArray = new Map<SharedNdArray, Region>();
  readonly #copies: SharedNdArray<"uint8">[] = [];

  /**
   * @param inputs Arrays that are read.
   * @param outputs Arrays that are written.
   * @param others Arrays that are not watched, but may lie in the memory of those that are.
   * @throws {AllocationError} If there is no memory for the copies.
   */
  constructor(
    inputs: readonly SharedNdArray[],
    outputs: readonly SharedNdArray[],
    others: readonly SharedNdArray[],
  ) {
    const watched = new Set([...outputs, ...inputs]);
    const ranges = rangesOf([...watched, ...others]).filter(({ arrays }) =>
      arrays.some((array) => watched.has(array))
    );
    this.all = ranges.map(({ arrays, buffer, low, high }) => {
      const live = new Uint8Array(buffer, low, high - low), before = this.#copyOf(live);
      const isWritten = arrays.some((array) => outputs.includes(array));
      const region: Region = { low, live, before, after: isWritten ? this.#copyOf(live) : before };
      for (const array of arrays) this.#byArray.set(array, region);
      return region;
    });
  }

  /** Copies lie as the memory does, so that both can be compared word by word. */
  #copyOf(live: Uint8Array): Uint8Array {
    const shift = live.byteOffset % ALIGNMENT;
    const copy = uninitialised([live.length + shift], "uint8");
    this.#copies.push(copy);
    const bytes = copy.data.subarray(shift);
    bytes.set(live);
    return bytes;
  }

  /** The memory of an array; undefined for one of the others whose memory is not watched. */
  of(array: SharedNdArray): Region | undefined {
    return this.#byArray.get(array);
  }

  /** Gives up the copies. */
  [Symbol.dispose](): void {
    for (const copy of this.#copies) copy.dispose();
  }
}

/**
 * An array's cells in a copy of its memory.
 *
 * @param array The array.
 * @param region Its memory.
 * @param copy The copy.
 */
export function cellsIn(array: SharedNdArray, { low }: Region, copy: Uint8Array): SharedNdArray {
  const { shape, strides, offset } = layoutOf(array), { dtype, data } = array;
  const lowest = reach(shape, strides, offset)?.lowest ?? 0;
  const byteOffset = copy.byteOffset + data.byteOffset - low + lowest * DTYPES[dtype].bytes;
  // Copies are arrays, whose memory is shared.
  return SharedNdArray.wrap(copy.buffer as SharedArrayBuffer, { dtype, shape, strides, byteOffset });
}

/**
 * Visits bytes in which two pieces of memory differ.
 *
 * @param a A piece.
 * @param b Another of its length, aligned as the first.
 * @param visit Gets the place of a byte, and returns where to go on.
 */
export function forEachDifferingByte(a: Uint8Array, b: Uint8Array, visit: (at: number) => number): void {
  const { length } = a, head = -a.byteOffset & (WORD_BYTES - 1);
  const count = Math.max(0, Math.floor((length - head) / WORD_BYTES));
  const left = wordsIn(a, head, count), right = wordsIn(b, head, count);
  for (let at = 0; at < length;) {
    // Word by word to the next that differs, and there byte by byte.
    if (at >= head && (at - head) % WORD_BYTES === 0) {
      let word = (at - head) / WORD_BYTES;
      while (word < count && left[word] === right[word]) word++;
      at = head + word * WORD_BYTES;
      if (at >= length) return;
    }
    at = a[at] === b[at] ? at + 1 : visit(at);
  }
}

function wordsIn({ buffer, byteOffset }: Uint8Array, from: number, count: number): Uint32Array {
  return count === 0 ? new Uint32Array(0) : new Uint32Array(buffer, byteOffset + from, count);
}

/** What shared arrays hold, so that a tile that is run twice counts once. */
export class SharedContents implements Disposable {
  readonly #arrays: readonly SharedNdArray[];
  /** What they held before the tile at hand, and what its first run made of it. */
  readonly #before: readonly SharedNdArray[];
  readonly #after: (SharedNdArray | null)[];

  /** @param arrays The arrays. Those with several indices for one element are tables rather than counters. */
  constructor(arrays: readonly SharedNdArray[]) {
    this.#arrays = arrays.filter((array) => !repeatsElements(array));
    this.#before = this.#arrays.map((array) => array.copy());
    this.#after = this.#arrays.map(() => null);
  }

  /** To be called after the first run of a tile: keeps what it has left, and gives back what was there before. */
  keep(): void {
    this.#arrays.forEach((array, k) => {
      if (areSame(array, this.#before[k])) return;
      this.#after[k] = array.copy();
      array.copyFrom(this.#before[k]);
    });
  }

  /** To be called after further runs of a tile: brings back what the first one left. */
  settle(): void {
    this.#after.forEach((after, k) => {
      if (after !== null) {
        this.#before[k].copyFrom(after);
        after.dispose();
        this.#after[k] = null;
      }
      this.#giveBack(k);
    });
  }

  /** Undoes what was done since the arrays were settled. */
  undo(): void {
    this.#arrays.forEach((_, k) => this.#giveBack(k));
  }

  #giveBack(k: number): void {
    if (!areSame(this.#arrays[k], this.#before[k])) this.#arrays[k].copyFrom(this.#before[k]);
  }

  /** Gives up the copies. */
  [Symbol.dispose](): void {
    for (const copy of this.#before) copy.dispose();
  }
}
