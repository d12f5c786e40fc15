import { assert, assertEquals } from "@std/assert";
import { accessAlong, joinLoops, loopOrder } from "../../src/kernel/loop_order.ts";
import { randomStrides } from "../array/copy/random_operands.ts";
import { placesOf } from "../naive.ts";
import { forEachSeed } from "../seeded.ts";

Deno.test("axes are walked in the order of the memory that is written first", () => {
  const c = { strides: [12, 4, 1] }, f = { strides: [1, 2, 6] }, shape = [2, 3, 4];
  assertEquals(loopOrder(shape, [c]), [0, 1, 2]);
  assertEquals(loopOrder(shape, [f]), [2, 1, 0]);
  assertEquals(loopOrder(shape, [f, c]), [2, 1, 0]);
  assertEquals(loopOrder(shape, [{ strides: [-12, 1, -3] }, c]), [0, 2, 1]);
  assertEquals(loopOrder([], []), []);
});

Deno.test("a broadcast axis leaves the order to the next operand, an axis of one element goes outside", () => {
  const shape = [5, 6, 7];
  assertEquals(loopOrder(shape, [{ strides: [0, 0, 1] }, { strides: [1, 5, 30] }]), [2, 1, 0]);
  assertEquals(loopOrder(shape, [{ strides: [0, 0, 0] }, { strides: [1, 5, 30] }]), [2, 1, 0]);
  assertEquals(loopOrder(shape, [{ strides: [0, 0, 0] }]), [0, 1, 2]);
  assertEquals(loopOrder([5, 1, 7], [{ strides: [1, 1, 5] }]), [1, 2, 0]);
  assertEquals(loopOrder([5, 6, 1], [{ strides: [6, 1, 1] }]), [2, 0, 1]);
});

Deno.test("the order has each axis once, whatever operands say", () => {
  forEachSeed(500, (random) => {
    const shape = random.ints(random.int(0, 6), 0, 4);
    const operands = Array.from({ length: random.int(0, 4) }, () => ({
      strides: shape.map(() => random.int(-3, 3)),
    }));
    assertEquals(loopOrder(shape, operands).toSorted(), [...shape.keys()]);
  });
});

Deno.test("elements lie side by side, a step apart, or are all the same", () => {
  const shape = [3, 1, 4], at = (strides: number[], axis: number) => accessAlong(shape, { strides }, axis);
  assertEquals(at([4, 4, 1], 2), "contiguous");
  assertEquals(at([4, 4, -1], 2), "strided");
  assertEquals(at([4, 4, 2], 2), "strided");
  assertEquals(at([1, 9, 0], 2), "splat");
  assertEquals(at([4, 9, 1], 1), "contiguous");
  assertEquals(accessAlong([], { strides: [] }, -1), "contiguous");
});

/** The places that loops visit, in their order. */
function visited(extents: readonly number[], steps: readonly number[]): number[] {
  return placesOf(extents, steps, 0);
}

Deno.test("joined loops visit the same elements in the same order, in all operands", () => {
  let joined = 0;
  forEachSeed(1000, (random) => {
    const shape = random.ints(random.int(0, 5), 1, 4);
    const steps = Array.from({ length: random.int(1, 3) }, () => randomStrides(random, shape, true));
    const loops = joinLoops(shape, steps);
    assert(loops.extents.length >= 2);
    steps.forEach((own, k) => assertEquals(visited(loops.extents, loops.steps[k]), visited(shape, own)));
    if (loops.extents.length < shape.length) joined++;
  });
  assert(joined > 200, `${joined}`);
});

Deno.test("what is one piece of memory in every operand is one row", () => {
  const shape = [4, 5, 6], c = [30, 6, 1];
  const extents = (...steps: number[][]) => joinLoops(shape, steps).extents;
  assertEquals(extents(c, c), [1, 120]);
  assertEquals(extents(c, [0, 0, 0]), [1, 120]);
  assertEquals(extents(c, [0, 6, 1]), [4, 30]);
  assertEquals(extents(c, [60, 12, 2]), [1, 120]);
  assertEquals(extents(c, [-30, 6, 1]), [4, 30]);
  assertEquals(extents(c, [30, 6, 2]), [20, 6]);
  assertEquals(extents(c, [1, 4, 20]), [4, 5, 6]);
  assertEquals(joinLoops([], [[], []]), { extents: [1, 1], steps: [[0, 0], [0, 0]] });
  // Loops of one turn are no loops, wherever they stand.
  assertEquals(joinLoops([1, 4, 1, 6, 1], [[0, 6, 3, 1, 99]]).extents.filter((extent) => extent > 1), [24]);
});
