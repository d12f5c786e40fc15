/**
 * The metadata of arrays that are created.
 *
 * @module
 */

import { showShape, sizeOf } from "../../array/layout/shape.ts";
import { type DType, dtypeRow, DTYPES } from "../../dtype.ts";
import { ShapeError, showValue, ValueError } from "../../errors.ts";
import type { CreateArrayOptions } from "../stored.ts";
import { typeName2 } from "./dtypes.ts";
import { checkedFillValue } from "./fill_value.ts";
import { encodeJson } from "./json.ts";
import { DIMENSIONS_ATTRIBUTE } from "./metadata2.ts";
import type { StoredMetadata } from "./zarr_driver.ts";

/** Bytes of a chunk where nothing is said. */
const CHUNK_BYTES = 4 * 2 ** 20;

const LEVELS: Readonly<Record<string, number>> = { zstd: 22, blosc: 9, gzip: 9 };

/**
 * The metadata of an array that is to be created.
 *
 * @param options What it shall be.
 * @param text What it is called in messages.
 * @throws {ShapeError} If shape, chunks or names do not fit.
 * @throws {ValueError} If there is no such codec, level or version.
 * @throws {DTypeError} If the dtype does not hold the fill value.
 */
export function metadataOf(options: CreateArrayOptions, text: string): StoredMetadata {
  const { shape, dtype = "float64", zarrFormat = 3, dimensionNames: names, attributes = {} } = options;
  const { bytes } = dtypeRow(dtype);
  sizeOf(shape);
  const chunks = options.chunks ?? usualChunks(shape, bytes);
  const fitting = chunks.length === shape.length &&
    chunks.every((extent) => Number.isSafeInteger(extent) && extent > 0);
  if (!fitting) {
    throw new ShapeError(`Chunks of ${showShape(chunks)} do not fit ${text}, which has ${showShape(shape)}`);
  }
  if (names !== undefined && names.length !== shape.length) {
    throw new ShapeError(`${text} has ${shape.length} axes, but ${names.length} names for them`);
  }
  if (zarrFormat !== 2 && zarrFormat !== 3) {
    throw new ValueError(`Unknown Zarr format ${showValue(zarrFormat)}: expected 2 or 3`);
  }
  const fill = checkedFillValue(options.fillValue, dtype);
  const facts = { shape, chunks, dtype, fill, options };
  if (zarrFormat === 3) {
    return {
      zarrFormat,
      json: encodeJson({ ...metadata3(facts), dimension_names: names, attributes }, false),
    };
  }
  // Only whole lists of names are known to xarray.
  const dimensions = names?.every((name) => name !== null) ? { [DIMENSIONS_ATTRIBUTE]: names } : {};
  const all = { ...attributes, ...dimensions };
  return {
    zarrFormat,
    json: encodeJson(metadata2(facts), true),
    attributes: Object.keys(all).length === 0 ? undefined : encodeJson(all, true),
  };
}

interface NewFacts {
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly dtype: DType;
  readonly fill: number | bigint | boolean;
  readonly options: CreateArrayOptions;
}

function metadata3({ shape, chunks, dtype, fill, options }: NewFacts): Record<string, unknown> {
  const { bytes } = DTYPES[dtype], checksum = options.checksum ?? true;
  const compressor = compressorOf(options);
  const configuration = compressor === undefined ? undefined : compressor.name === "zstd"
    // One checksum is enough.
    ? { level: compressor.level, checksum: !checksum }
    : compressor.name === "gzip"
    ? { level: compressor.level }
    : { cname: "zstd", clevel: compressor.level, shuffle: "shuffle", typesize: bytes, blocksize: 0 };
  return {
    zarr_format: 3,
    node_type: "array",
    shape,
    data_type: dtype,
    chunk_grid: { name: "regular", configuration: { chunk_shape: chunks } },
    chunk_key_encoding: { name: "default", configuration: { separator: "/" } },
    fill_value: fill,
    codecs: [
      bytes === 1 ? { name: "bytes" } : { name: "bytes", configuration: { endian: "little" } },
      ...(compressor === undefined ? [] : [{ name: compressor.name, configuration }]),
      ...(checksum ? [{ name: "crc32c" }] : []),
    ],
  };
}

function metadata2({ shape, chunks, dtype, fill, options }: NewFacts): Record<string, unknown> {
  if (options.checksum === true) {
    throw new ValueError("Zarr 2 has no checksums: leave checksum out, or take zarrFormat 3");
  }
  const compressor = compressorOf(options);
  const { name: id, level } = compressor ?? { name: "", level: 0 };
  return {
    zarr_format: 2,
    shape,
    chunks,
    dtype: typeName2(dtype),
    fill_value: typeof fill === "number" && !Number.isFinite(fill) ? String(fill) : fill,
    order: "C",
    filters: null,
    compressor: compressor === undefined
      ? null
      : id === "blosc"
      ? { id, cname: "zstd", clevel: level, shuffle: 1, blocksize: 0 }
      : { id, level },
    dimension_separator: ".",
  };
}

function compressorOf(
  { codec = "zstd", level }: CreateArrayOptions,
): { name: string; level: number } | undefined {
  if (codec === "none") return undefined;
  if (!Object.hasOwn(LEVELS, codec)) {
    throw new ValueError(`Unknown codec ${showValue(codec)}: expected zstd, blosc, gzip or none`);
  }
  const chosen = level ?? (codec === "zstd" ? 3 : 5);
  if (!Number.isInteger(chosen) || chosen < 1 || chosen > LEVELS[codec]) {
    throw new ValueError(
      `Cannot compress with ${codec} at level ${showValue(level)}: expected 1 to ${LEVELS[codec]}`,
    );
  }
  return { name: codec, level: chosen };
}

/**
 * Chunks of about 4 MiB: trailing axes whole as far as that goes, then a part of one, then single indices.
 *
 * @param shape The shape.
 * @param width Bytes of an element.
 */
export function usualChunks(shape: readonly number[], width: number): number[] {
  let left = Math.max(1, Math.floor(CHUNK_BYTES / width));
  return shape.map((_, place) => shape.length - 1 - place).map((axis) => {
    const extent = Math.max(1, Math.min(shape[axis], left));
    left = Math.max(1, Math.floor(left / extent));
    return extent;
  }).reverse();
}
