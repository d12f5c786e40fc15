/**
 * The shared memory that was created here under names, as the system lists it.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { type CLibrary, cLibrary, cText, whyNoLibrary } from "../array/memory/posix.ts";
import {
  isMarked,
  isOwnerAlive,
  markedNames,
  type Marker,
  readMarker,
  removeMarker,
} from "../array/named_markers.ts";
import { sharedMemoryBytes } from "../array/named_memory.ts";
import type { DType } from "../dtype.ts";
import { UsageError } from "../errors.ts";

/** Shared memory that was created here. */
export interface SharedSegment {
  /** Its name. */
  readonly name: string;
  /** Its size; null where only the marker is left of it. */
  readonly bytes: number | null;
  /** Its dtype. */
  readonly dtype: DType;
  /** Its shape. */
  readonly shape: Shape;
  /** How long it has been there. */
  readonly ageSeconds: number;
  /** The process that created it. */
  readonly pid: number;
  /**
   * Whether that process is `running`, has `ended`, has ended and `left` it on purpose, or is in another container,
   * where nothing is `unknown` but its number.
   */
  readonly owner: "running" | "ended" | "left" | "unknown";
}

function requireList(): CLibrary {
  if (Deno.build.os !== "linux") {
    throw new UsageError(
      `Shared memory cannot be listed on ${Deno.build.os}, only on Linux: name what is to be removed, as in shm clean NAME`,
    );
  }
  const reason = whyNoLibrary();
  if (reason !== null) throw new UsageError(`Shared memory is not to be had: ${reason}`);
  return cLibrary("Shared memory");
}

/**
 * Lists it, by name. What other users have created is theirs and not listed.
 *
 * @throws {UsageError} If this system cannot list it, or without `--allow-ffi`.
 */
export function listShared(): SharedSegment[] {
  const library = requireList();
  return markedNames(library).flatMap((name) => {
    const marker = readMarker(library, name);
    return marker === undefined ? [] : [describe(library, name, marker)];
  });
}

function describe(library: CLibrary, name: string, marker: Marker): SharedSegment {
  const { dtype, shape, pid, created, isLeft } = marker, isAlive = isOwnerAlive(library, marker);
  return {
    name,
    // Somebody else may have removed it and given the name to other memory.
    bytes: isMarked(library, name, marker) ? bytesOf(name) : null,
    dtype,
    shape,
    ageSeconds: Math.max(0, (Date.now() - created) / 1000),
    pid,
    owner: isAlive === null ? "unknown" : isAlive ? "running" : isLeft ? "left" : "ended",
  };
}

function bytesOf(name: string): number | null {
  try {
    return sharedMemoryBytes(name);
  } catch {
    return null;
  }
}

/**
 * Removes it, unless it was created anew since it was listed.
 *
 * @param segment What was listed.
 * @returns Whether it was there.
 */
export function removeShared({ name, pid }: SharedSegment): boolean {
  const library = requireList(), marker = readMarker(library, name);
  if (marker?.pid !== pid) return false;
  const isOwn = isMarked(library, name, marker);
  removeMarker(library, name);
  return isOwn && library.shm_unlink(cText(`/${name}`)) === 0;
}
