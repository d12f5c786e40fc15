/**
 * How often which air temperature occurs over the oceans, counted twice: into counters that all workers share, and
 * into one row of counters a worker.
 *
 * usage: deno run --allow-read examples/histogram/histogram.ts
 *
 * @module
 */

import { readArray, SharedNdArray, tiledMap, WorkerPool } from "../../mod.ts";
import { BINS, LOWEST, WIDTH } from "./bins.ts";

const here = (file: string) => new URL(file, import.meta.url);
const WORKERS = 2;

/** Counts into one array, with atomic additions. */
async function countShared(airt: SharedNdArray, pool: WorkerPool): Promise<SharedNdArray<"int32">> {
  const counts = SharedNdArray.zeros([BINS], { dtype: "int32" });
  await tiledMap(here("./shared_counts_kernel.ts"), { inputs: { airt }, shared: { counts }, pool });
  return counts;
}

/** Counts into a row a worker, and sums the rows. */
async function countInRows(airt: SharedNdArray, pool: WorkerPool): Promise<SharedNdArray<"int32">> {
  using rows = SharedNdArray.zeros([WORKERS, BINS], { dtype: "int32" });
  await tiledMap(here("./own_row_kernel.ts"), { inputs: { airt }, shared: { rows }, pool });
  const sums = SharedNdArray.zeros([BINS], { dtype: "int32" });
  for (const row of rows) {
    for (let bin = 0; bin < BINS; bin++) sums.set(bin, sums.get(bin) + row.get(bin));
  }
  return sums;
}

await using pool = new WorkerPool({ workers: WORKERS });
const airt = await readArray(here("../vpd/coads-vpd.nc"), { variable: "AIRT" });
const counts = await countShared(airt, pool);
const sums = await countInRows(airt, pool);
if (!counts.equals(sums)) throw new Error("The two ways of counting differ");

const most = Math.max(...counts.values());
for (let bin = 0; bin < BINS; bin++) {
  const count = counts.get(bin);
  if (count === 0) continue;
  const bar = "#".repeat(Math.ceil(count / most * 50));
  console.log(`${String(LOWEST + bin * WIDTH).padStart(4)} °C ${String(count).padStart(6)} ${bar}`);
}
