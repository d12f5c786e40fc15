/**
 * What runs cost apart from their work: a run, a tile, a pool, and tiles of very different costs.
 *
 * usage: deno task bench:runs [--json] [--only runs|tiles|skew|pools]
 *
 * All figures are of one process after a warm-up: the median of several rounds, and the least.
 */

import { parseArgs } from "@std/cli/parse-args";
import { type Isolation, SharedNdArray, tiledMap, WorkerPool } from "../mod.ts";
import { median } from "./peer_table.ts";

const args = parseArgs(Deno.args, { boolean: ["json"], string: ["only"] });

/** A figure: numbers, one a round, in a unit. */
interface Figure {
  readonly what: string;
  readonly unit: string;
  readonly values: readonly number[];
  readonly target?: number;
}

const figures: Figure[] = [];
const kernel = (name: string) => new URL(`./kernels/${name}.ts`, import.meta.url);

const isWanted = (part: string) => args.only === undefined || args.only === part;

/** Calls some times, the first of them for nothing. */
async function rounds(count: number, call: () => Promise<number>): Promise<number[]> {
  await call();
  const values: number[] = [];
  for (let k = 0; k < count; k++) values.push(await call());
  return values;
}

async function since(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

/** Runs of one tile, one after another. */
async function measureRuns(): Promise<void> {
  const RUNS = 1000;
  const a = SharedNdArray.zeros([1]), b = SharedNdArray.zeros([1]);
  const controller = new AbortController();
  await using pool = new WorkerPool({ workers: 2 });
  const kinds: readonly (readonly [string, () => Promise<unknown>, number?])[] = [
    ["a module kernel", () => tiledMap(kernel("empty"), { outputs: { a }, pool, workers: 1 }), 100],
    ["a module kernel, two workers allowed", () => tiledMap(kernel("empty"), { outputs: { a }, pool }), 100],
    [
      "a module kernel, with a signal",
      () => tiledMap(kernel("empty"), { outputs: { a }, pool, workers: 1, signal: controller.signal }),
    ],
    ["an expression", () => tiledMap("a + 1", { inputs: { a }, outputs: { b }, pool, workers: 1 }), 100],
    [
      "an expression on a worker (exact)",
      () => tiledMap("a + 1", { inputs: { a }, outputs: { b }, pool, workers: 1, exact: true }),
      100,
    ],
  ];
  for (const [what, call, target] of kinds) {
    const values = await rounds(7, async () =>
      await since(async () => {
        for (let run = 0; run < RUNS; run++) await call();
      }) / RUNS * 1000);
    figures.push({ what: `a run of one tile: ${what}`, unit: "µs", values, target });
  }
}

/** Tiles without work. */
async function measureTiles(): Promise<void> {
  const [tmp, rad, vpd] = Array.from({ length: 3 }, () => SharedNdArray.zeros([1000, 1000]));
  await using pool = new WorkerPool({ workers: 2 });
  const kinds: readonly (readonly [string, URL | string, number?])[] = [
    ["an expression", "tmp + rad", 300],
    ["an empty module kernel, three views each", kernel("empty")],
    ["an empty module kernel declared elementwise", kernel("empty_elementwise")],
  ];
  for (const [what, which, target] of kinds) {
    const values = await rounds(7, async () => {
      const options = { inputs: { tmp, rad }, outputs: { vpd }, tile: [1, 1], pool, exact: true };
      const ms = await since(() => tiledMap(which, options));
      return ms / tmp.size * 1e6;
    });
    figures.push({ what: `a tile of 1,000,000, 2 workers: ${what}`, unit: "ns", values, target });
  }
}

/** Tiles of which a few cost a thousand times as much as the others, in several orders. */
async function measureSkew(): Promise<void> {
  const TILES = 10_000, COSTLY = 100, CHEAP_US = 1;
  const turnsPerUs = await calibrate();
  const orders: Readonly<Record<string, (k: number) => number>> = {
    first: (k) => k,
    last: (k) => TILES - COSTLY + k,
    "in the middle": (k) => (TILES - COSTLY) / 2 + k,
    "evenly spread": (k) => k * (TILES / COSTLY),
    // 1237 and 10,000 have no common factor, so that no place comes twice.
    "spread at random": (k) => (k * k * 7 + k * 1237) % TILES,
    "in clusters of ten": (k) => Math.floor(k / 10) * 977 + k % 10,
    "the last two": (k) => k < 2 ? TILES - 2 + k : -1,
  };
  await using pool = new WorkerPool({ workers: 2 });
  for (const [order, place] of Object.entries(orders)) {
    const turns = SharedNdArray.zeros([TILES, 1]).fill(CHEAP_US * turnsPerUs);
    for (let k = 0; k < COSTLY; k++) {
      if (place(k) >= 0) turns.data[place(k)] = 1000 * CHEAP_US * turnsPerUs;
    }
    const values = await rounds(9, async () => {
      const options = { inputs: { turns }, tile: [1, 1], pool, exact: true };
      const { report } = await tiledMap(kernel("skewed"), options);
      const ideal = report.workers.reduce((sum, { busyMs }) => sum + busyMs, 0) / pool.size;
      return (report.elapsedMs / ideal - 1) * 100;
    });
    figures.push({
      what: `tiles of costs 1:1000, the expensive ones ${order}: beyond the ideal finish`,
      unit: "%",
      values,
      target: 10,
    });
  }
}

/** How many turns of the skewed kernel's loop take a microsecond. */
async function calibrate(): Promise<number> {
  const { default: skewed } = await import("./kernels/skewed.ts");
  const TURNS = 2e6;
  const turns = SharedNdArray.from([TURNS]);
  const values = await rounds(9, () => since(() => Promise.resolve(skewed({ turns }))));
  return TURNS / (Math.min(...values) * 1000);
}

/** Pools of two workers, from nothing to the end of their first run. */
async function measurePools(): Promise<void> {
  const a = SharedNdArray.zeros([2]);
  for (const isolation of ["web", "contained"] satisfies Isolation[]) {
    const opened: number[] = [], closed: number[] = [];
    for (let k = 0; k < 8; k++) {
      const began = performance.now();
      const pool = new WorkerPool({ workers: 2, isolation });
      await tiledMap(kernel("empty"), { outputs: { a }, tile: [1], pool, exact: true });
      const ready = performance.now();
      await pool.close();
      if (k === 0) continue;
      opened.push(ready - began);
      closed.push(performance.now() - ready);
    }
    figures.push({ what: `a pool of 2 ${isolation} workers, and its first run`, unit: "ms", values: opened });
    figures.push({ what: `closing it (${isolation})`, unit: "ms", values: closed });
  }
}

if (isWanted("runs")) await measureRuns();
if (isWanted("tiles")) await measureTiles();
if (isWanted("skew")) await measureSkew();
if (isWanted("pools")) await measurePools();

if (args.json) console.log(JSON.stringify(figures));
else {
  console.log(`Deno ${Deno.version.deno}, ${navigator.hardwareConcurrency} cores\n`);
  console.log("| figure | median | least | target |\n|---|---|---|---|");
  for (const { what, unit, values, target } of figures) {
    const show = (value: number) => `${value.toFixed(value < 10 ? 2 : 1)} ${unit}`;
    const wanted = target === undefined ? "" : `at most ${target} ${unit}`;
    console.log(`| ${what} | ${show(median(values) ?? NaN)} | ${show(Math.min(...values))} | ${wanted} |`);
  }
}
