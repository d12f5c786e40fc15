/**
 * Uniform random numbers in [0, 1).
 *
 * @module
 */

import { type DType, DTYPES, type TypedData } from "../../dtype.ts";
import { DTypeError } from "../../errors.ts";
import { visitDoubles, visitFloats, visitWords, writeUniform } from "./philox.ts";
import { streamOf } from "./seed.ts";

/** Options of {@linkcode fillUniform}. */
export interface UniformOptions {
  /** The stream of random numbers, an integer. */
  readonly seed: number | bigint;
  /** The WebAssembly memory that the elements lie in, if they do: large arrays are then written without a copy. */
  readonly memory?: WebAssembly.Memory;
}

/** Arrays from this size on are worth an instance of the module of their own. */
const DIRECT_FROM_BYTES = 1 << 18;

/** Bits of a float16's numbers. */
const BITS_16 = 11;

let halves: Uint16Array | undefined;

/**
 * Checks that random numbers with fractions can be drawn.
 *
 * @param dtype The dtype.
 * @param what How they are distributed, for the message.
 * @throws {DTypeError} If it is no float.
 */
export function requireFloat(dtype: DType, what: string = "uniform"): void {
  if (DTYPES[dtype].kind !== "float") {
    throw new DTypeError(`Cannot draw ${what} random numbers of dtype ${dtype}: expected a float dtype`);
  }
}

/**
 * Fills with uniform random numbers in [0, 1), from the top bits of a Philox stream: float64 takes 53 bits of two
 * words, float32 24 and float16 11 bits of one. Element i depends on the seed and i alone.
 *
 * @param data The elements.
 * @param dtype Their dtype.
 * @param options The seed, and the memory that the elements lie in.
 * @throws {DTypeError} If the dtype is no float, or the seed no integer.
 */
export function fillUniform(data: TypedData<DType>, dtype: DType, options: UniformOptions): void {
  requireFloat(dtype);
  const stream = streamOf(options.seed);
  if (data instanceof Float64Array) {
    const start = fillDirectly(data, stream, options.memory);
    visitDoubles(stream, data.length - start, (batch, k) => data.set(batch, k), { start });
  } else if (data instanceof Float32Array) {
    const start = fillDirectly(data, stream, options.memory);
    visitFloats(stream, data.length - start, (batch, k) => data.set(batch, k), { start });
  } else {
    fillHalves(new Uint16Array(data.buffer, data.byteOffset, data.length), stream);
  }
}

/** Writes what can be written without a copy, and returns how many elements that are. */
function fillDirectly(
  data: Float64Array | Float32Array,
  stream: bigint,
  memory: WebAssembly.Memory | undefined,
): number {
  if (memory === undefined || data.byteLength < DIRECT_FROM_BYTES) return 0;
  return writeUniform(data, memory, stream);
}

/** Fills with the bytes of float16 numbers: there are only 2048. */
function fillHalves(data: Uint16Array, stream: bigint): void {
  const table = halves ??= new Uint16Array(
    Float16Array.from({ length: 2 ** BITS_16 }, (_, k) => k * 2 ** -BITS_16).buffer,
  );
  visitWords(stream, data.length, (words, start) => {
    for (let k = 0; k < words.length; k++) data[start + k] = table[words[k] >>> (32 - BITS_16)];
  });
}
