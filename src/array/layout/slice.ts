/**
 * Slices as Python has them.
 *
 * @module
 */

import { IndexError, showValue } from "../../errors.ts";

/**
 * A range along one axis. Null means the natural bound of the direction.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type Slice, slice } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const everyOther: Slice = { start: null, stop: null, step: 2 };
 * assertEquals(slice(null, null, 2), everyOther);
 * assertEquals(SharedNdArray.arange(5).view(everyOther).toNested(), [0, 2, 4]);
 * ```
 */
export interface Slice {
  /** The first index, or null. */
  readonly start: number | null;
  /** The index before which it ends, or null. */
  readonly stop: number | null;
  /** The distance between indices, never 0. */
  readonly step: number;
}

/**
 * A range along one axis, with Python's meaning: negative numbers count from the end, bounds are clamped.
 *
 * @param start The first index, or null. Given alone, it is `stop`, as in Python's `slice(stop)`.
 * @param stop The index before which it ends, or null.
 * @param step The distance between indices; negative ones walk backwards.
 * @throws {IndexError} If the step is 0 or a number is no integer.
 *
 * @example
 * ```ts
 * import { SharedNdArray, slice } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.arange(10);
 * assertEquals([...a.view(slice(2, 8, 3)).values()], [2, 5]);
 * assertEquals([...a.view(slice(null, null, -4)).values()], [9, 5, 1]);
 * assertEquals([...a.view(slice(3)).values()], [0, 1, 2]);
 * ```
 */
export function slice(stop: number | null): Slice;
/**
 * A range along one axis, from one index to before another.
 *
 * @param start The first index, or null.
 * @param stop The index before which it ends; null or undefined for the natural bound.
 * @param step The distance between indices; negative ones walk backwards. Default 1.
 */
export function slice(start: number | null, stop: number | null | undefined, step?: number | null): Slice;
export function slice(...bounds: readonly (number | null | undefined)[]): Slice {
  // By their number, because an undefined stop that comes out of a variable is no missing one.
  const [start, stop, step] = bounds.length > 1 ? bounds : [null, bounds[0]];
  const range = { start: start ?? null, stop: stop ?? null, step: step ?? 1 };
  checkSlice(range);
  return range;
}

/** Slices are plain objects, which need not come from {@linkcode slice}. */
function checkSlice(range: Slice): void {
  if (range.start === undefined || range.stop === undefined || !range.step && range.step !== 0) {
    throw new IndexError(`${showValue(range)} is no slice: expected { start, stop, step }`);
  }
  checkBound("start", range.start);
  checkBound("stop", range.stop);
  checkBound("step", range.step);
  if (range.step === 0) throw new IndexError("Slice step is 0, expected a positive or negative integer");
}

function checkBound(name: string, value: number | null): void {
  if (value !== null && !Number.isSafeInteger(value)) {
    throw new IndexError(`Slice ${name} is ${showValue(value)}, expected a safe integer or null`);
  }
}

/**
 * What a slice picks from an axis.
 *
 * @param range The slice.
 * @param extent The axis' extent.
 * @returns The first index, how many, and the distance between them.
 */
export function resolveSlice(range: Slice, extent: number): { first: number; count: number; step: number } {
  checkSlice(range);
  const step = range.step;
  if (step > 0) {
    const first = range.start === null ? 0 : clampBound(range.start, extent, 0, extent);
    const last = range.stop === null ? extent : clampBound(range.stop, extent, 0, extent);
    return { first, count: Math.max(0, Math.ceil((last - first) / step)), step };
  }
  const first = range.start === null ? extent - 1 : clampBound(range.start, extent, -1, extent - 1);
  const last = range.stop === null ? -1 : clampBound(range.stop, extent, -1, extent - 1);
  return { first, count: Math.max(0, Math.ceil((last - first) / step)), step };
}

/** A bound counted from the start, and no further out than the walk goes. */
function clampBound(value: number, extent: number, lowest: number, highest: number): number {
  const fromStart = value < 0 ? value + extent : value;
  return fromStart < lowest ? lowest : fromStart > highest ? highest : fromStart;
}
