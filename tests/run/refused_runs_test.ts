import { assertEquals, assertIsError, assertRejects, assertStrictEquals, assertThrows } from "@std/assert";
import { SharedNdArray, slice, tiledMap, WorkerPool } from "../../mod.ts";
import type { DType } from "../../src/dtype.ts";
import { DTypeError, OverlapError, PlanError, ShapeError } from "../../src/errors.ts";
import { inlineKernel } from "../kernels/inline.ts";
import { WorkerCount } from "./worker_count.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const nothing = inlineKernel("export default () => {}");
const a = SharedNdArray.zeros([4, 6]), b = SharedNdArray.zeros([4, 6]);

/** Asserts that a run is refused with such an error, and before any worker is opened. */
async function refused<E extends Error>(
  run: () => Promise<unknown>,
  errorClass: Parameters<typeof assertIsError<E>>[1],
  message?: string,
): Promise<E> {
  using count = new WorkerCount();
  const error = await assertRejects(run);
  assertEquals(count.opened, 0, "no worker is opened");
  assertIsError(error, errorClass, message);
  return error;
}

Deno.test("tiles, grains and workers that make no plan are refused", async () => {
  const cases: [options: Parameters<typeof tiledMap>[1], message: string][] = [
    [{ tile: [1, 2, 3] }, "Tile [1, 2, 3] has 3 axes, more than the 2 of the shape [4, 6]"],
    [{ tile: [0] }, "Invalid tile [0]: 0 is not a positive integer"],
    [{ grain: 0 }, "Invalid grain 0"],
    [{ workers: 0 }, "Invalid number of workers 0: expected an integer from 1 to 512"],
    [{ workers: 1.5 }, "Invalid number of workers 1.5"],
    [{ workers: 513 }, "Invalid number of workers 513"],
    [{ workers: NaN }, "Invalid number of workers NaN"],
  ];
  for (const [options, message] of cases) {
    await refused(() => tiledMap(nothing, { inputs: { a }, ...options }), PlanError, message);
  }
});

Deno.test("more workers than a pool has are refused", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  await refused(
    () => tiledMap(nothing, { inputs: { a }, pool, workers: 3 }),
    PlanError,
    "Cannot use 3 workers of a pool that has 2",
  );
});

Deno.test("a pool with a number of workers that cannot be is refused", () => {
  for (const workers of [0, -1, 1.5, 513]) {
    assertThrows(() => new WorkerPool({ workers }), PlanError, `Invalid number of workers ${workers}`);
  }
});

Deno.test("a run without arrays is refused", async () => {
  await refused(() => tiledMap(nothing, {}), PlanError, "A run needs at least one array");
  await refused(
    () => tiledMap(nothing, { outputs: { sum: "float64" } }),
    PlanError,
    "at least one array",
  );
});

Deno.test("arrays that differ in shape are refused by name", async () => {
  const c = SharedNdArray.zeros([6, 4]);
  await refused(
    () => tiledMap(nothing, { inputs: { a }, outputs: { c } }),
    ShapeError,
    "Arrays of a run have one shape: a has [4, 6], but c has [6, 4]",
  );
});

Deno.test("a name for two arrays is refused", async () => {
  await refused(
    () => tiledMap(nothing, { inputs: { a }, outputs: { a: b } }),
    PlanError,
    "a is an input and an output, but not the same array",
  );
  await refused(
    () => tiledMap(nothing, { inputs: { a }, outputs: { a: "float64" } }),
    PlanError,
    "a is an input, so it cannot be the name of a new output",
  );
});

