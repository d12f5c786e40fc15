/**
 * The dtypes of operations of bits, which floats do not have.
 *
 * @module
 */

import { type DType, DTYPES } from "../../dtype.ts";
import type { CheckContext, CheckedCall } from "./context.ts";
import { wrapInteger } from "./convert_value.ts";
import { emit, foldCall, meet, requireFit } from "./emit.ts";
import { bigConstant, fits } from "./literals.ts";
import type { ProgramNode } from "./program.ts";
import { type CheckedValue, commonDType, constantOf, isFloat, isInteger, strong } from "./values.ts";
import { nodeIn, weakConstant } from "./weak_values.ts";

/**
 * `& | ^ ~`: of bools too; weak integers that meet nothing are int32, as in JavaScript.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkBits(context: CheckContext, call: CheckedCall): CheckedValue {
  return bitsOr(context, call, "bool");
}

/**
 * `<< >> >>>`: bools are shifted as int8.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkShift(context: CheckContext, call: CheckedCall): CheckedValue {
  return bitsOr(context, call, "int8");
}

function bitsOr(context: CheckContext, given: CheckedCall, ofBools: DType): CheckedValue {
  refuseFloats(context, given);
  const folded = foldBits(context, given);
  if (folded !== null) return folded;
  const call = { ...given, args: given.args.map((arg) => asBits(context, arg, commonDType(given.args))) };
  const { args, at } = call;
  const common = meet(context, args);
  if (common === null) requireFit(context, args, "int32");
  const dtype = common === null ? "int32" : common === "bool" ? ofBools : common;
  if (isFloat(dtype)) {
    // int64 with uint64: only a float would hold both.
    context.refuse(
      `${call.spelled} of int64 and uint64 has no common integer dtype: cast one of them first`,
      at,
    );
  }
  return strong(emit(context, call, dtype), at, dtype);
}

/** A literal that names the bits of a dtype, such as 0xff for int8 or ~1 for uint8, is the number with these bits. */
function asBits({ store }: CheckContext, arg: CheckedValue, dtype: DType | null): CheckedValue {
  const exact = arg.isWeak ? arg.constant?.exact ?? null : null;
  if (exact === null || dtype === null || !isInteger(dtype) || fits(exact, dtype)) return arg;
  const bits = BigInt(8 * DTYPES[dtype].bytes);
  if (exact >= 2n ** bits || exact < -(2n ** (bits - 1n))) return arg;
  return weakConstant(store, bigConstant(wrapInteger(exact, dtype)), arg.at);
}

function foldBits(context: CheckContext, call: CheckedCall): CheckedValue | null {
  return call.args.some((arg) => arg.isWeak) ? foldCall(context, call) : null;
}

function refuseFloats(context: CheckContext, { spelled, args }: CheckedCall): void {
  for (const arg of args) {
    const hasFraction = arg.isWeak ? arg.isFloat : isFloat(arg.dtype);
    if (!hasFraction) continue;
    const text = context.textAt(arg.at);
    if (arg.isWeak && arg.scalar !== null) {
      context.refuse(
        `${spelled} takes integers, and the scalar ${text} is a number: pass it as a bigint`,
        arg.at,
      );
    }
    const what = arg.isWeak ? `is a float` : `is ${arg.dtype}`;
    context.refuse(`${spelled} takes integers, and ${text} ${what}: cast it first, int32(${text})`, arg.at);
  }
}

/**
 * The product of the lowest 32 bits.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkImul(context: CheckContext, call: CheckedCall): CheckedValue {
  refuseFloats(context, call);
  const folded = foldBits(context, call);
  if (folded !== null) return folded;
  const nodes = call.args.map((arg) => int32Of(context, arg));
  return strong(context.store.call("mul", "int32", nodes), call.at);
}

/**
 * The leading zeros of the lowest 32 bits.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkClz32(context: CheckContext, call: CheckedCall): CheckedValue {
  refuseFloats(context, call);
  const folded = foldBits(context, call);
  if (folded !== null) return folded;
  const { store } = context, [arg] = call.args;
  const bits = arg.isWeak ? int32Of(context, arg) : arg.node;
  const count = store.call("clz32", "uint32", [store.cast(bits, "uint32")]);
  return strong(store.cast(count, "int32"), call.at);
}

function int32Of(context: CheckContext, arg: CheckedValue): ProgramNode {
  const { store } = context, known = constantOf(arg);
  if (known !== null) return store.literal(known, "int32");
  requireFit(context, [arg], "int32");
  return nodeIn(store, arg, "int32");
}
