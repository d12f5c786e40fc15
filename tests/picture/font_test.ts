import { assert, assertEquals } from "@std/assert";
import { GLYPH_HEIGHT, GLYPH_WIDTH, glyphRows, textWidth } from "../../src/picture/font.ts";

Deno.test("all of printable ASCII is drawn, each letter in another way", () => {
  const drawn = new Map<string, string>();
  for (let code = 0x21; code < 0x7f; code++) {
    const letter = String.fromCharCode(code), rows = glyphRows(letter);
    assertEquals(rows.length, GLYPH_HEIGHT, letter);
    assert(rows.every((row) => row >= 0 && row < 2 ** GLYPH_WIDTH), letter);
    assert(rows.some((row) => row > 0), letter);
    assertEquals(drawn.get(rows.join()), undefined, `${letter} is drawn as another letter`);
    drawn.set(rows.join(), letter);
  }
  const missing = glyphRows("漢");
  assertEquals([glyphRows("😀"), drawn.has(missing.join())], [missing, false]);
  for (const letter of "°²³¹⁻µ·×±−Δσ…") assert(glyphRows(letter) !== missing, letter);
  assertEquals(glyphRows(" "), [0, 0, 0, 0, 0, 0, 0]);
});

Deno.test("an I reads as one", () => {
  const rows = glyphRows("I").map((row) =>
    row.toString(2).padStart(5, "0").replaceAll("0", ".").replaceAll("1", "#")
  );
  assertEquals(rows, [".###.", "..#..", "..#..", "..#..", "..#..", "..#..", ".###."]);
});

Deno.test("texts are as wide as their letters", () => {
  assertEquals(["", "a", "ab", "°C"].map(textWidth), [0, 5, 11, 11]);
});
