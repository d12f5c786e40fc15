import { assert, assertEquals, assertThrows } from "@std/assert";
import { ShapeError, SharedNdArray, ValueError } from "../../mod.ts";
import { colourTable } from "../../src/picture/colormaps.ts";
import { gridOf, halfBlocks, SHADES } from "../../src/picture/half_blocks.ts";
import { shownCells } from "./shown_cells.ts";

const viridis = await colourTable("viridis");

/** A colour of viridis. */
const at = (level: number) => viridis.subarray(3 * level, 3 * level + 3).join();

Deno.test("two cells are in one character, above each other, each with its colour", () => {
  const array = SharedNdArray.from([[0, 1, NaN, 0], [1, 0, 1, NaN], [0, NaN, 0, 1]]);
  const text = halfBlocks(array, { columns: 4, rows: 2, colour: "truecolour", table: viridis });
  const [low, high] = [at(0), at(255)];
  assertEquals(shownCells(text), [
    [low, high, "", low],
    [high, low, high, ""],
    [low, "", low, high],
    ["", "", "", ""],
  ]);
  assertEquals(text.match(/\n/g)?.length, 2);
});

Deno.test("every line of colours ends with the terminal's own", () => {
  const array = SharedNdArray.random([30, 50], { seed: 2 });
  for (const colour of ["256", "truecolour"] as const) {
    for (const columns of [1, 7, 50, 80]) {
      const text = halfBlocks(array, { columns, colour, table: viridis });
      for (const line of text.trimEnd().split("\n")) assert(line.endsWith("\x1b[0m"), JSON.stringify(line));
      // deno-lint-ignore no-control-regex
      const seen = text.replaceAll(/\x1b\[[0-9;]*m/g, "").split("\n").slice(0, -1);
      assert(
        seen.every((line) => [...line].length === seen[0].length && line.length <= columns),
        seen.join("\n"),
      );
    }
  }
});

Deno.test("without colours, characters stand for values and spaces for NaN", () => {
  const array = SharedNdArray.from([Array.from(SHADES, (_, k) => k), Array.from(SHADES, (_, k) => k)]);
  for (const colour of ["none", "16"] as const) {
    assertEquals(halfBlocks(array, { columns: SHADES.length, rows: 1, colour }), SHADES + "\n");
  }
  const holes = SharedNdArray.from([[NaN, 0, NaN, 9, NaN], [NaN, NaN, NaN, 9, NaN]]);
  assertEquals(halfBlocks(holes, { columns: 5, rows: 1, colour: "none" }), " . @\n");
});

Deno.test("the last row can be at the top", () => {
  const array = SharedNdArray.from([[0, 0], [0, 0], [1, 1], [1, 1]]);
  const options = { columns: 2, rows: 2, colour: "none" } as const;
  assertEquals(halfBlocks(array, options), "..\n@@\n");
  assertEquals(halfBlocks(array, { ...options, origin: "lower" }), "@@\n..\n");
});

Deno.test("pictures fit, and keep their proportions as far as they can", () => {
  const cases: [rows: number, columns: number, wide: number, high: number, grid: [number, number]][] = [
    [90, 180, 80, 32, [40, 80]],
    [90, 180, 20, 8, [10, 20]],
    [90, 180, 10, 4, [5, 10]],
    [100, 100, 80, 32, [64, 64]],
    [3, 3, 80, 32, [63, 63]],
    [45, 45, 80, 32, [45, 45]],
    [1, 1, 80, 32, [64, 64]],
    [1, 100_000, 80, 32, [1, 80]],
    [100_000, 1, 80, 32, [64, 1]],
    [5, 5, 1, 1, [1, 1]],
  ];
  for (const [rows, columns, wide, high, grid] of cases) {
    const made = gridOf({ rows, columns }, { columns: wide, rows: high });
    assertEquals([made.rows, made.columns], grid, `${rows} x ${columns} in ${wide} x ${high}`);
  }
  assertEquals(gridOf({ rows: 1000, columns: 1000 }, { columns: 80 }), { rows: 64, columns: 64 });
});

Deno.test("arrays that are all NaN, constant or infinite are drawn", () => {
  const options = { columns: 4, rows: 1, colour: "none" } as const;
  assertEquals(halfBlocks(SharedNdArray.full([2, 4], NaN), options), "\n");
  assertEquals(halfBlocks(SharedNdArray.full([2, 4], 7n), options), "++++\n".replaceAll("+", SHADES[4]));
  assertEquals(halfBlocks(SharedNdArray.from([[-Infinity, 0, 1, Infinity]]), options), "..@@\n");
});

Deno.test("what cannot be drawn is refused", () => {
  const options = { columns: 8, colour: "none" } as const;
  assertThrows(() => halfBlocks(SharedNdArray.ones([4]), options), ShapeError, "two axes");
  assertThrows(() => halfBlocks(SharedNdArray.ones([0, 4]), options), ShapeError, "nothing to show");
  assertThrows(
    () => halfBlocks(SharedNdArray.ones([4, 4]), { columns: 8, colour: "256" }),
    ValueError,
    "the option table is missing",
  );
});
