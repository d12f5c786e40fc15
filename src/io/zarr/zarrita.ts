/**
 * The package zarrita, with codecs in its registry that are faster or check more than its own.
 *
 * @module
 */

import { DTYPES, isDType } from "../../dtype.ts";
import { unknownCodec } from "./array_facts.ts";
import type { CodecStep } from "./array_facts.ts";
import { type BloscClass, checkedBlosc } from "./blosc.ts";
import { BYTE_CODECS, type ByteCodec, type ByteCodecMaker, roomFor } from "./byte_codecs.ts";
import { isObject, type Json } from "./json.ts";

/** What the package exports. */
export type Zarrita = typeof import("zarrita");

type Registry = Zarrita["registry"];
type CodecClass = Registry extends Map<string, () => Promise<infer Found>> ? Found : never;

let loading: Promise<Zarrita> | undefined;

/** Makers that need the package. */
const loadedMakers = new Map<string, () => Promise<ByteCodecMaker>>();

/** Loads the package, once a thread. */
export function loadZarrita(): Promise<Zarrita> {
  return loading ??= import("zarrita").then((zarrita) => {
    const { registry } = zarrita;
    const blosc = registry.get("numcodecs.blosc");
    if (blosc !== undefined) {
      const load = async () => {
        const found: { fromConfig: unknown } = await blosc();
        // The package types all codecs as one; that of Blosc needs nothing but its configuration.
        return checkedBlosc(found as BloscClass);
      };
      loadedMakers.set("blosc", load);
      for (const name of ["blosc", "numcodecs.blosc"]) registry.set(name, async () => classOf(await load()));
    }
    for (const [name, make] of Object.entries(BYTE_CODECS)) {
      for (const key of [name, `numcodecs.${name}`]) registry.set(key, () => Promise.resolve(classOf(make)));
    }
    const bytes = registry.get("bytes");
    if (bytes !== undefined) registry.set("bytes", async () => exact(await bytes()));
    return zarrita;
  });
}

/** The codec that makes elements of bytes, which by itself leaves out what are too many. */
function exact(bytes: CodecClass): CodecClass {
  return {
    ...bytes,
    fromConfig: (configuration, metadata) => {
      const codec = bytes.fromConfig(configuration, metadata), expected = bytesOf(metadata);
      return {
        kind: "array_to_bytes",
        encode: (data) => codec.encode(data),
        decode: (data) => {
          if (data.length === expected) return codec.decode(data);
          throw new RangeError(`it has ${data.length} bytes, expected ${expected}`);
        },
        computeEncodedSize: (size) => size,
      };
    },
  };
}

/** How many bytes the elements of a chunk have. */
function bytesOf(
  { dataType, shape }: { readonly dataType: string; readonly shape: readonly number[] },
): number {
  return shape.reduce((product, extent) => product * extent, isDType(dataType) ? DTYPES[dataType].bytes : 8);
}

/** A codec as zarrita wants it. */
function classOf(make: ByteCodecMaker): CodecClass {
  return {
    kind: "bytes_to_bytes",
    fromConfig: (configuration, metadata) => {
      // The package hands on what the metadata says, which is JSON.
      const given = configuration as Json | undefined;
      const codec = make(isObject(given) ? given : {}, roomFor(bytesOf(metadata)));
      return {
        kind: "bytes_to_bytes",
        // Nothing here is shared: what is read is a copy.
        encode: (data) => codec.encode(data as Uint8Array<ArrayBuffer>),
        decode: (data) => codec.decode(data as Uint8Array<ArrayBuffer>),
        // Only the checksum has a size that is known before.
        computeEncodedSize: make === BYTE_CODECS.crc32c ? (size) => size + 4 : undefined,
      };
    },
  };
}

/**
 * Makes what encodes bytes by a step.
 *
 * @param step The step.
 * @param bytes How many there are before it.
 * @param text What the array is called in messages.
 */
export async function byteCodec(
  { name, configuration }: CodecStep,
  bytes: number,
  text: string,
): Promise<ByteCodec> {
  if (isOwn(name)) return BYTE_CODECS[name](configuration, roomFor(bytes));
  await loadZarrita();
  const load = loadedMakers.get(name);
  if (load === undefined) throw unknownCodec(name, text);
  return (await load())(configuration, roomFor(bytes));
}

function isOwn(name: string): name is keyof typeof BYTE_CODECS {
  return Object.hasOwn(BYTE_CODECS, name);
}
