/**
 * Slices as Python has them.
 *
 * @module
 */

import { IndexError } from "../errors.ts";

/** A range along one axis. Null means the natural bound of the direction. */
export interface Slice {
  /** The first index, or null. */
  readonly start: number | null;
  /** The index before which it ends, or null. */
  readonly stop: number | null;
  /** The distance between indices, never 0. */
  readonly step: number;
}

/** What one axis of a view picks: an index (drops the axis), null (the whole axis) or a slice. */
export type ViewIndex = number | null | Slice;

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
export function slice(start: number | null, stop?: number | null, step: number | null = 1): Slice {
  const range = stop === undefined
    ? { start: null, stop: start, step: step ?? 1 }
    : { start, stop, step: step ?? 1 };
  checkSlice(range);
  return range;
}

/** Slices are plain objects, which need not come from {@linkcode slice}. */
function checkSlice({ start, stop, step }: Slice): void {
  for (const [name, value] of [["start", start], ["stop", stop], ["step", step]] as const) {
    if (value !== null && !Number.isSafeInteger(value)) {
      throw new IndexError(`Slice ${name} is ${value}, expected an integer or null`);
    }
  }
  if (step === 0) throw new IndexError("Slice step is 0, expected a positive or negative integer");
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
  const lowest = step > 0 ? 0 : -1;
  const highest = step > 0 ? extent : extent - 1;
  const bound = (value: number | null, natural: number) =>
    value === null ? natural : Math.min(highest, Math.max(lowest, value < 0 ? value + extent : value));
  const first = bound(range.start, step > 0 ? lowest : highest);
  const last = bound(range.stop, step > 0 ? highest : lowest);
  return { first, count: Math.max(0, Math.ceil((last - first) / step)), step };
}
