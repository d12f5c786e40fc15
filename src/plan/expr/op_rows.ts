/**
 * Rows of the table of operations, by what they have in common.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import { FUNCTION_SOURCES } from "../../simd/functions/sources.ts";
import type { Operation, Rule } from "./operation.ts";
import type { CallName, FloatName, PredicateName } from "./program.ts";

/** The source of what needs no algorithm. */
const INSTRUCTION = "one instruction of the machine, or a few";

/** What an operation makes of numbers. */
export type Scalar = (...args: number[]) => number;

const COMMON = { spelled: [], call: null, bools: "refuse", dtype: null, scalar: null, source: null } as const;

/** How many arguments: a number, or the least and the most. */
export type Arity = number | readonly [least: number, most: number];

function arity(count: Arity): { least: number; most: number } {
  return typeof count === "number" ? { least: count, most: count } : { least: count[0], most: count[1] };
}

/**
 * The names of what JavaScript's `Math` has too.
 *
 * @param name The name without `Math.`.
 */
export function alsoMath(name: string): string[] {
  return [name, `Math.${name}`];
}

/**
 * An operation that stands in checked programs under its own name.
 *
 * @param call The name.
 * @param rule How its type is found.
 * @param count How many arguments it takes.
 * @param scalar What it makes of numbers.
 * @param doc One line of documentation.
 */
export function called(call: CallName, rule: Rule, count: Arity, scalar: Scalar, doc: string): Operation {
  const source = FUNCTION_SOURCES.get(call)?.source ?? null;
  return { ...COMMON, name: call, call, rule, ...arity(count), scalar, doc, source };
}

/**
 * An operation that the checker expands into others.
 *
 * @param name Its name.
 * @param rule How its type is found.
 * @param count How many arguments it takes.
 * @param doc One line of documentation.
 * @param scalar What it makes of numbers.
 */
export function expanded(name: string, rule: Rule, count: Arity, doc: string, scalar?: Scalar): Operation {
  return { ...COMMON, name, rule, ...arity(count), scalar: scalar ?? null, doc };
}

/**
 * A function of floats.
 *
 * @param call Its name, in checked programs and as it is written.
 * @param count How many arguments it takes.
 * @param scalar What it makes of numbers.
 * @param doc One line of documentation.
 */
export function float(call: FloatName, count: Arity, scalar: Scalar, doc: string): Operation {
  const row = called(call, "float", count, scalar, doc);
  return { ...row, spelled: alsoMath(call), source: row.source ?? INSTRUCTION };
}

/**
 * A function that takes away the fraction.
 *
 * @param call Its name in checked programs.
 * @param spelled As it is written.
 * @param scalar What it makes of numbers.
 * @param doc One line of documentation.
 */
export function rounding(
  call: FloatName,
  spelled: readonly string[],
  scalar: Scalar,
  doc: string,
): Operation {
  const row = called(call, "rounding", 1, scalar, doc);
  return { ...row, spelled, bools: "keep", source: row.source ?? INSTRUCTION };
}

/**
 * A comparison.
 *
 * @param call Its name in checked programs.
 * @param binary The signs it is written with.
 * @param doc One line of documentation.
 */
export function comparison(call: PredicateName, binary: readonly string[], doc: string): Operation {
  return { ...called(call, "comparison", 2, COMPARISONS[call], doc), binary };
}

/**
 * A cast.
 *
 * @param dtype To which dtype.
 */
export function cast(dtype: DType): Operation {
  const spelled: Partial<Record<DType, readonly string[]>> = {
    bool: ["bool", "Boolean"],
    float16: ["float16", "f16round", "Math.f16round"],
    float32: ["float32", "fround", "Math.fround"],
    float64: ["float64", "Number"],
  };
  const row = expanded(dtype, "cast", 1, `x as ${dtype}`);
  return { ...row, spelled: spelled[dtype] ?? [dtype], dtype };
}

/** What comparisons and questions answer: 0 or 1. */
export const COMPARISONS: { readonly [N in PredicateName]: Scalar } = {
  eq: (a, b) => Number(a === b),
  ne: (a, b) => Number(a !== b),
  lt: (a, b) => Number(a < b),
  le: (a, b) => Number(a <= b),
  gt: (a, b) => Number(a > b),
  ge: (a, b) => Number(a >= b),
  isnan: (a) => Number(Number.isNaN(a)),
  isfinite: (a) => Number(Number.isFinite(a)),
};

/**
 * The remainder with the divisor's sign, which a zero has too, as NumPy's `mod` has it.
 *
 * @param a The dividend.
 * @param b The divisor.
 */
export function floorModulo(a: number, b: number): number {
  const rest = a % b;
  if (rest === 0) return b < 0 || Object.is(b, -0) ? -0 : 0;
  return (rest < 0) === (b < 0) ? rest : rest + b;
}

/**
 * Rounds to the nearest integer, half to even (IEEE 754's `roundToIntegralTiesToEven`).
 *
 * @param x The number.
 */
export function roundHalfEven(x: number): number {
  const floor = Math.floor(x), rest = x - floor;
  const nearest = rest < 0.5 || (rest === 0.5 && floor % 2 === 0) ? floor : floor + 1;
  return Number.isInteger(x) || !Number.isFinite(x) ? x : nearest === 0 && x < 0 ? -0 : nearest;
}
