/** Streams from the command line: flags, stores, files. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createArray, openArray, readArray, SharedNdArray, tiledMap, writeArrays } from "../../mod.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

async function store(path: string, array: SharedNdArray, chunks: number[], more = {}): Promise<void> {
  using stored = await createArray(path, { shape: array.shape, dtype: array.dtype, chunks, ...more });
  await stored.write({ origin: array.shape.map(() => 0), shape: array.shape }, array);
}

Deno.test("from store to store, with chunks, names of axes and dtypes of the inputs", () =>
  inFolder(async (path) => {
    const tmp = SharedNdArray.random([10, 6, 8], { seed: 1, dtype: "float32" });
    const rad = SharedNdArray.random([6, 8], { seed: 2 });
    await store(path("in.zarr/tmp"), tmp, [4, 3, 8], { dimensionNames: ["time", "lat", "lon"] });
    await writeArrays(path("rad.npy"), rad);
    const words = ["--input", `tmp=${path("in.zarr/tmp")}`, "--input", `rad=${path("rad.npy")}`];
    const out = path("out.zarr/vpd");
    const { code, stdout, stderr } = await capture([
      ...words,
      "--output",
      `vpd=${out}`,
      "--expr",
      "tmp + rad",
    ]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, `Wrote vpd to ${out} (float64 [10, 6, 8] in chunks of [4, 3, 8])`);
    assertStringIncludes(stdout, "stores   read ");
    using vpd = await openArray(out);
    assertEquals([vpd.dimensionNames, vpd.chunks], [["time", "lat", "lon"], [4, 3, 8]]);
    const whole = await tiledMap("tmp + rad", { inputs: { tmp, rad } });
    assertEquals((await vpd.read()).toNested(), whole.outputs.out.toNested());
    const again = await capture([
      ...words,
      "--output",
      `vpd=${out}`,
      "--expr",
      "tmp + rad",
      "--resume",
      "--json",
    ]);
    assertEquals(again.code, 0, again.stderr);
    assertEquals(JSON.parse(again.stdout).stored.writtenBytes, 0);
  }));

Deno.test("generated inputs, a kernel with a halo, and a .npy file that appears when it is whole", () =>
  inFolder(async (path) => {
    const kernel = path("k.ts"), out = path("b.npy");
    await Deno.writeTextFile(
      kernel,
      "export default ({ tmp, b }) => { b.copyFrom(tmp.box([0, 1], b.shape)); };",
    );
    await writeArrays(path("tmp.npy"), SharedNdArray.arange(40).reshape([5, 8]));
    const words = ["--stream", "--input", `tmp=${path("tmp.npy")}`, "--kernel", kernel, "--halo", "0,1"];
    const { code, stderr } = await capture([...words, "--output", `b=${out}`, "--tile", "2,8", "--quiet"]);
    assertEquals([code, stderr], [0, ""]);
    assertEquals((await readArray(out)).toNested(), SharedNdArray.arange(40).reshape([5, 8]).toNested());
    assertEquals([...Deno.readDirSync(path("."))].filter(({ name }) => name.endsWith(".tmp")), []);
    const made = await capture(["--shape", "4,6", "--output", `vpd=${path("o.zarr/vpd")}`, "--quiet"]);
    assertEquals([made.code, made.stderr], [0, ""]);
  }));

Deno.test("beside stores, inputs from .npz files and shared memory, and an output there", async (t) => {
  await inFolder(async (path) => {
    const tmp = SharedNdArray.random([6, 4], { seed: 1 }), rad = SharedNdArray.random([6, 4], { seed: 2 });
    await store(path("in.zarr/tmp"), tmp, [2, 4]);
    await writeArrays(path("rad.npz"), { rad });
    const words = ["--input", `tmp=${path("in.zarr/tmp")}`, "--input", `rad=${path("rad.npz")}:rad`];
    const expected = (await tiledMap("tmp - rad", { inputs: { tmp, rad } })).outputs.out.toNested();
    const { code, stderr } = await capture([
      ...words,
      "--expr",
      "tmp - rad",
      "--output",
      `o=${path("o.zarr/o")}`,
    ]);
    assertEquals(code, 0, stderr);
    using o = await openArray(path("o.zarr/o"));
    assertEquals((await o.read()).toNested(), expected);
    const ignore = Deno.permissions.querySync({ name: "ffi" }).state !== "granted";
    await t.step({
      name: "shared memory",
      ignore,
      fn: async () => {
        const name = `tilewise-stream-${crypto.randomUUID().slice(0, 8)}`;
        using there = SharedNdArray.create({ name, shape: [6, 4] });
        const own = await capture([
          ...["--input", `tmp=${path("in.zarr/tmp")}`, "--expr", "2 * tmp"],
          ...["--output", `twice=shm:${name}`, "--quiet"],
        ]);
        assertEquals([own.code, own.stderr], [0, ""]);
        assertEquals(there.get(5, 3), 2 * tmp.get(5, 3));
        const back = path("back.zarr/b");
        const again = await capture([
          ...["--input", `a=shm:${name}:float64:6,4`, "--expr", "a / 2", "--output", `b=${back}`, "--quiet"],
        ]);
        assertEquals([again.code, again.stderr], [0, ""]);
        using b = await openArray(back);
        assertEquals((await b.read()).toNested(), tmp.toNested());
      },
    });
  });
});

Deno.test("shards make one array, whichever comes first, and status says how far they are", () =>
  inFolder(async (path) => {
    await store(path("in.zarr/a"), SharedNdArray.arange(60).reshape([12, 5]), [2, 5]);
    const out = path("out.zarr/b");
    const words = [
      "--input",
      `a=${path("in.zarr/a")}`,
      "--expr",
      "b = 2 * a",
      "--output",
      `b=${out}`,
      "--quiet",
    ];
    for (const [k, index] of [2, 0, 1].entries()) {
      const { code, stderr } = await capture([...words, "--shard", `${index}/3`, "--tile", "2,5"]);
      assertEquals([code, stderr], [0, ""]);
      const status = await capture(["status", out, "--json"]);
      assertEquals([status.code, JSON.parse(status.stdout).done], [k === 2 ? 0 : 1, 2 * (k + 1)]);
    }
    using b = await openArray(out);
    assertEquals((await b.read({ origin: [11, 0], shape: [1, 5] })).toNested(), [[110, 112, 114, 116, 118]]);
    await Deno.remove(path("out.zarr/b/c/3/0"));
    await Deno.writeFile(path("out.zarr/b/c/4/0"), new Uint8Array([1, 2, 3]));
    const next = [
      "--input",
      `b=${out}`,
      "--expr",
      "c = b",
      "--output",
      `c=${path("next.zarr/c")}`,
      "--quiet",
    ];
    const missing = await capture(next);
    assertEquals(missing.code, 2);
    assertStringIncludes(missing.stderr, "is missing: the run that writes the array is not done");
    const damaged = await capture([...next, "--missing", "fill", "--resume"]);
    assertEquals(damaged.code, 2);
    assertStringIncludes(damaged.stderr, "c/4/0 is damaged: ");
    const { code, stdout } = await capture(["status", out, "--verify"]);
    assertEquals(code, 1);
    for (const text of ["done     5 of 6 chunks (83 %)", "missing  1: ", "c/3/0", "damaged  1: ", "c/4/0"]) {
      assertStringIncludes(stdout, text);
    }
  }));

Deno.test("what cannot be streamed is refused in one sentence, before anything is written", () =>
  inFolder(async (path) => {
    await store(path("in.zarr/a"), SharedNdArray.arange(6), [2]);
    await store(path("there.zarr/b"), SharedNdArray.arange(6), [2]);
    const input = ["--input", `a=${path("in.zarr/a")}`, "--expr", "b = -a"];
    const to = (name: string, ...more: string[]) => [...input, "--output", `b=${path(name)}`, ...more];
    const refused: [words: string[], message: string][] = [
      [input, "add --output NAME=STORE.zarr/NAME"],
      [to("there.zarr/b"), "is there already: --resume goes on with it, --overwrite replaces it"],
      [to("there.zarr/b", "--resume"), "has chunks of which nobody wrote down"],
      [to("out.zarr/b", "--resume", "--overwrite"), "give one of them"],
      [to("out.zarr/b", "--shard", "3"), "--shard 3 is no shard"],
      [to("out.zarr/b", "--shard", "3/3"), "beyond the last shard"],
      [to("out.zarr/b", "--codec", "zstt"), "did you mean zstd?"],
      [to("out.zarr/b", "--zarr-format", "4"), "expected 2 or 3"],
      [to("out.zarr/b", "--chunks", "0"), "is not a positive integer"],
      [to("out.zarr/b", "--debug"), "debug"],
      [to("out.zarr/b", "--explain"), "--explain is for arrays in memory"],
      [to("b.npz"), "is not written box by box"],
      [to("b.npy", "--resume"), "only Zarr stores know which of their chunks are done"],
      [
        ["--input", `a=${path("none.zarr/a")}`, "--expr", "b = -a", "--output", `b=${path("o.zarr/b")}`],
        "none.zarr/a",
      ],
      [to("out.zarr/b", "--missing", "yes"), "expected fill or error"],
      [["status"], "status takes one array"],
      [["status", path("in.zarr/a"), "--verfy"], "did you mean --verify?"],
      [["--quiet", "status"], "status comes first"],
    ];
    for (const [words, message] of refused) {
      const { code, stderr } = await capture(words);
      assertEquals(code, 2, `${words}: ${stderr}`);
      assertStringIncludes(stderr, message);
      assertEquals(stderr.trim().split("\n").length, 1, stderr);
    }
    const names = [...Deno.readDirSync(path("."))].map(({ name }) => name).sort();
    assertEquals(names, ["in.zarr", "there.zarr"]);
    const replaced = await capture(to("there.zarr/b", "--overwrite", "--quiet"));
    assertEquals([replaced.code, replaced.stderr], [0, ""]);
    using b = await openArray(path("there.zarr/b"));
    assertEquals((await b.read()).toNested(), [-0, -1, -2, -3, -4, -5]);
    assert(!names.includes("b.npy"));
  }));

Deno.test("a run that is refused replaces and creates nothing, and none writes over what it reads", () =>
  inFolder(async (path) => {
    const a = SharedNdArray.arange(6), x = path("in.zarr/x");
    await store(path("in.zarr/a"), a, [2]);
    const input = ["--input", `a=${path("in.zarr/a")}`];
    const first = await capture([...input, "--expr", "x = 2 * a", "--output", `x=${x}`, "--quiet"]);
    assertEquals([first.code, first.stderr], [0, ""]);
    await Deno.symlink(path("in.zarr"), path("link.zarr"));
    const to = (output: string, ...more: string[]) => [
      ...["--input", `x=${x}`, "--expr", "y = -x", "--output", `y=${path(output)}`],
      ...more,
    ];
    const refused: [words: string[], message: string][] = [
      [to("in.zarr/x", "--overwrite"), "and so is input x"],
      [to("./in.zarr//x", "--overwrite"), "and so is input x"],
      [to("link.zarr/x", "--resume"), "and so is input x"],
      [[...to("o.zarr/y"), "--expr", "y = -x; z = x", "--output", `z=${path("./o.zarr/y")}`], "are both"],
      [to("o.zarr/y", "--max-memory", "1MB"), "more than maxMemory"],
      [to("o.zarr/y", "--chunks", "2,2"), "Chunks of [2, 2]"],
      [
        [...input, "--expr", "x = a + 1", "--output", `x=${x}`, "--overwrite", "--max-memory", "1MB"],
        "more than maxMemory",
      ],
      [
        [...input, "--expr", "x = a + 1", "--output", `x=${x}`, "--overwrite", "--zarr-format", "2"],
        "is a group of Zarr 3",
      ],
    ];
    for (const [words, message] of refused) {
      const { code, stderr } = await capture(words);
      assertEquals(code, 2, `${words}: ${stderr}`);
      assertStringIncludes(stderr, message);
    }
    using still = await openArray(x);
    assertEquals((await still.read()).toNested(), [0, 2, 4, 6, 8, 10]);
    assertEquals([...Deno.readDirSync(path("."))].map(({ name }) => name).sort(), ["in.zarr", "link.zarr"]);
  }));

Deno.test("an empty array that somebody has prepared is written as it is", () =>
  inFolder(async (path) => {
    await store(path("in.zarr/a"), SharedNdArray.arange(6), [2]);
    const options = { shape: [6], chunks: [3], attributes: { units: "hPa" } };
    (await createArray(path("out.zarr/b"), options)).close();
    const words = ["--input", `a=${path("in.zarr/a")}`, "--output", `b=${path("out.zarr/b")}`, "--quiet"];
    const { code, stderr } = await capture([...words, "--expr", "b = -a"]);
    assertEquals([code, stderr], [0, ""]);
    using b = await openArray(path("out.zarr/b"));
    assertEquals([b.chunks, b.attributes.units], [[3], "hPa"]);
    assertEquals((await b.read()).toNested(), [-0, -1, -2, -3, -4, -5]);
    (await createArray(path("out.zarr/c"), { shape: [5] })).close();
    const other = await capture([...words.with(3, `b=${path("out.zarr/c")}`), "--expr", "b = -a"]);
    assertEquals(other.code, 2);
    assertStringIncludes(other.stderr, "--overwrite replaces it");
  }));

Deno.test("a store that fails is no wrong command: engines run the task again", () =>
  inFolder(async (path) => {
    await store(path("in.zarr/a"), SharedNdArray.arange(6), [2]);
    (await createArray(path("out.zarr/b"), { shape: [6], chunks: [3] })).close();
    await Deno.writeTextFile(path("out.zarr/b/c"), "where the folder of chunks should be");
    const words = [
      "--input",
      `a=${path("in.zarr/a")}`,
      "--output",
      `b=${path("out.zarr/b")}`,
      "--shard",
      "0/1",
    ];
    const failed = await capture([...words, "--expr", "b = -a"]);
    assertEquals(failed.code, 1);
    assertStringIncludes(failed.stderr, "Cannot write");
    const wrong = await capture([...words, "--expr", "b = a"]);
    assertEquals(wrong.code, 2);
    assertStringIncludes(wrong.stderr, "another kernel");
  }));
