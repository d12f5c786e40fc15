/**
 * The plan of `map --reduce`: what is reduced, over which axes, and to what. Makes no array.
 *
 * @module
 */

import { sameShape, type Shape, sizeOf } from "../array/layout/shape.ts";
import { canCast } from "../array/copy/casting_rules.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { PlanError, UsageError } from "../errors.ts";
import { planReduction, reducedShape, splitAxes } from "../plan/reduce/plan_reduction.ts";
import { REDUCTIONS } from "../plan/reduce/reduction_table.ts";
import { planTiles } from "../plan/tile_plan.ts";
import { resolveWorkers } from "../run/pool_checks.ts";
import type { MapArgs } from "./args.ts";
import { checkChoice, type CheckedChoice } from "./checked_choice.ts";
import type { HaloArgs } from "./halo_args.ts";
import { DEFAULT_SHAPE, planInputs, type PlannedInput, shapeOfRun } from "./inputs.ts";
import { chooseExpression, type ExpressionChoice } from "./kernel_choice.ts";
import type { ReduceArgs } from "./reduce_args.ts";

/** What is reduced, where it has no other name. */
export const ELEMENTS = "elements";

/** A reduction that is known to be possible, before anything large is allocated. */
export interface ReduceJob {
  readonly reduce: ReduceArgs;
  readonly around: HaloArgs;
  readonly choice: ExpressionChoice;
  readonly checked: CheckedChoice;
  readonly inputs: readonly PlannedInput[];
  readonly workers: number;
  /** The axes that are reduced, in ascending order. */
  readonly axis: readonly number[];
  /** The name of the result, for people and for files. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * Plans a reduction.
 *
 * @param given The command line.
 * @param reduce What of it says how to reduce.
 * @param around What lies beyond the edges of inputs.
 * @throws {IndexError} If an axis is out of range, or named twice.
 * @throws {PlanError} If the expression has several outputs, or the tile does not fit.
 * @throws {UsageError} If there is nothing to reduce.
 * @throws {MemoryBudgetError} If more memory would be needed than may be.
 */
export async function planReduce(given: MapArgs, reduce: ReduceArgs, around: HaloArgs): Promise<ReduceJob> {
  const args = withExpression(given), workers = resolveWorkers(args.workers);
  const choice = await chooseExpression(args);
  const inputs = await planInputs(args, choice.inputs);
  if (inputs.length === 0) throw new UsageError("The expression reads no array: there is nothing to reduce");
  const both = choice.outputs?.find((name) => choice.inputs.includes(name));
  if (both !== undefined) {
    throw new UsageError(`${both} is the name of an input and of an output: rename one`);
  }
  const inputShape = shapeOfRun(inputs, true, args.shape ?? DEFAULT_SHAPE);
  const checked = await checkChoice(choice, { inputs, inputShape, outputs: undefined }, around);
  const { reduced } = splitAxes(reduce.axis, checked.shape.length);
  planTiles(checked.shape, { tile: args.tile, workers, itemBytes: 8 });
  const job: ReduceJob = {
    reduce,
    around,
    choice,
    checked,
    inputs,
    workers,
    axis: reduced,
    name: args.outputs.at(0)?.name ?? reduce.name,
    dtype: storedDType(reduce, elementDType(checked), args.outputDType),
    shape: reducedShape(checked.shape, reduced, reduce.keepDims),
  };
  if (args.maxMemory !== undefined && !args.explain) await refuseLargeJob(args.maxMemory, job, args.tile);
  return job;
}

/** An input alone is an expression too, in which it has a name that expressions can have. */
export function withExpression(args: MapArgs): MapArgs {
  if (args.expr !== undefined || args.inputs.length !== 1) return args;
  return { ...args, expr: ELEMENTS, inputs: [{ ...args.inputs[0], name: ELEMENTS }] };
}

/**
 * The dtype of what is reduced.
 *
 * @param checked The expression.
 * @throws {PlanError} If it has several outputs.
 */
export function elementDType({ program: { outputs } }: CheckedChoice): DType {
  if (outputs.length === 1) return outputs[0].dtype;
  const names = outputs.map(({ name }) => name).join(", ");
  throw new PlanError(`The expression has several outputs (${names}): a reduction is of one`);
}

/** The dtype that is wanted for the result, if it is of the result's kind or of one that holds it. */
function storedDType(reduce: ReduceArgs, elements: DType, wanted: DType | undefined): DType {
  const own = resultDType(reduce, elements);
  if (wanted === undefined || canCast(own, wanted, "sameKind")) return wanted ?? own;
  throw new UsageError(`--output-dtype ${wanted} does not hold the ${reduce.name}, which is ${own}`);
}

/**
 * A result in the dtype that is stored.
 *
 * @param array The result.
 * @param job What was reduced.
 * @throws {UsageError} If an integer of it is too large.
 */
export function asStored(array: SharedNdArray, { dtype, reduce }: ReduceJob): SharedNdArray {
  if (array.dtype === dtype) return array;
  const stored = array.astype(dtype, { casting: "sameKind" });
  const isWhole = DTYPES[dtype].kind === "int" || DTYPES[dtype].kind === "uint";
  if (isWhole && !stored.astype(array.dtype, { casting: "unsafe" }).equals(array)) {
    throw new UsageError(`--output-dtype ${dtype} does not hold the ${reduce.name}: an element is too large`);
  }
  return stored;
}

function resultDType({ name }: ReduceArgs, dtype: DType): DType {
  switch (name) {
    case "median":
      return DTYPES[dtype].kind === "float" ? dtype : "float64";
    case "quantile":
      if (dtype !== "bool") return "float64";
      throw new UsageError(
        "--reduce quantile is of numbers: between bools there is nothing, so write float64(…) in --expr",
      );
    default:
      return REDUCTIONS[name].result(dtype);
  }
}

/** Refuses a reduction that is predicted to need more memory than it may. */
async function refuseLargeJob(
  most: number,
  { reduce, checked, inputs, axis, workers, name, dtype, shape: resultShape }: ReduceJob,
  tile: Shape | undefined,
): Promise<void> {
  const { futureArray, refuseLarge } = await import("./memory_limit.ts");
  const { shape, inputShape } = checked;
  if (sizeOf(shape) === 0) {
    return refuseLarge(most, inputs, [futureArray(name, dtype, resultShape)], workers);
  }
  const { foldParts, quantileParts } = await import("../run/reduction_budget.ts");
  const elements = elementDType(checked), resultType = resultDType(reduce, elements);
  const known = {
    plan: planReduction(shape, axis, { workers, tile }),
    workers,
    dtype: elements,
    skipNaN: reduce.skipNaN,
    name,
    resultDType: resultType,
  };
  // Elements stand beside their mean, which those that are read without edges can do only as an array.
  const isStored = (reduce.name === "var" || reduce.name === "std") && !sameShape(shape, inputShape);
  const parts = reduce.name === "median" || reduce.name === "quantile"
    ? quantileParts(1, known)
    : foldParts(reduce.name, known, false, isStored);
  if (resultType !== dtype) parts.push(futureArray(`${name} as ${dtype}`, dtype, resultShape));
  refuseLarge(most, inputs, parts, workers);
}
