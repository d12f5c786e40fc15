/**
 * Streams of random numbers: Philox4x32-10, a counter-based generator.
 *
 * J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011. A block
 * of four 32-bit words is a keyed bijection of a counter of four 32-bit words, so any part of a stream can be made
 * without the part before it.
 *
 * The key is the low 64 bits of the seed. The counter of block n is [n low, n high, attempt, purpose]:
 *
 * - Uniform and normal numbers have purpose 0, integers 1 and permutations 2. So what one seed gives for different
 *   purposes has nothing in common, but for uniform and normal numbers, which have the same order.
 * - The attempt is 0, and counts up where a draw does not count and is made again.
 *
 * @module
 */

import { FORM, type PhiloxExports, philoxModule, UNIT_BYTES } from "./philox_module.ts";
import { BATCH_BYTES, SCRATCH, scratchMemory } from "./scratch.ts";

/** Bytes of one block: four 32-bit words. */
const BLOCK_BYTES = 16;

/** What a stream is for: the fourth word of its counters. */
export const PURPOSE = { reals: 0, integers: 1, permutation: 2 } as const;

/** Which part of which stream is wanted. */
export interface StreamOptions {
  /** The place of the first number. Default: 0. */
  readonly start?: number;
  /** How often the numbers were drawn before, below 2^32. Default: 0. */
  readonly attempt?: number;
  /** One of {@linkcode PURPOSE}. Default: that of uniform and normal numbers. */
  readonly purpose?: number;
}

let module: WebAssembly.Module | undefined;
let scratchExports: PhiloxExports | undefined;

/** The module over a memory; compiled when the first random number is wanted. */
function instantiate(memory: WebAssembly.Memory): PhiloxExports {
  module ??= new WebAssembly.Module(philoxModule());
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  // The exports of a WebAssembly instance are untyped; the module's file says what they are.
  return exports as unknown as PhiloxExports;
}

/**
 * Makes numbers of one form in the scratch memory, batch by batch. Batches end where a multiple of their length ends,
 * so the block numbers of each have their high words in common.
 */
function visitBatches<T extends Uint32Array | Float32Array | Float64Array>(
  form: number,
  batch: T,
  seed: bigint,
  count: number,
  visit: (batch: T, start: number) => void,
  options: StreamOptions,
): void {
  const { fill } = scratchExports ??= instantiate(scratchMemory());
  const { start = 0, attempt = 0, purpose = PURPOSE.reals } = options;
  const rest = (BigInt(purpose) << 32n) | BigInt(attempt);
  const width = batch.BYTES_PER_ELEMENT, unit = UNIT_BYTES / width;
  const end = start + count;
  for (let from = start; from < end;) {
    const first = from - from % unit;
    const to = Math.min(end, from - from % batch.length + batch.length);
    const block = BigInt(first / BLOCK_BYTES * width);
    fill(block, seed, rest, form, SCRATCH.batch, Math.ceil((to - first) / unit));
    const isWhole = to - from === batch.length;
    // A subarray of T is a T, which TypeScript does not know of a type parameter.
    visit(isWhole ? batch : batch.subarray(from - first, to - first) as T, from);
    from = to;
  }
}

/**
 * Hands out the words of a stream in order.
 *
 * @param seed The stream: the low 64 bits of the number are the generator's key.
 * @param count How many 32-bit words are wanted.
 * @param visit Called with a batch of words, which is only valid during the call, and the first one's place in the
 * stream. It may change the batch, but must not ask for other random numbers before it has done with it.
 * @param options The part of the stream.
 */
export function visitWords(
  seed: bigint,
  count: number,
  visit: (batch: Uint32Array, start: number) => void,
  options: StreamOptions = {},
): void {
  const batch = new Uint32Array(scratchMemory().buffer, SCRATCH.batch, BATCH_BYTES / 4);
  visitBatches(FORM.words, batch, seed, count, visit, options);
}

/**
 * Hands out uniform numbers in [0, 1) in order: number i is the top 53 bits of words 2i (high) and 2i + 1 (low).
 *
 * @param seed The stream.
 * @param count How many numbers are wanted.
 * @param visit As for {@linkcode visitWords}.
 * @param options The part of the stream.
 */
export function visitDoubles(
  seed: bigint,
  count: number,
  visit: (batch: Float64Array, start: number) => void,
  options: StreamOptions = {},
): void {
  const batch = new Float64Array(scratchMemory().buffer, SCRATCH.batch, BATCH_BYTES / 8);
  visitBatches(FORM.doubles, batch, seed, count, visit, options);
}

/**
 * Hands out uniform numbers in [0, 1) in order: number i is the top 24 bits of word i, which a float32 holds.
 *
 * @param seed The stream.
 * @param count How many numbers are wanted.
 * @param visit As for {@linkcode visitWords}.
 * @param options The part of the stream.
 */
export function visitFloats(
  seed: bigint,
  count: number,
  visit: (batch: Float32Array, start: number) => void,
  options: StreamOptions = {},
): void {
  const batch = new Float32Array(scratchMemory().buffer, SCRATCH.batch, BATCH_BYTES / 4);
  visitBatches(FORM.floats, batch, seed, count, visit, options);
}

/**
 * Writes the uniform numbers of a stream, from its first one on, to where an array lies: {@linkcode visitDoubles} or
 * {@linkcode visitFloats} without a copy.
 *
 * @param data The numbers: a float64 or float32 array.
 * @param memory The memory that they lie in.
 * @param seed The stream.
 * @returns How many were written: as many as fill whole units. It is 0 if the memory is none that the module can use.
 */
export function writeUniform(
  data: Float64Array | Float32Array,
  memory: WebAssembly.Memory,
  seed: bigint,
): number {
  const bytes = data.byteLength - data.byteLength % UNIT_BYTES;
  if (memory.buffer !== data.buffer || bytes === 0) return 0;
  const exports = instantiateOver(memory);
  if (exports === undefined) return 0;
  const form = data instanceof Float64Array ? FORM.doubles : FORM.floats;
  for (let done = 0; done < bytes; done += BATCH_BYTES) {
    const units = Math.min(BATCH_BYTES, bytes - done) / UNIT_BYTES;
    exports.fill(BigInt(done / BLOCK_BYTES), seed, 0n, form, data.byteOffset + done, units);
  }
  return bytes / data.BYTES_PER_ELEMENT;
}

/** The module over a memory, or undefined if the memory has 64-bit addresses. */
function instantiateOver(memory: WebAssembly.Memory): PhiloxExports | undefined {
  try {
    return instantiate(memory);
  } catch (error) {
    if (error instanceof WebAssembly.LinkError) return undefined;
    throw error;
  }
}
