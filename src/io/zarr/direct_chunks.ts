/**
 * Chunks that are compressed by zstd alone, the usual case, without copies on the way: decoded into the array where they
 * fill a contiguous part of it, encoded from where they lie, in memory that is used again.
 *
 * @module
 */

import { copyElements } from "../../array/copy/copy_elements.ts";
import { cStrides } from "../../array/layout/strides.ts";
import { layoutOf, type SharedNdArray } from "../../array/shared_ndarray.ts";
import { type DType, DTYPES, type TypedCopy } from "../../dtype.ts";
import { sameShape } from "../../array/layout/shape.ts";
import type { ArrayFacts } from "./array_facts.ts";
import type { ChunkPart } from "./chunk_parts.ts";
import { crc32c } from "./crc32c.ts";
import { ZstdEngine } from "./zstd_engine.ts";
import { requireWholeFrames } from "./zstd_frame.ts";

/** Bytes of a CRC-32C. */
const CHECKSUM_BYTES = 4;

let decompressor: ZstdEngine | null | undefined;

/** Memory that is used again. */
class Rooms<T> {
  readonly #make: () => T;
  readonly #free: T[] = [];

  constructor(make: () => T) {
    this.#make = make;
  }

  take(): T {
    return this.#free.pop() ?? this.#make();
  }

  giveBack(room: T): void {
    this.#free.push(room);
  }
}

/** Encodes and decodes the chunks of an array. */
export class DirectChunks {
  readonly #facts: ArrayFacts;
  readonly #hasChecksum: boolean;
  readonly #bytes: number;
  readonly #strides: readonly number[];
  readonly #decompressor: ZstdEngine;
  readonly #compressor: ZstdEngine | null;
  /** Chunks that are not where they are to be, and what chunks are encoded to. */
  readonly #chunks: Rooms<TypedCopy<DType>>;
  readonly #encoded: Rooms<Uint8Array<ArrayBuffer>>;

  private constructor(facts: ArrayFacts, engine: ZstdEngine) {
    const [{ configuration }] = facts.steps;
    this.#facts = facts;
    this.#decompressor = engine;
    this.#hasChecksum = facts.steps.length === 2;
    this.#bytes = facts.chunks.reduce((product, extent) => product * extent, DTYPES[facts.dtype].bytes);
    this.#strides = cStrides(facts.chunks);
    const { level = 3, checksum } = configuration;
    this.#compressor = typeof level === "number" && Number.isInteger(level) && level >= -131072 && level <= 22
      ? ZstdEngine.compressor(level, checksum !== false)
      : null;
    const { array: Data, bytes: width } = DTYPES[facts.dtype];
    this.#chunks = new Rooms(() => new Data(this.#bytes / width));
    // No input grows by more than that (ZSTD_COMPRESSBOUND of its API).
    this.#encoded = new Rooms(() =>
      new Uint8Array(this.#bytes + (this.#bytes >>> 8) + 1024 + CHECKSUM_BYTES)
    );
  }

  /**
   * What does this for an array.
   *
   * @param facts What is known of it.
   * @returns Null for one whose chunks are stored in another way, or where the runtime cannot do it.
   */
  static of(facts: ArrayFacts): DirectChunks | null {
    const { steps, shards, order, bigEndian, dtype } = facts, names = steps.map(({ name }) => name).join();
    const isPlain = shards === null && order === null && !bigEndian && dtype !== "bool";
    if (!isPlain || (names !== "zstd" && names !== "zstd,crc32c")) return null;
    const engine = decompressor ??= ZstdEngine.decompressor();
    return engine === null ? null : new DirectChunks(facts, engine);
  }

  /** Whether chunks can be encoded. */
  get canEncode(): boolean {
    return this.#compressor !== null;
  }

