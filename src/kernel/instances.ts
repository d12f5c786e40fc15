/**
 * Modules of compiled kernels on the memories of arrays.
 *
 * @module
 */

import { type SharedNdArray, storageOf } from "../array/shared_ndarray.ts";
import { BoundedMap } from "../bounded_map.ts";
import type { CompiledKernel, PassedScalar } from "./compiled_kernel.ts";

/** The function that a module exports. */
export type Run = (...args: PassedScalar[]) => void;

/**
 * Functions on memories that they were bound to before. A memory comes to a worker as a new object with each message.
 */
const bound = new BoundedMap<string, Run>(16);

/** A binding keeps its memories alive, so only small ones are kept. */
const MOST_BOUND_BYTES = 4 * 2 ** 20;

/**
 * The function of a module on the memories of arrays, which is kept where they are small.
 *
 * @param kernel What the module is known by.
 * @param module The module.
 * @param arrays The arrays by the number of their memory.
 */
export function runOf(
  { key }: CompiledKernel,
  module: WebAssembly.Module,
  arrays: readonly SharedNdArray[],
): Run {
  const identities = arrays.map((array) => storageOf(array).identity);
  const bytes = arrays.reduce((sum, array) => sum + array.data.buffer.byteLength, 0);
  const isKept = bytes <= MOST_BOUND_BYTES && !identities.includes(undefined);
  const boundKey = `${identities} ${key}`;
  let run = isKept ? bound.get(boundKey) : undefined;
  if (run !== undefined) return run;
  run = instantiate(module, arrays);
  if (isKept) bound.set(boundKey, run);
  return run;
}

/**
 * The function of a module on the memories of arrays.
 *
 * @param module The module.
 * @param arrays The arrays by the number of their memory.
 */
export function instantiate(module: WebAssembly.Module, arrays: readonly SharedNdArray[]): Run {
  const memories = Object.fromEntries(arrays.map((array, k) => [`m${k}`, memoryOf(array)]));
  // Every module of a compiled kernel exports it.
  return new WebAssembly.Instance(module, { env: memories }).exports.run as Run;
}

function memoryOf(array: SharedNdArray): WebAssembly.Memory {
  const memory = storageOf(array).webAssemblyMemory;
  if (memory === undefined) throw new Error("An operand of a compiled kernel is in no WebAssembly memory");
  return memory;
}
