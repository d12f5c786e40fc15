/**
 * Asking for memory: what is kept for later gives way first, and a refusal says what was asked for and what there was.
 *
 * @module
 */

import { AllocationError, showBytes } from "../../errors.ts";
import { FreeList } from "./free_list.ts";
import { MemoryPressure } from "./pressure.ts";

/** Each worker keeps less than the main thread, and collects sooner: there can be many of them. */
const WORKER_KEPT_BYTES = 64 * 2 ** 20, WORKER_LEAST_BYTES = 64 * 2 ** 20;

/** What was given back by this thread. */
export const freeList: FreeList = new FreeList(isWorker() ? WORKER_KEPT_BYTES : undefined, forget);

/** What this thread's arrays take from the machine. */
export const pressure: MemoryPressure = new MemoryPressure(
  isWorker() ? { leastBytes: WORKER_LEAST_BYTES } : {},
);

/** Whether this thread is a worker's. */
function isWorker(): boolean {
  return "WorkerGlobalScope" in globalThis;
}

let madeBytes = 0;

/** Takes collected memories off the count. It hears of them in a task of its own, and so somewhat late. */
const collected = new FinalizationRegistry<number>((byteLength) => madeBytes -= byteLength);

/**
 * Counts memory that was made for an array, until it is let go of or collected.
 *
 * @param memory The memory.
 */
export function countMade(memory: WebAssembly.Memory): void {
  const { byteLength } = memory.buffer;
  madeBytes += byteLength;
  collected.register(memory, byteLength, memory);
}

/** Takes memory off the count that no array will have any more. */
function forget(memory: WebAssembly.Memory): void {
  if (collected.unregister(memory)) madeBytes -= memory.buffer.byteLength;
}

/** The bytes that arrays of this thread have which were made here, and neither disposed nor collected. */
export function bytesInArrays(): number {
  return madeBytes - freeList.bytes;
}

/**
 * The bytes that the system has for whoever asks.
 *
 * @returns Null where the program is not permitted to know; nobody is asked for the permission.
 */
export function availableBytes(): number | null {
  try {
    const { state } = Deno.permissions.querySync({ name: "sys", kind: "systemMemoryInfo" });
    return state === "granted" ? Deno.systemMemoryInfo().available : null;
  } catch {
    return null;
  }
}

/**
 * Makes something that needs memory. Where that fails, it is tried again without what is kept for later, and without
 * what was dropped but not collected.
 *
 * @param byteLength How many bytes it needs.
 * @param what What they are, such as `of shared memory`.
 * @param make Makes it.
 * @param most The most bytes that the runtime gives for one such thing, however much there is.
 * @throws {AllocationError} If the machine or the runtime does not give that much.
 */
export function allocate<T>(
  byteLength: number,
  what: string,
  make: () => T,
  most: number = Infinity,
): T {
  try {
    return make();
  } catch {
    freeList.clear();
    pressure.relieve();
  }
  try {
    return make();
  } catch (cause) {
    const available = availableBytes();
    const there = thereIs(byteLength, available, most);
    throw new AllocationError(
      `Cannot allocate ${showBytes(byteLength)} (${byteLength} bytes) ${what}: ${there}`,
      byteLength,
      { cause, available },
    );
  }
}

function thereIs(byteLength: number, available: number | null, most: number): string {
  const isTooLong = byteLength > most;
  const limit = isTooLong ? `; a single array can have ${showBytes(most)} here` : "";
  if (available === null) {
    const owner = isWorker() ? "this worker" : "this program";
    return `${owner} has ${
      showBytes(bytesInArrays())
    } in shared arrays (what the machine has is known with ` +
      `--allow-sys)${limit}`;
  }
  const there = `${showBytes(available)} are available`;
  if (isTooLong || available < byteLength) return there + limit;
  return `${there}, but not to this process, or not in one piece`;
}