  /**
   * Decodes a part of a chunk.
   *
   * @param stored The chunk as it is stored.
   * @param part Which part.
   * @param target Where it goes: an array of the part's shape.
   * @throws {RangeError} If the chunk is damaged.
   */
  decode(stored: Uint8Array, { inChunk, shape }: ChunkPart, target: SharedNdArray): void {
    const packed = this.#hasChecksum ? this.#checked(stored) : stored, { dtype, chunks } = this.#facts;
    requireWholeFrames(packed);
    const inPlace = sameShape(shape, chunks) ? contiguousBytes(target) : null;
    if (inPlace !== null) return this.#decompress(packed, inPlace);
    const room = this.#chunks.take();
    try {
      this.#decompress(packed, bytesOf(room));
      const offset = inChunk.reduce((place, index, axis) => place + index * this.#strides[axis], 0);
      copyElements(target, { dtype, shape, strides: this.#strides, offset, data: room });
    } finally {
      this.#chunks.giveBack(room);
    }
  }

  #decompress(packed: Uint8Array, into: Uint8Array): void {
    const { length, isWhole } = this.#decompressor.decompress(packed, into);
    if (isWhole && length === this.#bytes) return;
    const has = isWhole ? `${length}` : "more";
    throw new RangeError(`it has ${has} bytes, expected ${this.#bytes}`);
  }

  #checked(stored: Uint8Array): Uint8Array {
    if (stored.length < CHECKSUM_BYTES) throw new RangeError(`its ${stored.length} bytes hold no checksum`);
    const bytes = stored.subarray(0, -CHECKSUM_BYTES);
    const said = new DataView(stored.buffer, stored.byteOffset + bytes.length).getUint32(0, true);
    const is = crc32c(bytes);
    if (said !== is) throw new RangeError(`its CRC-32C is ${hex(is)}, but it says ${hex(said)}`);
    return bytes;
  }

  /**
   * Encodes a chunk.
   *
   * @param part The chunk's elements: fewer than it has where it reaches beyond the array.
   * @param use What takes the bytes, which are valid until its promise settles.
   * @returns What it gives.
   */
  async encode<T>(part: SharedNdArray, use: (bytes: Uint8Array<ArrayBuffer>) => Promise<T>): Promise<T> {
    const { chunks } = this.#facts, compressor = this.#compressor;
    if (compressor === null) throw new Error("There is nothing to compress with");
    const inPlace = sameShape(part.shape, chunks) ? contiguousBytes(part) : null;
    const copy = inPlace === null ? this.#chunks.take() : null;
    if (copy !== null) this.#copyTo(copy, part);
    const room = this.#encoded.take();
    const from = copy === null ? inPlace ?? room : bytesOf(copy);
    const length = compressor.compress(from, room.subarray(0, -CHECKSUM_BYTES));
    if (copy !== null) this.#chunks.giveBack(copy);
    if (length === undefined) {
      throw new Error(`${this.#bytes} bytes do not fit ${room.length} compressed ones`);
    }
    let end = length;
    if (this.#hasChecksum) {
      new DataView(room.buffer).setUint32(length, crc32c(room.subarray(0, length)), true);
      end += CHECKSUM_BYTES;
    }
    try {
      return await use(room.subarray(0, end));
    } finally {
      this.#encoded.giveBack(room);
    }
  }

  /** Puts the elements of a chunk into memory; what lies beyond the array has the fill value. */
  #copyTo(data: TypedCopy<DType>, part: SharedNdArray): void {
    const { dtype, chunks, fillValue } = this.#facts;
    if (!sameShape(part.shape, chunks)) {
      if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(BigInt(fillValue ?? 0));
      else data.fill(Number(fillValue ?? 0));
    }
    copyElements({ dtype, shape: part.shape, strides: this.#strides, offset: 0, data }, part);
  }
}

/** The bytes of an array that lies in one piece in C order; null for another one. */
function contiguousBytes(array: SharedNdArray): Uint8Array | null {
  const { strides, offset } = layoutOf(array), { data, shape, byteLength } = array;
  const whole = cStrides(shape);
  if (!strides.every((stride, axis) => stride === whole[axis] || shape[axis] === 1)) return null;
  return new Uint8Array(data.buffer, data.byteOffset + offset * data.BYTES_PER_ELEMENT, byteLength);
}

function bytesOf({ buffer, byteOffset, byteLength }: TypedCopy<DType>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function hex(word: number): string {
  return `0x${word.toString(16).padStart(8, "0")}`;
}
