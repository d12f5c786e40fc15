/**
 * The dtypes of casts and coordinates.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import type { CheckContext, CheckedCall } from "./context.ts";
import { requireClear } from "./emit.ts";
import { castConstant } from "./literals.ts";
import type { ProgramNode } from "./program.ts";
import { type CheckedValue, computedIn, isInteger, misfitOf, strong, type WeakValue } from "./values.ts";
import { buildWeak } from "./weak_values.ts";

/** A cast: floats are truncated, integers wrap, float16 and float32 round. */
export function checkCast(context: CheckContext, { operation, args: [arg], at }: CheckedCall): CheckedValue {
  const { store } = context, dtype = operation.dtype ?? "float64";
  if (arg.isWeak && arg.constant !== null) {
    const constant = castConstant(arg.constant, dtype);
    return strong(dtype === "float16" ? store.half(constant) : store.literal(constant, dtype), at, dtype);
  }
  requireClear(context, [arg], dtype);
  const cast = store.cast(arg.isWeak ? castWeak(arg, dtype) : arg.node, dtype);
  return strong(store.cast(cast, computedIn(dtype)), at, dtype);
}

/** The node that a weak value is cast from: nothing tells its dtype, but it is computed as exactly as it can be. */
function castWeak(arg: WeakValue, dtype: DType): ProgramNode {
  const isDirect = arg.isFloat ? dtype === "float32" : isInteger(dtype);
  if (arg.scalar !== null && isDirect) return buildWeak(arg, dtype);
  if (arg.isFloat || !isInteger(dtype)) return buildWeak(arg, "float64");
  const wide: readonly DType[] = ["int64", "uint64"];
  return buildWeak(arg, wide.find((integer) => misfitOf(arg, integer) === null) ?? "float64");
}

/**
 * The element's coordinate on an axis.
 *
 * @param context The program's.
 * @param call The operation with its arguments.
 */
export function checkIndex(context: CheckContext, { args: [arg], at }: CheckedCall): CheckedValue {
  const { store, rank } = context;
  const exact = arg.isWeak ? arg.constant?.exact ?? null : null;
  if (exact === null) {
    return context.refuse(
      `index takes the number of an axis, such as index(0), not ${context.textAt(arg.at)}`,
      arg.at,
    );
  }
  const axis = exact < 0n ? exact + BigInt(rank) : exact;
  if (axis < 0n || axis >= BigInt(rank)) {
    const axes = rank === 0 ? "the arrays have no axes" : `the arrays have ${rank}, from 0 to ${rank - 1}`;
    context.refuse(`There is no axis ${exact}: ${axes}`, arg.at);
  }
  return strong(store.index(Number(axis)), at);
}
