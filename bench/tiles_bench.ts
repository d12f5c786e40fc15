/**
 * What a tile costs, and what tiling costs against one plain loop on one thread.
 */

import { SharedNdArray, tiledMap, WorkerPool } from "../mod.ts";

const kernel = (name: string) => new URL(`./kernels/${name}.ts`, import.meta.url);

const pools = { one: new WorkerPool({ workers: 1 }), two: new WorkerPool({ workers: 2 }) };
globalThis.addEventListener("unload", () => {
  for (const pool of Object.values(pools)) pool.close();
});

const small = Object.fromEntries(
  ["tmp", "rad", "vpd"].map((name) => [name, SharedNdArray.zeros([1000, 1000])]),
);

// A million tiles: a millisecond here is a nanosecond a tile.
for (const [workers, pool] of [["1 worker", pools.one], ["2 workers", pools.two]] as const) {
  const name = `1,000,000 tiles, empty module kernel with three views, ${workers}`;
  Deno.bench(name, { group: "tile", n: 10 }, async () => {
    const { tmp, rad, vpd } = small;
    await tiledMap(kernel("empty"), { inputs: { tmp, rad }, outputs: { vpd }, tile: [1, 1], pool });
  });
}

const one = SharedNdArray.zeros([1]);
Deno.bench("a run of one tile on a warm pool", { group: "run" }, async () => {
  await tiledMap(kernel("empty"), { outputs: { one }, tile: [1], pool: pools.one });
});

const shape = [365, 256, 256];
const tmp = SharedNdArray.random(shape, { seed: 1 });
const rad = SharedNdArray.random(shape, { seed: 2 });
const vpd = SharedNdArray.ones(shape);

Deno.bench("365x256x256 float64: one plain loop, no workers", { group: "add", baseline: true, n: 10 }, () => {
  const a = tmp.data, b = rad.data, out = vpd.data;
  for (let i = 0; i < out.length; i++) out[i] = a[i] + b[i];
});

for (const [name, what] of [["add", "a call for each tile"], ["add_elementwise", "declared elementwise"]]) {
  Deno.bench(`365x256x256 float64, tiles 365x4x4, 2 workers: ${what}`, { group: "add", n: 10 }, async () => {
    await tiledMap(kernel(name), { inputs: { tmp, rad }, outputs: { vpd }, tile: [4, 4], pool: pools.two });
  });
}

Deno.bench(
  "365x256x256 float64, tiles 4x256x256, 2 workers: a call for each tile",
  { group: "add", n: 10 },
  async () => {
    await tiledMap(kernel("add"), {
      inputs: { tmp, rad },
      outputs: { vpd },
      tile: [4, 256, 256],
      pool: pools.two,
    });
  },
);
