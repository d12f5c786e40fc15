/**
 * The tree of groups and arrays in a store.
 *
 * @module
 */

import { FormatError, UnsupportedError } from "../../errors.ts";
import { joinKey, type ObjectStore } from "../objects/object_store.ts";
import { encodeJson, isObject, type JsonObject, parseJson } from "./json.ts";
import type { StoredMetadata } from "./zarr_driver.ts";

/** A group or an array. */
export type ZarrNode =
  | { readonly kind: "array"; readonly metadata: StoredMetadata }
  | {
    readonly kind: "group";
    readonly zarrFormat: 2 | 3;
    readonly attributes: JsonObject;
    readonly source: JsonObject;
  };

/**
 * Reads what lies at a key.
 *
 * @param objects The store.
 * @param key The key of a folder.
 * @returns Undefined if neither a group nor an array lies there.
 * @throws {FormatError} If its metadata is damaged.
 */
export async function readNode(objects: ObjectStore, key: string): Promise<ZarrNode | undefined> {
  const json = await objects.get(joinKey(key, "zarr.json"));
  if (json !== undefined) return nodeOf3(json, nameOf(objects, key, "zarr.json"));
  const [array, attributes] = await Promise.all([
    objects.get(joinKey(key, ".zarray")),
    objects.get(joinKey(key, ".zattrs")),
  ]);
  if (array !== undefined) return { kind: "array", metadata: { zarrFormat: 2, json: array, attributes } };
  const group = await objects.get(joinKey(key, ".zgroup"));
  if (group === undefined) return undefined;
  return {
    kind: "group",
    zarrFormat: 2,
    attributes: attributes === undefined ? {} : parseJson(attributes, nameOf(objects, key, ".zattrs")),
    source: parseJson(group, nameOf(objects, key, ".zgroup")),
  };
}

function nameOf(objects: ObjectStore, key: string, name: string): string {
  return `${objects.text}/${joinKey(key, name)}`;
}

function nodeOf3(json: Uint8Array, text: string): ZarrNode {
  const metadata = parseJson(json, text);
  if (metadata.node_type === "array") return { kind: "array", metadata: { zarrFormat: 3, json } };
  if (metadata.node_type !== "group") {
    throw new FormatError(`${text} is damaged: it describes neither an array nor a group`, "zarr");
  }
  const attributes = isObject(metadata.attributes) ? metadata.attributes : {};
  return { kind: "group", zarrFormat: 3, attributes, source: metadata };
}

/**
 * The arrays and groups directly in a group.
 *
 * @param objects The store.
 * @param key The key of the group's folder.
 * @param group The group.
 * @returns Each by its name, in order of names.
 * @throws {UnsupportedError} If the store can neither list them nor has a summary of its metadata.
 */
export async function childNodes(
  objects: ObjectStore,
  key: string,
  group: ZarrNode & { kind: "group" },
): Promise<Map<string, ZarrNode>> {
  const children = new Map<string, ZarrNode>();
  for (const name of await childNames(objects, key, group)) {
    const node = await readNode(objects, joinKey(key, name));
    if (node !== undefined) children.set(name, node);
  }
  return children;
}

async function childNames(
  objects: ObjectStore,
  key: string,
  group: ZarrNode & { kind: "group" },
): Promise<string[]> {
  try {
    return [...(await objects.children(key)).folders].sort();
  } catch (cause) {
    if (!(cause instanceof UnsupportedError)) throw cause;
    const names = await summarisedNames(objects, key, group);
    if (names === undefined) throw cause;
    return names;
  }
}

/** The names in a summary of a store's metadata, which its writer left for those who cannot list. */
async function summarisedNames(
  objects: ObjectStore,
  key: string,
  { zarrFormat, source }: ZarrNode & { kind: "group" },
): Promise<string[] | undefined> {
  let summary = isObject(source.consolidated_metadata) ? source.consolidated_metadata.metadata : undefined;
  if (zarrFormat === 2) {
    const bytes = await objects.get(joinKey(key, ".zmetadata"));
    summary = bytes === undefined ? undefined : parseJson(bytes, nameOf(objects, key, ".zmetadata")).metadata;
  }
  if (!isObject(summary)) return undefined;
  const names = Object.keys(summary).map((path) => path.split("/"));
  const folders = names.filter(({ length }) => zarrFormat === 3 || length > 1).map(([first]) => first);
  return [...new Set(folders)].filter((name) => name !== "").sort();
}

/**
 * The objects that make a group.
 *
 * @param zarrFormat The version of the format.
 * @param attributes Its attributes.
 * @returns Names and bytes, in the order of writing: the last one makes it a group.
 */
export function groupObjects(
  zarrFormat: 2 | 3,
  attributes: Readonly<Record<string, unknown>>,
): [name: string, bytes: Uint8Array<ArrayBuffer>][] {
  if (zarrFormat === 3) {
    return [["zarr.json", encodeJson({ zarr_format: 3, node_type: "group", attributes }, false)]];
  }
  const group: [string, Uint8Array<ArrayBuffer>] = [".zgroup", encodeJson({ zarr_format: 2 }, true)];
  return Object.keys(attributes).length === 0 ? [group] : [[".zattrs", encodeJson(attributes, true)], group];
}
