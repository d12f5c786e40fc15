import { assert, assertAlmostEquals, assertEquals, assertStringIncludes } from "@std/assert";
import { createArray, picture, readArray, SharedNdArray, slice, writeArrays } from "../../mod.ts";
import { SHOW_FLAGS } from "../../src/cli/flags/show_flags.ts";
import { shownArrayText } from "../../src/cli/show_text.ts";
import { decodePng } from "../picture/decode_png.ts";
import { shownCells } from "../picture/shown_cells.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

const path = (name: string) => decodeURIComponent(new URL(`../../${name}`, import.meta.url).pathname);

const COADS = path("examples/vpd/coads-vpd.nc");

/** Runs `show` and gives what it printed, which must have gone well. */
async function show(...words: string[]): Promise<string> {
  const { code, stdout, stderr } = await capture(["show", ...words]);
  assertEquals([code, stderr], [0, ""], words.join(" "));
  return stdout;
}

Deno.test("show prints what an array is, its statistics, a picture and its colours", async () => {
  const text = await show(`${COADS}:AIRT`);
  for (
    const line of [
      `${COADS}:AIRT: float32 [12, 90, 180]\n`,
      "meaning   AIR TEMPERATURE\n",
      "unit      DEG C\n",
      "slice     [0, :, :] of TIME, COADSY, COADSX; --slice picks another\n",
      "top       the last row, which is the north: COADSY ascends (--no-flip leaves it)\n",
      "cells     9714 finite of 16200, 6486 NaN\n",
      "range     -40.76 to 30\n",
      "mean      14.8518, standard deviation 11.9612\n",
      "quantiles 2%: -7.784  25%: 4.774  50%: 18.01  75%: 25.43  98%: 28.2\n",
    ]
  ) assertStringIncludes(text, line);
  const lines = text.trimEnd().split("\n");
  assertEquals(lines.length, 9 + 1 + 20 + 1 + 2);
  assertEquals(lines.at(-2)?.length, 80);
  assertEquals(lines.at(-1)?.split(/ {2,}/), ["-40.76", "-23.07", "-5.38", "12.31", "30 DEG C"]);
});

Deno.test("nothing but blanks and shades is printed to a pipe, in lines that fit", async () => {
  for (const width of [4, 10, 20, 40, 80, 200]) {
    const [facts, ...drawn] = (await show(`${COADS}:SLP`, "--width", String(width))).split("\n\n");
    assert(/^[\x20-\x7e\n]*$/.test(drawn.join("\n\n")), "only ASCII");
    const lines = [...facts.split("\n").slice(1), ...drawn.join("\n").split("\n")];
    const long = lines.filter((line) => line.length > width && line.trim().includes(" "));
    assertEquals(width < 20 ? [] : long, [], `${width} columns`);
  }
});

Deno.test("show draws in the terminal's width and colours, asked for each time", async () => {
  await inFolder(async (path) => {
    const array = SharedNdArray.random([8, 16], { seed: 3 });
    await writeArrays(path("a.npy"), array);
    for (const columns of [80, 20, 10]) {
      const io = { stdoutColumns: () => columns, colours: () => "truecolour" as const };
      const { code, stdout } = await capture(["show", path("a.npy"), "--colormap", "magma"], io);
      assertEquals(code, 0);
      const [facts, drawn] = stdout.split("\n\n");
      assertStringIncludes(facts, "\x1b[1m");
      const cells = shownCells(drawn), times = columns / cells[0].length;
      assert(times >= 1 && times <= 1.25, `${cells[0].length} of ${columns} columns`);
    }
    const io = { stdoutColumns: () => 16, colours: () => "truecolour" as const };
    const { stdout } = await capture(["show", path("a.npy")], io);
    const rgba = await picture(array).rgba();
    const expected = Array.from(
      { length: 8 },
      (_, i) =>
        Array.from({ length: 16 }, (_, j) => rgba.subarray(4 * (16 * i + j), 4 * (16 * i + j) + 3).join()),
    );
    assertEquals(shownCells(stdout.split("\n\n")[1]), expected);
  });
});

