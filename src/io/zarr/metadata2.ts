/**
 * The metadata of Zarr 2: `.zarray` and `.zattrs`.
 *
 * @module
 */

import type { Shape } from "../../array/layout/shape.ts";
import type { DType } from "../../dtype.ts";
import { FormatError, showValue } from "../../errors.ts";
import {
  type ArrayFacts,
  type CodecStep,
  damaged,
  parseExtents,
  parseNames,
  parseOrder,
  requireChunks,
  unknownCodec,
} from "./array_facts.ts";
import { parseType2 } from "./dtypes.ts";
import { parseFillValue } from "./fill_value.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** What makes fewer bytes of bytes. */
const COMPRESSORS = new Set(["zstd", "blosc", "gzip", "zlib", "lz4"]);

/** What changes elements or their bytes first, and leaves their type. */
const FILTERS = new Set(["shuffle", "delta"]);

/** The attribute in which xarray has the names of axes. */
export const DIMENSIONS_ATTRIBUTE = "_ARRAY_DIMENSIONS";

/**
 * Reads the metadata of an array.
 *
 * @param metadata What `.zarray` has.
 * @param attributes What `.zattrs` has; empty where there is none.
 * @param text What the array is called in messages.
 * @throws {FormatError} If it is damaged, or says what is not known here.
 */
export function parseArray2(metadata: JsonObject, attributes: JsonObject, text: string): ArrayFacts {
  if (metadata.zarr_format !== 2) throw damaged(`${text} says format ${showValue(metadata.zarr_format)}`);
  const { dtype, bigEndian } = parseType2(metadata.dtype, text);
  const shape = parseExtents(metadata.shape, 0, `the shape of ${text}`);
  const chunks = parseExtents(metadata.chunks, 1, `the chunk shape of ${text}`);
  requireChunks(shape, chunks, dtype, text);
  const separator = metadata.dimension_separator ?? ".";
  if (separator !== "." && separator !== "/") {
    throw damaged(`${text} separates the numbers of chunks by ${showValue(separator)}`);
  }
  const filters = parseFilters(metadata.filters, text);
  const wrongDelta = filters.find(({ name, configuration }) =>
    name === "delta" && (configuration.astype ?? metadata.dtype) !== metadata.dtype
  );
  if (wrongDelta !== undefined) {
    throw new FormatError(`${text} has a delta filter of another type, which is not known here`, "zarr");
  }
  if (filters.length > 0 && bigEndian) {
    throw new FormatError(`${text} has filters on big-endian elements, which is not known here`, "zarr");
  }
  const compressor = parseCompressor(metadata.compressor, text);
  const order = parseOrder(metadata.order ?? "C", shape.length, text);
  return {
    zarrFormat: 2,
    shape,
    dtype,
    bigEndian,
    chunks,
    shards: null,
    indexFirst: false,
    steps: [...filters, ...compressor],
    order,
    fillValue: parseFillValue(metadata.fill_value, dtype, text),
    dimensionNames: parseNames(attributes[DIMENSIONS_ATTRIBUTE], shape.length),
    attributes,
    keys: { name: "v2", separator },
    forZarrita: inVersion3(shape, chunks, dtype, order, [...filters, ...compressor], separator),
  };
}

/** The same array as metadata of Zarr 3 has it, with elements as they lie in memory here. */
function inVersion3(
  shape: Shape,
  chunks: Shape,
  dtype: DType,
  order: readonly number[] | null,
  steps: readonly CodecStep[],
  separator: string,
): JsonObject {
  const named = (known: ReadonlySet<string>) =>
    steps.filter(({ name }) => known.has(name)).map(({ name, configuration }) => ({
      name: `numcodecs.${name}`,
      configuration,
    }));
  return {
    zarr_format: 3,
    node_type: "array",
    shape,
    data_type: dtype === "bool" ? "uint8" : dtype,
    chunk_grid: { name: "regular", configuration: { chunk_shape: chunks } },
    chunk_key_encoding: { name: "v2", configuration: { separator } },
    codecs: [
      ...(order === null ? [] : [{ name: "transpose", configuration: { order } }]),
      ...named(FILTERS),
      { name: "bytes", configuration: { endian: "little" } },
      ...named(COMPRESSORS),
    ],
    fill_value: 0,
    attributes: {},
  };
}

function parseFilters(value: Json | undefined, text: string): CodecStep[] {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) throw damaged(`${text} has filters that are no list`);
  return value.map((item: Json) => codecOf(item, FILTERS, text));
}

function parseCompressor(value: Json | undefined, text: string): CodecStep[] {
  return value === null || value === undefined ? [] : [codecOf(value, COMPRESSORS, text)];
}

function codecOf(item: Json, known: ReadonlySet<string>, text: string): CodecStep {
  if (!isObject(item)) throw damaged(`${text} has codecs that are no objects`);
  const { id: name, ...configuration } = item;
  if (typeof name !== "string") throw damaged(`${text} has codecs without names`);
  if (!known.has(name)) throw unknownCodec(name, text);
  return { name, configuration };
}
