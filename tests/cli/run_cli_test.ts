import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };
import { readArray, SharedNdArray, writeArrays } from "../../mod.ts";
import { withDeadline } from "../deadline.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

const ROOT = new URL("../../", import.meta.url);
const file = (path: string) => fileURLToPath(new URL(path, ROOT));

const run = (...words: string[]) => withDeadline(capture(words), () => words.join(" "));

Deno.test("without flags the job is the script's", async () => {
  const { code, stdout, stderr } = await run();
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /^Current memory usage: .*B; Peak: .*B\nTime elapsed: \d+\.\d{3} s\n/);
  assertStringIncludes(stdout, "16 of [365, 4, 4] over [365, 16, 16]");
});

Deno.test("--help and --version print and do nothing", async () => {
  assertStringIncludes((await run("--help")).stdout, "usage: ");
  assertEquals((await run("-V")).stdout, `tilewise ${config.version}\n`);
});

Deno.test("--json prints one object and nothing else", async () => {
  const { code, stdout, stderr } = await run("--json", "--shape", "6,7", "--tile", "4,4", "--workers", "3");
  const report = JSON.parse(stdout);
  assertEquals([code, stderr], [0, ""]);
  assertEquals([report.shape, report.tile, report.tiles, report.workersAsked], [[6, 7], [4, 4], 4, 3]);
  assertEquals(report.memory.copied, 0);
});

Deno.test("--exact opens all workers, which small runs do not need", async () => {
  const used = async (...words: string[]) =>
    JSON.parse((await run("--json", "--workers", "3", ...words)).stdout);
  assertEquals((await used("--exact")).workersUsed, 3);
  assert((await used()).workersUsed <= 3);
});

Deno.test("--quiet prints nothing", async () => {
  assertEquals(await run("--quiet"), { code: 0, stdout: "", stderr: "" });
});

Deno.test("--seed and --dtype decide the generated inputs", () =>
  inFolder(async (path) => {
    for (const [name, seed] of [["a", "7"], ["b", "7"], ["c", "8"]]) {
      const words = [
        "--shape",
        "5,6",
        "--seed",
        seed,
        "--dtype",
        "float32",
        "--output",
        `vpd=${path(name)}.npy`,
      ];
      assertEquals((await run(...words)).code, 0);
    }
    const [a, b, c] = await Promise.all(["a", "b", "c"].map((name) => Deno.readFile(path(`${name}.npy`))));
    assertEquals(a, b);
    assert(a.some((byte, i) => byte !== c[i]));
    const sum = await readArray(path("a.npy"));
    const tmp = SharedNdArray.random([5, 6], { dtype: "float32", seed: 7 });
    const rad = SharedNdArray.random([5, 6], { dtype: "float32", seed: 8 });
    assertEquals(sum.dtype, "float32");
    assertEquals(
      [...sum.values()],
      [...tmp.values()].map((value, i) => Math.fround(value + rad.data[i])),
    );
  }));

Deno.test("every dtype can be generated and summed", () =>
  inFolder(async (path) => {
    for (const dtype of ["bool", "int8", "uint16", "int64", "uint64", "float16", "float64"]) {
      const { code, stderr } = await run(
        "--shape",
        "4,5",
        "--dtype",
        dtype,
        "--output",
        `s=${path(dtype)}.npy`,
      );
      assertEquals([code, dtype], [0, dtype], stderr);
      assertEquals((await readArray(path(`${dtype}.npy`))).dtype, dtype);
    }
  }));

Deno.test("sums of mixed dtypes promote as NumPy has it", () =>
  inFolder(async (path) => {
    await writeArrays(path("a.npy"), SharedNdArray.from([1n, 2n, -3n]));
    await writeArrays(path("b.npy"), SharedNdArray.from([true, false, true]));
    await writeArrays(path("c.npy"), SharedNdArray.from([0.5, 1.5, 2.5]));
    const sum = async (left: string, right: string) => {
      const inputs = ["--input", `x=${path(left)}.npy`, "--input", `y=${path(right)}.npy`];
      const { code, stderr } = await run(...inputs, "--expr", "z = x + y", "--output", `z=${path("z.npy")}`);
      assertEquals(code, 0, stderr);
      const z = await readArray(path("z.npy"));
      return { dtype: z.dtype, values: [...z.values()] };
    };
    assertEquals(await sum("a", "b"), { dtype: "int64", values: [2n, 2n, -2n] });
    assertEquals(await sum("a", "c"), { dtype: "float64", values: [1.5, 3.5, -0.5] });
    assertEquals(await sum("b", "b"), { dtype: "bool", values: [true, false, true] });
  }));

