import { assert, assertEquals } from "@std/assert";
import {
  collapse,
  cStrides,
  fortranStrides,
  isCContiguous,
  isFortranContiguous,
  reach,
} from "../../../src/array/layout/strides.ts";
import { indicesOf, placesOf, tuplesOf } from "../../naive.ts";
import { forEachSeed } from "../../seeded.ts";

const smallShapes = [0, 1, 2, 3].flatMap((ndim) => tuplesOf([0, 1, 2, 3], ndim));

function upTo(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i);
}

Deno.test("cStrides number the elements of every small shape in C order", () => {
  for (const shape of smallShapes) {
    const places = placesOf(shape, cStrides(shape), 0);
    assertEquals(places, upTo(places.length), `shape [${shape}]`);
  }
});

Deno.test("fortranStrides number the elements with the first axis fastest", () => {
  for (const shape of smallShapes) {
    const transposed = indicesOf(shape.toReversed()).map((index) => index.toReversed());
    const strides = fortranStrides(shape);
    const places = transposed.map((index) => index.reduce((sum, i, axis) => sum + i * strides[axis], 0));
    assertEquals(places, upTo(places.length), `shape [${shape}]`);
  }
});

Deno.test("contiguity is what a walk over the elements finds, for every small layout", () => {
  for (const shape of smallShapes) {
    for (const strides of tuplesOf([-1, 0, 1, 2, 3, 4, 6, 9], shape.length)) {
      const inC = placesOf(shape, strides, 0);
      const inFortran = placesOf(shape.toReversed(), strides.toReversed(), 0);
      const about = `shape [${shape}] strides [${strides}]`;
      assertEquals(isCContiguous(shape, strides), inC.every((place, i) => place === i), about);
      assertEquals(isFortranContiguous(shape, strides), inFortran.every((place, i) => place === i), about);
    }
  }
});

Deno.test("reach is the lowest and the highest place that a walk finds", () => {
  for (const shape of smallShapes) {
    for (const strides of tuplesOf([-5, -1, 0, 1, 4], shape.length)) {
      const places = placesOf(shape, strides, 7);
      const expected = places.length === 0
        ? null
        : { lowest: Math.min(...places), highest: Math.max(...places) };
      assertEquals(reach(shape, strides, 7), expected, `shape [${shape}] strides [${strides}]`);
    }
  }
});

/** What the operands' elements are when a loop over them is walked, in an order of their own. */
function visited(shape: readonly number[], operands: readonly (readonly number[])[]): string[] {
  const places = operands.map((strides) => placesOf(shape, strides, 0));
  return indicesOf(shape).map((_, i) => places.map((list) => list[i]).join(" ")).sort();
}

function assertCollapses(shape: readonly number[], operands: readonly (readonly number[])[]): void {
  const loop = collapse(shape, operands);
  const collapsed = operands.map((_, k) => loop.strides.map((strides) => strides[k]));
  assert(loop.shape.length >= 1, "a loop has at least one axis");
  assertEquals(
    visited(loop.shape, collapsed),
    visited(shape, operands),
    `shape [${shape}] strides ${JSON.stringify(operands)} became ${JSON.stringify(loop)}`,
  );
}

Deno.test("a collapsed loop visits each element once, for every small layout of one operand", () => {
  for (const shape of smallShapes) {
    for (const strides of tuplesOf([-2, -1, 0, 1, 2, 3, 6], shape.length)) assertCollapses(shape, [strides]);
  }
});

Deno.test("a collapsed loop visits the elements of several operands together", () => {
  forEachSeed(3000, (random) => {
    const shape = random.ints(random.int(0, 4), 1, 4);
    const operands = Array.from({ length: random.int(1, 4) }, () => {
      const ordered = random.oneIn(2) ? cStrides(shape) : fortranStrides(shape);
      return ordered.map((stride) => random.oneIn(3) ? random.int(-8, 8) : stride);
    });
    assertCollapses(shape, operands);
  });
});

Deno.test("axes that are contiguous in every operand collapse to one", () => {
  const c = cStrides([4, 3, 2]);
  assertEquals(collapse([4, 3, 2], [c, c]), { shape: [24], strides: [[1, 1]] });
  const reversed = c.map((stride) => -stride);
  assertEquals(collapse([4, 3, 2], [c, reversed]), { shape: [24], strides: [[1, -1]] });
  const fortran = fortranStrides([4, 3, 2]);
  assertEquals(collapse([4, 3, 2], [fortran, fortran]), { shape: [24], strides: [[1, 1]] });
});

Deno.test("axes that are contiguous in one operand only stay apart, the smallest stride innermost", () => {
  assertEquals(collapse([4, 3], [[3, 1], [1, 4]]).shape, [3, 4]);
  assertEquals(collapse([4, 3], [[1, 4]]), { shape: [12], strides: [[1]] });
  assertEquals(collapse([365, 4, 4], [[256, 16, 1]]).shape, [365, 4, 4]);
});

Deno.test("axes of extent 1 vanish, whatever their stride", () => {
  assertEquals(collapse([1, 5, 1], [[77, 2, -9]]), { shape: [5], strides: [[2]] });
  assertEquals(collapse([1, 1], [[3, 4]]), { shape: [1], strides: [[0]] });
  assertEquals(collapse([], [[], []]), { shape: [1], strides: [[0, 0]] });
});
