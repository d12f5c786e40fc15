/**
 * A store of objects with the interface of zarrita's storage package.
 *
 * @module
 */

import type { AsyncReadable, GetOptions, RangeQuery } from "zarrita";
import { FormatError } from "../../errors.ts";
import type { ObjectStore } from "../objects/object_store.ts";

/** Options of a request, in which is written down what came of it. */
export interface Traced extends GetOptions {
  /** How many bytes came. */
  bytes: number;
  /** Whether there was such a chunk. */
  isFound: boolean;
  /** The object that was asked for last. */
  key: string;
}

/** Says that there is no such chunk, before an array of its fill value is made. */
export class ChunkMissing extends Error {}

/** What zarrita reads: some objects from memory, all others from a store. */
export class ZarritaStore implements AsyncReadable {
  readonly #objects: ObjectStore;
  readonly #given: ReadonlyMap<string, Uint8Array>;
  readonly #indexFirst: boolean;

  /**
   * Objects of a store.
   *
   * @param objects The store.
   * @param given What is to be read in place of what is stored, by key.
   * @param indexFirst Whether shards begin with their index: zarrita asks for it at their end.
   */
  constructor(objects: ObjectStore, given: ReadonlyMap<string, Uint8Array> = new Map(), indexFirst = false) {
    this.#objects = objects;
    this.#given = given;
    this.#indexFirst = indexFirst;
  }

  /** Reads an object. */
  async get(path: `/${string}`, options?: GetOptions): Promise<Uint8Array | undefined> {
    const key = path.slice(1);
    const given = this.#given.get(key);
    if (given !== undefined) return given;
    const bytes = await this.#objects.get(key);
    if (bytes === undefined && options !== undefined && isTraced(options)) throw new ChunkMissing(key);
    return traced(options, key, bytes, bytes !== undefined);
  }

  /** Reads a part of an object. */
  async getRange(
    path: `/${string}`,
    range: RangeQuery,
    options?: GetOptions,
  ): Promise<Uint8Array | undefined> {
    const key = path.slice(1);
    const isEnd = "suffixLength" in range;
    const asked = isEnd ? range.suffixLength : range.length;
    const isIndexFirst = isEnd && this.#indexFirst;
    const part = isIndexFirst ? { offset: 0, length: asked } : isEnd ? { suffix: asked } : range;
    const bytes = await this.#objects.get(key, part);
    if (bytes !== undefined && bytes.length !== asked) {
      const where = "suffix" in part ? "at its end" : `from byte ${part.offset} on`;
      throw new FormatError(
        `${this.#objects.text}/${key} is damaged: of ${asked} bytes ${where} it has ${bytes.length}`,
        "zarr",
      );
    }
    // The index alone does not say that a chunk is there.
    return traced(options, key, bytes, bytes !== undefined && !isEnd);
  }
}

function traced(
  options: GetOptions | undefined,
  key: string,
  bytes: Uint8Array | undefined,
  isFound: boolean,
): Uint8Array | undefined {
  if (options === undefined || !isTraced(options)) return bytes;
  options.key = key;
  options.bytes += bytes?.length ?? 0;
  options.isFound ||= isFound;
  return bytes;
}

function isTraced(options: GetOptions): options is Traced {
  return "isFound" in options;
}
