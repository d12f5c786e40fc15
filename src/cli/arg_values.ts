/**
 * Words of a command line as values: numbers, lists, dtypes, sizes.
 *
 * @module
 */

import { type DType, DTYPE_NAMES, isDType } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";

/**
 * Refuses a word that is none of those there are.
 *
 * @param kind What it should be.
 * @param word The word.
 * @param known Those there are, of which the nearest is suggested.
 * @param hint What is said where none is near.
 */
export function unknownWord(
  kind: string,
  word: string,
  known: readonly string[],
  hint: string = "see --help for those there are",
): UsageError {
  const meant = nearest(word, known);
  return new UsageError(`Unknown ${kind} ${word}: ${meant === undefined ? hint : `did you mean ${meant}?`}`);
}

/**
 * Parses a text that may be left out.
 *
 * @param text The text, if there is one.
 * @param parse What makes a value of it.
 */
export function optional<T>(text: string | undefined, parse: (text: string) => T): T | undefined {
  return text === undefined ? undefined : parse(text);
}

/**
 * An integer.
 *
 * @param flag The flag that it stands behind.
 * @param text The text.
 * @throws {UsageError} If it is none.
 */
export function integer(flag: string, text: string): number {
  return wholeNumber(text) ?? refuse(`${flag} ${text} is not an integer`);
}

/**
 * Integers with commas between them.
 *
 * @param flag The flag that they stand behind.
 * @param text The text.
 * @throws {UsageError} If one is none.
 */
export function integers(flag: string, text: string): number[] {
  return listed(flag, text, (part) => {
    return wholeNumber(part) ?? refuse(`${flag} ${text}: ${part} is not an integer`);
  });
}

/**
 * Extents: positive integers with commas between them.
 *
 * @param flag The flag that they stand behind.
 * @param text The text.
 * @throws {UsageError} If one is none.
 */
export function extents(flag: string, text: string): number[] {
  return listed(flag, text, (part) => {
    const value = /^\d+$/.test(part) ? Number(part) : 0;
    if (value >= 1 && Number.isSafeInteger(value)) return value;
    return refuse(`${flag} ${text}: ${part} is not a positive integer`);
  });
}

/**
 * What stands between commas.
 *
 * @param flag The flag that it stands behind.
 * @param text The text.
 * @param parse What makes a value of a part.
 * @param what What a part is.
 * @throws {UsageError} If there is nothing between two commas.
 */
export function listed<T>(
  flag: string,
  text: string,
  parse: (part: string) => T,
  what: string = "number",
): T[] {
  return text.split(",").map((part, k) => {
    if (part.trim() === "") throw new UsageError(`${flag} ${text}: ${what} ${k + 1} is missing`);
    return parse(part.trim());
  });
}

/** -0 is 0, as it is of no other integer that is typed. */
function wholeNumber(text: string): number | undefined {
  const value = Number(text) + 0;
  return /^[+-]?\d+$/.test(text) && Number.isSafeInteger(value) ? value : undefined;
}

function refuse(message: string): never {
  throw new UsageError(message);
}

/**
 * A number that may have a fraction.
 *
 * @param flag The flag that it stands behind.
 * @param text The text.
 * @throws {UsageError} If it is none, or not finite.
 */
export function finiteNumber(flag: string, text: string): number {
  const value = decimal(text);
  return value !== undefined && Number.isFinite(value)
    ? value
    : refuse(`${flag} ${text} is not a finite number`);
}

function decimal(text: string): number | undefined {
  return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;
}

const NAMED_NUMBERS: Readonly<Record<string, number | boolean>> = {
  true: true,
  false: false,
  NaN: NaN,
  Infinity: Infinity,
  "-Infinity": -Infinity,
};

/**
 * A scalar with the meaning that literals have: whole numbers without a point are integers.
 *
 * @param text The text.
 * @returns Undefined where it is none.
 */
export function scalarValue(text: string): number | bigint | boolean | undefined {
  if (Object.hasOwn(NAMED_NUMBERS, text)) return NAMED_NUMBERS[text];
  if (/^-?\d+$/.test(text)) {
    const whole = BigInt(text);
    if (whole >= -(2n ** 63n) && whole < 2n ** 64n) return whole;
  }
  return decimal(text);
}

/**
 * A dtype.
 *
 * @param flag The flag that it stands behind.
 * @param text Its name.
 * @throws {UsageError} If there is none of that name.
 */
export function dtype(flag: string, text: string): DType {
  if (isDType(text)) return text;
  const meant = nearest(text, DTYPE_NAMES);
  const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  throw new UsageError(`${flag} ${text} is not a dtype${hint}: expected one of ${DTYPE_NAMES.join(", ")}`);
}

const UNITS: Readonly<Record<string, number>> = {
  "": 1,
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

/**
 * A number of bytes, with a unit if wanted.
 *
 * @param flag The flag that it stands behind.
 * @param text The text, such as `2GB`.
 * @throws {UsageError} If it is none.
 */
export function byteCount(flag: string, text: string): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([A-Za-z]*)$/.exec(text) ?? [];
  if (digits === undefined || !Object.hasOwn(UNITS, unit.toLowerCase())) {
    throw new UsageError(`${flag} ${text} is not a number of bytes, such as 500MB, 2GB or 1.5GiB`);
  }
  return Number(digits) * UNITS[unit.toLowerCase()];
}
