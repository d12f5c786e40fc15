import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type DType, SharedNdArray, slice, tiledMap, WorkerPool } from "../../mod.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";
import { planTiles, tileAt } from "../../src/plan/tile_plan.ts";
import { mapInTime } from "../deadline.ts";
import { inlineKernel } from "../kernels/inline.ts";
import { forEachSeed } from "../seeded.ts";

Deno.test.sanitizer({ ops: true, resources: true });

const add = new URL("../kernels/add.ts", import.meta.url);
const addElementwise = new URL("../kernels/add_elementwise.ts", import.meta.url);
const addLater = new URL("../kernels/add_later.ts", import.meta.url);
const tellTile = new URL("../kernels/tell_tile.ts", import.meta.url);

/** Two inputs of a shape, and what a kernel that adds them has to write, in C order. */
function sumCase(shape: readonly number[]) {
  const a = SharedNdArray.random(shape, { seed: 1 }), b = SharedNdArray.random(shape, { seed: 2 });
  return { inputs: { a, b }, expected: [...a.data.map((value, i) => value + b.data[i])] };
}

Deno.test("1, 2, 3 and 10 workers write the same sum, whatever the shape and the tile", async () => {
  const cases: [shape: number[], tile: number[] | undefined][] = [
    [[7, 5, 9], [3, 4]],
    [[7, 5, 9], [2, 2, 2]],
    [[31], [4]],
    [[13, 17], [1]],
    [[13, 17], undefined],
    [[3, 1, 5], [1, 1, 1]],
    [[], undefined],
  ];
  for (const workers of [1, 2, 3, 10]) {
    await using pool = new WorkerPool({ workers });
    for (const [shape, tile] of cases) {
      const { inputs, expected } = sumCase(shape);
      for (const kernel of [add, addElementwise]) {
        const options = { inputs, outputs: { sum: "float64" }, tile, pool, exact: true } as const;
        const { outputs } = await mapInTime(kernel, options);
        assertEquals([...outputs.sum.data], expected, `shape [${shape}] tile [${tile}] workers ${workers}`);
      }
    }
  }
});

Deno.test("workers are opened for a single call, too", async () => {
  const { inputs, expected } = sumCase([20, 30]);
  for (const workers of [1, 3]) {
    const { outputs, report } = await mapInTime(add, {
      inputs,
      outputs: { sum: "float64" },
      tile: [5, 5],
      workers,
      exact: true,
    });
    assertEquals([...outputs.sum.data], expected);
    assertEquals([report.workersAsked, report.workersUsed], [workers, workers]);
  }
});

Deno.test("random views, tiles and grains: each element of the sum is written, and no other", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const runs: Promise<void>[] = [];
  forEachSeed(60, (random) => {
    const shape = random.ints(random.int(1, 3), 1, 7);
    const view = (make: (shape: number[]) => SharedNdArray<"float64">) => {
      const order = random.shuffled(shape.keys().toArray());
      const steps = shape.map(() => random.pick([1, 2, -1, -2]));
      const whole = make(order.map((axis) => shape[axis] * Math.abs(steps[axis])));
      const back = shape.map((_, axis) => order.indexOf(axis));
      return whole.transpose(back).view(...steps.map((step) => slice(null, null, step)));
    };
    const a = view((shape) => SharedNdArray.random(shape, { seed: 3 }));
    const b = view((shape) => SharedNdArray.random(shape, { seed: 4 }));
    const sum = view((shape) => SharedNdArray.full(shape, -1));
    const tile = shape.map(() => random.int(1, 4)).slice(random.int(0, shape.length - 1));
    const kernel = random.pick([add, addElementwise]);
    const grain = random.oneIn(2) ? random.int(1, 5) : undefined;
    runs.push(
      mapInTime(kernel, { inputs: { a, b }, outputs: { sum }, tile, grain, pool }).then(() => {
        const left = [...a.values()], right = [...b.values()];
        assertEquals([...sum.values()], left.map((value, i) => value + right[i]), `seed ${random.seed}`);
        assertEquals(sum.data.filter((value) => value === -1).length, sum.data.length - sum.size);
      }),
    );
  });
  await Promise.all(runs);
});

