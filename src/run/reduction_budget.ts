/**
 * What reductions are predicted to need besides their inputs.
 *
 * @module
 */

import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { sharedBytesFor } from "../array/memory/shared_memory.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, dtypeRow } from "../dtype.ts";
import type { MemoryPart } from "../errors.ts";
import { BIN_BLOCK, binRows } from "../kernel/order/bin_counts.ts";
import { quantileScratch } from "../kernel/order/cell_quantiles.ts";
import { DIGIT_BLOCK } from "../kernel/order/digit_counts.ts";
import { SCRATCH_ELEMENTS } from "../kernel/reduce/scratch.ts";
import { isFloat } from "../plan/reduce/elements.ts";
import type { ReducePlan } from "../plan/reduce/reduce_plan.ts";
import { foldPass, type ReductionName } from "../plan/reduce/reduction_table.ts";
import { arrayParts, futureArray, otherPart, refuseOverBudget } from "./budget.ts";
import { isSearched, planWholeCells } from "./quantiles.ts";
import { searchBytes } from "./quantile_search.ts";

export { futureArray };

/** Bytes of what is combined, and of counts. */
const WIDE_BYTES = 8;

/** What is known of a reduction before anything is allocated. */
export interface KnownReduction {
  readonly plan: ReducePlan;
  readonly workers: number;
  /** The dtype of the elements. */
  readonly dtype: DType;
  readonly skipNaN: boolean;
  /** What the result is called. Default `result`. */
  readonly name?: string;
  readonly resultDType: DType;
}

/**
 * What a reduction needs.
 *
 * @param reduction Which.
 * @param known What is known of it.
 * @param isCopied Whether the result is copied to another order at the end.
 * @param isStored Whether its elements have to be an array.
 */
export function foldParts(
  reduction: ReductionName,
  { plan: { cells, positionUnits, shape }, workers, dtype, skipNaN, name = "result", resultDType }:
    KnownReduction,
  isCopied: boolean,
  isStored: boolean,
): MemoryPart[] {
  const isMoment = reduction === "mean" || reduction === "var" || reduction === "std";
  const isPlace = reduction === "argmin" || reduction === "argmax";
  const isConverted = isMoment || foldPass(reduction, dtype, skipNaN).lanes !== resultDType;
  const whole = sharedBytesFor(WIDE_BYTES * positionUnits * cells);
  // Of several rows the first alone goes on.
  const row = positionUnits > 1 ? sharedBytesFor(WIDE_BYTES * cells) : 0;
  let partial = (isPlace ? 2 : 1) * whole + (isPlace ? row : 0);
  if (isMoment && skipNaN && isFloat(dtype)) partial += row || whole;
  if (reduction === "var" || reduction === "std") partial += sharedBytesFor(WIDE_BYTES * cells);
  if (isConverted) partial += row;
  let result = isConverted ? sharedBytesFor(dtypeRow(resultDType).bytes * cells) : row;
  if (result === 0) {
    // What is combined is the result.
    result = whole;
    partial -= whole;
  }
  const parts = [
    { kind: "array", name, bytes: (isCopied ? 2 : 1) * result } as const,
    otherPart("partial results", partial),
    otherPart("scratch", workers * sharedBytesFor(WIDE_BYTES * SCRATCH_ELEMENTS)),
  ];
  return isStored ? [futureArray("elements as an array", dtype, shape), ...parts] : parts;
}

/**
 * What quantiles need.
 *
 * @param count How many of each cell.
 * @param known What is known.
 */
export function quantileParts(
  count: number,
  { plan, workers, name = "result", resultDType }: KnownReduction,
): MemoryPart[] {
  const { cells } = plan, values = sharedBytesFor(WIDE_BYTES * count * cells);
  const parts: MemoryPart[] = [
    resultDType === "float64"
      ? { kind: "array", name, bytes: values }
      : futureArray(name, resultDType, [count, cells]),
  ];
  if (resultDType !== "float64") parts.push(otherPart("partial results", values));
  const scratch = isSearched(plan) ? DIGIT_BLOCK : quantileScratch(planWholeCells(plan, workers));
  if (isSearched(plan)) parts.push(otherPart("counts", searchBytes(cells, workers)));
  return [...parts, otherPart("scratch", workers * sharedBytesFor(WIDE_BYTES * scratch))];
}

/**
 * What a histogram needs.
 *
 * @param plan The plan.
 * @param bins How many bins each cell has.
 * @param workers How many workers count.
 */
export function histogramParts(plan: ReducePlan, bins: number, workers: number): MemoryPart[] {
  const size = plan.cells * bins, sums = sharedBytesFor(WIDE_BYTES * size);
  return [
    { kind: "array", name: "counts", bytes: sums },
    // Those of each worker, their sums, and the same as an array that is to be converted.
    otherPart("partial results", sharedBytesFor(WIDE_BYTES * size * binRows(plan, workers)) + 2 * sums),
    otherPart("scratch", workers * sharedBytesFor(WIDE_BYTES * BIN_BLOCK)),
  ];
}

/**
 * What running sums need.
 *
 * @param resultDType Their dtype.
 * @param shape Their shape.
 * @param isGiven Whether the caller has an array for them.
 * @param isStored Whether elements that are bools have to be an array.
 */
export function scanParts(
  resultDType: DType,
  shape: Shape,
  isGiven: boolean,
  isStored: boolean,
): MemoryPart[] {
  const result = isGiven ? [] : [futureArray("result", resultDType, shape)];
  return isStored ? [...result, futureArray("elements as an array", "bool", [sizeOf(shape)])] : result;
}

/**
 * Refuses a reduction that is predicted to need more memory than its option `maxMemory` allows.
 *
 * @param wishes Its options.
 * @param inputs What it reads, by name.
 * @param parts What else it needs.
 * @throws {MemoryBudgetError} If it is predicted to need more.
 */
export function refuseLargeReduction(
  { maxMemory, workers }: { readonly maxMemory?: number; readonly workers: number },
  inputs: Readonly<Record<string, SharedNdArray>>,
  parts: readonly MemoryPart[],
): void {
  refuseOverBudget({ limit: maxMemory, workers }, [...arrayParts(inputs), ...parts]);
}
