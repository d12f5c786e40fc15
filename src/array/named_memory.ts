/**
 * Arrays in shared memory that has a name: importing this module gives {@linkcode SharedNdArray.create},
 * {@linkcode SharedNdArray.open} and {@linkcode SharedNdArray.unlink} their meaning.
 *
 * The memory is POSIX shared memory, byte for byte what Python's `multiprocessing.shared_memory` makes and finds: the
 * elements lie at its beginning, in C order unless said otherwise, with their lowest byte first.
 *
 * @module
 */

import { type DType, dtypeRow } from "../dtype.ts";
import { AllocationError, ShapeError, showBytes, showValue, ValueError } from "../errors.ts";
import { plain, type Shape, showShape, sizeOf } from "./layout/shape.ts";
import { cStrides, fortranStrides } from "./layout/strides.ts";
import {
  identities,
  mapMemory,
  MOST_MAPPED_BYTES,
  releaser,
  roomError,
  sizeOfOpen,
  takeRoom,
} from "./memory/mapped_memory.ts";
import {
  checked,
  type CLibrary,
  cLibrary,
  cText,
  OPEN,
  openShared,
  sharedNumber,
  SystemError,
} from "./memory/posix.ts";
import type { StorageEnding } from "./memory/storage.ts";
import {
  isMarked,
  isMarkedBy,
  MARKER_ENDING,
  readMarker,
  removeMarker,
  writeMarker,
} from "./named_markers.ts";
import { installNamed, overMemory, type SharedNdArray } from "./shared_ndarray.ts";
import type { CreateOptions } from "./types.ts";

/**
 * Options of {@linkcode SharedNdArray.open}.
 *
 * @example
 * ```ts
 * import { type NamedOpenOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: NamedOpenOptions<"int16"> = { shape: [2, 3], dtype: "int16", order: "F" };
 * if (Deno.permissions.querySync({ name: "ffi" }).state === "granted") {
 *   const name = `grid-${crypto.randomUUID().slice(0, 8)}`;
 *   using grid = SharedNdArray.create({ name, shape: [2, 3], dtype: "int16", order: "F" });
 *   using same = SharedNdArray.open(name, options);
 *   assertEquals(same.strides, grid.strides);
 * }
 * ```
 */
export interface NamedOpenOptions<D extends DType = DType> extends CreateOptions<D> {
  /** The shape. */
  readonly shape: Shape;
  /** Which axis varies fastest: the last one ("C") or the first one ("F"). Default "C". */
  readonly order?: "C" | "F";
  /**
   * Whether the name is removed as soon as this process has the memory: then nothing is left of it when all that have
   * it have ended, however they end. Default false.
   */
  readonly ephemeral?: boolean;
  /**
   * Whether the memory shall stay as it is: a run refuses the array as an output, and what else is written to its
   * elements stays with this process. Default false.
   */
  readonly readOnly?: boolean;
}

/**
 * Options of {@linkcode SharedNdArray.create}.
 *
 * @example
 * ```ts
 * import { type NamedCreateOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * // Nobody finds it by its name, but it lies where other processes' shared memory does.
 * const name = `scratch-${crypto.randomUUID().slice(0, 8)}`;
 * const options: NamedCreateOptions<"float32"> = { name, shape: [4], dtype: "float32", ephemeral: true };
 * if (Deno.permissions.querySync({ name: "ffi" }).state === "granted") {
 *   using scratch = SharedNdArray.create(options);
 *   assertEquals(scratch.toNested(), [0, 0, 0, 0]);
 * }
 * ```
 */
export interface NamedCreateOptions<D extends DType = DType> extends Omit<NamedOpenOptions<D>, "readOnly"> {
  /** Its name: letters, digits, `.`, `_` and `-`. Python takes the same. */
  readonly name: string;
}

