/**
 * Reductions and a Laplacian in this package, two workers. Prints one JSON line, as described in common.py; "remark"
 * says what memory the fused sum took.
 *
 * usage: ours.ts RUNS
 */

import { evaluate, mean, reduce, SharedNdArray, sum, tiledMap, WorkerPool } from "../../mod.ts";

const COUNT = 48_000_000, GRID = [365, 256, 512], SIDE = 4320;
const LAPLACIAN = "z(0, 1) + z(0, -1) + z(1, 0) + z(-1, 0) - 4 * z";
const KERNEL = new URL("./laplacian_kernel.ts", import.meta.url);
const runs = Number(Deno.args[0] ?? 7);

await using pool = new WorkerPool({ workers: 2 });

/** An array whose elements follow from their places. */
function filled<D extends "float32" | "float64">(
  shape: readonly number[],
  dtype: D,
  value: (k: number) => number,
): SharedNdArray<D> {
  const array = SharedNdArray.zeros(shape, { dtype });
  for (let k = 0; k < array.size; k++) array.data[k] = value(k);
  return array;
}

const a = filled([COUNT], "float64", (k) => (k % 7001) / 7001 * 75 - 30);
const b = filled([COUNT], "float64", (k) => (k % 9973) / 9973 * 100);
const cube = filled(GRID, "float64", (k) => (k % 7001) / 7001 * 75 - 30);
const z = filled([SIDE, SIDE], "float32", (k) => k * 7919 % 7001 / 64);
const out = SharedNdArray.ones([SIDE, SIDE], { dtype: "float32" });

const seconds: Record<string, number> = {}, samples: Record<string, number> = {};

/**
 * Measures some work: the median seconds of so many runs, after ten that do not count: until then the engine still
 * improves its code, on the same two cores.
 */
async function measure(
  name: string,
  work: () => Promise<SharedNdArray>,
  take: (result: SharedNdArray) => Record<string, number>,
  isDisposed: boolean = false,
): Promise<void> {
  const taken: number[] = [];
  for (let run = -10; run < runs; run++) {
    const began = performance.now();
    const result = await work();
    if (run >= 0) taken.push((performance.now() - began) / 1000);
    if (run === runs - 1) Object.assign(samples, take(result));
    if (isDisposed) result.dispose();
  }
  seconds[name] = taken.toSorted((x, y) => x - y)[runs >> 1];
}

/** A cell in a corner, one at an edge, one inside, and a number that depends on all. */
function laplacianSamples(prefix: string): Record<string, number> {
  let squares = 0;
  for (const value of out.data) squares += value * value;
  return {
    [`${prefix} corner`]: out.get(0, 0),
    [`${prefix} edge`]: out.get(1234, -1),
    [`${prefix} inside`]: out.get(1234, 567),
    [`${prefix} squares`]: squares,
  };
}

await measure("sum", () => sum(a, { pool }), (result) => ({ sum: Number(result.item()) }));
await measure("mean", () => mean(cube, { axis: 0, pool }), (result) => ({
  "mean first": Number(result.get(0, 0)),
  "mean last": Number(result.get(-1, -1)),
}));
await measure("squares", () => sum("(a - b) ** 2", { a, b }, { pool }), (result) => ({
  squares: Number(result.item()),
}));
await measure(
  "laplacian",
  () => evaluate(LAPLACIAN, { z }, { boundary: "nearest", out, pool }),
  () => laplacianSamples("laplacian"),
);
await measure(
  "fresh",
  () => evaluate(LAPLACIAN, { z }, { boundary: "nearest", pool }),
  (result) => ({ fresh: Number(result.get(1234, 567)), fresh32: Number(result.get(1234, 567)) }),
);
seconds.fresh32 = seconds.fresh;
await measure(
  "disposed",
  () => evaluate(LAPLACIAN, { z }, { boundary: "nearest", pool }),
  () => ({}),
  true,
);
// Whole rows: of an elementwise kernel only strips along the edges are copied.
const module = {
  inputs: { z },
  outputs: { out },
  halo: 1,
  boundary: "nearest",
  tile: [32, SIDE],
  pool,
} as const;
out.fill(1);
await measure("module", async () => (await tiledMap(KERNEL, module)).outputs.out, () => {
  const found = laplacianSamples("laplacian");
  for (const [name, value] of Object.entries(found)) {
    if (samples[name] !== value) {
      throw new Error(`The module has ${name} ${value}, the expression ${samples[name]}`);
    }
  }
  return found;
});

const { report } = await reduce("sum", "(a - b) ** 2", { a, b }, { pool });
const beside = report.memory.shared - a.data.buffer.byteLength - b.data.buffer.byteLength;
const remark = `sum("(a - b) ** 2", { a, b }) has ${beside} shared bytes besides its inputs, ` +
  `which are ${a.data.byteLength + b.data.byteLength}, and copies ${report.memory.copied}`;
console.log(JSON.stringify({ seconds, samples, version: `Deno ${Deno.version.deno}`, remark }));
