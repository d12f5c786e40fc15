import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  DisposedError,
  evaluate,
  ExpressionError,
  PlanError,
  ShapeError,
  SharedNdArray,
  tiledMap,
  type TiledRun,
  ValueError,
  WorkerError,
  WorkerPool,
} from "../../mod.ts";

Deno.test("the result is a new array of the expression's dtype, of the one that is asked for, or the one that is given", async () => {
  const a = SharedNdArray.from([1, 4, 9], { dtype: "int16" });
  const roots = await evaluate("sqrt(a)", { a });
  assertEquals([roots.dtype, roots.toNested()], ["float64", [1, 2, 3]]);
  const wide = await evaluate("a + 1n", { a }, { dtype: "int64" });
  assertEquals([wide.dtype, wide.toNested()], ["int64", [2n, 5n, 10n]]);
  const out = SharedNdArray.zeros([6], { dtype: "float32" }).view({ start: 0, stop: null, step: 2 });
  assertStrictEquals(await evaluate("float32(a) / 2", { a }, { out }), out);
  assertEquals(out.toNested(), [0.5, 2, 4.5]);
  assertStrictEquals(await evaluate("out = -a", { a }, { out: a }), a);
  assertEquals(a.toNested(), [-1, -4, -9]);
  assertEquals((await evaluate("warm = a > -5", { a })).toNested(), [true, true, false]);
  const product = await evaluate((a: number, k: number) => a * k, { a, k: 2n }, { dtype: "int16" });
  assertEquals(product.toNested(), [-2, -8, -18]);
});

Deno.test("what evaluate cannot give is refused", async () => {
  const a = SharedNdArray.zeros([3]), out = SharedNdArray.zeros([3], { dtype: "float64" });
  const gone = SharedNdArray.zeros([3]);
  gone.dispose();
  // What is no number is to be refused.
  const text = "3" as unknown as number;
  const refused: [() => Promise<unknown>, new (...args: never[]) => Error, string][] = [
    [() => evaluate("x = a; y = a", { a }), PlanError, "The expression has several outputs (x, y): tiledMap"],
    [
      () => evaluate("a", { a }, { dtype: "float32", out: out as never }),
      PlanError,
      "The result cannot be float32",
    ],
    [() => evaluate("a", { a }, { dtype: "float32" }), ExpressionError, "cannot hold without loss"],
    [() => evaluate("a", { a }, { out: SharedNdArray.zeros([4]) }), ShapeError, "Output out has [4]"],
    [
      () => evaluate("a", null as never),
      PlanError,
      "The inputs must be an object, such as { a }, but are null",
    ],
    [() => evaluate("a", { a }, null as never), PlanError, "The options must be an object"],
    [() => evaluate("a", { a }, { out: null as never }), PlanError, "The option out must be a SharedNdArray"],
    [
      () => evaluate("a", { a }, { tile: 4 as never }),
      PlanError,
      "The option tile must be an array of extents",
    ],
    [() => evaluate("a", { a }, { pool: {} as never }), PlanError, "The option pool must be a WorkerPool"],
    [
      () => evaluate("a", { a }, { signal: {} as never }),
      PlanError,
      "The option signal must be an AbortSignal",
    ],
    [
      () => evaluate("a", { a }, { strict: "yes" as never }),
      PlanError,
      "The option strict must be true or false",
    ],
    [() => evaluate("a", { a: undefined as never }), ValueError, "Scalar a must be a number"],
    [
      () => evaluate("a = a + 1", { a }),
      PlanError,
      "a is an input, so it cannot be the name of a new output",
    ],
    [
      () => evaluate("a + k", { a, k: text }),
      ValueError,
      'Scalar k must be a number, a bigint or a boolean, but is "3"',
    ],
    [() => evaluate("a + gone", { a, gone }), DisposedError, "disposed"],
    [() => evaluate("a", { a }, { tile: [2, 2] }), PlanError, "Tile [2, 2] has 2 axes"],
    [() => evaluate("a", { a }, { workers: 0 }), PlanError, "Invalid number of workers 0"],
    [() => evaluate("2 * k", { k: 4 }), PlanError, "A run needs at least one array"],
    [() => evaluate("", { a }), ExpressionError, "The expression is empty"],
    [
      () => evaluate(undefined as never, { a }),
      PlanError,
      "must be an expression or an arrow function, but is undefined",
    ],
    [
      () => evaluate(new URL("file:///a.ts") as never, { a }),
      PlanError,
      "must be an expression or an arrow function",
    ],
  ];
  for (const [attempt, error, message] of refused) await assertRejects(attempt, error, message);
});

Deno.test("a closed pool runs nothing, however small", async () => {
  const a = SharedNdArray.from([1, 2]), pool = new WorkerPool({ workers: 1 });
  assertEquals(pool.isClosed, false);
  await pool.close();
  for (const exact of [false, true]) {
    await assertRejects(() => evaluate("a + 1", { a }, { pool, exact }), WorkerError, "The pool is closed");
  }
});

Deno.test("an input may be called as an output without a name is", async () => {
  const a = SharedNdArray.from([1, 2]), out = SharedNdArray.from([10, 20]);
  assertEquals((await evaluate("a + out", { a, out })).toNested(), [11, 22]);
  assertStrictEquals(await evaluate("2 * out", { out }, { out }), out);
  assertEquals(out.toNested(), [20, 40]);
});

Deno.test("options may change as soon as a call has returned", async () => {
  const scalars = { k: 0 },
    inputs = { a: SharedNdArray.from([1, 2]) },
    results: Promise<TiledRun<{ out: "float64" }>>[] = [];
  for (let k = 1; k <= 3; k++) {
    scalars.k = k;
    results.push(tiledMap("a * k", { inputs, scalars, outputs: { out: "float64" } }));
    inputs.a = SharedNdArray.from([k + 1, 0]);
  }
  const values = (await Promise.all(results)).map(({ outputs }) => outputs.out.toNested());
  assertEquals(values, [[1, 2], [4, 0], [9, 0]]);
});

Deno.test("calls at the same time on one pool do not disturb each other", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const arrays = Array.from({ length: 12 }, (_, k) => SharedNdArray.full([50_000], k));
  const results = await Promise.all(
    arrays.map((a, k) => evaluate(k % 2 === 0 ? "a * k + 1" : "a - k", { a, k }, { pool })),
  );
  results.forEach((result, k) => {
    const expected = k % 2 === 0 ? k * k + 1 : 0;
    assertEquals(result.values().every((value) => value === expected), true, `${k}`);
  });
});
