/**
 * Expressions on the calling thread, where they are done before a worker could begin.
 *
 * @module
 */

import { highWaterGauge, type MemoryWatch } from "./memory_watch.ts";
import { unpackThrown, type WorkerPart } from "./protocol.ts";
import { runTiles } from "./run_tiles.ts";
import type { PoolJob } from "./worker_pool.ts";

/** What came of a job, and the process's high-water mark when it ended. */
export interface JobResult {
  readonly parts: readonly WorkerPart[];
  /** When the last worker ended its part, as `performance.now()` tells time. */
  readonly ended: number;
  readonly highWater: number;
}

/** Nanoseconds that a vector instruction takes about, for each element. */
const INSTRUCTION_NS = 0.15;

/** Nanoseconds that a byte of an array takes about: in a cache none to speak of, and otherwise that of fresh memory. */
const BYTE_NS = 0.2;

/** Bytes of arrays that a cache holds. */
const CACHE_BYTES = 2 ** 20;

/** Nanoseconds of work for which opening workers, or waking those of a pool, would take longer than the work. */
const OPENING_NS = 4e6, WAKING_NS = 60e3;

/**
 * Whether the calling thread would be done with a job before workers had begun.
 *
 * @param job The job.
 * @param hasPool Whether there are workers to be woken; otherwise they would have to be opened.
 */
export function isSoonOver({ kernel, plan, bytes, exact }: PoolJob, hasPool: boolean): boolean {
  if (kernel.kind !== "compiled" || exact) return false;
  const elements = plan.shape.reduce((product, extent) => product * extent, 1);
  const work = elements * kernel.compiled.weight * INSTRUCTION_NS +
    (bytes > CACHE_BYTES ? bytes * BYTE_NS : 0);
  return work < (hasPool ? WAKING_NS : OPENING_NS);
}

/**
 * Runs a job on this thread.
 *
 * @param job The job.
 * @param watch Its memory.
 */
export async function runHere(job: PoolJob, watch: MemoryWatch): Promise<JobResult> {
  const { kernel, plan, arrays, shared, control, signal } = job;
  signal?.throwIfAborted();
  const { part, failure } = await runTiles({
    run: 0,
    worker: 0,
    kernel,
    plan,
    arrays,
    shared,
    control: control.buffer,
  });
  if (failure !== undefined) throw unpackThrown(failure.thrown);
  const ended = performance.now();
  watch.sample();
  return { parts: [part], ended, highWater: (await highWaterGauge())() };
}
