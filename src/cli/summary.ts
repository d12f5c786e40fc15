/**
 * What an array holds, in one line.
 *
 * @module
 */

import { type Shape, showShape } from "../array/layout/shape.ts";
import { forEachRow } from "../array/rows.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, isBigIntDType } from "../dtype.ts";

/** Counts and extremes of an array's finite elements. */
export interface Summary {
  /** How many elements there are. */
  readonly cells: number;
  /** How many are neither NaN nor infinite. */
  readonly finite: number;
  /** The mean of the finite ones; null when there is none. */
  readonly mean: number | null;
  /** The smallest finite one. */
  readonly min: number | null;
  /** The largest finite one. */
  readonly max: number | null;
}

/** Elements whose plain sum is one term of the total: short enough that rounding does not add up. */
const BLOCK = 128;

/**
 * Summarises an array.
 *
 * @param array The array; booleans count as 0 and 1, 64-bit integers are rounded to numbers.
 * @returns The summary; the mean is from sums of blocks of 128.
 */
export function summarize(array: SharedNdArray): Summary {
  const isBig = isBigIntDType(array.dtype);
  // Anything else than 64-bit integers is read as a number.
  const data = array.data as Float64Array;
  let finite = 0, sum = 0, min = Infinity, max = -Infinity;
  forEachRow([array], (length, [place], [step]) => {
    for (let left = length; left > 0; left -= BLOCK) {
      let block = 0;
      for (let i = Math.min(left, BLOCK); i > 0; i--, place += step) {
        const value = isBig ? Number(data[place]) : data[place];
        if (value - value !== 0) continue;
        finite++;
        block += value;
        if (value < min) min = value;
        if (value > max) max = value;
      }
      sum += block;
    }
  });
  const none = finite === 0;
  return {
    cells: array.size,
    finite,
    mean: none ? null : sum / finite,
    min: none ? null : min,
    max: none ? null : max,
  };
}

/**
 * A summary as text.
 *
 * @param summary The summary, with the array's name.
 */
export function summaryLine(summary: Summary & { readonly name: string }): string {
  const { name, cells, finite, mean, min, max } = summary;
  if (mean === null || min === null || max === null) return `${name}: none of ${cells} cells is finite`;
  const number = (value: number) => String(Number(value.toPrecision(10)));
  return `${name}: ${finite} finite cells of ${cells}, mean ${number(mean)}, min ${number(min)}, max ${
    number(max)
  }`;
}

/** An output that was written, and what it holds. */
export interface WrittenOutput extends Summary {
  /** Its name. */
  readonly name: string;
  /** The file that it was written to. */
  readonly file: string;
  /** Its dtype. */
  readonly dtype: DType;
  /** Its shape. */
  readonly shape: Shape;
}

/**
 * Describes an output that was written.
 *
 * @param name Its name.
 * @param file The file.
 * @param array The array.
 */
export function describeOutput(name: string, file: string, array: SharedNdArray): WrittenOutput {
  return { name, file, dtype: array.dtype, shape: array.shape, ...summarize(array) };
}

/**
 * What is said of an output that was written.
 *
 * @param output The output.
 */
export function wroteLine({ name, file, dtype, shape }: WrittenOutput): string {
  return `Wrote ${name} to ${file} (${dtype} ${showShape(shape)})\n`;
}
