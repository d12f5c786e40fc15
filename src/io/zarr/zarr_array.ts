/**
 * Boxes of a Zarr array: chunks that are decoded into them, and chunks that they become.
 *
 * @module
 */

import type { Array as ZarritaArray, DataType } from "zarrita";
import { copyElements } from "../../array/copy/copy_elements.ts";
import type { SharedNdArray } from "../../array/shared_ndarray.ts";
import { type DType, DTYPES } from "../../dtype.ts";
import { Interrupted } from "../../interrupt.ts";
import { describeCause, FormatError, StoreError } from "../../errors.ts";
import type { ArrayDriver, StoredBox, StoreLedger } from "../../store/driver.ts";
import { swapBytes } from "../byte_order.ts";
import { joinKey, type ObjectStore } from "../objects/object_store.ts";
import type { ArrayFacts } from "./array_facts.ts";
import type { DirectChunks } from "./direct_chunks.ts";
import { chunkGrid, type ChunkPart, chunkParts, forEachSeveral } from "./chunk_parts.ts";
import type { ChunkEncoder } from "./chunk_encoder.ts";
import { chunkKey, describeCodecs } from "./chunk_names.ts";
import type { FillValue } from "./fill_value.ts";
import { withoutBigInts } from "./json.ts";
import { ChunkMissing, type Traced, type ZarritaStore } from "./zarrita_store.ts";

/** What a {@linkcode ZarrArray} is made of. */
export interface ZarrParts {
  /** What it is called in messages. */
  readonly text: string;
  /** The key of its folder. */
  readonly key: string;
  readonly facts: ArrayFacts;
  readonly objects: ObjectStore;
  /** What finds and decodes chunks: loaded for the first chunk that is not of the usual kind. */
  readonly chunks: () => Promise<ZarritaArray<DataType, ZarritaStore>>;
  /** What decodes and encodes chunks of the usual kind without copies; null for others. */
  readonly direct: DirectChunks | null;
  /** Why a chunk that is not there is an error; null where it is made of the fill value. */
  readonly whyNotMissing: string | null;
  /** What encodes chunks; undefined where they can only be read. */
  readonly encoder?: ChunkEncoder;
  readonly ledger?: StoreLedger;
}

/** An array of a Zarr store. */
export class ZarrArray implements ArrayDriver {
  readonly text: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly chunks: readonly number[];
  readonly dimensionNames: readonly (string | null)[] | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly details: Readonly<Record<string, unknown>>;
  readonly fillValue: FillValue;
  readonly scratchBytes: number;
  readonly ledger: StoreLedger | undefined;
  /** Encodes and writes a box; missing where the array can only be read. */
  readonly write?: (box: StoredBox, source: SharedNdArray, taken?: () => void) => Promise<number>;
  readonly #parts: ZarrParts;

  /**
   * An array.
   *
   * @param parts What it is made of.
   */
  constructor(parts: ZarrParts) {
    const { facts, encoder, objects } = this.#parts = parts;
    this.text = parts.text;
    this.dtype = facts.dtype;
    this.shape = facts.shape;
    this.chunks = facts.chunks;
    this.dimensionNames = facts.dimensionNames;
    this.attributes = Object.freeze(withoutBigInts(facts.attributes) as Record<string, unknown>);
    this.details = Object.freeze(describeDetails(facts));
    this.fillValue = facts.fillValue;
    const chunkBytes = facts.chunks.reduce((product, extent) => product * extent, DTYPES[facts.dtype].bytes);
    this.scratchBytes = 2 * objects.inFlight * chunkBytes;
    this.ledger = parts.ledger;
    if (encoder !== undefined) {
      this.write = (box, source, taken) => this.#write(encoder, box, source, taken);
    }
  }

