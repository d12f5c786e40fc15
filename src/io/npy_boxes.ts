/**
 * Boxes of an array whose elements lie one after another in a file: runs of bytes that are sought, read and written.
 *
 * @module
 */

import { copyElements } from "../array/copy/copy_elements.ts";
import type { Shape } from "../array/layout/shape.ts";
import { cStrides, isCContiguous } from "../array/layout/strides.ts";
import { allocate } from "../array/memory/allocation.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import type { StoredBox } from "../store/driver.ts";
import { writeAll } from "./atomic_write.ts";
import { swapBytes } from "./byte_order.ts";

/** Bytes of the buffer that pieces go through which do not lie in memory as they do in the file. */
export const BUFFER_BYTES: number = 1 << 22;

/** A gap is read over when what is wanted is at least this part of the whole. */
const WANTED_PART = 1 / 4;

/** So few bytes are read at once, whatever part of them is wanted: seeking would take longer. */
const FEW_BYTES = 1 << 16;

/** How the elements lie in a file. */
export interface ElementsInFile {
  /** The path, for messages. */
  readonly path: string;
  /** The dtype. */
  readonly dtype: DType;
  /** The shape. */
  readonly shape: Shape;
  /** Whether the first axis varies fastest. */
  readonly fortranOrder: boolean;
  /** Whether elements are stored with their highest byte first. */
  readonly bigEndian: boolean;
  /** Where the elements begin, in bytes. */
  readonly dataOffset: number;
}

/** Reads and writes boxes of the elements of an open file. */
export class ElementFile {
  readonly #file: Deno.FsFile;
  readonly #facts: ElementsInFile;
  /** Of the axes in the order of the file, the slowest first. */
  readonly #strides: readonly number[];
  readonly #width: number;
  #buffer: SharedArrayBuffer | undefined;
  #moved = 0;

  /**
   * @param file The open file.
   * @param facts How the elements lie in it.
   */
  constructor(file: Deno.FsFile, facts: ElementsInFile) {
    this.#file = file;
    this.#facts = facts;
    this.#strides = cStrides(facts.fortranOrder ? facts.shape.toReversed() : facts.shape);
    this.#width = DTYPES[facts.dtype].bytes;
  }

  /**
   * Fills an array with a box.
   *
   * @param box The box.
   * @param target An array of its shape and of the file's dtype.
   * @returns How many bytes were read.
   * @throws {FormatError} If the file has become too short.
   */
  read(box: StoredBox, target: SharedNdArray): number {
    this.#moved = 0;
    if (!box.shape.includes(0)) this.#readPart(this.#placeOf(box), this.#inFileOrder(target));
    return this.#moved;
  }

  /**
   * Writes a box.
   *
   * @param box The box.
   * @param source An array of its shape and of the file's dtype.
   * @returns How many bytes were written.
   */
  write(box: StoredBox, source: SharedNdArray): number {
    this.#moved = 0;
    if (!box.shape.includes(0)) this.#writePart(this.#placeOf(box), this.#inFileOrder(source));
    return this.#moved;
  }

