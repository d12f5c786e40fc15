/**
 * What is asked of pools before there is one: small runs never need the rest of what a pool is made of.
 *
 * @module
 */

import { PlanError, WorkerError } from "../errors.ts";
import type { WorkerPool } from "./worker_pool.ts";

/** More workers than this are refused: each takes about 9 MB and 8 ms to start. */
export const MOST_WORKERS = 512;

const pools = new WeakSet<object>();

/**
 * Makes a pool known as one.
 *
 * @param pool The pool.
 */
export function registerPool(pool: WorkerPool): void {
  pools.add(pool);
}

/**
 * Whether a value is a pool.
 *
 * @param value Anything.
 */
export function isPool(value: unknown): value is WorkerPool {
  return typeof value === "object" && value !== null && pools.has(value);
}

/**
 * Checks a number of workers.
 *
 * @param workers The number, or nothing for the machine's cores.
 * @throws {PlanError} If it is no integer from 1 to 512.
 */
export function resolveWorkers(workers: number = navigator.hardwareConcurrency): number {
  if (!Number.isInteger(workers) || workers < 1 || workers > MOST_WORKERS) {
    throw new PlanError(
      `Invalid number of workers ${workers}: expected an integer from 1 to ${MOST_WORKERS}`,
    );
  }
  return workers;
}

/**
 * Refuses a pool that was closed.
 *
 * @param pool The pool.
 * @throws {WorkerError} If it was.
 */
export function requireOpen(pool: WorkerPool): void {
  if (pool.isClosed) throw closedError();
}

/** What a run on a pool that was closed ends with. */
export function closedError(): WorkerError {
  return new WorkerError("The pool is closed: make a new one for this run", -1);
}
