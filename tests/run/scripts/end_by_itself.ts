/**
 * Runs that end in several ways, after which the process must end by itself.
 *
 * @module
 */

import { SharedNdArray, tiledMap, WorkerPool } from "../../../mod.ts";

const mark = new URL("data:text/javascript,export default ({ a }) => { a.fill(1) }");
const failing = new URL("data:text/javascript,export default () => { throw new RangeError('no') }");
const missing = new URL("no_such_kernel.ts", import.meta.url);
const a = SharedNdArray.zeros([4]);
const outcomes: string[] = [];

async function note(run: Promise<unknown>): Promise<void> {
  outcomes.push(await run.then(() => "done", (error) => error instanceof Error ? error.name : String(error)));
}

const closed = new WorkerPool({ workers: 1 });
await closed.close();
// First, while the parts of the runtime that a run loads are still missing.
await note(tiledMap(mark, { outputs: { a }, pool: closed }));
await note(tiledMap(mark, { outputs: { a }, tile: [1], workers: 2, onProgress: () => {} }));
await note(tiledMap(failing, { outputs: { a }, tile: [1], workers: 2 }));
await note(tiledMap(missing, { outputs: { a }, tile: [1], workers: 2 }));
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(outcomes)));
