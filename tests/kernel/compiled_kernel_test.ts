import { assert, assertEquals } from "@std/assert";
import { type DType, SharedNdArray, slice, tiledMap, WorkerPool } from "../../mod.ts";
import { has64BitAddresses } from "../../src/kernel/address_width.ts";
import { placeOf } from "../../src/run/expression.ts";
import { indicesOf } from "../naive.ts";
import { Seeded } from "../seeded.ts";
import { differencesOf, expectedOf, type KernelCase, readyCase } from "./compare_kernels.ts";
import { memory32, memory64 } from "./random_arrays.ts";

const GIB = 2 ** 30;

/** Runs a case in one box and compares each element with the interpreter. */
async function assertRuns(given: KernelCase): Promise<number> {
  const ready = await readyCase(given), random = new Seeded(1);
  const expected = expectedOf(ready, given, random), { shape } = ready.prepared;
  ready.kernel.runBox(shape.map(() => 0), shape);
  assertEquals(
    differencesOf(ready.prepared.program, Object.values(given.outputs), expected),
    [],
    given.source,
  );
  return ready.kernel.copied;
}

function filled(array: SharedNdArray<"float64">): SharedNdArray<"float64"> {
  let value = 0;
  for (const index of indicesOf(array.shape)) array.set(...index, value++ - 7.5);
  return array;
}

Deno.test("what addresses a memory has is found out by trying, not by its size", () => {
  const memories = [memory32(1), memory64(1), memory32(65_536), memory64(65_536), memory64(65_537)];
  assertEquals(memories.map(has64BitAddresses), [false, true, false, true, true]);
  // The second time it is known.
  assertEquals(memories.map(has64BitAddresses), [false, true, false, true, true]);
  const places = memories.map((memory) => placeOf(SharedNdArray.wrap(memory, { shape: [2] })).memory);
  assertEquals(places, ["wasm32", "wasm64", "wasm32", "wasm64", "wasm64"]);
  assertEquals(placeOf(SharedNdArray.wrap(new SharedArrayBuffer(16), { shape: [2] })).memory, "other");
  assertEquals(placeOf(SharedNdArray.zeros([2])).memory, "wasm32");
});

Deno.test("a user's own small memory with 64-bit addresses is read and written where it is", async () => {
  const memory = memory64(2), byteOffset = 2 * 65_536 - 8 * 23;
  const a = filled(SharedNdArray.wrap(memory, { shape: [23], byteOffset }));
  const b = filled(SharedNdArray.zeros([23]));
  const out = SharedNdArray.wrap(memory64(1), { shape: [23], strides: [-2], byteOffset: 8 });
  assertEquals(await assertRuns({ source: "a * b - 1", inputs: { a, b }, scalars: {}, outputs: { out } }), 0);
  const run = await tiledMap("a * b - 1", { inputs: { a, b }, outputs: { out: b }, tile: [4], workers: 1 });
  assertEquals([...run.outputs.out.values()], [...out.values()]);
  assertEquals(run.report.memory.copied, 0);
});

Deno.test("arrays beyond 4 GiB, and across it, of which little is ever touched", async () => {
  const memory = memory64(65_536 + 16), end = memory.buffer.byteLength;
  const wrap = (byteOffset: number, options: { shape: number[]; strides?: number[] }) =>
    filled(SharedNdArray.wrap(memory, { ...options, byteOffset }));
  const across = wrap(4 * GIB - 8 * 13, { shape: [3, 9] });
  const last = wrap(end - 8 * 27, { shape: [3, 9] });
  const turned = wrap(end - 8 * 100, { shape: [3, 9], strides: [1, -3] });
  const low = wrap(64, { shape: [3, 9] });
  const inputs = { across, turned };
  for (const out of [last, low, across]) {
    await assertRuns({ source: "across * 2 + turned", inputs, scalars: {}, outputs: { out } });
  }
  // A stride of more than 4 GiB, backwards.
  const far = SharedNdArray.wrap(memory, { shape: [2, 9], strides: [-4 * GIB / 8, 1], byteOffset: 4096 });
  filled(far);
  await assertRuns({ source: "far + 0.5", inputs: { far }, scalars: {}, outputs: { far } });
  await using pool = new WorkerPool({ workers: 2 });
  const expected = [...across.values()].map((value, k) => value - [...turned.values()][k]);
  const run = await tiledMap("across - turned", {
    inputs,
    outputs: { last },
    tile: [1, 2],
    pool,
    exact: true,
  });
  assertEquals([...last.values()], expected);
  assertEquals(run.report.memory.copied, 0);
});

