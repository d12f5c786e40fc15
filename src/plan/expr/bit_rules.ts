/**
 * The dtypes of operations of bits, which floats do not have.
 *
 * @module
 */

import { type DType, DTYPES, isBigIntDType } from "../../dtype.ts";
import type { CheckContext, CheckedCall } from "./context.ts";
import { wrapInteger } from "./convert_value.ts";
import { emit, foldCall, meet, requireFit } from "./emit.ts";
import { bigConstant, castConstant, integerOfJavaScript } from "./literals.ts";
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
  const named = commonDType(given.args) ?? "int32";
  const call = { ...given, args: given.args.map((arg) => asBits(context, arg, named)) };
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
function asBits({ store }: CheckContext, arg: CheckedValue, dtype: DType): CheckedValue {
  const constant = arg.isWeak ? arg.constant : null, exact = constant?.exact ?? null;
  if (constant === null || exact === null || !isInteger(dtype)) return arg;
  const bits = BigInt(8 * DTYPES[dtype].bytes);
  if (exact >= 2n ** bits || exact < -(2n ** (bits - 1n))) return arg;
  // Beside 32 bits and fewer, both readings have to have the same: 1 << 31 has, 0xffffffff >> 4 has not.
  const low = (value: bigint) => BigInt.asIntN(32, value);
  if (!isBigIntDType(dtype) && low(exact) !== low(integerOfJavaScript(constant) ?? exact)) return arg;
  return weakConstant(store, bigConstant(wrapInteger(exact, dtype)), arg.at);
}

/** The result where all arguments are known; otherwise they have to be integers of at most 64 bits. */
function foldBits(context: CheckContext, call: CheckedCall): CheckedValue | null {
  const folded = call.args.some((arg) => arg.isWeak) ? foldCall(context, call) : null;
  const long = call.args.find((arg) => arg.isWeak && arg.isFloat);
  if (folded !== null || long === undefined) return folded;
  return context.refuse(
    `${call.spelled} takes integers of at most 64 bits, and ${context.textAt(long.at)} has more`,
    long.at,
  );
}

function refuseFloats(context: CheckContext, { spelled, args }: CheckedCall): void {
  for (const arg of args) {
    const isWhole = arg.isWeak ? !arg.isFloat || (arg.constant?.exact ?? null) !== null : !isFloat(arg.dtype);
    if (isWhole) continue;
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
  if (known !== null) return store.literal(castConstant(known, "int32"), "int32");
  requireFit(context, [arg], "int32");
  return nodeIn(store, arg, "int32");
}
