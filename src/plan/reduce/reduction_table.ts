/**
 * The table of reductions: what each combines, in which dtype, and what comes of it. Dtypes are those of NumPy on
 * Linux.
 *
 * @module
 */

import { type DType, DTYPES } from "../../dtype.ts";
import type { ProgramNode } from "../expr/program.ts";
import { both, castTo, isFloat, isNumber, isTrue, withoutNaN } from "./elements.ts";
import type { FoldName, LaneDType } from "./reduce_plan.ts";

/**
 * The name of a reduction.
 *
 * @example
 * ```ts
 * import { reduce, type ReductionName, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const names: ReductionName[] = ["min", "mean", "max"], a = SharedNdArray.from([1, 2, 6]);
 * const found = await Promise.all(names.map((name) => reduce(name, a)));
 * assertEquals(found.map(({ array }) => array.item()), [1, 3, 6]);
 * ```
 */
export type ReductionName =
  | "sum"
  | "prod"
  | "min"
  | "max"
  | "mean"
  | "var"
  | "std"
  | "argmin"
  | "argmax"
  | "any"
  | "all"
  | "countNonzero";

/** A reduction. */
export interface Reduction {
  readonly name: ReductionName;
  /** The dtype of the result for elements of a dtype. */
  readonly result: (dtype: DType) => DType;
  /** What it is of no elements, with 0 and 1 for false and true; null where it has no meaning. */
  readonly empty: number | null;
}

/** Elements that are combined once. */
export interface FoldPass {
  /** What is done, for caches of programs: together with the dtype of the element it says what `element` gives. */
  readonly name: string;
  readonly fold: FoldName;
  readonly lanes: LaneDType;
  /** Makes of an element what is combined: a node of dtype `lanes`. */
  readonly element: (of: ProgramNode) => ProgramNode;
}

const sameDType = (dtype: DType): DType => dtype;
const toInt64 = (): DType => "int64";
const toBool = (): DType => "bool";
const toFloat = (dtype: DType): DType => isFloat(dtype) ? dtype : "float64";
/** Sums of small integers have 64 bits. */
const toWide = (dtype: DType): DType => isFloat(dtype) ? dtype : lanesOf(dtype);

function row(name: ReductionName, result: (dtype: DType) => DType, empty: number | null = null): Reduction {
  return { name, result, empty };
}

/** Every reduction by its name. */
export const REDUCTIONS: Readonly<Record<ReductionName, Reduction>> = {
  sum: row("sum", toWide, 0),
  prod: row("prod", toWide, 1),
  min: row("min", sameDType),
  max: row("max", sameDType),
  mean: row("mean", toFloat),
  var: row("var", toFloat),
  std: row("std", toFloat),
  argmin: row("argmin", toInt64),
  argmax: row("argmax", toInt64),
  any: row("any", toBool, 0),
  all: row("all", toBool, 1),
  countNonzero: row("countNonzero", toInt64, 0),
};

/**
 * In which dtype elements are combined: the widest of their kind.
 *
 * @param dtype The dtype of the elements.
 */
export function lanesOf(dtype: DType): LaneDType {
  const { kind } = DTYPES[dtype];
  return kind === "float" ? "float64" : kind === "uint" ? "uint64" : "int64";
}

/**
 * The one pass of a reduction that needs no more.
 *
 * @param name The reduction.
 * @param dtype The dtype of the elements.
 * @param skipNaN Whether NaN is passed over.
 */
export function foldPass(
  name: Exclude<ReductionName, "mean" | "var" | "std">,
  dtype: DType,
  skipNaN: boolean,
): FoldPass {
  const lanes = lanesOf(dtype), skips = skipNaN && isFloat(dtype);
  const widened = (of: ProgramNode) => castTo(of, lanes);
  /** The element, with a number that changes nothing in the place of NaN. */
  const filled = (value: number) => (of: ProgramNode) => skips ? withoutNaN(widened(of), value) : widened(of);
  const truth = (of: ProgramNode) => castTo(skips ? both(isTrue(of), isNumber(of)) : isTrue(of), "int64");
  const key = `${name}${skips ? " skipping NaN" : ""}`;
  switch (name) {
    case "sum":
      return { name: key, fold: "sum", lanes, element: filled(0) };
    case "prod":
      return { name: key, fold: "prod", lanes, element: filled(1) };
    case "min":
      return { name: "elements", fold: skips ? "minNumber" : "min", lanes, element: widened };
    case "max":
      return { name: "elements", fold: skips ? "maxNumber" : "max", lanes, element: widened };
    case "argmin":
      return { name: key, fold: "argmin", lanes, element: filled(Infinity) };
    case "argmax":
      return { name: key, fold: "argmax", lanes, element: filled(-Infinity) };
    case "any":
      return { name: key, fold: "max", lanes: "int64", element: truth };
    case "all":
      // NaN counts as true, so that passing over it changes nothing.
      return { name, fold: "min", lanes: "int64", element: (of) => castTo(isTrue(of), "int64") };
    case "countNonzero":
      return { name: key, fold: "sum", lanes: "int64", element: truth };
  }
}
