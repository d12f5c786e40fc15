/**
 * NumPy's .npy files.
 *
 * @module
 */

import { allocate } from "../array/memory/allocation.ts";
import type { Shape } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { isCContiguous, isFortranContiguous } from "../array/layout/strides.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import { type FileWriter, writeAll, writeAtomically } from "./atomic_write.ts";
import { swapBytes } from "./byte_order.ts";
import { bytesInCOrder } from "./c_order.ts";
import { type ByteReader, InputFile } from "./input_file.ts";
import {
  checkNpyLength,
  encodeNpyHeader,
  NPY_PREFIX_BYTES,
  npyDataBytes,
  type NpyHeader,
  npyLayout,
  parseNpyHeader,
} from "./npy_header.ts";

/**
 * Reads an array from a .npy file, straight into shared memory.
 *
 * All dtypes of arrays, both byte orders, both element orders (an array in Fortran order gets the strides for it;
 * nothing is copied) and the versions 1 to 3 of the format are read. Bytes of bool arrays other than 0 become 1.
 *
 * @param path The file.
 * @returns The array, with the shape and dtype that the file says.
 * @throws {FormatError} If it is no .npy file, is truncated, or holds elements that no dtype here has (complex,
 * text, structured, objects). Sizes are checked before memory is taken.
 * @throws {Deno.errors.NotFound} If there is no such file.
 *
 * @example
 * ```ts
 * import { SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 * import { readNpy, writeNpy } from "./npy.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await writeNpy(`${folder}/tmp.npy`, SharedNdArray.from([[1.5, 2], [3, 4]]));
 * const tmp = await readNpy(`${folder}/tmp.npy`);
 * assertEquals(tmp.dtype, "float64");
 * assertEquals(tmp.get(0, 0), 1.5);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function readNpy(path: string | URL): Promise<SharedNdArray> {
  return Promise.try(() => {
    using file = InputFile.open(path, "npy");
    return readNpyFrom(file, file.path);
  });
}

/**
 * Dtype and shape of the array in a .npy file. Only the header is read.
 *
 * @param path The file.
 * @throws {FormatError} As {@linkcode readNpy}.
 */
export function inspectNpy(path: string | URL): Promise<{ dtype: DType; shape: Shape }> {
  return Promise.try(() => {
    using file = InputFile.open(path, "npy");
    const { dtype, shape } = readNpyHeader(file, file.path);
    return { dtype, shape };
  });
}

/**
 * Writes an array to a .npy file, with the bytes that `numpy.save` writes. The file appears under its name when it
 * is complete.
 *
 * @param path The file; an existing one is replaced.
 * @param array Any array or view, of any dtype. One in Fortran order is written in that order.
 * @throws {Deno.errors.NotFound} If the folder is missing.
 *
 * @example
 * ```ts
 * import { SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 * import { readNpy, writeNpy } from "./npy.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const grid = SharedNdArray.arange(6, { dtype: "int32" });
 * await writeNpy(`${folder}/grid.npy`, grid);
 * assertEquals([...(await readNpy(`${folder}/grid.npy`)).values()], [0, 1, 2, 3, 4, 5]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function writeNpy(path: string | URL, array: SharedNdArray): Promise<void> {
  return writeAtomically(path, npyWriter(array));
}

/** The bytes of a .npy file that is to be written. */
export interface NpyBytes {
  /** How many there are. */
  readonly size: number;
  /** The header, then the elements. A piece is valid until the next one is taken; they can be walked once. */
  readonly pieces: Iterable<Uint8Array>;
}

/**
 * An array as .npy.
 *
 * @param array The array.
 */
export function encodeNpy(array: SharedNdArray): NpyBytes {
  const { dtype, shape, strides } = array;
  const fortranOrder = !isCContiguous(shape, strides) && isFortranContiguous(shape, strides);
  const header = encodeNpyHeader({ dtype, shape, fortranOrder });
  return {
    size: header.length + array.byteLength,
    pieces: piecesOf(header, fortranOrder ? array.transpose() : array),
  };
}

function* piecesOf(header: Uint8Array, array: SharedNdArray): Generator<Uint8Array, void, undefined> {
  yield header;
  yield* bytesInCOrder(array);
}

/**
 * What writes an array as .npy to an open, empty file.
 *
 * @param array The array.
 */
export function npyWriter(array: SharedNdArray): FileWriter {
  return (file) => {
    for (const piece of encodeNpy(array).pieces) writeAll(file, piece);
  };
}

/**
 * Reads a header and checks it against the size of what it stands in.
 *
 * @param reader The bytes from the beginning of a .npy file to its end. Afterwards the elements are next.
 * @param path What the bytes are called, for messages.
 * @throws {FormatError} As {@linkcode readNpy}.
 */
export function readNpyHeader(reader: ByteReader, path: string): NpyHeader {
  if (reader.size === 0) throw new FormatError(`${path} is empty, expected a .npy file`, "npy");
  const prefix = new Uint8Array(Math.min(NPY_PREFIX_BYTES, reader.size));
  reader.read(prefix);
  const { textOffset, dataOffset, encoding } = npyLayout(prefix, path);
  if (dataOffset > reader.size) {
    throw new FormatError(
      `${path} ends within its .npy header, at byte ${reader.size} of ${dataOffset}: it is truncated`,
      "npy",
    );
  }
  if (dataOffset < prefix.length) {
    throw new FormatError(
      `${path} has a malformed .npy header: it ends at byte ${dataOffset} of ${reader.size}`,
      "npy",
    );
  }
  const header = allocate(dataOffset, `for the header of ${path}`, () => new Uint8Array(dataOffset));
  header.set(prefix);
  reader.read(header.subarray(prefix.length));
  const facts = parseNpyHeader(header.subarray(textOffset), encoding, path);
  checkNpyLength(facts, reader.size - dataOffset, path);
  return facts;
}

/**
 * Reads an array.
 *
 * @param reader The bytes from the beginning of a .npy file to its end.
 * @param path What the bytes are called, for messages.
 * @throws {FormatError} As {@linkcode readNpy}.
 */
export function readNpyFrom(reader: ByteReader, path: string): SharedNdArray {
  const header = readNpyHeader(reader, path);
  const { dtype, shape, fortranOrder } = header;
  const lying = SharedNdArray.zeros(fortranOrder ? shape.toReversed() : shape, { dtype });
  const bytes = new Uint8Array(lying.data.buffer, lying.data.byteOffset, npyDataBytes(header));
  reader.read(bytes);
  if (header.bigEndian) swapBytes(bytes, DTYPES[dtype].bytes);
  if (dtype === "bool") normaliseBools(bytes);
  return fortranOrder ? lying.transpose() : lying;
}

/** NumPy takes any byte but 0 for true; arrays store 1. */
function normaliseBools(bytes: Uint8Array): void {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] > 1) bytes[i] = 1;
  }
}
