/**
 * What turns bytes into fewer bytes and back. The runtime's own zstd, gzip and zlib take half the time of the
 * WebAssembly that zarrita brings, and also encode gzip; zarrita neither checks nor writes CRC-32C.
 *
 * @module
 */

import {
  constants,
  deflateSync,
  gunzipSync,
  gzipSync,
  inflateSync,
  zstdCompressSync,
  zstdDecompressSync,
} from "node:zlib";
import { FormatError, showValue } from "../../errors.ts";
import { crc32c } from "./crc32c.ts";
import type { JsonObject } from "./json.ts";
import { requireWholeFrames } from "./zstd_frame.ts";

/** Bytes that may be changed and are not shared. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Encodes and decodes the bytes of chunks. */
export interface ByteCodec {
  /** Encodes; the result is other memory than what is given. */
  encode(bytes: Bytes): Bytes | Promise<Bytes>;
  /** Decodes. */
  decode(bytes: Bytes): Bytes | Promise<Bytes>;
}

/**
 * Makes a codec.
 *
 * @param configuration What the metadata says of it.
 * @param mostBytes How many bytes may come out of decoding: more are refused before they take memory.
 * @returns The codec.
 */
export type ByteCodecMaker = (configuration: JsonObject, mostBytes: number) => ByteCodec;

/** The codecs that the runtime has, by their names in Zarr 3. */
export const BYTE_CODECS: Readonly<Record<"zstd" | "gzip" | "zlib" | "crc32c", ByteCodecMaker>> = {
  zstd: (configuration, mostBytes) => {
    const level = levelOf(configuration, 3, -131072, 22);
    // Without a checksum by Zarr, each frame has its own: a damaged chunk must not pass for data.
    const params = {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: configuration.checksum === false ? 0 : 1,
    };
    return {
      encode: (bytes) => {
        // Frames say how long their content is: some decoders refuse others.
        const options = { params, chunkSize: roomFor(bytes.length), pledgedSrcSize: bytes.length };
        return unshared(zstdCompressSync(bytes, options));
      },
      decode: (bytes) => {
        requireWholeFrames(bytes);
        return unshared(zstdDecompressSync(bytes, room(mostBytes)));
      },
    };
  },
  gzip: (configuration, mostBytes) => {
    const level = levelOf(configuration, 5, 0, 9);
    return {
      encode: (bytes) => unshared(gzipSync(bytes, { level, chunkSize: roomFor(bytes.length) })),
      decode: (bytes) => unshared(gunzipSync(bytes, room(mostBytes))),
    };
  },
  zlib: (configuration, mostBytes) => {
    const level = levelOf(configuration, 1, 0, 9);
    return {
      encode: (bytes) => unshared(deflateSync(bytes, { level, chunkSize: roomFor(bytes.length) })),
      decode: (bytes) => unshared(inflateSync(bytes, room(mostBytes))),
    };
  },
  crc32c: () => ({ encode: withChecksum, decode: withoutChecksum }),
};

/**
 * The same bytes as what they are: memory of their own. The types of libraries leave open whether they are shared.
 *
 * @param bytes What a codec gave.
 */
export function unshared(bytes: Uint8Array): Bytes {
  return bytes.buffer instanceof ArrayBuffer ? bytes as Bytes : new Uint8Array(bytes);
}

/** Bytes of a CRC-32C. */
const CHECKSUM_BYTES = 4;

/** The runtime's pool for small buffers has 8 KiB. */
const LEAST_OWN_BYTES = 65_536;

/**
 * How many bytes some become at most, by all that compress, with a checksum: what does not compress grows a little.
 *
 * @param bytes How many there are.
 */
export function roomFor(bytes: number): number {
  return bytes + (bytes >>> 7) + 1024;
}

/** One piece of output that holds all: nothing has to be joined. */
function room(mostBytes: number): { chunkSize: number; maxOutputLength: number } {
  return { chunkSize: Math.max(64, mostBytes + 64), maxOutputLength: mostBytes + 64 };
}

function levelOf({ level }: JsonObject, usual: number, lowest: number, highest: number): number {
  if (level === undefined) return usual;
  if (typeof level === "number" && Number.isInteger(level) && level >= lowest && level <= highest) {
    return level;
  }
  throw new FormatError(
    `A compression level of ${showValue(level)} is none from ${lowest} to ${highest}`,
    "zarr",
  );
}

function withChecksum(bytes: Bytes): Bytes {
  const { buffer, byteOffset, length } = bytes;
  // What an encoder gave mostly lies in memory of its own with room behind it. Small pieces share a pool.
  const isOwn = byteOffset === 0 && length >= LEAST_OWN_BYTES && buffer.byteLength >= length + CHECKSUM_BYTES;
  const summed = new Uint8Array(
    isOwn ? buffer : new ArrayBuffer(length + CHECKSUM_BYTES),
    0,
    length + CHECKSUM_BYTES,
  );
  if (!isOwn) summed.set(bytes);
  new DataView(summed.buffer).setUint32(length, crc32c(bytes), true);
  return summed;
}

function withoutChecksum(summed: Bytes): Bytes {
  if (summed.length < CHECKSUM_BYTES) throw new RangeError(`its ${summed.length} bytes hold no checksum`);
  const bytes = summed.subarray(0, -CHECKSUM_BYTES);
  const said = new DataView(summed.buffer, summed.byteOffset + bytes.length).getUint32(0, true);
  const is = crc32c(bytes);
  if (said !== is) throw new RangeError(`its CRC-32C is ${hex(is)}, but it says ${hex(said)}`);
  return bytes;
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}
