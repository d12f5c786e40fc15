import { assert, assertEquals } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";
import { cellsOf } from "../../src/picture/cells.ts";
import { SHADES } from "../../src/picture/half_blocks.ts";
import { colourBar, curve } from "../../src/picture/terminal_bar.ts";

const bar = (columns: number, range: readonly [number, number] | null, unit = "") =>
  colourBar({ columns, colour: "none", range, unit }).trimEnd().split("\n");

Deno.test("a bar has all shades and numbers at its ends, and more where there is room", () => {
  assertEquals(bar(9, [0, 8]), [SHADES, "0       8"]);
  const [shades, numbers] = bar(80, [-2, 2], "kPa");
  assertEquals([shades.length, numbers.length], [80, 80]);
  assertEquals(numbers.split(/\s+/), ["-2", "-1", "0", "1", "2", "kPa"]);
  assertEquals(numbers.indexOf("0"), 40);
  assertEquals(bar(40, [0, 1])[1].trim().split(/\s+/), ["0", "0.5", "1"]);
});

Deno.test("numbers of a narrow bar stay within it", () => {
  for (let columns = 8; columns < 100; columns++) {
    for (const range of [[0, 1], [-1e-9, 1e9], [-40.76, 30], [273.15, 273.16]] as const) {
      for (const line of bar(columns, range)) {
        assert(line.length <= columns || columns < 12, `${line} in ${columns}`);
      }
    }
  }
  assertEquals(bar(10, [-40.76, 30], "DEG C"), ["..--=+*#%@", "-40.76", "30 DEG C"]);
  // Five long numbers take more room than each of them, three do not.
  assertEquals(bar(80, [1, 1 + 2 ** -50])[1].length, 80);
  assertEquals(bar(40, [1, 1 + 2 ** -50])[1].length, 40);
  // Neighbouring numbers are told apart.
  assertEquals(bar(30, [273.15, 273.16])[1].split(/\s+/), ["273.15", "273.16"]);
});

Deno.test("one value, or none, needs no bar", () => {
  assertEquals(bar(30, [3, 3], "K"), ["all values are 3 K"]);
  assertEquals(bar(30, null, "K"), ["no finite values"]);
});

Deno.test("a curve is as high as the values are", () => {
  const cells = cellsOf(SharedNdArray.from([[0, 1, 2, 3, NaN]]));
  const draw = (hasBlocks: boolean) =>
    curve(cells, [0, 3], { columns: 5, rows: 2, colour: "none" }, hasBlocks).split("\n");
  assertEquals(draw(true), ["  ▃█", "▁▅██", ""]);
  assertEquals(draw(false), ["   #", "####", ""]);
  const many = cellsOf(SharedNdArray.arange(10_000).reshape([1, -1]));
  const lines = curve(many, [0, 9999], { columns: 20, colour: "none" }).split("\n");
  assertEquals([lines.length, Math.max(...lines.map((line) => line.length))], [9, 20]);
});
