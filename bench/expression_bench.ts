/**
 * Expressions against plain loops on one thread, what a repeated call costs, and what compiling does. For C, numba,
 * numexpr and NumPy on the same work see expression_peers.ts.
 */

import { evaluate, SharedNdArray, tiledMap, WorkerPool } from "../mod.ts";
import { compileProgram } from "../src/kernel/compile.ts";
import { checkKernel } from "../src/plan/expr/check.ts";
import { parseKernel } from "../src/plan/expr/parse.ts";

const pool = new WorkerPool({ workers: 2 });
globalThis.addEventListener("unload", () => void pool.close());

const VPD = "0.6108 * exp(17.27 * a / (a + 237.3)) * (1 - b / 100)";
const COUNT = 4_000_000;

for (const dtype of ["float64", "float32"] as const) {
  const a = SharedNdArray.random([COUNT], { seed: 1, dtype }),
    b = SharedNdArray.random([COUNT], { seed: 2, dtype });
  const out = SharedNdArray.ones([COUNT], { dtype });
  const [x, y, z] = [a.data, b.data, out.data];
  const group = `${COUNT / 1e6}M ${dtype}`;
  Deno.bench(`${group}: a + b, one plain loop`, { group: `${group} a + b`, baseline: true }, () => {
    for (let i = 0; i < COUNT; i++) z[i] = x[i] + y[i];
  });
  Deno.bench(`${group}: a + b, expression, 2 workers`, { group: `${group} a + b` }, async () => {
    await tiledMap("a + b", { inputs: { a, b }, outputs: { out }, pool, exact: true });
  });
  Deno.bench(`${group}: vapour pressure, one plain loop`, { group: `${group} vpd`, baseline: true }, () => {
    for (let i = 0; i < COUNT; i++) {
      z[i] = 0.6108 * Math.exp(17.27 * x[i] / (x[i] + 237.3)) * (1 - y[i] / 100);
    }
  });
  Deno.bench(`${group}: vapour pressure, expression, 2 workers`, { group: `${group} vpd` }, async () => {
    await tiledMap(VPD, { inputs: { a, b }, outputs: { out }, pool, exact: true });
  });
}

const few = { a: SharedNdArray.random([8], { seed: 1 }), b: SharedNdArray.random([8], { seed: 2 }) };
const out = SharedNdArray.zeros([8]);
Deno.bench("a call on 8 elements, on the calling thread", { group: "call" }, async () => {
  await evaluate("a + b", few, { out });
});
Deno.bench("a call on 8 elements, on a worker that waits", { group: "call" }, async () => {
  await tiledMap("a + b", { inputs: few, outputs: { out }, pool, exact: true, workers: 1 });
});

const parsed = await parseKernel(VPD);
const environment = { inputs: { a: "float64", b: "float64" }, scalars: {}, rank: 1 } as const;
const program = checkKernel(parsed, environment);
const layouts = [0, 1, 2].map((memory) => ({ access: "contiguous", is64: false, memory }) as const);
const loads = program.inputs.map((_, operand) => ({ operand, delta: 0 }));
Deno.bench("vapour pressure: check", { group: "compile" }, () => {
  checkKernel(parsed, environment);
});
Deno.bench("vapour pressure: compile to a module", { group: "compile" }, () => {
  const { bytes } = compileProgram(program, { layouts, loads, innerAxis: 0, strict: false });
  new WebAssembly.Module(bytes);
});
