import { assert, assertEquals } from "@std/assert";
import { chooseBox, forEachBox } from "../../../src/array/copy/boxes.ts";
import { type CopyLoop, copyLoop, touched } from "../../../src/array/copy/copy_loop.ts";
import { placesOf } from "../../naive.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";
import { randomStrides } from "./random_operands.ts";

/** The pairs of places that a box has, added to others. */
function addBox(
  pairs: string[],
  { target, source }: CopyLoop,
  t: number,
  s: number,
  extents: readonly number[],
): void {
  const to = placesOf(extents, target, t), from = placesOf(extents, source, s);
  to.forEach((place, i) => pairs.push(`${place} ${from[i]}`));
}

function randomLoop(random: Seeded): { loop: CopyLoop; expected: string[] } {
  const shape = random.ints(random.int(0, 5), 1, 5);
  const target = { strides: randomStrides(random, shape, false), offset: random.int(0, 9) };
  const source = { strides: randomStrides(random, shape, true), offset: random.int(0, 9) };
  const to = placesOf(shape, target.strides, target.offset);
  const from = placesOf(shape, source.strides, source.offset);
  return {
    loop: copyLoop(shape, target, source),
    expected: to.map((place, i) => `${place} ${from[i]}`).sort(),
  };
}

Deno.test("copyLoop pairs the same places as the layouts do, the target forwards", () => {
  forEachSeed(3000, (random) => {
    const { loop, expected } = randomLoop(random), pairs: string[] = [];
    addBox(pairs, loop, loop.targetStart, loop.sourceStart, loop.extents);
    assertEquals(pairs.sort(), expected);
    assert(
      loop.target.every((stride, axis) => stride >= 0 && (axis === 0 || stride <= loop.target[axis - 1])),
    );
    assert(loop.extents.length === 1 || !loop.extents.includes(1));
  });
});

Deno.test("copyLoop merges axes that lie one after another in both layouts", () => {
  const cOrder = { strides: [12, 4, 1], offset: 0 }, turned = { strides: [1, 2, 6], offset: 0 };
  assertEquals(copyLoop([2, 3, 4], cOrder, cOrder), {
    extents: [24],
    target: [1],
    source: [1],
    targetStart: 0,
    sourceStart: 0,
  });
  assertEquals(copyLoop([2, 3, 4], turned, turned).extents, [24]);
  assertEquals(copyLoop([2, 3, 4], cOrder, { strides: [-12, -4, -1], offset: 23 }).extents, [24]);
  assertEquals(copyLoop([2, 3, 4], cOrder, { strides: [0, 4, 1], offset: 0 }).extents, [2, 12]);
  assertEquals(copyLoop([2, 3, 4], cOrder, turned).extents, [2, 3, 4]);
});

Deno.test("touched finds the places that a loop reaches", () => {
  forEachSeed(500, (random) => {
    const extents = random.ints(random.int(1, 4), 1, 5), strides = random.ints(extents.length, -9, 9);
    const places = placesOf(extents, strides, 100), lowest = Math.min(...places);
    assertEquals(touched(extents, strides, 100), { lowest, span: Math.max(...places) - lowest + 1 });
  });
});

Deno.test("forEachBox covers every element of a loop once, whatever the boxes", () => {
  forEachSeed(2000, (random) => {
    const { loop, expected } = randomLoop(random), pairs: string[] = [];
    const box = loop.extents.map((extent) => random.int(1, extent + 1));
    forEachBox(loop, box, (t, s, size) => {
      assert(size.every((extent, axis) => extent >= 1 && extent <= box[axis]));
      addBox(pairs, loop, t, s, size);
    });
    assertEquals(pairs.sort(), expected);
  });
});

/** A loop with the given strides. */
function loopOf(extents: number[], target: number[], source: number[]): CopyLoop {
  return { extents, target, source, targetStart: 0, sourceStart: 0 };
}

Deno.test("chooseBox stays within the loop, the elements and the reach that it is given", () => {
  forEachSeed(3000, (random) => {
    const axes = random.int(1, 5), most = random.pick([2048, 16_384]);
    const extents = random.ints(axes, 2, random.pick([4, 300, 100_000]));
    const strides = () =>
      random.ints(axes, 0, 3).map((zero) => zero === 0 ? 0 : random.int(1, 2 ** random.int(1, 31)));
    const loop = loopOf(extents, strides().sort((a, b) => b - a), strides());
    const box = chooseBox(loop, most);
    assertEquals(box.length, axes);
    assert(box.every((extent, axis) => extent >= 1 && extent <= extents[axis] && Number.isInteger(extent)));
    assert(box.reduce((product, extent) => product * extent, 1) <= most, `[${box}] has more than ${most}`);
    for (const side of [loop.target, loop.source]) assert(touched(box, side, 0).span <= 2 ** 30);
  });
});

Deno.test("chooseBox is long along the fastest axes of both sides", () => {
  const turned = chooseBox(loopOf([4096, 4096], [4096, 1], [1, 4096]), 16_384);
  assertEquals(turned, [64, 256]);
  assertEquals(chooseBox(loopOf([4096, 4096], [8192, 1], [8192, 1]), 16_384), [4, 4096]);
  assertEquals(chooseBox(loopOf([10, 10], [10, 1], [1, 10]), 16_384), [10, 10]);
  // A short fastest axis, and what follows it.
  const swapped = chooseBox(loopOf([9999, 4, 4], [16, 4, 1], [16, 1, 4]), 16_384);
  assertEquals(swapped, [1024, 4, 4]);
  // The last axis of three stands still in the source.
  const spread = chooseBox(loopOf([500, 500, 500], [250_000, 500, 1], [1, 500, 0]), 16_384);
  assertEquals(spread, [64, 1, 256]);
});
