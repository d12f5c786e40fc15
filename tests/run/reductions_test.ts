import { assert, assertEquals, assertRejects } from "@std/assert";
import { assertType, type IsExact } from "@std/testing/types";
import {
  any,
  argmax,
  argmin,
  type DType,
  evaluate,
  type FloatDType,
  max,
  mean,
  reduce,
  type ReductionName,
  SharedNdArray,
  sum,
  ValueError,
} from "../../mod.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";
import { REDUCTIONS } from "../../src/plan/reduce/reduction_table.ts";
import { Memories } from "../kernel/random_arrays.ts";
import { Seeded } from "../seeded.ts";
import { naiveReduction } from "./naive_reductions.ts";

const NAMES = Object.keys(REDUCTIONS) as ReductionName[];

/** The axes of a random reduction: all of them as null, one, or some. */
function randomAxes(random: Seeded, ndim: number): { axis: number | number[] | null; axes: number[] } {
  const all = Array.from({ length: ndim }, (_, axis) => axis);
  if (random.oneIn(3)) return { axis: null, axes: all };
  const axes = all.filter(() => random.oneIn(2));
  const given = random.shuffled(axes).map((axis) => random.oneIn(2) ? axis : axis - ndim);
  return { axis: given.length === 1 ? given[0] : given, axes };
}

function assertSame(found: SharedNdArray, expected: readonly unknown[], what: string): void {
  const values = [...found.values()];
  assertEquals(values.length, expected.length, what);
  values.forEach((value, k) => {
    assert(Object.is(value, expected[k]), `${what}: value ${k} is ${value}, not ${expected[k]}`);
  });
}

Deno.test("reductions of random arrays in all layouts and memories are those of slow lists, to the bit", async () => {
  const memories = new Memories(4);
  for (let seed = 1; seed <= 400; seed++) {
    const random = new Seeded(seed), name = random.pick(NAMES);
    const dtype = random.pick<DType>(random.oneIn(2) ? ["float64", "float32"] : DTYPE_NAMES);
    const shape = random.oneIn(5) ? [random.int(100, 700)] : random.ints(random.int(0, 4), 1, 8);
    const array = memories.take(random, dtype, shape, true);
    const { axis, axes } = randomAxes(random, shape.length);
    const skipNaN = random.oneIn(2), ddof = random.int(0, 2), keepDims = random.oneIn(3);
    const what = `seed ${seed}: ${name} of ${dtype} [${shape}] over ${axis}, skipping ${skipNaN}`;
    const expected = naiveReduction(name, array, { axes, skipNaN, ddof });
    const run = () => reduce(name, array, { axis, skipNaN, ddof, keepDims });
    if (expected.includes(null)) await assertRejects(run, ValueError, "all elements are NaN", what);
    else {
      const { array: found } = await run();
      assertEquals(found.dtype, REDUCTIONS[name].result(dtype), what);
      const kept = shape.map((extent, own) => axes.includes(own) ? 1 : extent);
      assertEquals(found.shape, keepDims ? kept : shape.filter((_, own) => !axes.includes(own)), what);
      assertSame(found, expected, what);
    }
    assertEquals(memories.strayBytes([]), 0, what);
  }
});

const EXPRESSIONS = ["a", "a + b", "a > b", "(a - b) * (a - b)", "float32(a) - float32(b)", "-a"];

Deno.test("an expression is reduced to the same bits as the array of its values", async () => {
  const memories = new Memories(6);
  for (let seed = 1; seed <= 200; seed++) {
    const random = new Seeded(seed), name = random.pick(NAMES), expression = random.pick(EXPRESSIONS);
    const dtype = random.pick<DType>(["float64", "float32", "float16", "int16", "int64", "uint8"]);
    const shape = random.oneIn(3) ? [3, random.int(100, 700)] : random.ints(random.int(0, 3), 1, 9);
    const b = memories.take(random, dtype, shape.slice(random.int(0, shape.length)), true);
    const a = memories.take(random, dtype, shape, true);
    const { axis } = randomAxes(random, shape.length);
    const options = { axis, skipNaN: random.oneIn(2), strict: true };
    const what = `seed ${seed}: ${name} of ${expression} of ${dtype} [${shape}] over ${axis}`;
    const whole = await evaluate(expression, { a, b }, { strict: true });
    const attempt = (run: Promise<{ array: SharedNdArray }>) =>
      run.then(({ array }) => [array.dtype, array.shape, [...array.values()]], (error) => error.constructor);
    const fused = await attempt(reduce(name, expression, { a, b }, options));
    assertEquals(fused, await attempt(reduce(name, whole, options)), what);
    assertEquals(memories.strayBytes([]), 0, what);
  }
});

