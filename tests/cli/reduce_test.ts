/** `--reduce` as a command: values, files, reports, and what is refused. */

import { assert, assertEquals, assertLess, assertMatch, assertStringIncludes } from "@std/assert";
import {
  median,
  quantile,
  readArray,
  reduce,
  type ReductionName,
  SharedNdArray,
  variance,
  writeArrays,
} from "../../mod.ts";
import { withDeadline } from "../deadline.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

const run = (...words: string[]) => withDeadline(capture(words), () => words.join(" "));

/** What is printed of the result. */
const lastLine = (stdout: string) => stdout.trimEnd().split("\n").at(-1);

/** The default job's inputs. */
const [TMP, RAD] = [1, 2].map((seed) => SharedNdArray.random([365, 16, 16], { seed }));

Deno.test("one number is printed with all its digits", async () => {
  const { code, stdout, stderr } = await run("--reduce", "mean");
  assertEquals([code, stderr], [0, ""]);
  const { array } = await reduce("mean", "tmp + rad", { tmp: TMP, rad: RAD });
  assertEquals(lastLine(stdout), `mean: ${array.item()}`);
  assertMatch(stdout, /^Current memory usage: .*\nTime elapsed: .*\n\nunits {4}\d+ over \[365, 16, 16\], /);
});

const NAMES: readonly ReductionName[] = [
  ...["sum", "mean", "min", "max", "prod", "var", "std"] as const,
  ...["argmin", "argmax", "any", "all", "countNonzero"] as const,
];

for (const dtype of ["float64", "float32", "float16", "int16", "uint8", "int64", "uint64", "bool"] as const) {
  Deno.test(`every reduction of ${dtype} is written as the module's own function has it`, () =>
    inFolder(async (path) => {
      const a = SharedNdArray.random.integers([5, 6, 4], { high: dtype === "bool" ? 2 : 7, seed: 5 }).astype(
        dtype,
      );
      await writeArrays(path("a.npy"), a);
      const written = async (...words: string[]) => {
        const files = ["--input", `a=${path("a.npy")}`, "--output", `r=${path("r.npy")}`];
        const { code, stderr } = await run("--reduce", ...words, "--axis", "-1,0", ...files);
        assertEquals(code, 0, stderr);
        const { shape } = await readArray(path("r.npy"));
        assertEquals(
          stderr,
          `Wrote r to ${path("r.npy")} (${(await readArray(path("r.npy"))).dtype} [${shape}])\n`,
        );
        return await readArray(path("r.npy"));
      };
      const requireEqual = (found: SharedNdArray, expected: SharedNdArray) =>
        assertEquals([found.dtype, found.toNested()], [expected.dtype, expected.toNested()]);
      for (const name of NAMES) {
        // Places are looked for along both axes at once.
        requireEqual(await written(name), (await reduce(name, a, { axis: [0, 2] })).array);
      }
      requireEqual(await written("median"), await median(a, { axis: [0, 2] }));
      if (dtype === "bool") return;
      requireEqual(await written("quantile", "--q", "0.3"), await quantile(a, 0.3, { axis: [0, 2] }));
    }));
}

Deno.test("known numbers: axes, options, few elements in full", () =>
  inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.from([[1, 2, 9], [NaN, 4, 7]]));
    const line = async (...words: string[]) => {
      const { code, stdout, stderr } = await run("--input", `a=${path("a.npy")}`, "--reduce", ...words);
      assertEquals(code, 0, stderr);
      return lastLine(stdout);
    };
    assertEquals(await line("sum", "--axis", "0"), "sum: [NaN, 6, 16]");
    assertEquals(await line("sum", "--axis", "0", "--skip-nan"), "sum: [1, 6, 16]");
    assertEquals(await line("max", "--axis", "-1", "--skip-nan", "--keep-dims"), "max: [[9], [7]]");
    assertEquals(await line("argmax", "--axis=1", "--skip-nan"), "argmax: [2, 2]");
    assertEquals(await line("count-nonzero", "--axis", "0,1", "--skip-nan"), "countNonzero: 5");
    assertEquals(await line("median", "--skip-nan"), "median: 4");
    assertEquals(await line("quantile", "--q", "0.25", "--skip-nan", "--keep-dims"), "quantile: 2");
    assertEquals(await line("var", "--axis", "0", "--ddof", "1", "--skip-nan"), "var: [NaN, 2, 2]");
    assertEquals(await line("any", "--axis", "1"), "any: [true, true]");
    assertEquals(await line("prod", "--expr", "a * -0.5", "--axis", "1"), "prod: [-2.25, NaN]");
    assertEquals(await line("min", "--expr=-0 * a", "--skip-nan"), "min: -0");
  }));

