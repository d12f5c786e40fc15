/**
 * What there is in a Zarr store.
 *
 * @module
 */

import { FormatError, UnsupportedError } from "../../errors.ts";
import { joinKey, type ObjectStore } from "../objects/object_store.ts";
import { openObjects } from "../objects/open_objects.ts";
import { describeCodecs } from "./chunk_names.ts";
import { chunkGrid } from "./chunk_parts.ts";
import type { ZarrArrayDescription, ZarrDescription, ZarrGroupDescription } from "./description.ts";
import { type JsonObject, withoutBigInts } from "./json.ts";
import { childNodes, readNode, type ZarrNode } from "./nodes.ts";
import { storePlace } from "./store_path.ts";
import { parseMetadata } from "./zarr_driver.ts";

export type {
  ZarrArrayDescription,
  ZarrDescription,
  ZarrGroupDescription,
  ZarrProblem,
} from "./description.ts";

/**
 * Describes a store, or a group or an array in one, from metadata and listings alone.
 *
 * @param path Such as `store.zarr`, `store.zarr/tmp`, or an address.
 * @throws {FormatError} If the metadata at the path is damaged.
 * @throws {StoreError} If the store does not give it.
 * @throws {Deno.errors.NotFound} If nothing lies there.
 */
export async function describeZarr(path: string): Promise<ZarrDescription> {
  const { objects: place, key } = storePlace(path);
  const objects = await openObjects(place);
  const node = await readNode(objects, key);
  const name = key === "" ? objects.text : `${objects.text}/${key}`;
  if (node === undefined) throw new Deno.errors.NotFound(`There is no Zarr array or group at ${name}`);
  return node.kind === "array"
    ? await describeArray(objects, key, name, node)
    : await describeGroup(objects, key, name, node);
}

async function describeGroup(
  objects: ObjectStore,
  key: string,
  name: string,
  group: ZarrNode & { kind: "group" },
): Promise<ZarrGroupDescription> {
  const { zarrFormat } = group;
  return {
    kind: "group",
    name,
    zarrFormat,
    attributes: plainAttributes(group.attributes),
    children: await describeChildren(objects, key, group),
  };
}

async function describeChildren(
  objects: ObjectStore,
  key: string,
  group: ZarrNode & { kind: "group" },
): Promise<ZarrDescription[] | null> {
  let children: Map<string, ZarrNode>;
  try {
    children = await childNodes(objects, key, group);
  } catch (cause) {
    if (cause instanceof UnsupportedError) return null;
    throw cause;
  }
  const described: ZarrDescription[] = [];
  for (const [name, node] of children) {
    const at = joinKey(key, name);
    try {
      described.push(
        node.kind === "array"
          ? await describeArray(objects, at, name, node)
          : await describeGroup(objects, at, name, node),
      );
    } catch (cause) {
      // One array that is not known here shall not hide the others.
      if (!(cause instanceof FormatError)) throw cause;
      described.push({ kind: "problem", name, message: cause.message });
    }
  }
  return described;
}

async function describeArray(
  objects: ObjectStore,
  key: string,
  name: string,
  { metadata }: ZarrNode & { kind: "array" },
): Promise<ZarrArrayDescription> {
  const facts = parseMetadata(metadata, key === "" ? objects.text : `${objects.text}/${key}`);
  const { zarrFormat, dtype, shape, chunks, shards, fillValue, dimensionNames, attributes } = facts;
  return {
    kind: "array",
    name,
    zarrFormat,
    dtype,
    shape,
    chunks,
    shards,
    chunkCount: chunkGrid(shape, chunks).reduce((product, extent) => product * extent, 1),
    codecs: describeCodecs(facts),
    fillValue,
    dimensionNames: dimensionNames ?? shape.map(() => null),
    attributes: plainAttributes(attributes),
    stored: await storedSize(objects, key),
  };
}

async function storedSize(objects: ObjectStore, key: string): Promise<ZarrArrayDescription["stored"]> {
  try {
    const listed = await objects.list(key === "" ? "" : `${key}/`);
    return { bytes: listed.reduce((sum, { bytes }) => sum + bytes, 0), objects: listed.length };
  } catch (cause) {
    if (cause instanceof UnsupportedError) return null;
    throw cause;
  }
}

function plainAttributes(attributes: JsonObject): Readonly<Record<string, unknown>> {
  return withoutBigInts(attributes) as Record<string, unknown>;
}