Deno.test("what is no array, no dtype and no URL is refused, as a program in JavaScript might pass it", async () => {
  const plain = [1, 2] as unknown as SharedNdArray;
  await refused(
    () => tiledMap(nothing, { inputs: { plain } }),
    PlanError,
    "plain must be a SharedNdArray",
  );
  await refused(
    () => tiledMap(nothing, { inputs: { a }, outputs: { plain } }),
    PlanError,
    "plain must be",
  );
  const float = "float" as DType;
  await refused(() => tiledMap(nothing, { inputs: { a }, outputs: { float } }), DTypeError, '"float"');
  const path = "./kernel.ts" as unknown as URL;
  await refused(() => tiledMap(path, { inputs: { a } }), PlanError, "looks like a path");
  const number = 3 as unknown as URL;
  await refused(() => tiledMap(number, { inputs: { a } }), PlanError, "The kernel must be a URL");
});

/** The names that an OverlapError has, for a kernel that would write `outputs`. */
async function overlap(
  inputs: Record<string, SharedNdArray>,
  outputs: Record<string, SharedNdArray>,
): Promise<[string, string, string]> {
  const error = await refused(() => tiledMap(nothing, { inputs, outputs, workers: 1 }), OverlapError);
  return [...error.arrays, error.message];
}

Deno.test("an output that overlaps itself is refused", async () => {
  const repeated = SharedNdArray.wrap(new SharedArrayBuffer(64), { shape: [3, 4], strides: [0, 1] });
  const [first, second, message] = await overlap({}, { repeated });
  assertEquals([first, second], ["repeated", "repeated"]);
  assertEquals(message.includes("strides [0, 1]"), true, message);
});

Deno.test("outputs that share memory are refused, by equal or by other views, dtypes and buffers", async () => {
  assertEquals((await overlap({}, { a, same: a })).slice(0, 2), ["a", "same"]);
  assertEquals(
    (await overlap({}, { left: a.view(null, slice(0, 4)), right: a.view(null, slice(2, 6)) })).slice(0, 2),
    [
      "left",
      "right",
    ],
  );
  const buffer = new SharedArrayBuffer(64);
  const bytes = SharedNdArray.wrap(buffer, { shape: [8], dtype: "uint8", byteOffset: 8 });
  const words = SharedNdArray.wrap(buffer, { shape: [8], dtype: "int32" });
  assertEquals((await overlap({}, { bytes, words })).slice(0, 2), ["bytes", "words"]);
});

Deno.test("an output that overlaps an input is refused unless it is the same view", async () => {
  const long = SharedNdArray.zeros([7]);
  const [output, input, message] = await overlap({ from: long.view(slice(0, 6)) }, {
    to: long.view(slice(1, 7)),
  });
  assertEquals([output, input], ["to", "from"]);
  assertEquals(message.includes("tiles would read what others write"), true, message);
  const backwards = long.view(slice(null, null, -1));
  assertEquals((await overlap({ backwards }, { long })).slice(0, 2), ["long", "backwards"]);
  const square = SharedNdArray.zeros([4, 4]);
  assertEquals((await overlap({ turned: square.transpose() }, { square })).slice(0, 2), ["square", "turned"]);
  const asBits = SharedNdArray.wrap(long.data.buffer, { shape: [7], dtype: "int64" });
  assertEquals((await overlap({ long }, { asBits })).slice(0, 2), ["asBits", "long"]);
});

Deno.test("inputs may overlap each other and themselves, and neighbours are not overlaps", async () => {
  const buffer = new SharedArrayBuffer(8 * 20);
  const repeated = SharedNdArray.wrap(buffer, { shape: [3, 4], strides: [0, 1] });
  const shifted = SharedNdArray.wrap(buffer, { shape: [3, 4], strides: [1, 1], byteOffset: 8 });
  const behind = SharedNdArray.wrap(buffer, { shape: [3, 4], byteOffset: 8 * 8 });
  const { report } = await tiledMap(nothing, {
    inputs: { repeated, shifted },
    outputs: { behind },
    workers: 1,
  });
  assertEquals(report.shape, [3, 4]);
});

Deno.test("a signal that was aborted before rejects with its reason and opens no worker", async () => {
  const reason = new Error("not today");
  const signal = AbortSignal.abort(reason);
  const error = await refused(() => tiledMap(nothing, { inputs: { a }, signal }), Error);
  assertStrictEquals(error, reason);
});
