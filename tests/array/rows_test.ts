import { assertEquals, assertThrows } from "@std/assert";
import { forEachRow, SharedNdArray } from "../../mod.ts";
import { reach } from "../../src/array/layout/strides.ts";
import { ShapeError } from "../../src/errors.ts";
import { indicesOf, placesOf } from "../naive.ts";
import { forEachSeed, type Seeded } from "../seeded.ts";

/** The places of all operands' elements as forEachRow visits them, in an order of their own. */
function visited(arrays: readonly SharedNdArray[]): string[] {
  const seen: string[] = [];
  forEachRow(arrays, (length, offsets, steps) => {
    for (let i = 0; i < length; i++) seen.push(offsets.map((offset, k) => offset + i * steps[k]).join(" "));
  });
  return seen.sort();
}

function expected(arrays: readonly SharedNdArray[]): string[] {
  const places = arrays.map(({ shape, strides, offset }) => placesOf(shape, strides, offset));
  return indicesOf(arrays[0].shape).map((_, i) => places.map((list) => list[i]).join(" ")).sort();
}

function randomArray(random: Seeded, shape: readonly number[]): SharedNdArray {
  const order = random.shuffled(shape.keys().toArray());
  let stride = random.int(1, 2);
  const strides = new Array<number>(shape.length).fill(0);
  for (const axis of order) {
    strides[axis] = random.oneIn(8) ? 0 : random.oneIn(4) ? -stride : stride;
    stride *= shape[axis] + (random.oneIn(3) ? 1 : 0);
  }
  const ends = reach(shape, strides, 0) ?? { lowest: 0, highest: 0 };
  const buffer = new SharedArrayBuffer(ends.highest - ends.lowest + 1);
  return SharedNdArray.wrap(buffer, { shape, strides, dtype: "uint8" });
}

Deno.test("forEachRow visits the elements of random strided arrays together, each once", () => {
  forEachSeed(3000, (random) => {
    const shape = random.ints(random.int(0, 4), random.oneIn(10) ? 0 : 1, 5);
    const arrays = Array.from({ length: random.int(1, 4) }, () => randomArray(random, shape));
    assertEquals(visited(arrays), expected(arrays), `shape [${shape}]`);
  });
});

Deno.test("forEachRow keeps no loop that belongs to other arrays", () => {
  const shape = Object.freeze([4, 6]);
  const a = SharedNdArray.zeros(shape), b = SharedNdArray.zeros(shape).view();
  const turned = SharedNdArray.zeros([6, 4]).transpose();
  // The same shape object with other strides.
  const spaced = SharedNdArray.wrap(new SharedArrayBuffer(8 * 48), { shape, strides: [12, 2] });
  for (
    const arrays of [[a], [a, b], [a, turned], [turned, a], [a], [spaced], [a, spaced], [spaced, a], [a, a]]
  ) {
    assertEquals(visited(arrays), expected(arrays));
  }
  for (const array of [a, turned, spaced]) {
    for (const origin of [[0, 0], [1, 2], [2, 3]]) {
      const boxes = [array.box(origin, [2, 3]), a.box([1, 1], [2, 3])];
      assertEquals(visited(boxes), expected(boxes));
    }
  }
});

Deno.test("contiguous arrays are one single row, in whatever order their axes are", () => {
  const lengths: number[] = [];
  const a = SharedNdArray.zeros([3, 4, 5]), b = SharedNdArray.zeros([3, 4, 5]);
  forEachRow([a, b], (length, offsets, steps) => {
    lengths.push(length);
    assertEquals([offsets, steps], [[0, 0], [1, 1]]);
  });
  forEachRow([a.transpose(), b.transpose()], (length) => lengths.push(length));
  assertEquals(lengths, [60, 60]);
});

Deno.test("arrays without axes are one row of one element, arrays without elements have no row", () => {
  assertEquals(visited([SharedNdArray.full([], 1), SharedNdArray.full([], 2)]), ["0 0"]);
  assertEquals(visited([SharedNdArray.zeros([2, 0, 3])]), []);
  assertEquals(visited([]), []);
});

Deno.test("a row may walk other rows", () => {
  const outer = SharedNdArray.zeros([3, 2]).transpose(), inner = SharedNdArray.zeros([2, 3]).transpose();
  const seen: string[] = [];
  forEachRow([outer, outer], () => seen.push(...visited([inner])));
  assertEquals(seen, expected([inner]));
});

Deno.test("arrays of different shapes are refused by their shapes", () => {
  assertThrows(
    () => visited([SharedNdArray.zeros([2, 3]), SharedNdArray.zeros([3, 2])]),
    ShapeError,
    "Arrays differ in shape: [2, 3] and [3, 2]",
  );
  assertThrows(() => visited([SharedNdArray.zeros([2]), SharedNdArray.zeros([2, 1])]), ShapeError);
});