  /** Decodes the chunks that a box touches, and copies what belongs to it. */
  async read(box: StoredBox, target: SharedNdArray): Promise<number> {
    let bytes = 0;
    await forEachSeveral(chunkParts(box, this.chunks), this.#parts.objects.inFlight, async (part) => {
      // Several are under way: the sum is read when the number is there, and not before.
      const own = await this.#readPart(part, target.box(part.inBox, part.shape));
      bytes += own;
    });
    return bytes;
  }

  async #readDirect(direct: DirectChunks, part: ChunkPart, target: SharedNdArray): Promise<number> {
    const { facts, objects, key } = this.#parts, name = joinKey(key, chunkKey(facts, part.coords));
    const stored = await objects.get(name);
    if (stored === undefined) {
      this.#fillMissing(name, target);
      return 0;
    }
    try {
      direct.decode(stored, part, target);
    } catch (cause) {
      if (cause instanceof Interrupted) throw cause;
      throw this.#damaged({ key: name }, describeCause(cause), cause);
    }
    const { length } = stored;
    objects.giveBack?.(stored);
    return length;
  }

  #fillMissing(name: string, target: SharedNdArray): void {
    const { facts, objects, whyNotMissing } = this.#parts;
    if (whyNotMissing !== null) {
      throw new FormatError(`${objects.text}/${name} is missing: ${whyNotMissing}`, "zarr");
    }
    target.fill(facts.fillValue ?? zeroOf(facts.dtype));
  }

  async #readPart(part: ChunkPart, target: SharedNdArray): Promise<number> {
    const { coords, inChunk, shape } = part, { facts, chunks, direct } = this.#parts;
    if (direct !== null) return await this.#readDirect(direct, part, target);
    const trace: Traced = { bytes: 0, isFound: false, key: "" };
    const chunk = await this.#decoded(
      chunks().then((found) => found.getChunk([...coords], trace)),
      coords,
      trace,
    );
    if (chunk === undefined || !trace.isFound) {
      this.#fillMissing(joinKey(this.#parts.key, chunkKey(facts, coords)), target);
      return trace.bytes;
    }
    const { data, stride } = chunk;
    const count = this.chunks.reduce((product, extent) => product * extent, 1);
    if (!ArrayBuffer.isView(data) || data.byteLength !== count * DTYPES[facts.dtype].bytes) {
      throw this.#damaged(
        trace,
        `it has ${ArrayBuffer.isView(data) ? data.byteLength : "no"} bytes, expected ${
          count * DTYPES[facts.dtype].bytes
        }`,
      );
    }
    if (facts.bigEndian) {
      swapBytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), DTYPES[facts.dtype].bytes);
    }
    copyElements(target, {
      // Bytes of bools may be any: as integers they are converted.
      dtype: facts.dtype === "bool" ? "uint8" : facts.dtype,
      shape,
      strides: stride,
      offset: inChunk.reduce((place, index, axis) => place + index * stride[axis], 0),
      data,
    });
    return trace.bytes;
  }

  /** What comes of decoding a chunk; undefined if it is not there. */
  async #decoded<T>(decoding: Promise<T>, coords: readonly number[], trace: Traced): Promise<T | undefined> {
    try {
      return await decoding;
    } catch (cause) {
      if (cause instanceof ChunkMissing) return undefined;
      if (isTold(cause)) throw cause;
      const reason = cause instanceof Error && cause.cause !== undefined ? cause.cause : cause;
      if (trace.key === "") trace.key = joinKey(this.#parts.key, chunkKey(this.#parts.facts, coords));
      throw this.#damaged(trace, describeCause(reason), cause);
    }
  }

  #damaged({ key }: Pick<Traced, "key">, reason: string, cause?: unknown): FormatError {
    return new FormatError(`${this.#parts.objects.text}/${key} is damaged: ${reason}`, "zarr", { cause });
  }

  async #write(
    encoder: ChunkEncoder,
    box: StoredBox,
    source: SharedNdArray,
    taken: () => void = () => {},
  ): Promise<number> {
    const { objects, key, facts, direct } = this.#parts, parts = [...chunkParts(box, this.chunks)];
    let bytes = 0, encodedParts = 0;
    // One more than is under way is encoded meanwhile.
    await forEachSeveral(parts, objects.inFlight + 1, async (part) => {
      const name = joinKey(key, chunkKey(facts, part.coords));
      const own = direct?.canEncode ? direct : encoder;
      const written = await own.encode(source.box(part.inBox, part.shape), (encoded) => {
        if (++encodedParts === parts.length) taken();
        return objects.put(name, encoded).then(() => encoded.length);
      });
      bytes += written;
    });
    return bytes;
  }

  /** Nothing is kept open. */
  close(): void {}
}

/** Whether an error says already what is wrong with which object. */
function isTold(cause: unknown): boolean {
  return cause instanceof StoreError || cause instanceof FormatError ||
    cause instanceof Deno.errors.PermissionDenied || cause instanceof Deno.errors.NotCapable;
}

function zeroOf(dtype: DType): number | bigint | boolean {
  if (dtype === "bool") return false;
  return dtype === "int64" || dtype === "uint64" ? 0n : 0;
}

function describeDetails(facts: ArrayFacts): Record<string, unknown> {
  const count = chunkGrid(facts.shape, facts.chunks).reduce((product, extent) => product * extent, 1);
  return {
    format: `Zarr ${facts.zarrFormat}`,
    codecs: describeCodecs(facts),
    chunkCount: count,
    ...(facts.shards === null ? {} : { shards: facts.shards }),
  };
}
