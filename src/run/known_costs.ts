/**
 * What kernels took on a pool before, so that small runs wake no more workers than are worth waking.
 *
 * @module
 */

import { BoundedMap } from "../bounded_map.ts";
import type { PoolJob } from "./pool_run.ts";
import type { WorkerPart } from "./protocol.ts";

/** Kernels that are remembered. */
const KNOWN_KERNELS = 64;

/** Milliseconds of work for which it is worth to wake a worker: half of it is what waking takes. */
const WORTH_MS = 0.2;

/** How long the tiles of kernels took. */
export class KnownCosts {
  readonly #tileMs = new BoundedMap<string, number>(KNOWN_KERNELS);

  /**
   * How many workers are enough for a job, as far as is known: more would only be woken to find nothing to do.
   *
   * @param job The job.
   * @returns One at least; Infinity where nothing is known.
   */
  enoughFor(job: PoolJob): number {
    const key = job.exact ? undefined : keyOf(job);
    const tileMs = key === undefined ? undefined : this.#tileMs.get(key);
    if (tileMs === undefined) return Infinity;
    return Math.max(1, Math.floor(tileMs * (job.range.end - job.range.begin) / WORTH_MS));
  }

  /**
   * Remembers what a job took.
   *
   * @param job The job, which is done.
   * @param parts What its workers did.
   */
  learn(job: PoolJob, parts: readonly WorkerPart[]): void {
    const key = keyOf(job), tiles = job.range.end - job.range.begin;
    if (key === undefined || tiles === 0) return;
    this.#tileMs.set(key, parts.reduce((sum, { busyMs }) => sum + busyMs, 0) / tiles);
  }
}

/** What tiles of about equal costs have in common; nothing for work that is not one call a tile. */
function keyOf({ kernel, plan }: PoolJob): string | undefined {
  if (kernel.kind === "module") return `${kernel.url} ${plan.tile}`;
  return kernel.kind === "compiled" ? `${kernel.compiled.key} ${plan.tile}` : undefined;
}
