/**
 * What is said of the groups and arrays of a Zarr store.
 *
 * @module
 */

import type { Shape } from "../../array/layout/shape.ts";
import type { DType } from "../../dtype.ts";

/**
 * A group of a store, and what is in it.
 *
 * @example
 * ```ts
 * import { createArray, describeZarr, type ZarrGroupDescription } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * (await createArray(`${folder}/day.zarr/tmp`, { shape: [4, 6], dimensionNames: ["time", "lat"] })).close();
 * const store = await describeZarr(`${folder}/day.zarr`) as ZarrGroupDescription;
 * assertEquals(store.children?.map(({ name }) => name), ["tmp"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface ZarrGroupDescription {
  /** What it is. */
  readonly kind: "group";
  /** Its name in the group that it lies in; the path that was asked for at the top. */
  readonly name: string;
  /** The version of the format. */
  readonly zarrFormat: 2 | 3;
  /** What is said of it besides: plain values by name. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Its arrays and groups, by name; null where the store does not say. */
  readonly children: readonly ZarrDescription[] | null;
}

/**
 * An array of a store.
 *
 * @example
 * ```ts
 * import { createArray, describeZarr, type ZarrArrayDescription } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * (await createArray(`${folder}/day.zarr/tmp`, { shape: [4, 6], dimensionNames: ["time", "lat"] })).close();
 * const tmp = await describeZarr(`${folder}/day.zarr/tmp`) as ZarrArrayDescription;
 * assertEquals([tmp.dtype, tmp.shape, tmp.dimensionNames], ["float64", [4, 6], ["time", "lat"]]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface ZarrArrayDescription {
  /** What it is. */
  readonly kind: "array";
  /** Its name in the group that it lies in; the path that was asked for at the top. */
  readonly name: string;
  /** The version of the format. */
  readonly zarrFormat: 2 | 3;
  /** The dtype. */
  readonly dtype: DType;
  /** The shape. */
  readonly shape: Shape;
  /** The shape of a chunk. */
  readonly chunks: Shape;
  /** The shape of shards; null where each chunk is an object. */
  readonly shards: Shape | null;
  /** How many chunks there are when all are written. */
  readonly chunkCount: number;
  /** From elements to bytes, step by step. */
  readonly codecs: readonly string[];
  /** The value of chunks that are not there; null where the store does not say. */
  readonly fillValue: number | bigint | boolean | null;
  /** The names of its axes; null for those that have none. */
  readonly dimensionNames: readonly (string | null)[];
  /** What is said of it besides: plain values by name. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** How many objects there are in its folder, metadata included, and their bytes; null where the store does not say. */
  readonly stored: { readonly bytes: number; readonly objects: number } | null;
}

/**
 * What cannot be read, and why.
 *
 * @example
 * ```ts
 * import { createArray, describeZarr, type ZarrProblem } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * (await createArray(`${folder}/day.zarr/tmp`, { shape: [4, 6], dimensionNames: ["time", "lat"] })).close();
 * await Deno.writeTextFile(`${folder}/day.zarr/tmp/zarr.json`, '{"node_type": "array"}');
 * const store = await describeZarr(`${folder}/day.zarr`);
 * const problems = store.kind !== "group" ? [] : (store.children ?? []).filter(({ kind }) => kind === "problem");
 * assertEquals(problems.map(({ name }: Pick<ZarrProblem, "name">) => name), ["tmp"]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface ZarrProblem {
  /** What it is. */
  readonly kind: "problem";
  /** Its name in the group that it lies in. */
  readonly name: string;
  /** Why it cannot be read. */
  readonly message: string;
}

/**
 * Something in a store.
 *
 * @example
 * ```ts
 * import { createArray, describeZarr, type ZarrDescription } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * (await createArray(`${folder}/day.zarr/tmp`, { shape: [4, 6], dimensionNames: ["time", "lat"] })).close();
 * const count = (found: ZarrDescription): number =>
 *   found.kind === "group" ? (found.children ?? []).map(count).reduce((a, b) => a + b, 0) : 1;
 * assertEquals(count(await describeZarr(`${folder}/day.zarr`)), 1);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export type ZarrDescription = ZarrGroupDescription | ZarrArrayDescription | ZarrProblem;

/**
 * Options of `createZarrGroup`.
 *
 * @example
 * ```ts
 * import { createZarrGroup, describeZarr, type ZarrGroupOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * const options: ZarrGroupOptions = { attributes: { title: "daily means" }, zarrFormat: 2 };
 * await createZarrGroup(`${folder}/out.zarr`, options);
 * const group = await describeZarr(`${folder}/out.zarr`);
 * assertEquals(group.kind === "group" && group.attributes, { title: "daily means" });
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface ZarrGroupOptions {
  /** What is said of the group: plain values by name. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** The version of the Zarr format. Default 3. */
  readonly zarrFormat?: 2 | 3;
}
