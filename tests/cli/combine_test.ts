/** Reductions of stores from the command line, whole and in shards that `combine` puts together. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { createArray, openArray, reduce, SharedNdArray, writeArrays } from "../../mod.ts";
import { capture } from "./capture.ts";
import { inFolder } from "./in_folder.ts";

async function store(path: string, array: SharedNdArray, chunks: number[], more = {}): Promise<void> {
  using stored = await createArray(path, { shape: array.shape, dtype: array.dtype, chunks, ...more });
  await stored.write({ origin: array.shape.map(() => 0), shape: array.shape }, array);
}

Deno.test("a store is reduced, to the terminal and to a store, with the bits that it has in memory", () =>
  inFolder(async (path) => {
    const tmp = SharedNdArray.random([40, 6, 8], { seed: 1, dtype: "float32" });
    await store(path("in.zarr/tmp"), tmp, [7, 3, 8], { dimensionNames: ["time", "lat", "lon"] });
    const input = ["--input", `tmp=${path("in.zarr/tmp")}`];
    const total = await capture([...input, "--reduce", "sum", "--json"]);
    assertEquals(total.code, 0, total.stderr);
    const { result, stored } = JSON.parse(total.stdout);
    assertEquals([result.value, result.dtype, result.axis], [
      (await reduce("sum", tmp)).array.item(),
      "float32",
      [0, 1, 2],
    ]);
    assert(stored.readBytes > 0);
    const text = await capture([...input, "--expr", "tmp > 0.5", "--reduce", "count-nonzero"]);
    assertEquals(text.code, 0, text.stderr);
    const count = (await reduce("countNonzero", "tmp > 0.5", { tmp })).array.item();
    assertStringIncludes(text.stdout, `countNonzero: ${count}`);
    const out = path("out.zarr/m"), expected = (await reduce("std", tmp, { axis: 0, ddof: 1 })).array;
    const words = [...input, "--reduce", "std", "--axis", "0", "--ddof", "1", "--output", `m=${out}`];
    const { code, stderr } = await capture(words);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, `Wrote m to ${out} (float32 [6, 8])`);
    using m = await openArray(out);
    assertEquals([m.dimensionNames, (await m.read()).toNested()], [["lat", "lon"], expected.toNested()]);
    const again = await capture(words);
    assertEquals(again.code, 2);
    assertStringIncludes(again.stderr, "is there already");
    const resumed = await capture([...words, "--resume", "--quiet"]);
    assertEquals([resumed.code, resumed.stderr], [0, ""]);
  }));

Deno.test("a .npy file is reduced block by block with --stream", () =>
  inFolder(async (path) => {
    const a = SharedNdArray.random([50, 7], { seed: 3 });
    await writeArrays(path("a.npy"), a);
    const words = ["--stream", "--input", `a=${path("a.npy")}`, "--reduce", "argmax", "--axis", "-1"];
    const { code, stdout, stderr } = await capture([...words, "--output", `m=${path("m.npy")}`, "--json"]);
    assertEquals(code, 0, stderr);
    assertEquals(JSON.parse(stdout).result.shape, [50]);
    using m = await openArray(path("m.npy"));
    assertEquals((await m.read()).toNested(), (await reduce("argmax", a, { axis: 1 })).array.toNested());
    // Nothing is read, but what is generated is reduced too.
    const made = await capture(["--stream", "--reduce", "mean", "--shape", "20,30", "--quiet", "--json"]);
    assertEquals(JSON.parse(made.stdout).result.name, "mean");
  }));

Deno.test("shards leave partial results, and combine makes the result of them or says what is missing", () =>
  inFolder(async (path) => {
    const tmp = SharedNdArray.random([30, 60_000], { seed: 6 }), out = path("out.zarr/m");
    await store(path("in.zarr/tmp"), tmp, [5, 30_000], { codec: "none" });
    const shard = (index: number) =>
      capture([
        "--input",
        `tmp=${path("in.zarr/tmp")}`,
        "--reduce",
        "mean",
        "--axis",
        "1",
        "--output",
        `m=${out}`,
        "--shard",
        `${index}/3`,
      ]);
    assertEquals((await capture(["combine", out])).code, 2);
    for (const index of [2, 0]) {
      const { code, stderr } = await shard(index);
      assertEquals(code, 0, stderr);
      assertStringIncludes(
        stderr,
        `Wrote partial results of shard ${index} of 3 of m: when all are done, tilewise combine ${out}`,
      );
    }
    const status = await capture(["status", out]);
    assertEquals(status.code, 1);
    assertMatch(status.stdout, /^partial {2}\d+ of \d+ results of the mean, to be combined$/m);
    const early = await capture(["combine", out]);
    assertEquals(early.code, 2);
    assertStringIncludes(early.stderr, "of shard 1 of 3): run that shard again");
    assertEquals((await shard(1)).code, 0);
    const { code, stderr, stdout } = await capture(["combine", out, "--json"]);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, `Wrote ${out} (float64 [30])`);
    assertEquals(JSON.parse(stdout).outputs[0].cells, 30);
    using m = await openArray(out);
    assertEquals((await m.read()).toNested(), (await reduce("mean", tmp, { axis: 1 })).array.toNested());
    assertEquals((await capture(["status", out])).code, 0);
    assertEquals((await capture(["combine", out, "--quiet"])).stdout, "");
  }));

Deno.test("what cannot be reduced block by block is refused in one sentence", () =>
  inFolder(async (path) => {
    await store(path("in.zarr/a"), SharedNdArray.arange(6), [2]);
    const input = ["--input", `a=${path("in.zarr/a")}`];
    const refused: [string[], string][] = [
      [[...input, "--reduce", "median"], "needs all elements of a cell"],
      [[...input, "--reduce", "sum", "--shard", "0/2"], "needs a place for partial results"],
      [[...input, "--reduce", "sum", "--resume"], "needs a place for partial results"],
      [[...input, "--reduce", "sum", "--explain"], "--explain"],
      [[...input, "--reduce", "sum", "--tile", "2"], "--tile"],
      [[...input, "--reduce", "sum", "--output-dtype", "float32"], "written as it is, which is float64"],
      [
        [...input, "--reduce", "var", "--output", `v=${path("v.zarr/v")}`, "--shard", "0/2"],
        "takes two passes",
      ],
      [["combine"], "combine takes one array"],
      [["combine", path("in.zarr/a"), "--wrkers", "2"], "--workers"],
      [["combine", path("in.zarr/none")], "none"],
    ];
    for (const [words, message] of refused) {
      const { code, stderr } = await capture(words);
      assertEquals(code, 2, `${words.slice(2)}: ${stderr}`);
      assertStringIncludes(stderr, message);
      assertEquals(stderr.trim().split("\n").length, 1, stderr);
    }
    const help = await capture(["combine", "--help"]);
    assertStringIncludes(help.stdout, "usage: tilewise combine");
  }));
