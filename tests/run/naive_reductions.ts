/**
 * Reductions as slow, obvious lists: what the fast ones are compared with, bit by bit.
 *
 * @module
 */

import type { DType, ReductionName, SharedNdArray } from "../../mod.ts";
import { DTYPES, isBigIntDType } from "../../src/dtype.ts";
import { foldInOrder } from "../../src/plan/reduce/reduce_tree.ts";
import { indicesOf } from "../naive.ts";

/** An element of an array. */
type Value = number | bigint | boolean;

/** What a reduction is asked for. */
export interface NaiveOptions {
  /** The axes that are reduced, none of them negative. */
  readonly axes: readonly number[];
  readonly skipNaN: boolean;
  readonly ddof: number;
}

/**
 * The elements of each cell of a result, cells and elements in C order.
 *
 * @param array What is reduced.
 * @param axes The axes that are reduced.
 */
export function cellsOf(array: SharedNdArray, axes: readonly number[]): Value[][] {
  const cells = new Map<string, Value[]>();
  for (const index of indicesOf(array.shape)) {
    const key = index.filter((_, axis) => !axes.includes(axis)).join();
    const cell = cells.get(key) ?? [];
    cell.push(array.get(...index));
    cells.set(key, cell);
  }
  return [...cells.values()];
}

/**
 * A reduction of an array that is not empty.
 *
 * @param name The reduction.
 * @param array What is reduced.
 * @param options Axes and the like.
 * @returns A value for each cell, in the dtype of the result; null where there is none.
 */
export function naiveReduction(
  name: ReductionName,
  array: SharedNdArray,
  options: NaiveOptions,
): (Value | null)[] {
  return cellsOf(array, options.axes).map((cell) => reduceCell(name, array.dtype, cell, options));
}

function reduceCell(name: ReductionName, dtype: DType, cell: Value[], options: NaiveOptions): Value | null {
  const { kind } = DTYPES[dtype], isFloat = kind === "float", skips = options.skipNaN && isFloat;
  const isNumber = (value: Value) => !Number.isNaN(value);
  const numbers = skips ? cell.filter(isNumber) : cell;
  const wrap = (value: bigint) => kind === "uint" ? BigInt.asUintN(64, value) : BigInt.asIntN(64, value);
  const rounded = (value: number) => roundTo(isFloat ? dtype : "float64", value);
  const floats = (filling: number) =>
    cell.map((value) => skips && !isNumber(value) ? filling : Number(value));
  const ofCell = (value: Value): Value =>
    dtype === "bool" ? Boolean(value) : isBigIntDType(dtype) ? value : Number(value);
  switch (name) {
    case "sum":
      if (isFloat) return rounded(sumOf(floats(0)));
      return wrap(cell.map((value) => BigInt(value)).reduce((a, b) => a + b));
    case "prod":
      if (isFloat) return rounded(foldInOrder(floats(1), (a, b) => a * b, 1));
      return wrap(cell.map((value) => BigInt(value)).reduce((a, b) => a * b));
    case "min":
      return numbers.length === 0 ? NaN : ofCell(numbers[leastOf(numbers, false)]);
    case "max":
      return numbers.length === 0 ? NaN : ofCell(numbers[leastOf(numbers, true)]);
    case "argmin":
    case "argmax": {
      if (numbers.length === 0) return null;
      const found = numbers[leastOf(numbers, name === "argmax")];
      return BigInt(cell.findIndex((value) => value === found || Object.is(value, found)));
    }
    case "any":
      return numbers.some((value) => !isZero(value));
    case "all":
      return numbers.every((value) => !isZero(value));
    case "countNonzero":
      return BigInt(numbers.filter((value) => !isZero(value)).length);
    case "mean":
      return rounded(sumOf(floats(0)) / numbers.length);
    case "var":
    case "std": {
      const mean = sumOf(floats(0)) / numbers.length;
      const squares = cell.map((value) => skips && !isNumber(value) ? 0 : (Number(value) - mean) ** 2);
      const left = numbers.length - options.ddof;
      const variance = skips && left <= 0 ? NaN : sumOf(squares) / Math.max(left, 0);
      return rounded(name === "std" ? Math.sqrt(variance) : variance);
    }
  }
}

function sumOf(values: number[]): number {
  return foldInOrder(values, (a, b) => a + b, -0);
}

/** The place of the first least or greatest value, or of the first NaN. */
function leastOf(values: readonly Value[], isGreatest: boolean): number {
  let found = 0;
  for (let k = 1; k < values.length; k++) {
    if (Number.isNaN(values[found])) break;
    const beats = isGreatest ? values[k] > values[found] : values[k] < values[found];
    if (beats || Number.isNaN(values[k])) found = k;
  }
  return found;
}

function isZero(value: Value): boolean {
  return Number(value) === 0;
}

function roundTo(dtype: DType, value: number): number {
  return dtype === "float16" ? Math.f16round(value) : dtype === "float32" ? Math.fround(value) : value;
}
