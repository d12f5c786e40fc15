/**
 * The expressions of expression_peers.ts in this package, two workers. Prints one JSON line, as described in common.py;
 * "remark" says where the time of many small calls goes.
 *
 * usage: ours.ts RUNS
 */

import { SharedNdArray, tiledMap, WorkerPool } from "../../mod.ts";

const COUNT = 48_000_000, SMALL = 32_768, CALLS = 10_000, SAMPLE = 123_456;
const GRID = [365, 512, 512];
const VPD = "0.6108 * exp(17.27 * a / (a + 237.3)) * (1 - b / 100)";
const POLYNOMIAL = "(((((0.001 * a + 0.02) * a - 0.3) * a + 0.4) * a - 0.5) * a + 0.6) * a - 0.7";
const runs = Number(Deno.args[0] ?? 7);

await using pool = new WorkerPool({ workers: 2 });

function filled(count: number, value: (k: number) => number): SharedNdArray<"float64"> {
  const array = SharedNdArray.zeros([count]);
  for (let k = 0; k < count; k++) array.data[k] = value(k);
  return array;
}

const a = filled(COUNT, (k) => (k % 7001) / 7001 * 75 - 30);
const b = filled(COUNT, (k) => (k % 9973) / 9973 * 100);
const out = SharedNdArray.zeros([COUNT]).fill(1);
const a32 = a.astype("float32"), b32 = b.astype("float32");
const out32 = SharedNdArray.zeros([COUNT], { dtype: "float32" }).fill(1);

/** The median seconds of so many runs, after two that do not count. */
async function medianSeconds(work: () => Promise<unknown>, times: number): Promise<number> {
  const seconds: number[] = [];
  for (let run = -2; run < times; run++) {
    const began = performance.now();
    await work();
    if (run >= 0) seconds.push((performance.now() - began) / 1000);
  }
  return seconds.toSorted((x, y) => x - y)[times >> 1];
}

const seconds: Record<string, number> = {}, samples: Record<string, number> = {};

/** The median seconds of many calls on the first elements; how many of the last ones had workers. */
async function secondsOfCalls(elements: number): Promise<{ seconds: number; withWorkers: number }> {
  const [fewA, fewB] = [a, b].map((array) => SharedNdArray.from(array.data.slice(0, elements)));
  const few = SharedNdArray.zeros([elements]);
  let withWorkers = 0;
  const seconds = await medianSeconds(async () => {
    withWorkers = 0;
    for (let call = 0; call < CALLS; call++) {
      const { report } = await tiledMap("a + b", { inputs: { a: fewA, b: fewB }, outputs: { few }, pool });
      if (report.workersUsed > 0) withWorkers++;
    }
  }, 3);
  return { seconds, withWorkers };
}

// Small ones first: they want the least of what the others leave behind.
const small = await secondsOfCalls(SMALL), tiny = await secondsOfCalls(8);
seconds.small = small.seconds;

const work: Record<string, [SharedNdArray, () => Promise<unknown>]> = {
  add: [out, () => tiledMap("a + b", { inputs: { a, b }, outputs: { out }, pool })],
  vpd64: [out, () => tiledMap(VPD, { inputs: { a, b }, outputs: { out }, pool })],
  vpd32: [out32, () => tiledMap(VPD, { inputs: { a: a32, b: b32 }, outputs: { out: out32 }, pool })],
  polynomial: [out, () => tiledMap(POLYNOMIAL, { inputs: { a }, outputs: { out }, pool })],
};
for (const [name, [result, run]] of Object.entries(work)) {
  seconds[name] = await medianSeconds(run, runs);
  samples[name] = Number(result.data[SAMPLE]);
}

const [tmp, rad, total] = [1, 2, 3].map((value) => SharedNdArray.zeros(GRID).fill(value));
seconds.grid = await medianSeconds(
  () => tiledMap("tmp + rad", { inputs: { tmp, rad }, outputs: { total }, tile: [4, 4], pool }),
  runs,
);
if (total.data.some((value) => value !== 3)) throw new Error("The sum of the grids is wrong");

const micro = (seconds: number) => `${(seconds / CALLS * 1e6).toFixed(1)} µs`;
const remark =
  `a call on ${SMALL} elements takes ${micro(small.seconds)}, on 8 elements ${micro(tiny.seconds)}: ` +
  `the difference is computing. Workers took part in ${small.withWorkers} of ${CALLS} calls; the others were done on the ` +
  "calling thread";
console.log(JSON.stringify({ seconds, samples, version: `Deno ${Deno.version.deno}`, remark }));
