/**
 * What stands between arrays that live elsewhere and the runs that work on them: a driver reads and writes boxes of one
 * array, on whichever thread it was opened.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";

/** The attribute that runs give to arrays that they write: it says by which computation. */
export const RUN_ATTRIBUTE = "tilewise";

/** The object beside an array's chunks in which a run writes down what it computes. */
export const RUN_RECORD = ".tilewise/plan.json";

/**
 * A box of an array's index space.
 *
 * @example
 * ```ts
 * import { openArray, SharedNdArray, type StoredBox, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".npy" });
 * await writeArrays(file, SharedNdArray.from([[1, 2, 3], [4, 5, 6]]));
 * using stored = await openArray(file);
 * const box: StoredBox = { origin: [0, 1], shape: [2, 2] };
 * assertEquals((await stored.read(box)).toNested(), [[2, 3], [5, 6]]);
 * await Deno.remove(file);
 * ```
 */
export interface StoredBox {
  /** Where it begins: an index for each axis. */
  readonly origin: readonly number[];
  /** How far it reaches. */
  readonly shape: Shape;
}

/**
 * From what another thread opens the same array.
 *
 * @example
 * ```ts
 * import { openArray, SharedNdArray, type StoredHandle, writeArrays } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".npy" });
 * await writeArrays(file, SharedNdArray.from([1, 2, 3]));
 * using stored = await openArray(file);
 * const handle: StoredHandle = stored.handle();
 * assert(handle.module.endsWith("npy_driver.ts"));
 * await Deno.remove(file);
 * ```
 */
export interface StoredHandle {
  /** The URL of a module that exports `openDriver`, a {@linkcode DriverModule}. */
  readonly module: string;
  /** What that function is given: plain data that can be posted. */
  readonly location: unknown;
}

/**
 * What a module of a driver exports.
 *
 * @example
 * ```ts
 * import type { DriverModule } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const ones: DriverModule = {
 *   openDriver: () => ({
 *     text: "ones",
 *     dtype: "uint8",
 *     shape: [4],
 *     chunks: [2],
 *     read: (_box, target) => {
 *       target.fill(1);
 *       return 0;
 *     },
 *     close: () => {},
 *   }),
 * };
 * assertEquals((await ones.openDriver(null)).shape, [4]);
 * ```
 */
export interface DriverModule {
  /** Opens the array of a handle. */
  openDriver(location: unknown): Promise<ArrayDriver> | ArrayDriver;
}

/**
 * Reads and writes boxes of one array that lives elsewhere. Boxes never reach beyond the shape.
 *
 * @example
 * ```ts
 * import { type ArrayDriver, StoredArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const diagonal: ArrayDriver = {
 *   text: "diagonal",
 *   dtype: "bool",
 *   shape: [1000, 1000],
 *   chunks: [100, 100],
 *   read: ({ origin, shape }, target) => {
 *     target.fill(false);
 *     for (let i = 0; i < shape[0]; i++) {
 *       const j = origin[0] + i - origin[1];
 *       if (j >= 0 && j < shape[1]) target.set(i, j, true);
 *     }
 *     return 0;
 *   },
 *   close: () => {},
 * };
 * const stored = new StoredArray(diagonal, { module: "data:text/javascript,", location: null });
 * assertEquals((await stored.read({ origin: [998, 998], shape: [2, 2] })).toNested(), [[true, false], [false, true]]);
 * ```
 */
export interface ArrayDriver {
  /** What the array is called in messages, such as `out.zarr/vpd`. */
  readonly text: string;
  /** The dtype of the elements that are read and written. */
  readonly dtype: DType;
  /** The shape. */
  readonly shape: Shape;
  /** The pieces in which the store holds it: what is written is made of whole ones. */
  readonly chunks: Shape;
  /** The names of its axes, where the store has them. */
  readonly dimensionNames?: readonly (string | null)[];
  /** What the store says of the array besides: plain values by name. */
  readonly attributes?: Readonly<Record<string, unknown>>;
  /** Further facts for people, such as codecs and fill value: plain values by name. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The value of elements that were never written, where the store has one. */
  readonly fillValue?: number | bigint | boolean | null;
  /** Whether a part of a chunk can be read without the rest of it. Default false. */
  readonly readsParts?: boolean;
  /** About how many bytes reading or writing one box takes while it goes on, beyond the box and its elements. */
  readonly scratchBytes?: number;
  /**
   * Fills an array with a box.
   *
   * @param box The box.
   * @param target An array of its shape and of the driver's dtype, with any strides.
   * @returns How many bytes the store gave.
   * @throws {FormatError} If what is stored is damaged; the message names the chunk.
   */
  read(box: StoredBox, target: SharedNdArray): Promise<number> | number;
  /**
   * Writes a box that is made of whole chunks (those at the end of an axis may be cut). When it settles, what was
   * written lasts, and nobody can see half of a chunk at any time.
   *
   * @param box The box.
   * @param source An array of its shape and of the driver's dtype, with any strides.
   * @param taken May be called as soon as the source is not looked at any more, which can be long before what was
   * written lasts: then it is used for something else.
   * @returns How many bytes the store took.
   */
  write?(box: StoredBox, source: SharedNdArray, taken?: () => void): Promise<number> | number;
  /** Makes what was written appear under its name, where it does not from the beginning. */
  finish?(): Promise<void> | void;
  /** What lies beside the chunks; only stores have that whose runs can be resumed and shared. */
  readonly ledger?: StoreLedger;
  /** Ends the use of the array; files are closed, and what should appear but was not finished is removed. */
  close(): void;
}

/**
 * What a store knows of its chunks, and keeps beside them. Keys are relative to the array.
 *
 * @example
 * ```ts
 * import { createArray, type StoreLedger } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * using vpd = await createArray(`${folder}/out.zarr/vpd`, { shape: [4, 6], chunks: [2, 6] });
 * const ledger: StoreLedger | undefined = vpd.ledger;
 * assertEquals((await ledger?.chunksPresent())?.present, new Uint8Array([0, 0]));
 * assertEquals(ledger?.chunkKey(1), "c/1/0");
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export interface StoreLedger {
  /**
   * Which chunks are there: a byte for each, in C order of the chunk grid, 1 for one that is there.
   *
   * @param rows The places on the first axis of the chunk grid that matter; what is said of others may be wrong.
   * Default: all.
   * @returns The bytes, and what is left of chunks that somebody began to write and did not finish.
   */
  chunksPresent(
    rows?: readonly [begin: number, end: number],
  ): Promise<{ readonly present: Uint8Array; readonly torn: readonly string[] }>;
  /** The key of a chunk, by its place in C order, as messages name it. */
  chunkKey(chunk: number): string;
  /** Removes what is left of unfinished chunks; gives their number. */
  removeTorn(): Promise<number>;
  /** Replaces attributes of the array; others stay. */
  setAttributes(attributes: Readonly<Record<string, unknown>>): Promise<void>;
  /** Reads a small object; undefined where there is none. */
  get(key: string): Promise<Uint8Array | undefined>;
  /**
   * Writes a small object, whole and lasting.
   *
   * @param isNew Whether it must not be there yet.
   * @returns False where `isNew` was asked for and it is there.
   */
  put(key: string, bytes: Uint8Array, isNew?: boolean): Promise<boolean>;
  /** The keys that begin with a prefix. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly bytes: number }[]>;
  /** Removes an object, if it is there. */
  remove(key: string): Promise<void>;
}
