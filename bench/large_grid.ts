/**
 * Times `vpd = tmp + rad` on 365x512x512 float64 in tiles of 365x4x4, two workers, and prints one JSON object with
 * milliseconds. The arrays are in memory before the clock starts, as in the Python script beside it.
 */

import { SharedNdArray, tiledMap, WorkerPool } from "../mod.ts";

const RUNS = 5;
const shape = [365, 512, 512];
const tmp = SharedNdArray.random(shape, { seed: 1 });
const rad = SharedNdArray.random(shape, { seed: 2 });
const vpd = SharedNdArray.zeros(shape).fill(0);

const times: Record<string, number[]> = {};
const kernels: Record<string, URL | string> = {
  add: new URL("./kernels/add.ts", import.meta.url),
  add_elementwise: new URL("./kernels/add_elementwise.ts", import.meta.url),
  expression: "tmp + rad",
};
for (const [name, kernel] of Object.entries(kernels)) {
  times[name] = [];
  for (let run = 0; run < RUNS; run++) {
    vpd.fill(0);
    const began = performance.now();
    // Workers are started within the time, as the pool is in Python.
    await using pool = new WorkerPool({ workers: 2 });
    await tiledMap(kernel, {
      inputs: { tmp, rad },
      outputs: { vpd },
      tile: [4, 4],
      pool,
      exact: true,
    });
    times[name].push(performance.now() - began);
    for (let i = 0; i < vpd.size; i += 997) {
      if (vpd.data[i] !== tmp.data[i] + rad.data[i]) throw new Error(`Element ${i} is wrong`);
    }
  }
}
console.log(JSON.stringify(times));
