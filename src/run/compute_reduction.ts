/**
 * A reduction from its source to its result: which passes it takes, and what is made of what they give.
 *
 * @module
 */

import { sameShape, type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { ValueError } from "../errors.ts";
import type { InputNode } from "../plan/expr/program.ts";
import { isFloat } from "../plan/reduce/elements.ts";
import type { Finish } from "../plan/reduce/finish.ts";
import { COUNT_PASS, floatSumPass, squaresPass } from "../plan/reduce/moments.ts";
import { reducedShape, splitAxes } from "../plan/reduce/plan_reduction.ts";
import { foldPass, type ReductionName, REDUCTIONS } from "../plan/reduce/reduction_table.ts";
import { planTiles } from "../plan/tile_plan.ts";
import { unnamedOutput } from "./expression.ts";
import { orderKept } from "./kept_order.ts";
import type { Expression } from "./map_options.ts";
import { prepareSource, ReductionRuns, type ReductionSource } from "./reduction_runs.ts";
import type { ReducedRun, ReduceWishes } from "./reduce_options.ts";
import { finish, fold, type Reducing } from "./reduction_passes.ts";
import { reduceToPlaces } from "./reduction_places.ts";
import type { SplitInputs } from "./run_arrays.ts";

/**
 * Reduces an array or an expression.
 *
 * @param name The reduction.
 * @param given What is reduced: an array, or an expression with its inputs.
 * @param wishes Checked options.
 * @throws {ExpressionError} If the expression is not in the language, or does not fit its inputs.
 * @throws {IndexError} If an axis is out of range, no integer, or named twice.
 * @throws {ValueError} If there is nothing to be reduced, and the reduction of nothing has no meaning.
 */
export async function computeReduction(
  name: ReductionName,
  given: { readonly source: SharedNdArray | Expression; readonly inputs: SplitInputs },
  wishes: ReduceWishes,
): Promise<ReducedRun> {
  const source = await prepareSource(given.source, given.inputs, wishes);
  const { kept, reduced } = splitAxes(wishes.axis, source.shape.length);
  const shape = reducedShape(source.shape, reduced, wishes.keepDims);
  await using runs = new ReductionRuns(wishes);
  if (sizeOf(source.shape) === 0) {
    if (wishes.maxMemory !== undefined) {
      const { futureArray, refuseLargeReduction } = await import("./reduction_budget.ts");
      const result = futureArray("result", REDUCTIONS[name].result(source.dtype), shape);
      refuseLargeReduction(wishes, source.inputs, [result]);
    }
    return { array: reduceNothing(name, source, shape, reduced), report: runs.report(source.shape) };
  }
  const { restore, ...ordered } = orderKept(source, kept, reduced);
  const plan = runs.plan(ordered.source, ordered.reduced, orderedTile(source.shape, ordered.axes, wishes));
  if (wishes.maxMemory !== undefined) {
    const { foldParts, refuseLargeReduction } = await import("./reduction_budget.ts");
    const { dtype } = source, resultDType = REDUCTIONS[name].result(dtype), { skipNaN, workers } = wishes;
    const isCopied = ordered.source !== source;
    const isStored = (name === "var" || name === "std") && !hasOwnShape(source);
    const known = { plan, workers, dtype, skipNaN, resultDType };
    refuseLargeReduction(wishes, source.inputs, foldParts(name, known, isCopied, isStored));
  }
  runs.expect(passesOf(name, wishes.skipNaN && isFloat(source.dtype)));
  const array = restore(await reduceAll({ name, wishes, runs, plan, ...ordered }));
  return { array: array.reshape(shape), report: runs.report(source.shape) };
}

/** A tile whose extents are in the order of other axes. */
function orderedTile(
  shape: Shape,
  axes: readonly number[],
  { tile, workers }: ReduceWishes,
): Shape | undefined {
  if (tile === undefined) return undefined;
  const whole = planTiles(shape, { tile, workers, itemBytes: 8 }).tile;
  return axes.map((axis) => whole[axis]);
}

/**
 * What comes of no elements.
 *
 * @throws {ValueError} If that has no meaning.
 */
export function reduceNothing(
  name: ReductionName,
  { dtype, shape, inputs }: Pick<ReductionSource, "dtype" | "shape" | "inputs">,
  resultShape: Shape,
  reduced: readonly number[],
): SharedNdArray {
  const { empty, result } = REDUCTIONS[name];
  // Disposed arrays are refused, whatever their shape.
  for (const array of Object.values(inputs)) requireAlive(array);
  if (empty === null && sizeOf(resultShape) > 0) {
    const axes = reduced.length === 1 ? `axis ${reduced[0]}` : `axes ${showShape(reduced)}`;
    throw new ValueError(
      `The ${name} over ${axes} of the shape ${
        showShape(shape)
      } has no meaning: there are no elements to be reduced`,
    );
  }
  const options = { dtype: result(dtype) };
  return empty === 1 ? SharedNdArray.ones(resultShape, options) : SharedNdArray.zeros(resultShape, options);
}

function requireAlive(array: SharedNdArray): void {
  void array.data;
}

/** How many times elements are looked at; of places with NaN passed over it may be once more. */
function passesOf(name: ReductionName, countsNumbers: boolean): number {
  if (name === "mean") return countsNumbers ? 2 : 1;
  if (name === "var" || name === "std") return countsNumbers ? 4 : 2;
  return 1;
}

/**
 * Takes the passes of a reduction, and makes its result of them: a value for each cell.
 *
 * @param reducing The reduction.
 */
export function reduceAll(reducing: Reducing): Promise<SharedNdArray> {
  switch (reducing.name) {
    case "mean":
      return meanAs(reducing, REDUCTIONS.mean.result(reducing.source.dtype));
    case "var":
    case "std":
      return variance(reducing);
    case "argmin":
    case "argmax":
      return reduceToPlaces(reducing, reducing.name);
    default:
      return combined(reducing, reducing.name);
  }
}

/** A reduction of one pass. */
async function combined(
  reducing: Reducing,
  name: Exclude<ReductionName, "mean" | "var" | "std">,
): Promise<SharedNdArray> {
  const { source: { dtype }, wishes } = reducing;
  const pass = foldPass(name, dtype, wishes.skipNaN);
  const { values } = await fold(reducing, pass);
  return finish(reducing, {
    lanes: pass.lanes,
    result: REDUCTIONS[name].result(dtype),
    divide: "nothing",
    root: false,
  }, values);
}

/** A mean in a dtype: that of the result, or float64 where it is taken from elements. */
async function meanAs(reducing: Reducing, result: DType): Promise<SharedNdArray> {
  const { source: { dtype }, wishes: { skipNaN }, plan } = reducing;
  const { values } = await fold(reducing, floatSumPass(dtype, skipNaN));
  if (skipNaN && isFloat(dtype)) {
    const { values: counts } = await fold(reducing, COUNT_PASS);
    return finish(reducing, { lanes: "float64", result, divide: "counts", root: false }, values, 0, counts);
  }
  const how: Finish = { lanes: "float64", result, divide: "number", root: false };
  return finish(reducing, how, values, plan.positions);
}

async function variance(reducing: Reducing): Promise<SharedNdArray> {
  const { name, keptShape, wishes: { skipNaN, ddof }, plan } = reducing;
  const { dtype } = reducing.source;
  const mean = await meanAs(reducing, "float64");
  const source = await withOwnShape(reducing), isOwn = source !== reducing.source;
  const node: InputNode = { kind: "input", dtype: "float64", name: unnamedOutput(source.inputs) };
  const pass = squaresPass(dtype, skipNaN, node);
  const { values } = await fold({ ...reducing, source }, pass, { node, array: mean.reshape(keptShape) });
  mean.dispose();
  const how = { lanes: "float64", result: REDUCTIONS[name].result(dtype), root: name === "std" } as const;
  if (skipNaN && isFloat(dtype)) {
    const { values: counts } = await fold({ ...reducing, source }, COUNT_PASS);
    if (isOwn) disposeInputs(source);
    return finish(reducing, { ...how, divide: "counts" }, values, ddof, counts);
  }
  if (isOwn) disposeInputs(source);
  // As in NumPy, where what is left of the count is never below 0.
  return finish(reducing, { ...how, divide: "number" }, values, Math.max(plan.positions - ddof, 0));
}

function disposeInputs({ inputs }: ReductionSource): void {
  for (const array of Object.values(inputs)) array.dispose();
}

function hasOwnShape({ halo, shape }: ReductionSource): boolean {
  return halo === null || sameShape(halo.inputShape, shape);
}

/**
 * A source whose inputs have its own shape, so that another can stand beside them: one that reads without edges has
 * not.
 */
async function withOwnShape({ source, runs, wishes }: Reducing): Promise<ReductionSource> {
  if (hasOwnShape(source)) return source;
  const array = await runs.map(source, source.inputs, source.scalars);
  return await prepareSource(array, { arrays: {}, scalars: {} }, wishes);
}
