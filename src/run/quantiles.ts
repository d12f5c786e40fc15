/**
 * Medians and quantiles, from their source to their result.
 *
 * @module
 */

import { type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { DTypeError, ValueError } from "../errors.ts";
import type { QuantileWish } from "../kernel/order/quantile_points.ts";
import { isFloat } from "../plan/reduce/elements.ts";
import { reducedShape, splitAxes } from "../plan/reduce/plan_reduction.ts";
import type { ReducePlan } from "../plan/reduce/reduce_plan.ts";
import { AS_FLOAT64, inMemoryOrder } from "./float_elements.ts";
import type { Expression } from "./map_options.ts";
import { searchCells, type Searching } from "./quantile_search.ts";
import { ReductionRuns } from "./reduction_runs.ts";
import { prepareSource, type ReductionSource, wrapSource } from "./reduction_source.ts";
import type { ReducedRun, ReduceWishes } from "./reduce_options.ts";
import type { SplitInputs } from "./run_arrays.ts";

/** From so many elements on, a cell is not brought together but searched in passes, when the cells are few. */
const SEARCHED_POSITIONS = 2 ** 18, MOST_SEARCHED_CELLS = 16;

/** Units that a worker should find at least, so that all end at about the same time. */
const UNITS_PER_WORKER = 16;

/** Cells of a unit are a multiple of this where there are many, so that units share no cache line of the result. */
const LINE_CELLS = 8;

/** What is asked for, before the dtype of the elements is known. */
export interface QuantileRequest extends Pick<QuantileWish, "q" | "method"> {
  /** Whether the result has a first axis of quantiles. */
  readonly isList: boolean;
}

/**
 * Computes quantiles.
 *
 * @param request Which.
 * @param given An array, or an expression with its inputs.
 * @param wishes Checked options.
 * @throws {DTypeError} If bools would have to be interpolated.
 * @throws {ValueError} If there are no elements.
 */
export async function computeQuantiles(
  { q, method, isList }: QuantileRequest,
  given: { readonly source: SharedNdArray | Expression; readonly inputs: SplitInputs },
  wishes: ReduceWishes,
): Promise<ReducedRun> {
  const source = await prepareSource(given.source, given.inputs, wishes);
  const { kept, reduced } = splitAxes(wishes.axis, source.shape.length);
  const keptShape = reducedShape(source.shape, reduced, wishes.keepDims);
  const shape = isList ? [q.length, ...keptShape] : keptShape;
  const dtype = resultDType(method, source.dtype);
  await using runs = new ReductionRuns(wishes);
  if (sizeOf(shape) === 0 || sizeOf(source.shape) === 0) {
    return { array: nothing(method, source, shape, dtype), report: runs.report(source.shape) };
  }
  const plan = runs.plan(source, wishes.axis);
  const wish: QuantileWish = {
    q,
    method,
    skipNaN: wishes.skipNaN && isFloat(source.dtype),
    dtype: source.dtype,
  };
  const floats = wrapSource(kept.length === 0 ? inMemoryOrder(source) : source, AS_FLOAT64);
  const searching = { source: floats, wish, workers: wishes.workers, runs };
  if (wishes.maxMemory !== undefined) {
    const { quantileParts, refuseLargeReduction } = await import("./reduction_budget.ts");
    const known = {
      plan,
      workers: wishes.workers,
      dtype: source.dtype,
      skipNaN: wish.skipNaN,
      resultDType: dtype,
    };
    refuseLargeReduction(wishes, source.inputs, quantileParts(q.length, known));
  }
  const values = isSearched(plan)
    ? await searchCells(searching, { ...plan, shape: floats.shape })
    : await selectInCells(searching, { ...plan, shape: floats.shape });
  const array = (dtype === "float64" ? values : values.astype(dtype)).reshape(shape);
  return { array, report: runs.report(source.shape) };
}

/** NumPy's dtypes: what lies between elements is float64, but a median of floats has their dtype. */
function resultDType(method: QuantileWish["method"], dtype: DType): DType {
  if (method === "median") return isFloat(dtype) ? dtype : "float64";
  if (method !== "linear" && method !== "midpoint") return dtype;
  if (dtype !== "bool") return "float64";
  throw new DTypeError(
    `Between bools there is nothing: use the method "lower", "higher" or "nearest" instead of "${method}"`,
  );
}

function nothing(method: string, source: ReductionSource, shape: Shape, dtype: DType): SharedNdArray {
  // Disposed arrays are refused, whatever their shape.
  for (const array of Object.values(source.inputs)) void array.data;
  if (sizeOf(shape) > 0) {
    const what = method === "median" ? "median" : "quantile";
    throw new ValueError(
      `The ${what} of the shape ${showShape(source.shape)} has no meaning: there are no elements`,
    );
  }
  return SharedNdArray.zeros(shape, { dtype });
}

/** Quantiles of cells whose elements fit a block of a worker each. */
async function selectInCells(
  { source, wish, workers, runs }: Searching,
  plan: ReducePlan,
): Promise<SharedNdArray> {
  const { cells } = plan, whole = planWholeCells(plan, workers);
  const values = SharedNdArray.zeros([wish.q.length, cells]);
  await runs.run(source, { plan: whole, spec: { kind: "quantile", wish }, partials: { values } });
  return values;
}

/**
 * Whether the quantiles of a plan's cells are searched in passes.
 *
 * @param plan The plan.
 */
export function isSearched({ positions, cells }: ReducePlan): boolean {
  return positions >= SEARCHED_POSITIONS && cells <= MOST_SEARCHED_CELLS;
}

/**
 * A plan whose units have all positions of their cells.
 *
 * @param plan The plan.
 * @param workers How many workers share the units.
 */
export function planWholeCells(plan: ReducePlan, workers: number): ReducePlan {
  const { cells, positions } = plan;
  const share = Math.ceil(cells / (workers * UNITS_PER_WORKER));
  const unitCells = Math.min(cells, share > LINE_CELLS ? Math.ceil(share / LINE_CELLS) * LINE_CELLS : share);
  const cellUnits = Math.ceil(cells / unitCells);
  return { ...plan, unitCells, cellUnits, unitPositions: positions, positionUnits: 1 };
}
