/**
 * Boxes of a NetCDF-3 variable, read by ranges of bytes: however large the file, little of it is in memory.
 *
 * @module
 */

import { copyElements } from "../array/copy/copy_elements.ts";
import { allocate } from "../array/memory/allocation.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { DTYPES } from "../dtype.ts";
import type { StoredBox } from "../store/driver.ts";
import { swapBytes } from "./byte_order.ts";
import { cOrderBoxes } from "./c_order.ts";
import type { InputFile } from "./input_file.ts";
import type { NetcdfVariable } from "./netcdf_header.ts";
import { decode, type Decoding, STAGING_BYTES } from "./netcdf_values.ts";

/** Runs that lie closer than this are read together: to read what lies between is faster than to ask again. */
const LARGEST_GAP = 1 << 14;

/** Bytes that reading boxes takes besides: stored elements, their values, and what lies between runs. */
export const BOX_SCRATCH_BYTES: number = STAGING_BYTES * 4;

/** Reads boxes of one variable. */
export class NetcdfBoxes {
  readonly #file: InputFile;
  readonly #variable: NetcdfVariable;
  readonly #decoding: Decoding;
  readonly #strides: readonly number[];
  readonly #staging = sharedBytes(STAGING_BYTES);
  #values: SharedArrayBuffer | undefined;
  #span: Uint8Array | undefined;

  /**
   * @param file The file, which stays open.
   * @param variable The variable; its place was checked against the file's size.
   * @param decoding How its elements become values.
   */
  constructor(file: InputFile, variable: NetcdfVariable, decoding: Decoding) {
    this.#file = file;
    this.#variable = variable;
    this.#decoding = decoding;
    this.#strides = bytesBetween(variable, DTYPES[decoding.stored].bytes);
  }

  /**
   * Fills an array with a box.
   *
   * @param box The box.
   * @param target An array of its shape and of the decoding's dtype.
   * @returns How many bytes were read.
   * @throws {FormatError} If the file has become shorter.
   */
  read(box: StoredBox, target: SharedNdArray): number {
    const { stored, dtype } = this.#decoding;
    const width = DTYPES[stored].bytes;
    // As many elements as fit the buffer, stored and decoded.
    const most = STAGING_BYTES / Math.max(width, DTYPES[dtype].bytes);
    let read = 0;
    for (const part of cOrderBoxes(box.shape, most)) {
      const origin = part.origin.map((index, axis) => box.origin[axis] + index);
      const bytes = this.#staging.subarray(0, part.shape.reduce((size, extent) => size * extent, width));
      read += this.#gather(origin, part.shape, bytes);
      swapBytes(bytes, width);
      copyElements(target.box(part.origin, part.shape), this.#decoded(bytes, part.shape));
    }
    return read;
  }

  /** The values of elements in the staging buffer; elements that are values themselves stay where they are. */
  #decoded(bytes: Uint8Array<SharedArrayBuffer>, shape: readonly number[]): SharedNdArray {
    const { stored, dtype, missing, scale } = this.#decoding;
    if (scale === null && missing.length === 0 && stored === dtype) {
      return SharedNdArray.wrap(bytes.buffer, { shape, dtype });
    }
    this.#values ??= sharedBytes(STAGING_BYTES).buffer;
    const values = SharedNdArray.wrap(this.#values, { shape, dtype });
    const { array: Stored, bytes: width } = DTYPES[stored];
    // NetCDF-3 has no 64-bit integers, so neither array holds bigints.
    const elements = new Stored(bytes.buffer, 0, bytes.length / width) as Float64Array;
    decode(elements, values.data as Float64Array, 0, this.#decoding);
    return values;
  }

  /** Reads a box's stored bytes, in C order. @returns How many bytes were read, those between runs included. */
  #gather(origin: readonly number[], shape: readonly number[], target: Uint8Array): number {
    const strides = this.#strides;
    let run = DTYPES[this.#decoding.stored].bytes, axis = shape.length - 1;
    // An axis joins the run while what it has follows without a gap.
    while (axis >= 0 && (strides[axis] === run || shape[axis] === 1)) run *= shape[axis--];
    const start = origin.reduce((at, index, k) => at + index * strides[k], this.#variable.offset);
    if (axis < 0) return this.#fill(start, target.subarray(0, run));
    const count = shape[axis], step = strides[axis];
    let done = 0, read = 0;
    for (const outer of outerOffsets(shape.slice(0, axis), strides)) {
      read += this.#readRuns(start + outer, run, step, target.subarray(done, done + count * run));
      done += count * run;
    }
    return read;
  }

  /** Reads runs that lie a step apart. */
  #readRuns(start: number, run: number, step: number, target: Uint8Array): number {
    const count = target.length / run;
    const together = step - run <= LARGEST_GAP ? Math.min(count, Math.floor(STAGING_BYTES / step)) : 1;
    let read = 0;
    for (let first = 0; first < count; first += together) {
      const runs = Math.min(together, count - first), place = first * run;
      if (runs === 1) {
        read += this.#fill(start + first * step, target.subarray(place, place + run));
        continue;
      }
      const span = (this.#span ??= sharedBytes(STAGING_BYTES)).subarray(0, (runs - 1) * step + run);
      read += this.#fill(start + first * step, span);
      for (let i = 0; i < runs; i++) target.set(span.subarray(i * step, i * step + run), place + i * run);
    }
    return read;
  }

  #fill(position: number, target: Uint8Array): number {
    this.#file.seek(position);
    this.#file.read(target);
    return target.length;
  }
}

function sharedBytes(byteLength: number): Uint8Array<SharedArrayBuffer> {
  return new Uint8Array(allocate(byteLength, "for reading", () => new SharedArrayBuffer(byteLength)));
}

/** Bytes from an element to the next along each axis; along the record axis, whole records lie between. */
function bytesBetween(
  { shape, dimensions, pieces, pieceBytes, step }: NetcdfVariable,
  width: number,
): number[] {
  const strides = new Array<number>(dimensions.length);
  let bytes = width;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = bytes;
    bytes *= shape[axis];
  }
  if (pieces > 1 && step !== pieceBytes) strides[0] = step;
  return strides;
}

/** The places of all indices of some leading axes, in C order. */
function* outerOffsets(
  shape: readonly number[],
  strides: readonly number[],
): Generator<number, void, undefined> {
  const index = shape.map(() => 0);
  let offset = 0;
  for (;;) {
    yield offset;
    let axis = shape.length - 1;
    for (; axis >= 0; axis--) {
      offset += strides[axis];
      if (++index[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
    if (axis < 0) return;
  }
}
