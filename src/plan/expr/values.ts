/**
 * What the checker knows of a part of an expression: a node of a dtype, or a weak value that takes the dtype of what
 * it meets.
 *
 * Invariants:
 * 1. `dtype` of a strong value is what it means. Where that is float16, its node is of float32; otherwise the node is
 *    of `dtype`.
 * 2. A weak value is built in float dtypes, and in integer dtypes only if it is a weak integer. What is built for float16
 *    is of float32, with the numbers of the text rounded to float16.
 *
 * @module
 */

import { type DType, DTYPES, type IntegerDType, isBigIntDType, promoteTypes } from "../../dtype.ts";
import { type Constant, fits } from "./literals.ts";
import type { ProgramNode } from "./program.ts";
import type { Span } from "./syntax.ts";

/** A value with a dtype. */
export interface StrongValue {
  readonly isWeak: false;
  readonly node: ProgramNode;
  readonly dtype: DType;
  readonly at: Span;
}

/** An integer of the text that a weak value is made of. */
export interface Leaf {
  readonly value: bigint;
  /** What JavaScript makes of it: another one only if operations of bits lost some. */
  readonly ofJavaScript: bigint;
  readonly at: Span;
}

/** A value that takes the dtype of what it meets. */
export interface WeakValue {
  readonly isWeak: true;
  readonly isFloat: boolean;
  /** Its number, if it is known. */
  readonly constant: Constant | null;
  /** The name of the scalar that it is, if it is nothing but one. */
  readonly scalar: string | null;
  /**
   * Of the integers that it is made of the least, the greatest, and one that JavaScript takes for another, as far as there
   * are such: what fits all of these, all fit.
   */
  readonly leaves: readonly Leaf[];
  /** The weak values that it is computed from, in the dtype that it is built in. */
  readonly parts: readonly WeakValue[];
  /** Makes its node in a dtype; its parts are built before. */
  readonly make: (dtype: DType) => ProgramNode;
  /** The nodes that were made. */
  readonly built: Map<DType, ProgramNode>;
  readonly at: Span;
}

/** A part of an expression as the checker sees it. */
export type CheckedValue = StrongValue | WeakValue;

/** The kinds in the order in which dtypes are promoted: two after one another can give more than all need. */
const KIND_ORDER = ["float", "int", "uint", "bool"];

/**
 * The dtype that is computed in for values that mean a dtype.
 *
 * @param dtype The dtype.
 */
export function computedIn(dtype: DType): DType {
  return dtype === "float16" ? "float32" : dtype;
}

/**
 * Whether a dtype is one of integers.
 *
 * @param dtype The dtype.
 */
export function isInteger(dtype: DType): dtype is IntegerDType {
  return DTYPES[dtype].kind === "int" || DTYPES[dtype].kind === "uint";
}

/**
 * Whether a dtype is one of floats.
 *
 * @param dtype The dtype.
 */
export function isFloat(dtype: DType): boolean {
  return DTYPES[dtype].kind === "float";
}

/**
 * The dtype of values together.
 *
 * @param values At least one.
 * @returns The dtype; bool only if all are bools; null where the result stays weak.
 */
export function commonDType(values: readonly CheckedValue[]): DType | null {
  const dtypes = values.flatMap((value) => value.isWeak ? [] : [value.dtype]);
  const rank = (dtype: DType) => KIND_ORDER.indexOf(DTYPES[dtype].kind) * 8 - DTYPES[dtype].bytes;
  const dtype = dtypes.sort((a, b) => rank(a) - rank(b)).reduce(promoteTypes, "bool");
  if (dtypes.length === values.length) return dtype;
  if (dtype === "bool") return null;
  const hasWeakFloat = values.some((value) => value.isWeak && value.isFloat);
  return isInteger(dtype) && hasWeakFloat ? "float64" : dtype;
}

/**
 * The first integer of a weak value that an integer dtype does not hold.
 *
 * @param value The value.
 * @param dtype The dtype; every integer fits those that are not of integers.
 */
export function misfitOf(value: CheckedValue, dtype: DType): Leaf | null {
  if (!value.isWeak || !isInteger(dtype)) return null;
  return value.leaves.find((leaf) => !fits(leaf.value, dtype)) ?? null;
}

/**
 * The first integer of a weak value that JavaScript takes for another one, beside a dtype of the 32 bits that it computes
 * in. Beside 64 bits there is no doubt.
 *
 * @param value The value.
 * @param dtype The dtype.
 */
export function doubtfulOf(value: CheckedValue, dtype: DType): Leaf | null {
  if (!value.isWeak || !isInteger(dtype) || isBigIntDType(dtype)) return null;
  return value.leaves.find((leaf) => leaf.value !== leaf.ofJavaScript) ?? null;
}

/**
 * A value with a dtype.
 *
 * @param node Its node.
 * @param at Where it stands.
 * @param dtype What it means, where that is not the node's dtype.
 */
export function strong(node: ProgramNode, at: Span, dtype: DType = node.dtype): StrongValue {
  return { isWeak: false, node, dtype, at };
}

/**
 * The number that a value is, if it is known; true and false are 1 and 0.
 *
 * @param value The value.
 */
export function constantOf(value: CheckedValue): Constant | null {
  if (value.isWeak) return value.constant;
  const { node } = value;
  if (node.kind !== "literal" || node.dtype !== "bool") return null;
  return { value: Number(node.value), exact: BigInt(node.value), isBig: false };
}
