/** The option maxMemory: refused before anything is allocated, and only then. */

import { assert, assertEquals, assertInstanceOf, assertMatch, assertRejects } from "@std/assert";
import {
  argmax,
  cumsum,
  evaluate,
  histogram,
  iterate,
  max,
  mean,
  median,
  MemoryBudgetError,
  type OutputSpec,
  PlanError,
  quantile,
  reduce,
  SharedNdArray,
  slice,
  std,
  sum,
  tiledMap,
  tiledReduce,
  WorkerPool,
} from "../../mod.ts";
import { bytesInArrays } from "../../src/array/memory/allocation.ts";
import { type DType, DTYPES } from "../../src/dtype.ts";
import { Seeded } from "../seeded.ts";

const NOTHING = new URL("data:text/javascript,export default () => {}");
const ONE = new URL(
  "data:text/javascript,export default () => 1; export const combine = (a, b) => a + b",
);

/** What a call throws, when nothing may be allocated before. */
async function refusal(call: () => Promise<unknown>): Promise<MemoryBudgetError> {
  const before = bytesInArrays();
  const error = await assertRejects(call, MemoryBudgetError);
  assertEquals(bytesInArrays(), before);
  assertEquals(error.parts.reduce((total, { bytes }) => total + bytes, 0), error.predicted);
  assert(error.predicted > error.limit);
  return error;
}

const limit = { maxMemory: 2e9, workers: 2 };
/** One number seen as so many that an array of as many would have 10^14 bytes. */
const a = SharedNdArray.ones([1, 1]).broadcastTo([1_250_000, 10_000_000]);
/** The same with three elements for each, and with none. */
const thrice = SharedNdArray.ones([1, 1, 1]).broadcastTo([3, 1_250_000, 10_000_000]);
const none = SharedNdArray.zeros([0, 1, 1]).broadcastTo([0, 1_250_000, 10_000_000]);
const CALLS: Readonly<Record<string, () => Promise<unknown>>> = {
  evaluate: () => evaluate("a + 1", { a }, limit),
  "tiledMap of an expression": () => tiledMap("b = a; c = -a", { inputs: { a }, ...limit }),
  "tiledMap of a module": () => tiledMap(NOTHING, { inputs: { a }, outputs: { b: "float64" }, ...limit }),
  "tiledMap with a halo": () =>
    tiledMap(NOTHING, { inputs: { a }, outputs: { b: "int8" }, halo: 1, tile: [4096, 4096], ...limit }),
  "iterate with an expression": () => iterate("a / 2", { a }, { steps: 3, ...limit }),
  "iterate with a module": () => iterate(NOTHING, { a }, { steps: 3, halo: 1, tile: [999, 999], ...limit }),
  "iterate without a step": () => iterate("a / 2", { a }, { steps: 0, ...limit }),
  sum: () => sum(thrice, { axis: 0, ...limit }),
  "the mean without NaN": () => mean(thrice, { axis: 0, skipNaN: true, ...limit }),
  "the greatest of an expression": () => max("2 * a", { a: thrice }, { axis: 0, ...limit }),
  argmax: () => argmax(thrice, { axis: 0, ...limit }),
  std: () => std(thrice, { axis: 0, ...limit }),
  reduce: () => reduce("prod", thrice, { axis: 0, ...limit }),
  "a reduction of nothing": () => sum(none, { axis: 0, ...limit }),
  median: () => median(thrice, { axis: 0, ...limit }),
  quantile: () => quantile(thrice, [0.1, 0.9], { axis: 0, ...limit }),
  histogram: () => histogram(thrice, { axis: 0, bins: 3, range: [0, 1], ...limit }),
  cumsum: () => cumsum(a, { axis: 0, ...limit }),
  "cumsum of bools": () => cumsum("a > 0", { a }, limit),
};

for (const [what, call] of Object.entries(CALLS)) {
  Deno.test(`what would take 10^14 bytes is refused before anything is allocated: ${what}`, async () => {
    const error = await refusal(call);
    assertEquals(error.limit, 2e9);
    assert(error.predicted >= 1.25e13, String(error.predicted));
    assertMatch(error.message, /^The predicted peak of [\d.]+ [TP]B is more than maxMemory 2 GB: /);
    assertMatch(error.message, /, 12 MB for each of 2 workers, 106 MB runtime$/);
  });
}

