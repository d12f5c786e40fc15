import { assertEquals, assertThrows } from "@std/assert";
import { resolveSlice, slice } from "../../../src/array/layout/slice.ts";
import { IndexError } from "../../../src/errors.ts";
import { pythonSlice } from "../../naive.ts";

function picked(extent: number, start: number | null, stop: number | null, step: number): number[] {
  const { first, count, step: distance } = resolveSlice(slice(start, stop, step), extent);
  return Array.from({ length: count }, (_, k) => first + k * distance);
}

Deno.test("a slice picks what Python's does, for every small extent, bound and step", () => {
  const bounds = [null, ...Array.from({ length: 17 }, (_, k) => k - 8)];
  for (let extent = 0; extent <= 6; extent++) {
    for (const start of bounds) {
      for (const stop of bounds) {
        for (const step of [1, 2, 3, 7, -1, -2, -3, -7]) {
          assertEquals(
            picked(extent, start, stop, step),
            pythonSlice(extent, start, stop, step),
            `range(${extent})[${start}:${stop}:${step}]`,
          );
        }
      }
    }
  }
});

Deno.test("steps and bounds far beyond the extent pick what is left", () => {
  assertEquals(picked(10, 3, null, 2 ** 53 - 1), [3]);
  assertEquals(picked(10, null, null, -(2 ** 53) + 1), [9]);
  assertEquals(picked(10, -(2 ** 50), 2 ** 50, 4), [0, 4, 8]);
});

Deno.test("slice with one argument is slice(stop), and a null step is 1, as in Python", () => {
  assertEquals(slice(3), { start: null, stop: 3, step: 1 });
  assertEquals(slice(null), { start: null, stop: null, step: 1 });
  assertEquals(slice(3, null), { start: 3, stop: null, step: 1 });
  assertEquals(slice(1, 2, null), { start: 1, stop: 2, step: 1 });
});

Deno.test("slice names the part that it refuses", () => {
  assertThrows(() => slice(0, 4, 0), IndexError, "Slice step is 0");
  assertThrows(() => slice(0.5, 4), IndexError, "Slice start is 0.5");
  assertThrows(() => slice(0, NaN), IndexError, "Slice stop is NaN");
  assertThrows(() => slice(0, 4, Infinity), IndexError, "Slice step is Infinity");
});
