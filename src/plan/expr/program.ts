/**
 * A checked program: what an expression means, with every dtype decided. It is made by `check.ts`, evaluated element by
 * element by `interpret.ts`, and compiled by `src/kernel/`.
 *
 * Invariants:
 * 1. All arguments of a call have one dtype, except that the condition of `select` is a bool.
 * 2. Conversions stand as `cast` nodes; nothing is converted in passing.
 * 3. float16 occurs only in inputs, in casts to and from it, and in outputs: what is computed with it is float32.
 * 4. A node that is used twice is one object, so that it is computed once. Two reads of one input at different places are two
 *    nodes.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";

/** Operations whose result has the dtype of their arguments. */
export type ArithmeticName =
  | "add"
  | "sub"
  | "mul"
  | "neg"
  | "abs"
  | "sign"
  | "min"
  | "max"
  | "rem"
  | "mod"
  | "pow"
  | "fma";

/** Operations of floats: float32 or float64 in and out. */
export type FloatName =
  | "div"
  | "sqrt"
  | "cbrt"
  | "exp"
  | "exp2"
  | "expm1"
  | "log"
  | "log2"
  | "log10"
  | "log1p"
  | "sin"
  | "cos"
  | "tan"
  | "asin"
  | "acos"
  | "atan"
  | "atan2"
  | "sinh"
  | "cosh"
  | "tanh"
  | "asinh"
  | "acosh"
  | "atanh"
  | "hypot"
  | "floor"
  | "ceil"
  | "trunc"
  | "round"
  | "rint";

/** Comparisons, and questions about a float: the result is a bool. */
export type PredicateName = "eq" | "ne" | "lt" | "le" | "gt" | "ge" | "isnan" | "isfinite";

/** Operations of bits: integers in and out; the first four of bools too, where they are and, or, exclusive or, not. */
export type BitName = "bitAnd" | "bitOr" | "bitXor" | "bitNot" | "shl" | "shr" | "ushr" | "clz32";

/** Everything that is called with arguments of one dtype. */
export type CallName = ArithmeticName | FloatName | PredicateName | BitName;

/** A number that the program's text names: a bigint for 64-bit integers, 0 or 1 for bools. */
export interface LiteralNode {
  readonly kind: "literal";
  readonly dtype: DType;
  readonly value: number | bigint;
}

/** An element of an input array, as it is stored. */
export interface InputNode {
  readonly kind: "input";
  readonly dtype: DType;
  readonly name: string;
  /**
   * How far from the element at hand it lies, one number an axis of the run; absent for the element at hand itself,
   * so that offsets are never all 0.
   */
  readonly offset?: readonly number[];
}

/** A scalar parameter, converted to `dtype` where a run begins. */
export interface ScalarNode {
  readonly kind: "scalar";
  readonly dtype: DType;
  readonly name: string;
}

/** The element's coordinate on an axis. */
export interface IndexNode {
  readonly kind: "index";
  readonly dtype: "int64";
  /** From 0 to before the rank. */
  readonly axis: number;
}

/**
 * A conversion. Floats become integers by truncation and wrap, as in typed arrays (NaN and infinities become 0);
 * integers wrap; bool is whether a number is not 0 (NaN is not).
 */
export interface CastNode {
  readonly kind: "cast";
  readonly dtype: DType;
  readonly of: ProgramNode;
}

/** An operation. */
export interface CallNode {
  readonly kind: "call";
  readonly name: CallName;
  /** The dtype of the result. */
  readonly dtype: DType;
  readonly args: readonly ProgramNode[];
}

/** One of two values. Both are computed. */
export interface SelectNode {
  readonly kind: "select";
  readonly dtype: DType;
  /** A bool. */
  readonly condition: ProgramNode;
  readonly yes: ProgramNode;
  readonly no: ProgramNode;
}

/** A part of a program. */
export type ProgramNode = LiteralNode | InputNode | ScalarNode | IndexNode | CastNode | CallNode | SelectNode;

/** What kind of value a scalar parameter is given as. */
export type ScalarKind = "number" | "bigint" | "boolean";

/** A scalar parameter of a program. */
export interface ProgramScalar {
  readonly name: string;
  readonly kind: ScalarKind;
  /** The dtypes that it is used as; a bigint has to fit all of them. */
  readonly dtypes: readonly DType[];
}

/** An output of a program. */
export interface ProgramOutput {
  /** Its name, or null where the program is one expression without a name. */
  readonly name: string | null;
  /** The dtype of what is stored. */
  readonly dtype: DType;
  /** What is stored: a node of that dtype. */
  readonly value: ProgramNode;
}

/** A checked program. */
export interface Program {
  /** The input arrays that it reads, in the order of their first use, each once and without an offset. */
  readonly inputs: readonly InputNode[];
  /** The scalar parameters that it reads. */
  readonly scalars: readonly ProgramScalar[];
  /** What it computes, at least one. All are computed from the inputs as they were before any was stored. */
  readonly outputs: readonly ProgramOutput[];
}
