/**
 * The dtypes of conditions, and of what depends on them.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import type { CheckContext, CheckedCall } from "./context.ts";
import { callNameOf, constantsOf, meet, requireClear, requireFit, truthOf } from "./emit.ts";
import { type Constant, fits } from "./literals.ts";
import { type CheckedValue, commonDType, constantOf, isFloat, isInteger, strong } from "./values.ts";
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
  const answer = answerByRange(context, call);
  if (answer !== null) return strong(store.bool(answer), at);
  const dtype = comparedIn(context, args);
  const nodes = args.map((arg) => nodeIn(store, arg, dtype));
  return strong(store.call(callNameOf(operation), "bool", nodes), at);
}

function compareConstants({ operation }: CheckedCall, [a, b]: readonly Constant[]): boolean {
  // Two integers of 64 bits may be one double: bigints are compared exactly, numbers as JavaScript has them.
  const isExact = a.exact !== null && b.exact !== null && (a.isBig || b.isBig);
  const args = isExact ? [signOf(a.exact - b.exact), 0] : [a.value, b.value];
  return operation.scalar?.(...args) === 1;
}

function signOf(value: bigint): number {
  return value < 0n ? -1 : value > 0n ? 1 : 0;
}

/** What is true of all integers of a dtype, because an integer of the text lies below or above them all. */
function answerByRange(context: CheckContext, { operation, args }: CheckedCall): boolean | null {
  for (const [place, arg] of args.entries()) {
    const exact = arg.isWeak ? arg.constant?.exact ?? null : null, other = args[1 - place];
    if (exact === null || other.isWeak || !isInteger(other.dtype) || fits(exact, other.dtype)) continue;
    requireClear(context, [arg], other.dtype);
    const side = exact < 0n ? -1 : 1;
    return operation.scalar?.(...place === 0 ? [side, 0] : [0, side]) === 1;
  }
  return null;
}

/** Integers beside what is computed of weak ones are compared in 64 bits, so that neither sums nor scalars have to fit. */
function comparedIn(context: CheckContext, args: readonly CheckedValue[]): DType {
  const dtype = commonDType(args) ?? "float64";
  if (dtype === "bool") return "uint8";
  requireClear(context, args, dtype);
  const isComputed = args.some((arg) => arg.isWeak && arg.constant === null);
  if (!isComputed || !isInteger(dtype)) return dtype;
  const wide = dtype === "uint64" ? "uint64" : "int64";
  requireFit(context, args, wide);
  return wide;
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
