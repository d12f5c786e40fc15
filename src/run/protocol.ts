/**
 * The two messages of a run: one starts a worker's part, one ends it. Between them, workers and pool meet only in the
 * control block.
 *
 * @module
 */

import type { ArrayHandle } from "../array/types.ts";
import { describeCause } from "../errors.ts";
import type { TilePlan } from "../plan/tile_plan.ts";

/** Starts a worker's part of a run. */
export interface StartMessage {
  /** The run's number in its pool. */
  readonly run: number;
  /** The worker's number, which is also its slot in the control block. */
  readonly worker: number;
  /** The kernel module. */
  readonly kernel: string;
  /** The plan. */
  readonly plan: TilePlan;
  /** Inputs and outputs by name. */
  readonly arrays: Readonly<Record<string, ArrayHandle>>;
  /** The control block's memory. */
  readonly control: SharedArrayBuffer;
}

/** What a worker's part of a run came to. */
export interface WorkerPart {
  /** The worker's number. */
  readonly worker: number;
  /** Tiles finished. */
  readonly tiles: number;
  /** Milliseconds from the start message to the last tile's end, loading the kernel included. */
  readonly busyMs: number;
  /** The most bytes that the worker's own heap held, as sampled. */
  readonly heapPeak: number;
  /** The most bytes resident in the process that the worker saw. */
  readonly rssPeak: number;
  /** The tiles whose kernel returned something. */
  readonly valueTiles: readonly number[];
  /** What it returned, in the same order. */
  readonly values: readonly unknown[];
}

/** Why a worker's part failed. */
export interface Failure {
  /** Whether the part could not start, mostly because the kernel did not load, or the kernel failed on a tile. */
  readonly kind: "start" | "tile";
  /** The tile's place in tile order, for `tile`. */
  readonly tile: number;
  /** What was thrown. */
  readonly thrown: Thrown;
}

/** Ends a worker's part of a run. */
export interface EndMessage {
  /** The run's number in its pool. */
  readonly run: number;
  /** What was done. */
  readonly part: WorkerPart;
  /** What went wrong, if anything. */
  readonly failure?: Failure;
}

/**
 * A thrown value on its way between threads. A structured clone of an error keeps message, stack and cause, but not
 * the name of a user's class nor the fields that the class added.
 */
export interface Thrown {
  /** The value itself, or its description where it cannot be cloned. */
  readonly value: unknown;
  /** An error's name. */
  readonly name?: string;
  /** An error's own fields that can be cloned. */
  readonly fields?: Readonly<Record<string, unknown>>;
}

/**
 * Readies a thrown value for a message.
 *
 * @param value What was thrown.
 */
export function packThrown(value: unknown): Thrown {
  if (!(value instanceof Error)) return { value: isCloneable(value) ? value : describeCause(value) };
  const fields = Object.fromEntries(
    Object.entries(value).filter(([key, field]) => key !== "name" && isCloneable(field)),
  );
  const error = isCloneable(value) ? value : withoutCause(value);
  return { value: error, name: className(value), fields };
}

/**
 * The thrown value that was packed.
 *
 * @param thrown What came in the message.
 */
export function unpackThrown(thrown: Thrown): unknown {
  const { value, name, fields } = thrown;
  if (value instanceof Error) {
    if (name !== undefined && value.name !== name) {
      Object.defineProperty(value, "name", { value: name, configurable: true, writable: true });
    }
    Object.assign(value, fields);
  }
  return value;
}

/** A class that does not set `name` inherits that of a built-in class, but still has a name of its own. */
function className(error: Error): string {
  const isBuiltIn = Object.hasOwn(globalThis, error.name);
  return isBuiltIn ? error.constructor?.name || error.name : error.name;
}

function withoutCause(error: Error): Error {
  const plain = new Error(error.message);
  if (error.stack !== undefined) plain.stack = error.stack;
  return plain;
}

/**
 * Whether a value can be posted.
 *
 * @param value Anything.
 */
export function isCloneable(value: unknown): boolean {
  try {
    structuredClone(value);
    return true;
  } catch {
    return false;
  }
}
