/**
 * The dtypes of conditions, and of what depends on them.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import type { CheckContext, CheckedCall } from "./context.ts";
import { callNameOf, constantsOf, meet, truthOf } from "./emit.ts";
import { type Constant, fits } from "./literals.ts";
import { type CheckedValue, commonDType, constantOf, isFloat, misfitOf, strong } from "./values.ts";
import { nodeIn, weakResult } from "./weak_values.ts";

/**
 * A question about a number.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkQuestion(context: CheckContext, call: CheckedCall): CheckedValue {
  const { operation, args: [arg], at } = call;
  const { store } = context;
  const known = constantOf(arg);
  if (known !== null) return strong(store.bool(operation.scalar?.(known.value) === 1), at);
  if (!arg.isWeak && !isFloat(arg.dtype)) return strong(store.bool(operation.name === "isfinite"), at);
  const node = nodeIn(store, arg, arg.isWeak ? "float64" : arg.dtype);
  return strong(store.call(callNameOf(operation), "bool", [node]), at);
}

/**
 * A comparison: arguments are promoted; integers of the text are compared as they are.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkComparison(context: CheckContext, call: CheckedCall): CheckedValue {
  const { operation, args, at } = call;
  const { store } = context;
  const known = constantsOf(args);
  if (known !== null) return strong(store.bool(compareConstants(call, known)), at);
  const dtype = comparedIn(args);
  const nodes = args.map((arg) => nodeIn(store, arg, dtype));
  return strong(store.call(callNameOf(operation), "bool", nodes), at);
}

function compareConstants({ operation }: CheckedCall, [a, b]: readonly Constant[]): boolean {
  const isExact = a.exact !== null && b.exact !== null;
  // The sign of the difference: two integers of 64 bits may be one double.
  const args = isExact ? [signOf(a.exact - b.exact), 0] : [a.value, b.value];
  return operation.scalar?.(...args) === 1;
}

function signOf(value: bigint): number {
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}

function comparedIn(args: readonly CheckedValue[]): DType {
  const dtype = commonDType(args) ?? "float64";
  if (dtype === "bool") return "uint8";
  const misfit = args.map((arg) => misfitOf(arg, dtype)).find((leaf) => leaf !== null);
  if (misfit === undefined) return dtype;
  return dtype === "uint64" || !fits(misfit.value, "int64") ? "float64" : "int64";
}

/**
 * `!x`.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkNot(context: CheckContext, { args: [arg], at }: CheckedCall): CheckedValue {
  const { store } = context, truth = truthOf(context, arg), known = constantOf(truth);
  return strong(
    known === null ? store.call("bitNot", "bool", [truth.node]) : store.bool(known.value === 0),
    at,
  );
}

/**
 * `a && b`: `b` where `a` is true, otherwise `a`.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkAnd(context: CheckContext, call: CheckedCall): CheckedValue {
  const [a, b] = call.args;
  return joined(context, call, "bitAnd") ?? choose(context, call, a, b, a);
}

/**
 * `a || b`: `a` where it is true, otherwise `b`.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkOr(context: CheckContext, call: CheckedCall): CheckedValue {
  const [a, b] = call.args;
  return joined(context, call, "bitOr") ?? choose(context, call, a, a, b);
}

/** `&&` and `||` of two bools. */
function joined(
  { store }: CheckContext,
  { args, at }: CheckedCall,
  name: "bitAnd" | "bitOr",
): CheckedValue | null {
  const nodes = args.flatMap((arg) => arg.isWeak || arg.dtype !== "bool" ? [] : [arg.node]);
  return nodes.length === 2 ? strong(store.call(name, "bool", nodes), at) : null;
}

/**
 * `condition ? yes : no`.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkChoice(context: CheckContext, call: CheckedCall): CheckedValue {
  const [condition, yes, no] = call.args;
  return choose(context, call, condition, yes, no);
}

function choose(
  context: CheckContext,
  { at }: CheckedCall,
  condition: CheckedValue,
  yes: CheckedValue,
  no: CheckedValue,
): CheckedValue {
  const { store } = context;
  const truth = truthOf(context, condition), known = constantOf(truth);
  const dtype = meet(context, [yes, no]);
  const build = (target: DType) => {
    const [first, second] = [yes, no].map((value) => nodeIn(store, value, target));
    if (known !== null) return known.value === 1 ? first : second;
    return store.select(truth.node, first, second);
  };
  if (dtype !== null) return strong(build(dtype), at, dtype);
  const isWeakFloat = [yes, no].some((value) => value.isWeak && value.isFloat);
  const chosen = known === null ? null : known.value === 1 ? yes : no;
  if (chosen?.isWeak && chosen.isFloat === isWeakFloat) return { ...chosen, at };
  return weakResult(isWeakFloat, [yes, no], at, build);
}