Deno.test("the message names the arrays, the largest first, and what else is needed", async () => {
  const b = SharedNdArray.zeros([500, 1000]), c = SharedNdArray.zeros([1], { dtype: "int8" });
  const inputs = { c: c.broadcastTo([500, 1000]), b };
  const one = await refusal(() =>
    tiledMap("out = b + c", { inputs, outputs: { out: "float64" }, maxMemory: 3e6, workers: 1 })
  );
  assertEquals(
    one.message,
    "The predicted peak of 126 MB is more than maxMemory 3 MB: " +
      "8.19 MB arrays (b 4.06 MB, out 4.06 MB, c 65.5 kB), 12 MB for 1 worker, 106 MB runtime",
  );
  assertEquals(one.parts.map(({ kind, name }) => `${kind} ${name}`), [
    "array b",
    "array c",
    "array out",
    "other workers",
    "other runtime",
  ]);
  const haloed = await refusal(() =>
    tiledMap(NOTHING, {
      inputs,
      outputs: { out: "float64" },
      halo: 50,
      tile: [100, 100],
      maxMemory: 3e6,
      workers: 2,
    })
  );
  // 200 by 200 cells of 9 bytes for each worker.
  assertMatch(haloed.message, /\), 720 kB copies at edges, 12 MB for each of 2 workers, 106 MB runtime$/);
});

Deno.test("of many arrays a message names some; several over one memory count once", async () => {
  const inputs = Object.fromEntries(
    Array.from({ length: 9 }, (_, k) => [`a${k}`, SharedNdArray.zeros([1000 * (k + 1)])] as const)
      .map(([name, array]) => [name, array.view(slice(0, 1000))]),
  );
  const [first] = Object.values(inputs);
  const error = await refusal(() =>
    tiledMap(NOTHING, { inputs: { ...inputs, same: first }, shared: { first: first.flip() }, maxMemory: 1 })
  );
  assertMatch(
    error.message,
    /: 655 kB arrays \(a8 131 kB, a0 65\.5 kB, a1 65\.5 kB, a2 65\.5 kB, a3 65\.5 kB, a4 65\.5 kB, and 3 more\), /,
  );
  assertEquals(error.parts.length, 9 + 2);
});

Deno.test("where both are shown alike, the numbers of bytes are told", async () => {
  const options = { inputs: { a: SharedNdArray.zeros([8]) }, workers: 1 };
  const { predictedPeak } = (await tiledMap("a + 1", options)).report.memory;
  const error = await refusal(() => tiledMap("a + 1", { ...options, maxMemory: predictedPeak - 1 }));
  assertMatch(
    error.message,
    /^The predicted peak of 118131072 bytes is more than maxMemory 118131071 bytes: 131 kB arrays /,
  );
});

const DTYPE_NAMES = Object.keys(DTYPES) as DType[];

Deno.test("a map is refused exactly when the peak that its report predicts is more", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Seeded(seed);
    const shape = random.ints(random.int(1, 3), 1, 60), dtype = () => random.pick(DTYPE_NAMES);
    const whole = SharedNdArray.zeros(shape, { dtype: dtype() });
    const inputs: Record<string, SharedNdArray> = { whole, again: whole };
    if (random.oneIn(2)) {
      inputs.other = SharedNdArray.zeros([shape[0] * 40], { dtype: dtype() }).view(0)
        .broadcastTo(shape);
    }
    const outputs: Record<string, OutputSpec> = random.oneIn(2)
      ? { given: SharedNdArray.zeros(shape, { dtype: dtype() }), made: dtype() }
      : { made: dtype() };
    const halo = random.oneIn(2) ? random.int(0, 5) : undefined;
    const shared: Record<string, SharedNdArray> = random.oneIn(2)
      ? { table: SharedNdArray.zeros([random.int(1, 99_999)]) }
      : {};
    const options = { inputs, outputs, shared, halo, ...(random.oneIn(2) ? { workers: 1 } : { pool }) };
    const { predictedPeak } = (await tiledMap(NOTHING, options)).report.memory;
    await tiledMap(NOTHING, { ...options, maxMemory: predictedPeak });
    const error = await refusal(() => tiledMap(NOTHING, { ...options, maxMemory: predictedPeak - 1 }));
    assertEquals(error.predicted, predictedPeak, `seed ${seed}`);
  }
});

Deno.test("an expression is refused exactly when the peak that its report predicts is more", async () => {
  for (let seed = 1; seed <= 30; seed++) {
    const random = new Seeded(seed), shape = random.ints(2, 1, 700);
    const inputs = {
      x: SharedNdArray.zeros(shape, { dtype: random.pick(["int8", "float32", "float64"]) }),
      y: SharedNdArray.zeros([shape[1]]),
    };
    const options = { inputs, workers: random.int(1, 2), boundary: "none" } as const;
    const kernel = random.pick(["x + y", "u = x(1, 0) * y; v = x > y", "x(0, 1) - x"]);
    if (shape.some((extent) => extent < 2)) continue;
    const { predictedPeak } = (await tiledMap(kernel, options)).report.memory;
    await tiledMap(kernel, { ...options, maxMemory: predictedPeak });
    await refusal(() => tiledMap(kernel, { ...options, maxMemory: predictedPeak - 1 }));
  }
});

