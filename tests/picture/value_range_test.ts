import { assertEquals, assertThrows } from "@std/assert";
import { SharedNdArray, ValueError } from "../../mod.ts";
import { cellsOf } from "../../src/picture/cells.ts";
import { checkRange, levelsIn, NAN_LEVEL, resolveRange } from "../../src/picture/value_range.ts";

Deno.test("values have the levels that matplotlib gives them", () => {
  const levelOf = levelsIn([0, 1]);
  const cases: [value: number, level: number][] = [
    [0, 0],
    [1 / 256, 1],
    [0.5, 128],
    [0.499999, 127],
    [0.999999, 255],
    [1, 255],
    [-5, 0],
    [5, 255],
    [Infinity, 255],
    [-Infinity, 0],
    [NaN, NAN_LEVEL],
  ];
  for (const [value, level] of cases) assertEquals(levelOf(value), level, String(value));
});

Deno.test("constant values are in the middle, and the largest numbers have levels too", () => {
  const constant = levelsIn([3, 3]);
  assertEquals([3, -Infinity, Infinity, NaN].map(constant), [128, 0, 255, NAN_LEVEL]);
  assertEquals([NaN, Infinity].map(levelsIn(null)), [NAN_LEVEL, 255]);
  const huge = levelsIn([-Number.MAX_VALUE, Number.MAX_VALUE]);
  assertEquals([-Number.MAX_VALUE, 0, Number.MAX_VALUE].map(huge), [0, 128, 255]);
});

Deno.test("ranges are of finite elements; robust ones leave out 2 % at either end", () => {
  const of = (values: number[], range?: "robust") =>
    resolveRange(range, cellsOf(SharedNdArray.from([values])));
  assertEquals(of([3, NaN, 1, Infinity, -Infinity]), [1, 3]);
  assertEquals(of([NaN, Infinity]), null);
  assertEquals(of([7, 7]), [7, 7]);
  const many = Array.from({ length: 101 }, (_, k) => k === 100 ? 1e9 : k);
  assertEquals(of(many, "robust"), [2, 98]);
  // All that differs would be left out.
  assertEquals(of([...Array(99).fill(5), 6], "robust"), [5, 6]);
  assertEquals(of([NaN], "robust"), null);
});

Deno.test("ranges that are none are refused", () => {
  for (const range of [[1, 1], [2, 1], [0, NaN], [0, Infinity], [0], [0, 1, 2], "auto", 5, null]) {
    assertThrows(() => checkRange(range), ValueError, "The option range is ");
  }
  for (const range of [undefined, "robust", [0, 1]]) checkRange(range);
});
