import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  DTypeError,
  IndexError,
  median,
  PlanError,
  quantile,
  type QuantileOptions,
  SharedNdArray,
  slice,
  ValueError,
  WorkerPool,
} from "../../mod.ts";
import { forEachSeed, Seeded } from "../seeded.ts";
import { assertPacked, casesOf, inSomeLayout, plainValues, unpack } from "./order_cases.ts";

Deno.test("medians and quantiles have NumPy's values, dtypes and shapes", async () => {
  const cases = casesOf("median", "quantile"), random = new Seeded(1);
  assertEquals(cases.length, 302);
  for (const [k, { array, call, q = 0, options, expect }] of cases.entries()) {
    const message = `case ${k}: ${call} ${q} of ${array.dtype} ${JSON.stringify(options)}`;
    const given = inSomeLayout(random, unpack(array));
    const found = call === "median" ? await median(given, options) : await quantile(given, q, options);
    assertPacked(found, expect, message);
    const fused = call === "median"
      ? await median("a", { a: given }, options)
      : await quantile("a", { a: given }, q, options);
    assertPacked(fused, expect, message);
  }
});

Deno.test("quantiles do not depend on tiles, workers, pools or layouts", async () => {
  await using pool = new WorkerPool({ workers: 3 });
  const array = SharedNdArray.random([40, 30, 50], { seed: 4 });
  const random = new Seeded(7);
  for (const axis of [null, 0, 1, 2, [0, 2], [1, 2]]) {
    const q = [0.1, 0.5, 0.93], expected = plainValues(await quantile(array, q, { axis, workers: 1 }));
    const wishes: QuantileOptions[] = [
      { pool, exact: true },
      { pool, exact: true, workers: 2, tile: [7, 5] },
      { pool, exact: true, tile: [1, 3, 50] },
    ];
    for (const wish of wishes) {
      const found = await quantile(inSomeLayout(random, array), q, { ...wish, axis });
      assertEquals(plainValues(found), expected);
      const fused = await quantile("2 * a - a", { a: array }, q, { ...wish, axis });
      assertEquals(plainValues(fused), expected);
    }
  }
});

Deno.test("a few cells with very many elements are searched where they are", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const count = 2 ** 18 + 77, array = SharedNdArray.random.normal([2, count], { seed: 3 });
  array.view(1).set(5, Infinity);
  array.view(0).set(1, 0);
  array.view(0).set(2, -0);
  const q = [0, 0.001, 0.5, 0.7, 1];
  const slow = [0, 1].map((cell) => {
    const sorted = array.view(cell).toTyped().sort();
    return q.map((share) => sorted[Math.round(share * (count - 1))]);
  });
  for (const options of [{}, { pool, exact: true }, { pool, tile: [1000] }]) {
    const found = await quantile(array, q, { ...options, axis: 1, method: "nearest" });
    assertEquals(found.transpose().toNested(), slow);
    const turned = await quantile(array.transpose().copy(), q, { ...options, axis: 0, method: "nearest" });
    assertEquals(turned.transpose().toNested(), slow);
  }
  const all = array.toTyped().sort();
  assertEquals((await median(array)).item(), (all[count - 1] + all[count]) / 2);
  assertEquals((await median("sqrt(a) + k", { a: array.view(0), k: 1 })).item(), NaN);
  const roots = array.view(0).toTyped().filter((value) => value >= 0).sort().map(Math.sqrt);
  const half = (roots.length - 1) / 2;
  const expected = (roots[Math.floor(half)] + roots[Math.ceil(half)]) / 2;
  assertEquals((await median("sqrt(a)", { a: array.view(0) }, { skipNaN: true })).item(), expected);
  array.view(1).set(9, NaN);
  const [first, second] = [...(await median(array, { axis: 1, pool })).values()];
  assert(Number.isFinite(first));
  assertEquals(second, NaN);
  assertEquals((await median("a / 0 - a / 0", { a: array.view(0) }, { skipNaN: true })).item(), NaN);
});

