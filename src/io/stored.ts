/**
 * Arrays in stores and files that are read and written box by box. Each format's driver is loaded when it is used.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { DType } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import type { StoredArray } from "../store/stored_array.ts";
import { pathText } from "./path.ts";

/**
 * Options of {@linkcode openArray}.
 *
 * @example
 * ```ts
 * import { openArray, type OpenArrayOptions, SharedNdArray, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".nc" });
 * await writeArrays(file, { tmp: SharedNdArray.ones([3]), rad: SharedNdArray.ones([4]) });
 * const options: OpenArrayOptions = { variable: "rad" };
 * using rad = await openArray(file, options);
 * assertEquals(rad.shape, [4]);
 * await Deno.remove(file);
 * ```
 */
export interface OpenArrayOptions {
  /** The array's name in a file that holds several. May be left out where there is no choice. */
  readonly variable?: string;
  /** Whether it shall be written too. Default false. */
  readonly writable?: boolean;
  /**
   * What is read of chunks of a Zarr array that are not there: its fill value, as Zarr says, or nothing but an error.
   * Default: an error where a run writes the array, because then the run is not done; otherwise the fill value.
   */
  readonly missing?: "fill" | "error";
}

/**
 * How the chunks of a Zarr array are compressed.
 *
 * @example
 * ```ts
 * import { type ChunkCodec, createArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir(), codecs: ChunkCodec[] = ["zstd", "blosc", "gzip", "none"];
 * for (const codec of codecs) {
 *   using array = await createArray(`${folder}/out.zarr/${codec}`, { shape: [4], codec });
 *   assertEquals(array.chunks, [4]);
 * }
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export type ChunkCodec = "zstd" | "blosc" | "gzip" | "none";

/**
 * Options of {@linkcode createArray}.
 *
 * @example
 * ```ts
 * import { createArray, type CreateArrayOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const options: CreateArrayOptions = {
 *   shape: [365, 64, 64],
 *   chunks: [73, 32, 32],
 *   dtype: "float32",
 *   dimensionNames: ["time", "lat", "lon"],
 *   attributes: { units: "hPa" },
 * };
 * using vpd = await createArray(`${folder}/out.zarr/vpd`, options);
 * assertEquals([vpd.chunks, vpd.attributes.units], [[73, 32, 32], "hPa"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface CreateArrayOptions {
  /** The shape. */
  readonly shape: Shape;
  /** The dtype. Default float64. */
  readonly dtype?: DType;
  /** The shape of a chunk. Default: about 4 MiB, with the trailing axes whole as far as that goes. */
  readonly chunks?: Shape;
  /** How chunks are compressed. Default zstd. */
  readonly codec?: ChunkCodec;
  /** How much: for zstd 1 to 22, for blosc and gzip 1 to 9. Default 3 for zstd, 5 otherwise. */
  readonly level?: number;
  /** Whether each chunk ends in a CRC-32C checksum (Zarr 3 only). Default true for Zarr 3. */
  readonly checksum?: boolean;
  /** The version of the Zarr format. Default 3. */
  readonly zarrFormat?: 2 | 3;
  /** The value of chunks that were never written. Default 0. */
  readonly fillValue?: number | bigint | boolean;
  /** The names of the axes. */
  readonly dimensionNames?: readonly (string | null)[];
  /** What else is said of the array: plain values by name. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Whether an array that is there may be replaced. Default false. */
  readonly overwrite?: boolean;
}

/** Whether a path or URL leads into a Zarr store. */
const ZARR_PATH = /\.zarr(?:[/\\]|$)/i;

/** Whether a text is the address of an object on a server. */
const ADDRESS = /^(?:https?|s3):\/\//i;

/**
 * Whether a path belongs to a store or an address, which are only read and written in boxes.
 *
 * @param path The path or URL.
 */
export function isStorePath(path: string): boolean {
  return ZARR_PATH.test(path) || ADDRESS.test(path);
}

