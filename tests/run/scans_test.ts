import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  cumprod,
  cumsum,
  DTypeError,
  IndexError,
  OverlapError,
  PlanError,
  type ScanOptions,
  ShapeError,
  SharedNdArray,
  slice,
  WorkerPool,
} from "../../mod.ts";
import { Seeded } from "../seeded.ts";
import { assertPacked, casesOf, inSomeLayout, unpack } from "./order_cases.ts";

Deno.test("running sums and products have NumPy's values and dtypes", async () => {
  const cases = casesOf("cumsum", "cumprod"), random = new Seeded(3);
  assertEquals(cases.length, 120);
  for (const [k, { array, call, options, expect }] of cases.entries()) {
    const message = `case ${k}: ${call} of ${array.dtype} ${JSON.stringify(options)}`;
    const given = inSomeLayout(random, unpack(array)), scan = call === "cumsum" ? cumsum : cumprod;
    assertPacked(await scan(given, options), expect, message);
    assertPacked(await scan("a", { a: given }, options), expect, message);
    const out = inSomeLayout(random, unpack(expect));
    assertStrictEquals(await scan(given, { ...options, out }), out);
    assertPacked(out, expect, message);
  }
});

Deno.test("scans do not depend on tiles, workers and layouts", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const array = SharedNdArray.random([30, 21, 40], { seed: 5 }), random = new Seeded(4);
  for (const axis of [null, 0, 1, 2]) {
    const expected = [...(await cumsum(array, { axis, workers: 1 })).values()];
    const wishes: ScanOptions[] = [{}, { tile: [4, 3] }, { tile: [1, 1, 40] }, { workers: 1 }];
    for (const wish of wishes) {
      const options = { ...wish, axis, pool, exact: true };
      assertEquals([...(await cumsum(inSomeLayout(random, array), options)).values()], expected);
      assertEquals([...(await cumsum("2 * a - a", { a: array }, options)).values()], expected);
    }
  }
});

Deno.test("large arrays are scanned by workers", async () => {
  const array = SharedNdArray.ones([4, 2 ** 19], { dtype: "int32" });
  const flat = await cumsum(array), down = await cumsum(array, { axis: 0 });
  assertEquals([flat.get(0), flat.get(-1)], [1n, BigInt(array.size)]);
  assertEquals([down.get(0, 7), down.get(3, -1)], [1n, 4n]);
  const along = await cumsum("a + 1", { a: array }, { axis: 1 });
  assertEquals([along.get(0, 0), along.get(3, -1)], [2n, 2n ** 20n]);
});

Deno.test("a scan can take place in the array itself, and not beside it", async () => {
  const array = SharedNdArray.from([1, 2, 3, 4]);
  assertStrictEquals(await cumsum("a * 2", { a: array }, { out: array, axis: 0 }), array);
  assertEquals(array.toNested(), [2, 6, 12, 20]);
  assertStrictEquals(await cumsum(array, { out: array, axis: 0 }), array);
  assertEquals(array.toNested(), [2, 8, 20, 40]);
  const source = array.view(slice(0, 3)), out = array.view(slice(1, 4));
  await assertRejects(() => cumsum(source, { out, axis: 0 }), OverlapError, "overlaps input source");
  const square = array.reshape([2, 2]);
  await assertRejects(() => cumsum(square, { out: array }), OverlapError, "source");
  const repeated = SharedNdArray.zeros([1]).broadcastTo([3]);
  await assertRejects(() => cumsum(source, { out: repeated, axis: 0 }), OverlapError, "several indices");
});

Deno.test("scans of bools, of halves, of nothing and of one element", async () => {
  const rising = await cumsum("a > 1", { a: SharedNdArray.from([1, 2, 3]) });
  assertEquals([rising.dtype, rising.toNested()], ["int64", [0n, 1n, 2n]]);
  const halves = await cumsum(SharedNdArray.full([3], 0.1, { dtype: "float16" }));
  assertEquals(halves.toNested(), [1, 2, 3].map((count) => Math.f16round(count * Math.f16round(0.1))));
  assertEquals((await cumsum(SharedNdArray.full([], 3))).toNested(), [3]);
  assertEquals((await cumsum(SharedNdArray.zeros([0, 2]), { axis: 1 })).shape, [0, 2]);
  assertEquals((await cumprod(SharedNdArray.zeros([0, 2]))).shape, [0]);
});

Deno.test("what cannot be scanned is refused", async () => {
  const array = SharedNdArray.ones([3, 4]);
  await assertRejects(() => cumsum(array, { axis: 2 }), IndexError, "Axis 2 is out of bounds");
  await assertRejects(() => cumsum(array, { axis: 0.5 }), IndexError, "0.5");
  await assertRejects(() => cumsum(array, { axis: [0] as never }), IndexError, "one integer");
  await assertRejects(() => cumsum(SharedNdArray.full([], 3), { axis: 0 }), IndexError, "Axis 0");
  await assertRejects(
    () => cumsum(array, { out: SharedNdArray.ones([4]) }),
    ShapeError,
    "the result has [12]",
  );
  const whole = SharedNdArray.zeros([12], { dtype: "int64" });
  await assertRejects(() => cumsum(array, { out: whole }), DTypeError, "The result is float64");
  await assertRejects(() => cumsum(array, { out: 3 as never }), PlanError, "The option out");
  await assertRejects(() => cumsum(array, { axis: 0, tile: [0] }), PlanError, "0");
  await assertRejects(() => cumsum(array, { tile: [1, 2, 3] }), PlanError, "Tile [1, 2, 3] has 3 axes");
  await assertRejects(() => cumsum(array, 3 as never), PlanError, "must be an object");
  await assertRejects(() => cumprod(3 as never), PlanError, "must be a SharedNdArray, an expression");
  const stopped = { signal: AbortSignal.abort(new Error("enough")) };
  await assertRejects(() => cumsum(array, stopped), Error, "enough");
  const gone = SharedNdArray.ones([3]);
  gone.dispose();
  await assertRejects(() => cumsum(gone), Error, "disposed");
});
