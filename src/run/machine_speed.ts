/**
 * How fast a machine moves memory and computes.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import { PlanError } from "../errors.ts";
import { refuseUnknown } from "./known_options.ts";
import { resolveWorkers } from "./pool_checks.ts";
import { RunRecorder } from "./run_recorder.ts";
import { tiledMap } from "./tiled_map.ts";
import type { TimelinePhase } from "./timeline.ts";
import { WorkerPool } from "./worker_pool.ts";

/**
 * What a machine's memory and cores can do, as measured.
 *
 * @example
 * ```ts
 * import { type MachineSpeed, measureMachine } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const { bandwidth, workers }: MachineSpeed = await measureMachine({ arrayBytes: 2 ** 20, budgetMs: 20 });
 * assert(bandwidth > 1e6 && workers >= 1);
 * ```
 */
export interface MachineSpeed {
  /** Bytes a second that all workers together read and write: of `a + b`, as kernels do it. */
  readonly bandwidth: number;
  /** Vector instructions a second that all workers together do: elements times the `weight` of a timeline. */
  readonly compute: number;
  /** How many workers there were. */
  readonly workers: number;
  /** Bytes of each of the three arrays. */
  readonly arrayBytes: number;
}

/**
 * Options of {@linkcode measureMachine}.
 *
 * @example
 * ```ts
 * import { measureMachine, type MeasureMachineOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: MeasureMachineOptions = { workers: 1, arrayBytes: 2 ** 20, budgetMs: 10 };
 * assertEquals((await measureMachine(options)).workers, 1);
 * ```
 */
export interface MeasureMachineOptions {
  /** How many workers compute. Default: the machine's cores. */
  readonly workers?: number;
  /** Bytes of each of three arrays. Default: 64 MiB, or a twelfth of the free memory where that is known and less. */
  readonly arrayBytes?: number;
  /** Milliseconds to measure for, about; each kernel runs at least twice. Default 300. */
  readonly budgetMs?: number;
  /** Stops it. */
  readonly signal?: AbortSignal;
}

/** As large as most caches are not, and quick to fill. */
const ARRAY_BYTES = 2 ** 26;

/** Elements that a worker reads, which stay in its cache. */
const CACHED_ELEMENTS = 2 ** 13;

/** How often it reads them in a run, as rows of an array that is repeated along its first axis. */
const REPEATS = 64;

/** Multiplications and additions that do not wait for each other, as far as processors can help it. */
const ARITHMETIC = Array.from({ length: 12 }, (_, k) => {
  return `((a * 0.${k + 1}1 + 1.5) * a - 0.${k + 1}7) * (a - ${k}.5)`;
}).join(" + ");

/**
 * Measures how fast a machine moves memory and computes, with kernels as those of users: `a + b` over arrays that are
 * larger than caches, and some fifty multiplications and additions over few elements. The best of several runs counts,
 * because others only ever make it slower.
 *
 * @param options How many workers, and for how long.
 * @throws {PlanError} If an option is not what it should be.
 * @throws {AllocationError} If there is not that much memory.
 *
 * @example
 * ```ts
 * import { measureMachine } from "@tilewise/ndarray";
 * import { assert } from "@std/assert";
 *
 * const { bandwidth, compute } = await measureMachine({ arrayBytes: 2 ** 20, budgetMs: 20 });
 * console.log(`${(bandwidth / 1e9).toFixed(1)} GB/s, ${(compute / 1e9).toFixed(1)} billion instructions a second`);
 * assert(bandwidth > 0 && compute > 0);
 * ```
 */
export async function measureMachine(options: MeasureMachineOptions = {}): Promise<MachineSpeed> {
  refuseUnknown(options, ["workers", "arrayBytes", "budgetMs", "signal"]);
  const { arrayBytes = safeArrayBytes(), budgetMs = 300, signal } = options;
  const workers = resolveWorkers(options.workers);
  if (!Number.isSafeInteger(arrayBytes) || arrayBytes < 8) {
    throw new PlanError(`The option arrayBytes must be an integer from 8 on, but is ${arrayBytes}`);
  }
  if (!(budgetMs >= 0 && budgetMs < Infinity)) {
    throw new PlanError(`The option budgetMs must be a number of milliseconds, but is ${budgetMs}`);
  }
  await using pool = new WorkerPool({ workers });
  const elements = Math.max(1, Math.floor(arrayBytes / 8));
  const run = { pool, exact: true, signal };
  using a = filled(elements), b = filled(elements), c = SharedNdArray.zeros([elements]);
  const moved = await best(budgetMs / 2, async (recorder) => {
    await tiledMap("c = a + b", { inputs: { a, b }, outputs: { c }, ...run, recorder });
  });
  using row = filled(workers * CACHED_ELEMENTS);
  using d = SharedNdArray.zeros([REPEATS, row.size]);
  const inputs = { a: row.broadcastTo(d.shape) }, outputs = { d }, tile = [REPEATS, CACHED_ELEMENTS];
  const computed = await best(budgetMs / 2, async (recorder) => {
    await tiledMap(`d = ${ARITHMETIC}`, { inputs, outputs, tile, ...run, recorder });
  });
  return {
    bandwidth: 3 * elements * 8 / seconds(moved),
    compute: (computed.weight ?? 0) * REPEATS * row.size / seconds(computed),
    workers,
    arrayBytes: elements * 8,
  };
}

/** The quickest of as many runs as there is time for, without the first one, which touches memory and loads code. */
async function best(budgetMs: number, run: (recorder: RunRecorder) => Promise<void>): Promise<TimelinePhase> {
  let quickest: TimelinePhase | undefined;
  const began = performance.now();
  for (let k = 0; k < 2 || performance.now() - began < budgetMs; k++) {
    const recorder = new RunRecorder();
    await run(recorder);
    const [phase] = recorder.timeline().phases;
    if (k > 0 && (quickest === undefined || seconds(phase) < seconds(quickest))) quickest = phase;
  }
  if (quickest === undefined) throw new Error("nothing was measured");
  return quickest;
}

/** From the first call of the kernel to the end of the last one: opening and closing a run is not what is measured. */
function seconds({ spans: { startMs, endMs } }: TimelinePhase): number {
  const began = startMs.reduce((a, b) => Math.min(a, b), Infinity);
  const ended = endMs.reduce((a, b) => Math.max(a, b), -Infinity);
  return Math.max(ended - began, 1e-3) / 1000;
}

/** Zeros that were never written may all be one page of memory. */
function filled(elements: number): SharedNdArray<"float64"> {
  const array = SharedNdArray.zeros([elements]);
  array.data.fill(0.5);
  return array;
}

function safeArrayBytes(): number {
  if (Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" }).state !== "granted") {
    return ARRAY_BYTES;
  }
  return Math.max(2 ** 20, Math.min(ARRAY_BYTES, Math.floor(Deno.systemMemoryInfo().available / 12)));
}
