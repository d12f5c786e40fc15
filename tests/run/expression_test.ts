import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  DisposedError,
  type DType,
  DTypeError,
  ExpressionError,
  OverlapError,
  PlanError,
  type ScalarValue,
  ShapeError,
  SharedNdArray,
  slice,
  tiledMap,
  ValueError,
} from "../../mod.ts";
import {
  compileExpression,
  type ExpressionJob,
  placeOf,
  prepareExpression,
} from "../../src/run/expression.ts";

/** An array of `arange(6)`. */
function six<D extends DType = "float64">(dtype?: D): SharedNdArray<D> {
  return SharedNdArray.arange(6, { dtype });
}

/** What an expression compiles to for some arrays. */
async function compiled(source: string, job: Partial<ExpressionJob>, strict: boolean = false) {
  const prepared = await prepareExpression(source, { inputs: {}, scalars: {}, outputs: undefined, ...job });
  const made = Object.entries(prepared.outputs).map(([name, spec]) =>
    [name, typeof spec === "string" ? SharedNdArray.zeros(prepared.shape, { dtype: spec }) : spec] as const
  );
  const arrays = { ...prepared.inputs, ...Object.fromEntries(made) };
  const places = Object.entries(arrays).map(([name, array]) => [name, placeOf(array)] as const);
  return { ...compileExpression(prepared, Object.fromEntries(places), strict), prepared };
}

Deno.test("scalars change without compiling again; their kind, layouts and strictness compile again", async () => {
  const source = "exp(a) * k + s",
    job = (k: ScalarValue, s: ScalarValue, a = six()) => ({ inputs: { a }, scalars: { k, s } });
  const first = await compiled(source, job(1, 2));
  for (const scalars of [[1, 2], [-0.5, NaN], [Infinity, 1e300]] as const) {
    const again = await compiled(source, job(scalars[0], scalars[1]));
    assertStrictEquals(again.module, first.module);
    assertEquals(again.kernel.key, first.kernel.key);
    assertEquals(again.prepared.scalars, [...scalars]);
  }
  // Other arrays of the same layout, other shapes, other names of outputs.
  assertStrictEquals((await compiled(source, job(1, 2, SharedNdArray.ones([9])))).module, first.module);
  const others = [
    await compiled(source, job(1n, 2)),
    await compiled(source, job(true, 2)),
    await compiled(source, job(1, 2, six().flip())),
    await compiled(source, job(1, 2), true),
    await compiled(`${source} `, job(1, 2)),
    await compiled(
      source,
      job(1, 2, SharedNdArray.wrap(new SharedArrayBuffer(48), { shape: [6], strides: [-1] })),
    ),
  ];
  for (const { module } of others.slice(0, 5)) assert(module !== first.module);
  // What goes through blocks lies side by side there, whatever its own layout is.
  assertStrictEquals(others[5].module, first.module);
});

Deno.test("the runs of a loop over a scalar get the same module, through tiledMap", async () => {
  const original = WebAssembly.Module;
  let made = 0;
  const Counting = class extends original {
    constructor(bytes: BufferSource) {
      super(bytes);
      made++;
    }
  };
  WebAssembly.Module = Counting;
  try {
    for (let k = 0; k < 20; k++) {
      const { outputs } = await tiledMap("only_here = a * k + 77", {
        inputs: { a: six() },
        scalars: { k },
        outputs: { only_here: "float64" },
        workers: 1,
      });
      assertEquals(outputs.only_here.get(2), 2 * k + 77);
    }
  } finally {
    WebAssembly.Module = original;
  }
  // One for the expression, and perhaps one that finds out what memories are.
  assert(made >= 1 && made <= 2, `${made} modules`);
});

