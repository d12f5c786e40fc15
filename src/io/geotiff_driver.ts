/**
 * Images of TIFF files, read box by box.
 *
 * @module
 */

import { DTYPES } from "../dtype.ts";
import { UnsupportedError } from "../errors.ts";
import type { ArrayDriver } from "../store/driver.ts";
import { StoredArray } from "../store/stored_array.ts";
import { GeotiffFile } from "./geotiff_file.ts";

/** Which image a driver reads. */
export interface GeotiffLocation {
  /** The file. */
  readonly path: string;
  /** The image's place in the file, such as `0`. */
  readonly variable?: string;
}

/**
 * Opens an image of a TIFF file, to be read box by box: `[rows, columns]`, or `[bands, rows, columns]`.
 *
 * @param path The file.
 * @param options The image's place in the file, where it holds several.
 * @throws {FormatError} If it is no TIFF file, or has no such image.
 * @throws {UnsupportedError} If it shall be written.
 *
 * @example
 * ```ts
 * import { openArray, SharedNdArray, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".tif" });
 * await writeArrays(file, SharedNdArray.from([[1, 2, 3], [4, 5, 6]]));
 * using dem = await openArray(file);
 * assertEquals((await dem.read({ origin: [1, 1], shape: [1, 2] })).toNested(), [[5, 6]]);
 * await Deno.remove(file);
 * ```
 */
export async function openStoredGeotiff(
  path: string,
  options: { readonly variable?: string; readonly writable?: boolean },
): Promise<StoredArray> {
  if (options.writable === true) {
    throw new UnsupportedError(`${path} can only be read: boxes are written to Zarr stores and .npy files`);
  }
  const location: GeotiffLocation = { path, variable: options.variable };
  return new StoredArray(await openDriver(location), { module: import.meta.url, location });
}

/**
 * Opens an image on this thread.
 *
 * @param location A {@linkcode GeotiffLocation}.
 * @throws {FormatError} As {@linkcode openStoredGeotiff}.
 */
export async function openDriver(location: unknown): Promise<ArrayDriver> {
  // Handles come from `openStoredGeotiff` alone.
  const { path, variable } = location as GeotiffLocation;
  const file = await GeotiffFile.open(path);
  try {
    const { image, facts } = await file.image(variable);
    const { dtype, shape, chunks, nodata, codecs, attributes } = facts;
    const rowOfTiles = chunks.with(-1, shape.at(-1) ?? 1).reduce(
      (size, extent) => size * extent,
      DTYPES[dtype].bytes,
    );
    return {
      text: variable === undefined ? path : `${path}:${variable}`,
      dtype,
      shape,
      chunks,
      dimensionNames: shape.length === 3 ? ["band", "y", "x"] : ["y", "x"],
      attributes: nodata === null ? attributes : { ...attributes, nodata },
      details: { format: "GeoTIFF", codecs },
      // Tiles as they are stored, decoded, and put together.
      scratchBytes: 3 * Math.max(1 << 22, rowOfTiles),
      read: (box, target) => file.read(image, facts, box, target),
      close: () => file[Symbol.dispose](),
    };
  } catch (cause) {
    file[Symbol.dispose]();
    throw cause;
  }
}
