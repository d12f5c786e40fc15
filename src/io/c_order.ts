/**
 * The bytes of an array in C order, whatever its strides, in pieces of bounded size.
 *
 * @module
 */

import { allocate } from "../array/memory/allocation.ts";
import { copyElements } from "../array/copy/copy_elements.ts";
import type { Shape } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { isCContiguous } from "../array/layout/strides.ts";
import { DTYPES } from "../dtype.ts";

/** Bytes of a piece that is copied. It fits the second-level cache, where strided writes are cheap. */
export const CHUNK_BYTES = 1 << 20;

/** Options of {@linkcode bytesInCOrder}. */
export interface COrderOptions {
  /** Whether the pieces must be copies, which may be changed. Default false: no copy where none is needed. */
  readonly copy?: boolean;
}

/**
 * The bytes of an array's elements, in C order.
 *
 * @param array Any array or view.
 * @param options Whether pieces may be the array's own bytes.
 * @returns Pieces of whole elements. A piece is valid until the next one is taken.
 */
export function* bytesInCOrder(
  array: SharedNdArray,
  options: COrderOptions = {},
): Generator<Uint8Array, void, undefined> {
  const { dtype, data, size } = array;
  const width = DTYPES[dtype].bytes;
  if (size === 0) return;
  const chunk = Math.min(CHUNK_BYTES, size * width);
  if (isCContiguous(array.shape, array.strides)) {
    const own = new Uint8Array(data.buffer, data.byteOffset + array.offset * width, size * width);
    if (options.copy !== true) {
      yield own;
      return;
    }
    const staging = allocate(chunk, "for writing", () => new Uint8Array(chunk));
    for (let start = 0; start < own.length; start += chunk) {
      const piece = own.subarray(start, start + chunk);
      staging.set(piece);
      yield staging.subarray(0, piece.length);
    }
    return;
  }
  const staging = SharedNdArray.zeros([chunk / width], { dtype }).data.buffer;
  for (const box of cOrderBoxes(array.shape, chunk / width)) {
    const copy = SharedNdArray.wrap(staging, { shape: box.shape, dtype });
    copyElements(copy, array.box(box.origin, box.shape));
    yield new Uint8Array(staging, 0, copy.byteLength);
  }
}

/** A part of an index space. */
export interface Box {
  /** The index of its first element. */
  readonly origin: readonly number[];
  /** Its extents. */
  readonly shape: Shape;
}

/**
 * Cuts an index space into boxes that follow one another in C order: walking each box in C order, one after another,
 * is walking the whole in C order.
 *
 * @param shape The index space.
 * @param most How many elements a box has at most.
 */
export function* cOrderBoxes(shape: Shape, most: number): Generator<Box, void, undefined> {
  if (shape.includes(0)) return;
  if (shape.length === 0) {
    yield { origin: [], shape: [] };
    return;
  }
  // The axes behind `cut` stay whole, those before it are walked one index at a time.
  let cut = shape.length - 1, inner = 1;
  while (cut > 0 && inner * shape[cut] <= most) inner *= shape[cut--];
  const rows = Math.max(1, Math.floor(most / inner));
  const origin = new Array<number>(shape.length).fill(0);
  for (;;) {
    for (let row = 0; row < shape[cut]; row += rows) {
      origin[cut] = row;
      const extent = Math.min(rows, shape[cut] - row);
      yield {
        origin: origin.slice(),
        shape: shape.map((whole, axis) => axis < cut ? 1 : axis === cut ? extent : whole),
      };
    }
    origin[cut] = 0;
    let axis = cut - 1;
    for (; axis >= 0; axis--) {
      if (++origin[axis] < shape[axis]) break;
      origin[axis] = 0;
    }
    if (axis < 0) return;
  }
}