Deno.test("many elements are summed up in a line", async () => {
  const { stdout } = await run("--reduce", "max", "--axis", "0");
  assertMatch(
    lastLine(stdout) ?? "",
    /^max: 256 finite cells of 256, mean 1\.9\d+, min 1\.\d+, max 1\.9\d+$/,
  );
});

Deno.test("an expression is reduced, neighbours, scalars and tiles included", async () => {
  const { array } = await reduce(
    "sum",
    "k * (tmp(0, 0, 1) - rad)",
    { tmp: TMP, rad: RAD, k: 0.1 },
    { axis: [1, 2], boundary: ["wrap", "wrap", "none"] },
  );
  const words = [
    "--reduce",
    "sum",
    "--expr",
    "k * (tmp(0, 0, 1) - rad)",
    "--scalar",
    "k=0.1",
    "--axis",
    "1,2",
  ];
  await inFolder(async (path) => {
    for (
      const more of [[], ["--tile", "4,4"], ["--workers", "2", "--exact"], ["--workers", "1", "--tile", "7"]]
    ) {
      const output = ["--output", `total=${path("t.npy")}`];
      const { code, stderr } = await run(...words, "--boundary", "wrap,wrap,none", ...more, ...output);
      assertEquals(code, 0, stderr);
      assertEquals([...(await readArray(path("t.npy"))).values()], [...array.values()]);
    }
  });
});

Deno.test("the variance of what is computed without edges", async () => {
  const { stdout } = await run("--reduce", "var", "--expr", "tmp(1, 0, 0)", "--boundary", "none");
  const expected = await variance("tmp(1, 0, 0)", { tmp: TMP }, { boundary: "none" });
  assertEquals(lastLine(stdout), `var: ${expected.item()}`);
});

Deno.test("an input may have a name that no expression has", () =>
  inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.from([1n, 5n]));
    const words = ["--input", `class=${path("a.npy")}`, "--output", `in=${path("m.npy")}`];
    assertEquals(lastLine((await run(...words, "--reduce", "max")).stdout), "in: 5");
    assertEquals((await readArray(path("m.npy"))).toNested(), 5n);
  }));

Deno.test("--json has the result, and a file's summary", () =>
  inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.from([[2n ** 62n, 3n], [4n, 5n]]));
    const json = async (...words: string[]) => {
      const { code, stdout, stderr } = await run(
        "--input",
        `a=${path("a.npy")}`,
        "--json",
        "--quiet",
        ...words,
      );
      assertEquals([code, stderr], [0, ""]);
      return JSON.parse(stdout);
    };
    const max = await json("--reduce", "max", "--axis", "1", "--output", `m=${path("m.npy")}`);
    assertEquals(
      { ...max.result, mean: 0, max: 0 },
      {
        ...{ name: "m", reduction: "max", axis: [1], dtype: "int64", shape: [2] },
        ...{ cells: 2, finite: 2, mean: 0, min: 5, max: 0, values: ["4611686018427387904", 5] },
      },
    );
    assertEquals([max.outputs.length, max.outputs[0].file, max.outputs[0].shape], [1, path("m.npy"), [2]]);
    assertEquals([max.shape, max.memory.copied], [[2, 2], 0]);
    const none = await json("--reduce", "mean", "--expr", "a / 0 - a / 0", "--axis=-1,-2");
    assertEquals([none.result.axis, none.result.shape, none.result.value], [[0, 1], [], "NaN"]);
    assertEquals([none.result.mean, none.outputs], [null, []]);
    const any = await json("--reduce", "any", "--keep-dims");
    assertEquals([any.result.shape, any.result.value, any.result.values], [[1, 1], true, undefined]);
    const q = await json("--reduce", "median", "--expr", "a % 10");
    assertEquals([q.result.value, q.tiles > 0], [4, true]);
  }));

Deno.test("--quiet prints nothing", async () => {
  assertEquals(await run("--reduce", "mean", "-q"), { code: 0, stdout: "", stderr: "" });
});

Deno.test("--explain explains what is reduced, and runs nothing", async () => {
  const words = ["--shape", "100000,1000,1000", "--explain", "--reduce", "mean", "--axis", "0"];
  const { code, stdout, stderr } = await run(...words, "--expr", "tmp(0, 1, 0) - tmp", "--boundary", "none");
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "elements: float64 = tmp(0, 1, 0) - tmp\n");
  assertStringIncludes(stdout, "loop     [100000, 999, 1000] as ");
  assertStringIncludes(stdout, "reduce   mean over axis 0 to float64 [999, 1000]; elements is not stored\n");
  const { explanation } = JSON.parse((await run(...words, "--strict", "--json")).stdout);
  assertStringIncludes(explanation, "no fused multiply-add");
});