Deno.test("scalars are numbers, bigints that fit, or booleans", async () => {
  const b = six("int16");
  const run = (source: string, k: unknown) =>
    // What is no scalar is to be refused.
    tiledMap(source, { inputs: { b }, scalars: { k: k as ScalarValue }, workers: 1 });
  const refused: [string, unknown, string][] = [
    ["b + k", 40_000n, "Scalar k is 40000, but the expression uses it as int16, which holds -32768 to 32767"],
    ["uint8(b) + k", -1n, "uses it as uint8, which holds 0 to 255"],
    ["uint64(b) + k", 2n ** 64n, "which holds 0 to 18446744073709551615"],
    ["float32(b) / k", 2n ** 63n, "as a bigint that becomes float32 it can be -9223372036854775808 to"],
    ["b + k", "3", 'Scalar k must be a number, a bigint or a boolean, but is "3"'],
    ["b + k", undefined, "but is undefined"],
  ];
  for (const [source, k, message] of refused) await assertRejects(() => run(source, k), ValueError, message);
  assertEquals((await run("b + k", 32_767n)).outputs.out.dtype, "int16");
  assertEquals((await run("k / (b + 1)", 2n ** 99n)).outputs.out.get(0), 2 ** 99);
  assertEquals((await run("uint64(b) + k", 2n ** 64n - 1n)).outputs.out.get(3), 2n);
  // What the expression does not read may be anything.
  assertEquals((await run("b", 2n ** 99n)).outputs.out.get(5), 5);
});

Deno.test("outputs are named by the expression, by the caller, or called out", async () => {
  const a = six(), b = six("int16"), inputs = { a, b };
  const names = async (source: string, outputs?: Record<string, DType | SharedNdArray>) =>
    Object.entries((await tiledMap(source, { inputs, outputs, workers: 1 })).outputs)
      .map(([name, { dtype }]) => `${name} ${dtype}`);
  assertEquals(await names("a + b"), ["out float64"]);
  assertEquals(await names("a + b", { sum: "float64" }), ["sum float64"]);
  assertEquals(await names("b", { wide: "int32" }), ["wide int32"]);
  assertEquals(await names("x = a; y = b < 3"), ["x float64", "y bool"]);
  assertEquals(await names("x = a; y = b", { y: "int64", x: "float64" }), ["y int64", "x float64"]);
  assertEquals(await names("({ a, b }) => ({ high: a, low: -b })"), ["high float64", "low int16"]);
});

Deno.test("outputs that do not fit the expression are refused, each with its reason", async () => {
  const a = six(), inputs = { a, b: six("int16") }, x = SharedNdArray.zeros([6]);
  const run = (source: string, outputs: unknown) =>
    // What is no output is to be refused.
    tiledMap(source, { inputs, outputs: outputs as Record<string, DType>, workers: 1 });
  const refused: [string, unknown, new (...args: never[]) => Error, string][] = [
    ["x = a; y = a", { x }, ExpressionError, "The expression makes x, y, but the outputs are x"],
    ["x = a", { x, y: x }, ExpressionError, "The expression makes x, but the outputs are x, y"],
    ["x = a", { z: x }, ExpressionError, "The expression makes x, but the outputs are z"],
    ["a", { x, z: "bool" }, ExpressionError, "The expression makes one output, but the outputs are x, z"],
    ["x = a", {}, ExpressionError, "The expression makes x, but the outputs are none"],
    ["a", { x: "float32" }, ExpressionError, 'the output "x" of float32 cannot hold without loss'],
    ["a + b", { x: "int16" }, ExpressionError, "cannot hold without loss: write int16("],
    ["b * 2", { x: "uint16" }, ExpressionError, "cannot hold without loss"],
    ["a", { x: SharedNdArray.zeros([5]) }, ShapeError, "Output x has [5], but the inputs broadcast to [6]"],
    ["a", { x: SharedNdArray.zeros([2, 6]) }, ShapeError, "Output x has [2, 6]"],
    ["a", { x: "float128" }, DTypeError, 'Unknown dtype "float128"'],
    ["a", { x: null }, PlanError, "Output x must be a SharedNdArray or the name of a dtype, but is null"],
    ["a", { x: { dtype: "float64", shape: [6] } }, PlanError, "Output x must be a SharedNdArray or the name"],
    ["a = a + 1", { a: "float64" }, PlanError, "a is an input, so it cannot be the name of a new output"],
    ["a = a + 1", { a: x }, PlanError, "a is an input and an output, but not the same array"],
    [
      "a",
      { x: SharedNdArray.zeros([1]).broadcastTo([6]) },
      OverlapError,
      "has several indices for one element",
    ],
    ["a", { x: a.flip() }, OverlapError, "Output x overlaps input a but is not the same view"],
    ["y = a; z = a", { y: x, z: x.view() }, OverlapError, "Outputs y and z share memory"],
  ];
  for (const [source, outputs, error, message] of refused) {
    await assertRejects(() => run(source, outputs), error, message);
  }
});

