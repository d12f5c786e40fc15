/**
 * Streams of random numbers and what is drawn with them, with bigints and without haste.
 *
 * @module
 */

import {
  CENTRAL,
  CENTRE,
  FAR_SHIFT,
  FAR_TAIL,
  LOGARITHM,
  NEAR_SHIFT,
  NEAR_TAIL,
} from "../../../src/array/random/inverse_normal.ts";

const WORD = 2n ** 32n;

/** Which counters: the last two words of each. */
export interface Naive {
  readonly attempt?: number;
  readonly purpose?: number;
}

/** Philox4x32-10 as the paper writes it down. */
export function philoxBlock(counter: readonly bigint[], key: readonly bigint[]): bigint[] {
  let [c0, c1, c2, c3] = counter, [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const left = c0 * 0xd2511f53n, right = c2 * 0xcd9e8d57n;
    [c0, c1, c2, c3] = [(right / WORD) ^ c1 ^ k0, right % WORD, (left / WORD) ^ c3 ^ k1, left % WORD];
    [k0, k1] = [(k0 + 0x9e3779b9n) % WORD, (k1 + 0xbb67ae85n) % WORD];
  }
  return [c0, c1, c2, c3];
}

/** Words of a stream, from one on: block n has n as the low half of its counter. */
export function slowWords(seed: bigint, start: number, count: number, options: Naive = {}): number[] {
  const { attempt = 0, purpose = 0 } = options;
  const key = BigInt.asUintN(64, seed);
  const first = Math.floor(start / 4), last = Math.ceil((start + count) / 4);
  const blocks = Array.from({ length: last - first }, (_, k) => {
    const block = BigInt(first + k);
    const counter = [block % WORD, block / WORD, BigInt(attempt), BigInt(purpose)];
    return philoxBlock(counter, [key % WORD, key / WORD]);
  });
  return blocks.flat().map(Number).slice(start - 4 * first, start - 4 * first + count);
}

/** The top bits of words as uniform numbers: of pairs if they are more than 32. */
export function topBits(words: readonly number[], bits: number): number[] {
  if (bits <= 32) return words.map((word) => Math.floor(word / 2 ** (32 - bits)) / 2 ** bits);
  return Array.from({ length: words.length / 2 }, (_, i) => {
    const pair = BigInt(words[2 * i]) * WORD + BigInt(words[2 * i + 1]);
    return Number(pair >> BigInt(64 - bits)) / 2 ** bits;
  });
}

/** A word of some bits as one of `count` integers from 0, or undefined where it does not count. */
export function lemire(word: bigint, bits: number, count: bigint): bigint | undefined {
  const size = 1n << BigInt(bits);
  return word * count % size < size % count ? undefined : word * count / size;
}

/** Element i of a draw of `count` integers from 0. */
export function slowBelow(seed: bigint, i: number, count: bigint, purpose: number): bigint {
  const words = count <= WORD ? 1 : 2;
  for (let attempt = 0;; attempt++) {
    const drawn = slowWords(seed, i * words, words, { attempt, purpose });
    const word = drawn.reduce((number, next) => number * WORD + BigInt(next), 0n);
    const result = lemire(word, 32 * words, count);
    if (result !== undefined) return result;
  }
}

/** The inverse of the normal distribution function at 1/2 + q, as the package's module computes it. */
export function slowQuantile(q: number): number {
  const value = (coefficients: readonly number[], x: number) => coefficients.reduce((sum, c) => sum * x + c);
  if (Math.abs(q) <= CENTRAL) {
    const r = CENTRAL * CENTRAL - q * q;
    return q * value(CENTRE.top, r) / value(CENTRE.bottom, r);
  }
  const r = Math.sqrt(-logarithm(0.5 - Math.abs(q), value));
  const [{ top, bottom }, shift] = r > FAR_SHIFT ? [FAR_TAIL, FAR_SHIFT] : [NEAR_TAIL, NEAR_SHIFT];
  return Math.sign(q) * value(top, r - shift) / value(bottom, r - shift);
}

/** By the series, with the exponent found by halving. */
function logarithm(x: number, value: (coefficients: readonly number[], x: number) => number): number {
  let exponent = 0, m = x;
  // The limit of the module: the float64 whose high word is that of the root of one half.
  for (; m < 0.7071065902709961; m *= 2) exponent--;
  const s = (m - 1) / (m + 1);
  return exponent * Math.LN2 + 2 * s * value(LOGARITHM, s * s);
}