Deno.test("assignments are outputs, scalars are numbers, and those that are not wanted are not written", () =>
  inFolder(async (path) => {
    const { code, stderr } = await run(
      ...["--shape", "3,4", "--dtype", "int16", "--scalar", "k=3", "--scalar", "half=0.5"],
      ...["--expr", "const s = tmp + rad; more = k * s; less = half * more; both = more > less"],
      ...["--output", `more=${path("more.npy")}`, "--output", `less=${path("less.npy")}`],
    );
    assertEquals([code, stderr.split("\n").length], [0, 3], stderr);
    const [tmp, rad] = [1, 2].map((seed) => SharedNdArray.random.integers([3, 4], { high: 50, seed }));
    const [more, less] = await Promise.all(["more", "less"].map((name) => readArray(path(`${name}.npy`))));
    assertEquals([more.dtype, less.dtype, tmp.size, rad.size], ["int16", "float64", 12, 12]);
    assertEquals([...less.values()], [...more.values()].map((value) => Number(value) / 2));
    assert([...more.values()].every((value) => Number(value) % 3 === 0 && Number(value) <= 294));
  }));

Deno.test("an expression may do without inputs", () =>
  inFolder(async (path) => {
    const words = ["--shape", "2,3", "--expr", "float64(10 * index(0) + index(1))"];
    assertEquals((await run(...words, "--output", `grid=${path("g.npy")}`)).code, 0);
    assertEquals((await readArray(path("g.npy"))).toNested(), [[0, 1, 2], [10, 11, 12]]);
  }));

Deno.test("an input may have the name of a constant", () =>
  inFolder(async (path) => {
    await writeArrays(path("e.npy"), SharedNdArray.from([1, 2]));
    const words = ["--input", `E=${path("e.npy")}`, "--expr", "E * E", "--output", `s=${path("s.npy")}`];
    assertEquals((await run(...words)).code, 0);
    assertEquals((await readArray(path("s.npy"))).toNested(), [1, 4]);
  }));

Deno.test("inputs of an expression broadcast", () =>
  inFolder(async (path) => {
    await writeArrays(path("m.npy"), SharedNdArray.arange(6).reshape([2, 3]));
    await writeArrays(path("r.npy"), SharedNdArray.from([10, 20, 30]));
    const inputs = ["--input", `r=${path("r.npy")}`, "--input", `m=${path("m.npy")}`];
    const words = [...inputs, "--expr", "m + r", "--output", `s=${path("s.npy")}`];
    assertEquals((await run(...words)).code, 0);
    assertEquals((await readArray(path("s.npy"))).toNested(), [[10, 21, 32], [13, 24, 35]]);
    const { stdout: explained, stderr } = await run(...inputs, "--expr", "m + r", "--explain", "--json");
    assertEquals(stderr, "");
    assertStringIncludes(
      JSON.parse(explained).explanation,
      "moves    20 bytes an element: 12 read, 8 written",
    );
  }));

Deno.test("what the default job writes can be read again, and generated inputs of other names are named", () =>
  inFolder(async (path) => {
    assertEquals((await run("--shape", "3", "--output", `vpd=${path("vpd.npy")}`)).code, 0);
    assertEquals((await run("--input", `vpd=${path("vpd.npy")}`, "--expr", "vpd * 2")).code, 0);
    assertEquals(
      (await run("--shape", "3", "--expr", "0.5 * tpm + rad")).stderr,
      "Generated tpm, rad: random float64\n",
    );
  }));

