/**
 * Seeds: what a user may give, and one for those who give none.
 *
 * @module
 */

import { DTypeError, showValue } from "../../errors.ts";

/**
 * A seed as the stream that it stands for.
 *
 * @param seed A safe integer, or a bigint of any size.
 * @returns The seed as a bigint; streams take its low 64 bits.
 * @throws {DTypeError} If the seed is no integer, or a number too large to tell its neighbours apart.
 */
export function streamOf(seed: number | bigint): bigint {
  if (typeof seed !== "bigint" && !Number.isSafeInteger(seed)) {
    throw new DTypeError(`Cannot seed with ${showValue(seed)}: expected an integer`);
  }
  return BigInt(seed);
}

/**
 * A seed for those who gave none: 64 bits that nobody can foresee.
 */
export function freshSeed(): bigint {
  const [low, high] = crypto.getRandomValues(new Uint32Array(2));
  return (BigInt(high) << 32n) | BigInt(low);
}
