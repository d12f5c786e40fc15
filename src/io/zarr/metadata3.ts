/**
 * The metadata of Zarr 3: `zarr.json`.
 *
 * @module
 */

import { FormatError, showValue } from "../../errors.ts";
import {
  type ArrayFacts,
  type CodecStep,
  damaged,
  parseAttributes,
  parseExtents,
  parseNames,
  parseOrder,
  requireChunks,
  unknownCodec,
} from "./array_facts.ts";
import { parseType3 } from "./dtypes.ts";
import { parseFillValue } from "./fill_value.ts";
import { isObject, type Json, type JsonObject } from "./json.ts";

/** What makes fewer bytes of bytes. */
const BYTE_STEPS = new Set(["zstd", "blosc", "gzip", "zlib", "lz4", "crc32c"]);

/**
 * Reads the metadata of an array.
 *
 * @param metadata What `zarr.json` has.
 * @param text What the array is called in messages.
 * @throws {FormatError} If it is damaged, or says what is not known here.
 */
export function parseArray3(metadata: JsonObject, text: string): ArrayFacts {
  if (metadata.zarr_format !== 3) throw damaged(`${text} says format ${showValue(metadata.zarr_format)}`);
  const dtype = parseType3(metadata.data_type, text);
  const shape = parseExtents(metadata.shape, 0, `the shape of ${text}`);
  const outer = parseExtents(gridOf(metadata.chunk_grid, text).chunk_shape, 1, `the chunk shape of ${text}`);
  if (Array.isArray(metadata.storage_transformers) && metadata.storage_transformers.length > 0) {
    throw new FormatError(`${text} has storage transformers, which are not known here`, "zarr");
  }
  const listed = parseSteps(metadata.codecs, text);
  const sharding = listed.find(({ name }) => name === "sharding_indexed")?.configuration;
  if (sharding !== undefined && listed.length > 1) {
    throw new FormatError(`${text} has codecs around its shards, which are not known here`, "zarr");
  }
  const chunks = sharding === undefined
    ? outer
    : parseExtents(sharding.chunk_shape, 1, `the chunk shape within shards of ${text}`);
  requireChunks(shape, outer, dtype, text);
  requireChunks(shape, chunks, dtype, text);
  if (sharding !== undefined && outer.some((extent, axis) => extent % chunks[axis] !== 0)) {
    throw damaged(`${text} has shards that are not made of whole chunks`);
  }
  const inner = sharding === undefined ? listed : parseSteps(sharding.codecs, text);
  const { order, bigEndian, steps } = readSteps(inner, shape.length, text);
  const forBytes = withPlainBytes(metadata.codecs ?? [], sharding);
  return {
    zarrFormat: 3,
    shape,
    dtype,
    bigEndian,
    chunks,
    shards: sharding === undefined ? null : outer,
    indexFirst: sharding?.index_location === "start",
    steps,
    order,
    fillValue: parseFillValue(metadata.fill_value, dtype, text),
    dimensionNames: parseNames(metadata.dimension_names, shape.length),
    attributes: parseAttributes(metadata.attributes, text),
    keys: keysOf(metadata.chunk_key_encoding, text),
    forZarrita: {
      ...metadata,
      codecs: forBytes,
      data_type: dtype === "bool" ? "uint8" : dtype,
      fill_value: 0,
      attributes: {},
    },
  };
}

function gridOf(value: Json | undefined, text: string): JsonObject {
  if (!isObject(value) || !isObject(value.configuration)) throw damaged(`${text} has no chunk grid`);
  if (value.name !== "regular") {
    throw new FormatError(
      `${text} has the chunk grid ${showValue(value.name)}, expected "regular"`,
      "zarr",
    );
  }
  return value.configuration;
}

function keysOf(value: Json | undefined, text: string): ArrayFacts["keys"] {
  if (isObject(value) && (value.name === "default" || value.name === "v2")) {
    const usual = value.name === "v2" ? "." : "/";
    const separator = isObject(value.configuration) ? value.configuration.separator ?? usual : usual;
    if (separator === "." || separator === "/") return { name: value.name, separator };
  }
  throw new FormatError(
    `${text} names its chunks in a way that is not known here: ${showValue(value)}`,
    "zarr",
  );
}

/** Codecs as the metadata lists them: a name alone stands for one without configuration. */
function parseSteps(value: Json | undefined, text: string): CodecStep[] {
  if (!Array.isArray(value)) throw damaged(`${text} has no list of codecs`);
  return value.map((item: Json) => {
    const name = isObject(item) ? item.name : item;
    const configuration = isObject(item) ? item.configuration ?? {} : {};
    if (typeof name !== "string" || !isObject(configuration)) {
      throw damaged(`${text} has codecs without names`);
    }
    // Codecs that came with Zarr 2 have a prefix where Zarr 3 did not take them over.
    return { name: name.replace(/^numcodecs\.(?=(?:zlib|lz4|zstd|gzip|blosc)$)/, ""), configuration };
  });
}

/** The order of elements, then the order of bytes, then what is done with bytes. */
function readSteps(
  listed: readonly CodecStep[],
  ndim: number,
  text: string,
): Pick<ArrayFacts, "order" | "bigEndian" | "steps"> {
  const steps: CodecStep[] = [];
  let order: ArrayFacts["order"] = null, bigEndian: boolean | undefined;
  for (const { name, configuration } of listed) {
    if (name === "transpose" && bigEndian === undefined && order === null) {
      order = parseOrder(configuration.order, ndim, text);
    } else if (name === "bytes" && bigEndian === undefined) {
      bigEndian = configuration.endian === "big";
    } else if (BYTE_STEPS.has(name) && bigEndian !== undefined) {
      steps.push({ name, configuration });
    } else throw unknownCodec(name, text);
  }
  if (bigEndian === undefined) throw damaged(`${text} has no codec that makes bytes of its elements`);
  return { order, bigEndian, steps };
}

/** The same codecs with elements as they lie in memory here: their bytes are swapped afterwards. */
function withPlainBytes(codecs: Json, sharding: JsonObject | undefined): Json {
  const plain = (list: Json): Json =>
    !Array.isArray(list) ? list : list.map((item: Json) => {
      const named = isObject(item) ? item : { name: item };
      return named.name === "bytes" ? { name: "bytes", configuration: { endian: "little" } } : named;
    });
  if (sharding === undefined) return plain(codecs);
  const indexed = { ...sharding, codecs: plain(sharding.codecs ?? []) };
  return [{ name: "sharding_indexed", configuration: indexed }];
}