Deno.test("each kernel call gets its tile, with views of the tile's shape, and values come in tile order", async () => {
  const shape = [5, 7, 6], tile = [3, 4];
  const marks = SharedNdArray.zeros(shape, { dtype: "int32" });
  const { values, report } = await mapInTime(tellTile, { outputs: { marks }, tile, workers: 3, grain: 1 });
  const plan = planTiles(shape, { tile, workers: 3, itemBytes: 4, grain: 1 });
  const tiles = Array.from({ length: plan.tiles }, (_, index) => tileAt(plan, index));
  // Which worker ran which tile is up to chance.
  const told = values as { readonly worker: number }[];
  assert(told.every(({ worker }) => worker >= 0 && worker < 3));
  const expected = tiles.map((tile, k) => ({ ...tile, viewShape: tile.shape, worker: told[k].worker }));
  assertEquals<unknown>(values, expected);
  for (const { index, origin, shape } of tiles) {
    assert(marks.box(origin, shape).values().every((mark) => mark === index + 1), `tile ${index}`);
  }
  assertEquals([report.tiles, report.grid, report.tile], [6, [1, 3, 2], [5, 3, 4]]);
});

Deno.test("an async kernel is awaited tile by tile", async () => {
  const { inputs, expected } = sumCase([9, 4]);
  const { outputs, values } = await mapInTime(addLater, {
    inputs,
    outputs: { sum: "float64" },
    tile: [1, 4],
    workers: 2,
  });
  assertEquals([...outputs.sum.data], expected);
  assertEquals(values, [0, 1, 2, 3, 4, 5, 6, 7, 8]);
});

Deno.test("tiles whose kernel returns nothing have undefined as their value", async () => {
  const kernel = inlineKernel("export default (_, { index }) => index % 2 ? index : undefined");
  const a = SharedNdArray.zeros([5]);
  const { values } = await mapInTime(kernel, { inputs: { a }, tile: [1], workers: 2 });
  assertEquals(values, [undefined, 1, undefined, 3, undefined]);
});

Deno.test("values of every clonable kind come back as they are", async () => {
  const kernel = inlineKernel(`export default (_, { index }) =>
    [null, 7n, "text", [1, { a: 2 }], new Map([[1, 2]]), new Float32Array([1.5]), false, 0][index]`);
  const a = SharedNdArray.zeros([8]);
  const { values } = await mapInTime(kernel, { inputs: { a }, tile: [1], workers: 2 });
  assertEquals(values, [
    null,
    7n,
    "text",
    [1, { a: 2 }],
    new Map([[1, 2]]),
    new Float32Array([1.5]),
    false,
    0,
  ]);
});

Deno.test("an output given by a dtype is made, whichever it is", async () => {
  const kernel = inlineKernel(
    "export default ({ made }) => { made.data.fill(made.data[0] === 0n ? 1n : 1) }",
  );
  const a = SharedNdArray.zeros([2, 3]);
  await using pool = new WorkerPool({ workers: 1 });
  for (const dtype of DTYPE_NAMES) {
    const { outputs } = await mapInTime(kernel, {
      inputs: { a },
      outputs: { made: dtype },
      tile: [2, 3],
      pool,
    });
    assertEquals([outputs.made.dtype, outputs.made.shape], [dtype, [2, 3]]);
    assertEquals([...outputs.made.values()], [...SharedNdArray.ones<DType>([2, 3], { dtype }).values()]);
  }
});

Deno.test("an output that is given is written and handed back itself", async () => {
  const sum = SharedNdArray.zeros([6]);
  const { inputs, expected } = sumCase([6]);
  const { outputs } = await mapInTime(add, { inputs, outputs: { sum }, workers: 1 });
  assertStrictEquals(outputs.sum, sum);
  assertEquals([...sum.values()], expected);
});

