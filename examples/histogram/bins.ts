/**
 * The bins of the histogram: air temperature in steps of 1 °C.
 *
 * @module
 */

/** The lowest temperature, in °C. */
export const LOWEST = -20;

/** The width of a bin, in °C. */
export const WIDTH = 1;

/** How many bins there are. */
export const BINS = 60;

/**
 * The bin of a temperature.
 *
 * @param celsius The temperature in °C.
 * @returns The bin's number; -1 for NaN and for what lies outside all bins.
 */
export function binOf(celsius: number): number {
  const bin = Math.floor((celsius - LOWEST) / WIDTH);
  return bin >= 0 && bin < BINS ? bin : -1;
}
