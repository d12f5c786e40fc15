import { assert, assertEquals } from "@std/assert";
import { COLORMAP_NAMES, colourTable } from "../../src/picture/colormaps.ts";
import { colourCodes, ColouredLine, nearestOf256 } from "../../src/picture/terminal_colours.ts";

Deno.test("colours of the palette are their own nearest", () => {
  const steps = [0, 95, 135, 175, 215, 255];
  for (let place = 16; place < 232; place++) {
    const cell = place - 16, [r, g, b] = [Math.floor(cell / 36), Math.floor(cell / 6) % 6, cell % 6];
    assertEquals(nearestOf256(steps[r], steps[g], steps[b]), place);
  }
  for (let place = 232; place < 256; place++) {
    const grey = 8 + 10 * (place - 232);
    assertEquals(nearestOf256(grey, grey, grey), place);
  }
});

Deno.test("codes of each colour map name colours that there are", async () => {
  for (const name of COLORMAP_NAMES) {
    const table = await colourTable(name);
    const few = colourCodes(table, "256"), all = colourCodes(table, "truecolour");
    assertEquals([few.length, all.length], [256, 256]);
    assert(few.every((code) => /^5;(?:1[6-9]|[2-9]\d|1\d\d|2[0-4]\d|25[0-5])$/.test(code)), name);
    assert(new Set(few).size >= 8, `${name}: ${new Set(few).size} colours`);
    assertEquals(all[255], `2;${table.subarray(765).join(";")}`);
  }
});

Deno.test("a line changes colours only where they change", () => {
  const line = new ColouredLine(["5;16", "5;17"]);
  line.add("▀", 0, 1);
  line.add("▀", 0, 1);
  line.add("▀", 1, 1);
  line.add("▄", 0);
  line.add(" ", null);
  assertEquals(line.end(), "\x1b[38;5;16;48;5;17m▀▀ \x1b[49m▄ \x1b[0m");
  const plain = new ColouredLine([]);
  plain.add("x", null);
  assertEquals(plain.end(), "x");
});
