/**
 * A worker's side of its messages, in both kinds of workers.
 *
 * @module
 */

import { builtin } from "../builtin.ts";
import { interrupt } from "../interrupt.ts";
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

/** How the names of workers in a sandbox begin. */
export const SANDBOX_NAME = "tilewise sandbox";

let openSandbox = () => {};

/** Lets a sandbox work. Its entry calls it when the modules that it was made with are loaded. */
export function beginInSandbox(): void {
  openSandbox();
}

/** The port of a web Worker, whose global scope is the port. */
export function webPort(): WorkerPort {
  // The runtime would take a module for loaded that still waits at its top level, were it imported a second time.
  const isLoaded = self.name.startsWith(SANDBOX_NAME)
    ? new Promise<void>((resolve) => openSandbox = resolve)
    : undefined;
  const port: WorkerPort = {
    // Not looked up each time: a kernel that puts another function there must not keep the pool from hearing.
    post: self.postMessage.bind(self),
    // Not self.onmessage, which a kernel's module could take for itself.
    listen: (work) =>
      self.addEventListener("message", async ({ data }: MessageEvent<StartMessage>) => {
        if (isLoaded !== undefined) await isLoaded;
        work(data);
      }),
  };
  refuseSilentExits(self);
  tellStrays(port);
  return port;
}

/**
 * Posts what fails outside of a tile: the pool gets the error itself, which the event on its side would not have, and
 * the runtime prints nothing.
 */
function tellStrays(port: WorkerPort): void {
  addEventListener("error", (event) => {
    event.preventDefault();
    port.post({ stray: packThrown(event.error ?? event.message), isOver: false });
    interrupt();
  });
  addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    port.post({ stray: packThrown(event.reason), isOver: false });
    interrupt();
  });
}

/** Milliseconds between two looks at the limit of the heap. */
const LOOK_MS = 100;

/** The port of a contained worker, which is one of `node:worker_threads`. */
export function containedPort(): WorkerPort {
  // Neither imported, because web Workers would pay for it, nor later, because messages would be lost meanwhile.
  const parent = builtin("node:worker_threads").parentPort, v8 = builtin("node:v8");
  if (parent === null) throw new Error("This module is the entry of a worker");
  const port: WorkerPort = {
    post: parent.postMessage.bind(parent),
    // In a timer, because an exhausted heap is told of there: in the handler of a message it would go unnoticed.
    listen: (work) => void parent.on("message", (start: StartMessage) => setTimeout(work, 0, start)),
  };
  // Kernels know their scope by that name.
  Object.defineProperty(globalThis, "self", { value: globalThis, configurable: true, writable: true });
  const { exit } = Deno;
  refuseSilentExits(globalThis);
  tellStrays(port);
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