Deno.test("both ways to find quantiles give the same", async () => {
  const count = 2 ** 18, array = SharedNdArray.random([count], { seed: 9, dtype: "float32" });
  // With one element less the cell is brought together.
  const less = array.view(slice(1, null));
  for (const method of ["linear", "midpoint", "nearest"] as const) {
    for (const given of [array, less]) {
      const sorted = [...given.values()].sort((a, b) => a - b), place = (given.size - 1) * 0.3;
      const [a, b] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]], part = place - Math.floor(place);
      const distance = Math.fround(b - a);
      const linear = part >= 0.5 ? b - distance * (1 - part) : a + distance * part;
      const expected = { linear, midpoint: b - distance * 0.5, nearest: part > 0.5 ? b : a }[method];
      assertEquals((await quantile(given, 0.3, { method })).item(), expected);
    }
  }
});

Deno.test("arrays without axes, with empty axes and without elements", async () => {
  const scalar = SharedNdArray.from([5]).reshape([]);
  assertEquals((await median(scalar)).item(), 5);
  assertEquals((await quantile(scalar, [0.2, 1])).toNested(), [5, 5]);
  const empty = SharedNdArray.zeros([0, 3]);
  assertEquals((await median(empty, { axis: 1 })).shape, [0]);
  assertEquals((await quantile(empty, [0.5, 1], { axis: 1, keepDims: true })).shape, [2, 0, 1]);
  assertEquals((await quantile(SharedNdArray.ones([4]), [])).shape, [0]);
  await assertRejects(() => median(empty, { axis: 0 }), ValueError, "median of the shape [0, 3]");
  await assertRejects(() => quantile(empty, 0.5), ValueError, "no elements");
  const gone = SharedNdArray.ones([3]);
  gone.dispose();
  await assertRejects(() => median(gone), Error, "disposed");
});

Deno.test("what makes no quantile is refused", async () => {
  const array = SharedNdArray.ones([3, 4]);
  for (const q of [-0.1, 1.5, NaN, "0.5", [0.5, 2], null, [[0.5]]]) {
    await assertRejects(() => quantile(array, q as number), ValueError, "A quantile is from 0 to 1");
  }
  await assertRejects(() => quantile(array, 0.5, { axis: 2 }), IndexError, "Axis 2 is out of bounds");
  await assertRejects(() => median(array, { axis: [0, -2] }), IndexError, "name an axis twice");
  await assertRejects(() => median(array, { axis: 0.5 }), IndexError, "0.5");
  await assertRejects(
    () => quantile(array, 0.5, { method: "mode" } as never),
    PlanError,
    'quantile method "mode"',
  );
  await assertRejects(() => quantile(array, 0.5, 3 as never), PlanError, "must be an object");
  await assertRejects(() => median(7 as never), PlanError, "must be a SharedNdArray, an expression");
  await assertRejects(() => median("a", undefined as never), PlanError, "The inputs must be");
  await assertRejects(() => quantile(array.astype("bool"), 0.5), DTypeError, "Between bools");
});

Deno.test("a worker selects from random cells as the definition says", async () => {
  const runs: Promise<void>[] = [];
  forEachSeed(40, (random) => {
    const shape = random.ints(random.int(1, 4), 1, 9), axis = random.int(0, shape.length - 1);
    const array = inSomeLayout(random, SharedNdArray.random(shape, { seed: random.seed }));
    const lines = array.moveAxis(axis, -1).copy().reshape([array.size / shape[axis], shape[axis]]);
    const expected = Array.from({ length: lines.shape[0] }, (_, line) => {
      const sorted = [...lines.view(line).values()].map(Number).sort((a, b) => a - b);
      const half = (sorted.length - 1) / 2;
      return (sorted[Math.floor(half)] + sorted[Math.ceil(half)]) / 2;
    });
    runs.push(median(array, { axis }).then((found) => assertEquals([...found.values()], expected)));
  });
  await Promise.all(runs);
});
