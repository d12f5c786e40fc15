/**
 * What `map` runs, checked against its inputs before these are brought in: dtypes, neighbours, and the shape of
 * what is computed.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { DType } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import type { Program } from "../plan/expr/program.ts";
import { withoutEdges } from "../plan/halo.ts";
import { readHalo } from "../plan/halo_options.ts";
import type { OperandPlace } from "../run/expression.ts";
import { boundaryFill } from "../run/run_arrays.ts";
import type { HaloArgs } from "./halo_args.ts";
import type { PlannedInput } from "./inputs.ts";
import type { ExpressionChoice } from "./kernel_choice.ts";

/** An expression that fits its inputs. */
export interface CheckedChoice {
  readonly program: Program;
  readonly key: string;
  /** How it reads its inputs beyond the element at hand; null where it does not. */
  readonly halo: KernelHalo | null;
  /** The shape that its inputs broadcast to. */
  readonly inputShape: Shape;
  /** The shape of what it computes. */
  readonly shape: Shape;
}

/** What is known of a run before its inputs are brought in. */
interface KnownRun {
  readonly inputs: readonly PlannedInput[];
  /** The shape that they broadcast to. */
  readonly inputShape: Shape;
  /** The dtype that each output shall have, if any, by name; undefined where the expression decides. */
  readonly outputs: Readonly<Record<string, DType | undefined>> | undefined;
}

/**
 * Checks an expression.
 *
 * @param choice The expression.
 * @param run What it is to be run on.
 * @param around What lies beyond the edges of inputs.
 * @throws {ExpressionError} If it does not fit.
 * @throws {PlanError} If there are not as many boundary modes as axes.
 * @throws {UsageError} If there are boundary modes, but nothing reads beyond an edge.
 */
export async function checkChoice(
  choice: ExpressionChoice,
  { inputs, inputShape, outputs }: KnownRun,
  around: HaloArgs,
): Promise<CheckedChoice> {
  const { checkExpression, haloOf, scalarKinds } = await import("../run/expression.ts");
  const checked = await checkExpression(choice.source, {
    inputs: Object.fromEntries(inputs.map(({ name, dtype }) => [name, dtype])),
    scalars: scalarKinds(choice.scalars),
    rank: inputShape.length,
    outputs,
  });
  const halo = haloOf(checked.program, inputShape, around);
  if (around.boundary !== undefined) await requireNeighbours(checked.program);
  return {
    ...checked,
    halo,
    inputShape,
    shape: halo === null ? inputShape : withoutEdges(inputShape, halo.axes),
  };
}

async function requireNeighbours(program: Program): Promise<void> {
  const { readsOf } = await import("../plan/expr/reachable.ts");
  if (readsOf(program).some(({ offset }) => offset !== undefined)) return;
  throw new UsageError(
    "--boundary is for expressions that read neighbours, such as tmp(0, -1), which this one does not",
  );
}

/**
 * The shape of what a kernel module computes.
 *
 * @param inputs Its inputs.
 * @param inputShape Their shape.
 * @param around How far it reads, and what lies beyond the edges.
 * @throws {PlanError} If there are not as many depths or boundary modes as axes.
 * @throws {ValueError} If the value beyond the edges is none that an input can hold.
 */
export function moduleShape(inputs: readonly PlannedInput[], inputShape: Shape, around: HaloArgs): Shape {
  const { halo, boundary, boundaryValue = 0 } = around;
  if (halo === undefined) return inputShape;
  for (const { name, dtype } of inputs) boundaryFill(boundaryValue, dtype, name);
  return withoutEdges(inputShape, readHalo(halo, boundary, inputShape.length));
}

/**
 * Explains an expression for arrays as they will be.
 *
 * @param checked The expression.
 * @param inputs Its inputs.
 * @param outputs The dtypes of its outputs, by name.
 * @param strict Whether it is compiled for the same bits on every machine.
 */
export async function explainChoice(
  { inputShape, ...checked }: CheckedChoice,
  inputs: readonly PlannedInput[],
  outputs: Readonly<Record<string, DType>>,
  strict: boolean,
): Promise<string> {
  const { explainPrepared, newPlace } = await import("../run/explain_text.ts");
  const places: Record<string, OperandPlace> = {};
  for (const { name, dtype, shape } of inputs) places[name] = newPlace(inputShape, dtype, shape);
  for (const [name, dtype] of Object.entries(outputs)) places[name] = newPlace(checked.shape, dtype);
  return explainPrepared({ ...checked, outputs }, places, strict);
}
