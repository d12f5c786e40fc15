/**
 * Uniform random integers.
 *
 * @module
 */

import { type DType, DTYPES, isBigIntDType, type TypedData } from "../../dtype.ts";
import { BATCH_WORDS, visitDraws } from "./bounded.ts";
import { type Bounds, requireBounds } from "./bounds.ts";
import { PURPOSE } from "./philox.ts";
import { SCRATCH, scratchMemory } from "./scratch.ts";
import { streamOf } from "./seed.ts";

/** Options of {@linkcode fillIntegers}. */
export interface IntegerOptions extends Bounds {
  /** The stream of random numbers, an integer. */
  readonly seed: number | bigint;
}

/**
 * Fills with uniform random integers, each as likely as any other.
 *
 * With at most 2^32 of them, element i takes word i of the stream of purpose 1, otherwise words 2i (high) and 2i + 1.
 * The integer is `low` plus the upper half of their product with the number of integers. If the lower half shows that
 * it would be favoured, the draw does not count, and the same words of the same stream's next attempt are taken: the
 * attempt is the third word of the counter. So element i depends on the seed, the bounds and i alone.
 *
 * @param data The elements.
 * @param dtype Their dtype: an integer one, or bool, whose integers are 0 (false) and 1 (true).
 * @param options The seed and the bounds.
 * @throws {DTypeError} If the dtype has no integers, a bound or the seed is no integer, or the dtype does not hold all
 * integers that are wanted.
 * @throws {ValueError} If there is no integer between the bounds.
 */
export function fillIntegers(data: TypedData<DType>, dtype: DType, options: IntegerOptions): void {
  const { low, count } = requireBounds(dtype, options);
  const isWide = count > 1n << 32n, isBig = isBigIntDType(dtype);
  const words = isWide ? 2 : 1;
  const last = count - 1n;
  const rejected = (1n << BigInt(32 * words)) % count;
  const draw = isWide ? "words64to8" : isBig ? "words32to8" : "words32to4";
  visitDraws(
    streamOf(options.seed),
    data.length,
    {
      purpose: PURPOSE.integers,
      words,
      draw: (module, pending) => module[draw](pending, last, low, rejected),
    },
    copier(data, dtype),
  );
}

/** Copies results from the scratch memory. */
function copier(data: TypedData<DType>, dtype: DType): (count: number, start: number) => void {
  const { buffer } = scratchMemory();
  if (isBigIntDType(dtype)) {
    const results = new BigInt64Array(buffer, SCRATCH.results, BATCH_WORDS);
    // The dtype says that the elements are bigints.
    const big = data as TypedData<"int64" | "uint64">;
    return (count, start) => big.set(results.subarray(0, count), start);
  }
  // Between arrays of one kind, set is a plain copy.
  const results = DTYPES[dtype].kind === "int"
    ? new Int32Array(buffer, SCRATCH.results, BATCH_WORDS)
    : new Uint32Array(buffer, SCRATCH.results, BATCH_WORDS);
  // The elements are numbers: floats were refused, and bigints are done.
  const narrow = data as TypedData<"int32">;
  return (count, start) => narrow.set(results.subarray(0, count), start);
}
