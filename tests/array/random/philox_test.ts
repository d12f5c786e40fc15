import { assert, assertEquals } from "@std/assert";
import { visitDoubles, visitFloats, visitWords, writeUniform } from "../../../src/array/random/philox.ts";
import { BATCH_BYTES } from "../../../src/array/random/scratch.ts";
import { forEachSeed } from "../../seeded.ts";
import { type Naive, philoxBlock, slowWords, topBits } from "./naive_random.ts";

const BATCH = BATCH_BYTES / 4;

/** The words that the fast path makes, and whether their batches come in order and without gaps. */
function fastWords(seed: bigint, start: number, count: number, options: Naive = {}): number[] {
  const words: number[] = [];
  visitWords(seed, count, (batch, place) => {
    assertEquals(place, start + words.length, "batches come in order and without gaps");
    for (const word of batch) words.push(word);
  }, { ...options, start });
  return words;
}

function assertWords(seed: bigint, start: number, count: number, options: Naive = {}): void {
  const what = `${count} words from ${start} of stream ${seed} ${JSON.stringify(options)}`;
  assertEquals(fastWords(seed, start, count, options), slowWords(seed, start, count, options), what);
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
  assertEquals(fastWords(0n, 0, 4), [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8]);
});

Deno.test("visitWords gives the words of the slow twin for random seeds, places, lengths and counters", () => {
  forEachSeed(150, (random) => {
    const seed = (BigInt(random.word()) << 32n) | BigInt(random.word());
    const start = random.pick([0, random.int(0, 100), random.word(), random.word() * 2 ** 20]);
    const options = {
      attempt: random.pick([0, 1, random.word()]),
      purpose: random.pick([0, 1, random.word()]),
    };
    assertWords(seed, start, random.int(0, 70), options);
  });
  for (const seed of [-1n, 2n ** 64n - 1n, 2n ** 63n, 2n ** 32n, -(2n ** 70n) + 3n]) assertWords(seed, 0, 9);
});

Deno.test("visitWords gives every length from every place of a few blocks", () => {
  const words = slowWords(11n, 0, 120);
  for (let start = 0; start < 40; start++) {
    for (let count = 0; count < 70; count++) {
      assertEquals(fastWords(11n, start, count), words.slice(start, start + count), `${count} from ${start}`);
    }
  }
});

Deno.test("visitWords goes on over the ends of its batches", () => {
  for (const count of [BATCH - 1, BATCH, BATCH + 1, 2 * BATCH + 6]) assertWords(7n, 0, count);
  for (const start of [BATCH - 3, BATCH, 5 * BATCH - 33]) assertWords(7n, start, BATCH + 35);
});

Deno.test("visitWords stays right when its code has run so often that it is compiled again", () => {
  visitWords(5n, 1000 * BATCH, (batch, start) => {
    if (start / BATCH % 50 !== 49) return;
    assertEquals([...batch.subarray(0, 8)], slowWords(5n, start, 8));
    assertEquals([...batch.subarray(-70)], slowWords(5n, start + BATCH - 70, 70));
  });
});

Deno.test("visitWords goes on over block 2^32 and the largest places", () => {
  const middle = 4 * 2 ** 32;
  for (const before of [1, 2, 31, 32, 33, 100]) assertWords(3n, middle - before, 170);
  assertWords(3n, middle - BATCH - 1, BATCH + 40);
  assertWords(3n, 2 ** 53 - 64, 63);
  const options = { attempt: 2 ** 32 - 1, purpose: 2 ** 32 - 1 };
  assertWords(-1n, middle - 5, 50, options);
});

Deno.test("visitDoubles and visitFloats give the top 53 and 24 bits of the words", () => {
  forEachSeed(60, (random) => {
    const seed = (BigInt(random.word()) << 32n) | BigInt(random.word());
    const start = random.pick([0, random.int(0, 100), BATCH / 2 - 3, random.word() * 2 ** 10]);
    const count = random.int(0, 40);
    const options = { attempt: random.int(0, 3), purpose: random.int(0, 3) };
    const doubles: number[] = [], floats: number[] = [];
    visitDoubles(seed, count, (batch) => doubles.push(...batch), { ...options, start });
    visitFloats(seed, count, (batch) => floats.push(...batch), { ...options, start });
    assertEquals(doubles, topBits(slowWords(seed, 2 * start, 2 * count, options), 53));
    assertEquals(floats, topBits(slowWords(seed, start, count, options), 24));
  });
});

Deno.test("every bit of a word reaches the double that is made of it", () => {
  const count = 20_000;
  const words = fastWords(1n, 0, 2 * count);
  const doubles: number[] = [];
  visitDoubles(1n, count, (batch) => doubles.push(...batch));
  assertEquals(doubles, topBits(words, 53));
  const scaled = doubles.map((value) => BigInt(value * 2 ** 53));
  for (let bit = 0n; bit < 53n; bit++) {
    const ones = scaled.filter((value) => (value >> bit) & 1n).length;
    // Five standard deviations of a binomial distribution.
    assert(Math.abs(ones - count / 2) < 5 * Math.sqrt(count / 4), `bit ${bit} is 1 in ${ones} of ${count}`);
  }
});

/** A memory with something before and behind the array, which lies at no multiple of 64 bytes. */
function guarded<T extends Float64Array | Float32Array>(
  View: new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T,
  length: number,
): { data: T; memory: WebAssembly.Memory; check: () => void } {
  const memory = new WebAssembly.Memory({ initial: 3, maximum: 3, shared: true });
  const bytes = new Uint8Array(memory.buffer).fill(0xa5);
  const data = new View(memory.buffer, 40, length);
  const check = () => {
    const before = bytes.subarray(0, 40), behind = bytes.subarray(40 + data.byteLength);
    assert(before.every((byte) => byte === 0xa5), "bytes before the array have changed");
    assert(behind.every((byte) => byte === 0xa5), "bytes behind the array have changed");
  };
  return { data, memory, check };
}

Deno.test("writeUniform writes what visitDoubles and visitFloats give, and nothing else", () => {
  for (const length of [0, 1, 15, 16, 17, 32, 33, 4095, 4096, 4097, 8192, 10_000]) {
    const doubles = guarded(Float64Array, length);
    const written = writeUniform(doubles.data, doubles.memory, 5n);
    assertEquals(written, length - length % 16);
    visitDoubles(
      5n,
      written,
      (batch, k) => assertEquals([...batch], [...doubles.data.subarray(k, k + batch.length)]),
    );
    doubles.check();

    const floats = guarded(Float32Array, length);
    const floatsWritten = writeUniform(floats.data, floats.memory, 5n);
    assertEquals(floatsWritten, length - length % 32);
    visitFloats(
      5n,
      floatsWritten,
      (batch, k) => assertEquals([...batch], [...floats.data.subarray(k, k + batch.length)]),
    );
    floats.check();
  }
});

Deno.test("writeUniform leaves memories alone that it cannot use", () => {
  const { data } = guarded(Float64Array, 100);
  const other = new WebAssembly.Memory({ initial: 3, maximum: 3, shared: true });
  assertEquals(writeUniform(data, other, 1n), 0);
  const descriptor = { address: "i64", initial: 1n, maximum: 1n, shared: true };
  // The bigint form of the descriptor is standard, but TypeScript's types have only numbers.
  const wide = new WebAssembly.Memory(descriptor as unknown as WebAssembly.MemoryDescriptor);
  const inWide = new Float64Array(wide.buffer, 0, 100);
  assertEquals(writeUniform(inWide, wide, 1n), 0);
  assert(inWide.every((value) => value === 0));
});
