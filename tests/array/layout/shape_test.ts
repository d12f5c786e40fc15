import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import {
  freeze,
  resolveAxes,
  resolveIndex,
  sameShape,
  showShape,
  sizeOf,
} from "../../../src/array/layout/shape.ts";
import { IndexError, ShapeError } from "../../../src/errors.ts";

Deno.test("sizeOf counts elements; no axis is one element, an extent of 0 is none", () => {
  assertEquals(sizeOf([]), 1);
  assertEquals(sizeOf([7]), 7);
  assertEquals(sizeOf([365, 16, 16]), 93_440);
  assertEquals(sizeOf([2 ** 40, 2 ** 40, 0]), 0);
  assertEquals(sizeOf([2 ** 26, 2 ** 26]), 2 ** 52);
});

Deno.test("sizeOf names the shape, the axis and the extent that it refuses", () => {
  for (const extent of [-1, 1.5, NaN, Infinity]) {
    assertThrows(() => sizeOf([3, extent]), ShapeError, `Invalid shape [3, ${extent}]: axis 1 is ${extent}`);
  }
  assertThrows(() => sizeOf([2 ** 53]), ShapeError, "more than 2^53 elements");
  assertThrows(() => sizeOf([2 ** 27, 2 ** 26]), ShapeError, "more than 2^53 elements");
  assertThrows(() => sizeOf(new Array(60).fill(2 ** 40)), ShapeError, "more than 2^53 elements");
});

Deno.test("freeze copies what can change and keeps what cannot", () => {
  const shape = [2, 3];
  const frozen = freeze(shape);
  assert(frozen !== shape);
  shape[0] = 9;
  assertEquals(frozen, [2, 3]);
  assert(Object.isFrozen(frozen));
  assertStrictEquals(freeze(frozen), frozen);
});

Deno.test("sameShape compares axis by axis", () => {
  assert(sameShape([], []));
  assert(sameShape([2, 3], [2, 3]));
  assert(!sameShape([2, 3], [3, 2]));
  assert(!sameShape([2, 3], [2, 3, 1]));
  assert(!sameShape([2, 3, 1], [2, 3]));
});

Deno.test("showShape reads as in messages", () => {
  assertEquals(showShape([]), "[]");
  assertEquals(showShape([365, 16, 16]), "[365, 16, 16]");
});

Deno.test("resolveIndex counts negative indices from the end and refuses what lies outside", () => {
  for (let extent = 0; extent <= 4; extent++) {
    for (let index = -6; index <= 6; index++) {
      if (index >= -extent && index < extent) {
        assertEquals(resolveIndex(index, extent, 0), (index + extent) % extent);
      } else {
        assertThrows(
          () => resolveIndex(index, extent, 2),
          IndexError,
          `Index ${index} is out of bounds for axis 2 with extent ${extent}`,
        );
      }
    }
  }
  for (const index of [0.5, NaN, Infinity]) {
    assertThrows(() => resolveIndex(index, 4, 1), IndexError, `Index ${index} on axis 1 is not an integer`);
  }
});

Deno.test("resolveAxes counts negative axes from the end", () => {
  assertEquals(resolveAxes([], 0), []);
  assertEquals(resolveAxes([-1, 0, -2], 3), [2, 0, 1]);
});

Deno.test("resolveAxes refuses axes that are missing, fractional or named twice", () => {
  for (const axis of [3, -4, 0.5, NaN]) {
    assertThrows(
      () => resolveAxes([axis], 3),
      IndexError,
      `Axis ${axis} is out of bounds for an array with 3 axes`,
    );
  }
  assertThrows(() => resolveAxes([1, -2], 3), IndexError, "Axes [1, -2] name an axis twice");
});
