/**
 * Chunks as they are stored, from boxes of arrays.
 *
 * @module
 */

import { copyElements } from "../../array/copy/copy_elements.ts";
import { cStrides } from "../../array/layout/strides.ts";
import type { SharedNdArray } from "../../array/shared_ndarray.ts";
import { type DType, DTYPES, type TypedCopy } from "../../dtype.ts";
import { swapBytes } from "../byte_order.ts";
import type { ArrayFacts } from "./array_facts.ts";
import { type ByteCodec, type Bytes, roomFor } from "./byte_codecs.ts";
import { byteCodec } from "./zarrita.ts";

/** The steps that can be done, and not only undone. */
const WRITABLE = new Set(["zstd", "blosc", "gzip", "zlib", "crc32c"]);

/**
 * What keeps an array from being written.
 *
 * @param facts What is known of it.
 * @returns Undefined if nothing does.
 */
export function obstacleToWriting(facts: ArrayFacts): string | undefined {
  if (facts.shards !== null) return "its chunks lie in shards";
  const step = facts.steps.find(({ name }) => !WRITABLE.has(name));
  return step === undefined ? undefined : `the codec ${step.name} is only decoded`;
}

/** Encodes chunks. */
export class ChunkEncoder {
  readonly #facts: ArrayFacts;
  readonly #codecs: readonly ByteCodec[];
  readonly #strides: readonly number[];
  readonly #size: number;
  /** Memory of chunks that are encoded. */
  readonly #free: TypedCopy<DType>[] = [];

  private constructor(facts: ArrayFacts, codecs: readonly ByteCodec[]) {
    this.#facts = facts;
    this.#codecs = codecs;
    this.#strides = stridesIn(facts.chunks, facts.order);
    this.#size = facts.chunks.reduce((product, extent) => product * extent, 1);
  }

  /**
   * What encodes the chunks of an array that nothing keeps from being written.
   *
   * @param facts What is known of it.
   * @param text What it is called in messages.
   */
  static async of(facts: ArrayFacts, text: string): Promise<ChunkEncoder> {
    let bytes = facts.chunks.reduce((product, extent) => product * extent, DTYPES[facts.dtype].bytes);
    const codecs: ByteCodec[] = [];
    for (const step of facts.steps) {
      codecs.push(await byteCodec(step, bytes, text));
      bytes = roomFor(bytes);
    }
    return new ChunkEncoder(facts, codecs);
  }

  /**
   * Encodes a chunk.
   *
   * @param part The chunk's elements: fewer than it has where it reaches beyond the array.
   * @param use What takes the bytes, which are valid until its promise settles.
   * @returns What it gives.
   */
  async encode<T>(part: SharedNdArray, use: (bytes: Bytes) => Promise<T>): Promise<T> {
    const { dtype, chunks, fillValue, bigEndian } = this.#facts;
    const { array: Data, bytes: width } = DTYPES[dtype];
    const data = this.#free.pop() ?? new Data(this.#size);
    const isCut = part.shape.some((extent, axis) => extent < chunks[axis]);
    // Zarr stores whole chunks; what lies beyond the array has the fill value.
    if (isCut) fillData(data, fillValue);
    copyElements({ dtype, shape: part.shape, strides: this.#strides, offset: 0, data }, part);
    let bytes: Bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    if (bigEndian) swapBytes(bytes, width);
    for (const codec of this.#codecs) {
      const encoded = codec.encode(bytes);
      bytes = encoded instanceof Uint8Array ? encoded : await encoded;
    }
    const isFree = bytes.buffer !== data.buffer;
    if (isFree) this.#free.push(data);
    const result = await use(bytes);
    if (!isFree) this.#free.push(data);
    return result;
  }
}

/** Writes one value to all elements, as memory holds it. */
function fillData(data: TypedCopy<DType>, value: ArrayFacts["fillValue"]): void {
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) data.fill(BigInt(value ?? 0));
  else data.fill(Number(value ?? 0));
}

/** How far neighbours on each axis are apart in a chunk whose axes lie in an order. */
function stridesIn(chunks: readonly number[], order: readonly number[] | null): readonly number[] {
  if (order === null) return cStrides(chunks);
  const lying = cStrides(order.map((axis) => chunks[axis]));
  const strides = new Array<number>(chunks.length).fill(0);
  order.forEach((axis, place) => strides[axis] = lying[place]);
  return strides;
}
