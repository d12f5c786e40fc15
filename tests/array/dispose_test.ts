import {
  assert,
  assertEquals,
  assertLess,
  assertRejects,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { DisposedError, forEachRow, mayShareMemory, SharedNdArray, tiledMap, WorkerPool } from "../../mod.ts";

async function printedNumbers(script: string): Promise<number[]> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-lock",
      "--no-check",
      "--allow-read",
      new URL(`./scripts/${script}`, import.meta.url).href,
    ],
    signal: AbortSignal.timeout(90_000),
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout).trim().split(" ").map(Number);
}

Deno.test("3,000 arrays of 8 MB, made and dropped in a plain loop, stay under 1 GB", async () => {
  const [peak] = await printedNumbers("drop_arrays.ts");
  assert(peak > 8e6);
  assertLess(peak, 1e9);
});

Deno.test("disposed arrays that are too large to keep are freed at once", async () => {
  const [peak, after] = await printedNumbers("dispose_arrays.ts");
  assertLess(peak, 1.5e9);
  assertLess(after, 0.5e9);
});

Deno.test("arrays that six workers make and drop are collected", async () => {
  const [peak] = await printedNumbers("drop_in_workers.ts");
  assertLess(peak, 1.6e9);
});

Deno.test("a large array is freed when it is disposed, even when idle workers have seen it", async () => {
  const [full, after] = await printedNumbers("dispose_after_run.ts");
  assertLess(1.2e9, full);
  assertLess(after, 0.5e9);
});

const uses: Record<string, (array: SharedNdArray<"float64">) => unknown> = {
  data: (array) => array.data,
  get: (array) => array.get(0, 0),
  set: (array) => array.set(0, 0, 1),
  item: (array) => array.item(0),
  fill: (array) => array.fill(1),
  values: (array) => [...array.values()],
  handle: (array) => array.handle(),
  copy: (array) => array.copy(),
  copyFrom: (array) => array.copyFrom(SharedNdArray.zeros([2, 3])),
  "copyFrom it": (array) => SharedNdArray.zeros([2, 3]).copyFrom(array),
  astype: (array) => array.astype("int8"),
  toNested: (array) => array.toNested(),
  toTyped: (array) => array.toTyped(),
  strided: (array) => array.strided(),
  equals: (array) => array.equals(SharedNdArray.zeros([2, 3])),
  allClose: (array) => array.allClose(SharedNdArray.zeros([2, 3])),
  "get of a view": (array) => array.view(1).get(0),
  forEachRow: (array) => forEachRow([array], () => {}),
  mayShareMemory: (array) => mayShareMemory(array, array),
};

for (const [name, use] of Object.entries(uses)) {
  Deno.test(`a disposed array refuses ${name}`, () => {
    const array = SharedNdArray.ones([2, 3]);
    use(array);
    array.dispose();
    assertThrows(() => use(array), DisposedError, "The array was used after it was disposed");
  });
}

Deno.test("a disposed array still tells its dtype and shape, and can be disposed again", () => {
  const array = SharedNdArray.zeros([2, 3]);
  array.dispose();
  array.dispose();
  assert(array.isDisposed);
  assertEquals([array.dtype, array.shape, array.size], ["float64", [2, 3], 6]);
  assertEquals(Deno.inspect(array), "SharedNdArray float64 [2, 3] (disposed)");
});

Deno.test("views end with their array, but not the array with a view", () => {
  const array = SharedNdArray.ones([2, 3]), row = array.view(0), column = array.view(null, 1);
  {
    using scratch = column;
    scratch.fill(2);
  }
  assert(column.isDisposed && !array.isDisposed && !row.isDisposed);
  column.dispose();
  assertThrows(() => column.get(0), DisposedError);
  assertEquals(array.toNested(), [[1, 2, 1], [1, 2, 1]]);
  array.dispose();
  assertThrows(() => row.get(0), DisposedError);
});

