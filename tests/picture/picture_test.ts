import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import {
  picture,
  type PictureOptions,
  savePng,
  ShapeError,
  SharedNdArray,
  slice,
  ValueError,
} from "../../mod.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";
import { colourTable } from "../../src/picture/colormaps.ts";
import { inFolder } from "../cli/in_folder.ts";
import { decodePng } from "./decode_png.ts";

/** The colours of viridis at some levels, with full opacity. */
async function viridis(...levels: number[]): Promise<number[]> {
  const table = await colourTable("viridis");
  return levels.flatMap((level) => [...table.subarray(3 * level, 3 * level + 3), 255]);
}

Deno.test("pictures of every dtype have the colours of their values", async () => {
  for (const dtype of DTYPE_NAMES) {
    const values = dtype === "bool" ? [[0, 1], [1, 0]] : [[0, 2], [1, 2]];
    const array = SharedNdArray.from(values).astype(dtype);
    const expected = dtype === "bool" ? [0, 255, 255, 0] : [0, 255, 128, 255];
    assertEquals([...await picture(array).rgba()], await viridis(...expected), dtype);
  }
});

Deno.test("pictures of every view have its rows and columns", async () => {
  const a = SharedNdArray.arange(24).reshape([4, 6]);
  for (const view of [a, a.transpose(), a.flip(0), a.view(slice(null, null, -2), slice(1, null, 2))]) {
    const [rows, columns] = view.shape, made = picture(view, { range: [0, 23] });
    assertEquals([made.width, made.height], [columns, rows]);
    const levels = [...view.values()].map((value) => Math.min(255, Math.floor(value / 23 * 256)));
    assertEquals([...await made.rgba()], await viridis(...levels));
    const lower = picture(view, { range: [0, 23], origin: "lower" });
    assertEquals(await lower.rgba(), await picture(view.flip(0), { range: [0, 23] }).rgba());
  }
});

Deno.test("cells become squares of pixels", async () => {
  const array = SharedNdArray.from([[0, 1, NaN], [1, 0, 1]]);
  const one = await picture(array).rgba(), large = picture(array, { scale: 3 });
  assertEquals([large.width, large.height], [9, 6]);
  const pixels = await large.rgba();
  for (let y = 0; y < 6; y++) {
    for (let x = 0; x < 9; x++) {
      const small = 4 * (Math.floor(y / 3) * 3 + Math.floor(x / 3)), at = 4 * (9 * y + x);
      assertEquals(pixels.slice(at, at + 4), one.slice(small, small + 4));
    }
  }
});

Deno.test("NaN, infinities, and arrays of nothing else have colours", async () => {
  const array = SharedNdArray.from([[-Infinity, 0, 10, Infinity, NaN]]);
  const made = picture(array);
  assertEquals(made.range, [0, 10]);
  assertEquals([...await made.rgba()], [...await viridis(0, 0, 255, 255), 0, 0, 0, 0]);
  const grey = await picture(array, { nan: "#102030" }).rgba();
  assertEquals([...grey.subarray(16)], [16, 32, 48, 255]);
  const none = picture(SharedNdArray.full([2, 2], NaN), { legend: true, title: "nothing", unit: "K" });
  assertEquals(none.range, null);
  assert((await none.png()).length > 0);
  const constant = picture(SharedNdArray.ones([1, 2]));
  assertEquals([constant.range, [...await constant.rgba()]], [[1, 1], await viridis(128, 128)]);
});

Deno.test("a picture is of what the elements were", async () => {
  const array = SharedNdArray.from([[0, 1]]), made = picture(array);
  array.fill(1);
  assertEquals([...await made.rgba()], await viridis(0, 255));
});

Deno.test("large arrays become means of their elements", async () => {
  const array = SharedNdArray.from([[0, 0, 4, 4], [0, 0, 4, NaN], [2, 2, NaN, NaN], [2, 2, NaN, NaN]]);
  const made = picture(array, { maxSize: 2 });
  assertEquals([made.width, made.height, made.range], [2, 2, [0, 4]]);
  assertEquals([...await made.rgba()], [...await viridis(0, 255, 128), 0, 0, 0, 0]);
  const classes = SharedNdArray.from([[0, 4, 4, 4]]);
  const nearest = picture(classes, { maxSize: 2, reduction: "nearest" });
  assertEquals([...await nearest.rgba()], await viridis(0, 255));
});

Deno.test("a legend lies around the cells, which stay as they are", async () => {
  const array = SharedNdArray.random([20, 40], { seed: 4 });
  const plain = picture(array, { scale: 4 }), bare = await plain.rgba();
  for (const legend of [true, "bottom", "right"] as const) {
    for (
      const title of [
        "",
        "A title that is much longer than the picture is wide, so that it takes several lines",
      ]
    ) {
      const made = picture(array, { scale: 4, legend, title, unit: "kg m⁻² s⁻¹" });
      assert(made.width > plain.width && made.height > plain.height);
      const pixels = new Uint32Array((await made.rgba()).buffer), cells = new Uint32Array(bare.buffer);
      const first = pixels.findIndex((_, at) => isAt(pixels, made.width, at, cells.subarray(0, plain.width)));
      assertNotEquals(first, -1, "the first row of cells");
      for (let row = 0; row < plain.height; row++) {
        const from = first + row * made.width;
        assertEquals(
          pixels.subarray(from, from + plain.width),
          cells.subarray(row * plain.width, (row + 1) * plain.width),
        );
      }
      assertEquals(pixels[0], 0xffffffff);
    }
  }
});

