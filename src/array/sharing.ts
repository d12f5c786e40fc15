/**
 * Arrays that have memory in common.
 *
 * @module
 */

import { DTYPES } from "../dtype.ts";
import { type ByteLayout, layoutsOverlap, overlapsItself } from "./layout/overlap.ts";
import { layoutOf, type SharedNdArray, storageOf } from "./shared_ndarray.ts";

function bytesOf(array: SharedNdArray): ByteLayout {
  return { ...layoutOf(array), itemBytes: DTYPES[array.dtype].bytes, byteOffset: array.data.byteOffset };
}

/**
 * Whether two arrays have an element, or part of one, in common. Arrays from handles count too: they are known by
 * their memory's identity.
 *
 * The answer is exact for everyday views. It is a question that can take for ever, so the search ends after 100,000
 * steps, and then the answer is true.
 *
 * @param a An array.
 * @param b Another.
 * @returns False only if no element of one shares a byte with an element of the other.
 * @throws {DisposedError} If one was disposed.
 *
 * @example
 * ```ts
 * import { mayShareMemory, SharedNdArray, slice } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const a = SharedNdArray.zeros([10]);
 * const even = a.view(slice(0, null, 2)), odd = a.view(slice(1, null, 2));
 * assert(mayShareMemory(a, odd));
 * assert(!mayShareMemory(even, odd));
 * ```
 */
export function mayShareMemory(a: SharedNdArray, b: SharedNdArray): boolean {
  return storageOf(a).isSameMemory(storageOf(b)) && layoutsOverlap(bytesOf(a), bytesOf(b));
}

/**
 * Whether two different indices of an array name the same element.
 *
 * @param array The array.
 * @returns As careful as {@linkcode mayShareMemory}.
 */
export function repeatsElements(array: SharedNdArray): boolean {
  return overlapsItself(bytesOf(array));
}
