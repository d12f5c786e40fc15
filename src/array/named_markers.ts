/**
 * Markers beside shared memory that was created here: who created it, and when. Each is shared memory too, under the
 * name with an ending, and goes with it. By them `tilewise shm` knows what is ours, and whether its owner still lives.
 *
 * Linux only: elsewhere shared memory cannot be listed.
 *
 * @module
 */

import { type DType, isDType } from "../dtype.ts";
import type { Shape } from "./layout/shape.ts";
import {
  type CLibrary,
  cText,
  lastError,
  OPEN,
  openShared,
  sharedNumber,
  SystemError,
} from "./memory/posix.ts";

/** What a marker's name ends in. */
export const MARKER_ENDING = ".tilewise";

/** Whether markers are written. */
const HAS_MARKERS = Deno.build.os === "linux";

/** What is read of a marker, or of what the system says of a process. */
const MOST_BYTES = 4096;

/** The number of the error that there is no room. */
const NO_ROOM = 28;

/** What markers begin with, so that nothing else is taken for one. */
const WHAT = "tilewise marker";

/** What a marker says. */
export interface Marker {
  /** The process that created the memory. */
  readonly pid: number;
  /** When that process began, in the system's own count, as process numbers are used again. */
  readonly began: string | null;
  /** In which table of processes that number counts: containers have tables of their own. */
  readonly namespace: string | null;
  /** Which memory it marks: the name may have been given to another since. Null where the system does not tell. */
  readonly number: string | null;
  /** When the memory was created, in milliseconds since 1970. */
  readonly created: number;
  /** Its dtype. */
  readonly dtype: DType;
  /** Its shape. */
  readonly shape: Shape;
  /** Whether its owner meant it to stay when it ended. */
  readonly isLeft: boolean;
}

