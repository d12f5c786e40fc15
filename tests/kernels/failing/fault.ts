/**
 * A kernel that writes the number of its tile plus one to each tile but tile 3, where it has the fault that its URL
 * asks for: `fault.ts?throws`.
 *
 * @module
 */

import process from "node:process";
import type { KernelTile, TileArrays } from "../../../mod.ts";
import { atomics } from "../../../src/array/atomics.ts";

/** The run's output, and shared: when the fault came, and how many calls of tile 3 there were. */
type Arrays = TileArrays<"a" | "calls", "int32"> & TileArrays<"when", "float64">;

/** What is wrong with a kernel. */
interface Fault {
  /** What it does on tile 3. */
  fail(arrays: Arrays, tile: KernelTile): unknown;
  /** What it does on other tiles before it writes to them. */
  others?(arrays: Arrays, tile: KernelTile): Promise<void> | undefined;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Other tiles take a while, and let timers and promises have their turn meanwhile. */
const slowly = () => sleep(150);

/** How often tile 3 was called, this time included. */
function callOf({ calls }: Arrays): number {
  return atomics.add(calls, 0, 1) + 1;
}

/** Lets two tiles fail at the same moment, on two workers. */
function meet({ calls }: Arrays): void {
  atomics.add(calls, 1, 1);
  while (atomics.load(calls, 1) < 2);
}

interface Link {
  next: Link | null;
}

/** Takes heap for ever, by calls of functions, where the runtime looks at its limit. */
function chain(): never {
  let link: Link | null = null;
  for (;;) link = longer(link);
}

function longer(next: Link | null): Link {
  return { next };
}

const kept: unknown[] = [];

const faults: Record<string, Fault> = {
  none: { fail: ({ a }) => void a.fill(4) },
  throws: {
    fail: () => {
      throw new RangeError("no wind");
    },
  },
  rejects: { fail: () => Promise.reject(new RangeError("no wind")) },
  throwsLater: {
    fail: async () => {
      await sleep(20);
      throw new RangeError("no wind");
    },
  },
  uncloneable: { fail: () => () => {} },
  uncloneableLater: { fail: () => Promise.resolve({ deep: [{ sign: Symbol("s") }] }) },
  denoExit: { fail: () => Deno.exit(3) },
  selfClose: { fail: () => self.close() },
  close: { fail: () => close() },
  processExit: { fail: () => process.exit(3) },
  reallyExit: { fail: () => Reflect.get(process, "reallyExit").call(process, 3) },
  processAbort: { fail: () => process.abort() },
  loops: {
    fail: () => {
      for (;;);
    },
  },
  loopsInPromises: {
    fail: async () => {
      for (;;) await null;
    },
  },
  neverSettles: { fail: () => new Promise(() => {}) },
  neverSettlesSlowly: { fail: () => new Promise(() => {}), others: slowly },
  heapObjects: { fail: chain },
  heapStrings: {
    fail: () => {
      for (let text = "x";;) kept.push(text = text.slice(1) + "a longer text, ".repeat(100));
    },
  },
  heapOneArray: {
    fail: () => {
      for (const one: number[] = [];;) one.push(Math.random());
    },
  },
  heapInPromise: {
    fail: async () => {
      await null;
      chain();
    },
  },
  heapInTimer: { fail: () => new Promise(() => setTimeout(chain, 10)) },
  heapBuiltIns: {
    fail: () => {
      for (const a: unknown[] = [];;) a.push(new Array(1000).fill(0));
    },
  },
  heapFloats: {
    fail: () => {
      for (const a: unknown[] = [];;) a.push(new Float64Array(1000).fill(1));
    },
  },
  heapAfterTile: { fail: ({ a }) => (setTimeout(chain, 10), void a.fill(4)), others: slowly },
  heapAfterRun: { fail: ({ a }) => (setTimeout(chain, 100), void a.fill(4)) },
  timerThrows: {
    fail: ({ a }) => {
      setTimeout(() => {
        throw new RangeError("too late");
      }, 10);
      a.fill(4);
    },
    others: slowly,
  },
  timerThrowsAfterRun: {
    fail: ({ a }) => {
      setTimeout(() => {
        throw new RangeError("much too late");
      }, 100);
      a.fill(4);
    },
  },
  strayRejection: {
    fail: ({ a }) => {
      Promise.reject(new RangeError("nobody waits"));
      a.fill(4);
    },
    others: slowly,
  },
  strayAfterRun: {
    fail: ({ a }) => {
      setTimeout(() => void Promise.reject(new RangeError("nobody waits")), 100);
      a.fill(4);
    },
  },
  twoFail: {
    fail: (arrays) => {
      meet(arrays);
      throw new RangeError("no wind");
    },
    others: (arrays, { index }) => {
      if (index !== 4) return undefined;
      meet(arrays);
      throw new TypeError("no rain");
    },
  },
  throwsOnce: {
    fail: (arrays) => {
      if (callOf(arrays) === 1) throw new RangeError("no wind");
      arrays.a.fill(4);
    },
  },
  rejectsTwice: {
    fail: async (arrays) => {
      await sleep(1);
      if (callOf(arrays) <= 2) throw new RangeError("no wind");
      arrays.a.fill(4);
    },
  },
  loopsOnce: {
    fail: (arrays) => {
      while (callOf(arrays) === 1) for (;;);
      arrays.a.fill(4);
    },
  },
  neverSettlesOnce: {
    fail: (arrays) => callOf(arrays) === 1 ? new Promise(() => {}) : void arrays.a.fill(4),
  },
  diesOnce: {
    fail: (arrays) => {
      if (callOf(arrays) === 1) chain();
      arrays.a.fill(4);
    },
  },
  strayOnce: {
    fail: (arrays) => {
      if (callOf(arrays) > 1) return void arrays.a.fill(4);
      Promise.reject(new RangeError("nobody waits"));
      return new Promise(() => {});
    },
  },
};

const fault = faults[new URL(import.meta.url).search.slice(1)];

/** Returns the number of its tile, unless the fault returns something. */
export default function kernel(arrays: Arrays, tile: KernelTile): unknown {
  const { a, when } = arrays, { index } = tile;
  if (index === 3) {
    if (when.get(0) === 0) when.set(0, Date.now());
    const value = fault.fail(arrays, tile);
    return value instanceof Promise ? value.then((value) => value ?? index) : value ?? index;
  }
  const write = () => {
    a.fill(index + 1);
    return index;
  };
  return fault.others?.(arrays, tile)?.then(write) ?? write();
}
