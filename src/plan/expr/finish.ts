/**
 * What a program stores.
 *
 * @module
 */

import { type DType, promoteTypes } from "../../dtype.ts";
import type { CheckContext } from "./context.ts";
import { quoted } from "./diagnostics.ts";
import { requireClear } from "./emit.ts";
import { castConstant, isWeakInteger, rangeOf } from "./literals.ts";
import type { ProgramNode, ProgramOutput } from "./program.ts";
import { type CheckedValue, computedIn, isFloat, isInteger, misfitOf } from "./values.ts";
import { buildWeak, weakConstant } from "./weak_values.ts";

/**
 * An output in the dtype that is wanted, or that follows.
 *
 * @param context The program's.
 * @param name Its name, or null.
 * @param value What is stored.
 * @param wanted The dtype that is wanted.
 * @throws {ExpressionError} If that dtype does not hold every value of the result.
 */
export function finishOutput(
  context: CheckContext,
  name: string | null,
  value: CheckedValue,
  wanted: DType | undefined,
): ProgramOutput {
  context.visit(value.at);
  const { store } = context;
  const dtype = wanted ?? (value.isWeak ? "float64" : value.dtype);
  const stored = storedAs(context, value, dtype);
  requireHeld(context, name, stored, dtype);
  const node = nodeOf(context, stored, dtype);
  return { name, dtype, value: store.cast(node, dtype) };
}

/** A number that meets nothing is what JavaScript has, unless the output has 64 bits. */
function storedAs({ store }: CheckContext, value: CheckedValue, dtype: DType): CheckedValue {
  if (!value.isWeak || value.constant === null || !isInteger(dtype)) return value;
  const taken = castConstant(value.constant, dtype);
  return isWeakInteger(taken) ? weakConstant(store, taken, value.at) : value;
}

function nodeOf({ store }: CheckContext, value: CheckedValue, dtype: DType): ProgramNode {
  if (!value.isWeak) return value.node;
  const { constant } = value;
  if (constant === null) return buildWeak(value, computedIn(dtype));
  return dtype === "float16" ? store.half(constant) : store.literal(constant, dtype);
}

/** Refuses an output that does not hold every value of the result. */
function requireHeld(context: CheckContext, name: string | null, value: CheckedValue, wanted: DType): void {
  const isHeld = value.isWeak
    ? isFloat(wanted) || (isInteger(wanted) && !value.isFloat)
    : promoteTypes(value.dtype, wanted) === wanted;
  const output = name === null ? "the output" : `the output ${quoted(name)}`;
  if (!isHeld) {
    const dtype = value.isWeak ? "float64" : value.dtype;
    context.refuse(
      `The result is ${dtype}, which ${output} of ${wanted} cannot hold without loss: write ${wanted}(…)`,
      value.at,
    );
  }
  requireClear(context, [value], wanted);
  const misfit = misfitOf(value, wanted);
  if (misfit === null) return;
  const [least, most] = rangeOf(wanted);
  context.refuse(`${misfit.value} does not fit ${output} of ${wanted} (${least} to ${most})`, misfit.at);
}
