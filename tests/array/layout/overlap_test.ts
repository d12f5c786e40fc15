import { assert, assertEquals } from "@std/assert";
import { type ByteLayout, layoutsOverlap, overlapsItself } from "../../../src/array/layout/overlap.ts";
import { reach } from "../../../src/array/layout/strides.ts";
import { placesOf } from "../../naive.ts";
import { forEachSeed, Seeded } from "../../seeded.ts";

function bytesOf({ shape, strides, offset, itemBytes, byteOffset }: ByteLayout): number[] {
  return placesOf(shape, strides, offset).flatMap((place) =>
    Array.from({ length: itemBytes }, (_, byte) => byteOffset + place * itemBytes + byte)
  );
}

/** A layout of at most 64 elements, all at or behind `byteOffset`. */
function randomLayout(random: Seeded): ByteLayout {
  const shape = random.ints(random.int(0, 3), random.oneIn(10) ? 0 : 1, 4);
  const strides = random.ints(shape.length, -9, 9);
  const lowest = reach(shape, strides, 0)?.lowest ?? 0;
  return {
    shape,
    strides,
    offset: random.int(0, 4) - lowest,
    itemBytes: random.pick([1, 2, 4, 8]),
    byteOffset: random.int(0, 24),
  };
}

Deno.test("layoutsOverlap says what sets of bytes say", () => {
  let overlapping = 0;
  forEachSeed(6000, (random) => {
    const a = randomLayout(random), b = randomLayout(random);
    const bytes = new Set(bytesOf(a));
    const expected = bytesOf(b).some((byte) => bytes.has(byte));
    assertEquals(layoutsOverlap(a, b), expected, Deno.inspect([a, b]));
    assertEquals(layoutsOverlap(b, a), expected, Deno.inspect([b, a]));
    if (expected) overlapping++;
  });
  assert(overlapping > 1000 && overlapping < 5000, `${overlapping} cases overlap`);
});

Deno.test("layoutsOverlap tells interleaved views apart at random steps and phases", () => {
  forEachSeed(3000, (random) => {
    const step = random.int(2, 6);
    const [a, b] = [0, 1].map((): ByteLayout => ({
      shape: random.ints(2, 1, 4),
      strides: [step * random.int(3, 6), random.pick([step, -step])],
      offset: random.int(20, 20 + 2 * step),
      itemBytes: 4,
      byteOffset: 4 * random.int(0, 2),
    }));
    const bytes = new Set(bytesOf(a));
    assertEquals(layoutsOverlap(a, b), bytesOf(b).some((byte) => bytes.has(byte)), Deno.inspect([a, b]));
  });
});

Deno.test("overlapsItself says whether a walk meets a place twice", () => {
  let overlapping = 0;
  forEachSeed(6000, (random) => {
    const layout = randomLayout(random);
    const places = placesOf(layout.shape, layout.strides, layout.offset);
    const expected = new Set(places).size < places.length;
    assertEquals(overlapsItself(layout), expected, Deno.inspect(layout));
    if (expected) overlapping++;
  });
  assert(overlapping > 500 && overlapping < 5500, `${overlapping} cases overlap themselves`);
});

function float64(shape: readonly number[], strides: readonly number[], offset: number = 0): ByteLayout {
  return { shape, strides, offset, itemBytes: 8, byteOffset: 0 };
}

Deno.test("layouts of a billion elements are told apart at once and exactly", () => {
  const n = 2 ** 30, side = 2 ** 15;
  const cases: [name: string, a: ByteLayout, b: ByteLayout, expected: boolean][] = [
    ["every second and the others", float64([n], [2]), float64([n], [2], 1), false],
    ["every second and every second of the others", float64([n], [2]), float64([n / 2], [4], 1), false],
    ["every second and every third", float64([n], [2]), float64([n], [3], 1), true],
    ["forwards and backwards", float64([n], [2]), float64([n], [-2], 2 * n - 1), false],
    [
      "two channels",
      float64([side, side], [3 * side, 3]),
      float64([side, side], [3 * side, 3], 1),
      false,
    ],
    [
      "a channel and the transposed other",
      float64([side, side], [3 * side, 3]),
      float64([side, side], [3, 3 * side], 1),
      false,
    ],
    [
      "left and right half",
      float64([side, side / 2], [side, 1]),
      float64([side, side / 2], [side, 1], side / 2),
      false,
    ],
    ["columns that meet", float64([side, 10], [side, 1]), float64([side, 10], [side, 1], 9), true],
    ["shifted by one", float64([n], [1]), float64([n], [1], 1), true],
    ["other ends of a buffer", float64([n], [1]), float64([n], [1], n), false],
  ];
  const began = performance.now();
  for (const [name, a, b, expected] of cases) {
    assertEquals(layoutsOverlap(a, b), expected, name);
    assertEquals(layoutsOverlap(b, a), expected, name);
  }
  assert(performance.now() - began < 1000, "took more than a second");
});

Deno.test("dtypes of other widths over one buffer are compared by bytes", () => {
  const real: ByteLayout = { shape: [2 ** 28], strides: [2], offset: 0, itemBytes: 4, byteOffset: 0 };
  assert(!layoutsOverlap(real, { ...real, byteOffset: 4 }));
  assert(layoutsOverlap(real, { ...real, byteOffset: 3 }));
  assert(layoutsOverlap(real, { shape: [2 ** 20], strides: [1], offset: 5, itemBytes: 8, byteOffset: 0 }));
  assert(!layoutsOverlap(real, { shape: [2 ** 20], strides: [8], offset: 6, itemBytes: 1, byteOffset: 0 }));
});

Deno.test("large layouts that overlap themselves are found at once, and ordinary ones are not accused", () => {
  const side = 2 ** 15;
  const began = performance.now();
  assert(!overlapsItself(float64([side, side], [side, 1])));
  assert(!overlapsItself(float64([side, side], [1, side])));
  assert(!overlapsItself(float64([side, side], [-1, -side], side * side)));
  assert(!overlapsItself(float64([3, side, side], [1, 3 * side, 3])));
  assert(overlapsItself(float64([side, side], [1, 1])));
  assert(overlapsItself(float64([side, side], [side - 1, 1])));
  assert(overlapsItself(float64([5, side], [0, 1])));
  assert(!overlapsItself(float64([1, side], [0, 1])));
  assert(!overlapsItself(float64([0, side], [0, 0])));
  assert(performance.now() - began < 1000, "took more than a second");
});

Deno.test("a search that would take for ever ends with the careful answer", () => {
  // Whether any of 2^30 sums of huge numbers is a given one: 2^15 sums of either half tell, but the search has no such
  // trick.
  const random = new Seeded(7);
  const strides = Array.from({ length: 30 }, () => random.word() * 2 ** 10 + random.int(0, 1023));
  const sums = (part: readonly number[]) =>
    part.reduce<number[]>((all, stride) => all.concat(all.map((sum) => sum + stride)), [0]);
  const upper = new Set(sums(strides.slice(15)));
  const target = Math.floor(strides.reduce((sum, stride) => sum + stride) / 2);
  assert(sums(strides.slice(0, 15)).every((sum) => !upper.has(target - sum)), "they meet after all");
  const many: ByteLayout = { shape: strides.map(() => 2), strides, offset: 0, itemBytes: 1, byteOffset: 0 };
  const one: ByteLayout = { shape: [], strides: [], offset: target, itemBytes: 1, byteOffset: 0 };
  assert(layoutsOverlap(many, one));
});
