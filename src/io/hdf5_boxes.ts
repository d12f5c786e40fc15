/**
 * Boxes of an HDF5 dataset: piece by piece, each of whole chunks where that goes, because the library decodes a chunk
 * each time that it is asked for a part of it.
 *
 * @module
 */

import { copyElements } from "../array/copy/copy_elements.ts";
import { allocate } from "../array/memory/allocation.ts";
import { showShape, sizeOf } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { DTYPES, isBigIntDType } from "../dtype.ts";
import type { StoredBox } from "../store/driver.ts";
import type { Hdf5Dataset, Hdf5File } from "./hdf5_library.ts";
import type { Hdf5Decoding } from "./hdf5_variables.ts";
import { decode } from "./netcdf_values.ts";

/** Bytes that are read at once, unless a chunk has more. */
const PIECE_BYTES = 1 << 23;

/** Bytes of a part of a chunk that are read at once; the library's memory ends at 2 GB. */
const LARGEST_PIECE = 1 << 28;

/** About how many bytes the library takes on each thread that loads it. */
const LIBRARY_BYTES = 48 * 2 ** 20;

/** Reads boxes of one dataset. */
export class Hdf5Boxes {
  readonly #file: Hdf5File;
  readonly #dataset: Hdf5Dataset;
  readonly #decoding: Hdf5Decoding;
  readonly #chunks: readonly number[];
  #staging = new SharedArrayBuffer(0);
  #values = new SharedArrayBuffer(0);

  /**
   * @param file The file, which stays open.
   * @param dataset A dataset of numbers.
   * @param decoding How its elements become values.
   */
  constructor(file: Hdf5File, dataset: Hdf5Dataset, decoding: Hdf5Decoding) {
    this.#file = file;
    this.#dataset = dataset;
    this.#decoding = decoding;
    const { chunks, shape } = dataset.metadata;
    this.#chunks = chunks ?? (shape ?? []).map(() => 1);
  }

  /** About how many bytes reading takes beyond the box: the library, a piece in its memory, and three of it here. */
  get scratchBytes(): number {
    const { bytes } = DTYPES[this.#decoding.stored];
    const whole = sizeOf(this.#dataset.metadata.shape ?? []) * bytes;
    const chunk = this.#chunks.reduce((product, extent) => product * extent, bytes);
    return LIBRARY_BYTES + 4 * Math.min(LARGEST_PIECE, whole, Math.max(PIECE_BYTES, chunk));
  }

  /**
   * Fills an array with a box.
   *
   * @param box The box.
   * @param target An array of its shape and of the decoding's dtype.
   * @returns How many bytes of the file were read.
   * @throws {FormatError} If a chunk is damaged; the message says where it begins.
   */
  read(box: StoredBox, target: SharedNdArray): number {
    const before = this.#file.bytesRead;
    if (!box.shape.includes(0)) this.#readBox(box, box, target);
    return this.#file.bytesRead - before;
  }

  #readBox(box: StoredBox, whole: StoredBox, target: SharedNdArray): void {
    const { stored } = this.#decoding;
    const halves = this.#halvesOf(box);
    const bytes = sizeOf(box.shape) * DTYPES[stored].bytes;
    if (halves !== null && bytes > PIECE_BYTES) {
      halves.forEach((half) => this.#readBox(half, whole, target));
      return;
    }
    if (bytes > LARGEST_PIECE) {
      cutInTwo(box).forEach((half) => this.#readBox(half, whole, target));
      return;
    }
    if (this.#staging.byteLength < bytes) this.#staging = sharedBytes(bytes);
    const piece = new Uint8Array(this.#staging, 0, bytes);
    try {
      this.#file.attempt(
        `is damaged: ${this.#dataset.path.replace(/^\/+/, "")} cannot be read ${this.#placeOf(box)}`,
        () => this.#file.read(this.#dataset, box.origin, box.shape, piece),
      );
    } catch (cause) {
      if (halves === null) throw cause;
      // One of the chunks is damaged: which one, is found by reading each.
      halves.forEach((half) => this.#readBox(half, whole, target));
      throw cause;
    }
    const origin = box.origin.map((index, axis) => index - whole.origin[axis]);
    copyElements(target.box(origin, box.shape), this.#decoded(piece, box.shape));
  }

  /** A box as two that no chunk belongs to both of, or null where it lies in one chunk. */
  #halvesOf({ origin, shape }: StoredBox): [StoredBox, StoredBox] | null {
    const chunks = this.#chunks;
    for (let axis = 0; axis < shape.length; axis++) {
      const first = Math.floor(origin[axis] / chunks[axis]);
      const last = Math.floor((origin[axis] + shape[axis] - 1) / chunks[axis]);
      if (first === last) continue;
      return cutAt({ origin, shape }, axis, Math.ceil((first + last) / 2) * chunks[axis] - origin[axis]);
    }
    return null;
  }

  #placeOf({ origin }: StoredBox): string {
    const begin = origin.map((index, axis) => index - index % this.#chunks[axis]);
    return `${this.#dataset.metadata.chunks === null ? "" : "in the chunk "}at [${begin.join(", ")}]`;
  }

  #decoded(bytes: Uint8Array<SharedArrayBuffer>, shape: readonly number[]): SharedNdArray {
    const { stored, dtype, missing, missingBig, scale } = this.#decoding;
    const { array: Stored, bytes: width } = DTYPES[stored];
    if (stored === "bool") bytes.forEach((byte, i) => bytes[i] = byte === 0 ? 0 : 1);
    if (stored === dtype && scale === null && missing.length === 0) {
      return SharedNdArray.wrap(bytes.buffer, { shape, dtype });
    }
    const valueBytes = bytes.length / width * DTYPES[dtype].bytes;
    if (this.#values.byteLength < valueBytes) this.#values = sharedBytes(valueBytes);
    const values = SharedNdArray.wrap(this.#values, { shape, dtype });
    const elements = new Stored(bytes.buffer, 0, bytes.length / width);
    // What has missing values or a scale becomes floats; of bigints, here, there are only the stored ones.
    const floats = values.data as Float64Array;
    if (isBigIntDType(stored)) {
      const { factor, offset } = scale ?? { factor: 1, offset: -0 };
      (elements as BigInt64Array).forEach((element, i) => {
        floats[i] = missingBig.includes(element) ? NaN : Number(element) * factor + offset;
      });
    } else {
      decode(elements as Float64Array, floats, 0, this.#decoding);
    }
    return values;
  }
}

function sharedBytes(byteLength: number): SharedArrayBuffer {
  return allocate(byteLength, "for reading", () => new SharedArrayBuffer(byteLength));
}

function cutInTwo(box: StoredBox): [StoredBox, StoredBox] {
  const longest = Math.max(...box.shape), axis = box.shape.indexOf(longest);
  if (longest < 2) throw new RangeError(`A box of ${showShape(box.shape)} has no halves`);
  return cutAt(box, axis, Math.floor(longest / 2));
}

function cutAt({ origin, shape }: StoredBox, axis: number, at: number): [StoredBox, StoredBox] {
  return [
    { origin, shape: shape.with(axis, at) },
    { origin: origin.with(axis, origin[axis] + at), shape: shape.with(axis, shape[axis] - at) },
  ];
}
