/** What arrays and runs give to a notebook. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import {
  createArray,
  iterate,
  type JupyterBundle,
  reduce,
  SharedNdArray,
  streamedMap,
  streamedReduce,
  tiledMap,
  tiledReduce,
} from "../../mod.ts";
import { reportHtml } from "../../src/run/run_html.ts";
import { inFolder } from "../cli/in_folder.ts";

const DISPLAY = Symbol.for("Jupyter.display");

/** What the kernel would be given. */
async function displayOf(object: object): Promise<JupyterBundle> {
  const display: unknown = Reflect.get(object, DISPLAY);
  assert(typeof display === "function", "it has no display");
  const bundle = await display.call(object);
  assertEquals(Object.keys(bundle), ["text/plain", "text/html"]);
  assertBalanced(bundle["text/html"]);
  return bundle;
}

/** Asserts that tags are closed in the order in which they were opened. */
function assertBalanced(html: string): void {
  const open: string[] = [];
  for (const [, slash, name] of html.matchAll(/<(\/?)(\w+)[^<>]*>/g)) {
    if (name === "img") continue;
    if (slash === "") open.push(name);
    else assertEquals(open.pop(), name, html);
  }
  assertEquals(open, []);
}

/** The width and height that a PNG file says it has. */
function sizeOfPng(base64: string): [number, number] {
  const bytes = Uint8Array.fromBase64(base64), view = new DataView(bytes.buffer);
  assertEquals([...bytes.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
  return [view.getUint32(16), view.getUint32(20)];
}

Deno.test("an array is a table, with how it lies in memory", async () => {
  const a = SharedNdArray.from([[1, 2.5, 3], [4, 5, 6]]);
  const bundle = await displayOf(a);
  assertEquals(bundle["text/plain"], a.toString());
  assertStringIncludes(bundle["text/html"], ">2.5</td>");
  assertStringIncludes(bundle["text/html"], "SharedNdArray float64 [2, 3]");
  assertStringIncludes(bundle["text/html"], "48 B, strides [3, 1] elements");
  assertStringIncludes((await displayOf(a.transpose()))["text/html"], "48 B, strides [1, 3] elements");
  assertStringIncludes((await displayOf(SharedNdArray.from(7)))["text/html"], ">8 B</p>");
  assertStringIncludes((await displayOf(SharedNdArray.zeros([0, 9])))["text/html"], "no elements");
  for (const shape of [[3], [2, 9, 9], [9, 7]]) {
    const { "text/html": html } = await displayOf(SharedNdArray.zeros(shape));
    assert(!html.includes("<img"), `[${shape}] is shown as a picture`);
  }
});

Deno.test("a larger matrix is a picture too, of any dtype and size", async () => {
  const pictureIn = async (array: SharedNdArray) => {
    const { "text/html": html } = await displayOf(array);
    const [, png, width, height, alt] =
      /<img src="data:image\/png;base64,([^"]+)" width="(\d+)" height="(\d+)" alt="([^"]*)"/.exec(html) ?? [];
    assertEquals(sizeOfPng(png), [Number(width), Number(height)]);
    return { size: sizeOfPng(png), alt };
  };
  const a = SharedNdArray.arange(20 * 40).reshape([20, 40]);
  assertEquals(await pictureIn(a), { size: [360, 180], alt: "dark is 0, bright is 799" });
  assertEquals((await pictureIn(a.transpose())).size, [180, 360]);
  assertEquals((await pictureIn(a.astype("int64"))).alt, "dark is 0, bright is 799");
  assertEquals((await pictureIn(SharedNdArray.full([8, 8], NaN))).alt, "no finite value");
  assertEquals((await pictureIn(SharedNdArray.full([8, 8], true))).size, [360, 360]);
  const [width, height] = (await pictureIn(SharedNdArray.zeros([3000, 1500], { dtype: "uint8" }))).size;
  assert(Math.max(width, height) <= 512 && Math.abs(height - 2 * width) <= 2, `${width} x ${height}`);
});

Deno.test("a disposed array says so", async () => {
  const a = SharedNdArray.zeros([9, 9]);
  a.dispose();
  assertEquals((await displayOf(a))["text/html"], "<p>SharedNdArray float64 [9, 9] (disposed)</p>");
});

Deno.test("runs of each kind show what came out, and their report", async () => {
  const a = SharedNdArray.ones([40, 8]), inputs = { a };
  const map = await tiledMap("twice = 2 * a", { inputs, workers: 1, exact: true });
  const { "text/html": html, "text/plain": text } = await displayOf(map);
  assertStringIncludes(html, "<p><code>twice</code> float64 [40, 8]</p>");
  assertMatch(
    html,
    /<strong>[\d.]+ ms<\/strong> for \d+ tiles? of \[\d+, 8\] over \[40, 8\], by 1 worker on \d+ cores?: /,
  );
  assertMatch(html, />worker 0<.*>memory<.*>peak [\d.]+ MB, predicted [\d.]+ MB, [\d.]+ kB of arrays</);
  assertStringIncludes(text, "report: {");
  const here = await displayOf((await tiledMap("twice = 2 * a", { inputs })).report);
  assertMatch(here["text/html"], /by the calling thread: .*>calling thread</);
  assertStringIncludes((await displayOf(await reduce("sum", a)))["text/html"], ">320.</td>");
  const stepped = await displayOf(
    await iterate("0.5 * z", { z: a.box([0, 0], [2, 2]) }, { steps: 2, workers: 1 }),
  );
  assertStringIncludes(stepped["text/html"], ">0.25</td>");
  const kernel = new URL("data:text/javascript,export default () => '<b>'; export const combine = (a) => a");
  const total = await displayOf(await tiledReduce(kernel, { inputs, tile: [20, 8], workers: 1 }));
  assertStringIncludes(total["text/html"], "<pre>&quot;&lt;b&gt;&quot;</pre>");
  await inFolder(async (path) => {
    using b = await createArray(path("b.zarr/b"), { shape: [40, 8], chunks: [10, 8] });
    const streamed = await displayOf(await streamedMap("b = -a", { inputs, outputs: { b }, workers: 1 }));
    assertMatch(
      streamed["text/html"],
      /<code>b<\/code> float64 \[40, 8\].*>reading<.*>computing<.*>writing</,
    );
    const { "text/html": reduced } = await displayOf(await streamedReduce("sum", b, { workers: 1 }));
    assertStringIncludes(reduced, ">-320.</td>");
  });
});

Deno.test("what is written into HTML is escaped", async () => {
  const { report } = await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.ones([4]) } });
  const html = reportHtml({ ...report, notes: [`<script>alert("1 & '2'")</script>`] });
  assertStringIncludes(html, "<li>&lt;script&gt;alert(&quot;1 &amp; &#39;2&#39;&quot;)&lt;/script&gt;</li>");
  assertBalanced(html);
});

Deno.test("how a run is displayed is not part of it", async () => {
  const run = await tiledMap("b = 2 * a", { inputs: { a: SharedNdArray.ones([4]) } });
  assertEquals(Object.keys(run), ["outputs", "values", "tiles", "report"]);
  for (const object of [run, run.report]) {
    assertEquals(Reflect.ownKeys({ ...object }), Object.keys(object));
    assert(!Deno.inspect(object).includes("Jupyter"));
  }
  assertEquals(structuredClone(run.report), run.report);
  assertEquals(JSON.parse(JSON.stringify(run.report)), { ...run.report });
});
