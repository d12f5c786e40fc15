/**
 * Whether arrays hold the same values.
 *
 * @module
 */

import type { DType, TypedData } from "../dtype.ts";
import { isBigIntDType } from "../dtype.ts";
import type { Layout } from "./layout/layout.ts";
import { STOP, walkRows } from "./layout/walk.ts";

/** Elements where they lie. */
export interface Elements extends Layout {
  /** Their dtype. */
  readonly dtype: DType;
  /** Their memory. */
  readonly data: TypedData<DType>;
}

/** A typed array of which single elements are read, as numbers. */
interface Numbers {
  readonly [index: number]: number;
}

/**
 * Whether all elements are equal as numbers: exact between floats and 64-bit integers too.
 *
 * @param a Elements.
 * @param b Elements of the same shape, of any dtype.
 * @param equalNaN Whether NaN equals NaN.
 */
export function allEqual(a: Elements, b: Elements, equalNaN: boolean): boolean {
  // Anything is read as a number here, also what may be a bigint.
  const left = a.data as Numbers, right = b.data as Numbers;
  const isMixed = isBigIntDType(a.dtype) !== isBigIntDType(b.dtype);
  return walkRows([a, b], (length, [i, j], [di, dj]) => {
    for (let k = 0; k < length; k++, i += di, j += dj) {
      const x = left[i], y = right[j];
      if (x === y) continue;
      // A bigint and a number are never equal by ===, but by == when they are the same number, without rounding.
      // deno-lint-ignore eqeqeq
      if (isMixed && x == y) continue;
      if (equalNaN && x !== x && y !== y) continue;
      return STOP;
    }
  });
}

/** How near is near enough. */
export interface Tolerance {
  /** Relative to the magnitude of the second value. */
  readonly rtol: number;
  /** Absolute. */
  readonly atol: number;
  /** Whether NaN is close to NaN. */
  readonly equalNaN: boolean;
}

/**
 * Whether all elements are close: `|a - b| <= atol + rtol * |b|`, as NumPy's `allclose` has it. Infinities are close
 * to themselves only.
 *
 * @param a Elements.
 * @param b Elements of the same shape, of any dtype.
 * @param tolerance How near is near enough.
 */
export function allNear(a: Elements, b: Elements, tolerance: Tolerance): boolean {
  const { rtol, atol, equalNaN } = tolerance;
  const left = a.data as Numbers, right = b.data as Numbers;
  return walkRows([a, b], (length, [i, j], [di, dj]) => {
    for (let k = 0; k < length; k++, i += di, j += dj) {
      const x = Number(left[i]), y = Number(right[j]);
      if (x === y || (equalNaN && x !== x && y !== y)) continue;
      const isNear = Number.isFinite(x) && Number.isFinite(y) && Math.abs(x - y) <= atol + rtol * Math.abs(y);
      if (!isNear) return STOP;
    }
  });
}
