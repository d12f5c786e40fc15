import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse } from "acorn";
import { livePage } from "../../src/live/live_page.ts";
import { countCells, cutOf } from "../../src/live/client/tile_map.js";
import { builtAssets, checkedInAssets } from "./build_assets.ts";

Deno.test("the page's assets are those of the files they are made of, and a script", async () => {
  const text = await checkedInAssets();
  assertEquals(text, await builtAssets(), "run tests/live/build_assets.ts");
  // One scope for all modules: what is declared twice would be an error in the browser.
  parse(JSON.parse(text).script, { ecmaVersion: "latest" });
});

Deno.test("the page has what is new within the report page, and its title as text", () => {
  const page = livePage("n0nce", "<script>alert(1)</script>");
  assertStringIncludes(page, "<title>&lt;script&gt;alert(1)&lt;/script&gt;</title>");
  const [live, headline] = ['id="live"', 'id="headline"'].map((part) => page.indexOf(part));
  assert(live > 0 && headline > live);
  assertEquals([...page.matchAll(/<script nonce="n0nce">/g)].length, 2);
  assert(!/<(?:link|script|img)[^>]+(?:src|href)="(?!data:)/.test(page));
});

Deno.test("a map of tiles shows a small grid as it is, and a large one in order", () => {
  assertEquals(cutOf([1, 32, 20], 640), { rows: 32, columns: 20, each: 1, isGrid: true });
  assertEquals(cutOf([7], 7), { rows: 1, columns: 7, each: 1, isGrid: false });
  const { rows, columns, each } = cutOf([1e4, 1e3], 1e7);
  assert(rows * columns * each >= 1e7 && rows * columns <= 6200 && each === 1667);
  const cut = { rows: 2, columns: 2, each: 3, isGrid: false };
  assertEquals([...countCells([{ begin: 1, end: 5 }, { begin: 8, end: 12 }], cut)], [2, 2, 1, 3]);
  assertEquals([...countCells([], cut)], [0, 0, 0, 0]);
});
