/**
 * Round numbers along a range, and numbers as short text.
 *
 * @module
 */

import type { Range } from "./value_range.ts";

/** A tick: a value, and how it is written. */
export interface Tick {
  readonly value: number;
  readonly text: string;
}

/**
 * Round values within a range: multiples of 1, 2 or 5 times a power of ten.
 *
 * @param range The range.
 * @param most How many there may be; at least 2.
 */
export function ticksIn(range: Range, most: number): Tick[] {
  if (range === null) return [];
  const [low, high] = range;
  if (!(low < high) || high - low === Infinity) {
    return ends(low, high);
  }
  const step = roundStep((high - low) / Math.max(1, most - 1));
  const first = Math.ceil(low / step - 1e-9), last = Math.floor(high / step + 1e-9);
  // Where steps are finer than numbers are, or none lies within, the ends alone are shown.
  if (!(last > first) || last - first > 100 || Math.max(Math.abs(first), Math.abs(last)) > 1e11) {
    return ends(low, high);
  }
  const values = Array.from({ length: last - first + 1 }, (_, k) => multiple(first + k, step));
  const texts = alike(values, step);
  return values.map((value, k) => ({ value, text: texts[k] }));
}

function ends(low: number, high: number): Tick[] {
  const digits = digitsIn(low, high);
  return (low === high ? [low] : [low, high]).map((value) => ({ value, text: shortNumber(value, digits) }));
}

/**
 * How many digits tell numbers of a range apart: at least 4.
 *
 * @param low The lowest one.
 * @param high The highest one.
 */
export function digitsIn(low: number, high: number): number {
  const largest = Math.max(Math.abs(low), Math.abs(high)), span = high - low;
  if (!(span > 0) || span === Infinity) return 4;
  return Math.min(17, Math.max(4, Math.floor(Math.log10(largest)) - Math.floor(Math.log10(span)) + 3));
}

/** The next of 1, 2, 5 times a power of ten that is not less. */
function roundStep(least: number): number {
  const power = Math.floor(Math.log10(least));
  for (const [factor, exponent] of [[1, power], [2, power], [5, power], [1, power + 1]] as const) {
    const step = Number(`${factor}e${exponent}`);
    if (step >= least * (1 - 1e-9)) return step;
  }
  return least;
}

/** A multiple of a round step without the error of the product: 3 * 0.1 is 0.3. */
function multiple(count: number, step: number): number {
  return Number((count * step).toPrecision(12)) + 0;
}

/** Numbers with as many digits behind the point as their distance asks for. */
function alike(values: readonly number[], step: number): string[] {
  const largest = Math.max(...values.map(Math.abs));
  if (largest >= 1e6 || step < 1e-4) {
    // As many digits as tell neighbours apart.
    const digits = Math.min(
      15,
      Math.floor(Math.log10(largest) + 1e-9) - Math.floor(Math.log10(step) + 1e-9) + 1,
    );
    return values.map((value) => shortNumber(value, Math.max(1, digits)));
  }
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return values.map((value) => value.toFixed(digits).replace(/^-(?=[0.]*$)/, ""));
}

/**
 * A number in few characters.
 *
 * @param value The number.
 * @param digits How many of its digits count. Default 4.
 */
export function shortNumber(value: number, digits: number = 4): string {
  if (!Number.isFinite(value)) return value !== value ? "NaN" : value > 0 ? "inf" : "-inf";
  const rounded = Number(value.toPrecision(digits)) + 0, size = Math.abs(rounded);
  if (rounded === 0) return "0";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return String(value + 0);
  if (size >= 10 ** Math.max(6, digits) || size < 1e-4) {
    return rounded.toExponential().replace("e+", "e");
  }
  return String(rounded);
}
