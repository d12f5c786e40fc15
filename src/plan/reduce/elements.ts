/**
 * What is done to an element before it is combined, as nodes of a program. The invariants of programs hold:
 * conversions are nodes, and float16 is computed with as float32.
 *
 * @module
 */

import { type DType, DTYPES, isBigIntDType } from "../../dtype.ts";
import type { CallName, LiteralNode, ProgramNode } from "../expr/program.ts";

/**
 * An element in another dtype.
 *
 * @param of The element.
 * @param dtype The dtype; float32 or wider.
 */
export function castTo(of: ProgramNode, dtype: DType): ProgramNode {
  if (of.dtype === dtype) return of;
  // float16 becomes what it is computed with first.
  const from: ProgramNode = of.dtype === "float16" && dtype !== "float32"
    ? { kind: "cast", dtype: "float32", of }
    : of;
  return { kind: "cast", dtype, of: from };
}

/**
 * A number of the dtype of another node.
 *
 * @param value The number.
 * @param dtype The dtype.
 */
export function literal(value: number, dtype: DType): LiteralNode {
  return {
    kind: "literal",
    dtype,
    value: isBigIntDType(dtype) ? BigInt(value) : value,
  };
}

/**
 * An element with another number in the place of NaN.
 *
 * @param of The element, a float32 or float64.
 * @param value What NaN becomes.
 */
export function withoutNaN(of: ProgramNode, value: number): ProgramNode {
  return { kind: "select", dtype: of.dtype, condition: isNaNNode(of), yes: literal(value, of.dtype), no: of };
}

/**
 * Whether an element is NaN.
 *
 * @param of The element, a float32 or float64.
 */
export function isNaNNode(of: ProgramNode): ProgramNode {
  return { kind: "call", name: "isnan", dtype: "bool", args: [of] };
}

/**
 * Whether an element is a number, and not NaN.
 *
 * @param of The element.
 */
export function isNumber(of: ProgramNode): ProgramNode {
  if (!isFloat(of.dtype)) return literal(1, "bool");
  const operand = computable(of);
  return call("eq", "bool", operand, operand);
}

/**
 * Whether an element counts as true: it is not 0. NaN does, as in NumPy.
 *
 * @param of The element.
 */
export function isTrue(of: ProgramNode): ProgramNode {
  if (of.dtype === "bool") return of;
  const operand = computable(of);
  return call("ne", "bool", operand, literal(0, operand.dtype));
}

/**
 * Whether an element is the same number as another.
 *
 * @param of The element.
 * @param value The number.
 */
export function isEqual(of: ProgramNode, value: number): ProgramNode {
  return call("eq", "bool", of, literal(value, of.dtype));
}

/**
 * The square of how far an element lies from another.
 *
 * @param of The element.
 * @param from The other, of the same dtype.
 */
export function squaredDistance(of: ProgramNode, from: ProgramNode): ProgramNode {
  const distance = call("sub", of.dtype, of, from);
  return call("mul", of.dtype, distance, distance);
}

/**
 * Both of two bools.
 *
 * @param a A bool.
 * @param b Another.
 */
export function both(a: ProgramNode, b: ProgramNode): ProgramNode {
  return call("bitAnd", "bool", a, b);
}

/**
 * Whether a dtype is one of floats.
 *
 * @param dtype The dtype.
 */
export function isFloat(dtype: DType): boolean {
  return DTYPES[dtype].kind === "float";
}

/** An element in the dtype that it is computed with. */
function computable(of: ProgramNode): ProgramNode {
  return of.dtype === "float16" ? castTo(of, "float32") : of;
}

function call(name: CallName, dtype: DType, ...args: readonly ProgramNode[]): ProgramNode {
  return { kind: "call", name, dtype, args };
}
