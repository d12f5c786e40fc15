/**
 * The passes of means and variances, and of places beside NaN, which take more than one.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import type { ProgramNode } from "../expr/program.ts";
import { castTo, isEqual, isFloat, isNumber, literal, squaredDistance } from "./elements.ts";
import { type FoldPass, foldPass } from "./reduction_table.ts";

/**
 * The sum that a mean is made of: integers are summed as floats, as in NumPy.
 *
 * @param dtype The dtype of the elements.
 * @param skipNaN Whether NaN is passed over.
 */
export function floatSumPass(dtype: DType, skipNaN: boolean): FoldPass {
  if (isFloat(dtype)) return foldPass("sum", dtype, skipNaN);
  return { name: "float sum", fold: "sum", lanes: "float64", element: (of) => castTo(of, "float64") };
}

/** How many elements are not NaN. */
export const COUNT_PASS: FoldPass = {
  name: "count of numbers",
  fold: "sum",
  lanes: "int64",
  element: (of) => castTo(isNumber(of), "int64"),
};

/**
 * The sum of squared distances from the mean. Two passes over the elements are as exact as a sum of squares is not.
 *
 * @param dtype The dtype of the elements.
 * @param skipNaN Whether NaN is passed over.
 * @param mean The mean, a float64.
 */
export function squaresPass(dtype: DType, skipNaN: boolean, mean: ProgramNode): FoldPass {
  const skips = skipNaN && isFloat(dtype);
  return {
    name: skips ? "squares skipping NaN" : "squares",
    fold: "sum",
    lanes: "float64",
    element: (of) => {
      const squared = squaredDistance(castTo(of, "float64"), mean);
      return skips ? orZero(squared, of) : squared;
    },
  };
}

/**
 * The place of the first element that is an infinity itself. Where NaN is passed over, an infinity stands for it,
 * which hides the place of an infinity behind those of NaN.
 *
 * @param infinity Which.
 */
export function placePass(infinity: number): FoldPass {
  return {
    name: `place of ${infinity}`,
    fold: "argmax",
    lanes: "int64",
    element: (of) => castTo(isEqual(castTo(of, "float64"), infinity), "int64"),
  };
}

/** 0 in the place of what is NaN because the element is. */
function orZero(value: ProgramNode, of: ProgramNode): ProgramNode {
  const no = literal(0, "float64");
  return { kind: "select", dtype: "float64", condition: isNumber(of), yes: value, no };
}
