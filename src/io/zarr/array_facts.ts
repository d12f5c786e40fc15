/**
 * What metadata says of an array, whichever version of the format it is written in.
 *
 * @module
 */

import type { Shape } from "../../array/layout/shape.ts";
import { type DType, DTYPES } from "../../dtype.ts";
import { FormatError, showBytes, showValue } from "../../errors.ts";
import { shownText } from "../shown_text.ts";
import type { FillValue } from "./fill_value.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** A step on the way from elements to stored bytes. */
export interface CodecStep {
  /** Its name in Zarr 3. */
  readonly name: string;
  /** What the metadata says of it. */
  readonly configuration: JsonObject;
}

/** What is known of an array. */
export interface ArrayFacts {
  /** The version of the format. */
  readonly zarrFormat: 2 | 3;
  readonly shape: Shape;
  readonly dtype: DType;
  /** Whether the highest byte of an element comes first. */
  readonly bigEndian: boolean;
  /** The shape of what is decoded at once: of a chunk, or of a piece of a shard. */
  readonly chunks: Shape;
  /** The shape of a shard, which is an object with several chunks; null where each chunk is an object. */
  readonly shards: Shape | null;
  /** Whether shards begin with their index, and do not end with it. */
  readonly indexFirst: boolean;
  /** From elements to bytes, in the order of encoding; what elements become bytes by is not among them. */
  readonly steps: readonly CodecStep[];
  /** The axes from the slowest to the fastest in a stored chunk; null for C order. */
  readonly order: readonly number[] | null;
  readonly fillValue: FillValue;
  readonly dimensionNames: readonly (string | null)[] | undefined;
  readonly attributes: JsonObject;
  /** How chunks are named. */
  readonly keys: { readonly name: "default" | "v2"; readonly separator: "." | "/" };
  /** What zarrita is to read in place of the stored metadata: always that of Zarr 3. */
  readonly forZarrita: JsonObject;
}

/** Chunks are decoded whole, by decoders that count bytes in 31 bits. */
const MOST_CHUNK_BYTES = 2 ** 31 - 1;

/**
 * Reads a list of extents.
 *
 * @param value What the metadata has.
 * @param least The smallest extent.
 * @param what What it is, for messages.
 * @throws {FormatError} If it is no such list.
 */
export function parseExtents(value: Json | undefined, least: number, what: string): Shape {
  const isShape = Array.isArray(value) &&
    value.every((extent) => typeof extent === "number" && Number.isSafeInteger(extent) && extent >= least);
  if (!isShape) throw damaged(`${what} is ${showValue(value)}`);
  return Object.freeze(value.map(Number));
}

/**
 * Checks that chunks fit a shape and can be decoded.
 *
 * @param shape The shape.
 * @param chunks The chunks.
 * @param dtype The dtype.
 * @param text What the array is called in messages.
 */
export function requireChunks(shape: Shape, chunks: Shape, dtype: DType, text: string): void {
  if (chunks.length !== shape.length) {
    throw damaged(`${text} has ${shape.length} axes, but chunks of ${chunks.length}`);
  }
  const bytes = chunks.reduce((product, extent) => product * extent, DTYPES[dtype].bytes);
  if (bytes > MOST_CHUNK_BYTES) {
    throw new FormatError(`${text} has chunks of ${showBytes(bytes)}: those up to 2 GiB are read`, "zarr");
  }
}

/**
 * Reads names of axes.
 *
 * @param value What the metadata has.
 * @param ndim How many axes there are.
 * @returns Undefined where there are none.
 */
export function parseNames(value: Json | undefined, ndim: number): readonly (string | null)[] | undefined {
  if (!Array.isArray(value) || value.length !== ndim) return undefined;
  return value.map((name) => typeof name === "string" ? name : null);
}

/**
 * The attributes among metadata.
 *
 * @param value What the metadata has.
 * @param text What the array is called in messages.
 */
export function parseAttributes(value: Json | undefined, text: string): JsonObject {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw damaged(`${text} has attributes that are no object`);
  return value;
}

/**
 * A step whose codec is not known here.
 *
 * @param name Its name.
 * @param text What the array is called in messages.
 */
export function unknownCodec(name: string, text: string): FormatError {
  return new FormatError(
    `${text} is stored with the codec ${shownText(name)}, which is not known here: ` +
      "expected zstd, blosc, gzip, zlib, lz4, crc32c, transpose or shards",
    "zarr",
  );
}

/**
 * Metadata that contradicts the format.
 *
 * @param reason What is wrong.
 */
export function damaged(reason: string): FormatError {
  return new FormatError(`The metadata is damaged: ${reason}`, "zarr");
}

/**
 * The axes of a stored chunk, from the slowest to the fastest.
 *
 * @param value A permutation, or `C` or `F`.
 * @param ndim How many axes there are.
 * @param text What the array is called in messages.
 * @returns Null for C order.
 */
export function parseOrder(value: Json | undefined, ndim: number, text: string): readonly number[] | null {
  if (value === "C") return null;
  if (value === "F") return Array.from({ length: ndim }, (_, axis) => ndim - 1 - axis);
  const isPermutation = Array.isArray(value) && value.length === ndim &&
    value.map(Number).toSorted((a, b) => a - b).every((axis, place) => axis === place);
  if (!isPermutation) throw damaged(`${text} has the order ${showValue(value)}`);
  return value.map(Number);
}
