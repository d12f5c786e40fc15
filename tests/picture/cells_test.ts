import { assertEquals, assertThrows } from "@std/assert";
import { ShapeError, SharedNdArray, slice } from "../../mod.ts";
import { type Cells, cellsOf, fittingGrid, resampled, upsideDown } from "../../src/picture/cells.ts";

/** All cells, as nested lists. */
function nested({ rows, columns, data, offset, rowStride, columnStride }: Cells): number[][] {
  return Array.from(
    { length: rows },
    (_, i) =>
      Array.from({ length: columns }, (_, j) => Number(data[offset + i * rowStride + j * columnStride])),
  );
}

Deno.test("cells are the elements, whatever the strides", () => {
  const a = SharedNdArray.arange(24).reshape([4, 6]);
  for (
    const view of [a, a.transpose(), a.flip(0), a.flip(1), a.view(slice(1, 4, 2), slice(null, null, -2))]
  ) {
    assertEquals(nested(cellsOf(view)), view.toNested());
    assertEquals(nested(upsideDown(cellsOf(view))), view.flip(0).toNested());
  }
  assertEquals(nested(cellsOf(SharedNdArray.from([[1n, 2n]]))), [[1, 2]]);
  assertEquals(nested(cellsOf(SharedNdArray.from([[true, false]]))), [[1, 0]]);
});

Deno.test("arrays that are no pictures are refused with what would be right", () => {
  const cases: [shape: number[], message: string][] = [
    [[3], "A picture is of an array with two axes, but this one has shape [3]"],
    [[], "A picture is of an array with two axes, but this one has shape []"],
    [
      [2, 3, 4],
      "A picture is of an array with two axes, but this one has shape [2, 3, 4]: take a view, such as array.view(0)",
    ],
    [[0, 3], "There is nothing to show of an array of shape [0, 3]"],
    [[3, 0], "There is nothing to show of an array of shape [3, 0]"],
  ];
  for (const [shape, message] of cases) {
    assertEquals(assertThrows(() => cellsOf(SharedNdArray.zeros(shape)), ShapeError).message, message);
  }
});

Deno.test("every cell is in one box, and boxes have the mean of what is not NaN", () => {
  for (const [rows, columns] of [[1, 1], [3, 5], [7, 4], [10, 10]]) {
    const values = SharedNdArray.random([rows, columns], { seed: rows });
    for (let fewer = 1; fewer <= Math.max(rows, columns); fewer++) {
      const [i, j] = [Math.min(fewer, rows), Math.min(fewer, columns)];
      const means = resampled(cellsOf(values), i, j);
      const ones = nested(resampled(cellsOf(SharedNdArray.ones([rows, columns])), i, j));
      assertEquals(ones, Array.from({ length: i }, () => Array.from({ length: j }, () => 1)));
      if (i === 1 && j === 1) {
        const sum = [...values.values()].reduce((total, value) => total + value, 0);
        assertEquals(Math.abs(nested(means)[0][0] - sum / values.size) < 1e-12, true);
      }
    }
  }
  const holes = SharedNdArray.from([[1, NaN, NaN, NaN], [3, NaN, 5, NaN]]);
  assertEquals(nested(resampled(cellsOf(holes), 1, 2)), [[2, 5]]);
  assertEquals(nested(resampled(cellsOf(holes), 1, 4)), [[2, NaN, 5, NaN]]);
});

Deno.test("the nearest cell keeps values that are classes, and more cells repeat them", () => {
  const classes = SharedNdArray.from([[1, 1, 7, 7, 7], [1, 1, 7, 9, 7]]);
  assertEquals(nested(resampled(cellsOf(classes), 1, 2, "nearest")), [[1, 7]]);
  assertEquals(nested(resampled(cellsOf(SharedNdArray.from([[1, 2]])), 2, 4)), [[1, 1, 2, 2], [1, 1, 2, 2]]);
});

Deno.test("large grids become smaller ones of the same proportions", () => {
  assertEquals(fittingGrid({ rows: 100, columns: 50 }, 100), { rows: 100, columns: 50, factor: 1 });
  assertEquals(fittingGrid({ rows: 101, columns: 50 }, 100), { rows: 51, columns: 25, factor: 2 });
  assertEquals(fittingGrid({ rows: 1, columns: 20_000 }, 4096), { rows: 1, columns: 4000, factor: 5 });
});
