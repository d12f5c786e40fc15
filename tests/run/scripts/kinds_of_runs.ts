/**
 * All kinds of runs on workers that the first argument describes. Writes whether each gave what it should.
 *
 * @module
 */

import {
  argmax,
  cumsum,
  evaluate,
  histogram,
  iterate,
  mean,
  median,
  SharedNdArray,
  sum,
  tiledMap,
  tiledReduce,
  WorkerPool,
  type WorkerPoolOptions,
} from "../../../mod.ts";

const asked: WorkerPoolOptions = JSON.parse(Deno.args[0]);
const kernel = new URL("../../kernels/failing/halves.ts", import.meta.url);
const found: Record<string, unknown> = {};
{
  await using pool = new WorkerPool({ ...asked, workers: 2 });
  const wishes = { pool, exact: true };
  const z = SharedNdArray.arange(1000);
  const run = await tiledMap(kernel, { inputs: { z }, outputs: { next: "float64" }, tile: [100], ...wishes });
  found.module = [run.outputs.next.get(999), run.report.workers.length, run.values.length];
  const expression = await evaluate("2 * z + 1", { z }, wishes);
  found.expression = [expression.get(0), expression.get(999)];
  found.reductions = [
    (await sum(z, wishes)).get(),
    (await mean("z * z", { z }, wishes)).get(),
    (await argmax(z, wishes)).get(),
    (await median(z, wishes)).get(),
  ];
  found.histogram = [...(await histogram(z, { bins: 2, ...wishes })).counts.values()].map(Number);
  found.cumsum = (await cumsum(z, wishes)).get(999);
  const heat = await iterate("0.5 * z", { z }, { steps: 3, ...wishes });
  found.iteration = heat.array.get(800);
  const steps = await iterate(kernel, { z }, { state: { z: "next" }, steps: 3, ...wishes });
  found.moduleIteration = steps.array.get(800);
  const reduced = await tiledReduce<number>(kernel, {
    inputs: { z },
    tile: [100],
    combine: (a, b) => a + b,
    ...wishes,
  });
  found.tiledReduce = reduced.value;
  found.uncombined = asked.sandbox === true
    ? await tiledReduce(kernel, { inputs: { z }, ...wishes }).catch((error: unknown) => String(error))
    : null;
  if (asked.sandbox === true) {
    const asks = new URL("../../kernels/failing/asks.ts", import.meta.url);
    const a = SharedNdArray.zeros([1], { dtype: "int32" });
    const { values } = await tiledMap(asks, { outputs: { a }, pool });
    found.asks = values[0];
  }
}
const plain = (_: string, value: unknown) => typeof value === "bigint" ? Number(value) : value;
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(found, plain)));
