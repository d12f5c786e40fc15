/**
 * How dtypes follow from arguments: one function for each rule of the table.
 *
 * @module
 */

import {
  checkArithmetic,
  checkClip,
  checkFloat,
  checkLerp,
  checkPlus,
  checkRounding,
} from "./arithmetic_rules.ts";
import { checkBits, checkClz32, checkImul, checkShift } from "./bit_rules.ts";
import { checkAnd, checkChoice, checkComparison, checkNot, checkOr, checkQuestion } from "./bool_rules.ts";
import { checkCast, checkIndex } from "./cast_rules.ts";
import type { CheckContext, CheckedCall } from "./context.ts";
import type { Rule } from "./operation.ts";
import type { CheckedValue } from "./values.ts";

type RuleFunction = (context: CheckContext, call: CheckedCall) => CheckedValue;

const RULES: { readonly [R in Rule]: RuleFunction } = {
  arithmetic: checkArithmetic,
  float: checkFloat,
  rounding: checkRounding,
  plus: checkPlus,
  clip: checkClip,
  lerp: checkLerp,
  question: checkQuestion,
  comparison: checkComparison,
  not: checkNot,
  and: checkAnd,
  or: checkOr,
  choice: checkChoice,
  bits: checkBits,
  shift: checkShift,
  imul: checkImul,
  clz32: checkClz32,
  cast: checkCast,
  index: checkIndex,
};

/**
 * Finds what an operation makes of its arguments.
 *
 * @param context The program's.
 * @param call The operation with its arguments, as many as the table says.
 * @returns Its value.
 * @throws {ExpressionError} If it has no meaning for them.
 */
export function checkCall(context: CheckContext, call: CheckedCall): CheckedValue {
  return RULES[call.operation.rule](context, call);
}
