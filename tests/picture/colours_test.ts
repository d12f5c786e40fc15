import { assertEquals, assertThrows } from "@std/assert";
import { ValueError } from "../../src/errors.ts";
import { type Colour, over, readColour } from "../../src/picture/colours.ts";

Deno.test("colours are read from names, hexadecimal digits and numbers", () => {
  const cases: [colour: Colour, rgba: number[]][] = [
    ["transparent", [0, 0, 0, 0]],
    ["White", [255, 255, 255, 255]],
    ["grey", [160, 160, 160, 255]],
    ["#fff", [255, 255, 255, 255]],
    ["#D2b48c", [210, 180, 140, 255]],
    ["#d2b48c80", [210, 180, 140, 128]],
    [[1, 2, 3], [1, 2, 3, 255]],
    [[1, 2, 3, 0], [1, 2, 3, 0]],
  ];
  for (const [colour, rgba] of cases) assertEquals([...readColour("nan", colour)], rgba);
});

Deno.test("what is no colour is refused in one sentence", () => {
  const wrong: unknown[] = [
    "",
    "#12",
    "#12345",
    "red?",
    "toString",
    [1, 2],
    [1, 2, 256],
    [1, 2, 3, 4, 5],
    [1, 2, NaN],
    7,
    null,
  ];
  for (const colour of wrong) {
    // A program in JavaScript may give anything.
    const error = assertThrows(() => readColour("nan", colour as Colour), ValueError);
    assertEquals(error.message.startsWith("The option nan is "), true, error.message);
    assertEquals(error.message.includes("\n"), false);
  }
});

Deno.test("a colour over another is a mixture by opacity", () => {
  assertEquals([...over([10, 20, 30, 255], [1, 2, 3, 255])], [10, 20, 30, 255]);
  assertEquals([...over([10, 20, 30, 7], [0, 0, 0, 0])], [10, 20, 30, 7]);
  assertEquals([...over([0, 0, 0, 0], [1, 2, 3, 200])], [1, 2, 3, 200]);
  assertEquals([...over([255, 0, 0, 51], [0, 255, 0, 255])], [51, 204, 0, 255]);
});
