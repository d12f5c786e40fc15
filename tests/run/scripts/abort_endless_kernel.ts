/**
 * Aborts a kernel that loops for ever. Its thread cannot be ended, so this is a process of its own, which exits.
 *
 * @module
 */

import { SharedNdArray, tiledMap, WorkerPool } from "../../../mod.ts";

const kernel = new URL("../../kernels/endless.ts", import.meta.url);
const begun = SharedNdArray.zeros([4], { dtype: "int32" });
const pool = new WorkerPool({ workers: 2 });
const controller = new AbortController();
const waiting = setInterval(() => {
  if (begun.get(0) === 1) controller.abort();
}, 5);
let outcome = "the run ended";
let abortedAt = 0;
controller.signal.addEventListener("abort", () => abortedAt = performance.now());
try {
  await tiledMap(kernel, { outputs: { begun }, tile: [1], pool, exact: true, signal: controller.signal });
} catch (error) {
  outcome = error instanceof Error ? error.name : String(error);
}
clearInterval(waiting);
const settledMs = performance.now() - abortedAt;

// The pool fills the places of the workers that were given up.
const again = SharedNdArray.zeros([4], { dtype: "int32" });
const mark = new URL("data:text/javascript,export default ({ again }) => { again.fill(1) }");
await tiledMap(mark, { outputs: { again }, tile: [1], pool });
await Deno.stdout.write(
  new TextEncoder().encode(JSON.stringify({ outcome, settledMs, again: [...again.values()] })),
);
Deno.exit(0);
