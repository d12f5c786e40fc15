/**
 * Whole images of TIFF files, and what there is in one.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { openDriver } from "./geotiff_driver.ts";
import { GeotiffFile } from "./geotiff_file.ts";
import { pathText } from "./path.ts";

/**
 * Reads an image of a TIFF file into shared memory: `[rows, columns]`, or with several bands `[bands, rows, columns]`.
 * Floats without data become NaN.
 *
 * @param path The file.
 * @param variable The image's place in the file, such as `0`; not needed where it is the only one.
 * @throws {FormatError} If it is no TIFF file, is damaged, or has no such image.
 * @throws {Deno.errors.NotFound} If there is no such file.
 */
export async function readGeotiff(path: string | URL, variable?: string): Promise<SharedNdArray> {
  const driver = await openDriver({ path: pathText(path), variable });
  try {
    const { shape, dtype } = driver;
    const array = SharedNdArray.zeros(shape, { dtype });
    await driver.read({ origin: shape.map(() => 0), shape }, array);
    return array;
  } finally {
    driver.close();
  }
}

/**
 * Dtype and shape of the array that {@linkcode readGeotiff} would make, and the bytes that reading takes meanwhile.
 *
 * @param path The file.
 * @param variable The image's place in the file.
 * @throws {FormatError} As {@linkcode readGeotiff}.
 */
export async function inspectGeotiff(
  path: string | URL,
  variable?: string,
): Promise<{ dtype: DType; shape: Shape; loadBytes: number }> {
  const driver = await openDriver({ path: pathText(path), variable });
  const { dtype, shape, scratchBytes: loadBytes = 0 } = driver;
  driver.close();
  return { dtype, shape, loadBytes };
}

/**
 * The names of a TIFF file's images: their places in the file, without smaller copies and masks.
 *
 * @param path The file.
 * @throws {FormatError} If it is no TIFF file.
 */
export async function listGeotiff(path: string | URL): Promise<string[]> {
  using file = await GeotiffFile.open(pathText(path));
  return [...(await file.images()).keys()];
}
