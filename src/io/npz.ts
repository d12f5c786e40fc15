/**
 * NumPy's .npz files: ZIP archives of .npy files.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import { type FileWriter, writeAtomically } from "./atomic_write.ts";
import { InputFile } from "./input_file.ts";
import { encodeNpy, readNpyFrom, readNpyHeader } from "./npy.ts";
import { shownList, shownText } from "./shown_text.ts";
import { readZipDirectory, type ZipEntry } from "./zip_directory.ts";
import { memberLoadBytes, memberPath, openZipMember } from "./zip_member.ts";
import { ZipWriter } from "./zip_writer.ts";

const SUFFIX = ".npy";

/**
 * The names of the arrays in a .npz file.
 *
 * @param path The file.
 * @throws {FormatError} If it is no .npz file.
 * @throws {Deno.errors.NotFound} If there is no such file.
 *
 * @example
 * ```ts
 * import { SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 * import { listNpz, writeNpz } from "./npz.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const tmp = SharedNdArray.zeros([2, 2]), rad = SharedNdArray.ones([2, 2]);
 * await writeNpz(`${folder}/day.npz`, { tmp, rad });
 * assertEquals(await listNpz(`${folder}/day.npz`), ["tmp", "rad"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function listNpz(path: string | URL): Promise<string[]> {
  return Promise.try(() => {
    using file = InputFile.open(path, "npz");
    return [...arraysOf(file).keys()];
  });
}

/**
 * Reads an array from a .npz file into shared memory: stored members straight, compressed ones piece by piece. The
 * checksum is verified.
 *
 * @param path The file.
 * @param name The array's name, with or without `.npy`; not needed when there is only one.
 * @throws {FormatError} If it is no .npz file, has no array of that name, or is damaged.
 * @throws {Deno.errors.NotFound} If there is no such file.
 *
 * @example
 * ```ts
 * import { SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 * import { readNpz, writeNpz } from "./npz.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await writeNpz(`${folder}/day.npz`, { tmp: SharedNdArray.from([1.5, 2.5]), rad: SharedNdArray.ones([3]) });
 * const tmp = await readNpz(`${folder}/day.npz`, "tmp");
 * assertEquals([...tmp.values()], [1.5, 2.5]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readNpz(path: string | URL, name?: string): Promise<SharedNdArray> {
  using file = InputFile.open(path, "npz");
  const entry = findArray(file, name);
  const member = await openZipMember(file, entry);
  const array = readNpyFrom(member, memberPath(file, entry));
  member.finish();
  return array;
}

/**
 * Dtype and shape of an array in a .npz file, and the bytes that reading it takes meanwhile.
 *
 * @param path The file.
 * @param name The array's name; not needed when there is only one.
 * @throws {FormatError} As {@linkcode readNpz}.
 */
export async function inspectNpz(
  path: string | URL,
  name?: string,
): Promise<{ dtype: DType; shape: Shape; loadBytes: number }> {
  using file = InputFile.open(path, "npz");
  const entry = findArray(file, name);
  const member = await openZipMember(file, entry);
  const { dtype, shape } = readNpyHeader(member, memberPath(file, entry));
  return { dtype, shape, loadBytes: memberLoadBytes(entry) };
}

/**
 * Writes arrays to a .npz file, uncompressed as `numpy.savez` does. The file appears under its name when it is
 * complete.
 *
 * @param path The file; an existing one is replaced.
 * @param arrays Arrays by name, of any dtype.
 * @throws {FormatError} If a name cannot be a member's.
 * @throws {Deno.errors.NotFound} If the folder is missing.
 *
 * @example
 * ```ts
 * import { SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 * import { readNpz, writeNpz } from "./npz.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await writeNpz(`${folder}/vpd.npz`, { vpd: SharedNdArray.from([[1, 2], [3, 4]]).transpose() });
 * assertEquals([...(await readNpz(`${folder}/vpd.npz`)).values()], [1, 3, 2, 4]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function writeNpz(
  path: string | URL,
  arrays: Readonly<Record<string, SharedNdArray>>,
): Promise<void> {
  return writeAtomically(path, npzWriter(new Map(Object.entries(arrays))));
}

/**
 * What writes arrays as .npz to an open, empty file.
 *
 * @param arrays Arrays by name.
 */
export function npzWriter(arrays: ReadonlyMap<string, SharedNdArray>): FileWriter {
  return async (file) => {
    const refusal = refuseNpzNames(arrays.keys());
    if (refusal !== null) throw new FormatError(refusal, "npz");
    const { crc32 } = await import("node:zlib");
    const zip = new ZipWriter(file, crc32);
    for (const [name, array] of arrays) zip.add(name + SUFFIX, encodeNpy(array));
    zip.finish();
  };
}

/**
 * Why names cannot be those of arrays in a .npz file.
 *
 * @param names The names.
 * @returns A sentence, or null when they can.
 */
export function refuseNpzNames(names: Iterable<string>): string | null {
  for (const name of names) {
    if (name === "" || name.length > 1000 || /[\\\0]/.test(name)) {
      return `Cannot name an array ${
        JSON.stringify(name)
      } in a .npz file: expected 1 to 1000 characters, no backslash`;
    }
  }
  return null;
}

/** The arrays of an archive by name; of members with one name the last counts, as in Python. */
function arraysOf(file: InputFile): Map<string, ZipEntry> {
  const members = readZipDirectory(file).filter((entry) => entry.name.endsWith(SUFFIX));
  return new Map(members.map((entry) => [entry.name.slice(0, -SUFFIX.length), entry]));
}

function findArray(file: InputFile, name: string | undefined): ZipEntry {
  const arrays = arraysOf(file);
  const names = shownList(arrays.keys().map(shownText), arrays.size);
  if (name === undefined) {
    const [only] = arrays.values();
    if (arrays.size === 1) return only;
    throw new FormatError(
      arrays.size === 0
        ? `${file.path} holds no arrays: none of its members ends in .npy`
        : `${file.path} holds several arrays: name one of ${names}`,
      "npz",
    );
  }
  const entry = arrays.get(name) ?? (name.endsWith(SUFFIX) ? arrays.get(name.slice(0, -4)) : undefined);
  if (entry !== undefined) return entry;
  throw new FormatError(
    `${file.path} has no array ${JSON.stringify(name)}: it has ${names}`,
    "npz",
  );
}
