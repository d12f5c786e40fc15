import { assert, assertEquals } from "@std/assert";
import {
  type DType,
  mean,
  reduce,
  type ReduceOptions,
  type ReductionName,
  SharedNdArray,
  std,
  sum,
  WorkerPool,
} from "../../mod.ts";
import { REDUCTIONS } from "../../src/plan/reduce/reduction_table.ts";
import { CHUNK } from "../../src/plan/reduce/reduce_plan.ts";

/** The bits of an array's elements, so that -0 and NaN count too. */
function bitsOf(array: SharedNdArray): Uint8Array {
  return new Uint8Array(array.toTyped().buffer);
}

/** Numbers whose sum depends on the order: of all sizes, and both signs. */
function unruly(shape: readonly number[]): SharedNdArray<"float64"> {
  const array = SharedNdArray.random.normal(shape, { seed: 11 });
  const { data } = array;
  for (let k = 0; k < data.length; k += 7) data[k] *= 1e6 ** (k % 3);
  return array;
}

const TILES: (readonly number[] | undefined)[] = [
  undefined,
  [1],
  [7],
  [64],
  [1000],
  [3, 5],
  [1, 4096],
  [2, 10_000],
  [64, 64],
  [17, 20_000],
];

Deno.test("the bits are the same for every tile, number of workers, pool and layout", async () => {
  await using pool = new WorkerPool({ workers: 2 });
  const c = unruly([5, 3 * CHUNK + 77]), wide = unruly([300, 180]);
  for (const array of [c, wide]) {
    const transposed = array.transpose().copy().transpose(), reversed = array.flip().copy().flip();
    for (const axis of [null, 0, 1]) {
      const reference = bitsOf(await sum(array, { axis, tile: undefined, workers: 1 }));
      const settings: ReduceOptions[] = TILES.flatMap((tile) => [
        { tile, workers: 1 },
        { tile, pool, exact: true },
        { tile, pool, workers: 1, exact: true },
      ]);
      for (const own of settings) {
        const what = `axis ${axis}, tile ${own.tile}, pool ${own.pool !== undefined}, workers ${own.workers}`;
        assertEquals(bitsOf(await sum(array, { axis, ...own })), reference, what);
      }
      for (const tile of TILES) {
        for (const other of [transposed, reversed]) {
          assertEquals(bitsOf(await sum(other, { axis, tile })), reference, `axis ${axis}, tile ${tile}`);
        }
        const fused = await sum("a + 0 * b", { a: array, b: transposed }, { axis, tile, pool, exact: true });
        assertEquals(bitsOf(fused), reference, `an expression, axis ${axis}, tile ${tile}`);
      }
    }
  }
});

Deno.test("means and deviations have the same bits on workers of their own", async () => {
  const array = unruly([40, 3000]);
  for (const axis of [null, 0, 1]) {
    for (const reduction of [mean, std]) {
      const here = await reduction(array, { axis, workers: 1 });
      for (const workers of [1, 3]) {
        const there = await reduction(array, { axis, workers, exact: true, tile: [5, 700] });
        assertEquals(bitsOf(there), bitsOf(here), `axis ${axis}, ${workers} workers`);
      }
    }
  }
});

Deno.test("a sum is more exact than a pairwise one need be", async () => {
  const array = SharedNdArray.random([1_000_003], { seed: 3 });
  // Neumaier's compensated sum is exact but for its last rounding here.
  let total = 0, lost = 0;
  for (const value of array.data) {
    const next = total + value;
    lost += Math.abs(total) >= Math.abs(value) ? (total - next) + value : (value - next) + total;
    total = next;
  }
  const found = (await sum(array)).item();
  const bound = Math.log2(1_000_003) * Number.EPSILON / 2 * (total + lost);
  assert(Math.abs(found - (total + lost)) <= bound, `${found - (total + lost)} is more than ${bound}`);
});

Deno.test("the report shows the array, who worked, and that nothing was copied", async () => {
  const a = SharedNdArray.random([400, 500], { seed: 1 }), b = SharedNdArray.random([400, 500], { seed: 2 });
  const here = await reduce("sum", "(a - b) ** 2", { a, b });
  assertEquals([here.report.shape, here.report.workersUsed, here.report.memory.copied], [[400, 500], 0, 0]);
  assertEquals(here.report.caller?.tiles, here.report.tiles);
  const there = await reduce("var", a, { axis: 0, workers: 2, exact: true });
  const { report } = there;
  assertEquals([report.workersAsked, report.caller], [2, null]);
  assertEquals(report.workers.reduce((tiles, worker) => tiles + worker.tiles, 0), report.tiles);
  assert(report.elapsedMs > 0 && report.memory.peak > 0 && report.memory.shared >= a.byteLength);
  const foreign = SharedNdArray.wrap(new SharedArrayBuffer(800), { shape: [100] });
  assertEquals((await reduce("sum", foreign)).report.memory.copied, 800);
});

/** The same numbers as another dtype; those of float64 may be NaN, infinite and -0. */
function asDType(array: SharedNdArray<"float64">, dtype: DType, hasSpecials: boolean): SharedNdArray {
  const cast = array.astype(dtype, { casting: "unsafe" });
  if (!hasSpecials || (dtype !== "float64" && dtype !== "float32")) return cast;
  const specials = [NaN, Infinity, -0, -Infinity];
  specials.forEach((value, k) => cast.view(k + 1, (k + 1) * 37).fill(value as never));
  return cast;
}

Deno.test("every reduction of every kind of elements: dozens of tilings, up to four workers, the same bits", async () => {
  await using pool = new WorkerPool({ workers: 4 });
  const numbers = unruly([9, 2 * CHUNK + 311]);
  const names = Object.keys(REDUCTIONS) as ReductionName[];
  let tilings = 0;
  for (const dtype of ["float64", "float32", "float16", "int64", "uint8"] as const) {
    for (const hasSpecials of [false, true]) {
      const array = asDType(numbers, dtype, hasSpecials);
      for (const name of names) {
        const axis = tilings % 3 === 2 ? null : tilings % 2, skipNaN = tilings % 4 === 1;
        const { array: reference } = await reduce(name, array, { axis, skipNaN, workers: 1 });
        for (const tile of [TILES[tilings % TILES.length], TILES[(tilings + 3) % TILES.length]]) {
          const options = { axis, skipNaN, tile, pool, exact: true, workers: 1 + tilings % 4 };
          const { array: found } = await reduce(name, array, options);
          assertEquals(bitsOf(found), bitsOf(reference), `${name} of ${dtype}, axis ${axis}, tile ${tile}`);
          tilings++;
        }
      }
    }
  }
  assert(tilings > 200);
});