Deno.test("a map in place may name its array once or twice", async () => {
  const double = inlineKernel(
    "export default ({ a }) => { a.data.forEach((_, i) => a.set(i, 2 * a.get(i))) }",
  );
  const a = SharedNdArray.arange(6);
  await mapInTime(double, { inputs: { a }, outputs: { a }, tile: [6], workers: 1 });
  assertEquals([...a.values()], [0, 2, 4, 6, 8, 10]);
  const b = SharedNdArray.ones([6]);
  await mapInTime(add, { inputs: { a, b }, outputs: { sum: a }, tile: [2], workers: 2 });
  assertEquals([...a.values()], [1, 3, 5, 7, 9, 11]);
  await mapInTime(add, { inputs: { a: a.view(), b }, outputs: { sum: a.view(null) }, tile: [2], workers: 2 });
  assertEquals([...a.values()], [2, 4, 6, 8, 10, 12]);
});

Deno.test("arrays over a SharedArrayBuffer of the user's are read and written there", async () => {
  const buffer = new SharedArrayBuffer(8 * 13);
  new Float64Array(buffer).set(Array.from({ length: 13 }, (_, i) => i));
  const a = SharedNdArray.wrap(buffer, { shape: [2, 2], byteOffset: 8 });
  const b = SharedNdArray.wrap(buffer, { shape: [2, 2], byteOffset: 40, strides: [-2, 1] });
  const sum = SharedNdArray.wrap(buffer, { shape: [2, 2], byteOffset: 72 });
  await mapInTime(add, { inputs: { a, b }, outputs: { sum }, tile: [1, 1], workers: 2 });
  assertEquals([...new Float64Array(buffer)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 1 + 7, 2 + 8, 3 + 5, 4 + 6]);
});

Deno.test("interleaved views of one large array are two outputs, not an overlap", async () => {
  const image = SharedNdArray.zeros([400, 500, 2]);
  const outputs = { real: image.view(null, null, 0), imag: image.view(null, null, 1) };
  const kernel = inlineKernel("export default ({ real, imag }) => { real.fill(1); imag.fill(2) }");
  await mapInTime(kernel, { outputs, tile: [50, 500], workers: 2 });
  assertEquals(image.data.every((value, i) => value === 1 + i % 2), true);
});

Deno.test("arrays without elements make a run without tiles", async () => {
  for (const tile of [undefined, [2], [1, 1]]) {
    const a = SharedNdArray.zeros([3, 0]), b = SharedNdArray.zeros([3, 0]);
    for (const kernel of [add, addElementwise]) {
      const run = await mapInTime(kernel, {
        inputs: { a, b },
        outputs: { sum: "float64" },
        tile,
        workers: 2,
      });
      assertEquals([run.values, run.outputs.sum.shape, run.report.tiles], [[], [3, 0], 0]);
    }
  }
});

Deno.test("an array without axes is one tile", async () => {
  const a = SharedNdArray.full([], 1), b = SharedNdArray.full([], 2);
  const { outputs, report } = await mapInTime(add, {
    inputs: { a, b },
    outputs: { sum: "float64" },
    workers: 2,
  });
  assertEquals([outputs.sum.get(), report.tiles], [3, 1]);
});

Deno.test("workers reach the far end of an array of more than 4 GiB", async () => {
  const a = SharedNdArray.zeros([4 * 2 ** 30 + 10], { dtype: "uint8" });
  const kernel = inlineKernel("export default ({ a }, { index }) => { a.set(-1, index + 1) }");
  await mapInTime(kernel, { outputs: { a }, tile: [2 ** 30], workers: 2 });
  assertEquals([a.get(2 ** 30 - 1), a.get(2 ** 32 - 1), a.get(-1), a.get(-2)], [1, 4, 5, 0]);
});

