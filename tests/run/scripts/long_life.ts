/**
 * What the scripts many_runs.ts and many_pools.ts find, and what is expected of it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import type { Watched } from "./watched.ts";

/** What many_runs.ts writes. */
export interface ManyRuns {
  readonly runs: number;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
  /** The least resident megabytes of each tenth of the runs. */
  readonly rss: readonly number[];
  /** Megabytes of the heap after three tenths of the runs, and after all of them. */
  readonly heap: readonly [number, number];
  /** The most there was between runs, what there was when all had ended, and when the pool was closed. */
  readonly most: Watched;
  readonly idle: Watched;
  readonly closed: Watched;
}

/** What many_pools.ts writes. */
export interface ManyPools {
  readonly pools: number;
  readonly isolation: string;
  readonly seconds: number;
  readonly counts: Readonly<Record<string, number>>;
  readonly rss: readonly number[];
  readonly heap: readonly [number, number];
  readonly threads: { readonly first: number; readonly most: number; readonly last: number };
  readonly closed: Watched;
}

/**
 * Megabytes by which resident memory may differ between windows: workers collect their garbage when their heaps have
 * doubled, and not before. Arrays of these runs alone that were kept would come to more.
 */
const RSS_MB = 40;

/** Megabytes by which the heap may grow: code that is compiled later than the rest. */
const HEAP_MB = 1.5;

/** The windows after those in which a process warms up. */
const WARM = 3;

/**
 * Runs one of the scripts as a process of its own.
 *
 * @param name The script.
 * @param words Its arguments.
 * @returns What it wrote, read as JSON.
 */
export async function runLong(name: string, ...words: readonly string[]): Promise<unknown> {
  const script = new URL(name, import.meta.url).href;
  const args = ["run", "--quiet", "--no-lock", "--no-check", "--allow-all", "--v8-flags=--expose-gc", script];
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args, ...words],
    signal: AbortSignal.timeout(600_000),
  }).output();
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  assertEquals(code, 0, `${name} wrote ${err}`);
  return JSON.parse(out);
}

/**
 * How much the least resident memory has grown from the windows behind the warm-up to the last ones, in MB.
 *
 * @param rss The least of each window.
 */
export function growthOf(rss: readonly number[]): number {
  const warm = rss.slice(WARM), half = Math.ceil(warm.length / 2);
  return Math.min(...warm.slice(half)) - Math.min(...warm.slice(0, half));
}

/**
 * Requires that nothing piled up over many runs.
 *
 * @param found What the script found.
 */
export function requireFlatRuns(found: ManyRuns): void {
  const { runs, counts, wrong, rss, heap, most, idle, closed } = found;
  assertEquals(wrong, []);
  assertEquals(Object.values(counts).reduce((sum, count) => sum + count, 0), runs);
  assertEquals(new Set(Object.values(counts)).size, 1, Deno.inspect(counts));
  assertEquals([idle.rejections, closed.rejections], [[], []]);
  // Between runs there is none at all; workers have those that they were opened with.
  assertEquals([most.signalListeners, most.timers], [0, 0]);
  assert(most.workerListeners <= 2 * LISTENERS, `${most.workerListeners} listeners`);
  assert(growthOf(rss) < RSS_MB, `resident: ${rss}`);
  assert(heap[1] - heap[0] < HEAP_MB, `heap: ${heap}`);
}

/** Listeners that a worker has: for messages, for errors, and for messages that cannot be read. */
const LISTENERS = 3;

/**
 * Requires that nothing piled up over many pools.
 *
 * @param found What the script found.
 */
export function requireFlatPools({ pools, counts, rss, heap, threads, closed }: ManyPools): void {
  assertEquals(counts, {
    done: pools - Math.floor(pools / 5),
    "The pool was closed while a run was under way": Math.floor(pools / 5),
  });
  assertEquals([closed.rejections, closed.timers, closed.signalListeners], [[], 0, 0]);
  assert(closed.workerListeners <= 2 * pools * LISTENERS, `${closed.workerListeners} listeners`);
  // Those of the last pool may still be ending; the runtime opens and closes some of its own.
  assert(threads.most <= threads.first + THREADS, Deno.inspect(threads));
  assert(growthOf(rss) < RSS_MB, `resident: ${rss}`);
  assert(heap[1] - heap[0] < HEAP_MB, `heap: ${heap}`);
}

const THREADS = 12;