/**
 * Opens an array to be read box by box: of a Zarr store (`store.zarr/tmp`; also `https:` and `s3:` addresses), or of a
 * .npy, .nc, .h5 or .tif file. Nothing but what describes it is read. Needs `--allow-read` or `--allow-net`.
 *
 * @param path The array in the store, or the file.
 * @param options Which array of the file, and whether it shall be written.
 * @throws {FormatError} If it is not what its name says, is damaged, or has no such array.
 * @throws {StoreError} If a server does not answer as it should.
 * @throws {UnsupportedError} If it shall be written and can only be read.
 * @throws {Deno.errors.NotFound} If there is no such file or store.
 *
 * @example
 * ```ts
 * import { createArray, openArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * (await createArray(`${folder}/day.zarr/tmp`, { shape: [4, 6], fillValue: 7 })).close();
 * using tmp = await openArray(`${folder}/day.zarr/tmp`);
 * assertEquals((await tmp.read({ origin: [0, 0], shape: [1, 2] })).toNested(), [[7, 7]]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function openArray(path: string | URL, options: OpenArrayOptions = {}): Promise<StoredArray> {
  const text = pathText(path), ending = endingOf(text);
  if (ZARR_PATH.test(text) || await isZarrFolder(text)) {
    return await (await import("./zarr/zarr_arrays.ts")).openZarr(text, options);
  }
  if (ending === ".npy") return (await import("./npy_driver.ts")).openStoredNpy(text, options);
  if (ending === ".tif" || ending === ".tiff") {
    return await (await import("./geotiff_driver.ts")).openStoredGeotiff(text, options);
  }
  if ([".nc", ".nc4", ".h5", ".hdf5"].includes(ending)) {
    return await (await import("./netcdf_driver.ts")).openStoredNetcdf(text, options);
  }
  throw new FormatError(
    `${text} is not read box by box: expected an array of a Zarr store, such as store.zarr/tmp, or a file that ` +
      "ends in .npy, .nc, .h5 or .tif",
    ending.slice(1),
  );
}

/**
 * Creates an array to be written box by box: in a Zarr store (`store.zarr/vpd`, `s3://bucket/store.zarr/vpd`), or as a
 * .npy file, which appears when it is finished. Needs `--allow-read` and `--allow-write`, or `--allow-net`.
 *
 * @param path The array in the store, or the file.
 * @param options Shape, dtype, chunks and the rest.
 * @throws {ShapeError} If shape and chunks do not fit.
 * @throws {StoreError} If there is such an array and it may not be replaced.
 * @throws {FormatError} If the format does not hold such an array.
 *
 * @example
 * ```ts
 * import { createArray, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using vpd = await createArray(`${folder}/out.zarr/vpd`, { shape: [2, 4], chunks: [1, 4] });
 * await vpd.write({ origin: [1, 0], shape: [1, 4] }, SharedNdArray.ones([1, 4]));
 * assertEquals((await vpd.read()).toNested(), [[0, 0, 0, 0], [1, 1, 1, 1]]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function createArray(path: string | URL, options: CreateArrayOptions): Promise<StoredArray> {
  const text = pathText(path);
  if (ZARR_PATH.test(text)) return await (await import("./zarr/zarr_arrays.ts")).createZarr(text, options);
  if (endingOf(text) === ".npy") return (await import("./npy_driver.ts")).createStoredNpy(text, options);
  throw new FormatError(
    `${text} is not written box by box: expected an array of a Zarr store, such as out.zarr/vpd, or a .npy file`,
    endingOf(text).slice(1),
  );
}

function endingOf(text: string): string {
  return (/\.[^./\\]*$/.exec(text)?.[0] ?? "").toLowerCase();
}

/** Whether a path is a folder that a Zarr array or group lies in, whatever it is called. */
async function isZarrFolder(text: string): Promise<boolean> {
  if (ADDRESS.test(text)) return false;
  for (const name of ["zarr.json", ".zarray", ".zgroup"]) {
    try {
      if ((await Deno.stat(`${text}/${name}`)).isFile) return true;
    } catch {
      // It is not there, or it cannot be read: then the file itself will say why.
    }
  }
  return false;
}
