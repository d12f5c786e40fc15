/**
 * Random operations that are written with signs.
 *
 * @module
 */

import {
  compared,
  CONDITIONAL,
  floatOf,
  isFloat,
  type Kind,
  literal,
  meet,
  POWER,
  PRIMARY,
  resultOf,
  strong,
  type Term,
  UNARY,
  within,
} from "./random_kinds.ts";
import type { Form, TermWriter } from "./random_terms.ts";

const LEVELS: Readonly<Record<string, number>> = {
  ...{ "*": 12, "/": 12, "%": 12, "+": 11, "-": 11, "<<": 10, ">>": 10, ">>>": 10 },
  ...{ "<": 9, "<=": 9, ">": 9, ">=": 9, "==": 8, "!=": 8, "===": 8, "!==": 8 },
  ...{ "&": 7, "^": 6, "|": 5, "&&": 4, "||": 3 },
};

function binary(sign: string, [a, b]: readonly Term[], kind: Kind): Term {
  const level = LEVELS[sign];
  return resultOf(`${within(a, level)} ${sign} ${within(b, level + 1)}`, level, kind, [a, b]);
}

function sum(writer: TermWriter, depth: number): Term {
  const { terms, kind } = writer.pair(depth);
  return binary(writer.dice.pick(["+", "*"]), terms, kind);
}

function difference(writer: TermWriter, depth: number): Term {
  const { terms, kind } = writer.pair(depth);
  if (kind !== "bool") return binary("-", terms, kind);
  const numbers = meet(terms.map((term) => writer.number(term)), writer.uses);
  return binary("-", numbers.terms, numbers.kind);
}

function quotient(writer: TermWriter, depth: number): Term {
  const { terms, kind } = writer.pair(depth);
  return binary("/", terms, floatOf(kind));
}

function remainder(writer: TermWriter, depth: number): Term {
  const { terms, kind } = writer.pair(depth);
  const result = kind === "bool" ? "int8" : kind;
  return writer.dice.oneIn(2) ? writer.call("mod", terms, result) : binary("%", terms, result);
}

/** Exponents of integers, of floats, and of floats where the result is exact or rounded once. */
const EXPONENTS = {
  integer: [2, 3, 1, 0, 7],
  float: [2, 3, 0.5, 1, 0, -1, -2, 1.5],
  exact: [2, 1, 0, 0.5, -1],
};

function power(writer: TermWriter, depth: number): Term {
  const { dice, options, uses } = writer;
  const base = writer.number(writer.strong(depth));
  const isExact = isFloat(base.kind) && !options.functions;
  const exponents = EXPONENTS[isExact ? "exact" : isFloat(base.kind) ? "float" : "integer"];
  const other = dice.oneIn(3) ? writer.term(depth) : literal(dice.pick(exponents));
  // Powers of floats in general are functions.
  const isGeneral = isFloat(base.kind) || isFloat(other.kind) || other.kind === "weakFloat";
  const exponent = isGeneral && !options.functions && !exponents.some((value) => `${value}` === other.text)
    ? literal(2)
    : other;
  const { terms: [a, b], kind } = meet([base, exponent], uses);
  if (dice.oneIn(3)) return writer.call(dice.pick(["pow", "Math.pow"]), [a, b], kind);
  return resultOf(`${within(a, PRIMARY)} ** ${within(b, POWER)}`, POWER, kind, [a, b]);
}

function comparison(writer: TermWriter, depth: number): Term {
  const sign = writer.dice.pick(["<", "<=", ">", ">=", "==", "!=", "===", "!=="]);
  const first = writer.changing(depth), other = writer.dice.oneIn(2) ? writer.leaf() : writer.term(depth);
  const { terms, isKnown } = compared(writer.dice.shuffled([first, other]), writer.uses);
  return { ...binary(sign, terms, "bool"), isConstant: isKnown };
}

function logic(writer: TermWriter, depth: number): Term {
  const condition = writer.changing(depth);
  if (writer.dice.oneIn(4)) return strong(`!${within(condition, PRIMARY)}`, "bool", UNARY);
  const { terms, kind } = meet([condition, writer.term(depth)], writer.uses);
  return binary(writer.dice.pick(["&&", "||"]), terms, kind);
}

function choice(writer: TermWriter, depth: number): Term {
  const condition = writer.changing(depth);
  const { terms: [yes, no], kind } = meet([writer.term(depth), writer.term(depth)], writer.uses);
  const isCall = writer.dice.oneIn(3);
  const text = isCall
    ? `where(${condition.text}, ${yes.text}, ${no.text})`
    : `${within(condition, CONDITIONAL + 1)} ? ${yes.text} : ${no.text}`;
  return resultOf(text, isCall ? PRIMARY : CONDITIONAL, kind, [yes, no]);
}

function bits(writer: TermWriter, depth: number): Term {
  const sign = writer.dice.pick(["&", "|", "^"]);
  if (writer.dice.oneIn(4)) {
    const bools = [writer.changing(depth), writer.changing(depth)].map((term) => writer.cast("bool", term));
    return binary(sign, bools, "bool");
  }
  return integers(sign, writer, depth);
}

/** An operation of two integers, or the first of them where they have no integer dtype together. */
function integers(sign: string, writer: TermWriter, depth: number): Term {
  if (writer.options.dtypes.includes("int32") && writer.dice.oneIn(5)) {
    // Integers that meet no dtype are int32 here.
    const open = writer.named.find(({ kind }) => kind === "weakInteger");
    const fits = open !== undefined && writer.uses.fits(open, "int32");
    if (fits) return binary(sign, [open, literal(writer.dice.int(0, 40))], "int32");
  }
  const { terms, kind } = meet([writer.integer(depth), writer.integerOrLiteral(depth)], writer.uses);
  return isFloat(kind) ? terms[0] : binary(sign, terms, kind);
}

function shift(writer: TermWriter, depth: number): Term {
  return integers(writer.dice.pick(["<<", ">>", ">>>"]), writer, depth);
}

function signed(writer: TermWriter, depth: number): Term {
  const sign = writer.dice.pick(["-", "+"]), term = writer.changing(depth);
  const operand = sign === "-" ? writer.number(term) : term;
  const kind = operand.kind === "bool" ? "int8" : operand.kind;
  return resultOf(`${sign}${within(operand, PRIMARY)}`, UNARY, kind, [operand]);
}

function reversed(writer: TermWriter, depth: number): Term {
  const operand = writer.dice.oneIn(4) ? writer.cast("bool", writer.changing(depth)) : writer.integer(depth);
  return resultOf(`~${within(operand, PRIMARY)}`, UNARY, operand.kind, [operand]);
}

/** What is written with signs. */
export const OPERATOR_FORMS: readonly Form[] = [
  sum,
  sum,
  difference,
  quotient,
  remainder,
  power,
  comparison,
  logic,
  choice,
  signed,
];

/** What is written with signs, and needs integers. */
export const BIT_FORMS: readonly Form[] = [bits, shift, reversed];
