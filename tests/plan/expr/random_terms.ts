/**
 * Random expressions that pass the checker.
 *
 * @module
 */

import { type DType, type IntegerDType, promoteTypes } from "../../../src/dtype.ts";
import { FUNCTION_FORMS, int32Function } from "./random_functions.ts";
import {
  isFloat,
  isInteger,
  isWeak,
  type Kind,
  literal,
  meet,
  MULTIPLICATIVE,
  POWER,
  PRIMARY,
  resultOf,
  type ScalarUses,
  SHIFT,
  strong,
  type Term,
  UNARY,
} from "./random_kinds.ts";
import { BIT_FORMS, OPERATOR_FORMS } from "./random_operators.ts";

/** What random expressions may be made of. */
export interface TermOptions {
  /** The dtypes of inputs and casts. */
  readonly dtypes: readonly DType[];
  /** Whether they may call functions whose last bit differs from one implementation to another. */
  readonly functions: boolean;
  /** The number of axes that `index()` may ask for. */
  readonly rank: number;
  /** How far inputs are read from the element at hand, at most; 0 for no reads at another place. */
  readonly reach: number;
}

/** Numbers that random choices are made with; when they run out the first choice is taken. */
export class Dice {
  readonly #numbers: readonly number[];
  #next = 0;

  constructor(numbers: readonly number[]) {
    this.#numbers = numbers;
  }

  /** An integer from `low` to `high`, both included. */
  int(low: number, high: number): number {
    const number = this.#next < this.#numbers.length ? this.#numbers[this.#next++] : 0;
    return low + number % (high - low + 1);
  }

  /** One of several. */
  pick<T>(items: readonly T[]): T {
    return items[this.int(0, items.length - 1)];
  }

  /** True once in `times` calls; false when the numbers have run out. */
  oneIn(times: number): boolean {
    return this.int(0, times - 1) === times - 1;
  }

  /** The same items in another order. */
  shuffled<T>(items: readonly T[]): T[] {
    const rest = items.slice();
    return items.map(() => rest.splice(this.int(0, rest.length - 1), 1)[0]);
  }
}

/** Writes one operation, whose arguments have operators at most `depth` deep. */
export type Form = (writer: TermWriter, depth: number) => Term;

const FORMS: readonly Form[] = [(writer) => writer.leaf(), ...OPERATOR_FORMS, ...FUNCTION_FORMS];
const ALL_FORMS: readonly Form[] = [...FORMS, ...BIT_FORMS, int32Function];
const NUMBERS = [1, 2, 3, 0, 5, 10, 100, 127, 255, 300, 1000, 65536, 2 ** 31, 2 ** 40, -1, -7];
/** Constants that are bare in texts, and members of Math in functions. */
const BARE_CONSTANTS = ["PI", "LN2"];
const CONSTANTS = [
  "PI",
  "Math.E",
  "LN2",
  "Math.SQRT2",
  "0.1",
  "1.5",
  "2.0",
  "1e3",
  "Infinity",
  "NaN",
  ".5",
  "1e-320",
];
/** Integers that are computed from the text alone. */
const FOLDED: readonly Term[] = [
  { ...literal(2 ** 53, "2 ** 53"), level: POWER },
  { ...literal(2 ** 40, "2 ** 20 * 2 ** 20"), level: MULTIPLICATIVE },
  { ...literal(8, "1 << 3"), level: SHIFT },
  { ...literal(-8, "~7"), level: UNARY },
];
/** Ways to write an offset. */
const OFFSETS: readonly ((distance: number) => string)[] = [
  (distance) => `${distance}`,
  (distance) => `-${distance}`,
  (distance) => `+0x${distance.toString(16)}`,
  (distance) => `-(- -${distance})`,
];
const CAST_NAMES: Partial<Record<DType, readonly string[]>> = {
  bool: ["bool", "Boolean"],
  float16: ["float16", "Math.f16round"],
  float32: ["float32", "fround"],
  float64: ["float64", "Number"],
};

/** Writes random terms over names. */
export class TermWriter {
  readonly dice: Dice;
  readonly options: TermOptions;
  readonly uses: ScalarUses;
  /** What can be read by name; the first has a dtype. */
  readonly named: Term[];
  /** The inputs among them, which can be read at another place. */
  readonly #inputs: readonly Term[];
  /** The names of a function's parameters, which are no functions; null where no function is written. */
  parameters: ReadonlySet<string> | null = null;
  readonly #numbers: readonly DType[];
  readonly #integers: readonly IntegerDType[];