Deno.test("disposed memory is used again, with zeros where zeros were asked for", () => {
  const shape = [123, 457];
  const first = SharedNdArray.ones(shape), { buffer } = first.data;
  first.dispose();
  const second = SharedNdArray.zeros(shape);
  assertStrictEquals(second.data.buffer, buffer);
  assert(second.values().every((value) => value === 0));
  second.fill(3);
  second.dispose();
  const third = SharedNdArray.empty(shape);
  assertStrictEquals(third.data.buffer, buffer);
  third.dispose();
  const fourth = SharedNdArray.full(shape, 5);
  assertStrictEquals(fourth.data.buffer, buffer);
  assert(fourth.values().every((value) => value === 5));
});

Deno.test("large arrays are zeroed wherever they begin in memory that is used again", () => {
  for (let k = 0; k < 70; k++) {
    using array = SharedNdArray.zeros([1_500_000], { dtype: "uint8" });
    assert(array.data.every((byte) => byte === 0), `array ${k}`);
    array.fill(255);
  }
});

Deno.test("memory that others know is not used again", () => {
  const shape = [321, 457];
  const array = SharedNdArray.ones(shape), clone = SharedNdArray.attach(structuredClone(array.handle()));
  const { buffer } = array.data;
  array.dispose();
  assertEquals(clone.get(0, 0), 1);
  const next = SharedNdArray.full(shape, 7);
  assert(next.data.buffer !== buffer);
  assert(clone.values().every((value) => value === 1));
  // An attached array does not own its memory.
  clone.dispose();
  assertThrows(() => clone.get(0, 0), DisposedError);
});

Deno.test("disposing an array over a user's buffer leaves the buffer", () => {
  const buffer = new SharedArrayBuffer(80);
  const array = SharedNdArray.wrap(buffer, { shape: [10] }).fill(2);
  array.dispose();
  assertThrows(() => array.get(0), DisposedError);
  assertEquals(SharedNdArray.wrap(buffer, { shape: [10] }).get(9), 2);
});

Deno.test("an array that is disposed during a run keeps its memory until the run has ended", async () => {
  await using pool = new WorkerPool({ workers: 1 });
  const shape = [64, 257];
  const kernel = new URL(
    "data:text/javascript,export default async ({ a }) => { await new Promise((r) => setTimeout(r, 50)); a.fill(9) }",
  );
  const array = SharedNdArray.ones(shape), { buffer } = array.data;
  const running = tiledMap(kernel, { outputs: { a: array }, tile: shape, pool });
  array.dispose();
  const other = SharedNdArray.zeros(shape);
  assert(other.data.buffer !== buffer);
  await running;
  assert(other.values().every((value) => value === 0));
  assertStrictEquals(SharedNdArray.zeros(shape).data.buffer, buffer);
});

Deno.test("memory of a run that failed is not used again: a worker may still write to it", async () => {
  const shape = [64, 259];
  const kernel = new URL("data:text/javascript,export default () => { throw new Error('no') }");
  const array = SharedNdArray.ones(shape), { buffer } = array.data;
  await tiledMap(kernel, { outputs: { a: array } }).catch(() => {});
  array.dispose();
  assert(SharedNdArray.zeros(shape).data.buffer !== buffer);
});

Deno.test("memory of a run that failed is not used again after a run that did not", async () => {
  const shape = [64, 261];
  const fails = new URL("data:text/javascript,export default () => { throw new Error('no') }");
  const works = new URL("data:text/javascript,export default () => {}");
  const array = SharedNdArray.ones(shape), { buffer } = array.data;
  await tiledMap(fails, { outputs: { a: array } }).catch(() => {});
  await tiledMap(works, { outputs: { a: array } });
  array.dispose();
  assert(SharedNdArray.zeros(shape).data.buffer !== buffer);
});

Deno.test("a run refuses an array that was disposed", async () => {
  const array = SharedNdArray.zeros([4]);
  array.dispose();
  const kernel = new URL("data:text/javascript,export default () => {}");
  await assertRejects(
    () => tiledMap(kernel, { inputs: { a: array }, outputs: { b: "int8" } }),
    DisposedError,
  );
  await assertRejects(() => tiledMap(kernel, { outputs: { a: array } }), DisposedError);
  await assertRejects(
    () => tiledMap(kernel, { outputs: { b: SharedNdArray.zeros([4]) }, shared: { a: array } }),
    DisposedError,
  );
});
