/**
 * Terms of random programs, and the dtypes that the language's rules give them. The rules are written here a
 * second time, over the terms' texts, so that the checker can be compared with them.
 *
 * @module
 */

import { type DType, DTYPES, type FloatDType, type IntegerDType, promoteTypes } from "../../../src/dtype.ts";

/** The dtype of a term, or that of a number which takes the dtype of what it meets. */
export type Kind = DType | "weakInteger" | "weakFloat";

/** An expression, and what its surroundings have to know of it. */
export interface Term {
  readonly text: string;
  /** How tightly it holds together: the level of its operator in JavaScript's grammar. */
  readonly level: number;
  readonly kind: Kind;
  /** The numbers that a weak integer is made of: they have to fit the integers that it meets. */
  readonly literals: readonly number[];
  /** The bigint scalars that a weak integer is made of: their values have to fit as well. */
  readonly scalars: readonly string[];
  /** Whether it is a number of the text: what is made of such alone would be folded. */
  readonly isConstant: boolean;
}

/** Levels of JavaScript's grammar; an operator's arguments have at least its own. */
export const PRIMARY = 18, UNARY = 14, POWER = 13, MULTIPLICATIVE = 12, SHIFT = 10, CONDITIONAL = 2;

/**
 * Whether a kind waits for what it meets.
 *
 * @param kind The kind.
 */
export function isWeak(kind: Kind): kind is "weakInteger" | "weakFloat" {
  return kind === "weakInteger" || kind === "weakFloat";
}

/**
 * Whether a kind is a float dtype.
 *
 * @param kind The kind.
 */
export function isFloat(kind: Kind): kind is FloatDType {
  return !isWeak(kind) && DTYPES[kind].kind === "float";
}

/**
 * Whether a kind is an integer dtype.
 *
 * @param kind The kind.
 */
export function isInteger(kind: Kind): kind is IntegerDType {
  return !isWeak(kind) && !isFloat(kind) && kind !== "bool";
}

/**
 * The kind of what divisions and float functions make of a kind.
 *
 * @param kind The kind of their arguments together.
 */
export function floatOf(kind: Kind): Kind {
  return isWeak(kind) ? "weakFloat" : isFloat(kind) ? kind : "float64";
}

/**
 * The least and the greatest integer of a dtype.
 *
 * @param dtype The dtype.
 */
export function rangeOf(dtype: IntegerDType): readonly [low: bigint, high: bigint] {
  const bits = BigInt(8 * DTYPES[dtype].bytes), half = 1n << (bits - 1n);
  return DTYPES[dtype].kind === "int" ? [-half, half - 1n] : [0n, 2n * half - 1n];
}

/**
 * A term of a known dtype.
 *
 * @param text Its text.
 * @param kind Its dtype.
 * @param level The level of its operator.
 */
export function strong(text: string, kind: DType, level: number = PRIMARY): Term {
  return { text, kind, level, literals: [], scalars: [], isConstant: false };
}

/**
 * A number in the text: a weak integer or a weak float.
 *
 * @param value The number.
 * @param text Its text, if that is not the usual.
 */
export function literal(value: number, text: string = `${value}`): Term {
  const isWhole = Number.isInteger(value);
  const level = text.startsWith("-") ? UNARY : PRIMARY;
  return {
    ...{ text, level, scalars: [], isConstant: true },
    kind: isWhole ? "weakInteger" : "weakFloat",
    literals: isWhole ? [value] : [],
  };
}

/**
 * What an operation makes of its arguments.
 *
 * @param text The text of the operation.
 * @param level Its level.
 * @param kind The kind of the result.
 * @param args Its arguments: what a weak integer is made of stays with it.
 */
export function resultOf(text: string, level: number, kind: Kind, args: readonly Term[]): Term {
  const parts = kind === "weakInteger" ? args : [];
  const literals = parts.flatMap((part) => part.literals), scalars = parts.flatMap((part) => part.scalars);
  return { text, level, kind, literals, scalars, isConstant: false };
}

/**
 * A term's text within an operation.
 *
 * @param term The term.
 * @param least The least level that may stand there without parentheses.
 */
export function within({ text, level }: Term, least: number): string {
  return level < least ? `(${text})` : text;
}

/** Which integer dtypes each bigint scalar is used as. */
export class ScalarUses {
  readonly #uses = new Map<string, Set<IntegerDType>>();

  /** Whether a weak integer's numbers fit a dtype; if so, its scalars have to fit from now on. */
  fits({ literals, scalars }: Term, dtype: IntegerDType): boolean {
    const [low, high] = rangeOf(dtype);
    if (literals.some((value) => BigInt(value) < low || BigInt(value) > high)) return false;
    for (const name of scalars) this.#uses.set(name, (this.#uses.get(name) ?? new Set()).add(dtype));
    return true;
  }

  /** The least and the greatest value that a scalar may have. */
  range(name: string): readonly [low: bigint, high: bigint] {
    const ranges = [...this.#uses.get(name) ?? []].map(rangeOf);
    const larger = (a: bigint, b: bigint) => a > b ? a : b, smaller = (a: bigint, b: bigint) => a < b ? a : b;
    return [
      ranges.map(([low]) => low).reduce(larger, -(2n ** 63n)),
      ranges.map(([, high]) => high).reduce(smaller, 2n ** 63n - 1n),
    ];
  }
}

/**
 * Makes terms ready to stand in one operation.
 *
 * @param terms The terms.
 * @param uses Where the scalars' uses are noted.
 * @returns The kind that they have together, and the terms: a number that does not fit has become 1.
 */
export function meet(
  terms: readonly Term[],
  uses: ScalarUses,
): { readonly terms: readonly Term[]; readonly kind: Kind } {
  const weak = terms.filter(({ kind }) => isWeak(kind)),
    hasWeakFloat = weak.some(({ kind }) => kind === "weakFloat");
  const dtypes = terms.flatMap(({ kind }) => isWeak(kind) ? [] : [kind]);
  if (weak.length > 0 && dtypes.every((dtype) => dtype === "bool")) {
    return { terms, kind: hasWeakFloat ? "weakFloat" : "weakInteger" };
  }
  const together = dtypes.reduce(promoteTypes);
  if (weak.length === 0 || !isInteger(together)) return { terms, kind: together };
  if (hasWeakFloat) return { terms, kind: "float64" };
  const fitting = terms.map((term) => isWeak(term.kind) && !uses.fits(term, together) ? literal(1) : term);
  return { terms: fitting, kind: together };
}

/**
 * Makes two terms ready to be compared: integers of the text as they are, and what is computed of weak integers in 64 bits.
 *
 * @param terms The terms.
 * @param uses Where the scalars' uses are noted.
 * @returns The terms, and whether the answer follows from their dtypes alone.
 */
export function compared(
  terms: readonly Term[],
  uses: ScalarUses,
): { readonly terms: readonly Term[]; readonly isKnown: boolean } {
  const { kind } = meet(terms, new ScalarUses());
  if (!isInteger(kind)) return { terms: meet(terms, uses).terms, isKnown: false };
  const wide = kind === "uint64" ? "uint64" : "int64";
  const ready = terms.map((term) =>
    !isWeak(term.kind) || term.isConstant || uses.fits(term, wide) ? term : literal(1)
  );
  const isKnown = ready.some((term) => isWeak(term.kind) && term.isConstant && !uses.fits(term, kind));
  return { terms: ready, isKnown };
}
