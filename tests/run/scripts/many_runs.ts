/**
 * Many runs of all kinds on one pool, all with one AbortSignal: some fail, and some are aborted.
 *
 * usage: many_runs.ts RUNS
 *
 * @module
 */

import { heapAfterCollection, tell, watched, Windows } from "./watched.ts";
import { evaluate, SharedNdArray, sum, tiledMap, WorkerPool } from "../../../mod.ts";

const runs = Number(Deno.args[0]);
const inline = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`);
const adding = inline("export default ({ a, b }) => { b.data[b.offset] = a.data[a.offset] + 1 }");
const telling = inline("export default (arrays, { index }) => index");
const failing = inline(
  "export default (arrays, { index }) => { if (index === 5) throw new RangeError('no') }",
);
const waiting = inline("export default () => new Promise((resolve) => setTimeout(resolve, 2))");

const shape = [64, 8];
const a = SharedNdArray.ones(shape), b = SharedNdArray.zeros(shape);
const shared = new AbortController();
const { signal } = shared;
const pool = new WorkerPool({ workers: 2 });
const tile = [8, 8];

/** Starts a run and aborts it: at once, soon, or when its tiles are under way. */
async function aborted(k: number): Promise<string> {
  const own = new AbortController(), reason = new Error("changed my mind");
  const run = tiledMap(waiting, {
    inputs: { a },
    tile,
    pool,
    signal: AbortSignal.any([signal, own.signal]),
  });
  if (k % 3 === 1) await Promise.resolve();
  if (k % 3 === 2) await new Promise((resolve) => setTimeout(resolve, 1));
  own.abort(reason);
  return await run.then(() => "done", (error) => error === reason ? "aborted" : String(error));
}

/** What each kind of run is, and what shall come of it. */
const kinds: readonly (readonly [expected: string, run: (k: number) => Promise<string>])[] = [
  ["8 tiles", async () => {
    const { report } = await tiledMap(adding, { inputs: { a }, outputs: { b }, tile, pool, signal });
    return `${report.tiles} tiles`;
  }],
  ["64 values", async () => {
    const { values } = await tiledMap(telling, { inputs: { a }, tile: [1, 8], pool, signal, exact: true });
    return `${new Set(values).size} values`;
  }],
  ["2", async () => {
    const { outputs: { c } } = await tiledMap("a + 1", {
      inputs: { a },
      outputs: { c: "float64" },
      pool,
      exact: true,
      signal,
    });
    const text = String(c.get(3, 3));
    c.dispose();
    return text;
  }],
  ["3", async () => String((await evaluate("a + 2", { a }, { pool, signal, out: b })).get(9, 1))],
  ["512", async () => String((await sum(a, { pool, exact: true, signal })).get())],
  ["64", async () => {
    const total = await sum(a, { axis: 0, pool, signal });
    const text = String(total.get(0));
    total.dispose();
    return text;
  }],
  [
    "TileError",
    async () =>
      await tiledMap(failing, { inputs: { a }, tile, pool, signal }).then(
        () => "done",
        (error) => error instanceof Error ? error.name : String(error),
      ),
  ],
  ["aborted", aborted],
  ["8", async () => {
    let done = 0;
    const onProgress = (progress: { readonly done: number }) => void (done = progress.done);
    await tiledMap(adding, { inputs: { a }, outputs: { b }, tile, pool, signal, onProgress });
    return String(done);
  }],
  ["two", async () => {
    // Two at once, of which the second writes what the first reads.
    await Promise.all([
      tiledMap(adding, { inputs: { a: b }, outputs: { b: a.view() }, tile, pool, signal, retries: 1 }),
      evaluate("a + 0.5", { a }, { pool, exact: true, signal, out: b }),
    ]);
    a.fill(1);
    return "two";
  }],
];

const counts: Record<string, number> = {};
const wrong: string[] = [];
const windows = new Windows(Math.max(1, Math.floor(runs / 200)));
let most = watched(), heapBefore = 0;
const began = performance.now();
for (let k = 0; k < runs; k++) {
  if (k === Math.floor(runs * 0.3)) heapBefore = heapAfterCollection();
  const [expected, run] = kinds[k % kinds.length];
  const came = await run(Math.floor(k / kinds.length));
  counts[came] = (counts[came] ?? 0) + 1;
  if (came !== expected) wrong.push(`run ${k}: ${came}, not ${expected}`);
  if (k % 20 === 19) windows.sample();
  const now = watched();
  most = {
    ...now,
    signalListeners: Math.max(most.signalListeners, now.signalListeners),
    workerListeners: Math.max(most.workerListeners, now.workerListeners),
    timers: Math.max(most.timers, now.timers),
  };
}
const seconds = (performance.now() - began) / 1000;
const idle = watched(), heapAfter = heapAfterCollection();
await pool.close();
await tell({
  runs,
  seconds,
  counts,
  wrong: wrong.slice(0, 10),
  rss: windows.least,
  heap: [heapBefore, heapAfter],
  most,
  idle,
  closed: watched(),
});