Deno.test("an infinity behind NaN is found, though an infinity stands for NaN", async () => {
  const array = SharedNdArray.from([[NaN, Infinity, Infinity], [NaN, 3, Infinity], [
    -Infinity,
    NaN,
    -Infinity,
  ]]);
  for (const tile of [[1], [3, 3]]) {
    const least = await argmin(array, { axis: 1, skipNaN: true, tile });
    const greatest = await argmax(array, { axis: 1, skipNaN: true, tile });
    assertEquals([least.toNested(), greatest.toNested()], [[1n, 1n, 0n], [1n, 2n, 0n]]);
  }
  assertEquals((await argmax("-a", { a: array }, { axis: 1, skipNaN: true })).toNested(), [1n, 1n, 0n]);
});

Deno.test("axes are kept in their own order, whatever memory's is", async () => {
  const array = SharedNdArray.arange(2 * 3 * 4 * 5).reshape([2, 3, 4, 5]), { shape } = array;
  for (const order of [[3, 2, 1, 0], [1, 3, 0, 2], [0, 2, 1, 3]]) {
    const mixed = array.transpose(order).copy().transpose(order.map((_, axis) => order.indexOf(axis)));
    assertEquals(mixed.shape, shape);
    for (const axis of [0, 1, 2, 3, [0, 2], [1, 3]]) {
      for (const keepDims of [false, true]) {
        const { array: found } = await reduce("sum", mixed, { axis, keepDims, tile: [2, 3] });
        const { array: expected } = await reduce("sum", array, { axis, keepDims });
        assertEquals([found.shape, found.toNested()], [expected.shape, expected.toNested()]);
        const { array: withIndex } = await reduce("sum", "a + 0 * index(1)", { a: mixed }, {
          axis,
          keepDims,
        });
        assertEquals(withIndex.toNested(), expected.toNested());
      }
    }
    const nowhere = mixed.copy().transpose([2, 0, 3, 1]);
    nowhere.view(2, 1).fill(NaN);
    await assertRejects(
      () => reduce("argmax", nowhere, { axis: [2, 3], skipNaN: true }),
      ValueError,
      "at [2, 1] of the result",
    );
  }
});

Deno.test("an expression that reads its neighbours is reduced to the same bits as the array of its values", async () => {
  const a = SharedNdArray.random.normal([37, 211], { seed: 5 }), transposed = a.transpose();
  const kernel = "a(0, 1) + a(0, -1) + a(1, 0) - 3 * a(0, 0)";
  for (const boundary of ["wrap", "nearest", "constant", "none", ["none", "reflect"]] as const) {
    for (const source of [a, transposed]) {
      const whole = await evaluate(kernel, { a: source }, { boundary });
      for (const name of ["sum", "max", "argmin", "std"] as const) {
        for (const axis of [null, 0, 1]) {
          const { array: found } = await reduce(name, kernel, { a: source }, {
            axis,
            boundary,
            tile: [5, 50],
          });
          const { array: expected } = await reduce(name, whole, { axis });
          assertEquals(found.shape, expected.shape);
          assertSame(found, [...expected.values()], `${name} over ${axis}, ${boundary}`);
        }
      }
    }
  }
});

Deno.test("the type of a result follows from that of the elements", async () => {
  const small = SharedNdArray.ones([3], { dtype: "uint8" }),
    half = SharedNdArray.ones([3], { dtype: "float16" });
  const total = await sum(small),
    average = await mean(small),
    most = await max(small),
    place = await argmax(half);
  assertType<IsExact<typeof total, SharedNdArray<"uint64">>>(true);
  assertType<IsExact<typeof average, SharedNdArray<"float64">>>(true);
  assertType<IsExact<typeof most, SharedNdArray<"uint8">>>(true);
  assertType<IsExact<typeof place, SharedNdArray<"int64">>>(true);
  const truth = await any("a > 0", { a: small }),
    halves = await sum(half),
    unknown = await sum("a", { a: small });
  assertType<IsExact<typeof truth, SharedNdArray<"bool">>>(true);
  assertType<IsExact<typeof halves, SharedNdArray<"float16">>>(true);
  assertType<IsExact<typeof unknown, SharedNdArray<FloatDType | "int64" | "uint64">>>(true);
  const dtypes = [total, average, most, place, truth, halves, unknown].map(({ dtype }) => dtype);
  assertEquals(dtypes, ["uint64", "float64", "uint8", "int64", "bool", "float16", "uint64"]);
});
