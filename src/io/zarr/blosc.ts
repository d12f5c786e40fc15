/**
 * Blosc, by the decoder that zarrita brings, with the checks that it leaves out.
 *
 * @module
 */

import { FormatError, showValue } from "../../errors.ts";
import { type ByteCodec, type ByteCodecMaker, unshared } from "./byte_codecs.ts";
import type { Json, JsonObject } from "./json.ts";

/** A codec's class as zarrita's registry gives it. */
export interface BloscClass {
  /** Makes a codec of a configuration. */
  fromConfig(configuration: Record<string, unknown>): {
    encode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
    decode(bytes: Uint8Array): Uint8Array | Promise<Uint8Array>;
  };
}

/** Bytes of a chunk's header: version, flags, the width of elements, and three sizes. */
const HEADER_BYTES = 16;

/** Zarr 3 has names for what Blosc numbers. */
const SHUFFLES: Readonly<Record<string, number>> = { noshuffle: 0, shuffle: 1, bitshuffle: 2 };

const COMPRESSORS = ["blosclz", "lz4", "lz4hc", "zlib", "zstd", "snappy"];

/**
 * Makes codecs whose input is checked.
 *
 * @param blosc The class that encodes and decodes.
 */
export function checkedBlosc(blosc: BloscClass): ByteCodecMaker {
  return (configuration, mostBytes): ByteCodec => {
    const codec = blosc.fromConfig(numbered(configuration));
    return {
      encode: async (bytes) => unshared(await codec.encode(bytes)),
      decode: async (bytes) => {
        const size = checkedSize(bytes, mostBytes);
        const decoded = unshared(await codec.decode(bytes));
        if (decoded.length === size) return decoded;
        throw new RangeError(`Blosc gave ${decoded.length} bytes, but it says ${size}`);
      },
    };
  };
}

/** How many bytes will come out. The decoder believes the header, whatever the bytes behind it are. */
function checkedSize(bytes: Uint8Array, mostBytes: number): number {
  if (bytes.length < HEADER_BYTES) throw new RangeError(`${bytes.length} bytes hold no header of Blosc`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const decoded = view.getUint32(4, true), encoded = view.getUint32(12, true);
  if (encoded !== bytes.length) {
    throw new RangeError(`it has ${bytes.length} bytes, but Blosc says ${encoded}`);
  }
  if (decoded > mostBytes) {
    throw new RangeError(`${decoded} bytes would come out, at most ${mostBytes} are a chunk`);
  }
  return decoded;
}

function numbered({ cname, clevel, shuffle, blocksize }: JsonObject): Record<string, unknown> {
  const shuffled = typeof shuffle === "string" ? SHUFFLES[shuffle] : shuffle ?? 1;
  if (cname !== undefined && !COMPRESSORS.includes(String(cname))) throw unknown("compressor", cname);
  if (typeof shuffled !== "number" || ![-1, 0, 1, 2].includes(shuffled)) throw unknown("shuffle", shuffle);
  if (clevel !== undefined && !(Number(clevel) >= 0 && Number(clevel) <= 9)) throw unknown("level", clevel);
  return {
    id: "blosc",
    cname: cname ?? "lz4",
    clevel: clevel ?? 5,
    shuffle: shuffled,
    blocksize: blocksize ?? 0,
  };
}

function unknown(what: string, value: Json | undefined): FormatError {
  return new FormatError(`Blosc has no ${what} ${showValue(value)}`, "zarr");
}