/** What creates, opens and removes. */
export interface NamedArrays {
  /** {@linkcode SharedNdArray.create}. */
  create<D extends DType>(options: NamedCreateOptions<D>): SharedNdArray<D>;
  /** {@linkcode SharedNdArray.open}. */
  open<D extends DType>(name: string, options: NamedOpenOptions<D>): SharedNdArray<D>;
  /** {@linkcode SharedNdArray.unlink}. */
  unlink(name: string): void;
}

/** What messages call it. */
const WHAT = "Shared memory with a name";

/** The longest name: Linux's for files, macOS's for shared memory. Ours leave room for the marker beside them. */
const LONGEST_NAME = Deno.build.os === "darwin" ? 30 : 255;
const LONGEST_CREATED = Deno.build.os === "darwin" ? 30 : LONGEST_NAME - MARKER_ENDING.length;

/** What memory is known by: its own number, as another one may have the name later; where there is none, its name. */
function keyOf(library: CLibrary, name: string, descriptor: number): string {
  const number = sharedNumber(library, descriptor);
  return number === null ? `name ${name}` : `memory ${number}`;
}

/** Checks a name: one that every system takes, as a file's too. */
function requireName(name: string, longest: number): void {
  const isGood = typeof name === "string" && /^(?!\.{1,2}$)[\w.-]+$/.test(name);
  if (isGood && name.length <= longest && !name.endsWith(MARKER_ENDING)) return;
  const shown = isGood && name.length > longest ? `by ${name.length} characters` : showValue(name);
  const ending = isGood && name.length <= longest
    ? `, and another ending: markers have ${MARKER_ENDING}`
    : "";
  throw new ValueError(
    `Shared memory cannot be named ${shown}: expected 1 to ${longest} letters, digits, ".", "_" and "-"${ending}`,
  );
}

/** The layout of an array in memory that holds nothing else. */
function denseLayout<D extends DType>(
  { shape, dtype = "float64" as D, order = "C" }: NamedOpenOptions<D>,
): {
  readonly dtype: D;
  readonly shape: Shape;
  readonly strides: readonly number[];
  readonly byteLength: number;
} {
  const { bytes } = dtypeRow(dtype), byteLength = sizeOf(shape) * bytes;
  if (order !== "C" && order !== "F") {
    throw new ValueError(`The order ${showValue(order)} is none: expected "C" or "F"`);
  }
  const extents = shape.map(plain);
  return {
    dtype,
    shape: extents,
    strides: order === "C" ? cStrides(extents) : fortranStrides(extents),
    byteLength,
  };
}

function create<D extends DType>(options: NamedCreateOptions<D>): SharedNdArray<D> {
  const { name, ephemeral = false } = options;
  requireName(name, LONGEST_CREATED);
  const { byteLength, ...layout } = denseLayout(options), library = cLibrary(WHAT);
  const what = `Cannot create shared memory ${name}`;
  if (byteLength > MOST_MAPPED_BYTES) {
    // Said before so much room is taken.
    throw new AllocationError(
      `${what} of ${showBytes(byteLength)} (${byteLength} bytes): a single array can have ${
        showBytes(MOST_MAPPED_BYTES)
      }`,
      byteLength,
    );
  }
  const descriptor = attempt(what, byteLength, () => {
    return openShared(library, name, OPEN.write | OPEN.create | OPEN.exclusive);
  });
  let mark: string | undefined;
  try {
    // It is another memory than that which had the name before.
    const key = keyOf(library, name, descriptor);
    identities.forget(key);
    if (!ephemeral) {
      mark = attempt(what, byteLength, () => writeMarker(library, { name, ...layout }));
    }
    const memory = attempt(what, byteLength, () => {
      takeRoom(library, descriptor, Math.max(1, byteLength));
      return mapMemory(library, descriptor, { byteLength, isPrivate: false });
    });
    if (ephemeral) library.shm_unlink(cText(`/${name}`));
    const known = identities.take(key);
    const ending: StorageEnding = {
      disposed: ephemeral ? undefined : () => unlinkOwn(library, name, mark),
      released: releaser(known),
    };
    return overMemory(memory, { ...layout, byteOffset: 0, identity: known.identity, ending });
  } catch (error) {
    removeMarker(library, name);
    library.shm_unlink(cText(`/${name}`));
    throw error;
  } finally {
    library.close(descriptor);
  }
}

