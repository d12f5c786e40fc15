/**
 * A worker's part of a reduction: units instead of tiles.
 *
 * @module
 */

import { layoutOf, SharedNdArray, storageOf, uninitialised } from "../array/shared_ndarray.ts";
import { DTYPES } from "../dtype.ts";
import { BoundKernel } from "../kernel/bound_kernel.ts";
import type { OrderSpec } from "../kernel/order/order_work.ts";
import type { BlockSource, DirectElements } from "../kernel/reduce/block_source.ts";
import { BoundReduction } from "../kernel/reduce/bound_reduction.ts";
import { kernelSource } from "../kernel/reduce/kernel_source.ts";
import { SCRATCH_ELEMENTS } from "../kernel/reduce/scratch.ts";
import type { LaneDType } from "../plan/reduce/reduce_plan.ts";
import type { FoldSpec, ReduceMessage, StartMessage } from "./protocol.ts";

/** What a worker does with the units of a reduction. */
export interface ReduceWork {
  /** Does a unit. */
  readonly runUnit: (unit: number) => void;
  /** Bytes that were copied so far. */
  readonly copied: () => number;
  /**
   * Gives back the scratch memory, so that the next reduction of this thread finds memory that has been written
   * before.
   */
  readonly end: () => void;
}

/**
 * Readies a worker for the units of a reduction.
 *
 * @param start The message that starts the part.
 * @param message Its kernel.
 */
export async function prepareReduction(start: StartMessage, message: ReduceMessage): Promise<ReduceWork> {
  const partials = attachAll(start.shared);
  switch (message.spec.kind) {
    case "fold":
      return foldWork(start, message, message.spec, partials);
    default:
      return await orderWork(start, message, message.spec, partials);
  }
}

/** Quantiles and histograms, of elements that are float64. */
async function orderWork(
  start: StartMessage,
  message: ReduceMessage,
  spec: OrderSpec,
  partials: Readonly<Record<string, SharedNdArray>>,
): Promise<ReduceWork> {
  const { plan } = message;
  // What is loaded delays the first unit, and most reductions do without.
  const { orderRunner, orderScratch } = await import("../kernel/order/order_work.ts");
  const scratch = uninitialised([orderScratch(plan, spec)], "float64");
  const { source, copied } = sourceOf(start, message, scratch);
  // The caller made them with this dtype.
  const shared = (name: string) => (partials[name] as SharedNdArray<"float64">).data;
  const runUnit = orderRunner(plan, spec, source, scratch.data, shared);
  return { runUnit: (unit) => runUnit(unit, start.worker), copied, end: () => scratch.dispose() };
}

function foldWork(
  start: StartMessage,
  message: ReduceMessage,
  { fold }: FoldSpec,
  partials: Readonly<Record<string, SharedNdArray>>,
): ReduceWork {
  const { plan, lanes } = message;
  const scratch = uninitialised([SCRATCH_ELEMENTS], lanes);
  const { source, copied } = sourceOf(start, message, scratch);
  // The caller made them with these dtypes.
  const values = partials.values as SharedNdArray<LaneDType>;
  const places = (partials.places ?? null) as SharedNdArray<"int64"> | null;
  const reduction = new BoundReduction({ plan, fold, lanes, source, scratch, values, places });
  return { runUnit: (unit) => reduction.runUnit(unit), copied, end: () => scratch.dispose() };
}

/**
 * The elements that are reduced.
 *
 * @param start The message that starts the part.
 * @param message Its kernel.
 * @param scratch Where blocks of elements are computed, an array of their dtype.
 */
function sourceOf(
  start: StartMessage,
  { compiled, module, scalars, output, direct, plan }: ReduceMessage,
  scratch: SharedNdArray,
): { readonly source: BlockSource; readonly copied: () => number } {
  if (module === null) throw new Error("The module of the kernel was not sent");
  const arrays = attachAll(start.arrays);
  const kernel = new BoundKernel(compiled, module, { ...arrays, [output]: scratch }, scalars);
  const source = kernelSource(kernel, plan, direct === null ? null : elementsOf(arrays[direct]));
  return { source, copied: () => kernel.copied };
}

function elementsOf(array: SharedNdArray): DirectElements | null {
  const memory = storageOf(array).webAssemblyMemory;
  if (memory === undefined) return null;
  const { strides, offset } = layoutOf(array), { bytes } = DTYPES[array.dtype];
  return {
    memory,
    address: array.data.byteOffset + offset * bytes,
    strides: strides.map((stride) => stride * bytes),
  };
}

function attachAll(handles: StartMessage["arrays"]): Record<string, SharedNdArray> {
  return Object.fromEntries(
    Object.entries(handles).map(([name, handle]) => [name, SharedNdArray.attach(handle)]),
  );
}
