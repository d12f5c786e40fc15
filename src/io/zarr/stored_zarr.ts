/**
 * Arrays of Zarr stores whose metadata is known.
 *
 * @module
 */

import { StoredArray } from "../../store/stored_array.ts";
import { openDriver, type ZarrLocation } from "./zarr_driver.ts";

/** The module from which other threads open arrays. */
const DRIVER = new URL("./zarr_driver.ts", import.meta.url).href;

/**
 * An array whose metadata is known.
 *
 * @param location Where it lies.
 */
export async function storedZarr(location: ZarrLocation): Promise<StoredArray> {
  return new StoredArray(await openDriver(location), { module: DRIVER, location });
}
