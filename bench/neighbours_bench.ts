/**
 * Reductions and stencils against plain loops on one thread, and what a small call costs. For C, numba, SciPy and
 * NumPy on the same kind of work see neighbour_peers.ts.
 */

import { evaluate, iterate, mean, SharedNdArray, sum, tiledMap, WorkerPool } from "../mod.ts";

const pool = new WorkerPool({ workers: 2 });
globalThis.addEventListener("unload", () => void pool.close());

const COUNT = 4_000_000, SIDE = 2000;
const LAPLACIAN = "z(0, 1) + z(0, -1) + z(1, 0) + z(-1, 0) - 4 * z";
const KERNEL = new URL("./neighbours_peers/laplacian_kernel.ts", import.meta.url);

const a = SharedNdArray.random([COUNT], { seed: 1 }), b = SharedNdArray.random([COUNT], { seed: 2 });
const [x, y] = [a.data, b.data];
let kept = 0;

Deno.bench("4M float64: sum, one plain loop", { group: "sum", baseline: true }, () => {
  let total = 0;
  for (let i = 0; i < COUNT; i++) total += x[i];
  kept = total;
});
Deno.bench("4M float64: sum, 2 workers", { group: "sum" }, async () => {
  await sum(a, { pool, exact: true });
});
Deno.bench(
  "4M float64: sum of squared differences, one plain loop",
  { group: "squares", baseline: true },
  () => {
    let total = 0;
    for (let i = 0; i < COUNT; i++) total += (x[i] - y[i]) ** 2;
    kept = total;
  },
);
Deno.bench("4M float64: sum of squared differences, 2 workers", { group: "squares" }, async () => {
  await sum("(a - b) ** 2", { a, b }, { pool, exact: true });
});

const days = a.reshape([400, 100, 100]);
for (const axis of [0, 1, 2]) {
  Deno.bench(`400x100x100 float64: mean over axis ${axis}, 2 workers`, { group: "mean" }, async () => {
    await mean(days, { axis, pool, exact: true });
  });
}

const z = SharedNdArray.random([SIDE, SIDE], { seed: 3, dtype: "float32" });
const out = SharedNdArray.ones([SIDE, SIDE], { dtype: "float32" });
const [heights, result] = [z.data, out.data];
Deno.bench("4M float32: Laplacian, one plain loop, no edges", { group: "laplacian", baseline: true }, () => {
  for (let row = 1; row < SIDE - 1; row++) {
    for (let i = row * SIDE + 1; i < (row + 1) * SIDE - 1; i++) {
      result[i] = heights[i + 1] + heights[i - 1] + heights[i + SIDE] + heights[i - SIDE] - 4 * heights[i];
    }
  }
});
for (const boundary of ["nearest", "wrap", "constant"] as const) {
  Deno.bench(
    `4M float32: Laplacian, ${boundary}, expression, 2 workers`,
    { group: "laplacian" },
    async () => {
      await evaluate(LAPLACIAN, { z }, { boundary, out, pool, exact: true });
    },
  );
}
Deno.bench("4M float32: Laplacian, nearest, module kernel, 2 workers", { group: "laplacian" }, async () => {
  await tiledMap(KERNEL, {
    inputs: { z },
    outputs: { out },
    halo: 1,
    boundary: "nearest",
    pool,
    exact: true,
  });
});

const HEAT = `z + 0.2 * (${LAPLACIAN})`, STEPS = 50;
const grid = SharedNdArray.random([500, 500], { seed: 5 });
Deno.bench("500x500 float64: 50 steps, a run each", { group: "steps", baseline: true }, async () => {
  let [from, to] = [SharedNdArray.zeros([500, 500]), SharedNdArray.zeros([500, 500])];
  from.copyFrom(grid);
  for (let step = 0; step < STEPS; step++) {
    await evaluate(HEAT, { z: from }, { boundary: "nearest", out: to, pool, exact: true });
    [from, to] = [to, from];
  }
});
Deno.bench("500x500 float64: 50 steps, iterate", { group: "steps" }, async () => {
  await iterate(HEAT, { z: grid }, { steps: STEPS, boundary: "nearest", pool, exact: true });
});
Deno.bench(
  "500x500 float64: 50 steps, iterate, the largest change after each",
  { group: "steps" },
  async () => {
    await iterate(HEAT, { z: grid }, {
      steps: STEPS,
      boundary: "nearest",
      until: { below: 0 },
      pool,
      exact: true,
    });
  },
);

const few = SharedNdArray.random([8, 8], { seed: 4 });
Deno.bench("a sum of 64 elements, on the calling thread", { group: "call" }, async () => {
  await sum(few);
});
Deno.bench("a Laplacian of 8x8, on the calling thread", { group: "call" }, async () => {
  await evaluate(LAPLACIAN, { z: few }, { boundary: "nearest" });
});
globalThis.addEventListener("unload", () => void kept);