Deno.test("--explain tells the program, the loop and the bytes, and runs nothing", async () => {
  const { code, stdout, stderr } = await run("--shape", "1000,1000,1000", "--expr", "2 * tmp", "--explain");
  assertEquals([code, stderr], [0, ""]);
  assertStringIncludes(stdout, "vpd: float64 = 2 * tmp\n");
  assertStringIncludes(stdout, "1 row of 1000000000 elements, 2 to a vector");
  assertStringIncludes(stdout, "moves    16 bytes an element: 8 read, 8 written, 0 copied");
});

Deno.test("--strict computes without fused multiply-add", async () => {
  const words = ["--expr", "exp(tmp)", "--explain"];
  assertStringIncludes((await run(...words, "--strict")).stdout, "no fused multiply-add");
  assertEquals((await run("--expr", "exp(tmp)", "--strict", "--quiet")).code, 0);
});

const VPD_EXPRESSION = "const t = float64(airt); const q = float64(speh) / 1000; " +
  "vpd = 0.6108 * exp(17.27 * t / (t + 237.3)) - q * float64(slp) / 10 / (0.622 + 0.378 * q)";

const VPD_KERNELS = [
  ["a module", "--kernel", file("examples/vpd/vpd_kernel.ts")],
  ["an expression", "--expr", VPD_EXPRESSION],
  ["an expression on workers", "--exact", "--expr", VPD_EXPRESSION],
];

for (const [what, ...kernel] of VPD_KERNELS) {
  Deno.test(`the vapour pressure deficit by ${what} equals NumPy's in every cell`, () => equalsNumpy(kernel));
}

const equalsNumpy = (kernel: readonly string[]) =>
  inFolder(async (path) => {
    const data = file("examples/vpd/coads-vpd.nc");
    const inputs = ["AIRT", "SPEH", "SLP"].flatMap((
      name,
    ) => ["--input", `${name.toLowerCase()}=${data}:${name}`]);
    const { code, stdout, stderr } = await run(
      ...kernel,
      ...["--output", `vpd=${path("vpd.npy")}`],
      ...inputs,
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(
      stdout,
      "vpd: 100723 finite cells of 194400, mean 0.458255873, min -0.7236683541, max 2.313561223",
    );
    const ours = await readArray(path("vpd.npy"));
    const reference = await readArray(file("tests/fixtures/coads-vpd.npy"));
    assertEquals([ours.dtype, ours.shape], [reference.dtype, reference.shape]);
    let finite = 0;
    reference.data.forEach((expected, i) => {
      const value = Number(ours.data[i]);
      if (Number.isNaN(expected)) assert(Number.isNaN(value), `cell ${i} is ${value}, expected NaN`);
      else {
        finite++;
        assert(Math.abs(value - Number(expected)) <= 1e-12, `cell ${i} is ${value}, expected ${expected}`);
      }
    });
    assertEquals(finite, 100723);
  });

Deno.test("several outputs of a kernel go to one file or to several", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(
      path("k.js"),
      "export default ({ tmp, sum, twice }) => { sum.set(0, tmp.get(0) + 1); twice.set(0, 2 * tmp.get(0)) }",
    );
    const words = ["--kernel", path("k.js"), "--shape", "1", "--output-dtype", "float32"];
    const both = await run(
      ...words,
      "--output",
      `sum=${path("o.npz")}:s`,
      "--output",
      `twice=${path("o.npz")}`,
    );
    assertEquals(both.code, 0, both.stderr);
    const reread = await run(
      ...["--input", `a=${path("o.npz")}:s`, "--input", `b=${path("o.npz")}:twice`, "--expr", "a + b"],
      ...["--output", `c=${path("c.nc")}`, "--output-dtype", "float32"],
    );
    assertEquals(reread.code, 0, reread.stderr);
    const tmp = SharedNdArray.random([1], { seed: 1 }).get(0);
    const { stdout } = await run(
      "--input",
      `a=${path("c.nc")}`,
      "--expr",
      "a + a",
      "--output",
      `d=${path("d.npy")}`,
    );
    assertStringIncludes(stdout, "d: 1 finite cells of 1");
    const d = await readArray(path("d.npy"));
    assert(Math.abs(Number(d.get(0)) - 2 * (3 * tmp + 1)) < 1e-5);
  }));