Deno.test("an output that nobody asked for takes the place of no input", async () => {
  const a = six(), out = six("int32");
  await assertRejects(
    () => tiledMap("a = a + 1", { inputs: { a } }),
    PlanError,
    "a is an input, so it cannot be the name of a new output: pass the array to write in place",
  );
  const { outputs } = await tiledMap("a + out", { inputs: { a, out }, workers: 1 });
  assertEquals(Object.entries(outputs).map(([name, array]) => [name, array.toNested()]), [
    ["out_", [0, 2, 4, 6, 8, 10]],
  ]);
  assertEquals([a.get(3), out.get(3)], [3, 3]);
  const named = await tiledMap("a - out", { inputs: { a, out }, outputs: { zero: "float64" }, workers: 1 });
  assertEquals(named.outputs.zero.get(5), 0);
});

Deno.test("in place: by its name, by another, two that exchange, a view of a part", async () => {
  const a = six(), b = SharedNdArray.full([6], 10);
  await tiledMap("a = a + 1", { inputs: { a }, outputs: { a }, workers: 1 });
  assertEquals(a.toNested(), [1, 2, 3, 4, 5, 6]);
  await tiledMap("a * 2", { inputs: { a }, outputs: { twice: a }, workers: 1, tile: [1] });
  assertEquals(a.toNested(), [2, 4, 6, 8, 10, 12]);
  // A function's outputs are computed of the inputs as they were; statements follow each other.
  await tiledMap("(a, b) => ({ a: b, b: a })", { inputs: { a, b }, outputs: { a, b }, workers: 1 });
  assertEquals([a.toNested(), b.toNested()], [[10, 10, 10, 10, 10, 10], [2, 4, 6, 8, 10, 12]]);
  await tiledMap("a = a + 1; b = a - b", { inputs: { a, b }, outputs: { a, b }, workers: 1 });
  assertEquals([a.get(0), b.toNested()], [11, [9, 7, 5, 3, 1, -1]]);
  const odd = b.view(slice(1, null, 2));
  await tiledMap("odd = -odd", { inputs: { odd }, outputs: { odd }, workers: 1 });
  assertEquals(b.toNested(), [9, -7, 5, -3, 1, 1]);
});

Deno.test("inputs broadcast to the shape of all of them, those that are not read too", async () => {
  const rows = SharedNdArray.from([[1], [2]]), columns = SharedNdArray.from([10, 20, 30]);
  const sum = async (source: string, inputs: Record<string, SharedNdArray>) =>
    (await tiledMap(source, { inputs, workers: 1 })).outputs.out.toNested();
  assertEquals(await sum("rows + columns", { rows, columns }), [[11, 21, 31], [12, 22, 32]]);
  assertEquals(await sum("columns", { rows, columns }), [[10, 20, 30], [10, 20, 30]]);
  const scalar = SharedNdArray.from([7]).view(0);
  assertEquals(await sum("rows * scalar", { rows, scalar }), [[7], [14]]);
  assertEquals(await sum("scalar * scalar", { scalar }), 49);
  assertEquals(await sum("1.5", { rows }), [[1.5], [1.5]]);
  await assertRejects(
    () => sum("rows + other", { rows, other: SharedNdArray.zeros([3, 3]) }),
    ShapeError,
    "Shapes [2, 1] and [3, 3] do not broadcast",
  );
});

Deno.test("arrays without elements, and without axes", async () => {
  for (const shape of [[0], [3, 0], [0, 3, 2]]) {
    const a = SharedNdArray.zeros(shape),
      b = SharedNdArray.ones(shape.map((extent) => extent === 0 ? 1 : extent));
    const { outputs, report } = await tiledMap("x = a + b; y = index(0)", { inputs: { a, b }, workers: 1 });
    assertEquals([...Object.values(outputs)].map((output) => output.shape), [shape, shape]);
    assertEquals([report.tiles, report.memory.copied], [0, 0]);
  }
  const out = SharedNdArray.zeros([]);
  await tiledMap("a * a - 2", { inputs: { a: SharedNdArray.full([], 3) }, outputs: { out }, workers: 1 });
  assertEquals(out.item(), 7);
});