Deno.test("slices are what NumPy's basic indexing picks", async () => {
  const airt = await readArray(COADS, { variable: "AIRT" });
  const cases: [text: string, view: SharedNdArray][] = [
    ["3,:,:", airt.view(3)],
    ["-1", airt.view(11)],
    ["...,90", airt.view(null, null, 90)],
    [":,45,:", airt.view(null, 45)],
    ["1,20:70,::-3", airt.view(1, slice(20, 70), slice(null, null, -3))],
  ];
  for (const [text, view] of cases) {
    const { sliceShape, statistics } = JSON.parse(await show(`${COADS}:AIRT`, `--slice=${text}`, "--json"));
    assertEquals(sliceShape, view.shape);
    const finite = [...view.values()].map(Number).filter(Number.isFinite);
    const { count, nan, min, max, mean } = statistics;
    assertEquals([count, nan], [view.size, view.size - finite.length]);
    assertEquals([min, max], [Math.min(...finite), Math.max(...finite)]);
    assertAlmostEquals(mean, finite.reduce((sum, value) => sum + value, 0) / finite.length, 1e-9);
  }
});

Deno.test("north is up where latitudes ascend, unless --no-flip", async () => {
  const first = async (...words: string[]) =>
    JSON.parse(await show(`${COADS}:AIRT`, "--json", ...words)).isUpsideDown;
  assertEquals(await first(), true);
  assertEquals(await first("--no-flip"), false);
  assertEquals(await first("--slice", "0,::-1,:"), false);
  assertEquals(await first("--slice", "0,::-1,:", "--flip"), true);
  // The axis of rows is the time here.
  assertEquals(await first("--slice", ":,0,:"), false);
  await inFolder(async (path) => {
    const shape = [3, 2];
    for (const [name, values] of [["up", [1, 2, 3]], ["down", [3, 2, 1]]] as const) {
      using array = await createArray(path(`${name}.zarr/a`), { shape, dimensionNames: ["lat", "lon"] });
      await array.write(
        { origin: [0, 0], shape },
        SharedNdArray.from([[0, 0], [1, 1], [2, 2]]).astype("float64"),
      );
      using lat = await createArray(path(`${name}.zarr/lat`), { shape: [3], dimensionNames: ["lat"] });
      await lat.write({ origin: [0], shape: [3] }, SharedNdArray.from(values).astype("float64"));
    }
    const draw = async (name: string, ...words: string[]) =>
      (await show(path(name), "--width", "4", ...words)).split("\n\n")[1].trim().split("\n").map((line) =>
        line[0]
      );
    assertEquals(await draw("up.zarr/a"), ["@", "+", "."]);
    assertEquals(await draw("up.zarr:a", "--no-flip"), [".", "+", "@"]);
    assertEquals(await draw("down.zarr/a"), [".", "+", "@"]);
  });
});

Deno.test("an array with one axis is a curve, and a single element its value", async () => {
  const curve = await show(`${COADS}:COADSY`, "--width", "45");
  assertStringIncludes(curve, "from -89 at the bottom to 89 at the top");
  const lines = curve.split("\n\n")[1].split("\n"),
    heights = lines.slice(0, 8).map((line) => line.trim().length);
  assertEquals(heights, [6, 11, 17, 22, 28, 33, 39, 45]);
  const value = await show(`${COADS}:AIRT`, "--slice", "-1,45,90");
  assertStringIncludes(value, "value     26.56");
  assertEquals(JSON.parse(await show(`${COADS}:AIRT`, "--slice=-1,45,90", "--json")).sliceShape, []);
  await inFolder(async (path) => {
    await writeArrays(path("a.npz"), {
      whole: SharedNdArray.from([2n ** 63n - 1n, 5n]),
      truth: SharedNdArray.from([true, false]),
      none: SharedNdArray.full([3], NaN),
      same: SharedNdArray.full([3], 2.5),
    });
    assertStringIncludes(await show(`${path("a.npz")}:same`), "\nall values are 2.5\n");
    assertStringIncludes(
      await show(`${path("a.npz")}:whole`, "--slice", "0"),
      "value     9223372036854775807",
    );
    assertStringIncludes(await show(`${path("a.npz")}:truth`, "--slice", "1"), "value     false");
    assertStringIncludes(await show(`${path("a.npz")}:none`), "no finite values");
  });
});

