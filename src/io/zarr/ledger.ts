/**
 * What a store knows of an array's chunks, and what lies beside them.
 *
 * @module
 */

import { FormatError } from "../../errors.ts";
import type { StoreLedger } from "../../store/driver.ts";
import { joinKey, type ObjectStore } from "../objects/object_store.ts";
import type { ArrayFacts } from "./array_facts.ts";
import { chunkGrid } from "./chunk_parts.ts";
import { chunkCoords, chunkKey } from "./chunk_names.ts";
import { encodeJson, isObject, type JsonObject, parseJson } from "./json.ts";

/** The ledger of an array whose store can list its objects. */
export class ZarrLedger implements StoreLedger {
  readonly #objects: ObjectStore;
  readonly #key: string;
  readonly #facts: ArrayFacts;
  readonly #grid: readonly number[];

  /**
   * A ledger.
   *
   * @param objects The store.
   * @param key The key of the array's folder.
   * @param facts What is known of the array.
   */
  constructor(objects: ObjectStore, key: string, facts: ArrayFacts) {
    this.#objects = objects;
    this.#key = key;
    this.#facts = facts;
    this.#grid = chunkGrid(facts.shape, facts.chunks);
  }

  get #prefix(): string {
    return this.#key === "" ? "" : `${this.#key}/`;
  }

  /** Lists the chunks: all, or those of some rows of the grid. */
  async chunksPresent(
    rows?: readonly [begin: number, end: number],
  ): Promise<{ present: Uint8Array; torn: string[] }> {
    const present = new Uint8Array(this.#grid.reduce((product, extent) => product * extent, 1));
    const keys: string[] = [], torn: string[] = [];
    for (const prefix of this.#prefixes(rows)) {
      const found = await this.#objects.keys(`${this.#prefix}${prefix}`);
      keys.push(...found.keys);
      torn.push(...found.torn);
    }
    for (const key of keys) {
      const coords = chunkCoords(this.#facts, key.slice(this.#prefix.length));
      if (coords === undefined || coords.some((place, axis) => place >= this.#grid[axis])) continue;
      present[coords.reduce((place, index, axis) => place * this.#grid[axis] + index, 0)] = 1;
    }
    return { present, torn: torn.map((key) => key.slice(this.#prefix.length)).sort() };
  }

  /** What the keys of chunks begin with in some rows of the grid: rows that are most of them are not asked for singly. */
  #prefixes(rows: readonly [begin: number, end: number] | undefined): string[] {
    const { separator } = this.#facts.keys;
    if (rows === undefined || this.#grid.length < 2 || 2 * (rows[1] - rows[0]) > this.#grid[0]) return [""];
    return Array.from(
      { length: Math.max(0, rows[1] - rows[0]) },
      (_, k) => chunkKey(this.#facts, [rows[0] + k]) + separator,
    );
  }

  /** The key of a chunk. */
  chunkKey(chunk: number): string {
    const coords = new Array<number>(this.#grid.length);
    let rest = chunk;
    for (let axis = this.#grid.length - 1; axis >= 0; axis--) {
      coords[axis] = rest % this.#grid[axis];
      rest = Math.floor(rest / this.#grid[axis]);
    }
    return chunkKey(this.#facts, coords);
  }

  /** Removes temporary files. Somebody who is writing one just then writes it again. */
  async removeTorn(): Promise<number> {
    const { torn } = await this.#objects.keys(this.#prefix);
    await Promise.all(torn.map((key) => this.#objects.remove(key)));
    return torn.length;
  }

  /** Replaces attributes. Of two that do so at the same time, one may undo what the other one did. */
  async setAttributes(attributes: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#facts.zarrFormat === 2) {
      const before = await this.#json(".zattrs");
      await this.put(".zattrs", encodeJson({ ...before, ...attributes }, true));
      return;
    }
    const metadata = await this.#json("zarr.json");
    if (metadata === undefined) {
      throw new FormatError(
        `${this.#objects.text}/${joinKey(this.#key, "zarr.json")} is not there any more`,
        "zarr",
      );
    }
    const before = isObject(metadata.attributes) ? metadata.attributes : {};
    await this.put("zarr.json", encodeJson({ ...metadata, attributes: { ...before, ...attributes } }, false));
  }

  async #json(name: string): Promise<JsonObject | undefined> {
    const key = joinKey(this.#key, name), bytes = await this.#objects.get(key);
    return bytes === undefined ? undefined : parseJson(bytes, `${this.#objects.text}/${key}`);
  }

  /** Reads an object beside the chunks. */
  get(key: string): Promise<Uint8Array | undefined> {
    return this.#objects.get(joinKey(this.#key, key));
  }

  /** Writes an object beside the chunks. */
  put(key: string, bytes: Uint8Array, isNew = false): Promise<boolean> {
    // What is shared may change while it is written.
    const own = bytes.buffer instanceof ArrayBuffer
      ? bytes as Uint8Array<ArrayBuffer>
      : new Uint8Array(bytes);
    return this.#objects.put(joinKey(this.#key, key), own, { isNew });
  }

  /** The objects beside the chunks, and the chunks. */
  async list(prefix: string): Promise<{ key: string; bytes: number }[]> {
    const listed = await this.#objects.list(`${this.#prefix}${prefix}`);
    return listed.map(({ key, bytes }) => ({ key: key.slice(this.#prefix.length), bytes }));
  }

  /** Removes an object. */
  remove(key: string): Promise<void> {
    return this.#objects.remove(joinKey(this.#key, key));
  }
}
