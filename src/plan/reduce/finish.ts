/**
 * What is done to combined elements in the end, as programs of arrays: dividing, roots, the dtype of the result.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import type { InputNode, Program, ProgramNode, ProgramScalar, ScalarNode } from "../expr/program.ts";
import { castTo } from "./elements.ts";
import type { LaneDType } from "./reduce_plan.ts";

/** How a combined value becomes a result. */
export interface Finish {
  /** The dtype of the combined values, which the program reads as `value`. */
  readonly lanes: LaneDType;
  /** The dtype of the result. */
  readonly result: DType;
  /**
   * Nothing; the quotient by the scalar `n`; or by the int64 array `count` less the scalar `n`, NaN where that is not
   * above 0.
   */
  readonly divide: "nothing" | "number" | "counts";
  /** Whether the root is taken. */
  readonly root: boolean;
}

/**
 * The program of a finish.
 *
 * @param finish What is done.
 * @returns The program, and a key: equal keys are equal programs.
 */
export function finishProgram(finish: Finish): { readonly program: Program; readonly key: string } {
  const { lanes, result, divide, root } = finish;
  const value: InputNode = { kind: "input", dtype: lanes, name: "value" };
  const count: InputNode = { kind: "input", dtype: "int64", name: "count" };
  const n: ScalarNode = { kind: "scalar", dtype: "float64", name: "n" };
  const scalars: ProgramScalar[] = [{ name: "n", kind: "number", dtypes: ["float64"] }];
  const divided = divide === "nothing"
    ? value
    : divide === "number"
    ? quotient(value, n)
    : meanOf(value, count, n);
  const rooted: ProgramNode = root
    ? { kind: "call", name: "sqrt", dtype: "float64", args: [divided] }
    : divided;
  return {
    program: {
      inputs: divide === "counts" ? [value, count] : [value],
      scalars: divide === "nothing" ? [] : scalars,
      outputs: [{ name: null, dtype: result, value: castResult(rooted, result) }],
    },
    key: `finish ${lanes} ${result} ${divide} ${root}`,
  };
}

function castResult(of: ProgramNode, dtype: DType): ProgramNode {
  return of.dtype === dtype ? of : { kind: "cast", dtype, of };
}

function quotient(value: ProgramNode, by: ProgramNode): ProgramNode {
  return { kind: "call", name: "div", dtype: "float64", args: [value, by] };
}

function meanOf(value: ProgramNode, count: ProgramNode, less: ProgramNode): ProgramNode {
  const zero: ProgramNode = { kind: "literal", dtype: "float64", value: 0 };
  const nan: ProgramNode = { kind: "literal", dtype: "float64", value: NaN };
  const numbers: ProgramNode = {
    kind: "call",
    name: "sub",
    dtype: "float64",
    args: [castTo(count, "float64"), less],
  };
  const isAny: ProgramNode = { kind: "call", name: "gt", dtype: "bool", args: [numbers, zero] };
  return { kind: "select", dtype: "float64", condition: isAny, yes: quotient(value, numbers), no: nan };
}
