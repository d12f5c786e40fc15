import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { visitWords } from "../../src/array/philox.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../../src/dtype.ts";
import { DTypeError } from "../../src/errors.ts";
import { forEachSeed } from "../seeded.ts";

const WORD = 2n ** 32n;

/** Philox4x32-10 as the paper writes it down, with whole numbers. */
function philoxBlock(counter: readonly bigint[], key: readonly bigint[]): bigint[] {
  let [c0, c1, c2, c3] = counter, [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const left = c0 * 0xd2511f53n, right = c2 * 0xcd9e8d57n;
    [c0, c1, c2, c3] = [(right / WORD) ^ c1 ^ k0, right % WORD, (left / WORD) ^ c3 ^ k1, left % WORD];
    [k0, k1] = [(k0 + 0x9e3779b9n) % WORD, (k1 + 0xbb67ae85n) % WORD];
  }
  return [c0, c1, c2, c3];
}

/** The words of a stream: block n has n as its counter and the seed's low 64 bits as its key. */
function slowWords(seed: bigint, count: number): number[] {
  const low = BigInt.asUintN(64, seed);
  const blocks = Array.from({ length: Math.ceil(count / 4) }, (_, n) => {
    const block = BigInt(n);
    return philoxBlock([block % WORD, block / WORD, 0n, 0n], [low % WORD, low / WORD]);
  });
  return blocks.flat().map(Number).slice(0, count);
}

function fastWords(seed: bigint, count: number): number[] {
  const words: number[] = [];
  visitWords(seed, count, (batch, start) => {
    assertEquals(start, words.length, "batches come in order and without gaps");
    for (const word of batch) words.push(word);
  });
  return words;
}

function hex(words: string): bigint[] {
  return words.split(" ").map((word) => BigInt(`0x${word}`));
}

Deno.test("the slow twin gives the known answers of Random123 for philox4x32-10", () => {
  const answers: [counter: string, key: string, block: string][] = [
    ["0 0 0 0", "0 0", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"],
    ["ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"],
    ["243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"],
  ];
  for (const [counter, key, block] of answers) assertEquals(philoxBlock(hex(counter), hex(key)), hex(block));
});

Deno.test("visitWords starts the stream of seed 0 with the known answer", () => {
  assertEquals(fastWords(0n, 4), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
});

Deno.test("visitWords gives the words of the slow twin for random seeds and lengths", () => {
  forEachSeed(60, (random) => {
    const seed = (BigInt(random.word()) << 32n) | BigInt(random.word());
    const count = random.int(0, 70);
    assertEquals(fastWords(seed, count), slowWords(seed, count));
  });
  for (const seed of [-1n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 32n]) {
    assertEquals(fastWords(seed, 9), slowWords(seed, 9), `seed ${seed}`);
  }
});

Deno.test("visitWords goes on over the ends of its batches", () => {
  for (const count of [8191, 8192, 8193, 16_390]) {
    assertEquals(fastWords(7n, count), slowWords(7n, count), `${count} words`);
  }
});

Deno.test("random numbers are the stream's top bits: 53 for float64, 24 for float32, 11 for float16", () => {
  const count = 4100;
  const words = slowWords(9n, 2 * count);
  const doubles = Array.from({ length: count }, (_, i) => {
    const pair = BigInt(words[2 * i]) * WORD + BigInt(words[2 * i + 1]);
    return Number(pair / 2n ** 11n) / 2 ** 53;
  });
  assertEquals([...SharedNdArray.random([count], { seed: 9 }).values()], doubles);
  assertEquals([...SharedNdArray.random([3], { seed: 9 }).values()], doubles.slice(0, 3));
  const top = (bits: number) =>
    words.slice(0, 10).map((word) => Math.floor(word / 2 ** (32 - bits)) / 2 ** bits);
  assertEquals([...SharedNdArray.random([10], { seed: 9, dtype: "float32" }).values()], top(24));
  assertEquals([...SharedNdArray.random([10], { seed: 9, dtype: "float16" }).values()], top(11));
});

Deno.test("an element depends on the seed and its place alone", () => {
  const long = SharedNdArray.random([100, 100], { seed: 5 });
  const short = SharedNdArray.random([7], { seed: 5n });
  assertEquals([...short.values()], [...long.values()].slice(0, 7));
  assertNotEquals([...SharedNdArray.random([7], { seed: 6 }).values()], [...short.values()]);
});

Deno.test("without a seed each array has numbers of its own", () => {
  assertNotEquals([...SharedNdArray.random([4]).values()], [...SharedNdArray.random([4]).values()]);
});

Deno.test("random numbers lie in [0, 1) with the mean and variance of a uniform distribution", () => {
  for (const dtype of ["float16", "float32", "float64"] as const) {
    const count = 200_000;
    const { data } = SharedNdArray.random([count], { seed: 1, dtype });
    let sum = 0, squares = 0, least = Infinity, most = -Infinity;
    for (const value of data) {
      sum += value;
      squares += value * value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    assert(least >= 0 && most < 1, `${dtype}: from ${least} to ${most}`);
    assert(least < 1e-3 && most > 1 - 1e-3, `${dtype}: from ${least} to ${most}`);
    const mean = sum / count;
    assertAlmostEquals(mean, 0.5, 0.003, dtype);
    assertAlmostEquals(squares / count - mean * mean, 1 / 12, 0.001, dtype);
  }
});

Deno.test("random refuses dtypes that are no float, and seeds that are no integer", () => {
  for (const dtype of DTYPE_NAMES) {
    if (DTYPES[dtype].kind === "float") continue;
    assertThrows(() => SharedNdArray.random<DType>([1], { dtype }), DTypeError, `of dtype ${dtype}`);
  }
  for (const seed of [0.5, NaN, 2 ** 53]) {
    assertThrows(() => SharedNdArray.random([1], { seed }), DTypeError, `Cannot seed with ${seed}`);
  }
});
