/**
 * The runtime's own zstd, from and into memory that is there already, shared memory included.
 *
 * The functions of `node:zlib` make a context, and memory for what comes out, for each call: with chunks of some
 * megabytes that takes half as long again as the compression itself. The streams behind them have a handle that does
 * not (several packages use it, it is not documented). It is tried out before it is relied on; where it does not do
 * what is expected, there is no engine, and the documented functions are used.
 *
 * @module
 */

import { constants, createZstdCompress, createZstdDecompress, zstdDecompressSync } from "node:zlib";

/** The part of a stream that is used. */
interface Stream {
  readonly _handle: {
    reset(): void;
    writeSync(
      flush: number,
      input: Uint8Array,
      inputOffset: number,
      inputLength: number,
      output: Uint8Array,
      outputOffset: number,
      outputLength: number,
    ): void;
  };
  /** After a call: how many bytes of the output are free, and how many of the input are left. */
  readonly _writeState: Uint32Array;
}

/** Bytes of output beyond those that are asked for. */
const SPARE_BYTES = 64;

/** Where a frame's flags are, and of which two matter here; and the bytes of its content's size where they say so. */
const FLAGS_AT = 4, CHECKSUM_FLAG = 4, FOUR_BYTE_SIZE_FLAG = 0x80, SIZE_BYTES = 4;

function isStream(value: unknown): value is Stream {
  if (typeof value !== "object" || value === null) return false;
  if (!("_handle" in value && "_writeState" in value)) return false;
  const { _handle: handle, _writeState: state } = value;
  return state instanceof Uint32Array && state.length === 2 && typeof handle === "object" &&
    handle !== null &&
    "reset" in handle && typeof handle.reset === "function" && "writeSync" in handle &&
    typeof handle.writeSync === "function";
}

/** A context that compresses or decompresses whole inputs, one after another. */
export class ZstdEngine {
  readonly #stream: Stream;

  private constructor(stream: Stream) {
    this.#stream = stream;
  }

  /**
   * What compresses; null where the runtime's streams are not as expected.
   *
   * @param level The level, -131072 to 22.
   * @param hasChecksum Whether each frame shall end in a checksum.
   */
  static compressor(level: number, hasChecksum: boolean): ZstdEngine | null {
    const params = {
      [constants.ZSTD_c_compressionLevel]: level,
      [constants.ZSTD_c_checksumFlag]: hasChecksum ? 1 : 0,
    };
    const engine = engineOf(() => createZstdCompress({ chunkSize: 1024, params }));
    return engine !== null && isRight(engine) ? engine : null;
  }

  /** What decompresses; null where the runtime's streams are not as expected. */
  static decompressor(): ZstdEngine | null {
    const engine = engineOf(() => createZstdDecompress({ chunkSize: 1024 }));
    const compressor = ZstdEngine.compressor(1, true);
    return engine !== null && compressor !== null && isInverse(engine, compressor) ? engine : null;
  }

  /** @internal */
  static over(stream: Stream): ZstdEngine {
    return new ZstdEngine(stream);
  }

  /**
   * Compresses all of an input to one frame that says how many bytes it holds: decoders that make room for them before
   * they begin need that, and the runtime writes it only where it was told before.
   *
   * @param input What is compressed.
   * @param output Where the frame goes.
   * @returns How many bytes it has; undefined if it does not fit.
   * @throws {Error} If the runtime's frames do not begin as expected.
   */
  compress(input: Uint8Array, output: Uint8Array): number | undefined {
    this.#stream._handle.reset();
    const { free, left } = this.#step(input, output.subarray(SIZE_BYTES));
    // Of a full output it cannot be known whether there was more to come.
    if (free === 0 || left > 0) return undefined;
    const length = output.length - SIZE_BYTES - free;
    // Magic number, flags and window (RFC 8878, 3.1.1.1); the number of bytes comes between these and the first block.
    const flags = output[SIZE_BYTES + FLAGS_AT];
    if ((flags & ~CHECKSUM_FLAG) !== 0) throw new Error(`A frame begins with the flags ${flags}`);
    output.copyWithin(0, SIZE_BYTES, SIZE_BYTES + FLAGS_AT + 2);
    output[FLAGS_AT] = flags | FOUR_BYTE_SIZE_FLAG;
    new DataView(output.buffer, output.byteOffset).setUint32(FLAGS_AT + 2, input.length, true);
    return length + SIZE_BYTES;
  }

  /**
   * Decompresses all of an input.
   *
   * @param input What is decompressed.
   * @param output Where the result goes.
   * @returns How many bytes it has, and whether that is all: otherwise the output is too small, or the input is cut.
   * @throws {Error} If the input is damaged.
   */
  decompress(input: Uint8Array, output: Uint8Array): { readonly length: number; readonly isWhole: boolean } {
    this.#stream._handle.reset();
    const { free, left } = this.#step(input, output);
    if (free > 0) return { length: output.length - free, isWhole: left === 0 };
    // The end of a frame may not have been read yet, or there may be more to come than was asked for.
    const spare = new Uint8Array(SPARE_BYTES);
    const end = this.#step(input.subarray(input.length - left), spare);
    return { length: output.length, isWhole: end.left === 0 && end.free === SPARE_BYTES };
  }

  /** One call: how many bytes of the output are free afterwards, and how many of the input are left. */
  #step(input: Uint8Array, output: Uint8Array): { readonly free: number; readonly left: number } {
    const { _handle: handle, _writeState: state } = this.#stream;
    handle.writeSync(constants.ZSTD_e_end, input, 0, input.length, output, 0, output.length);
    return { free: state[0], left: state[1] };
  }
}

function engineOf(make: () => unknown): ZstdEngine | null {
  try {
    const stream = make();
    return isStream(stream) ? ZstdEngine.over(stream) : null;
  } catch {
    return null;
  }
}

/** Bytes that can be told apart, and of which some repeat. */
function sample(): Uint8Array {
  return Uint8Array.from({ length: 4096 }, (_, k) => (k * k) % 251 >> (k & 3));
}

function isRight(compressor: ZstdEngine): boolean {
  try {
    const from = sample(), room = new Uint8Array(8192);
    for (let round = 0; round < 2; round++) {
      const length = compressor.compress(from, room);
      if (length === undefined || !areEqual(zstdDecompressSync(room.slice(0, length)), from)) return false;
    }
    return true;
  } catch {
    return false;
  }
}

function isInverse(decompressor: ZstdEngine, compressor: ZstdEngine): boolean {
  try {
    const from = sample(),
      room = new Uint8Array(8192),
      shared = new Uint8Array(new SharedArrayBuffer(from.length));
    const packed = room.subarray(0, compressor.compress(from, room));
    for (let round = 0; round < 2; round++) {
      const { length, isWhole } = decompressor.decompress(packed, shared.fill(0));
      if (!isWhole || length !== from.length || !areEqual(shared, from)) return false;
    }
    return true;
  } catch {
    return false;
  }
}

function areEqual(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, k) => byte === b[k]);
}
