/**
 * The dtypes of arithmetic and of functions of floats.
 *
 * @module
 */

import type { CheckContext, CheckedCall } from "./context.ts";
import { emit, foldCall, meet } from "./emit.ts";
import { operationNamed } from "./ops.ts";
import type { DType } from "../../dtype.ts";
import type { CallName, ProgramNode } from "./program.ts";
import { type CheckedValue, commonDType, isFloat, strong, type StrongValue } from "./values.ts";
import { nodeIn, weakResult } from "./weak_values.ts";

/**
 * Arithmetic: arguments and result have one dtype.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkArithmetic(context: CheckContext, call: CheckedCall): CheckedValue {
  const { operation, args, at } = call;
  if (args.length === 1 && operation.most === Infinity) return { ...args[0], at };
  if (args.some((arg) => arg.isWeak)) {
    const folded = foldCall(context, call);
    if (folded !== null) return folded;
  }
  const dtype = meet(context, args);
  if (dtype === "bool") return arithmeticOfBools(context, call);
  if (dtype !== null) return strong(emit(context, call, dtype), at, dtype);
  return weakResult(
    args.some((arg) => arg.isWeak && arg.isFloat),
    args,
    at,
    (target) => weakNode(context, call, target),
  );
}

/** Operations whose result modulo a power of two follows from their arguments modulo the same. */
const MODULAR: ReadonlySet<CallName> = new Set<CallName>(["add", "sub", "mul", "neg", "fma"]);

/** Weak integers are computed where nothing wraps, unless wrapping at the end comes to the same. */
function weakNode(context: CheckContext, call: CheckedCall, target: DType): ProgramNode {
  const { call: name } = call.operation;
  if (isFloat(target) || (name !== null && MODULAR.has(name))) return emit(context, call, target);
  return context.store.cast(emit(context, call, "int64"), target);
}

function arithmeticOfBools(context: CheckContext, call: CheckedCall): CheckedValue {
  const { operation, spelled, args, at } = call;
  switch (operation.bools) {
    case "keep":
      return { ...args[0], at };
    case "and":
      return joinedBools(context, call, "bitAnd");
    case "or":
      return joinedBools(context, call, "bitOr");
    case "int8":
      return strong(emit(context, call, "int8"), at);
    case "refuse":
      return context.refuse(
        `${spelled} has no meaning for bools: cast first, int8(${context.textAt(args[0].at)})`,
        at,
      );
  }
}

function joinedBools({ store }: CheckContext, { args, at }: CheckedCall, name: CallName): StrongValue {
  const nodes = args.map((arg) => nodeIn(store, arg, "bool"));
  return strong(nodes.reduce((left, right) => store.call(name, "bool", [left, right])), at);
}

/**
 * A float function: integers and bools count as float64.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkFloat(context: CheckContext, call: CheckedCall): CheckedValue {
  const { operation, args, at } = call;
  if (args.length === 1 && operation.most === Infinity) return lengthOfOne(context, call);
  if (args.some((arg) => arg.isWeak)) {
    const folded = foldCall(context, call);
    if (folded !== null) return folded;
  }
  const common = commonDType(args);
  if (common === null) return weakResult(true, args, at, (target) => emit(context, call, target));
  const dtype = isFloat(common) ? common : "float64";
  return strong(emit(context, call, dtype), at, dtype);
}

/** The length of a vector of one number is the number without its sign. */
function lengthOfOne(context: CheckContext, { args: [arg], at, spelled }: CheckedCall): CheckedValue {
  const isExact = !arg.isWeak && !isFloat(arg.dtype);
  const value = isExact ? strong(nodeIn(context.store, arg, "float64"), arg.at) : arg;
  return checkArithmetic(context, { operation: operationNamed("abs"), spelled, args: [value], at });
}

/**
 * A function that takes away fractions: what has none stays as it is.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkRounding(context: CheckContext, call: CheckedCall): CheckedValue {
  const { args: [arg], at } = call;
  const hasNone = arg.isWeak ? !arg.isFloat : !isFloat(arg.dtype);
  return hasNone ? { ...arg, at } : checkArithmetic(context, call);
}

/**
 * The sign `+` before a value.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkPlus({ store }: CheckContext, { args: [arg], at }: CheckedCall): CheckedValue {
  return !arg.isWeak && arg.dtype === "bool" ? strong(store.cast(arg.node, "int8"), at) : { ...arg, at };
}

/** `min(max(x, low), high)`. */
export function checkClip(
  context: CheckContext,
  { args: [x, low, high], at, spelled }: CheckedCall,
): CheckedValue {
  const lower = checkArithmetic(context, {
    operation: operationNamed("max"),
    spelled,
    args: [x, low],
    at: x.at,
  });
  return checkArithmetic(context, { operation: operationNamed("min"), spelled, args: [lower, high], at });
}

/** `a + (b - a) * t`. */
export function checkLerp(
  context: CheckContext,
  { args: [a, b, t], at, spelled }: CheckedCall,
): CheckedValue {
  const step = (name: string, args: CheckedValue[]) =>
    checkArithmetic(context, { operation: operationNamed(name), spelled, args, at });
  return step("add", [a, step("mul", [step("sub", [b, a]), t])]);
}
