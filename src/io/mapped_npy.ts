/**
 * Mapping .npy files, and what decides whether one is mapped.
 *
 * @module
 */

import { showShape, sizeOf } from "../array/layout/shape.ts";
import { cStrides, fortranStrides } from "../array/layout/strides.ts";
import {
  identities,
  mapMemory,
  MOST_MAPPED_BYTES,
  releaser,
  roomError,
  sizeOfOpen,
  takeRoom,
} from "../array/memory/mapped_memory.ts";
import {
  checked,
  type CLibrary,
  cLibrary,
  cText,
  OPEN,
  SystemError,
  whyNoLibrary,
} from "../array/memory/posix.ts";
import { overMemory, type SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, dtypeRow, DTYPES } from "../dtype.ts";
import {
  AllocationError,
  FormatError,
  showBytes,
  showValue,
  UnsupportedError,
  ValueError,
} from "../errors.ts";
import type { StoredArray } from "../store/stored_array.ts";
import { PendingFile } from "./atomic_write.ts";
import type { ElementsInFile } from "./npy_boxes.ts";
import { openStoredNpy, readNpyFacts, writeEmptyNpy } from "./npy_driver.ts";
import type { OpenNpyOptions } from "./open_npy.ts";

/** What keeps a file from being mapped. */
const WHAT = "Mapping a file";

/**
 * Opens a .npy file: {@linkcode openNpy}.
 *
 * @param path The file.
 * @param options How it is opened; shape and dtype.
 */
export function openNpyFile(path: string, options: OpenNpyOptions): SharedNdArray | StoredArray {
  const { mode = "r" } = options;
  if (mode === "w+") return createNpy(path, options);
  if (mode !== "r" && mode !== "r+") {
    throw new ValueError(`The mode ${showValue(mode)} is none: expected "r", "r+" or "w+"`);
  }
  return openExisting(path, mode === "r+", options);
}

function openExisting(
  path: string,
  isWritable: boolean,
  options: OpenNpyOptions,
): SharedNdArray | StoredArray {
  const facts = readNpyFacts(path);
  requireWanted(facts, options);
  const reason = options.mapped === false ? "" : whyNotMapped(facts);
  if (reason !== null) {
    refuseStreaming(path, reason, options);
    return openStoredNpy(path, { writable: isWritable });
  }
  // Opened by the runtime first, which knows what this program may write.
  if (isWritable) Deno.openSync(path, { read: true, write: true }).close();
  const library = cLibrary(WHAT), descriptor = openFile(library, path, path, isWritable);
  try {
    if (sizeOfOpen(library, descriptor) < byteLengthOf(facts)) {
      throw new FormatError(`${path} became shorter while it was opened`, "npy");
    }
    return inEitherWay(path, options, isWritable, () => mapped(library, descriptor, facts, isWritable));
  } finally {
    library.close(descriptor);
  }
}

/** Maps a file; where there is no memory of that size to map into, or its file system maps nothing, opens it otherwise. */
function inEitherWay(
  path: string,
  options: OpenNpyOptions,
  isWritable: boolean,
  map: () => SharedNdArray,
  otherwise: () => void = () => {},
): SharedNdArray | StoredArray {
  try {
    return map();
  } catch (error) {
    if (!(error instanceof AllocationError || error instanceof SystemError)) throw error;
    refuseStreaming(path, error.message, options);
    otherwise();
    return openStoredNpy(path, { writable: isWritable });
  }
}

function createNpy(path: string, options: OpenNpyOptions): SharedNdArray | StoredArray {
  const { shape, dtype = "float64", order = "C" } = options;
  if (shape === undefined) throw new ValueError(`A new file needs a shape: ${path} is opened with mode "w+"`);
  if (order !== "C" && order !== "F") {
    throw new ValueError(`The order ${showValue(order)} is none: expected "C" or "F"`);
  }
  dtypeRow(dtype);
  sizeOf(shape);
  using pending = PendingFile.reserve(path);
  const facts = writeEmptyNpy(pending, { shape: [...shape], dtype, fortranOrder: order === "F" });
  const reason = options.mapped === false ? "" : whyNotMapped(facts);
  if (reason !== null) {
    refuseStreaming(path, reason, options);
    pending.publish();
    return openStoredNpy(path, { writable: true });
  }
  const library = cLibrary(WHAT), descriptor = openFile(library, pending.temporary, path, true);
  try {
    try {
      takeRoom(library, descriptor, byteLengthOf(facts));
    } catch (error) {
      throw roomError(error, `Cannot create ${path}`, byteLengthOf(facts)) ?? error;
    }
    return inEitherWay(path, options, true, () => {
      const array = mapped(library, descriptor, facts, true, pending.temporary);
      pending.publish();
      return array;
    }, () => pending.publish());
  } finally {
    library.close(descriptor);
  }
}

/** Checks a file against what was asked for. */
function requireWanted({ path, shape, dtype }: ElementsInFile, wanted: OpenNpyOptions): void {
  const isOther = wanted.dtype !== undefined && wanted.dtype !== dtype ||
    wanted.shape !== undefined && showShape(wanted.shape) !== showShape(shape);
  if (!isOther) return;
  throw new FormatError(
    `${path} holds ${dtype} ${showShape(shape)}, expected ${wanted.dtype ?? dtype} ${
      showShape(wanted.shape ?? shape)
    }`,
    "npy",
  );
}

function refuseStreaming(path: string, reason: string, options: OpenNpyOptions): void {
  if (options.mapped === true) throw new UnsupportedError(`${path} cannot be mapped: ${reason}`);
}

/** Why a file is not mapped; null where it can be. */
function whyNotMapped(facts: ElementsInFile): string | null {
  const { bytes } = DTYPES[facts.dtype], byteLength = byteLengthOf(facts);
  if (facts.bigEndian && bytes > 1) return "its elements have their highest byte first";
  if (facts.dataOffset % bytes !== 0) return `its elements begin at byte ${facts.dataOffset}`;
  if (byteLength > MOST_MAPPED_BYTES) {
    return `it has ${showBytes(byteLength)}, and a memory can have ${showBytes(MOST_MAPPED_BYTES)}`;
  }
  return whyNoLibrary();
}

/** The bytes of the file, header included. */
function byteLengthOf({ shape, dtype, dataOffset }: ElementsInFile): number {
  return dataOffset + sizeOf(shape) * DTYPES[dtype].bytes;
}

function openFile(library: CLibrary, file: string, path: string, isWritable: boolean): number {
  try {
    const flags = (isWritable ? OPEN.write : OPEN.read) | OPEN.closeOnExec;
    return checked("open", library, library.open(cText(file), flags));
  } catch (cause) {
    if (!(cause instanceof SystemError)) throw cause;
    throw new Deno.errors.PermissionDenied(`Cannot open ${path}: ${cause.message}`, { cause });
  }
}

function mapped(
  library: CLibrary,
  descriptor: number,
  facts: ElementsInFile,
  isWritable: boolean,
  path: string = facts.path,
): SharedNdArray {
  const { dtype, shape, fortranOrder, dataOffset } = facts;
  const memory = mapMemory(library, descriptor, { byteLength: byteLengthOf(facts), isPrivate: !isWritable });
  const { dev, ino } = Deno.statSync(path), known = identities.take(`file ${dev}:${ino}`);
  return overMemory<DType>(memory, {
    dtype,
    shape,
    strides: fortranOrder ? fortranStrides(shape) : cStrides(shape),
    byteOffset: dataOffset,
    identity: known.identity,
    readOnly: !isWritable,
    ending: { released: releaser(known) },
  });
}
