/**
 * The figures of docs/performance.md: what tiles, dtypes, layouts, pools and the like cost, as Markdown tables.
 *
 * usage: deno run --allow-read bench/guide_figures.ts [--rounds 15]
 *
 * Times are the least of all rounds, in milliseconds. The cases of a table are measured in turn, so that whatever else the machine does
 * meets all of them.
 */

import { parseArgs } from "@std/cli/parse-args";
import { RunRecorder, SharedNdArray, tiledMap, WorkerPool } from "../mod.ts";

const { rounds: given } = parseArgs(Deno.args, { string: ["rounds"], default: { rounds: "15" } });
const rounds = Number(given);

type Case = readonly [name: string, work: () => Promise<unknown>];

async function table(title: string, cases: readonly Case[], times: number = 1): Promise<void> {
  const taken = cases.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    for (const [k, [, work]] of cases.entries()) {
      const began = performance.now();
      for (let time = 0; time < times; time++) await work();
      // The first one compiles and warms up.
      if (round >= 0) taken[k].push((performance.now() - began) / times);
    }
  }
  console.log(`\n| ${title} | ms |\n| --- | --- |`);
  cases.forEach(([name], k) => console.log(`| ${name} | ${Math.min(...taken[k]).toPrecision(3)} |`));
}

const module = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`);
const ROWS = new URL("kernels/add.ts", import.meta.url);
const ELEMENTWISE = new URL("kernels/add_elementwise.ts", import.meta.url);
const CELLS = module(`export default ({ tmp, rad, vpd }, { shape: [days, rows, columns] }) => {
  for (let day = 0; day < days; day++) {
    for (let i = 0; i < rows; i++) {
      for (let j = 0; j < columns; j++) vpd.set(day, i, j, tmp.get(day, i, j) + rad.get(day, i, j));
    }
  }
}`);
const ADD = "vpd = tmp + rad";
const FORMULA = "vpd = 0.6108 * exp(17.27 * tmp / (tmp + 237.3)) * (1 - rad / 100)";

await using pool = new WorkerPool();

function arrays(shape: readonly number[], dtype: "float64" | "float32" = "float64") {
  const inputs = {
    tmp: SharedNdArray.random(shape, { seed: 1, dtype }),
    rad: SharedNdArray.random(shape, { seed: 2, dtype }),
  };
  return { inputs, outputs: { vpd: SharedNdArray.zeros(shape, { dtype }) } };
}

const run = (kernel: URL | string, options: Parameters<typeof tiledMap>[1]) =>
  tiledMap(kernel, { ...options, pool });

console.log(`${navigator.hardwareConcurrency} cores, ${pool.size} workers, Deno ${Deno.version.deno}`);
{
  const job = arrays([365, 256, 256]);
  const tiles = [[4, 4], [16, 16], [64, 256], [16, 256, 256]];
  for (
    const [name, kernel] of [["expression", ADD], ["module", ROWS], ["elementwise", ELEMENTWISE]] as const
  ) {
    await table(
      `tmp + rad, 365x256x256 float64, ${name}`,
      tiles.map((tile): Case => [`tile ${tile.join("x")}`, () => run(kernel, { ...job, tile })]),
    );
  }
  const tile = [16, 256, 256];
  await table("the same, other outputs and layouts, expression", [
    ["an output that is there", () => run(ADD, { ...job, tile })],
    [
      "an input transposed",
      () => run(ADD, { ...job, inputs: { ...job.inputs, rad: job.inputs.rad.transpose([0, 2, 1]) } }),
    ],
  ]);
  // Each for itself: memory that one lets go of would be taken by the other.
  await table("the same", [["a new output", () => run(ADD, { inputs: job.inputs, tile })]]);
  await table("the same", [["a new output, the one before being disposed", async () => {
    (await tiledMap(ADD, { inputs: job.inputs, tile, pool })).outputs.vpd.dispose();
  }]]);
  const scratch = { vpd: SharedNdArray.zeros([365, 256, 256]) };
  const steps = { ...job.inputs, vpd: scratch.vpd };
  await table("0.5 * (tmp + rad) - 1", [
    ["one expression", () => run("vpd = 0.5 * (tmp + rad) - 1", job)],
    ["three, one after another", async () => {
      await run(ADD, { inputs: job.inputs, outputs: scratch });
      await run("vpd = 0.5 * vpd", { inputs: { vpd: steps.vpd }, outputs: scratch });
      await run("vpd = vpd - 1", { inputs: { vpd: steps.vpd }, outputs: scratch });
    }],
  ]);
  await table("vapour pressure formula, 365x256x256", [
    ["float64", () => run(FORMULA, job)],
    ["float64, strict", () => run(FORMULA, { ...job, strict: true })],
    ["float64, one worker", () => run(FORMULA, { ...job, workers: 1 })],
  ]);
}
{
  const job = arrays([365, 256, 256], "float32");
  await table("the same in float32", [["float32", () => run(FORMULA, job)]]);
}
{
  const job = arrays([365, 64, 64]), tile = [73, 64, 64];
  await table("365x64x64 float64, tile 73x64x64, module", [
    ["forEachRow", () => run(ROWS, { ...job, tile })],
    ["get and set", () => run(CELLS, { ...job, tile })],
  ]);
  const recorder = () => new RunRecorder();
  await table("365x64x64 float64, tile 1x1, module, 4096 calls", [
    ["not recorded", () => run(ROWS, { ...job, tile: [1, 1] })],
    ["recorded", () => run(ROWS, { ...job, tile: [1, 1], recorder: recorder() })],
  ], 10);
}
for (const size of [1000, 32_000, 1_000_000]) {
  const job = arrays([size]);
  await table(`${FORMULA.slice(6)}, ${size} elements`, [
    ["as it comes", () => run(FORMULA, job)],
    ["exact: on all workers of a pool", () => run(FORMULA, { ...job, exact: true })],
  ], 40);
}
const job = arrays([1000]);
await table("1,000 elements", [["exact, without a pool", () => tiledMap(FORMULA, { ...job, exact: true })]]);