Deno.test("--png writes the picture with a legend, and says so", async () => {
  await inFolder(async (path) => {
    const words = [
      "--slice",
      "6,:,:",
      "--range",
      "-10,30",
      "--nan",
      "#d0d0d0",
      "--title",
      "July",
      "--scale",
      "2",
    ];
    const text = await show(`${COADS}:AIRT`, ...words, "--png", path("july.png"));
    const airt = await readArray(COADS, { variable: "AIRT" });
    const expected = picture(airt.view(6), {
      range: [-10, 30],
      nan: "#d0d0d0",
      title: "July",
      unit: "DEG C",
      legend: true,
      scale: 2,
      origin: "lower",
    });
    assertStringIncludes(text, `Wrote ${path("july.png")} (${expected.width} x ${expected.height} pixels)\n`);
    const { rgba } = await decodePng(await Deno.readFile(path("july.png")));
    assertEquals(rgba, await expected.rgba());
    const { png } = JSON.parse(await show(`${COADS}:AIRT`, "--png", path("other.png"), "--json"));
    assertEquals(png.path, path("other.png"));
  });
});

Deno.test("an interruption while an array is read or drawn leaves no picture", async () => {
  await inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.zeros([40, 40]));
    // What is asked for of the terminal comes before reading: a signal of that moment waits for its turn.
    const stop = new AbortController();
    const colours = () => {
      setTimeout(() => stop.abort());
      return "none" as const;
    };
    const words = ["show", path("a.npy"), "--png", path("a.png")];
    const { code, stdout, stderr } = await capture(words, { signal: stop.signal, colours });
    assertEquals([code, stdout, stderr], [130, "", "Interrupted; nothing was written\n"]);
    assertEquals([...Deno.readDirSync(path(""))].map(({ name }) => name), ["a.npy"]);
  });
});

Deno.test("arrays that are all NaN or constant are shown", async () => {
  await inFolder(async (path) => {
    await writeArrays(path("a.npz"), {
      none: SharedNdArray.full([4, 4], NaN),
      same: SharedNdArray.full([4, 4], 3),
      ends: SharedNdArray.from([[-Infinity, Infinity], [NaN, 1]]),
      bools: SharedNdArray.from([[true, false], [false, true]]),
      large: SharedNdArray.from([[0n, 2n ** 64n - 1n]], { dtype: "uint64" }),
    });
    const cases: [name: string, ...lines: string[]][] = [
      ["none", "cells     0 finite of 16, 16 NaN\n", "no finite values\n"],
      ["same", "cells     16, all finite\n", "all values are 3\n"],
      ["ends", "cells     1 finite of 4, 1 NaN, 2 infinite\n"],
      ["bools", "range     0 to 1\n"],
      ["large", "range     0 to 1.84467e19\n"],
    ];
    for (const [name, ...lines] of cases) {
      const text = await show(`${path("a.npz")}:${name}`);
      for (const line of lines) assertStringIncludes(text, line);
      await show(`${path("a.npz")}:${name}`, "--png", path(`${name}.png`));
      assert(JSON.parse(await show(`${path("a.npz")}:${name}`, "--json")).statistics.count > 0);
    }
  });
});

