/**
 * The kernel behind `--expr "a + b"`: the element-wise sum of inputs `a` and `b`, written to `sum`.
 *
 * @module
 */

import { forEachRow } from "../array/rows.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { isBigIntDType } from "../dtype.ts";
import type { TileArrays } from "./kernel.ts";

/** Each element is summed by itself. */
export const elementwise = true;

/** A typed array whose elements are all numbers. */
type Numbers = Float64Array<SharedArrayBuffer>;
type BigInts = BigInt64Array<SharedArrayBuffer>;

/**
 * Adds two arrays; the dtype of `sum` holds their common dtype. Integers wrap; the sum of bools is their "or" where it
 * is a bool too.
 */
export default function sumKernel({ a, b, sum }: TileArrays<"a" | "b" | "sum">): void {
  const bigInts = [a, b, sum].filter((array) => isBigIntDType(array.dtype)).length;
  if (sum.dtype === "bool") addBools(a, b, sum);
  else if (bigInts === 0) addNumbers(a, b, sum);
  else if (bigInts === 3) addBigInts(a, b, sum);
  else addMixed(a, b, sum);
}

function addNumbers(a: SharedNdArray, b: SharedNdArray, sum: SharedNdArray): void {
  // None of the three holds bigints.
  const left = a.data as Numbers, right = b.data as Numbers, out = sum.data as Numbers;
  forEachRow([a, b, sum], (length, [i, j, k], [di, dj, dk]) => {
    if (di === 1 && dj === 1 && dk === 1) {
      // The common case, with less to do for code that is not yet optimised.
      for (const end = k + length; k < end;) out[k++] = left[i++] + right[j++];
      return;
    }
    for (let n = 0; n < length; n++, i += di, j += dj, k += dk) out[k] = left[i] + right[j];
  });
}

function addBigInts(a: SharedNdArray, b: SharedNdArray, sum: SharedNdArray): void {
  // All three hold bigints.
  const left = a.data as BigInts, right = b.data as BigInts, out = sum.data as BigInts;
  forEachRow([a, b, sum], (length, [i, j, k], [di, dj, dk]) => {
    for (let n = 0; n < length; n++, i += di, j += dj, k += dk) out[k] = left[i] + right[j];
  });
}

function addBools(a: SharedNdArray, b: SharedNdArray, sum: SharedNdArray): void {
  const left = a.data, right = b.data, out = sum.data;
  forEachRow([a, b, sum], (length, [i, j, k], [di, dj, dk]) => {
    for (let n = 0; n < length; n++, i += di, j += dj, k += dk) out[k] = left[i] || right[j] ? 1 : 0;
  });
}

/** Some hold bigints, some do not: each element is converted to what the sum holds. */
function addMixed(a: SharedNdArray, b: SharedNdArray, sum: SharedNdArray): void {
  const left = a.data, right = b.data, out = sum.data;
  const isBig = isBigIntDType(sum.dtype);
  forEachRow([a, b, sum], (length, [i, j, k], [di, dj, dk]) => {
    for (let n = 0; n < length; n++, i += di, j += dj, k += dk) {
      out[k] = isBig ? BigInt(left[i]) + BigInt(right[j]) : Number(left[i]) + Number(right[j]);
    }
  });
}
