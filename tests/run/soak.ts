/**
 * The task `soak`: what long_life_test.ts does, with 10,000 runs and 200 pools, and its figures.
 *
 * usage: deno task soak [--runs 10000] [--pools 200] [--contained 100]
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import {
  growthOf,
  type ManyPools,
  type ManyRuns,
  requireFlatPools,
  requireFlatRuns,
  runLong,
} from "./scripts/long_life.ts";

const args = parseArgs(Deno.args, {
  string: ["runs", "pools", "contained"],
  default: { runs: "10000", pools: "200", contained: "100" },
});

const shown = (values: readonly number[]) => values.map((value) => value.toFixed(0)).join(" ");

function tellMemory({ rss, heap }: ManyRuns | ManyPools): void {
  console.log(`  resident MB, the least of each tenth: ${shown(rss)}; grown by ${growthOf(rss).toFixed(1)}`);
  console.log(
    `  heap MB after a collection, at three tenths and at the end: ${heap.map((mb) => mb.toFixed(2))}`,
  );
}

// A script's JSON is of the type that it says.
const runs = await runLong("many_runs.ts", args.runs) as ManyRuns;
console.log(`${runs.runs} runs on one pool in ${runs.seconds.toFixed(1)} s: ${JSON.stringify(runs.counts)}`);
tellMemory(runs);
console.log(
  `  between runs at most ${runs.most.signalListeners} listeners on signals, ${runs.most.workerListeners} on workers, ` +
    `${runs.most.timers} timers; unhandled rejections: ${runs.closed.rejections.length}`,
);
requireFlatRuns(runs);
for (const [isolation, count] of [["web", args.pools], ["contained", args.contained]]) {
  const pools = await runLong("many_pools.ts", isolation, count) as ManyPools;
  const { first, most, last } = pools.threads;
  console.log(
    `${pools.pools} pools of 2 ${isolation} workers in ${pools.seconds.toFixed(1)} s: ${
      JSON.stringify(pools.counts)
    }`,
  );
  tellMemory(pools);
  console.log(`  threads: ${first} after the first, ${most} at most, ${last} at the end`);
  requireFlatPools(pools);
}
console.log("Nothing has piled up");
