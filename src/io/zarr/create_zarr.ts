/**
 * Creating arrays and groups in Zarr stores.
 *
 * @module
 */

import { StoreError, UnsupportedError } from "../../errors.ts";
import { RUN_RECORD } from "../../store/driver.ts";
import type { StoredArray } from "../../store/stored_array.ts";
import { joinKey, type ObjectStore } from "../objects/object_store.ts";
import { openObjects } from "../objects/open_objects.ts";
import type { CreateArrayOptions } from "../stored.ts";
import { encodeJson } from "./json.ts";
import { forEachSeveral } from "./chunk_parts.ts";
import type { ZarrGroupOptions } from "./description.ts";
import { metadataOf } from "./new_metadata.ts";
import { groupObjects, readNode } from "./nodes.ts";
import { storePlace } from "./store_path.ts";
import { storedZarr } from "./stored_zarr.ts";
import { parseMetadata, type StoredMetadata, type ZarrLocation } from "./zarr_driver.ts";

/**
 * Creates an array in a Zarr store, and the groups that it lies in.
 *
 * @param path The array, such as `out.zarr/vpd`.
 * @param options Shape, dtype, chunks and the rest.
 * @throws {ShapeError} If shape and chunks do not fit.
 * @throws {StoreError} If there is such an array and it may not be replaced, or the store does not take it.
 */
export async function createZarr(path: string, options: CreateArrayOptions): Promise<StoredArray> {
  const { objects, location } = await locationOf(path, options), { key, text, metadata } = location;
  const parents = await missingParents(objects, key, metadata.zarrFormat);
  await makeRoom(objects, key, text, options.overwrite === true);
  await createGroups(objects, parents, metadata.zarrFormat);
  await putMetadata(objects, key, text, metadata);
  return await storedZarr(location);
}

/**
 * An array as {@linkcode createZarr} would make it, of which nothing is there yet: for plans.
 *
 * @param path The array.
 * @param options Shape, dtype, chunks and the rest.
 * @throws What {@linkcode createZarr} throws for options that make no array.
 */
export async function plannedZarr(path: string, options: CreateArrayOptions): Promise<StoredArray> {
  return await storedZarr((await locationOf(path, options)).location);
}

async function locationOf(
  path: string,
  options: CreateArrayOptions,
): Promise<{ objects: ObjectStore; location: ZarrLocation }> {
  const { objects: place, key } = storePlace(path);
  const objects = await openObjects(place);
  const text = key === "" ? objects.text : `${objects.text}/${key}`;
  if (place.kind === "http") {
    throw new UnsupportedError(`${text} cannot be created: servers are only read over HTTP`);
  }
  const metadata = metadataOf(options, text);
  // What was written is what will be read: anything that cannot be is refused before it is there.
  parseMetadata(metadata, text);
  return { objects, location: { objects: place, key, text, metadata, isWritable: true } };
}

/** Sees that nothing lies at a key, or removes what does. */
async function makeRoom(objects: ObjectStore, key: string, text: string, overwrite: boolean): Promise<void> {
  const node = await readNode(objects, key);
  if (node === undefined) return;
  if (node.kind === "group") throw new StoreError(`${text} is a group, which no array replaces`, text);
  if (!overwrite) throw new StoreError(`${text} is there already: overwrite lets it be replaced`, text);
  const { keys, torn } = await objects.keys(key === "" ? "" : `${key}/`);
  // While chunks go one by one, nobody finds an array, and should this be interrupted, nothing goes on with what is left.
  const record = joinKey(key, RUN_RECORD), hasRecord = keys.includes(record);
  if (hasRecord) await objects.put(record, encodeJson({ version: 1, fingerprint: null, block: [] }, false));
  const first = keys.filter((name) => /(?:^|\/)(?:zarr\.json|\.zarray)$/.test(name));
  for (const name of first) await objects.remove(name);
  const rest = [...torn, ...keys.filter((name) => !first.includes(name) && name !== record)];
  await forEachSeveral(rest, objects.inFlight, (name) => objects.remove(name));
  if (hasRecord) await objects.remove(record);
}

/** The keys of the groups above a key that are not there. */
async function missingParents(objects: ObjectStore, key: string, zarrFormat: 2 | 3): Promise<string[]> {
  if (key === "") return [];
  const names = key.split("/").slice(0, -1), missing: string[] = [];
  for (let depth = 0; depth <= names.length; depth++) {
    const parent = names.slice(0, depth).join("/"), text = `${objects.text}/${parent}`.replace(/\/$/, "");
    const node = await readNode(objects, parent);
    if (node === undefined) missing.push(parent);
    else if (node.kind === "array") {
      throw new StoreError(`${text} is an array: nothing lies in it`, text);
    } else if (node.zarrFormat !== zarrFormat) {
      throw new StoreError(
        `${text} is a group of Zarr ${node.zarrFormat}: Zarr ${zarrFormat} is not put into it`,
        text,
      );
    }
  }
  return missing;
}

/** Makes groups. Others may make them at the same time. */
async function createGroups(objects: ObjectStore, keys: readonly string[], zarrFormat: 2 | 3): Promise<void> {
  for (const key of keys) {
    for (const [name, bytes] of groupObjects(zarrFormat, {})) {
      await objects.put(joinKey(key, name), bytes, { isNew: true });
    }
  }
}

async function putMetadata(
  objects: ObjectStore,
  key: string,
  text: string,
  metadata: StoredMetadata,
): Promise<void> {
  // With the last object the array is there, and then with its attributes.
  if (metadata.zarrFormat === 2 && metadata.attributes !== undefined) {
    await objects.put(joinKey(key, ".zattrs"), new Uint8Array(metadata.attributes));
  }
  const name = joinKey(key, metadata.zarrFormat === 2 ? ".zarray" : "zarr.json");
  if (await objects.put(name, new Uint8Array(metadata.json), { isNew: true })) return;
  // Somebody was quicker. Who meant the same array shares it.
  const other = await objects.get(name);
  const isSame = other?.length === metadata.json.length &&
    other.every((byte, at) => byte === metadata.json[at]);
  if (!isSame) throw new StoreError(`${text} was created by somebody else, and not in the same way`, text);
}

/**
 * Creates a group in a Zarr store, and those that it lies in. A group that is there is given the attributes.
 *
 * @param path The group, such as `out.zarr` or `out.zarr/daily`.
 * @param options Its attributes, and the version of the format.
 * @throws {StoreError} If an array or a group of another version lies there.
 */
export async function createZarrGroup(path: string, options: ZarrGroupOptions = {}): Promise<void> {
  const { attributes = {}, zarrFormat = 3 } = options;
  const { objects: place, key } = storePlace(path);
  const objects = await openObjects(place), text = key === "" ? objects.text : `${objects.text}/${key}`;
  const node = await readNode(objects, key);
  if (node?.kind === "array") throw new StoreError(`${text} is an array: no group replaces it`, text);
  if (node !== undefined && node.zarrFormat !== zarrFormat) {
    throw new StoreError(`${text} is a group of Zarr ${node.zarrFormat}, not of Zarr ${zarrFormat}`, text);
  }
  await createGroups(objects, await missingParents(objects, key, zarrFormat), zarrFormat);
  for (const [name, bytes] of groupObjects(zarrFormat, { ...node?.attributes, ...attributes })) {
    await objects.put(joinKey(key, name), bytes);
  }
}
