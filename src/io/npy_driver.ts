/**
 * .npy files that are read and written box by box, however large they are.
 *
 * @module
 */

import { type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import { type DType, dtypeRow, DTYPES } from "../dtype.ts";
import {
  AllocationError,
  FormatError,
  ShapeError,
  showBytes,
  StoreError,
  UnsupportedError,
} from "../errors.ts";
import type { ArrayDriver, StoredHandle } from "../store/driver.ts";
import { StoredArray } from "../store/stored_array.ts";
import { PendingFile, writeAll } from "./atomic_write.ts";
import { InputFile } from "./input_file.ts";
import { readNpyHeader } from "./npy.ts";
import { BUFFER_BYTES, ElementFile, type ElementsInFile } from "./npy_boxes.ts";
import { encodeNpyHeader, npyDataBytes } from "./npy_header.ts";
import { pathText } from "./path.ts";
import type { CreateArrayOptions, OpenArrayOptions } from "./stored.ts";

/** Bytes of a chunk where nothing else was said. */
const CHUNK_BYTES = 1 << 22;

/** From what another thread opens the file: plain data. */
interface NpyLocation extends ElementsInFile {
  /** The file, from the root on. */
  readonly file: string;
  readonly isWritable: boolean;
  readonly chunks: Shape;
}

/**
 * Opens the file of a handle.
 *
 * @param location What {@linkcode StoredHandle} carries.
 */
export function openDriver(location: unknown): ArrayDriver {
  // Handles of this module carry what this module put into them.
  return driverOf(location as NpyLocation);
}

/**
 * Opens a .npy file to be read box by box, and written if that is wanted.
 *
 * @param path The file.
 * @param options Whether it shall be written.
 * @throws {FormatError} If it is no .npy file or is truncated, or a variable is asked for.
 * @throws {Deno.errors.NotFound} If there is no such file.
 */
export function openStoredNpy(path: string | URL, options: OpenArrayOptions = {}): StoredArray {
  const text = pathText(path), { variable, writable = false } = options;
  if (variable !== undefined) {
    throw new FormatError(
      `${text} has no variable ${JSON.stringify(variable)}: a .npy file holds one array without a name`,
      "npy",
    );
  }
  const { shape, dtype, fortranOrder, ...facts } = readNpyFacts(text);
  const chunks = slabs(shape, dtype, fortranOrder);
  const file = Deno.realPathSync(text);
  return stored({ ...facts, path: text, file, shape, dtype, fortranOrder, chunks, isWritable: writable });
}

/**
 * What the header of a .npy file says, and where its elements begin.
 *
 * @param path The file.
 * @throws {FormatError} If it is no .npy file, or is truncated.
 */
export function readNpyFacts(path: string): ElementsInFile {
  using file = InputFile.open(path, "npy");
  const header = readNpyHeader(file, path);
  // The header's reader has made sure that the elements fill the rest.
  return { ...header, path, dataOffset: file.size - npyDataBytes(header) };
}

/**
 * Creates a .npy file to be written box by box, by any number of threads. It appears under its name when it is
 * finished; closed before that, nothing is left of it.
 *
 * @param path The file.
 * @param options Shape, dtype and chunks: a .npy file holds nothing else.
 * @throws {StoreError} If there is such a file, and it may not be replaced.
 * @throws {FormatError} If the options ask for what a .npy file does not have.
 * @throws {ShapeError} If the chunks do not fit the shape.
 */
export function createStoredNpy(path: string | URL, options: CreateArrayOptions): StoredArray {
  const text = pathText(path), { shape, dtype = "float64", overwrite = false } = options;
  refuseForeign(text, options);
  const chunks = options.chunks ?? slabs(shape, dtype, false);
  requireChunks(shape, chunks);
  const pending = reserve(text, overwrite);
  try {
    const facts = writeEmptyNpy(pending, { shape: [...shape], dtype, fortranOrder: false });
    return stored({ ...facts, file: pending.temporary, chunks: [...chunks], isWritable: true }, pending);
  } catch (error) {
    pending[Symbol.dispose]();
    throw error;
  }
}

/** What a new file holds. */
interface NewNpy {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly fortranOrder: boolean;
}

/**
 * Writes the header of a file that is to be published later, and gives the file its full length: what is never written
 * is 0.
 *
 * @param pending The file.
 * @param array What it will hold.
 * @throws {AllocationError} If the file system has no files of that length.
 */
export function writeEmptyNpy(pending: PendingFile, array: NewNpy): ElementsInFile {
  const header = encodeNpyHeader(array), dataOffset = header.length;
  const length = dataOffset + sizeOf(array.shape) * dtypeRow(array.dtype).bytes;
  pending.writeNow((file) => {
    writeAll(file, header);
    lengthen(file, length, pending.path);
  });
  return { ...array, bigEndian: false, path: pending.path, dataOffset };
}

function lengthen(file: Deno.FsFile, length: number, path: string): void {
  try {
    file.truncateSync(length);
  } catch (cause) {
    throw new AllocationError(
      `Cannot create ${path} of ${showBytes(length)} (${length} bytes): the file system has no room for it`,
      length,
      { cause },
    );
  }
}

function reserve(path: string, overwrite: boolean): PendingFile {
  const pending = PendingFile.reserve(path);
  if (overwrite || !isThere(path)) return pending;
  pending[Symbol.dispose]();
  throw new StoreError(`${path} is there already: overwrite says that it may be replaced`, path);
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/** Refuses what the options of a store ask for and a .npy file cannot keep. */
function refuseForeign(path: string, options: CreateArrayOptions): void {
  const { codec = "none", fillValue = 0, attributes = {}, dimensionNames = [] } = options;
  const foreign = codec !== "none"
    ? `codec ${codec}`
    : Number(fillValue) !== 0
    ? `fill value ${fillValue}`
    : Object.keys(attributes).length > 0
    ? "attributes"
    : dimensionNames.some((name) => name !== null)
    ? "dimension names"
    : undefined;
  if (foreign === undefined) return;
  throw new FormatError(`${path} cannot have ${foreign}: a .npy file holds elements alone`, "npy");
}

function requireChunks(shape: Shape, chunks: Shape): void {
  const isGood = chunks.length === shape.length &&
    chunks.every((extent) => Number.isSafeInteger(extent) && extent > 0);
  if (isGood) return;
  throw new ShapeError(
    `Chunks of ${showShape(chunks)} do not fit the shape ${
      showShape(shape)
    }: expected a positive integer an axis`,
  );
}

/** Pieces that lie in one run each: the axes that vary fastest are whole as far as that goes. */
function slabs(shape: Shape, dtype: DType, fortranOrder: boolean): number[] {
  const slowFirst = fortranOrder ? shape.toReversed() : shape;
  let left = CHUNK_BYTES / dtypeRow(dtype).bytes;
  const extents = slowFirst.toReversed().map((extent) => {
    const taken = Math.max(1, Math.min(extent, Math.floor(left)));
    // An axis that is cut leaves one index of the slower ones.
    left = taken < extent ? 1 : left / taken;
    return taken;
  });
  return fortranOrder ? extents : extents.reverse();
}

function stored(location: NpyLocation, pending?: PendingFile): StoredArray {
  const handle: StoredHandle = { module: import.meta.url, location };
  return new StoredArray(driverOf(location, pending), handle);
}

function driverOf(location: NpyLocation, pending?: PendingFile): ArrayDriver {
  const { path, dtype, shape, chunks, isWritable, fortranOrder, bigEndian } = location;
  const file = openElements(location), elements = new ElementFile(file, location);
  let isOpen = true;
  return {
    text: path,
    dtype,
    shape,
    chunks,
    details: {
      order: fortranOrder ? "F" : "C",
      byteOrder: bigEndian && DTYPES[dtype].bytes > 1 ? "big" : "little",
    },
    readsParts: true,
    scratchBytes: BUFFER_BYTES,
    read: (box, target) => elements.read(box, target),
    ...(isWritable && {
      write: (box, source) => elements.write(box, source),
      finish: () => {
        // Other threads have written to the same file: the system syncs what it has of it, not what came this way.
        file.syncSync();
        pending?.publishOnce();
      },
    }),
    close: () => {
      if (isOpen) file.close();
      isOpen = false;
      pending?.[Symbol.dispose]();
    },
  };
}

function openElements({ file, path, isWritable }: NpyLocation): Deno.FsFile {
  try {
    return Deno.openSync(file, { read: true, write: isWritable });
  } catch (cause) {
    if (cause instanceof Deno.errors.PermissionDenied && isWritable) {
      throw new UnsupportedError(`${path} can only be read: the system does not permit writing`, { cause });
    }
    throw cause;
  }
}
