/**
 * Arrays in shared memory on the command line: `shm:NAME:DTYPE:SHAPE`.
 *
 * @module
 */

import { sameShape, type Shape, showShape } from "../array/layout/shape.ts";
import { cLibrary, whyNoLibrary } from "../array/memory/posix.ts";
import { isMarked, readMarker, writeMarker } from "../array/named_markers.ts";
import "../array/named_memory.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import { dtype, extents } from "./arg_values.ts";
import type { PlannedInput } from "./inputs.ts";

/** What the command uses the C library for. */
const WHAT = "Shared memory with a name";

/** An array in shared memory, as far as it was said which. */
interface SharedSpec {
  readonly segment: string;
  readonly dtype?: DType;
  readonly shape?: Shape;
}

/**
 * Reads what stands behind `NAME=`.
 *
 * @param flag The flag that it stands behind.
 * @param path The words, such as `shm:tmp:float64:365,16,16`.
 * @throws {UsageError} If they are not of that form, or this program may not use shared memory.
 */
function readSpec(flag: string, path: string): SharedSpec {
  const [, segment, type, shape, more] = path.split(":");
  if (segment === undefined || segment === "" || more !== undefined) {
    throw new UsageError(
      `${flag} ${path} is not of the form shm:NAME:DTYPE:SHAPE, as in shm:tmp:float64:365,16,16`,
    );
  }
  const reason = whyNoLibrary();
  if (reason !== null) throw new UsageError(`${flag} ${path} is shared memory: ${reason}`);
  return {
    segment,
    dtype: type === undefined ? undefined : dtype(`${flag} ${path}:`, type),
    shape: shape === undefined ? undefined : extents(`${flag} ${path}:`, shape),
  };
}

/**
 * The dtype that an output in shared memory was said to have.
 *
 * @param path What stands behind `NAME=`.
 * @throws {UsageError} If it is not of the form it must be.
 */
export function sharedDType(path: string): DType | undefined {
  return readSpec("--output", path).dtype;
}

/**
 * An input in shared memory: attached at once, which costs nothing.
 *
 * @param name Its name in the run.
 * @param path What stands behind `NAME=`.
 * @throws {UsageError} If its dtype or shape was not said, and nobody here has created it.
 * @throws {Deno.errors.NotFound} If there is none of that name.
 * @throws {ShapeError} If it is too small.
 */
export function planShared(name: string, path: string): PlannedInput {
  const spec = readSpec("--input", path), library = cLibrary(WHAT), found = readMarker(library, spec.segment);
  const marker = found !== undefined && isMarked(library, spec.segment, found) ? found : undefined;
  const known = { dtype: spec.dtype ?? marker?.dtype, shape: spec.shape ?? marker?.shape };
  if (known.dtype === undefined || known.shape === undefined) {
    throw new UsageError(
      `--input ${path} needs dtype and shape, as in shm:${spec.segment}:float64:365,16,16`,
    );
  }
  const { segment } = spec, { dtype, shape } = known;
  const array = SharedNdArray.open(segment, { dtype, shape, readOnly: true });
  return { name, dtype, shape, loadBytes: 0, load: () => Promise.resolve(array) };
}

/** An output in shared memory. */
export interface SharedOutput extends Disposable {
  /** What a run may write to. */
  readonly array: SharedNdArray;
  /** Leaves the memory there when the process ends. */
  keep(): void;
}

/**
 * Attaches to the memory of an output, or creates it.
 *
 * @param path What stands behind `NAME=`.
 * @param result What will be written.
 * @throws {UsageError} If the result has another dtype or shape than was said.
 * @throws {ShapeError} If there is memory of that name that is too small.
 * @throws {AllocationError} If there is no room.
 */
export function openSharedOutput(
  path: string,
  result: { readonly dtype: DType; readonly shape: Shape },
): SharedOutput {
  const { segment, ...said } = readSpec("--output", path), { dtype, shape } = result;
  const isOther = said.dtype !== undefined && said.dtype !== dtype ||
    said.shape !== undefined && !sameShape(said.shape, shape);
  if (isOther) {
    throw new UsageError(`--output ${path}: the result is ${dtype} ${showShape(shape)}`);
  }
  const existing = openExisting(segment, result);
  if (existing !== undefined) return { array: existing, keep: () => {}, [Symbol.dispose]: () => {} };
  const array = SharedNdArray.create({ name: segment, dtype, shape });
  let isKept = false;
  return {
    array,
    keep() {
      writeMarker(cLibrary(WHAT), { name: segment, dtype, shape }, true);
      isKept = true;
    },
    [Symbol.dispose]() {
      if (!isKept) array.dispose();
    },
  };
}

function openExisting(
  segment: string,
  result: { readonly dtype: DType; readonly shape: Shape },
): SharedNdArray | undefined {
  try {
    return SharedNdArray.open(segment, result);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
