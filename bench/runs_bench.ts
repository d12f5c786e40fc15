/**
 * What a run costs on a warm pool, apart from its work.
 */

import { evaluate, SharedNdArray, sum, tiledMap, WorkerPool } from "../mod.ts";

const empty = new URL("./kernels/empty.ts", import.meta.url);
const pool = new WorkerPool({ workers: 2 });
globalThis.addEventListener("unload", () => void pool.close());

const a = SharedNdArray.ones([1]), b = SharedNdArray.zeros([1]);
const many = SharedNdArray.ones([1000]);

Deno.bench("one tile, a module kernel", { group: "run", baseline: true }, async () => {
  await tiledMap(empty, { outputs: { a }, pool });
});

Deno.bench("one tile, an expression, which the calling thread computes", { group: "run" }, async () => {
  await evaluate("a + 1", { a }, { pool, out: b });
});

Deno.bench("one tile, an expression on a worker", { group: "run" }, async () => {
  await evaluate("a + 1", { a }, { pool, out: b, workers: 1, exact: true });
});

Deno.bench("one sum", { group: "run" }, async () => {
  await sum(a, { pool });
});

Deno.bench("1000 tiles, as many workers as are worth it", { group: "tiny", baseline: true }, async () => {
  await tiledMap(empty, { inputs: { many }, tile: [1], pool });
});

Deno.bench("1000 tiles, all workers", { group: "tiny" }, async () => {
  await tiledMap(empty, { inputs: { many }, tile: [1], pool, exact: true });
});

Deno.bench("ten runs of a tile at once", { group: "many" }, async () => {
  await Promise.all(Array.from({ length: 10 }, () => tiledMap(empty, { inputs: { a }, pool })));
});
