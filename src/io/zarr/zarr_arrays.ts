/**
 * Opening arrays of Zarr stores.
 *
 * @module
 */

import { FormatError, UnsupportedError } from "../../errors.ts";
import type { StoredArray } from "../../store/stored_array.ts";
import { joinKey, type ObjectStore, type RequestOptions } from "../objects/object_store.ts";
import { openObjects } from "../objects/open_objects.ts";
import { shownList, shownText } from "../shown_text.ts";
import type { OpenArrayOptions } from "../stored.ts";
import { obstacleToWriting } from "./chunk_encoder.ts";
import { childNodes, readNode, type ZarrNode } from "./nodes.ts";
import { storePlace } from "./store_path.ts";
import { storedZarr } from "./stored_zarr.ts";
import { parseMetadata } from "./zarr_driver.ts";

export { createZarr } from "./create_zarr.ts";

/**
 * Opens an array of a Zarr store, of version 2 or 3.
 *
 * @param path The array, such as `store.zarr/tmp`; or a group or store, if there is one array in it or `variable` names
 * it.
 * @param options Which array, whether it shall be written, and how patient to be with a server.
 * @throws {FormatError} If there is no array of that name, or it is damaged or stored in a way that is not known here.
 * @throws {StoreError} If the store does not give it.
 * @throws {UnsupportedError} If it shall be written and can only be read.
 * @throws {Deno.errors.NotFound} If there is no such store.
 */
export async function openZarr(
  path: string,
  options: OpenArrayOptions & { readonly requests?: RequestOptions } = {},
): Promise<StoredArray> {
  const { writable = false, variable, requests, missing } = options;
  const { objects: place, key } = storePlace(path, variable, requests);
  const objects = await openObjects(place);
  const found = await findArray(objects, key);
  const text = nameOf(objects, found.key), facts = parseMetadata(found.metadata, text);
  const obstacle = place.kind === "http" ? "servers are only read over HTTP" : obstacleToWriting(facts);
  if (writable && obstacle !== undefined) throw new UnsupportedError(`${text} can only be read: ${obstacle}`);
  return await storedZarr({
    objects: place,
    key: found.key,
    text,
    metadata: found.metadata,
    isWritable: writable,
    missing,
  });
}

function nameOf(objects: ObjectStore, key: string): string {
  return key === "" ? objects.text : `${objects.text}/${key}`;
}

type FoundArray = Pick<ZarrNode & { kind: "array" }, "metadata"> & { readonly key: string };

/** The array at a key, or the only one in the group at a key. */
async function findArray(objects: ObjectStore, key: string): Promise<FoundArray> {
  const node = await readNode(objects, key);
  if (node?.kind === "array") return { key, metadata: node.metadata };
  if (node === undefined) throw await nothingAt(objects, key);
  const text = nameOf(objects, key);
  let children: Map<string, ZarrNode>;
  try {
    children = await childNodes(objects, key, node);
  } catch (cause) {
    if (!(cause instanceof UnsupportedError)) throw cause;
    throw new FormatError(`${text} is a group: name one of its arrays, as in ${text}/NAME`, "zarr", {
      cause,
    });
  }
  const arrays = [...children].flatMap(([name, child]) => child.kind === "array" ? [{ name, ...child }] : []);
  if (arrays.length === 1) return { key: joinKey(key, arrays[0].name), metadata: arrays[0].metadata };
  throw new FormatError(`${text} is a group${listOf(children)}: name an array, as in ${text}/NAME`, "zarr");
}

/** What there is in a group, in words. */
function listOf(children: ReadonlyMap<string, ZarrNode>): string {
  const namesOf = (kind: ZarrNode["kind"]) =>
    [...children].filter(([, node]) => node.kind === kind).map(([name]) => shownText(name));
  const arrays = namesOf("array"), groups = namesOf("group");
  const ofGroups = groups.length === 0 ? "" : ` and the groups ${shownList(groups, groups.length)}`;
  return arrays.length === 0 && groups.length === 0
    ? " without arrays"
    : ` with the arrays ${shownList(arrays, arrays.length)}${ofGroups}`;
}

/** Why there is nothing at a key: there is no such store, or no such array in the group that should have it. */
async function nothingAt(objects: ObjectStore, key: string): Promise<Error> {
  const text = nameOf(objects, key);
  const parent = key === "" ? undefined : key.slice(0, Math.max(0, key.lastIndexOf("/")));
  const group = parent === undefined ? undefined : await readNode(objects, parent);
  const cause = new Deno.errors.NotFound(`There is no Zarr array or group at ${text}`);
  if (parent === undefined || group?.kind !== "group") return cause;
  try {
    const name = shownText(key.slice(parent === "" ? 0 : parent.length + 1));
    const children = await childNodes(objects, parent, group);
    return new FormatError(
      `${nameOf(objects, parent)} has no array ${name}: it is a group${listOf(children)}`,
      "zarr",
      // Who creates what is not there knows it by this.
      { cause },
    );
  } catch {
    return cause;
  }
}
