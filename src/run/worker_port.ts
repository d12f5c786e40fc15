/**
 * A worker's side of its messages, in both kinds of workers.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { packThrown, type StartMessage, type WorkerMessage } from "./protocol.ts";
import { refuseSilentExits } from "./run_tiles.ts";

/** How a worker hears from its pool and answers. */
export interface WorkerPort {
  /** Posts to the pool. */
  post(message: WorkerMessage): void;
  /**
   * Sets what is called for each message.
   *
   * @param work Takes it.
   */
  listen(work: (start: StartMessage) => void): void;
}

/** The port of a web Worker, whose global scope is the port. */
export function webPort(): WorkerPort {
  const port: WorkerPort = {
    post: (message) => self.postMessage(message),
    // Not self.onmessage, which a kernel's module could take for itself.
    listen: (work) => self.addEventListener("message", ({ data }: MessageEvent<StartMessage>) => work(data)),
  };
  refuseSilentExits(self);
  // What fails outside of a tile: the pool gets the error itself, which the event on its side would not have.
  self.addEventListener("error", (event) => {
    event.preventDefault();
    port.post({ stray: packThrown(event.error ?? event.message), isOver: false });
  });
  self.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    port.post({ stray: packThrown(event.reason), isOver: false });
  });
  return port;
}

/** Milliseconds between two looks at the limit of the heap. */
const LOOK_MS = 100;

/** The port of a contained worker, which is one of `node:worker_threads`. */
export function containedPort(): WorkerPort {
  // Neither imported, because web Workers would pay for it, nor later, because messages would be lost meanwhile.
  const parent = builtin("node:worker_threads").parentPort, v8 = builtin("node:v8");
  if (parent === null) throw new Error("This module is the entry of a worker");
  const port: WorkerPort = {
    post: (message) => parent.postMessage(message),
    // In a timer, because an exhausted heap is told of there: in the handler of a message it would go unnoticed.
    listen: (work) => void parent.on("message", (start: StartMessage) => setTimeout(work, 0, start)),
  };
  // Kernels know their scope by that name.
  Object.defineProperty(globalThis, "self", { value: globalThis, configurable: true, writable: true });
  const { exit } = Deno;
  refuseSilentExits(globalThis);
  watchHeap(() => v8.getHeapStatistics().heap_size_limit, (limit) => {
    const megabytes = Math.round(limit / 2 ** 20);
    const error = new RangeError(`Out of memory: the heap reached its limit of ${megabytes} MB`);
    port.post({ stray: packThrown(error), isOver: true });
    exit(1);
  });
  return port;
}

/**
 * Calls back when the heap was exhausted. The runtime cuts off what a promise was doing, which nobody hears of, and
 * raises the limit, which can be seen.
 */
function watchHeap(limitNow: () => number, isExhausted: (limit: number) => void): void {
  const limit = limitNow();
  setInterval(() => {
    if (limitNow() > limit) isExhausted(limit);
  }, LOOK_MS);
}
