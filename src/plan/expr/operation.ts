/**
 * What a row of the table of operations says.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import type { CallName } from "./program.ts";

/**
 * How the dtype of a result follows from the arguments. Each rule is one function of the checker.
 *
 * | rule | arguments | result |
 * |---|---|---|
 * | arithmetic | promoted | the same dtype |
 * | float | promoted; integers and bools count as float64 | the same float |
 * | rounding | any | unchanged; only floats are computed |
 * | question | any | bool |
 * | comparison | promoted | bool |
 * | bits, shift | promoted; no floats | the same dtype |
 * | not, and, or, choice | conditions become bools, values are promoted | bool, or the values' dtype |
 * | cast | any | the dtype of the row |
 */
export type Rule =
  | "arithmetic"
  | "float"
  | "rounding"
  | "question"
  | "comparison"
  | "bits"
  | "shift"
  | "plus"
  | "not"
  | "and"
  | "or"
  | "choice"
  | "cast"
  | "clip"
  | "lerp"
  | "imul"
  | "clz32"
  | "index";

/** What arithmetic makes of arguments that are all bools. */
export type BoolRule = "keep" | "or" | "and" | "int8" | "refuse";

/** An operation of the language: how it is written, and what it means. */
export interface Operation {
  /** The name it has in messages and in the documentation. */
  readonly name: string;
  /** The names by which it is called, such as `exp` and `Math.exp`. */
  readonly spelled: readonly string[];
  /** The sign before its one argument, if it has one. */
  readonly unary?: string;
  /** The signs between its two arguments. */
  readonly binary?: readonly string[];
  /** How many arguments it takes at least. */
  readonly least: number;
  /** How many it takes at most. */
  readonly most: number;
  /** How its type is found. */
  readonly rule: Rule;
  /** What it is in a checked program; null for what is expanded into others. */
  readonly call: CallName | null;
  /** What it makes of bools. */
  readonly bools: BoolRule;
  /** The dtype that a cast makes. */
  readonly dtype: DType | null;
  /** Its value for float64 numbers, as JavaScript computes it; bools are 0 and 1. */
  readonly scalar: ((...args: number[]) => number) | null;
  /** One line of documentation. */
  readonly doc: string;
  /** Where the algorithm of a float function comes from. */
  readonly source: string | null;
}