/** Removes a name, unless somebody else has taken it since. */
function unlinkOwn(library: CLibrary, name: string, mark: string | undefined): void {
  if (mark !== undefined && !isMarkedBy(library, name, mark)) return;
  const marker = mark === undefined ? undefined : readMarker(library, name);
  // Programs that write no markers may have removed the name, and created it again.
  const isOwn = marker === undefined || isMarked(library, name, marker);
  // The marker first: who creates the name again writes another.
  removeMarker(library, name);
  if (isOwn) library.shm_unlink(cText(`/${name}`));
}

function open<D extends DType>(name: string, options: NamedOpenOptions<D>): SharedNdArray<D> {
  requireName(name, LONGEST_NAME);
  const { byteLength, ...layout } = denseLayout(options), library = cLibrary(WHAT);
  const { readOnly = false, ephemeral = false } = options;
  const what = `Cannot open shared memory ${name}`;
  const descriptor = attempt(
    what,
    byteLength,
    () => openShared(library, name, readOnly ? OPEN.read : OPEN.write),
  );
  try {
    const size = sizeOfOpen(library, descriptor);
    if (size < byteLength) {
      throw new ShapeError(
        `Shared memory ${name} has ${size} bytes, too few for ${layout.dtype} ${
          showShape(layout.shape)
        }, which takes ${byteLength}`,
      );
    }
    // Memory without a byte cannot be mapped: an array without an element needs none.
    const memory = attempt(
      what,
      byteLength,
      () => mapMemory(library, descriptor, { byteLength, isPrivate: readOnly }),
    );
    if (ephemeral) unlinkNow(library, name);
    const known = identities.take(keyOf(library, name, descriptor)), ending = { released: releaser(known) };
    return overMemory(memory, { ...layout, byteOffset: 0, identity: known.identity, readOnly, ending });
  } finally {
    library.close(descriptor);
  }
}

function unlink(name: string): void {
  requireName(name, LONGEST_NAME);
  const library = cLibrary(WHAT);
  attempt(`Cannot remove shared memory ${name}`, 0, () => unlinkNow(library, name));
}

function unlinkNow(library: CLibrary, name: string): void {
  removeMarker(library, name);
  checked("shm_unlink", library, library.shm_unlink(cText(`/${name}`)));
}

/** Does something with the system, and says what it was where that refuses. */
function attempt<T>(what: string, byteLength: number, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    if (!(cause instanceof SystemError)) throw cause;
    const message = `${what}: ${cause.message}`;
    if (cause.code === "ENOENT") throw new Deno.errors.NotFound(message, { cause });
    if (cause.code === "EEXIST") throw new Deno.errors.AlreadyExists(message, { cause });
    if (cause.code === "EACCES" || cause.code === "EPERM") {
      throw new Deno.errors.PermissionDenied(message, { cause });
    }
    throw roomError(cause, what, byteLength) ?? new Error(message, { cause });
  }
}

/**
 * How many bytes shared memory has.
 *
 * @param name Its name.
 * @throws {Deno.errors.NotFound} If there is none of that name.
 * @throws {UnsupportedError} On systems other than Linux and macOS, or without `--allow-ffi`.
 */
export function sharedMemoryBytes(name: string): number {
  requireName(name, LONGEST_NAME);
  const library = cLibrary(WHAT);
  const descriptor = attempt(
    `Cannot open shared memory ${name}`,
    0,
    () => openShared(library, name, OPEN.read),
  );
  try {
    return sizeOfOpen(library, descriptor);
  } finally {
    library.close(descriptor);
  }
}

installNamed({ create, open, unlink });
