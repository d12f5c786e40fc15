/**
 * A promise that nobody awaits rejects in a kernel, which ends its worker; the pool fills its place.
 *
 * @module
 */

import { SharedNdArray, tiledMap, WorkerPool } from "../../../mod.ts";

const floating = new URL(
  "data:text/javascript," + encodeURIComponent(`export default () => {
    Promise.reject(new Error("nobody waits for me"));
    return new Promise((resolve) => setTimeout(resolve, 5000));
  }`),
);
const mark = new URL("data:text/javascript,export default ({ a }) => { a.fill(1) }");
const a = SharedNdArray.zeros([4]);
await using pool = new WorkerPool({ workers: 1 });
const failure = await tiledMap(floating, { outputs: { a }, pool }).catch((error: unknown) => error);
const { report } = await tiledMap(mark, { outputs: { a }, tile: [1], pool });
await Deno.stdout.write(
  new TextEncoder().encode(JSON.stringify({
    name: failure instanceof Error ? failure.name : "none",
    message: failure instanceof Error ? failure.message : "",
    tiles: report.tiles,
    a: [...a.values()],
  })),
);
