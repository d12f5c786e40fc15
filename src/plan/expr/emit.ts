/**
 * Steps that the rules of the checker have in common.
 *
 * @module
 */

import { type DType, promoteTypes } from "../../dtype.ts";
import type { CheckContext, CheckedCall } from "./context.ts";
import { foldConstants } from "./fold.ts";
import { type Constant, leastDType, rangeOf } from "./literals.ts";
import type { Operation } from "./operation.ts";
import type { CallName, ProgramNode } from "./program.ts";
import {
  type CheckedValue,
  commonDType,
  constantOf,
  doubtfulOf,
  misfitOf,
  strong,
  type StrongValue,
} from "./values.ts";
import { buildWeak, nodeIn, weakConstant } from "./weak_values.ts";

/**
 * The name of an operation in checked programs.
 *
 * @param operation A row of the table that has one.
 */
export function callNameOf({ call, name }: Operation): CallName {
  if (call === null) throw new TypeError(`The operation ${name} does not stand in checked programs`);
  return call;
}

/**
 * The node of an operation of one or two arguments, applied from the left to as many as there are.
 *
 * @param context The program's.
 * @param call The operation.
 * @param dtype What arguments and result mean.
 */
export function emit(context: CheckContext, { operation, args }: CheckedCall, dtype: DType): ProgramNode {
  const { store } = context, name = callNameOf(operation);
  const nodes = args.map((arg) => nodeIn(store, arg, dtype));
  if (operation.most !== Infinity) return store.call(name, nodes[0].dtype, nodes);
  return nodes.reduce((left, right) => store.call(name, left.dtype, [left, right]));
}

/**
 * The result of an operation of numbers that are all known.
 *
 * @param context The program's.
 * @param call The operation.
 * @returns The number, or null if not all are known.
 */
export function foldCall(context: CheckContext, { operation, args, at }: CheckedCall): CheckedValue | null {
  const constants = constantsOf(args);
  const folded = constants === null ? null : foldConstants(operation, constants);
  return folded === null ? null : weakConstant(context.store, folded, at);
}

/**
 * The numbers that values are.
 *
 * @param values The values.
 * @returns Null if not all are known.
 */
export function constantsOf(values: readonly CheckedValue[]): Constant[] | null {
  const constants = values.map(constantOf).filter((constant) => constant !== null);
  return constants.length === values.length ? constants : null;
}

/**
 * Refuses integers of the text that the dtype of what they meet does not hold.
 *
 * @param context The program's.
 * @param args The values that meet.
 * @param dtype Their common dtype.
 */
export function requireFit(context: CheckContext, args: readonly CheckedValue[], dtype: DType): void {
  requireClear(context, args, dtype);
  for (const arg of args) {
    const misfit = misfitOf(arg, dtype);
    if (misfit === null) continue;
    const met = args.find((other) => !other.isWeak && other.dtype !== "bool") ?? args[0];
    const wider = promoteTypes(dtype, leastDType(misfit.value));
    const [least, most] = rangeOf(dtype);
    const advice = `cast what it meets first, ${wider}(${context.textAt(met.at)})`;
    context.refuse(`${misfit.value} does not fit ${dtype} (${least} to ${most}): ${advice}`, misfit.at);
  }
}

/**
 * Refuses integers of the text that are one number exactly and another in JavaScript's operations of bits, where they
 * meet no dtype of 64 bits: `i32 < (1 << 31)`.
 *
 * @param context The program's.
 * @param args The values that meet.
 * @param dtype Their common dtype.
 */
export function requireClear(context: CheckContext, args: readonly CheckedValue[], dtype: DType): void {
  for (const arg of args) {
    const leaf = doubtfulOf(arg, dtype);
    if (leaf === null) continue;
    context.refuse(
      `${context.textAt(leaf.at)} is ${leaf.value}, but ${leaf.ofJavaScript} in the 32 bits of JavaScript: ` +
        "write the number that is meant",
      leaf.at,
    );
  }
}

/**
 * The common dtype of values, which holds the integers of the text among them.
 *
 * @param context The program's.
 * @param args The values.
 * @returns The dtype, or null where the result stays weak.
 */
export function meet(context: CheckContext, args: readonly CheckedValue[]): DType | null {
  const dtype = commonDType(args);
  if (dtype !== null) requireFit(context, args, dtype);
  return dtype;
}

/**
 * A value as a condition: whether it is neither 0 nor NaN.
 *
 * @param context The program's.
 * @param value The value.
 */
export function truthOf({ store }: CheckContext, value: CheckedValue): StrongValue {
  if (!value.isWeak) return strong(store.cast(value.node, "bool"), value.at);
  return strong(store.cast(buildWeak(value, "float64"), "bool"), value.at);
}
