/**
 * .npy files as arrays without reading them: mapped into memory, or box by box where that cannot be.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { syncMapped } from "../array/memory/mapped_memory.ts";
import { type SharedNdArray, storageOf } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { StoredArray } from "../store/stored_array.ts";
import { pathText } from "./path.ts";

/**
 * How {@linkcode openNpy} opens a file: to be read, to be read and written, or new.
 *
 * @example
 * ```ts
 * import { type NpyMode, openNpy, SharedNdArray, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".npy" });
 * await writeArrays(file, SharedNdArray.from([1, 2]));
 * for (const mode of ["r", "r+"] satisfies NpyMode[]) {
 *   using array = await openNpy(file, { mode });
 *   assertEquals(array.shape, [2]);
 * }
 * await Deno.remove(file);
 * ```
 */
export type NpyMode = "r" | "r+" | "w+";

/**
 * Options of {@linkcode openNpy}.
 *
 * @example
 * ```ts
 * import { openNpy, type OpenNpyOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const options: OpenNpyOptions = { mode: "w+", shape: [2, 3], dtype: "float32", order: "F" };
 * using grid = await openNpy(`${folder}/grid.npy`, options);
 * assertEquals([grid.shape, grid.dtype], [[2, 3], "float32"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface OpenNpyOptions<D extends DType = DType> {
  /** `"r"`: an existing file, which stays as it is; `"r+"`: one that is written too; `"w+"`: a new one. Default `"r"`. */
  readonly mode?: NpyMode;
  /** The shape of a new file; for one that exists, what its shape must be. */
  readonly shape?: Shape;
  /** The dtype of a new file, by default float64; for one that exists, what its dtype must be. */
  readonly dtype?: D;
  /** Which axis of a new file varies fastest: the last ("C") or the first ("F"). Default "C". */
  readonly order?: "C" | "F";
  /**
   * Whether the file is mapped: true insists on it, false reads and writes it box by box. Default: mapped where that
   * can be.
   */
  readonly mapped?: boolean;
}

/**
 * Opens a .npy file of any size as an array. Nothing is read before it is needed, and what is written is in the file.
 *
 * The file is **mapped** where that can be: then this is a {@linkcode SharedNdArray} as any other, whose elements the
 * system brings in from the file and takes back to it; kernels address them directly. That needs Linux or macOS,
 * `--allow-ffi`, at most 16 GiB, and elements with their lowest byte first. Otherwise it is a
 * {@linkcode StoredArray}, which runs read and write box by box in bounded memory; `array instanceof StoredArray` tells
 * which. Both need `--allow-read`, and to write `--allow-write`.
 *
 * A new file (`"w+"`) is there at once, full of zeros, in place of one of that name. With `"r"`, runs refuse the array
 * as an output, and what else is written to its elements stays with this process. Of bool arrays, all bytes must be 0
 * or 1, as NumPy writes them. Disposing a mapped array ends the mapping; {@linkcode flush} waits until what was written
 * is on the disk.
 *
 * @param path The file.
 * @param options How it is opened; shape and dtype.
 * @returns The array.
 * @throws {FormatError} If it is no .npy file, is truncated, or has another shape or dtype than was asked for.
 * @throws {AllocationError} If there is no room for a new file.
 * @throws {UnsupportedError} If it cannot be mapped, and `mapped: true` insists.
 * @throws {Deno.errors.NotFound} If there is no such file or folder.
 *
 * @example
 * ```ts
 * import { flush, openNpy, StoredArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   using tmp = await openNpy(`${folder}/tmp.npy`, { mode: "w+", shape: [365, 16, 16], dtype: "float32" });
 *   if (!(tmp instanceof StoredArray)) tmp.fill(1.5);
 *   await flush(tmp);
 * }
 * using tmp = await openNpy(`${folder}/tmp.npy`);
 * assertEquals(tmp.shape, [365, 16, 16]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function openNpy<D extends DType = DType>(
  path: string | URL,
  options: OpenNpyOptions<D> & { readonly mapped: true },
): Promise<SharedNdArray<D>>;
/**
 * The same box by box.
 *
 * @param path The file.
 * @param options How it is opened; shape and dtype.
 */
export function openNpy<D extends DType = DType>(
  path: string | URL,
  options: OpenNpyOptions<D> & { readonly mapped: false },
): Promise<StoredArray<D>>;
/**
 * The same in whichever way can be.
 *
 * @param path The file.
 * @param options How it is opened; shape and dtype.
 */
export function openNpy<D extends DType = DType>(
  path: string | URL,
  options?: OpenNpyOptions<D>,
): Promise<SharedNdArray<D> | StoredArray<D>>;
export async function openNpy(
  path: string | URL,
  options: OpenNpyOptions = {},
): Promise<SharedNdArray | StoredArray> {
  const { openNpyFile } = await import("./mapped_npy.ts");
  return openNpyFile(pathText(path), options);
}

/**
 * Waits until what was written to an array is where it lasts: to a mapped one ({@linkcode openNpy}), on the disk. The
 * system writes it in its own time anyway, and other programs see it at once; this is for who must know that it
 * survives a power failure. For arrays in memory alone there is nothing to wait for.
 *
 * @param array The array.
 * @throws {DisposedError} If it was disposed.
 * @throws {Error} If the system cannot write it.
 *
 * @example
 * ```ts
 * import { flush, openNpy, StoredArray } from "@tilewise/ndarray";
 *
 * const folder = await Deno.makeTempDir();
 * using vpd = await openNpy(`${folder}/vpd.npy`, { mode: "w+", shape: [1000] });
 * if (!(vpd instanceof StoredArray)) vpd.set(0, 1);
 * await flush(vpd);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function flush(array: SharedNdArray | StoredArray): Promise<void> {
  if (array instanceof StoredArray) return await array.finish();
  const storage = storageOf(array);
  storage.require();
  if (storage.webAssemblyMemory === undefined) return;
  try {
    await syncMapped(storage.webAssemblyMemory);
  } catch (cause) {
    throw new Error("The system could not write all of a mapped file to its disk", { cause });
  }
}
