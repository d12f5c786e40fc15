/** Random arguments for measuring functions. */

import type { Seeded } from "../../tests/seeded.ts";
import type { Width } from "./ulp.ts";

/** Makes a number; what it makes follows from the generator. It is rounded to the dtype afterwards. */
export type Draw = (random: Seeded, width: Width) => number;

/** Makes two. */
export type DrawPair = (random: Seeded, width: Width) => readonly [number, number];

/** From 0 to 1, 1 excluded, with 53 bits. */
function unit(random: Seeded): number {
  return ((random.word() >>> 5) * 2 ** 26 + (random.word() >>> 6)) / 2 ** 53;
}

/** 1 or -1. */
function sign(random: Seeded): number {
  return random.oneIn(2) ? -1 : 1;
}

/** `value * 2 ** exponent` for exponents beyond those of factors. */
function scale(value: number, exponent: number): number {
  const half = Math.trunc(exponent / 2);
  return value * 2 ** half * 2 ** (exponent - half);
}

/**
 * Evenly from an interval, which may be another for float32.
 *
 * @param low Its beginning.
 * @param high Its end.
 * @param low32 Its beginning for float32.
 * @param high32 Its end for float32.
 */
export function between(low: number, high: number, low32: number = low, high32: number = high): Draw {
  return (random, width) =>
    width === "float64" ? low + (high - low) * unit(random) : low32 + (high32 - low32) * unit(random);
}

/** Magnitudes from `2 ** low` to `2 ** high`, evenly in their logarithms, of either sign. */
export function scaled(low: number, high: number): Draw {
  return (random) => sign(random) * scale(1 + unit(random), random.int(low, high - 1));
}

const float64 = new Float64Array(1), long = new BigInt64Array(float64.buffer);
const float32 = new Float32Array(1), word = new Int32Array(float32.buffer);

/** Any bits: all exponents alike, subnormal numbers and sometimes NaN among them. */
export function anyBits(random: Seeded, width: Width): number {
  if (width === "float32") {
    word[0] = random.word();
    return float32[0];
  }
  long[0] = BigInt(random.word()) << 32n | BigInt(random.word());
  return float64[0];
}

/**
 * The number that lies so many numbers of a dtype further from 0, or nearer.
 *
 * @param value Where to begin.
 * @param steps How many numbers.
 * @param width The dtype.
 */
function neighbour(value: number, steps: number, width: Width): number {
  if (width === "float32") {
    float32[0] = value;
    word[0] += steps;
    return float32[0];
  }
  float64[0] = value;
  long[0] += BigInt(steps);
  return float64[0];
}

/** Near points other than 0: half of them within a few numbers of the dtype, half at distances of all magnitudes. */
export function near(...points: readonly number[]): Draw {
  return (random, width) => {
    const point = random.pick(points);
    if (random.oneIn(2)) return neighbour(point, random.int(-20, 20), width);
    return point * (1 + sign(random) * scale(1 + unit(random), -random.int(1, 52)));
  };
}

/** Within three numbers of the multiples of half pi, up to `2 ** exponent` of these. */
export function nearMultiplesOfHalfPi(exponent: number, exponent32: number = exponent): Draw {
  return (random, width) => {
    const largest = width === "float64" ? exponent : exponent32;
    const count = Math.max(1, Math.floor(scale(1 + unit(random), random.int(0, largest - 1))));
    return sign(random) * neighbour(count * (Math.PI / 2), random.int(-3, 3), width);
  };
}

/** Integers, or multiples of a fraction. */
export function multiples(low: number, high: number, fraction: number = 1): Draw {
  return (random) => random.int(low, high) * fraction;
}

/** The magnitude of what another makes. */
export function positive(draw: Draw): Draw {
  return (random, width) => Math.abs(draw(random, width));
}

/** What another makes, added to an offset. */
export function above(offset: number, draw: Draw): Draw {
  return (random, width) => offset + draw(random, width);
}

/** One of each. */
export function pair(first: Draw, second: Draw): DrawPair {
  return (random, width) => [first(random, width), second(random, width)];
}

/** A number, and another of a similar magnitude. */
export function similar(draw: Draw, low: number, high: number): DrawPair {
  return (random, width) => {
    const first = draw(random, width);
    return [first, sign(random) * scale(first * (1 + unit(random)), random.int(low, high))];
  };
}

/**
 * A base, and an exponent for which the power is as good as any other result, those too large or small included.
 *
 * @param draw Makes the base.
 */
export function powers(draw: Draw): DrawPair {
  return (random, width) => {
    const drawn = draw(random, width), base = width === "float32" ? Math.fround(drawn) : drawn;
    return [base, between(-1080, 1028, -152, 130)(random, width) / Math.log2(Math.abs(base))];
  };
}
