/** The functions that are measured: how they are told from others, and where they are tried. */

import type { Seeded } from "../../tests/seeded.ts";
import {
  above,
  anyBits,
  between,
  type Draw,
  type DrawPair,
  multiples,
  near,
  nearMultiplesOfHalfPi,
  pair,
  positive,
  powers,
  scaled,
  similar,
} from "./points.ts";
import type { Width } from "./ulp.ts";

/** A function that is measured. */
export interface Measured {
  readonly name: string;
  readonly arity: 1 | 2;
  /** The largest error allowed, in units in the last place. */
  readonly bound: Record<Width, number>;
  /** What JavaScript has for it. */
  readonly math: (x: number, y: number) => number;
  /** Makes random arguments. */
  readonly draw: (random: Seeded, width: Width) => readonly number[];
  /** Arguments that are always tried. */
  readonly special: readonly (readonly number[])[];
}

/** Numbers at which functions change their ways. */
const SPECIAL = [
  ...[0, 2 ** -1074, 2 ** -1022 - 2 ** -1074, 2 ** -1022, 2 ** -149, 2 ** -126 - 2 ** -149, 2 ** -126],
  ...[2 ** -60, 2 ** -28, 0.5, 1, 1.5, 2, 3, 10, 2 ** 24, 2 ** 31, 2 ** 53, 2 ** 53 - 1, 2 ** 63, 2 ** 127],
  ...[(2 - 2 ** -23) * 2 ** 127, 2 ** 1023, Number.MAX_VALUE, Infinity, NaN],
].flatMap((value) => [value, -value]);

const SPECIAL_PAIRS = SPECIAL.flatMap((x) => SPECIAL.map((y) => [x, y]));

/** Where the reduction by multiples of half pi loses most: an argument found by Kahan, and others of great size. */
const HARD_ANGLES = [6381956970095103 * 2 ** 797, 2 ** 1000, 1e15, 1e22, 1e300, Math.PI, Math.PI / 2];

interface Details {
  readonly bound?: number;
  readonly math?: (x: number, y: number) => number;
  readonly special?: readonly number[];
}

/** A function of one number. */
function one(
  name: string,
  draws: readonly Draw[],
  { bound = 2, math, special = [] }: Details = {},
): Measured {
  return {
    name,
    arity: 1,
    bound: { float64: bound, float32: 1 },
    math: math ?? mathFunction(name),
    draw: (random, width) => [random.pick(draws)(random, width)],
    special: [...SPECIAL, ...special, ...special.map((x) => -x)].map((x) => [x]),
  };
}

/** A function of two. */
function two(name: string, draws: readonly DrawPair[], { bound = 2 }: Details = {}): Measured {
  return {
    name,
    arity: 2,
    bound: { float64: bound, float32: 1 },
    math: mathFunction(name),
    draw: (random, width) => random.pick(draws)(random, width),
    special: SPECIAL_PAIRS,
  };
}

function mathFunction(name: string): (x: number, y: number) => number {
  const found: unknown = Reflect.get(Math, name);
  if (typeof found !== "function") throw new Error(`Math has no ${name}`);
  return (x, y) => found(x, y);
}

const tiny = scaled(-60, 0), unitInterval = between(-1, 1);
const angles = [
  between(-Math.PI, Math.PI),
  between(-100, 100),
  between(-1e5, 1e5),
  scaled(-40, 0),
  scaled(0, 50),
  scaled(50, 1023),
  nearMultiplesOfHalfPi(10),
  nearMultiplesOfHalfPi(50),
  nearMultiplesOfHalfPi(1022, 126),
  anyBits,
];
const logarithms = [
  between(0.5, 2),
  between(0, 1000),
  near(1),
  near(Math.SQRT1_2, Math.SQRT2),
  positive(anyBits),
  positive(scaled(-30, 30)),
];
const inUnit = [unitInterval, between(0.4, 0.6), near(1, -1, 0.5, -0.5), tiny, anyBits];
const overflow = [709.782712893384, -709.782712893384, 88.72283905, -88.72283905];

/** All functions, in the order of the table. */
export const FUNCTIONS: readonly Measured[] = [
  one("exp", [
    unitInterval,
    between(-746, 710, -104, 89),
    near(...overflow, -708.3964185322641, -745.1332191019412, -87.3365479, -103.9720840),
    tiny,
    anyBits,
  ], { bound: 1 }),
  one("exp2", [
    unitInterval,
    between(-1075, 1024, -150, 128),
    multiples(-1075, 1024, 0.5),
    near(1024, -1022, -1074, -1075, 128, -126, -149, -150),
    tiny,
    anyBits,
  ], { math: (x) => 2 ** x }),
  one("expm1", [
    unitInterval,
    between(-0.5, 1.5),
    between(-40, 710, -20, 89),
    near(...overflow, Math.LN2 / 2, -Math.LN2 / 2),
    tiny,
    anyBits,
  ]),
  one("log", logarithms, { bound: 1 }),
  one("log2", logarithms),
  one("log10", logarithms),
  one("log1p", [unitInterval, between(-0.5, 2), near(-1, 1), tiny, positive(scaled(0, 1023)), anyBits]),
  one("sin", angles, { bound: 1, special: HARD_ANGLES }),
  one("cos", angles, { bound: 1, special: HARD_ANGLES }),
  one("tan", angles, { special: HARD_ANGLES }),
  one("asin", inUnit),
  one("acos", inUnit),
  one("atan", [between(-10, 10), near(1, -1, 0.5, 2.414), scaled(-30, 60), tiny, anyBits]),
  two("atan2", [
    pair(between(-10, 10), between(-10, 10)),
    pair(anyBits, anyBits),
    similar(anyBits, -4, 4),
    similar(scaled(-30, 30), -60, 60),
    similar(scaled(-1060, -1000), -30, 30),
  ]),
  one("sinh", [unitInterval, between(-711, 711, -90, 90), near(710.4758600739439, 89.41599), tiny, anyBits]),
  one("cosh", [unitInterval, between(-711, 711, -90, 90), near(710.4758600739439, 89.41599), tiny, anyBits]),
  one("tanh", [unitInterval, between(-22, 22, -10, 10), between(-2, 2), tiny, anyBits]),
  one("asinh", [between(-10, 10), scaled(-40, 60), near(1, 0.5, 2), tiny, anyBits]),
  one("acosh", [between(1, 10), near(1), above(1, positive(scaled(-50, 20))), positive(anyBits)]),
  one("atanh", inUnit),
  two("pow", [
    pair(between(0, 100), between(-10, 10)),
    pair(near(1), scaled(0, 62)),
    pair(scaled(-30, 30), multiples(-40, 40)),
    pair(positive(anyBits), multiples(-8, 8, 0.25)),
    pair(anyBits, anyBits),
    powers(near(1)),
    powers(between(0.5, 2)),
    powers(positive(anyBits)),
  ], { bound: 1 }),
  one("sqrt", [between(0, 10), near(1), positive(anyBits), anyBits], { bound: 1 }),
  one("cbrt", [between(-10, 10), near(1, -1, 8), scaled(-60, 60), anyBits]),
  two("hypot", [
    pair(between(-10, 10), between(-10, 10)),
    pair(anyBits, anyBits),
    similar(anyBits, -4, 4),
    similar(scaled(-30, 30), -30, 30),
    similar(scaled(-1060, -1000), -30, 30),
    similar(scaled(1010, 1023), -3, 1),
  ]),
];
