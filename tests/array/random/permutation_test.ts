import { assert, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { visitWords } from "../../../src/array/random/philox.ts";
import { fillPermutation, type Places } from "../../../src/array/random/permutation.ts";
import { DTypeError } from "../../../src/errors.ts";
import { readFixture } from "./fixture.ts";
import { lemire, slowBelow } from "./naive_random.ts";

function permutation(count: number, seed: number | bigint): number[] {
  const places = new Int32Array(count).fill(-1);
  fillPermutation(places, seed);
  return [...places];
}

/** The same with a list that grows; its second draws are made by the slow twin of everything. */
function slowPermutation(count: number, seed: bigint): { places: number[]; again: number } {
  const words: number[] = [];
  visitWords(seed, count, (batch) => batch.forEach((word) => words.push(word)), { purpose: 2 });
  const places: number[] = [];
  let again = 0;
  words.forEach((word, i) => {
    const first = lemire(BigInt(word), 32, BigInt(i + 1));
    if (first === undefined) again++;
    const j = Number(first ?? slowBelow(seed, i, BigInt(i + 1), 2));
    places.push(i);
    places[i] = places[j];
    places[j] = i;
  });
  return { places, again };
}

Deno.test("permutations are those of another implementation", async () => {
  for (const { seed, values } of (await readFixture()).permutations) {
    assertEquals(permutation(values.length, BigInt(seed)), values, `seed ${seed}`);
  }
});

Deno.test("permutations are those of the slow twin, also where draws are made again", () => {
  for (let count = 0; count < 40; count++) {
    assertEquals(permutation(count, count), slowPermutation(count, BigInt(count)).places, `${count} places`);
  }
  for (const count of [8191, 8192, 8193, 20_000]) {
    assertEquals(permutation(count, 3), slowPermutation(count, 3n).places, `${count} places`);
  }
  const { places, again } = slowPermutation(300_000, 4n);
  assert(again > 0, "no draw was made again");
  assertEquals(permutation(300_000, 4), places);
});

Deno.test("every place occurs once", () => {
  for (const count of [1, 2, 1000, 100_000]) {
    const sorted = Int32Array.from(permutation(count, 1)).sort();
    assert(sorted.every((place, i) => place === i), `${count} places`);
  }
});

Deno.test("each order of three and of four comes as often as the others", () => {
  for (const [count, orders] of [[3, 6], [4, 24]]) {
    const draws = 24_000;
    const found = new Map<string, number>();
    for (let seed = 0; seed < draws; seed++) {
      const order = permutation(count, seed).join();
      found.set(order, (found.get(order) ?? 0) + 1);
    }
    assertEquals(found.size, orders);
    const expected = draws / orders;
    const statistic = [...found.values()].reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    const limit = orders - 1 + 4 * Math.sqrt(2 * (orders - 1));
    assert(statistic < limit, `${count} places: ${statistic}, expected less than ${limit}`);
  }
});

Deno.test("a permutation follows from its seed, and is the same in all arrays", () => {
  const expected = permutation(9000, 7);
  const kinds: Places[] = [
    new Uint32Array(9000),
    new Float64Array(9000),
    new Int32Array(new SharedArrayBuffer(36_000)),
  ];
  for (const places of kinds) {
    fillPermutation(places, 7n);
    assertEquals([...places], expected);
  }
  assertNotEquals(permutation(9000, 8), expected);
});

Deno.test("more places than there are draws for are refused", () => {
  for (const [places, most] of [[new Int32Array(1), 2 ** 31], [new Float64Array(1), 2 ** 32]] as const) {
    Object.defineProperty(places, "length", { value: most + 1 });
    const message = `Cannot draw a permutation of ${most + 1}: at most ${most} are possible`;
    assertThrows(() => fillPermutation(places, 1), RangeError, message);
  }
});

Deno.test("seeds that are no integer are refused", () => {
  assertThrows(() => permutation(3, 0.5), DTypeError, "Cannot seed with 0.5");
});

Deno.test("an array is permuted along any axis, and keeps its dtype", () => {
  const array = SharedNdArray.arange(24).reshape([2, 3, 4]).astype("int16");
  for (const [axis, extent] of [[0, 2], [1, 3], [2, 4], [-1, 4], [-2, 3]]) {
    const order = SharedNdArray.random.permutation(extent, { seed: 5 });
    const permuted = SharedNdArray.random.permutation(array, { seed: 5, axis });
    assertEquals<string>(permuted.dtype, "int16");
    const rows = array.moveAxis(axis, 0), moved = permuted.moveAxis(axis, 0);
    for (let k = 0; k < extent; k++) {
      assertEquals(moved.view(k).toNested(), rows.view(order.get(k)).toNested(), `axis ${axis}`);
    }
  }
  // Long rows are copied one at a time, short ones gathered element by element.
  const long = SharedNdArray.arange(1500).reshape([5, 300]),
    order = SharedNdArray.random.permutation(5, { seed: 6 });
  const shuffled = SharedNdArray.random.permutation(long, { seed: 6 });
  for (let k = 0; k < 5; k++) assert(shuffled.view(k).equals(long.view(order.get(k))), `row ${k}`);
  assertThrows(
    () => SharedNdArray.random.permutation(array, { axis: 3 }),
    RangeError,
    "Axis 3 is out of bounds",
  );
});

Deno.test("permuting moves the bits of every NaN", () => {
  const bits = Uint32Array.from({ length: 64 }, (_, k) => 0x7f800001 + k * 0x10001);
  const floats = SharedNdArray.wrap(new SharedArrayBuffer(256), { shape: [64], dtype: "float32" });
  new Uint32Array(floats.data.buffer).set(bits);
  const { data } = SharedNdArray.random.permutation(floats, { seed: 2 });
  const moved = new Uint32Array(data.buffer, data.byteOffset, 64);
  assertEquals([...moved].sort((a, b) => a - b), [...bits].sort((a, b) => a - b));
});