Deno.test("an iteration is refused exactly when the peak that its report predicts is more", async () => {
  const z = SharedNdArray.zeros([300, 200]), c = SharedNdArray.zeros([200]);
  for (const workers of [1, 2]) {
    const options = { steps: 2, workers, exact: true };
    const { report: { memory: { predictedPeak } } } = await iterate("z / 2 + c", { z, c }, options);
    await iterate("z / 2 + c", { z, c }, { ...options, maxMemory: predictedPeak });
    await refusal(() => iterate("z / 2 + c", { z, c }, { ...options, maxMemory: predictedPeak - 1 }));
  }
  // The given arrays, and two buffers for the state.
  const error = await refusal(() => iterate("z / 2 + c", { z, c }, { steps: 2, maxMemory: 1, workers: 1 }));
  assertEquals(error.parts.map(({ name }) => name), [
    "z",
    "c",
    "z buffer 1",
    "z buffer 2",
    "workers",
    "runtime",
  ]);
});

Deno.test("what a reduction is predicted to need is at least what its report predicts, and not much more", async () => {
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Seeded(seed), shape = random.ints(3, 1, 90);
    const array = SharedNdArray.zeros(shape, { dtype: random.pick(DTYPE_NAMES) });
    const axis = random.pick([null, 0, 1, 2, [0, 2]]), skipNaN = random.oneIn(2), workers = random.int(1, 2);
    const name = random.pick(["sum", "mean", "min", "std", "argmin", "any"] as const);
    const options = { axis, skipNaN, workers };
    if (name === "argmin" && skipNaN && array.dtype.startsWith("float")) continue;
    const { report: { memory } } = await reduce(name, array, options);
    const { predicted } = await refusal(() => reduce(name, array, { ...options, maxMemory: 1 }));
    assert(predicted >= memory.predictedPeak, `seed ${seed}: ${predicted} < ${memory.predictedPeak}`);
    assert(predicted < memory.predictedPeak * 1.2 + 4e6, `seed ${seed}: ${predicted}`);
    await reduce(name, array, { ...options, maxMemory: predicted });
    await refusal(() => reduce(name, array, { ...options, maxMemory: predicted - 1 }));
  }
});

Deno.test("calls with room enough give what they give without a limit", async () => {
  const inputs = { x: SharedNdArray.random([50, 60], { seed: 1 }) }, { x } = inputs, maxMemory = 1e9;
  const same = async (call: (options: { maxMemory?: number }) => Promise<SharedNdArray>) =>
    assertEquals((await call({ maxMemory })).toNested(), (await call({})).toNested());
  await same((options) => evaluate("sqrt(x)", inputs, options));
  await same((options) => sum(x, { axis: 0, ...options }));
  await same((options) => std("x * x", inputs, { axis: 1, ...options }));
  await same((options) => median(x, { axis: 0, ...options }));
  await same((options) => cumsum(x, { axis: 0, ...options }));
  await same(async (options) => (await histogram(x, { bins: 4, ...options })).counts);
  await same(async (options) => (await iterate("x / 3", inputs, { steps: 3, ...options })).array);
  assertEquals((await tiledReduce(ONE, { inputs, tile: [5], maxMemory, workers: 1 })).value, 12);
  const refused = await refusal(() => tiledReduce(ONE, { inputs, maxMemory: 1e6, workers: 1 }));
  assertEquals(refused.parts.map(({ name }) => name), ["x", "workers", "runtime"]);
});

Deno.test("a limit that is no number of bytes is refused", async () => {
  const x = SharedNdArray.zeros([3]), inputs = { x };
  for (const maxMemory of [0, -1, 1.5, NaN, Infinity, 2 ** 53, "2GB", null, 10n]) {
    // What a program in JavaScript might pass.
    const options = { maxMemory: maxMemory as unknown as number };
    const calls = [
      () => tiledMap("x + 1", { inputs, ...options }),
      () => tiledMap(NOTHING, { inputs, ...options }),
      () => evaluate("x + 1", inputs, options),
      () => iterate("x + 1", inputs, { steps: 1, ...options }),
      () => sum(x, options),
      () => histogram(x, options),
      () => cumsum(x, options),
      () => quantile(x, 0.5, options),
      () => tiledReduce(ONE, { inputs, ...options }),
    ];
    for (const call of calls) {
      await assertRejects(
        call,
        PlanError,
        "The option maxMemory must be a positive integer, in bytes, but is ",
      );
    }
  }
});

Deno.test("a refusal is a RangeError, like memory that could not be had", async () => {
  assertInstanceOf(await refusal(CALLS.evaluate), RangeError);
});
