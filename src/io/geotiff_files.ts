/**
 * TIFF files with a place on the earth. What writes them is loaded when it is used.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";

/**
 * Options of {@linkcode writeGeotiff}.
 *
 * @example
 * ```ts
 * import { type GeotiffOptions, openArray, SharedNdArray, writeGeotiff } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".tif" });
 * const options: GeotiffOptions = { epsg: 4326, origin: [-180, 90], pixelSize: 0.5 };
 * await writeGeotiff(file, SharedNdArray.ones([360, 720], { dtype: "float32" }), options);
 * using stored = await openArray(file);
 * assertEquals(stored.attributes.pixelSize, [0.5, 0.5]);
 * await Deno.remove(file);
 * ```
 */
export interface GeotiffOptions {
  /** The number of the coordinate system in the EPSG's register, such as 4326 or 25832. */
  readonly epsg?: number;
  /** Whether that is a system of longitudes and latitudes. Default: what the number and the coordinates suggest. */
  readonly isGeographic?: boolean;
  /** The coordinates of the upper left corner, x first. Default [0, 0], if there is a pixel size. */
  readonly origin?: readonly [x: number, y: number];
  /** How wide and high a cell is; y decreases downwards. Default [1, 1], if there is an origin. */
  readonly pixelSize?: number | readonly [x: number, y: number];
  /** The value of cells without data; of floats, NaN is written as it. Default NaN for floats, none for integers. */
  readonly nodata?: number;
}

/**
 * Writes an array as a GeoTIFF file. The file appears under its name when it is complete.
 *
 * @param path The file; one that exists is replaced.
 * @param array `[rows, columns]` or `[bands, rows, columns]`.
 * @param options Where it lies on the earth, and which cells have no data.
 * @throws {FormatError} If a TIFF file does not hold such an array.
 * @throws {ValueError} If an option cannot be what it is.
 *
 * @example
 * ```ts
 * import { openArray, SharedNdArray, writeGeotiff } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".tif" });
 * const height = SharedNdArray.from([[1.5, NaN], [3, 4]]);
 * await writeGeotiff(file, height, { epsg: 25832, origin: [400_000, 5_700_000], pixelSize: 10, nodata: -9999 });
 * using stored = await openArray(file);
 * assertEquals((await stored.read()).toNested(), [[1.5, NaN], [3, 4]]);
 * assertEquals([stored.attributes.epsg, stored.attributes.origin], [25832, [400_000, 5_700_000]]);
 * await Deno.remove(file);
 * ```
 */
export async function writeGeotiff(
  path: string | URL,
  array: SharedNdArray,
  options: GeotiffOptions = {},
): Promise<void> {
  await (await import("./geotiff_write.ts")).writeGeotiff(path, array, options);
}
