/** Disposes an array of 1.2 GB that idle workers have seen, and prints the bytes resident before and after. */

import { SharedNdArray, tiledMap, WorkerPool } from "../../../mod.ts";

const kernel = new URL("data:text/javascript,export default ({ a }) => { a.fill(1) }");
await using pool = new WorkerPool({ workers: 2 });

async function run(): Promise<number> {
  using a = SharedNdArray.zeros([150_000_000]);
  await tiledMap(kernel, { outputs: { a }, pool, exact: true });
  return Deno.memoryUsage().rss;
}

const full = await run();
let after = full;
// Workers let go a moment after they have said that they are done, and the system takes its time.
for (let k = 0; k < 500 && after > full / 4; k++) {
  await new Promise((resolve) => setTimeout(resolve, 20));
  using _ = SharedNdArray.zeros([1]);
  after = Deno.memoryUsage().rss;
}
console.log(full, after);
