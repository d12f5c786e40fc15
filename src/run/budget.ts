/**
 * The option `maxMemory`: a run that is likely to need more is refused before anything is allocated.
 *
 * @module
 */

import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { sharedBytesFor } from "../array/memory/shared_memory.ts";
import { type SharedNdArray, storageOf } from "../array/shared_ndarray.ts";
import { type DType, dtypeRow } from "../dtype.ts";
import { MemoryBudgetError, type MemoryPart, showBytes } from "../errors.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import { type AxisHalo, viewElements } from "../plan/halo.ts";
import { runtimeParts } from "./report.ts";
import type { OutputSpec } from "./run_arrays.ts";

/** Arrays that a message names; of others there is only the number. */
const MOST_NAMED = 6;

/**
 * The part of arrays that are there. Several over one memory count once, under the name of the first.
 *
 * @param arrays The arrays by name.
 */
export function arrayParts(arrays: Readonly<Record<string, SharedNdArray>>): MemoryPart[] {
  const counted: SharedNdArray[] = [], parts: MemoryPart[] = [];
  for (const [name, array] of Object.entries(arrays)) {
    if (counted.some((other) => storageOf(other).isSameMemory(storageOf(array)))) continue;
    counted.push(array);
    parts.push({ kind: "array", name, bytes: array.data.buffer.byteLength });
  }
  return parts;
}

/**
 * The part of an array that is to be made.
 *
 * @param name Its name.
 * @param dtype Its dtype.
 * @param shape Its shape.
 */
export function futureArray(name: string, dtype: DType, shape: Shape): MemoryPart {
  return { kind: "array", name, bytes: sharedBytesFor(sizeOf(shape) * dtypeRow(dtype).bytes) };
}

/**
 * The part of what workers copy for kernel modules that see beyond their tile: each a tile at an edge, with its halo,
 * of each input.
 *
 * @param workers How many workers.
 * @param tile The extents of a tile.
 * @param axes The halo.
 * @param dtypes The dtypes of the inputs.
 */
export function edgeCopies(
  workers: number,
  tile: Shape,
  axes: readonly AxisHalo[],
  dtypes: readonly DType[],
): MemoryPart {
  const itemBytes = dtypes.reduce((sum, dtype) => sum + dtypeRow(dtype).bytes, 0);
  return otherPart("copies at edges", workers * viewElements(tile, axes) * itemBytes);
}

/**
 * A part of what a run needs besides arrays.
 *
 * @param name What it is, in the plural or as a mass.
 * @param bytes How much.
 */
export function otherPart(name: string, bytes: number): MemoryPart {
  return { kind: "other", name, bytes };
}

/** What sets a limit. */
export interface Budget {
  /** How many bytes a run may need; undefined where that does not matter. */
  readonly limit: number | undefined;
  /** What the limit is called. Default `maxMemory`. */
  readonly option?: string;
  /** How many workers the run may have. */
  readonly workers: number;
}

/**
 * Refuses a run that is predicted to need more memory than it may.
 *
 * @param budget How much it may need.
 * @param needed What it needs besides the runtime and the workers.
 * @throws {MemoryBudgetError} If it is predicted to need more.
 */
export function refuseOverBudget(
  { limit, option = "maxMemory", workers }: Budget,
  needed: readonly MemoryPart[],
): void {
  if (limit === undefined) return;
  const parts = [...needed.filter(({ bytes }) => bytes > 0), ...runtimeParts(workers)];
  const predicted = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  if (predicted <= limit) return;
  throw new MemoryBudgetError(
    `The predicted peak of ${comparable(predicted, limit)} is more than ${option} ${
      comparable(limit, predicted)
    }: ${describe(parts, workers)}`,
    { limit, parts },
  );
}

/** What is known of a run before its outputs are made. */
export interface KnownRun {
  /** Inputs and shared arrays, by name. */
  readonly arrays: Readonly<Record<string, SharedNdArray>>;
  /** Outputs by name: arrays, or dtypes of arrays to be made. */
  readonly specs: Readonly<Record<string, OutputSpec>>;
  /** The shape of outputs. */
  readonly shape: Shape;
  /** The tile, and what of which inputs is seen beyond it, by a kernel module. */
  readonly edges?: Pick<KernelHalo, "axes" | "fills"> & { readonly tile: Shape };
}

/**
 * Refuses a run whose inputs and outputs are known, if it is predicted to need more memory than it may.
 *
 * @param budget How much it may need.
 * @param known What is known of it.
 * @throws {MemoryBudgetError} If it is predicted to need more.
 */
export function refuseLargeRun(budget: Budget, { arrays, specs, shape, edges }: KnownRun): void {
  const given: [string, SharedNdArray][] = [], needed: MemoryPart[] = [];
  for (const [name, spec] of Object.entries(specs)) {
    if (typeof spec === "string") needed.push(futureArray(name, spec, shape));
    else given.push([name, spec]);
  }
  needed.unshift(...arrayParts({ ...arrays, ...Object.fromEntries(given) }));
  if (edges !== undefined) {
    const dtypes = Object.keys(edges.fills).map((name) => arrays[name].dtype);
    if (dtypes.length > 0) needed.push(edgeCopies(budget.workers, edges.tile, edges.axes, dtypes));
  }
  refuseOverBudget(budget, needed);
}

/** Bytes as short as they may be without looking like others. */
function comparable(bytes: number, other: number): string {
  return showBytes(bytes) === showBytes(other) ? `${bytes} bytes` : showBytes(bytes);
}

function describe(parts: readonly MemoryPart[], workers: number): string {
  const arrays = parts.filter(({ kind }) => kind === "array").sort((a, b) => b.bytes - a.bytes);
  const total = arrays.reduce((sum, { bytes }) => sum + bytes, 0);
  const named = arrays.slice(0, MOST_NAMED).map(({ name, bytes }) => `${name} ${showBytes(bytes)}`);
  if (arrays.length > MOST_NAMED) named.push(`and ${arrays.length - MOST_NAMED} more`);
  const texts = arrays.length === 0 ? [] : [`${showBytes(total)} arrays (${named.join(", ")})`];
  for (const { kind, name, bytes } of parts) {
    if (kind === "array") continue;
    if (name !== "workers") texts.push(`${showBytes(bytes)} ${name}`);
    else if (workers === 1) texts.push(`${showBytes(bytes)} for 1 worker`);
    else texts.push(`${showBytes(bytes / workers)} for each of ${workers} workers`);
  }
  return texts.join(", ");
}