Deno.test("a kernel that throws ends with code 1, names the tile, and leaves the old output alone", () =>
  inFolder(async (path) => {
    await Deno.writeTextFile(
      path("k.js"),
      "export default (a, { index }) => { if (index === 3) throw new RangeError('too dry') }",
    );
    await Deno.writeTextFile(path("out.npy"), "old");
    const words = [
      "--kernel",
      path("k.js"),
      "--shape",
      "8",
      "--tile",
      "2",
      "--output",
      `vpd=${path("out.npy")}`,
    ];
    const { code, stdout, stderr } = await run(...words);
    assertEquals([code, stdout], [1, ""]);
    assertMatch(
      stderr,
      /^error: Kernel failed on tile 3 at \[3\] \(origin \[6\], worker \d+\): RangeError: too dry\n$/,
    );
    assertEquals(await Deno.readTextFile(path("out.npy")), "old");
    assertEquals([...Deno.readDirSync(path(""))].map((entry) => entry.name).sort(), ["k.js", "out.npy"]);
    assertMatch((await run(...words, "--verbose")).stderr, /TileError: .*\n\s+at /);
  }));

Deno.test("an interruption ends with code 130 and leaves no file", () =>
  inFolder(async (path) => {
    const { code, stderr } = await capture(
      [
        "--kernel",
        file("tests/kernels/endless_async.ts"),
        "--shape",
        "4",
        "--output",
        `vpd=${path("out.npy")}`,
      ],
      { signal: AbortSignal.timeout(300) },
    );
    assertEquals(code, 130);
    assertMatch(stderr, /^Interrupted .*; nothing was written\n$/);
    assertEquals([...Deno.readDirSync(path(""))], []);
  }));

Deno.test("a terminal sees a bar that is gone at the end", async () => {
  const { stderr } = await capture(["--shape", "40,40", "--tile", "4,4"], { columns: () => 60 });
  assertMatch(stderr, /100% {2}100\/100 tiles/);
  assert(stderr.endsWith("\r\x1b[K"));
  const { stderr: silent } = await capture(["--shape", "4,4", "--no-progress"], { columns: () => 60 });
  assertEquals(silent, "");
});