/** An array that is to be marked. */
export interface MarkedArray {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * Marks shared memory as created by this process.
 *
 * @param library The C library.
 * @param array What lies in the memory.
 * @param isLeft Whether it shall stay when this process ends. An array that was marked otherwise is not its owner's
 * any more, and is left when that is disposed.
 * @returns What the marker says, for {@linkcode isMarkedBy}; undefined where there are no markers.
 * @throws {SystemError} If there is no room for one.
 * @throws {Deno.errors.AlreadyExists} If somebody has memory under the marker's name.
 */
export function writeMarker(
  library: CLibrary,
  { name, dtype, shape }: MarkedArray,
  isLeft: boolean = false,
): string | undefined {
  if (!HAS_MARKERS) return undefined;
  const own = processFacts(library, "self");
  if (!isMarkerOrNone(library, name)) {
    throw new Deno.errors.AlreadyExists(
      `Shared memory ${name} cannot have its marker ${name}${MARKER_ENDING}: somebody else's is of that name`,
    );
  }
  const marker: Marker = {
    pid: Deno.pid,
    began: own.began,
    namespace: own.namespace,
    number: numberOf(library, name) ?? null,
    created: Date.now(),
    dtype,
    shape,
    isLeft,
  };
  // What makes it differ from another of the same process in the same millisecond.
  const text = JSON.stringify({ what: WHAT, ...marker, mark: crypto.randomUUID() });
  const descriptor = openShared(library, name + MARKER_ENDING, OPEN.write | OPEN.create | OPEN.truncate);
  const bytes = new TextEncoder().encode(text);
  const written = Number(library.write(descriptor, bytes, BigInt(bytes.length)));
  const error = written < 0 ? lastError(library) : NO_ROOM;
  library.close(descriptor);
  if (written < bytes.length) throw new SystemError("write", error);
  return text;
}

/**
 * Removes the marker of shared memory, if there is one.
 *
 * @param library The C library.
 * @param name The memory's name.
 */
export function removeMarker(library: CLibrary, name: string): void {
  if (!HAS_MARKERS || !isMarkerOrNone(library, name)) return;
  library.shm_unlink(cText(`/${name}${MARKER_ENDING}`));
}

/** Whether what has the name of a marker is one, if only its beginning, or there is nothing of that name. */
function isMarkerOrNone(library: CLibrary, name: string): boolean {
  const text = readMarkerText(library, name);
  if (text === undefined) return !isThere(library, name + MARKER_ENDING);
  const begin = JSON.stringify({ what: WHAT }).slice(0, -1);
  return text.slice(0, begin.length) === begin.slice(0, text.length);
}

/** Whether the memory that has a marker's name is what the marker was written for. */
export function isMarked(library: CLibrary, name: string, { number }: Marker): boolean {
  const now = numberOf(library, name);
  return now !== undefined && (number === null || now === null || now === number);
}

function isThere(library: CLibrary, name: string): boolean {
  return numberOf(library, name) !== undefined;
}

/** The number of the memory of a name; undefined where there is none that can be read. */
function numberOf(library: CLibrary, name: string): string | null | undefined {
  let descriptor: number;
  try {
    descriptor = openShared(library, name, OPEN.read);
  } catch {
    return undefined;
  }
  const number = sharedNumber(library, descriptor);
  library.close(descriptor);
  return number;
}

/** Whether the marker of a name is that which was written. */
export function isMarkedBy(library: CLibrary, name: string, text: string): boolean {
  return readMarkerText(library, name) === text;
}

/**
 * What the marker of shared memory says.
 *
 * @param library The C library.
 * @param name The memory's name.
 * @returns Undefined where it has none that can be read.
 */
export function readMarker(library: CLibrary, name: string): Marker | undefined {
  try {
    const parsed: unknown = JSON.parse(readMarkerText(library, name) ?? "");
    return isMarker(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** Where Linux shows shared memory as files, and where a name stands in what it lists of a folder. */
const FOLDER = "/dev/shm", NAME_OFFSET = 19;

/**
 * The names of shared memory that has a marker. The folder is listed by the C library, because the runtime's own
 * permission for it is that for everything. Linux only.
 *
 * @param library The C library.
 */
export function markedNames(library: CLibrary): string[] {
  const folder = library.opendir(cText(FOLDER)), names: string[] = [];
  if (folder === null) return names;
  for (let entry = library.readdir(folder); entry !== null; entry = library.readdir(folder)) {
    const name = new Deno.UnsafePointerView(entry).getCString(NAME_OFFSET);
    if (name.endsWith(MARKER_ENDING)) names.push(name.slice(0, -MARKER_ENDING.length));
  }
  library.closedir(folder);
  return names.sort();
}

function isMarker(value: unknown): value is Marker {
  if (typeof value !== "object" || value === null) return false;
  const { pid, created, dtype, shape, began, namespace, number, isLeft }: {
    [name in keyof Marker]?: unknown;
  } = value;
  return Number.isSafeInteger(pid) && Number(pid) > 0 && typeof created === "number" && isDType(dtype) &&
    typeof isLeft === "boolean" &&
    Array.isArray(shape) && shape.every(Number.isSafeInteger) &&
    [began, namespace, number].every((text) => text === null || typeof text === "string");
}

function readMarkerText(library: CLibrary, name: string): string | undefined {
  try {
    return readDescriptor(library, openShared(library, name + MARKER_ENDING, OPEN.read));
  } catch {
    return undefined;
  }
}

/** The beginning of an open file, which is closed. */
function readDescriptor(library: CLibrary, descriptor: number): string | undefined {
  const bytes = new Uint8Array(MOST_BYTES);
  const count = Number(library.read(descriptor, bytes, BigInt(bytes.length)));
  library.close(descriptor);
  return count < 0 ? undefined : new TextDecoder().decode(bytes.subarray(0, count));
}

/** Whether the process that wrote a marker is still there; null where that cannot be known. */
export function isOwnerAlive(library: CLibrary, { pid, began, namespace }: Marker): boolean | null {
  const own = processFacts(library, "self");
  // Where the system tells nothing of this process, it would tell nothing of the owner either.
  if (own.began === null || own.namespace !== namespace) return null;
  const now = processFacts(library, pid);
  if (now.began === null) return false;
  return began === null ? null : now.began === began;
}

/**
 * What the system knows of a process. Its files are read by the C library: the runtime's own permission for them is
 * that for everything.
 */
function processFacts(
  library: CLibrary,
  process: number | "self",
): { readonly began: string | null; readonly namespace: string | null } {
  const descriptor = library.open(cText(`/proc/${process}/stat`), OPEN.read | OPEN.closeOnExec);
  const text = descriptor < 0 ? undefined : readDescriptor(library, descriptor);
  const link = new Uint8Array(256);
  const length = Number(library.readlink(cText(`/proc/${process}/ns/pid`), link, BigInt(link.length)));
  // The second field is the program's name in brackets and may hold anything; its state follows.
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ") ?? [];
  const isOver = fields[0] === "Z" || fields[0] === "X";
  return {
    began: isOver ? null : fields.at(19) ?? null,
    namespace: length < 0 ? null : new TextDecoder().decode(link.subarray(0, length)),
  };
}
