/**
 * What a program stores.
 *
 * @module
 */

import { type DType, promoteTypes } from "../../dtype.ts";
import type { CheckContext } from "./context.ts";
import { quoted } from "./diagnostics.ts";
import { rangeOf } from "./literals.ts";
import type { ProgramNode, ProgramOutput } from "./program.ts";
import { type CheckedValue, computedIn, isFloat, isInteger, misfitOf } from "./values.ts";
import { buildWeak } from "./weak_values.ts";

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
  requireHeld(context, name, value, dtype);
  const node = nodeOf(context, value, dtype);
  return { name, dtype, value: store.cast(node, dtype) };
}

function nodeOf({ store }: CheckContext, value: CheckedValue, dtype: DType): ProgramNode {
  if (!value.isWeak) return value.node;
  const isHalf = value.constant !== null && dtype === "float16";
  return isHalf ? store.half(value.constant) : buildWeak(value, computedIn(dtype));
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
  const misfit = misfitOf(value, wanted);
  if (misfit === null) return;
  const [least, most] = rangeOf(wanted);
  context.refuse(`${misfit.value} does not fit ${output} of ${wanted} (${least} to ${most})`, misfit.at);
}