Deno.test("--max-memory counts no array of the size of the expression", async () => {
  const words = ["--shape", "1000,1000,10", "--reduce", "sum", "--workers", "1"];
  const peak = async (...more: string[]) => {
    const { code, stderr } = await run(...words, ...more, "--max-memory", "1MB");
    assertEquals(code, 2);
    return stderr;
  };
  assertEquals(
    await peak(),
    "error: The predicted peak of 279 MB is more than --max-memory 1 MB: 160 MB arrays (tmp 80 MB, rad 80 MB, " +
      "sum 65.5 kB), 65.5 kB partial results, 590 kB scratch, 12 MB for 1 worker, 106 MB runtime\n",
  );
  assertStringIncludes(
    await peak("--axis", "0"),
    "160 MB arrays (tmp 80 MB, rad 80 MB, sum 131 kB), 590 kB scratch, ",
  );
  // A result as large as the inputs is counted.
  assertStringIncludes(
    await peak("--axis", "2", "--shape", "1000,1000,1"),
    "24.2 MB arrays (tmp 8.06 MB, rad 8.06 MB, sum 8.06 MB), 590 kB scratch, ",
  );
  assertEquals((await run(...words, "--max-memory", "1GB", "--quiet")).code, 0);
});

Deno.test("a run that is interrupted ends with code 130 and leaves no file", () =>
  inFolder(async (path) => {
    const heavy = Array.from({ length: 60 }, (_, k) => `sin(tmp * ${k} + rad)`).join(" + ");
    const began = performance.now();
    const { code, stdout, stderr } = await withDeadline(
      capture(
        [
          "--shape",
          "3000,1000",
          "--reduce",
          "sum",
          "--strict",
          "--expr",
          heavy,
          "--output",
          `s=${path("s.npy")}`,
        ],
        { signal: AbortSignal.timeout(200) },
      ),
      () => "interrupted",
    );
    assertEquals([code, stdout], [130, ""]);
    assertMatch(stderr, /^Interrupted .*; nothing was written\n$/);
    assertLess(performance.now() - began, 10_000);
    assertEquals([...Deno.readDirSync(path(""))], []);
  }));

const WRONG: readonly (readonly [what: string, words: string, message: RegExp])[] = [
  ["an unknown reduction", "--reduce averge", /^Unknown reduction averge: /],
  ["an axis out of range", "--reduce sum --axis 3", /^Axis 3 is out of bounds for an array with 3 axes$/],
  ["a negative axis out of range", "--reduce sum --axis -4", /^Axis -4 is out of bounds /],
  ["an axis twice", "--reduce sum --axis 0,0", /^Axes \[0, 0\] name an axis twice$/],
  [
    "an axis twice, counted from both ends",
    "--reduce median --axis 0,-3",
    /^Axes \[0, -3\] name an axis twice$/,
  ],
  ["a fractional axis", "--reduce sum --axis 0.5", /^--axis 0\.5: 0\.5 is not an integer$/],
  ["a quantile out of range", "--reduce quantile --q 2", /^--q 2 is not from 0 to 1$/],
  [
    "the greatest of nothing",
    "--reduce max --input a=DIR/empty.npy",
    /^The max over axes \[0, 1\] of the shape \[0, 3\] has no meaning: there are no elements to be reduced$/,
  ],
  [
    "the median of nothing",
    "--reduce median --input a=DIR/empty.npy --axis 0",
    /^The median of the shape \[0, 3\] /,
  ],
  [
    "the mean of what is left of one row without its edges",
    "--reduce mean --shape 1,4 --expr tmp(1,0) --boundary none",
    /^The mean over axes \[0, 1\] of the shape \[0, 4\] has no meaning: /,
  ],
  ["quantiles of bools", "--reduce quantile --q 0.5 --dtype bool", /^--reduce quantile is of numbers: /],
  [
    "an output named as an input",
    "--reduce sum --expr tmp=tmp+1",
    /^tmp is the name of an input and of an output: rename one$/,
  ],
  ["an expression without an array", "--reduce sum --expr index(0)", /^The expression reads no array: /],
  [
    "an expression of two results",
    "--reduce sum --expr a=tmp;b=rad",
    /^The expression has several outputs \(a, b\): a reduction is of one$/,
  ],
  [
    "a scalar without an expression",
    "--reduce sum --scalar k=2",
    /^The expression does not use the scalar k$/,
  ],
  [
    "a boundary without neighbours",
    "--reduce sum --boundary wrap",
    /^--boundary is for expressions that read neigh/,
  ],
  [
    "a module",
    "--reduce sum --kernel DIR/k.js",
    /^--reduce is of an expression or an input, not of what a --kernel /,
  ],
  ["a tile of too many axes", "--reduce sum --tile 1,1,1,1", /^Tile \[1, 1, 1, 1\] has 4 axes/],
  ["a missing file", "--reduce sum --input a=DIR/none.npy", /none\.npy/],
  [
    "an output in a missing folder",
    "--reduce sum --output s=DIR/no/s.npy",
    /^--output DIR\/no\/s\.npy cannot be /,
  ],
  [
    "a dtype that NetCDF-3 lacks",
    "--reduce countNonzero --output n=DIR/n.nc",
    /^--output DIR\/n\.nc: .*int64/,
  ],
];