Deno.test("a grain as long as can be is a run like any other", async () => {
  const marks = SharedNdArray.zeros([9], { dtype: "int32" });
  await mapInTime(tellTile, { outputs: { marks }, tile: [1], workers: 4, exact: true, grain: 2 ** 30 });
  assertEquals([...marks.values()], [1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

Deno.test("the report adds up", async () => {
  const { inputs } = sumCase([40, 50]);
  const began = performance.now();
  const { outputs, report } = await mapInTime(add, {
    inputs: { ...inputs, c: inputs.a.view() },
    outputs: { sum: "float64" },
    tile: [7, 7],
    workers: 3,
    exact: true,
  });
  const elapsed = performance.now() - began;
  assertEquals([report.shape, report.tile, report.grid, report.tiles], [[40, 50], [7, 7], [6, 8], 48]);
  assert(report.elapsedMs > 0 && report.elapsedMs <= elapsed, `${report.elapsedMs} of ${elapsed} ms`);
  assertEquals(report.tilesPerSecond, 48 / (report.elapsedMs / 1000));

  assertEquals(report.workers.map(({ worker }) => worker), [0, 1, 2]);
  assertEquals(report.workers.reduce((sum, { tiles }) => sum + tiles, 0), 48);
  for (const { tiles, busyMs, idleMs, heapPeak } of report.workers) {
    assert((busyMs > 0 || tiles === 0) && idleMs >= 0 && heapPeak > 0);
    assert(busyMs + idleMs >= report.elapsedMs * 0.999, `${busyMs} + ${idleMs} of ${report.elapsedMs} ms`);
  }

  const { memory } = report;
  assertEquals(memory.copied, 0);
  const buffers = [inputs.a, inputs.b, outputs.sum].map(({ data }) => data.buffer.byteLength);
  assertEquals(memory.shared, buffers.reduce((sum, bytes) => sum + bytes));
  assert(memory.current > 0 && memory.peak >= memory.current);
  assertEquals([memory.current, memory.peak], [memory.usage.rss.current, memory.usage.rss.peak]);
  for (const { current, peak } of Object.values(memory.usage)) assert(peak >= current);
  assert(memory.highWater > 0 && memory.predictedPeak > memory.shared);
  assertEquals(JSON.parse(JSON.stringify(report)), report);
});

Deno.test("a small run may be over before all workers are open; exact opens them all", async () => {
  const marks = SharedNdArray.zeros([64], { dtype: "int32" });
  const quick = await mapInTime(tellTile, { outputs: { marks }, tile: [1], workers: 8 });
  assertEquals(quick.report.workersAsked, 8);
  assertEquals(quick.report.workersUsed, quick.report.workers.length);
  assert(quick.report.workersUsed >= 1 && quick.report.workersUsed <= 8);
  const exact = await mapInTime(tellTile, { outputs: { marks }, tile: [1], workers: 8, exact: true });
  assertEquals(exact.report.workersUsed, 8);
  assertEquals(exact.report.workers.reduce((sum, { tiles }) => sum + tiles, 0), 64);
});

Deno.test("progress goes up to the last tile, and is told at the end", async () => {
  const told: number[] = [];
  const kernel = inlineKernel("export default () => new Promise((resolve) => setTimeout(resolve, 30))");
  await mapInTime(kernel, {
    inputs: { a: SharedNdArray.zeros([12]) },
    tile: [1],
    workers: 2,
    onProgress({ done, total, elapsedMs }) {
      assertEquals(total, 12);
      assert(elapsedMs > 0);
      told.push(done);
    },
  });
  assert(told.length >= 2, `told ${told.length} times`);
  assertEquals(told, told.toSorted((a, b) => a - b));
  assertEquals(told.at(-1), 12);
});

Deno.test("a kernel may be a data: URL or a blob: URL", async () => {
  const a = SharedNdArray.zeros([2]);
  const source = "export default ({ a }) => { a.fill(a.get(0) + 1) }";
  const blob = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  try {
    for (const kernel of [inlineKernel(source), new URL(blob)]) {
      await mapInTime(kernel, { outputs: { a }, workers: 1 });
    }
  } finally {
    URL.revokeObjectURL(blob);
  }
  assertEquals([...a.values()], [2, 2]);
});

Deno.test("without workers, tile or pool the machine's cores do the work", async () => {
  const { inputs, expected } = sumCase([50, 60]);
  const { outputs, report } = await tiledMap(add, {
    inputs,
    outputs: { sum: "float64" },
    signal: AbortSignal.timeout(60_000),
  });
  assertEquals([...outputs.sum.data], expected);
  assertEquals(report.workersAsked, navigator.hardwareConcurrency);
});