function isAt(pixels: Uint32Array, width: number, at: number, row: Uint32Array): boolean {
  return at % width + row.length <= width && row.every((pixel, k) => pixels[at + k] === pixel);
}

Deno.test("the bar of a legend has the colours of the colour map in order", async () => {
  const made = picture(SharedNdArray.random([10, 100], { seed: 4 }), {
    legend: "bottom",
    scale: 5,
    colormap: "gray",
  });
  const rgba = await made.rgba(), rows: string[] = [];
  for (let y = 0; y < made.height; y++) {
    const greys: number[] = [];
    for (let x = 0; x < made.width; x++) greys.push(rgba[4 * (y * made.width + x)]);
    rows.push(greys.join());
  }
  const bar = Array.from({ length: 500 }, (_, k) => Math.floor(k / 500 * 256)).join();
  const found = rows.filter((row) => row.includes(bar)).length;
  assertEquals(found, 8, "rows of the bar");
});

Deno.test("an end of the bar is an arrow where there are values beyond it", async () => {
  const values = SharedNdArray.linspace(0, 1, 40).reshape([4, 10]);
  const cornersOf = async (range: [number, number]) => {
    const made = picture(values, { legend: "bottom", scale: 20, background: "#fefefe", range });
    const rgba = await made.rgba(), top = 4 * 20 + 6 + 6;
    // The corners of the bar's outline, which are ink or the background.
    return [[5, top - 1], [6 + 200, top - 1]].map(([x, y]) => rgba[4 * (y * made.width + x)]);
  };
  assertEquals(await cornersOf([0, 1]), [40, 40]);
  assertEquals(await cornersOf([0.1, 1]), [254, 40]);
  assertEquals(await cornersOf([0, 0.9]), [40, 254]);
});

Deno.test("legends of the smallest and of thin pictures fit", async () => {
  for (const shape of [[1, 1], [1, 500], [500, 1], [3, 2]]) {
    for (const legend of ["bottom", "right"] as const) {
      for (const scale of [undefined, 1]) {
        const options: PictureOptions = { legend, scale, title: "T", unit: "unit", range: [-1e-9, 1e9] };
        const made = picture(SharedNdArray.ones(shape), options);
        const png = await decodePng(await made.png());
        assertEquals([png.width, png.height], [made.width, made.height]);
        // What is drawn ends before the edge.
        assertEquals([...png.rgba.subarray(-4)], [255, 255, 255, 255]);
      }
    }
  }
});

Deno.test("options that are none are refused", () => {
  const array = SharedNdArray.ones([2, 2]);
  const cases: [options: unknown, message: string][] = [
    [{ colourmap: "magma" }, "There is no option colourmap of pictures: did you mean colormap?"],
    [{ colormap: "magna" }, 'There is no colour map "magna": did you mean magma?'],
    [{ colormap: 3 }, "There is no colour map"],
    [{ range: [1, 0] }, "The option range is"],
    [{ nan: "reddish" }, "The option nan is"],
    [{ scale: 0 }, "The option scale is 0, expected a positive integer"],
    [{ scale: 1.5 }, "The option scale is 1.5, expected a positive integer"],
    [{ scale: 100_000 }, "A picture of 200000 x 200000 pixels is too large"],
    [{ origin: "north" }, 'The option origin is "north", expected upper, lower'],
    [{ legend: "left" }, 'The option legend is "left", expected true, false, bottom, right'],
    [{ maxSize: -1 }, "The option maxSize is -1"],
    [{ reduction: "max" }, 'The option reduction is "max", expected mean, nearest'],
    [{ title: 5 }, "The option title is 5, expected text"],
  ];
  for (const [options, message] of cases) {
    // A program in JavaScript may give anything.
    const error = assertThrows(() => picture(array, options as PictureOptions), ValueError);
    assert(error.message.startsWith(message), `${error.message} instead of ${message}`);
  }
  assertThrows(() => picture(SharedNdArray.ones([2])), ShapeError, "two axes");
});

Deno.test("savePng writes the picture whole, or leaves nothing behind", async () => {
  await inFolder(async (path) => {
    const array = SharedNdArray.from([[0, NaN], [1, 2]]);
    await savePng(array, path("a.png"), { scale: 2 });
    const { rgba } = await decodePng(await Deno.readFile(path("a.png")));
    assertEquals(rgba, await picture(array, { scale: 2 }).rgba());
    await assertRejects(() => savePng(array, path("missing/a.png")), Deno.errors.NotFound, "no such folder");
    await assertRejects(() => savePng(SharedNdArray.ones([3]), path("b.png")), ShapeError);
    assertEquals([...Deno.readDirSync(path(""))].map(({ name }) => name), ["a.png"]);
  });
});

Deno.test("a notebook shows a picture as PNG", async () => {
  const made = picture(SharedNdArray.from([[0, 1]]));
  const bundle = await Reflect.get(made, Symbol.for("Jupyter.display")).call(made);
  assertEquals(Uint8Array.fromBase64(bundle["image/png"]), await made.png());
  assertEquals(bundle["text/plain"], "Picture of float64 [1, 2]");
});
