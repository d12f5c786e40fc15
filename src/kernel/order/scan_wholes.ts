/**
 * Running sums and products of integers of 64 bits, by their halves: arithmetic of bigints allocates, and takes many
 * times longer.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";

/** Nanoseconds that an element takes about, and elements that are scanned before they are counted as work. */
export const ELEMENT_NS = 4, PIECE = 16_384;

/** Some neighbouring lines of one length. */
export interface Lines {
  /** Where the first element of the first line is. */
  readonly start: number;
  /** How many lines there are. */
  readonly count: number;
  /** How far it is from one to the next. */
  readonly step: number;
  /** How many elements a line has. */
  readonly length: number;
  /** How far it is from one to the next. */
  readonly stride: number;
}

/** Combines an element with the one before it in its line, both given by the places of their low halves. */
type Combine = (halves: Int32Array, before: number, place: number) => void;

/**
 * Scans lines in place.
 *
 * @param halves The elements, two words for each: the low one first.
 * @param lines The lines, in elements.
 * @param operation What is done.
 * @param isAcross Whether neighbours in memory are of different lines.
 */
export function scanWholes(
  halves: Int32Array,
  lines: Lines,
  operation: "sum" | "prod",
  isAcross: boolean,
): void {
  const combine: Combine = operation === "sum" ? add : multiply;
  const { start, count, step, length, stride } = lines;
  const outer = isAcross ? length - 1 : count, inner = isAcross ? count : length - 1;
  const outerStep = 2 * (isAcross ? stride : step), innerStep = 2 * (isAcross ? step : stride);
  for (let i = 0; i < outer; i++) {
    let before = 2 * start + i * outerStep;
    for (let k = 0; k < inner;) {
      const first = k, end = Math.min(inner, k + PIECE);
      for (; k < end; k++, before += innerStep) combine(halves, before, before + 2 * stride);
      countWork((end - first) * ELEMENT_NS);
    }
  }
}

const add: Combine = (halves, before, place) => {
  const low = (halves[before] >>> 0) + (halves[place] >>> 0);
  halves[place + 1] = halves[before + 1] + halves[place + 1] + (low >= 2 ** 32 ? 1 : 0);
  halves[place] = low;
};

const multiply: Combine = (halves, before, place) => {
  const a = halves[before], b = halves[place];
  halves[place + 1] = upperProduct(a >>> 0, b >>> 0) + Math.imul(a, halves[place + 1]) +
    Math.imul(halves[before + 1], b);
  halves[place] = Math.imul(a, b);
};

/** The upper 32 bits of the product of two unsigned integers, from products of their halves. */
function upperProduct(a: number, b: number): number {
  const a0 = a & 0xffff, a1 = a >>> 16, b0 = b & 0xffff, b1 = b >>> 16;
  const first = a1 * b0 + ((a0 * b0) >>> 16 | 0);
  const second = a0 * b1 + first % 65_536;
  return a1 * b1 + Math.floor(first / 65_536) + Math.floor(second / 65_536);
}
