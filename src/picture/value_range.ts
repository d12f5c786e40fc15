/**
 * Which values the two ends of a colour map stand for.
 *
 * @module
 */

import { showValue, ValueError } from "../errors.ts";
import type { Cells } from "./cells.ts";
import { LEVELS } from "./colormaps.ts";
import { Statistics } from "./statistics.ts";

/**
 * Which values the ends of a colour map stand for: two numbers; or `robust`, which leaves out the lowest and the highest
 * 2 % so that a few outliers do not take all the colours.
 *
 * @example
 * ```ts
 * import { picture, SharedNdArray, type ValueRange } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.arange(101).reshape([1, -1]);
 * const ranges: (ValueRange | undefined)[] = [undefined, "robust", [0, 1000]];
 * assertEquals(ranges.map((range) => picture(a, { range }).range), [[0, 100], [2, 98], [0, 1000]]);
 * ```
 */
export type ValueRange = readonly [low: number, high: number] | "robust";

/** Two values. Equal where all finite elements are; null where none is finite. */
export type Range = readonly [low: number, high: number] | null;

/** What `robust` leaves out at either end. */
const ROBUST = [0.02, 0.98] as const;

/**
 * Checks an option.
 *
 * @param range The range, as a program in JavaScript might give it.
 * @throws {ValueError} If it is not what it can be.
 */
export function checkRange(range: unknown): void {
  if (range === undefined || range === "robust") return;
  const isRange = Array.isArray(range) && range.length === 2 && range.every(Number.isFinite);
  if (isRange && range[0] < range[1]) return;
  throw new ValueError(
    `The option range is ${showValue(range)}, expected [low, high], finite and in that order, or "robust"`,
  );
}

/**
 * The range of values that is shown.
 *
 * @param range What was asked for. Default: from the smallest finite element to the largest.
 * @param cells The elements.
 */
export function resolveRange(range: ValueRange | undefined, cells: Cells): Range {
  if (range === undefined) return extremesOf(cells);
  if (range !== "robust") return range;
  const statistics = new Statistics();
  statistics.addCells(cells);
  return rangeOf(range, statistics);
}

/** The smallest finite element and the largest. */
function extremesOf({ rows, columns, data, offset, rowStride, columnStride }: Cells): Range {
  let low = Infinity, high = -Infinity;
  for (let i = 0; i < rows; i++) {
    for (let j = 0, place = offset + i * rowStride; j < columns; j++, place += columnStride) {
      const value = Number(data[place]);
      if (value - value !== 0) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return low <= high ? [low, high] : null;
}

/**
 * The range of values that is shown, where the statistics of the elements are known.
 *
 * @param range What was asked for.
 * @param statistics The statistics, with quantiles where the range shall be robust.
 */
export function rangeOf(range: ValueRange | undefined, statistics: Statistics): Range {
  if (range !== undefined && range !== "robust") return range;
  const { min, max } = statistics;
  if (min === null || max === null) return null;
  if (range === undefined) return [min, max];
  const [low, high] = ROBUST.map((q) => statistics.quantile(q) ?? NaN);
  // Where nearly all elements are equal, what is left out is all that differs.
  return low < high ? [low, high] : [min, max];
}

/** The level of what is not a number. */
export const NAN_LEVEL = LEVELS;

/** Where all values are equal, they have the colour in the middle. */
const MIDDLE = LEVELS / 2;

/**
 * What turns a value into its place in a colour map: from 0 to 255, values beyond the range those at the ends; 256 for
 * NaN.
 *
 * @param range The range.
 */
export function levelsIn(range: Range): (value: number) => number {
  const [low, high] = range ?? [0, 0];
  if (!(low < high)) {
    return (value) => value !== value ? NAN_LEVEL : value < low ? 0 : value > high ? LEVELS - 1 : MIDDLE;
  }
  // The distance between the largest numbers is none.
  const part = high - low === Infinity ? 0.5 : 1;
  const first = low * part, span = high * part - first;
  return (value) => {
    if (value !== value) return NAN_LEVEL;
    const level = Math.floor((value * part - first) / span * LEVELS);
    return level < 0 ? 0 : level >= LEVELS ? LEVELS - 1 : level;
  };
}