  constructor(
    dice: Dice,
    options: TermOptions,
    uses: ScalarUses,
    { inputs, scalars }: { readonly inputs: readonly Term[]; readonly scalars: Iterable<Term> },
  ) {
    this.dice = dice;
    this.options = options;
    this.uses = uses;
    this.named = [...inputs, ...scalars];
    this.#inputs = inputs;
    this.#numbers = options.dtypes.filter((dtype) => dtype !== "bool");
    this.#integers = options.dtypes.filter(isInteger);
  }

  /** A term of any kind, whose operators stand at most that deep. */
  term(depth: number): Term {
    if (depth === 0) return this.leaf();
    return this.dice.pick(this.#integers.length === 0 ? FORMS : ALL_FORMS)(this, depth - 1);
  }

  /** A name or a number. */
  leaf(): Term {
    const { rank } = this.options, choice = this.dice.int(0, 9);
    if (choice < 3 && rank > 0 && this.options.reach > 0) return this.#read();
    if (choice === 6 && rank > 0) return strong(`index(${this.dice.int(-rank, rank - 1)})`, "int64");
    return choice < 7 ? this.dice.pick(this.named) : choice < 9 ? this.#integerLiteral() : this.#constant();
  }

  /** An input at another place, or at hand where its name is that of a function in a text. */
  #read(): Term {
    const { rank, reach } = this.options, input = this.dice.pick(this.#inputs);
    if (this.parameters === null && input.text === "exp") return input;
    const offsets = Array.from({ length: rank }, () => this.dice.pick(OFFSETS)(this.dice.int(0, reach)));
    return { ...input, text: `${input.text}(${offsets.join(", ")})` };
  }

  #integerLiteral(): Term {
    if (this.dice.oneIn(6)) return this.dice.pick(FOLDED);
    const value = this.dice.pick(NUMBERS), hex = value < 0 ? `${value}` : `0x${value.toString(16)}`;
    return literal(value, this.dice.pick([`${value}`, `${value}`, hex, `${value}n`]));
  }

  #constant(): Term {
    if (this.dice.oneIn(6)) return { ...strong(this.dice.pick(["true", "false"]), "bool"), isConstant: true };
    const name = this.dice.pick(CONSTANTS), isBare = BARE_CONSTANTS.includes(name);
    return literal(NaN, isBare && this.parameters !== null ? `Math.${name}` : name);
  }

  /** A term that is not made of numbers alone. */
  changing(depth: number): Term {
    const term = this.term(depth);
    return term.isConstant ? this.named[0] : term;
  }

  /** A term whose dtype is known. */
  strong(depth: number): Term {
    const term = this.changing(depth);
    return isWeak(term.kind) ? this.cast(this.dice.pick(this.options.dtypes), term) : term;
  }

  /** A term of an integer dtype. */
  integer(depth: number): Term {
    const term = this.strong(depth);
    return isInteger(term.kind) ? term : this.cast(this.dice.pick(this.#integers), term);
  }

  /** A term of an integer dtype, or a small number. */
  integerOrLiteral(depth: number): Term {
    return this.dice.oneIn(2) ? literal(this.dice.int(0, 40)) : this.integer(depth);
  }

  /** Two terms in one operation, not both numbers of the text, and their kind together. */
  pair(depth: number): { readonly terms: readonly Term[]; readonly kind: Kind } {
    const first = this.term(depth);
    return meet([first, first.isConstant ? this.changing(depth) : this.term(depth)], this.uses);
  }

  /** The term itself, or a bool as a number: what arithmetic with signs takes. */
  number(term: Term): Term {
    const dtype = this.#numbers.length === 0 ? "int8" : this.dice.pick(this.#numbers);
    return term.kind === "bool" ? this.cast(dtype, term) : term;
  }

  /** A term as a dtype. */
  cast(dtype: DType, term: Term): Term {
    const isRefused = term.kind === "weakInteger" && isInteger(dtype) && !this.uses.fits(term, dtype);
    const { text } = isRefused ? this.named[0] : term;
    return strong(`${this.dice.pick(CAST_NAMES[dtype] ?? [dtype])}(${text})`, dtype);
  }

  /** A function's call. */
  call(name: string, args: readonly Term[], kind: Kind): Term {
    const callee = this.parameters?.has(name) ? `Math.${name}` : name;
    return resultOf(`${callee}(${args.map(({ text }) => text).join(", ")})`, PRIMARY, kind, args);
  }

  /** Whether a term may be stored as a dtype; if so, its scalars fit. */
  isStorable(term: Term, dtype: DType): boolean {
    const { kind } = term;
    if (!isWeak(kind)) return promoteTypes(kind, dtype) === dtype;
    return isFloat(dtype) || (kind === "weakInteger" && isInteger(dtype) && this.uses.fits(term, dtype));
  }
}
