import { assert, assertEquals, assertThrows } from "@std/assert";
import { ValueError } from "../../../src/errors.ts";
import { htmlTable, jupyterBundle } from "../../../src/array/print/html.ts";
import { describeArray, formatArray, type PrintableArray } from "../../../src/array/print/inspect.ts";
import { cStrides } from "../../../src/array/layout/strides.ts";
import { forEachSeed } from "../../seeded.ts";

function arrayOf(shape: readonly number[], values: readonly number[]): PrintableArray {
  const data = new Float64Array(new SharedArrayBuffer(values.length * 8));
  data.set(values);
  return { dtype: "float64", shape, strides: cStrides(shape), offset: 0, size: values.length, data };
}

function counted(shape: readonly number[]): PrintableArray {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return arrayOf(shape, Array.from({ length: size }, (_, i) => i));
}

/** HTML without what only says how it looks, a line for each row. */
function bare(html: string): string[] {
  return html.replaceAll(/ (style|scope)="[^"]*"/g, "").replaceAll(/(?!^)<(tr|table|p)>/g, "\n<$1>").split(
    "\n",
  );
}

/** The texts of the cells that are not heads. */
function cellsOf(html: string): string[] {
  return html.matchAll(/<td style[^>]*>([^<]*)<\/td>/g).map((match) => match[1]).toArray();
}

Deno.test("two axes make a table whose heads are indices", () => {
  assertEquals(bare(htmlTable(arrayOf([2, 3], [1, -20, 3.5, NaN, 5, 6]))), [
    "<table><caption>SharedNdArray float64 [2, 3]</caption>",
    "<tr><td></td><th>0</th><th>1</th><th>2</th></tr>",
    "<tr><th>0</th><td>1.</td><td>-20.</td><td>3.5</td></tr>",
    "<tr><th>1</th><td>nan</td><td>5.</td><td>6.</td></tr></table>",
  ]);
});

Deno.test("one axis makes one row, no axis one cell", () => {
  assertEquals(bare(htmlTable(arrayOf([2], [0.5, 1]))), [
    "<table><caption>SharedNdArray float64 [2]</caption>",
    "<tr><th>0</th><th>1</th></tr>",
    "<tr><td>0.5</td><td>1.</td></tr></table>",
  ]);
  assertEquals(bare(htmlTable(arrayOf([], [1 / 3]), { precision: 2 })), [
    "<table><caption>SharedNdArray float64 []</caption>",
    "<tr><td>0.33</td></tr></table>",
  ]);
});

Deno.test("leading axes make a table for each of their indices", () => {
  assertEquals(bare(htmlTable(counted([2, 1, 1, 2]))), [
    "<div>",
    "<p>SharedNdArray float64 [2, 1, 1, 2]</p>",
    "<table><caption>[0, 0, :, :]</caption>",
    "<tr><td></td><th>0</th><th>1</th></tr>",
    "<tr><th>0</th><td>0.</td><td>1.</td></tr></table>",
    "<table><caption>[1, 0, :, :]</caption>",
    "<tr><td></td><th>0</th><th>1</th></tr>",
    "<tr><th>0</th><td>2.</td><td>3.</td></tr></table></div>",
  ]);
});

Deno.test("what is left out leaves a mark", () => {
  const options = { threshold: 0, edgeItems: 1 };
  assertEquals(bare(htmlTable(counted([4, 5]), options)), [
    "<table><caption>SharedNdArray float64 [4, 5]</caption>",
    "<tr><td></td><th>0</th><th>…</th><th>4</th></tr>",
    "<tr><th>0</th><td>0.</td><td>…</td><td>4.</td></tr>",
    "<tr><th>…</th><td>…</td><td>…</td><td>…</td></tr>",
    "<tr><th>3</th><td>15.</td><td>…</td><td>19.</td></tr></table>",
  ]);
  assertEquals(
    bare(htmlTable(counted([5]), options))[2],
    "<tr><td>0.</td><td>…</td><td>4.</td></tr></table>",
  );
  const sections = bare(htmlTable(counted([3, 3, 2, 1]), options)).filter((line) => !line.startsWith("<tr>"));
  assertEquals(sections, [
    "<div>",
    "<p>SharedNdArray float64 [3, 3, 2, 1]</p>",
    "<table><caption>[0, 0, :, :]</caption>",
    "<p>…</p>",
    "<table><caption>[0, 2, :, :]</caption>",
    "<p>…</p>",
    "<table><caption>[2, 0, :, :]</caption>",
    "<p>…</p>",
    "<table><caption>[2, 2, :, :]</caption>",
  ]);
});

Deno.test("an array without elements says so", () => {
  assertEquals(bare(htmlTable(arrayOf([3, 0], []))), [
    "<table><caption>SharedNdArray float64 [3, 0]</caption>",
    "<tr><td>no elements</td></tr></table>",
  ]);
  assertThrows(() => htmlTable(arrayOf([3, 0], []), { edgeItems: 0 }), ValueError, "edgeItems 0");
});

Deno.test("cells hold what the text holds, in the same order, and tags are closed", () => {
  forEachSeed(200, (random) => {
    const shape = random.ints(random.int(0, 4), 1, 5);
    const size = shape.reduce((product, extent) => product * extent, 1);
    const array = arrayOf(shape, random.ints(size, -999, 999).map((value) => value / 10 ** random.int(0, 4)));
    const options = {
      threshold: random.pick([0, 1000]),
      edgeItems: random.int(1, 2),
      precision: random.int(0, 4),
    };
    const html = htmlTable(array, options);
    const numbers = formatArray(array, options).match(/-?\d+\.\d*(e[+-]\d+)?/g) ?? [];
    assertEquals(cellsOf(html).filter((text) => text !== "…"), [...numbers]);
    for (const name of ["div", "p", "table", "caption", "tr", "th", "td"]) {
      const opened = html.match(new RegExp(`<${name}[ >]`, "g"))?.length;
      assertEquals(opened, html.match(new RegExp(`</${name}>`, "g"))?.length, name);
    }
  });
});

Deno.test("a huge array makes a small table", () => {
  const data = new Float64Array(new SharedArrayBuffer(8));
  const array: PrintableArray = {
    dtype: "float64",
    shape: [1e5, 1e5],
    strides: [0, 0],
    offset: 0,
    size: 1e10,
    data,
  };
  const cells = cellsOf(htmlTable(array));
  assertEquals(cells.length, 7 * 7);
  assertEquals(cells.filter((text) => text === "0.").length, 6 * 6);
});

Deno.test("a notebook gets both text and tables", () => {
  const array = counted([2, 2]);
  assertEquals(jupyterBundle(array), {
    "text/plain": describeArray(array),
    "text/html": htmlTable(array),
  });
  assert(!/color:|background/.test(htmlTable(array)), "colours would not read on every background");
});
