/**
 * Groups of Zarr stores, and what is in them. What reads and writes them is loaded when it is used.
 *
 * @module
 */

import { pathText } from "./path.ts";
import type { ZarrDescription, ZarrGroupOptions } from "./zarr/description.ts";

/**
 * Creates a group in a Zarr store, and those that it lies in. A group that is there is given the attributes.
 *
 * @param path The group, such as `out.zarr` or `out.zarr/daily`; also an `s3:` address.
 * @param options Its attributes, and the version of the format.
 * @throws {StoreError} If an array or a group of another version lies there.
 *
 * @example
 * ```ts
 * import { createArray, createZarrGroup, describeZarr } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * await createZarrGroup(`${folder}/out.zarr/daily`, { attributes: { source: "station 7" } });
 * (await createArray(`${folder}/out.zarr/daily/vpd`, { shape: [365] })).close();
 * const daily = await describeZarr(`${folder}/out.zarr/daily`);
 * assertEquals(daily.kind === "group" && daily.attributes, { source: "station 7" });
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function createZarrGroup(path: string | URL, options: ZarrGroupOptions = {}): Promise<void> {
  const { createZarrGroup: create } = await import("./zarr/create_zarr.ts");
  await create(pathText(path), options);
}

/**
 * Describes a Zarr store, or a group or an array in one, from metadata and listings alone.
 *
 * @param path Such as `store.zarr`, `store.zarr/tmp`, or an `https:` or `s3:` address.
 * @throws {FormatError} If the metadata at the path is damaged.
 * @throws {StoreError} If the store does not give it.
 * @throws {Deno.errors.NotFound} If nothing lies there.
 *
 * @example
 * ```ts
 * import { createArray, describeZarr } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * (await createArray(`${folder}/day.zarr/tmp`, { shape: [4, 6], chunks: [2, 6], dtype: "float32" })).close();
 * const tmp = await describeZarr(`${folder}/day.zarr/tmp`);
 * assertEquals(tmp.kind === "array" && [tmp.shape, tmp.chunkCount], [[4, 6], 2]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function describeZarr(path: string | URL): Promise<ZarrDescription> {
  const { describeZarr: describe } = await import("./zarr/describe.ts");
  return await describe(pathText(path));
}