  #inFileOrder(array: SharedNdArray): SharedNdArray {
    return this.#facts.fortranOrder ? array.transpose() : array;
  }

  /** Where a box begins, in elements. */
  #placeOf({ origin }: StoredBox): number {
    const indices = this.#facts.fortranOrder ? origin.toReversed() : origin;
    return indices.reduce((place, index, axis) => place + index * this.#strides[axis], 0);
  }

  /** How many elements there are in the file from the first to the last of a box. */
  #span(shape: Shape): number {
    return shape.reduce((span, extent, axis) => span + (extent - 1) * this.#strides[axis], 1);
  }

  #readPart(place: number, target: SharedNdArray): void {
    const { shape, size, dtype } = target, span = this.#span(shape);
    if (span === size && isCContiguous(shape, target.strides)) {
      const bytes = bytesOf(target);
      this.#readBytes(place, bytes);
      return this.#toElements(bytes);
    }
    const spanBytes = span * this.#width;
    if (spanBytes <= BUFFER_BYTES && (spanBytes <= FEW_BYTES || size >= span * WANTED_PART)) {
      const bytes = this.#bytes(spanBytes);
      this.#readBytes(place, bytes);
      this.#toElements(bytes);
      const strides = this.#strides;
      return copyElements(target, SharedNdArray.wrap(bytes.buffer, { shape, dtype, strides }));
    }
    this.#split(place, target, size >= span * WANTED_PART, (at, part) => this.#readPart(at, part));
  }

  #writePart(place: number, source: SharedNdArray): void {
    const { shape, size, dtype, strides } = source, isDense = this.#span(shape) === size;
    const isPlain = isCContiguous(shape, strides) && (!this.#facts.bigEndian || this.#width === 1);
    if (isDense && isPlain) return this.#writeBytes(place, bytesOf(source));
    if (isDense && source.byteLength <= BUFFER_BYTES) {
      const bytes = this.#bytes(source.byteLength);
      copyElements(SharedNdArray.wrap(bytes.buffer, { shape, dtype }), source);
      if (this.#facts.bigEndian) swapBytes(bytes, this.#width);
      return this.#writeBytes(place, bytes);
    }
    this.#split(place, source, isDense, (at, part) => this.#writePart(at, part));
  }

  /**
   * Cuts a box along its slowest axis.
   *
   * @param place Where it begins.
   * @param array The array of the box.
   * @param isThick Whether pieces of several indices may be taken: as many as fit the buffer.
   * @param visit Is given where each piece begins, and its array.
   */
  #split(
    place: number,
    array: SharedNdArray,
    isThick: boolean,
    visit: (place: number, part: SharedNdArray) => void,
  ): void {
    const { shape } = array, axis = shape.findIndex((extent) => extent > 1), stride = this.#strides[axis];
    const most = isThick ? Math.max(1, Math.floor(BUFFER_BYTES / (stride * this.#width))) : 1;
    const origin = shape.map(() => 0);
    for (let index = 0; index < shape[axis]; index += most) {
      origin[axis] = index;
      const extents = shape.with(axis, Math.min(most, shape[axis] - index));
      visit(place + index * stride, array.box(origin, extents));
    }
  }

  /** Bytes as they are in the file become elements as they are in memory. */
  #toElements(bytes: Uint8Array): void {
    if (this.#facts.bigEndian) swapBytes(bytes, this.#width);
    if (this.#facts.dtype !== "bool") return;
    // NumPy takes any byte but 0 for true; arrays store 1.
    for (let i = 0; i < bytes.length; i++) if (bytes[i] > 1) bytes[i] = 1;
  }

  #bytes(length: number): Uint8Array<SharedArrayBuffer> {
    this.#buffer ??= allocate(
      BUFFER_BYTES,
      `for pieces of ${this.#facts.path}`,
      () => new SharedArrayBuffer(BUFFER_BYTES),
    );
    return new Uint8Array(this.#buffer, 0, length);
  }

  #seek(place: number): void {
    this.#file.seekSync(this.#facts.dataOffset + place * this.#width, Deno.SeekMode.Start);
  }

  #readBytes(place: number, bytes: Uint8Array): void {
    this.#seek(place);
    for (let done = 0; done < bytes.length;) {
      // Some systems give no more than 2 GiB - 4 KiB at once.
      const count = this.#file.readSync(bytes.subarray(done, done + (1 << 30)));
      if (count === null) {
        throw new FormatError(
          `${this.#facts.path} ends ${bytes.length - done} bytes too early: it was truncated`,
          "npy",
        );
      }
      done += count;
    }
    this.#moved += bytes.length;
  }

  #writeBytes(place: number, bytes: Uint8Array): void {
    this.#seek(place);
    writeAll(this.#file, bytes);
    this.#moved += bytes.length;
  }
}

/** The bytes of an array that is contiguous in C order. */
function bytesOf({ data, offset, byteLength }: SharedNdArray): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset + offset * data.BYTES_PER_ELEMENT, byteLength);
}
