/**
 * Many pools, one after another: opened, used and closed, every fifth of them in the middle of a run.
 *
 * usage: many_pools.ts web|contained POOLS
 *
 * @module
 */

import { countThreads, heapAfterCollection, tell, watched, Windows } from "./watched.ts";
import { SharedNdArray, tiledMap, WorkerPool } from "../../../mod.ts";

const isolation = Deno.args[0] === "contained" ? "contained" : "web";
const pools = Number(Deno.args[1]);
const inline = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`);
const marking = inline("export default ({ a }, { worker }) => { a.fill(worker + 1) }");
const waiting = inline(
  "export default ({ a }) => { a.fill(1); return new Promise((resolve) => setTimeout(resolve, 20)) }",
);

const a = SharedNdArray.zeros([8]);

async function useOne(k: number): Promise<string> {
  const pool = new WorkerPool({ workers: 2, isolation });
  if (k % 5 !== 4) {
    await tiledMap(marking, { outputs: { a }, tile: [1], pool, exact: true });
    await pool.close();
    return "done";
  }
  a.fill(0);
  const run = tiledMap(waiting, { outputs: { a }, tile: [1], pool, exact: true });
  const came = run.then(() => "done", (error) => error instanceof Error ? error.message : String(error));
  while (a.get(0) === 0 && a.get(1) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  await pool.close();
  return await came;
}

const counts: Record<string, number> = {};
const windows = new Windows(Math.max(1, Math.floor(pools / 10)));
const threads: number[] = [];
let heapBefore = 0;
const began = performance.now();
for (let k = 0; k < pools; k++) {
  if (k === Math.floor(pools * 0.3)) heapBefore = heapAfterCollection();
  const came = await useOne(k);
  counts[came] = (counts[came] ?? 0) + 1;
  windows.sample();
  threads.push(countThreads());
}
const seconds = (performance.now() - began) / 1000, heapAfter = heapAfterCollection();
// Threads take a moment to end.
const deadline = performance.now() + 3000;
do await new Promise((resolve) => setTimeout(resolve, 20)); while (
  countThreads() > threads[0] && performance.now() < deadline
);
await tell({
  pools,
  isolation,
  seconds,
  counts,
  rss: windows.least,
  heap: [heapBefore, heapAfter],
  threads: { first: threads[0], most: Math.max(...threads), last: countThreads() },
  closed: watched(),
});
