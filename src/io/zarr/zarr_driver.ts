/**
 * Opens arrays of Zarr stores on whichever thread works on them.
 *
 * @module
 */

import type { Array as ZarritaArray, DataType } from "zarrita";
import { type ArrayDriver, RUN_ATTRIBUTE } from "../../store/driver.ts";
import { joinKey, type ObjectsLocation, type ObjectStore } from "../objects/object_store.ts";
import { openObjects } from "../objects/open_objects.ts";
import type { ArrayFacts } from "./array_facts.ts";
import { ChunkEncoder, obstacleToWriting } from "./chunk_encoder.ts";
import { DirectChunks } from "./direct_chunks.ts";
import { encodeJson, parseJson } from "./json.ts";
import { ZarrLedger } from "./ledger.ts";
import { parseArray2 } from "./metadata2.ts";
import { parseArray3 } from "./metadata3.ts";
import { ZarrArray } from "./zarr_array.ts";
import { loadZarrita } from "./zarrita.ts";
import { ZarritaStore } from "./zarrita_store.ts";

/** The metadata of an array as the store has it, so that other threads need not ask for it. */
export type StoredMetadata =
  | { readonly zarrFormat: 3; readonly json: Uint8Array }
  | { readonly zarrFormat: 2; readonly json: Uint8Array; readonly attributes: Uint8Array | undefined };

/** From what a thread opens an array. */
export interface ZarrLocation {
  /** Where the store lies. */
  readonly objects: ObjectsLocation;
  /** The key of the array's folder; empty for one that is the whole store. */
  readonly key: string;
  /** What it is called in messages. */
  readonly text: string;
  readonly metadata: StoredMetadata;
  /** Whether it may be written. */
  readonly isWritable: boolean;
  /** What is read of chunks that are not there. Default: an error where a run writes the array. */
  readonly missing?: "fill" | "error";
}

/**
 * Reads metadata.
 *
 * @param metadata What the store has.
 * @param text What the array is called in messages.
 * @throws {FormatError} If it is damaged, or says what is not known here.
 */
export function parseMetadata(metadata: StoredMetadata, text: string): ArrayFacts {
  if (metadata.zarrFormat === 3) return parseArray3(parseJson(metadata.json, `${text}/zarr.json`), text);
  const { json, attributes } = metadata;
  const parsed = attributes === undefined ? {} : parseJson(attributes, `${text}/.zattrs`);
  return parseArray2(parseJson(json, `${text}/.zarray`), parsed, text);
}

/**
 * Opens the array of a handle.
 *
 * @param location A {@linkcode ZarrLocation}.
 */
export async function openDriver(location: unknown): Promise<ArrayDriver> {
  // What a handle holds was made by this package's own functions.
  const { objects: place, key, text, metadata, isWritable, missing } = location as ZarrLocation;
  const objects = await openObjects(place), facts = parseMetadata(metadata, text);
  let opening: ReturnType<typeof openChunks> | undefined;
  return new ZarrArray({
    text,
    key,
    facts,
    objects,
    chunks: () => opening ??= openChunks(objects, key, facts),
    direct: DirectChunks.of(facts),
    whyNotMissing: whyNotMissing(missing, facts),
    encoder: isWritable && obstacleToWriting(facts) === undefined
      ? await ChunkEncoder.of(facts, text)
      : undefined,
    // Other servers than those of S3 do not say what they have, and shards not which of their chunks are there.
    ledger: place.kind === "http" || facts.shards !== null ? undefined : new ZarrLedger(objects, key, facts),
  });
}

/** Why a chunk that is not there is an error, in words; null where it is made of the fill value. */
function whyNotMissing(missing: ZarrLocation["missing"], { attributes }: ArrayFacts): string | null {
  if (missing === "fill") return null;
  if (Object.hasOwn(attributes, RUN_ATTRIBUTE)) {
    return 'the run that writes the array is not done (open it with { missing: "fill" } to read the fill value)';
  }
  return missing === "error" ? "all chunks were to be there" : null;
}

/** The array as zarrita reads it, whose metadata comes from memory. */
async function openChunks(
  objects: ObjectStore,
  key: string,
  { forZarrita, indexFirst }: ArrayFacts,
): Promise<ZarritaArray<DataType, ZarritaStore>> {
  const zarrita = await loadZarrita();
  const given = new Map([[joinKey(key, "zarr.json"), encodeJson(forZarrita, false)]]);
  const root = zarrita.root(new ZarritaStore(objects, given, indexFirst));
  const folder = new zarrita.Location(root.store, `/${key}`);
  return await zarrita.open.v3(folder, { kind: "array" });
}
