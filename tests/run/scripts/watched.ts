/**
 * Watches a process for what piles up: listeners, timers, rejections that nobody handles, memory, threads. To be
 * imported before anything that it shall watch.
 *
 * @module
 */

const rejections: string[] = [];
globalThis.addEventListener("unhandledrejection", (event) => {
  rejections.push(String(event.reason));
  // Otherwise the process would end before it can tell.
  event.preventDefault();
});

/** Listeners on signals and workers: added, less those that were removed. One that fired once counts until removed. */
const listeners = { AbortSignal: 0, Worker: 0 };

const kindOf = (target: EventTarget): keyof typeof listeners | undefined =>
  target instanceof AbortSignal ? "AbortSignal" : target instanceof Worker ? "Worker" : undefined;

const { addEventListener, removeEventListener } = EventTarget.prototype;
EventTarget.prototype.addEventListener = function (...args) {
  const kind = kindOf(this);
  if (kind !== undefined) listeners[kind]++;
  return addEventListener.apply(this, args);
};
EventTarget.prototype.removeEventListener = function (...args) {
  const kind = kindOf(this);
  if (kind !== undefined) listeners[kind]--;
  return removeEventListener.apply(this, args);
};

const timers = new Set<unknown>();
const { setTimeout, setInterval, clearTimeout, clearInterval } = globalThis;
globalThis.setTimeout = Object.assign((call: () => void, ms?: number, ...rest: unknown[]) => {
  const timer = setTimeout(() => {
    timers.delete(timer);
    call.apply(undefined, rest as []);
  }, ms);
  timers.add(timer);
  return timer;
}, setTimeout);
globalThis.setInterval = Object.assign((call: () => void, ms?: number) => {
  const timer = setInterval(call, ms);
  timers.add(timer);
  return timer;
}, setInterval);
globalThis.clearTimeout = (timer) => {
  timers.delete(timer);
  clearTimeout(timer);
};
globalThis.clearInterval = (timer) => {
  timers.delete(timer);
  clearInterval(timer);
};

/** What is there at a moment. */
export interface Watched {
  readonly signalListeners: number;
  readonly workerListeners: number;
  readonly timers: number;
  readonly rejections: readonly string[];
}

/** What is there now. */
export function watched(): Watched {
  return {
    signalListeners: listeners.AbortSignal,
    workerListeners: listeners.Worker,
    timers: timers.size,
    rejections: [...rejections],
  };
}

/** How many threads this process has. */
export function countThreads(): number {
  return [...Deno.readDirSync("/proc/self/task")].length;
}

const MB = 2 ** 20;

/** Megabytes that this thread's heap holds when what nobody needs was collected, which takes a flag of V8. */
export function heapAfterCollection(): number {
  const { gc } = globalThis as { readonly gc?: () => void };
  if (gc === undefined) throw new Error("This script needs --v8-flags=--expose-gc");
  gc();
  return Deno.memoryUsage().heapUsed / MB;
}

/** The least resident memory of each of several windows of time, in MB. */
export class Windows {
  readonly least: number[] = [];
  readonly #length: number;
  #samples = 0;

  /**
   * @param length How many samples a window has.
   */
  constructor(length: number) {
    this.#length = length;
  }

  /** Takes a sample. */
  sample(): void {
    const { rss } = Deno.memoryUsage();
    const at = Math.floor(this.#samples++ / this.#length);
    this.least[at] = Math.min(this.least[at] ?? Infinity, rss / MB);
  }
}

/**
 * Writes what a script found.
 *
 * @param found Plain data.
 */
export async function tell(found: unknown): Promise<void> {
  await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(found)));
}
