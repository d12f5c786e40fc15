/**
 * The decimal digits of floats: the fewest that tell one from its neighbours of the same dtype, and exact values
 * rounded half to even. Magnitudes only; signs are for the caller.
 *
 * @module
 */

import type { FloatDType } from "../../dtype.ts";

/** A float dtype that is narrower than a JavaScript number, and the integers that have the same bits. */
interface NarrowFloat {
  readonly value: Float16Array | Float32Array;
  readonly bits: Uint16Array | Uint32Array;
  /** Smaller values are subnormal: they have fewer digits. */
  readonly smallestNormal: number;
  /** Two decimals of so many digits never round to the same normal value: FLT_DIG of C's float.h. */
  readonly distinctDigits: number;
  /** So many digits are always enough: FLT_DECIMAL_DIG of C's float.h. */
  readonly maxDigits: number;
}

const ROUND: { readonly [D in FloatDType]: (value: number) => number } = {
  float16: Math.f16round,
  float32: Math.fround,
  float64: Number,
};

const FLOAT16 = new Float16Array(1);
const FLOAT32 = new Float32Array(1);
const NARROW: { readonly float16: NarrowFloat; readonly float32: NarrowFloat } = {
  float16: {
    value: FLOAT16,
    bits: new Uint16Array(FLOAT16.buffer),
    smallestNormal: 2 ** -14,
    distinctDigits: 3,
    maxDigits: 5,
  },
  float32: {
    value: FLOAT32,
    bits: new Uint32Array(FLOAT32.buffer),
    smallestNormal: 2 ** -126,
    distinctDigits: 6,
    maxDigits: 9,
  },
};

/** What rounds to a narrow float: the numbers between two bounds, which a JavaScript number holds exactly. */
interface RoundingInterval {
  readonly lowest: number;
  readonly highest: number;
  /** Whether the bounds themselves, which lie in the middle between two floats, round to this one. */
  readonly inclusive: boolean;
}

/**
 * The value of a float dtype that is next to a number.
 *
 * @param value Any number.
 * @param dtype The dtype.
 * @returns An infinity if the number is too large for the dtype.
 */
export function roundTo(value: number, dtype: FloatDType): number {
  return ROUND[dtype](value);
}

/**
 * The number whose shortest digits as a JavaScript number are a float's shortest digits in its dtype.
 *
 * @param magnitude A finite value of the dtype, 0 or more.
 * @param dtype The dtype.
 * @returns For float32, 0.1 if the value is 0.10000000149011612. Of several decimals with the fewest digits, the one
 * next to the value.
 */
export function shortestNumber(magnitude: number, dtype: FloatDType): number {
  if (dtype === "float64" || magnitude === 0) return magnitude;
  const { smallestNormal, distinctDigits, maxDigits } = NARROW[dtype];
  const interval = roundingInterval(magnitude, NARROW[dtype]);
  // Of distinct decimals only one can round to the value: if it is a shorter one, this one is it with zeros.
  const first = magnitude < smallestNormal ? 1 : distinctDigits;
  for (let digits = first; digits < maxDigits; digits++) {
    const nearest = exactScientific(magnitude, digits - 1);
    if (liesIn(nearest, interval)) return Number(nearest);
    // Powers of 2 have a closer neighbour below, so that the decimal above may still round to them.
    const next = oneUp(nearest);
    if (liesIn(next, interval)) return Number(next);
  }
  return Number(exactScientific(magnitude, maxDigits - 1));
}

function roundingInterval(magnitude: number, { value, bits }: NarrowFloat): RoundingInterval {
  value[0] = magnitude;
  const own = bits[0];
  bits[0] = own - 1;
  const below = value[0];
  bits[0] = own + 1;
  // Above the largest float, the distance is the same as below it.
  const above = Number.isFinite(value[0]) ? value[0] : magnitude + (magnitude - below);
  return {
    lowest: (below + magnitude) / 2,
    highest: (magnitude + above) / 2,
    inclusive: own % 2 === 0,
  };
}

