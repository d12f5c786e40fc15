/**
 * Expressions and reductions on the calling thread, where they are done before a worker could begin.
 *
 * @module
 */

import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { highWaterGauge, type MemoryWatch } from "./memory_watch.ts";
import {
  type CompiledMessage,
  type KernelMessage,
  type ReduceMessage,
  unpackThrown,
  type WorkerPart,
} from "./protocol.ts";
import { runTiles } from "./run_tiles.ts";
import type { PoolJob } from "./pool_run.ts";

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

/** The same for a byte that is only read, of memory that was written before. */
const READ_BYTE_NS = 0.1;

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
  if (kernel.kind === "iterate") {
    const { turns: [turn], tilePlan, iteration } = kernel;
    return !exact &&
      stepNs(turn.kernel, tilePlan.shape) * iteration.steps < (hasPool ? WAKING_NS : OPENING_NS);
  }
  if ((kernel.kind !== "compiled" && kernel.kind !== "reduce") || exact) return false;
  const { shape } = kernel.kind === "reduce" ? kernel.plan : plan;
  const byteNs = kernel.kind === "reduce" ? READ_BYTE_NS : BYTE_NS;
  const work = sizeOf(shape) * weightOf(kernel) * INSTRUCTION_NS + (bytes > CACHE_BYTES ? bytes * byteNs : 0);
  return work < (hasPool ? WAKING_NS : OPENING_NS);
}

/**
 * Nanoseconds that a step of an iteration takes about on one thread.
 *
 * @param kernel What a step does.
 * @param shape The shape of what it computes.
 * @returns Infinity for a kernel module, of which nothing is known.
 */
export function stepNs(kernel: KernelMessage, shape: Shape): number {
  if (kernel.kind !== "compiled") return Infinity;
  return STEP_NS + sizeOf(shape) * kernel.compiled.weight * INSTRUCTION_NS;
}

/** Nanoseconds that a step takes apart from its elements: edges, above all. */
const STEP_NS = 5000;

/** Vector instructions that combining an element takes about. */
const COMBINING_WEIGHT = 1;

function weightOf(kernel: CompiledMessage | ReduceMessage): number {
  if (kernel.kind === "compiled") return kernel.compiled.weight;
  return COMBINING_WEIGHT + (kernel.direct === null ? kernel.compiled.weight : 0);
}

/**
 * Runs a job on this thread.
 *
 * @param job The job.
 * @param watch Its memory.
 */
export async function runHere(job: PoolJob, watch: MemoryWatch): Promise<JobResult> {
  const { kernel, plan, arrays, shared, control, signal, recording } = job;
  signal?.throwIfAborted();
  const { part, failure } = await runTiles({
    run: 0,
    worker: 0,
    workers: 1,
    slot: 0,
    first: null,
    end: job.range.end,
    retries: 0,
    debug: job.debug,
    kernel,
    plan,
    arrays,
    shared,
    control: control.buffer,
    epoch: recording?.epoch ?? null,
  });
  if (failure !== undefined) throw unpackThrown(failure.thrown);
  const ended = performance.now();
  watch.sample();
  return { parts: [part], ended, highWater: (await highWaterGauge())() };
}
