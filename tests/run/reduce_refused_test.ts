import { assertEquals, assertRejects } from "@std/assert";
import {
  argmax,
  DisposedError,
  ExpressionError,
  IndexError,
  mean,
  PlanError,
  reduce,
  ShapeError,
  SharedNdArray,
  std,
  sum,
  ValueError,
  variance,
  WorkerPool,
} from "../../mod.ts";

const a = SharedNdArray.from([[1, 2, 3], [4, 5, 6]]);

Deno.test("axes that there are not", async () => {
  await assertRejects(
    () => sum(a, { axis: 2 }),
    IndexError,
    "Axis 2 is out of bounds for an array with 2 axes",
  );
  await assertRejects(() => sum(a, { axis: -3 }), IndexError, "Axis -3 is out of bounds");
  await assertRejects(() => sum(a, { axis: 0.5 }), IndexError, "0.5");
  await assertRejects(() => sum(a, { axis: NaN }), IndexError, "NaN");
  await assertRejects(() => sum(a, { axis: [0, -2] }), IndexError, "name an axis twice");
  await assertRejects(() => sum(a.view(0, 0), { axis: 0 }), IndexError, "0 axes");
  // As a program in JavaScript may pass it.
  await assertRejects(() => sum(a, { axis: "x" as never }), IndexError, "expected an integer");
});

Deno.test("options of the wrong kind", async () => {
  const wrong: [object | null, string][] = [
    [{ keepDims: 1 }, "keepDims must be true or false, but is 1"],
    [{ skipNaN: "yes" }, "skipNaN must be true or false"],
    [{ exact: 0 }, "exact must be true or false"],
    [{ strict: null }, "strict must be true or false"],
    [{ pool: {} }, "pool must be a WorkerPool"],
    [{ signal: {} }, "signal must be an AbortSignal"],
    [{ tile: 4 }, "tile must be an array of extents"],
    [{ tile: [0] }, "Invalid tile [0]"],
    [{ tile: [1, 1, 1] }, "more than the 2 of the shape"],
    [{ workers: 0 }, "Invalid number of workers 0"],
    [null, "The options must be an object"],
  ];
  for (const [options, message] of wrong) {
    await assertRejects(() => sum(a, options as never), PlanError, message);
  }
  await assertRejects(
    () => variance(a, { ddof: NaN }),
    ValueError,
    "ddof must be a finite number, but is NaN",
  );
  await using pool = new WorkerPool({ workers: 1 });
  await assertRejects(
    () => sum(a, { pool, workers: 2 }),
    PlanError,
    "Cannot use 2 workers of a pool that has 1",
  );
});

Deno.test("what is neither an array nor an expression", async () => {
  await assertRejects(() => sum([1, 2] as never), PlanError, "What is reduced must be a SharedNdArray");
  await assertRejects(() => sum("a + 1", undefined as never), PlanError, "The inputs must be an object");
  await assertRejects(() => sum("a + b", { a }), ExpressionError, "b");
  await assertRejects(() => sum("x = a; y = a", { a }), PlanError, "several outputs (x, y)");
  await assertRejects(() => sum("a + b", { a, b: SharedNdArray.zeros([5]) }), ShapeError);
  await assertRejects(
    () => reduce("total" as never, a),
    PlanError,
    'There is no reduction "total": expected one of sum',
  );
  await assertRejects(() => reduce("toString" as never, a), PlanError, "There is no reduction");
});

Deno.test("disposed arrays, and signals that fired", async () => {
  for (const gone of [SharedNdArray.zeros([3]), SharedNdArray.zeros([0])]) {
    gone.dispose();
    await assertRejects(() => sum(gone), DisposedError);
  }
  const signal = AbortSignal.abort(new Error("no longer wanted"));
  await assertRejects(() => mean(a, { signal }), Error, "no longer wanted");
});

Deno.test("reductions of nothing are what changes nothing, or are refused", async () => {
  const empty = SharedNdArray.zeros([2, 0], { dtype: "int16" });
  const names = ["sum", "prod", "any", "all", "countNonzero"] as const;
  const results = await Promise.all(names.map((name) => reduce(name, empty, { axis: 1 })));
  assertEquals(results.map(({ array }) => array.dtype), ["int64", "int64", "bool", "bool", "int64"]);
  assertEquals(
    results.map(({ array }) => array.toNested()),
    [[0n, 0n], [1n, 1n], [false, false], [true, true], [0n, 0n]],
  );
  assertEquals((await sum("a + 0.5", { a: empty })).item(), 0);
  for (const name of ["min", "max", "mean", "var", "std", "argmin", "argmax"] as const) {
    await assertRejects(
      () => reduce(name, empty, { axis: 1 }),
      ValueError,
      `The ${name} over axis 1 of the shape [2, 0] has no meaning`,
    );
    await assertRejects(() => reduce(name, empty), ValueError, "there are no elements");
    const { array: nothing } = await reduce(name, empty, { axis: 0, keepDims: true });
    assertEquals([nothing.shape, nothing.size], [[1, 0], 0]);
  }
});

Deno.test("arrays without axes, and axes of one element", async () => {
  const five = SharedNdArray.from([5]).view(0);
  assertEquals([(await sum(five)).shape, (await sum(five)).item()], [[], 5]);
  assertEquals((await argmax(five)).item(), 0n);
  assertEquals((await std(five)).item(), 0);
  const ones = SharedNdArray.full([1, 3, 1], 2);
  assertEquals((await sum(ones, { axis: [0, 2] })).toNested(), [2, 2, 2]);
  assertEquals((await mean(ones, { axis: 0, keepDims: true })).shape, [1, 3, 1]);
  // No axis at all: each element is a cell.
  assertEquals((await sum(a, { axis: [] })).toNested(), a.toNested());
});

Deno.test("an array may change while its reduction begins, but its options may not", async () => {
  const axis = [0], tile = [1];
  const running = sum(a, { axis, tile });
  axis[0] = 1;
  tile[0] = -1;
  assertEquals((await running).toNested(), [5, 7, 9]);
});