for (const [what, words, message] of WRONG) {
  Deno.test(`refused with one sentence and code 2: ${what}`, () =>
    inFolder(async (path) => {
      const folder = path("").slice(0, -1);
      await writeArrays(path("empty.npy"), SharedNdArray.zeros([0, 3]));
      await Deno.writeTextFile(path("k.js"), "export default () => {}\n");
      const output = words.includes("--output") ? [] : ["--output", `r=${path("r.npy")}`];
      const { code, stdout, stderr } = await run(...words.replaceAll("DIR", folder).split(" "), ...output);
      assertEquals([code, stdout], [2, ""], stderr);
      assertMatch(stderr.replaceAll(folder, "DIR").replace(/^error: (.*)\n$/, "$1"), message);
      assertEquals([...Deno.readDirSync(folder)].map(({ name }) => name).sort(), ["empty.npy", "k.js"]);
    }));
}

Deno.test("sums of nothing are written", () =>
  inFolder(async (path) => {
    await writeArrays(path("empty.npy"), SharedNdArray.zeros([0, 3]));
    const words = ["--reduce", "sum", "--axis", "0", "--input", `a=${path("empty.npy")}`];
    const { code, stdout } = await run(...words, "--output", `s=${path("s.npy")}`);
    assertEquals([code, lastLine(stdout)], [0, "s: [0, 0, 0]"]);
    assertEquals((await readArray(path("s.npy"))).toNested(), [0, 0, 0]);
  }));

Deno.test("as a process of its own it needs the same permissions, and prints the same", async () => {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "--no-prompt", "--allow-read", "cli.ts", "--reduce", "quantile", "--q", "0.9"],
      ...["--expr", "tmp * rad", "--axis", "-2,-1", "--keep-dims", "--shape", "3,40,50"],
    ],
    cwd: new URL("../../", import.meta.url),
    env: { NO_COLOR: "1" },
    stdin: "null",
    signal: AbortSignal.timeout(60_000),
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assertEquals(code, 0, text(stderr));
  const [tmp, rad] = [1, 2].map((seed) => SharedNdArray.random([3, 40, 50], { seed }));
  const expected = await quantile("tmp * rad", { tmp, rad }, 0.9, { axis: [1, 2], keepDims: true });
  const [[[a]], [[b]], [[c]]] = JSON.parse(JSON.stringify(expected.toNested()));
  assertEquals(lastLine(text(stdout)), `quantile: [[[${a}]], [[${b}]], [[${c}]]]`);
  assert([a, b, c].every((value) => value > 0.5 && value < 0.8));
});

Deno.test("--output-dtype stores a result in a format that has no 64-bit integers, if it fits", () =>
  inFolder(async (path) => {
    const a = SharedNdArray.random([40, 30], { seed: 6 });
    await writeArrays(path("a.npy"), a);
    const files = ["--input", `a=${path("a.npy")}`, "--output", `r=${path("r.nc")}`];
    const stored = await run("--reduce", "argmax", "--axis", "0", "--output-dtype", "int32", ...files);
    assertEquals(stored.code, 0, stored.stderr);
    const { array } = await reduce("argmax", a, { axis: 0 });
    const found = await readArray(path("r.nc"));
    assertEquals([found.dtype, found.toNested()], [
      "int32",
      array.astype("int32", { casting: "sameKind" }).toNested(),
    ]);

    const large = await run(
      "--reduce",
      "sum",
      "--expr",
      "int64(a) + 3000000000n",
      "--output-dtype",
      "int32",
      ...files,
    );
    assertEquals([large.code, large.stderr], [
      2,
      "error: --output-dtype int32 does not hold the sum: an element is too large\n",
    ]);
    const mean = await run("--reduce", "mean", "--output-dtype", "int32", ...files);
    assertEquals(mean.code, 2);
    assertStringIncludes(mean.stderr, "--output-dtype int32 does not hold the mean, which is float64");
  }));
