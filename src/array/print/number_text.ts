/**
 * Numbers in columns as NumPy 1.24 prints them: all of one width, floats with their points below each other, and with
 * exponents where plain digits would be long.
 *
 * @module
 */

import type { DType, FloatDType } from "../../dtype.ts";
import { exactFixed, exactScientific, paddedScientific, roundTo, shortestNumber } from "./number_digits.ts";

/** From this magnitude on, floats have exponents. */
const LARGE = 1e8;

/** Below this magnitude, floats have exponents. */
const SMALL = 1e-4;

/** Floats have exponents when the largest magnitude is more than so many times the smallest. */
const MAX_RATIO = 1000;

/**
 * The texts of elements that are printed together.
 *
 * @param dtype The elements' dtype: it decides how they are written, and how many digits a float needs.
 * @param values The elements as they are stored, such as 0 and 1 for bool.
 * @param precision How many digits floats have behind their points at most.
 * @returns A text for each value, in the same order, padded with spaces to the same width.
 */
export function columnTexts(
  dtype: DType,
  values: readonly (number | bigint)[],
  precision: number,
): string[] {
  switch (dtype) {
    case "bool":
      return padAll(values.map((value) => value ? "True" : "False"), "False".length);
    case "float16":
    case "float32":
    case "float64":
      return floatTexts(dtype, values.map(Number), precision);
    default:
      return padAll(values.map(String));
  }
}

function padAll(texts: readonly string[], leastWidth = 0): string[] {
  const width = Math.max(leastWidth, longest(texts));
  return texts.map((text) => text.padStart(width));
}

function longest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0);
}

/** Floats in columns; those that are not finite have no say in the form of the others. */
function floatTexts(dtype: FloatDType, values: readonly number[], precision: number): string[] {
  const finite = values.filter(Number.isFinite);
  const write = needsExponents(dtype, finite) ? exponentTexts : plainTexts;
  const texts = write(dtype, finite, precision).values();
  return padAll(values.map((value) => Number.isFinite(value) ? texts.next().value ?? "" : nonFinite(value)));
}

function nonFinite(value: number): string {
  return Number.isNaN(value) ? "nan" : value < 0 ? "-inf" : "inf";
}

function needsExponents(dtype: FloatDType, finite: readonly number[]): boolean {
  let largest = 0, smallest = Infinity;
  for (const value of finite) {
    if (value === 0) continue;
    largest = Math.max(largest, Math.abs(value));
    smallest = Math.min(smallest, Math.abs(value));
  }
  if (largest === 0) return false;
  return largest >= LARGE || smallest < SMALL || roundTo(largest / smallest, dtype) > MAX_RATIO;
}

/** A float's text in pieces. */
interface FloatParts {
  /** The sign and the digits before the point. */
  readonly whole: string;
  /** The digits behind the point; may be empty. */
  readonly fraction: string;
  /** The exponent's sign. */
  readonly exponentSign: string;
  /** The exponent's digits, at least two. */
  readonly exponent: string;
}

function takeApart(value: number, text: string): FloatParts {
  const [digits, exponent = "+0"] = text.split("e");
  const [whole, fraction = ""] = digits.split(".");
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  return {
    whole: sign + whole,
    fraction,
    exponentSign: exponent[0],
    exponent: exponent.slice(1).padStart(2, "0"),
  };
}

/** The fewest digits that are enough for a float, and no more than `precision` of them behind the point. */
function fewestDigits(
  value: number,
  precision: number,
  shortest: string,
  cut: (magnitude: number, places: number) => string,
): FloatParts {
  const parts = takeApart(value, shortest);
  if (parts.fraction.length <= precision) return parts;
  const shorter = takeApart(value, cut(Math.abs(value), precision));
  return { ...shorter, fraction: shorter.fraction.replace(/0+$/, "") };
}

/** Finite floats below 1e21 without exponents, padded on both sides of the point. */
function plainTexts(dtype: FloatDType, values: readonly number[], precision: number): string[] {
  const parts = values.map((value) => {
    const magnitude = Math.abs(value);
    // All digits of integers are printed, although fewer might be enough: 65504 could be 65500 in float16.
    const shortest = Number.isInteger(value) ? magnitude : shortestNumber(magnitude, dtype);
    return fewestDigits(value, precision, String(shortest), exactFixed);
  });
  const wholeWidth = longest(parts.map(({ whole }) => whole));
  const fractionWidth = longest(parts.map(({ fraction }) => fraction));
  return parts.map(({ whole, fraction }) =>
    `${whole.padStart(wholeWidth)}.${fraction.padEnd(fractionWidth)}`
  );
}

/** Finite floats with exponents. All get as many digits as the one that needs most; they are true digits. */
function exponentTexts(dtype: FloatDType, values: readonly number[], precision: number): string[] {
  const needed = values.map((value) =>
    fewestDigits(
      value,
      precision,
      shortestNumber(Math.abs(value), dtype).toExponential(),
      exactScientific,
    )
  );
  const places = longest(needed.map(({ fraction }) => fraction));
  const exponentWidth = longest(needed.map(({ exponent }) => exponent));
  return values.map((value, i) => {
    const isFull = needed[i].fraction.length === places;
    const parts = isFull ? needed[i] : takeApart(value, paddedScientific(Math.abs(value), dtype, places));
    const { whole, fraction, exponentSign, exponent } = parts;
    return `${whole}.${fraction}e${exponentSign}${exponent.padStart(exponentWidth, "0")}`;
  });
}