Deno.test("what is no array, is disposed, or has two meanings is refused", async () => {
  const a = six(), gone = six();
  gone.dispose();
  const run = (source: unknown, options: unknown) =>
    // What is neither kernel nor options is to be refused.
    tiledMap(source as string, options as { inputs: Record<string, SharedNdArray> });
  await assertRejects(() => run("a + gone", { inputs: { a, gone } }), DisposedError);
  await assertRejects(() => run("a", { inputs: { a }, outputs: { gone } }), DisposedError);
  await assertRejects(
    () => run("a", { inputs: { a: [1, 2] } }),
    PlanError,
    "Input a must be a SharedNdArray",
  );
  await assertRejects(() => run("a", { inputs: { a: null } }), PlanError, "but is null");
  await assertRejects(
    () => run("a", { inputs: { a }, scalars: { a: 1 } }),
    PlanError,
    "a is an input and a scalar: rename one",
  );
  await assertRejects(() => run("k", { scalars: { k: 1 } }), PlanError, "A run needs at least one array");
  await assertRejects(
    () => run("a", { inputs: { a }, shared: { table: a } }),
    PlanError,
    "An expression reads no shared arrays",
  );
  await assertRejects(() => run(7, { inputs: { a } }), PlanError, "The kernel must be a URL of a module, an");
  await assertRejects(() => run("add.ts", { inputs: { a } }), PlanError, "looks like a path");
  await assertRejects(() => run("a +", { inputs: { a } }), ExpressionError);
  // An array that is disposed, but not read, does no harm.
  assertEquals((await run("a", { inputs: { a, gone } })).report.tiles, 1);
});

Deno.test("a function's own text is what is read, not what its toString says", async () => {
  const inputs = { a: six() };
  let asked = 0;
  const kernel = Object.assign((a: number) => a + 1, {
    toString: () => (asked++, "(a) => a * 100"),
    [Symbol.toPrimitive]: () => (asked++, "(a) => a * 100"),
  });
  const { outputs } = await tiledMap(kernel, { inputs, workers: 1 });
  assertEquals([...Object.values(outputs)[0].values()], [1, 2, 3, 4, 5, 6]);
  assertEquals(asked, 0);
});

Deno.test("names that every object has are names like others", async () => {
  const inputs = { constructor: six(), valueOf: SharedNdArray.ones([6]) }, scalars = { toString: 2 };
  const { outputs } = await tiledMap("hasOwnProperty = constructor * toString + valueOf", {
    inputs,
    scalars,
    outputs: { hasOwnProperty: "float64" },
    workers: 1,
  });
  assertEquals(outputs.hasOwnProperty.toNested(), [1, 3, 5, 7, 9, 11]);
  await assertRejects(
    () => tiledMap("toString + a", { inputs: { a: six() } }),
    ExpressionError,
    "Unknown name",
  );
});

Deno.test("who computed is in the report: this thread where that is soon over, otherwise workers", async () => {
  const a = SharedNdArray.ones([64, 64]);
  const here = await tiledMap("a * 2", { inputs: { a }, workers: 2, tile: [8, 8] });
  assertEquals([here.report.workersUsed, here.report.caller?.tiles, here.report.tiles], [0, 64, 64]);
  const there = await tiledMap("a * 2", { inputs: { a }, workers: 2, tile: [8, 8], exact: true });
  assertEquals([there.report.workersUsed, there.report.caller, there.report.tiles], [2, null, 64]);
  assert(there.outputs !== here.outputs);
});

Deno.test("progress is told, a signal cancels, and what progress throws ends the run", async () => {
  const inputs = { a: SharedNdArray.ones([300, 300]) };
  const told: number[] = [];
  await tiledMap("a + 1", { inputs, tile: [30, 30], onProgress: ({ done }) => void told.push(done) });
  assertEquals(told.at(-1), 100);
  const reason = new Error("no more");
  await assertRejects(
    () => tiledMap("a + 1", { inputs, signal: AbortSignal.abort(reason) }),
    Error,
    "no more",
  );
  const late = new AbortController();
  const run = tiledMap("sin(exp(cos(tan(a))))", {
    inputs: { a: SharedNdArray.ones([4000, 1000]) },
    tile: [10, 10],
    workers: 2,
    exact: true,
    signal: late.signal,
  });
  setTimeout(() => late.abort(reason), 1);
  await assertRejects(() => run, Error, "no more");
});
