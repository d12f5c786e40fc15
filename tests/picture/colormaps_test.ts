import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ValueError } from "../../src/errors.ts";
import { COLORMAP_NAMES, colourTable, knownColormap, LEVELS } from "../../src/picture/colormaps.ts";

/** A colour of a table as `#rrggbb`. */
function hexAt(table: Uint8Array, level: number): string {
  return "#" +
    [...table.subarray(3 * level, 3 * level + 3)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

Deno.test("the ends and middles of colour maps are the published colours", async () => {
  // Viridis, magma, inferno and plasma as matplotlib lists them; the others are the outermost colours of ColorBrewer,
  // through which the curves go.
  const published: [name: string, colours: Record<number, string>][] = [
    ["viridis", { 0: "#440154", 64: "#3b528b", 127: "#21908d", 128: "#21918c", 255: "#fde725" }],
    ["magma", { 0: "#000004", 127: "#b5367a", 255: "#fcfdbf" }],
    ["inferno", { 0: "#000004", 255: "#fcffa4" }],
    ["plasma", { 0: "#0d0887", 255: "#f0f921" }],
    ["rdbu", { 0: "#67001f", 255: "#053061" }],
    ["brbg", { 0: "#543005", 255: "#003c30" }],
    ["puor", { 0: "#2d004b", 255: "#7f3b08" }],
    ["greys", { 0: "#ffffff", 255: "#000000" }],
    ["blues", { 0: "#f7fbff", 255: "#08306b" }],
    ["gray", { 0: "#000000", 128: "#808080", 255: "#ffffff" }],
  ];
  for (const [name, colours] of published) {
    const table = await colourTable(name);
    for (const [level, hex] of Object.entries(colours)) {
      assertEquals(hexAt(table, Number(level)), hex, `${name} at ${level}`);
    }
  }
});

Deno.test("each colour map is what d3 computes, and reversed from the other end", async () => {
  // @ts-types="@types/d3-scale-chromatic"
  const d3 = await import("d3-scale-chromatic");
  const interpolators = Object.entries(d3).filter(([name]) => name.startsWith("interpolate"));
  const byName = new Map(
    interpolators.map(([name, interpolate]) => [name.slice(11).toLowerCase(), interpolate]),
  );
  byName.set("cubehelix", d3.interpolateCubehelixDefault);
  byName.delete("cubehelixdefault");
  assertEquals(new Set([...byName.keys(), "gray"]), new Set<string>(COLORMAP_NAMES));
  for (const [name, interpolate] of byName) {
    const table = await colourTable(name), reversed = await colourTable(`${name}_r`);
    assertEquals([table.length, reversed.length], [3 * LEVELS, 3 * LEVELS]);
    for (let level = 0; level < LEVELS; level++) {
      // An interpolator of d3 takes a number, whatever its overloads say.
      const text = String((interpolate as (t: number) => string)(level / (LEVELS - 1)));
      const expected = text.startsWith("#") ? text : "#" + [...text.matchAll(/\d+/g)]
        .map(([digits]) => Number(digits).toString(16).padStart(2, "0")).join("");
      assertEquals(hexAt(table, level), expected, `${name} at ${level}`);
      assertEquals(hexAt(reversed, LEVELS - 1 - level), expected, `${name}_r`);
    }
  }
});

Deno.test("colour maps are known in small and capital letters, with other spellings and suggestions", async () => {
  assertEquals(knownColormap("RdBu_r"), { name: "rdbu", isReversed: true });
  assertEquals(knownColormap("grey"), { name: "gray", isReversed: false });
  assertEquals(knownColormap("YlGnBu"), { name: "ylgnbu", isReversed: false });
  const error = assertThrows(() => knownColormap("viridi"), ValueError);
  assertEquals(error.message, 'There is no colour map "viridi": did you mean viridis?');
  assert(
    assertThrows(() => knownColormap("nothing at all"), ValueError).message.includes(
      "there are viridis, magma",
    ),
  );
  for (const wrong of ["", "_r", "toString", "viridis_r_r", "__proto__"]) {
    await assertRejects(() => colourTable(wrong), ValueError, "There is no colour map");
  }
});