/** Whether a decimal in scientific notation lies within an interval. */
function liesIn(text: string, { lowest, highest, inclusive }: RoundingInterval): boolean {
  const number = Number(text);
  if (number !== lowest && number !== highest) return lowest < number && number < highest;
  // Reading a decimal rounds it, so one that reads as a bound may lie on either side of it.
  const side = compareExactly(text, number);
  return side === 0 ? inclusive : number === lowest ? side > 0 : side < 0;
}

/** Below or above 0 as a decimal is less or more than a middle between two narrow floats. */
function compareExactly(text: string, middle: number): number {
  const { integer, exponent } = integerAndExponent(text);
  // All such middles are multiples of 2^-150.
  const left = (BigInt(integer) << 150n) * 10n ** BigInt(Math.max(0, exponent));
  const right = BigInt(middle * 2 ** 150) * 10n ** BigInt(Math.max(0, -exponent));
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The next decimal with as many digits. */
function oneUp(text: string): string {
  const { integer, exponent } = integerAndExponent(text);
  return `${integer + 1}e${exponent}`;
}

/** Scientific notation with all digits before the point: 1.25e-3 is 125 and -5. */
function integerAndExponent(text: string): { integer: number; exponent: number } {
  const [digits, exponent] = text.split("e");
  const fraction = digits.split(".")[1] ?? "";
  return { integer: Number(digits.replace(".", "")), exponent: Number(exponent) - fraction.length };
}

/**
 * A value in plain notation, rounded half to even.
 *
 * @param magnitude The value, at least 0 and less than 1e21.
 * @param places The number of digits behind the point, 100 at most.
 * @returns For example `0.12` for 0.125 and 2.
 */
export function exactFixed(magnitude: number, places: number): string {
  return halfToEven(magnitude.toFixed(places), magnitude, places);
}

/**
 * A value in scientific notation, rounded half to even.
 *
 * @param magnitude The value, finite and at least 0.
 * @param places The number of digits behind the point, 100 at most.
 * @returns For example `1.2e-1` for 0.125 and 1.
 */
export function exactScientific(magnitude: number, places: number): string {
  const [digits, exponent] = magnitude.toExponential(places).split("e");
  return `${halfToEven(digits, magnitude, places - Number(exponent))}e${exponent}`;
}

/**
 * A value in scientific notation with a number of digits, as NumPy chooses them.
 *
 * @param magnitude A finite value of the dtype, 0 or more.
 * @param dtype The dtype.
 * @param places The number of digits behind the point.
 * @returns The exact value rounded half to even. Where there are more digits than needed, and they would still be read
 * as another value, the shortest digits and zeros: some powers of 2 have so close a neighbour below that this happens.
 */
export function paddedScientific(magnitude: number, dtype: FloatDType, places: number): string {
  const text = exactScientific(magnitude, places);
  if (roundTo(Number(text), dtype) === magnitude) return text;
  const [digits, exponent] = shortestNumber(magnitude, dtype).toExponential().split("e");
  const [whole, fraction = ""] = digits.split(".");
  return fraction.length > places ? text : `${whole}.${fraction.padEnd(places, "0")}e${exponent}`;
}

/** Mends digits that were rounded half up, the last of which stands for 10^-place. */
function halfToEven(digits: string, magnitude: number, place: number): string {
  const last = Number(digits.at(-1));
  if (last % 2 === 0 || !isTie(magnitude, place)) return digits;
  return digits.slice(0, -1) + (last - 1);
}

/** Whether a value lies exactly between two neighbouring multiples of 10^-place. */
function isTie(magnitude: number, place: number): boolean {
  if (place < 0) {
    const unit = 10n ** BigInt(-place);
    return Number.isInteger(magnitude) && BigInt(magnitude) % unit * 2n === unit;
  }
  // A tie is an odd multiple of 10^-place / 2, hence a multiple of 2^-(place + 1), whose digits end at place + 1.
  return Number.isInteger(magnitude * 2 ** (place + 1)) && magnitude.toFixed(place + 1).endsWith("5");
}
