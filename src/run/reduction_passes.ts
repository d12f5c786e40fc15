/**
 * The passes of a reduction, and what is made of what they give.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { type SharedNdArray, uninitialised } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { combineUnits } from "../kernel/reduce/combine_units.ts";
import { type Finish, finishProgram } from "../plan/reduce/finish.ts";
import type { LaneDType, ReducePlan } from "../plan/reduce/reduce_plan.ts";
import type { FoldPass, ReductionName } from "../plan/reduce/reduction_table.ts";
import { type ReductionRuns, type ReductionSource, type Wrapping, wrapSource } from "./reduction_runs.ts";
import type { ReduceWishes } from "./reduce_options.ts";

/** What is known while a reduction goes on. */
export interface Reducing {
  readonly name: ReductionName;
  readonly source: ReductionSource;
  readonly wishes: ReduceWishes;
  readonly runs: ReductionRuns;
  readonly plan: ReducePlan;
  /** The shape with reduced axes of extent 1. */
  readonly keptShape: Shape;
  /** For each axis of the source the one that the caller knows. */
  readonly axes: readonly number[];
  /** Gives passes over elements that are not in memory. */
  readonly folded?: (pass: FoldPass, beside?: Wrapping["beside"]) => Promise<Folded>;
}

/** What a pass gives, with one value for each cell. */
export interface Folded {
  readonly values: SharedNdArray<LaneDType>;
  readonly places: SharedNdArray<"int64"> | null;
}

/**
 * One pass: combined elements, one for each cell.
 *
 * @param reducing The reduction.
 * @param pass What is combined how.
 * @param beside An array that elements are compared with.
 */
export async function fold(
  { source, runs, plan, folded }: Reducing,
  pass: FoldPass,
  beside?: Wrapping["beside"],
): Promise<Folded> {
  if (folded !== undefined) return await folded(pass, beside);
  const { cells, positionUnits } = plan;
  const values = uninitialised([positionUnits, cells], pass.lanes);
  const isPlace = pass.fold === "argmin" || pass.fold === "argmax";
  const places = isPlace ? uninitialised([positionUnits, cells], "int64") : null;
  const partials: Record<string, SharedNdArray> = places === null ? { values } : { values, places };
  const wrapped = wrapSource(source, { ...pass, beside });
  await runs.run(wrapped, { plan, spec: { kind: "fold", fold: pass.fold }, partials });
  return combineRows({ values, places }, plan, pass);
}

/**
 * Combines a row for each unit of positions into one.
 *
 * @param rows The rows, which are disposed, unless there is only one.
 * @param plan How many there are.
 * @param pass What is combined how.
 */
export function combineRows(
  { values, places }: Folded,
  plan: Pick<ReducePlan, "cells" | "positionUnits">,
  { fold }: Pick<FoldPass, "fold">,
): Folded {
  combineUnits(values, places, plan, fold);
  return { values: firstRow(values), places: places === null ? null : firstRow(places) };
}

/** The first row alone, so that a result holds no more memory than its own. */
function firstRow<D extends DType>(partials: SharedNdArray<D>): SharedNdArray<D> {
  const [rows, cells] = partials.shape;
  if (rows === 1) return partials.reshape([cells]);
  const row = partials.view(0).copy();
  partials.dispose();
  return row;
}

/**
 * Makes a result of combined elements. They and the counts are disposed, unless they are the result.
 *
 * @param reducing The reduction.
 * @param how What is done to them.
 * @param values The combined elements.
 * @param n What they are divided by, or what is taken from the counts.
 * @param counts How many elements each is made of.
 */
export async function finish(
  { runs }: Reducing,
  how: Finish,
  values: SharedNdArray,
  n: number = 0,
  counts?: SharedNdArray,
): Promise<SharedNdArray> {
  if (how.divide === "nothing" && how.result === how.lanes && !how.root) return values;
  const inputs: Record<string, SharedNdArray> = counts === undefined
    ? { value: values }
    : { value: values, count: counts };
  const made = finishProgram(how);
  const scalars = made.program.scalars.map(() => n);
  const result = await runs.map({ ...made, halo: null, shape: values.shape }, inputs, scalars);
  values.dispose();
  counts?.dispose();
  return result;
}