Deno.test("show refuses in one sentence, before anything is written", async () => {
  await inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.zeros([2, 3, 4]));
    await writeArrays(path("none.npy"), SharedNdArray.zeros([0, 4]));
    await writeArrays(path("line.npy"), SharedNdArray.zeros([4]));
    await Deno.writeTextFile(path("text.npy"), "hello");
    await Deno.writeTextFile(path("here.txt"), "hello");
    const a = path("a.npy");
    const cases: [words: string[], message: string][] = [
      [[], "show needs an array"],
      [[a, "b"], 'Unexpected word "b" behind show'],
      [[a, "--colourmap", "x"], "Unknown flag --colourmap: did you mean --colormap?"],
      [[a, "--colormap", "virids"], "did you mean viridis?"],
      [
        [a, "--slice", "0,0,:"],
        "The slice [0, 0, :] of [2, 3, 4] has one axis, but a picture has two: expected something like --slice 0,:,:",
      ],
      [[a, "--slice", ":"], "The slice [:, :, :] of [2, 3, 4] has 3 axes, but a picture has two"],
      [[a, "--slice", "0,5:,:"], "There is nothing in [0, 5:, :]"],
      [[a, "--slice", "9"], "index 9 is out of range on axis 0"],
      [[a, "--slice"], "--slice needs a value"],
      [[a, "--range", "1"], "--range 1: expected LOW,HIGH"],
      [[a, "--range", "3,-1"], "--range 3,-1: expected LOW,HIGH"],
      [[a, "--range", "a,b"], "--range a is not a finite number"],
      [[a, "--width", "0"], "--width 0: expected 4 to 1000 columns"],
      [[a, "--flip", "--no-flip"], "--flip and --no-flip: give one of them"],
      [[a, "--png", path("a.jpg")], "expected a file name that ends in .png"],
      [[a, "--png", path("no/a.png")], "no such folder"],
      [[a, "--png", path("b.png"), "--nan", "red?"], "The option nan is"],
      [[a, "--png", path("b.png"), "--scale", "0"], "The option scale is 0"],
      [[path("line.npy"), "--png", path("b.png")], "--png draws two axes"],
      [[path("none.npy")], "There is nothing in [:, :] of an array of shape [0, 4]"],
      [[path("text.npy")], "text.npy"],
      [[path("gone.npy")], "gone.npy"],
      [[path("a.txt")], `No such file: ${path("a.txt")}`],
      [[path("here.txt")], "here.txt cannot be shown: expected a file that ends in .npy, .npz,"],
      [[path("")], " cannot be shown: expected"],
      [[COADS], "holds several variables: name one of"],
      [[`${COADS}:NONE`], 'has no variable "NONE"'],
    ];
    for (const [words, message] of cases) {
      const { code, stdout, stderr } = await capture(["show", ...words]);
      assertEquals([code, stdout], [2, ""], `${words.join(" ")}: ${stderr}`);
      assertStringIncludes(stderr, message);
      assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
    }
    const left = [...Deno.readDirSync(path(""))].map(({ name }) => name).sort();
    assertEquals(left, ["a.npy", "here.txt", "line.npy", "none.npy", "text.npy"]);
  });
});

Deno.test("an array in memory is shown as one in a file is", async () => {
  await inFolder(async (path) => {
    const array = SharedNdArray.random([2, 10, 20], { seed: 1 });
    await writeArrays(path("a.npy"), array);
    const look = { columns: 40, colours: "none", hasBlocks: true, colormap: "viridis" } as const;
    const inMemory = await shownArrayText(array, path("a.npy"), look);
    const fromFile = await show(path("a.npy"), "--width", "40");
    assertEquals(inMemory.split("\n\n").slice(1), fromFile.split("\n\n").slice(1));
    assertStringIncludes(await shownArrayText(SharedNdArray.arange(5), "line", look), "to 4 at the top");
  });
});

Deno.test("the help of show names each flag", async () => {
  const help = await show("--help");
  for (const flag of Object.keys(SHOW_FLAGS)) assertStringIncludes(help, `--${flag}`);
});