Deno.test("memories of every sort in one expression; only what WebAssembly cannot address is copied", async () => {
  const shape = [37, 5], size = 37 * 5;
  const wrap = <D extends DType>(source: SharedArrayBuffer | WebAssembly.Memory, dtype: D) =>
    SharedNdArray.wrap(source, { shape, dtype, byteOffset: 128 });
  const inputs = {
    a: filled(wrap(memory32(1), "float64")),
    b: wrap(memory64(1), "float32").fill(1.5),
    c: filled(wrap(new SharedArrayBuffer(4096), "float64")),
    d: SharedNdArray.arange(5, { dtype: "int16" }),
    e: SharedNdArray.wrap(new SharedArrayBuffer(64), { shape: [37, 1], strides: [0, 0], dtype: "int8" }).fill(
      -3,
    ),
  };
  const outputs = { x: wrap(new SharedArrayBuffer(4096), "float64"), y: SharedNdArray.zeros(shape) };
  const source = "x = a + b * c; y = x - d * e + index(0) * index(1)";
  // c and x are float64; e is one byte for each element that it is broadcast to.
  assertEquals(await assertRuns({ source, inputs, scalars: {}, outputs }), size * (8 + 8 + 1));
});

Deno.test("wrapped arrays of more elements than a block holds, in any layout", async () => {
  const shape = [3, 70, 90], size = 3 * 70 * 90;
  const a = filled(SharedNdArray.wrap(new SharedArrayBuffer(8 * size), { shape: [90, 70, 3] })).transpose();
  const row = SharedNdArray.wrap(new SharedArrayBuffer(8 * 90), { shape: [90] }).fill(0.5);
  const out = SharedNdArray.wrap(new SharedArrayBuffer(8 * size), { shape: [70, 3, 90] }).swapAxes(0, 1);
  const given = {
    source: "a + row * index(2) - index(0)",
    inputs: { a, row },
    scalars: {},
    outputs: { out },
  };
  assertEquals(await assertRuns(given), 3 * 8 * size);
  const expected = a.copy();
  for (const index of indicesOf(shape)) {
    expected.set(...index, a.get(...index) + 0.5 * index[2] - index[0]);
  }
  assert(out.equals(expected));
  // In place, through blocks.
  const run = await tiledMap("a = a + 1", { inputs: { a }, outputs: { a }, tile: [7, 11], workers: 1 });
  assertEquals(run.report.memory.copied, 2 * 8 * size);
  assertEquals(a.get(2, 69, 89), 1 + -7.5 + (89 * 70 + 69) * 3 + 2);
});

Deno.test("several arrays in one memory, one of them read twice and written", async () => {
  const memory = memory32(1), place = (k: number) => ({ shape: [31], byteOffset: 8 * 31 * k });
  const [a, b, c] = [0, 1, 2].map((k) => filled(SharedNdArray.wrap(memory, place(k))));
  await assertRuns({
    source: "x = a + b * a; y = a - b",
    inputs: { a, b },
    scalars: {},
    outputs: { x: a, y: c },
  });
  await assertRuns({ source: "x = b; y = a", inputs: { a, b }, scalars: {}, outputs: { x: a, y: b } });
});

Deno.test("boxes without elements do nothing, and a box of part of an axis counts its indices from there", async () => {
  const out = SharedNdArray.full([4, 6], -1, { dtype: "int32" });
  const given = { source: "int32(index(0) * 10 + index(1))", inputs: {}, scalars: {}, outputs: { out } };
  const { kernel } = await readyCase(given);
  kernel.runBox([1, 2], [0, 3]);
  kernel.runBox([0, 0], [4, 0]);
  assert([...out.values()].every((value) => value === -1));
  kernel.runBox([1, 2], [2, 3]);
  const expected = [[-1, -1, -1], [12, 13, 14], [22, 23, 24], [-1, -1, -1]];
  assertEquals(out.view(null, slice(2, 5)).toNested(), expected);
  assertEquals(out.view(null, slice(0, 2)).values().filter((value) => value !== -1).toArray(), []);
});

Deno.test("an index on every axis, wherever the innermost loop runs", async () => {
  const shape = [3, 4, 5, 2], source = "((index(0) * 10 + index(1)) * 10 + index(2)) * 10 + index(-1)";
  for (const order of [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2], [2, 0, 3, 1]]) {
    const back = shape.map((_, axis) => order.indexOf(axis));
    const array = SharedNdArray.zeros(order.map((axis) => shape[axis]), { dtype: "int64" }).transpose(back);
    const { kernel } = await readyCase({ source, inputs: {}, scalars: {}, outputs: { out: array } });
    for (let k = 0; k < 3; k++) kernel.runBox([k, 0, 0, 0], [1, 4, 5, 2]);
    for (const [a, b, c, d] of indicesOf(shape)) {
      assertEquals(array.get(a, b, c, d), BigInt(((a * 10 + b) * 10 + c) * 10 + d));
    }
  }
});