/** What is wrong, on a command line whose `DIR` is a folder with a few files, and what is said of it. */
const WRONG: readonly (readonly [what: string, words: string, message: RegExp])[] = [
  ["an unknown flag", "--sahpe 4,4", /^Unknown flag --sahpe: did you mean --shape\?$/],
  ["no workers", "--workers 0", /^Invalid number of workers 0: expected an integer from 1 to 512$/],
  ["negative workers", "--workers=-2", /^Invalid number of workers -2: /],
  [
    "10,000 workers",
    "--workers 10000",
    /^Invalid number of workers 10000: expected an integer from 1 to 512$/,
  ],
  [
    "a tile of too many axes",
    "--shape 4,4 --tile 2,2,2",
    /^Tile \[2, 2, 2\] has 3 axes, more than the 2 of the shape/,
  ],
  ["a shape beyond 2^53", "--shape 100000000,100000000", /more than 2\^53 elements$/],
  ["a syntax error", "--expr tmp*", /^.+\n {2}tmp\*\n {6}\^$/],
  [
    "an unknown function",
    "--expr sqr(tmp)",
    /^Unknown function "sqr": did you mean "sqrt"\?\n {2}sqr\(tmp\)\n {2}\^$/,
  ],
  ["a scalar that is not used", "--scalar k=3", /^The expression does not use the scalar k$/],
  [
    "a scalar that is none",
    "--expr tmp*k --scalar k=3x",
    /^--scalar k=3x: 3x is not a number, true or false$/,
  ],
  ["a scalar twice", "--expr tmp*k --scalar k=3 --scalar k=4", /^--scalar names k twice$/],
  ["a scalar of a module", "--kernel DIR/k.js --scalar k=3", /^--scalar is for expressions: leave it out/],
  ["an explained module", "--kernel DIR/k.js --explain", /^--explain is for expressions: leave it out/],
  ["a strict module", "--kernel DIR/k.js --strict", /^--strict is for expressions: leave it out/],
  ["a missing kernel", "--kernel DIR/none.ts", /^--kernel DIR\/none\.ts: there is no such file$/],
  ["a kernel that is a folder", "--kernel DIR", /^--kernel DIR is not a file$/],
  [
    "a kernel with a syntax error",
    "--kernel DIR/bad.ts",
    /^Cannot load the kernel file:.*bad\.ts: SyntaxError: .* at file:.*bad\.ts:1:\d+$/,
  ],
  ["a kernel without default export", "--kernel DIR/nothing.ts", /needs a default export that is a function/],
  [
    "a kernel that exports no function",
    "--kernel DIR/number.ts",
    /is a function \(arrays, tile\) => value, found one of type number$/,
  ],
  ["a missing input", "--input a=DIR/none.npy --expr a+a", /DIR\/none\.npy/],
  [
    "an input that is a folder",
    "--input a=DIR/folder.npy --expr a+a",
    /^DIR\/folder\.npy is a directory, expected a file$/,
  ],
  ["an input below a file", "--input a=DIR/a.csv/x.npy --expr a+a", /a\.csv/],
  ["an empty input", "--input a=DIR/empty.npy --expr a+a", /DIR\/empty\.npy/],
  ["a truncated input", "--input a=DIR/short.npy --expr a+a", /DIR\/short\.npy/],
  ["an input that is something else", "--input a=DIR/text.npy --expr a+a", /DIR\/text\.npy/],
  ["a NetCDF file that is none", "--input a=DIR/text.nc --expr a+a", /DIR\/text\.nc/],
  [
    "an unknown ending",
    "--input a=DIR/a.csv --expr a+a",
    /a\.csv ends in \.csv, expected one of \.npy, \.npz, \.nc, \.nc4, \.h5, \.hdf5, \.tif, \.tiff$/,
  ],
  [
    "inputs of two shapes",
    "--input a=DIR/a.npy --input b=DIR/b.npy --expr a+b",
    /^Inputs must have one shape, but a has \[3\] and b \[2, 2\]$/,
  ],
  [
    "inputs of two shapes for a module, which would broadcast",
    "--input a=DIR/a.npy --input c=DIR/c.npy --kernel DIR/k.js",
    /^Inputs must have one shape, but a has \[3\] and c \[4, 3\]$/,
  ],
  [
    "a path as an expression",
    "--expr DIR/k.js",
    /^--expr DIR\/k\.js looks like a file: a kernel module is given with --kernel$/,
  ],
  [
    "a mistyped name",
    "--input tmp=DIR/a.npy --input rad=DIR/a.npy --expr 0.5*tpm+rad+tmp",
    /^Unknown name "tpm": did you mean "tmp"\?\n {2}0\.5\*tpm\+rad\+tmp\n {6}\^$/,
  ],
  [
    "an input that the expression lacks",
    "--input a=DIR/a.npy --expr a+b",
    /^Unknown name "b": .*\n {2}a\+b\n {4}\^$/,
  ],
  [
    "an input that is not used",
    "--input a=DIR/a.npy --input c=DIR/a.npy --expr a+a",
    /^The expression does not use the input c$/,
  ],
  ["an unknown variable", "--input a=DIR/d.nc:T --expr a+a", /DIR\/d\.nc.*\bv\b/],
  [
    "a variable of a .npy file",
    "--input a=DIR/a.npy:x --expr a+a",
    /a \.npy file holds one array without a name$/,
  ],
  [
    "an output in a missing folder",
    "--output vpd=DIR/no/x.npy",
    /^--output DIR\/no\/x\.npy cannot be written: /,
  ],
  [
    "an output that is a folder",
    "--output vpd=DIR/folder.npy",
    /^--output DIR\/folder\.npy cannot be written: .*is a directory/,
  ],
  ["an output of an unknown ending", "--output vpd=DIR/x.txt", /x\.txt ends in \.txt, expected one of/],
  ["a dtype that NetCDF-3 lacks", "--dtype uint16 --output vpd=DIR/x.nc", /^--output DIR\/x\.nc: .*uint16/],
  [
    "one file by two paths",
    "--kernel DIR/k.js --output v=DIR/x.npy --output w=DIR/./x.npy",
    /^Outputs DIR\/x\.npy and DIR\/\.\/x\.npy are the same file$/,
  ],
  [
    "an output dtype that does not hold the result",
    "--output-dtype bool --output v=DIR/x.npy",
    /^The result is float64, which the output "v" of bool cannot hold without loss: write bool\(…\)\n/,
  ],
  ["a kernel URL that is none", "--kernel http://[", /^--kernel http:\/\/\[ is not a valid URL$/],
  [
    "a shape beyond any memory",
    "--shape 100000,100000,10000",
    /^Cannot allocate 800 TB \(800000000000000 bytes\) of shared memory: .*; a single array can have 17\.2 GB here$/,
  ],
  [
    "two outputs of one expression",
    "--output a=DIR/a2.npy --output b=DIR/b2.npy",
    /^The expression has one output without a name, but --output names a, b: assign them, as in "a = …; b = …"$/,
  ],
  [
    "an output of another name",
    "--expr z=tmp+rad --output vpd=DIR/x.npy",
    /^The expression computes z, but --output names vpd$/,
  ],
  [
    "an output named as an input",
    "--output tmp=DIR/x.npy",
    /^tmp is the name of an input and of an output: rename one$/,
  ],
  [
    "too much memory",
    "--shape 1000,1000,1000 --max-memory 2GB",
    /^The predicted peak of 24\.\d+ GB is more than --max-memory 2 GB: 24 GB arrays \(tmp 8 GB, rad 8 GB, vpd 8 GB\), .*, 106 MB runtime$/,
  ],
];

for (const [what, words, message] of WRONG) {
  Deno.test(`refused with one sentence and code 2: ${what}`, () =>
    inFolder(async (path) => {
      const folder = path("").slice(0, -1);
      await Deno.writeTextFile(path("bad.ts"), "export default function ( {\n");
      await Deno.writeTextFile(path("nothing.ts"), "export const a = 1;\n");
      await Deno.writeTextFile(path("k.js"), "export default () => {}\n");
      await Deno.writeTextFile(path("number.ts"), "export default 3;\n");
      await Deno.writeTextFile(path("empty.npy"), "");
      await Deno.writeTextFile(path("text.npy"), "This is no array.");
      await Deno.writeTextFile(path("text.nc"), "This is no array.");
      await Deno.writeTextFile(path("a.csv"), "1,2\n");
      await Deno.mkdir(path("folder.npy"));
      await writeArrays(path("a.npy"), SharedNdArray.zeros([3]));
      await writeArrays(path("b.npy"), SharedNdArray.zeros([2, 2]));
      await writeArrays(path("c.npy"), SharedNdArray.zeros([4, 3]));
      await Deno.writeFile(path("short.npy"), (await Deno.readFile(path("a.npy"))).slice(0, -5));
      assertEquals(
        (await run("--shape", "2", "--expr", "v = x + y", "--output", `v=${path("d.nc")}`)).code,
        0,
      );
      const before = [...Deno.readDirSync(folder)].map((entry) => entry.name).sort();

      const { code, stdout, stderr } = await run(...words.replaceAll("DIR", folder).split(" "));
      const [line, ...more] = stderr.replace(/\n$/, "").split("\n");
      assertEquals([code, stdout], [2, ""], stderr);
      // One sentence; what is wrong with an expression is shown below it.
      assert(more.length === 0 || (more.length === 2 && /^ +\^$/.test(more[1])), stderr);
      const text = [line.replaceAll(folder, "DIR").replace(/^error: /, ""), ...more].join("\n");
      assertMatch(text, message);
      assertEquals([...Deno.readDirSync(folder)].map((entry) => entry.name).sort(), before);
    }));
}
