/**
 * A call of a reduction, before the heavy part is loaded; and the one function for all reductions.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType, FloatDType } from "../dtype.ts";
import { PlanError, showValue } from "../errors.ts";
import type { ReductionName } from "../plan/reduce/reduction_table.ts";
import type { Expression } from "./map_options.ts";
import {
  readReduceOptions,
  type ReducedRun,
  type ReduceWishes,
  type VarianceOptions,
} from "./reduce_options.ts";
import { requireRecord, type ScalarValue, type SplitInputs, splitInputs } from "./run_arrays.ts";
import { displayed } from "./run_display.ts";

/**
 * Arrays and numbers by the names that an expression uses.
 *
 * @example
 * ```ts
 * import { max, type ReduceInputs, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const inputs: ReduceInputs = { a: SharedNdArray.from([1, 5, 3]), k: 2 };
 * assertEquals((await max("k * a", inputs)).item(), 10);
 * ```
 */
export type ReduceInputs = Readonly<Record<string, SharedNdArray | ScalarValue>>;

/**
 * The dtype of sums of elements of dtype `D`.
 *
 * @example
 * ```ts
 * import { SharedNdArray, sum, type WideOf } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const total: SharedNdArray<WideOf<"uint8">> = await sum(SharedNdArray.from(new Uint8Array([200, 100])));
 * assertEquals(total.item(), 300n);
 * ```
 */
export type WideOf<D extends DType> = D extends FloatDType ? D
  : D extends "uint8" | "uint16" | "uint32" | "uint64" ? "uint64"
  : "int64";

/**
 * The dtype of means of elements of dtype `D`.
 *
 * @example
 * ```ts
 * import { type FloatOf, mean, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const half: SharedNdArray<FloatOf<"bool">> = await mean(SharedNdArray.from([true, false]));
 * assertEquals([half.dtype, half.item()], ["float64", 0.5]);
 * ```
 */
export type FloatOf<D extends DType> = D extends FloatDType ? D : "float64";

/** What is reduced, and how. */
interface ReduceCall {
  readonly source: SharedNdArray | Expression;
  readonly inputs: SplitInputs;
  readonly wishes: ReduceWishes;
}

/**
 * The options that a call of a reduction has, and the inputs if it is one of an expression.
 *
 * @param source What is reduced.
 * @param rest What else was passed.
 * @throws {PlanError} If the source is neither an array nor an expression, or an option is of another kind than it
 * can be.
 */
export function readCall(source: unknown, rest: readonly unknown[]): ReduceCall {
  if (source instanceof SharedNdArray) {
    const [options = {}] = rest;
    // Its values are looked at one by one.
    return { source, inputs: splitInputs({}), wishes: readReduceOptions(options as VarianceOptions) };
  }
  if (typeof source !== "string" && typeof source !== "function") {
    throw new PlanError(
      `What is reduced must be a SharedNdArray, an expression or an arrow function, but is ${
        showValue(source)
      }`,
    );
  }
  const [inputs, options = {}] = rest;
  requireRecord("The inputs", inputs);
  const split = splitInputs(inputs as ReduceInputs);
  if (Object.keys(split.arrays).length === 0) {
    throw new PlanError(
      'There is no array among the inputs, which are the second argument: sum("a * k", { a, k }, { axis: 0 })',
    );
  }
  return {
    // Functions are read as text, and never called.
    source: source as Expression,
    inputs: split,
    wishes: readReduceOptions(options as VarianceOptions),
  };
}

/**
 * Reduces, for a function whose overloads say what comes of it.
 *
 * @param name The reduction.
 * @param source What is reduced.
 * @param rest Inputs and options, as they were passed.
 */
export async function reduceTo(
  name: ReductionName,
  source: unknown,
  rest: readonly unknown[],
): Promise<SharedNdArray<never>> {
  const { array } = await computeCall(name, readCall(source, rest));
  // The overloads say which dtype it has.
  return array as SharedNdArray<never>;
}

async function computeCall(name: ReductionName, { source, inputs, wishes }: ReduceCall): Promise<ReducedRun> {
  wishes.signal?.throwIfAborted();
  const { computeReduction } = await import("./compute_reduction.ts");
  return await computeReduction(name, { source, inputs }, wishes);
}

/** The names of reductions, without the table of what they do, which is loaded with the first one. */
export const REDUCTION_NAMES: Readonly<Record<ReductionName, true>> = {
  sum: true,
  mean: true,
  min: true,
  max: true,
  prod: true,
  var: true,
  std: true,
  argmin: true,
  argmax: true,
  any: true,
  all: true,
  countNonzero: true,
};

/**
 * A reduction by its name, with a report of its run: `sum`, `prod`, `min`, `max`, `mean`, `var`, `std`, `argmin`,
 * `argmax`, `any`, `all` or `countNonzero`.
 *
 * @param name Such as `"sum"`.
 * @param array What is reduced.
 * @param options Axes and the like.
 * @returns The result, and the report.
 * @throws {PlanError} If there is no reduction of that name, or an option is of another kind than it can be.
 * @throws {MemoryBudgetError} If the predicted peak is more than `maxMemory`.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {ValueError} If there are no elements, and the reduction of nothing has no meaning.
 *
 * @example
 * ```ts
 * import { reduce, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.random([200, 300], { seed: 1 });
 * const { array, report } = await reduce("mean", "a * a", { a }, { axis: 0 });
 * assertEquals([array.shape, report.memory.copied], [[300], 0]);
 * ```
 */
export function reduce(
  name: ReductionName,
  array: SharedNdArray,
  options?: VarianceOptions,
): Promise<ReducedRun>;
/** Any reduction of an expression of arrays. */
export function reduce(
  name: ReductionName,
  expression: Expression,
  inputs: ReduceInputs,
  options?: VarianceOptions,
): Promise<ReducedRun>;
export async function reduce(
  name: ReductionName,
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<ReducedRun> {
  if (!Object.hasOwn(REDUCTION_NAMES, name)) {
    throw new PlanError(
      `There is no reduction ${showValue(name)}: expected one of ${Object.keys(REDUCTION_NAMES).join(", ")}`,
    );
  }
  return displayed(await computeCall(name, readCall(source, rest)));
}
