/**
 * Arrays from and to files, by the ending of the file's name.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import { FormatError } from "../errors.ts";
import { formatOf } from "./formats.ts";

/**
 * Options of {@linkcode readArray}.
 *
 * @example
 * ```ts
 * import { readArray, type ReadArrayOptions, SharedNdArray, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".npz" });
 * await writeArrays(file, { lat: SharedNdArray.arange(3), lon: SharedNdArray.arange(4) });
 * const options: ReadArrayOptions = { variable: "lon" };
 * assertEquals((await readArray(file, options)).shape, [4]);
 * await Deno.remove(file);
 * ```
 */
export interface ReadArrayOptions {
  /** The array's name in a file that holds several. May be left out where there is no choice. */
  readonly variable?: string;
}

/**
 * Reads an array from a .npy, .npz, .nc (NetCDF-3 and NetCDF-4), .nc4, .h5, .hdf5, .tif or .tiff file into shared
 * memory. Needs `--allow-read`.
 *
 * Fortran order keeps its layout: the strides say so. In NetCDF and HDF5 files, cells of `missing_value` and
 * `_FillValue` become NaN, and `scale_factor` and `add_offset` are applied; in TIFF files, floats without data become
 * NaN.
 *
 * @param path The file.
 * @param options Which array, where the file holds several.
 * @throws {FormatError} If the file is not what its ending says, is damaged, or has no such array; the message lists
 * those there are.
 * @throws {Deno.errors.NotFound} If there is no such file.
 *
 * @example
 * ```ts
 * import { readArray, SharedNdArray, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await writeArrays(`${folder}/tmp.npy`, SharedNdArray.from([[1, 2], [3, 4]]));
 * const tmp = await readArray(`${folder}/tmp.npy`);
 * assertEquals(tmp.get(1, 0), 3);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function readArray(path: string | URL, options: ReadArrayOptions = {}): Promise<SharedNdArray> {
  return await formatOf(path).read(path, options.variable);
}

/**
 * Writes an array, or for .npz and .nc several by name, to a file. Needs `--allow-read` and `--allow-write`.
 *
 * The file appears whole or not at all. A .npy file has the very bytes that NumPy writes for the same array; .nc files
 * are NetCDF-3, where NaN is the `_FillValue` of floats.
 *
 * @param path The file; one that exists is replaced.
 * @param arrays An array, which .npz and .nc files name `array`, or arrays by name.
 * @throws {FormatError} If the format does not hold such arrays.
 *
 * @example
 * ```ts
 * import { readArray, SharedNdArray, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const tmp = SharedNdArray.random([4, 4], { seed: 1 });
 * const warm = SharedNdArray.full([4, 4], true);
 * await writeArrays(`${folder}/day.npz`, { tmp, warm });
 * assertEquals((await readArray(`${folder}/day.npz`, { variable: "warm" })).dtype, "bool");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeArrays(
  path: string | URL,
  arrays: SharedNdArray | Readonly<Record<string, SharedNdArray>>,
): Promise<void> {
  const format = formatOf(path);
  const named = arrays instanceof SharedNdArray ? { array: arrays } : arrays;
  const byName = new Map(Object.entries(named));
  const refusal = await format.refuses(byName);
  if (refusal !== null) throw new FormatError(`Cannot write ${path}: ${refusal}`, format.name);
  const { PendingFile } = await import("./atomic_write.ts");
  using pending = PendingFile.reserve(path);
  await format.write(pending, byName);
  pending.publish();
}
