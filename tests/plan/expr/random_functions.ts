/**
 * Random calls of functions.
 *
 * @module
 */

import { floatOf, isFloat, isInteger, isWeak, literal, meet, type Term } from "./random_kinds.ts";
import type { Form, TermWriter } from "./random_terms.ts";

const INEXACT = [
  ...[
    "exp",
    "exp2",
    "expm1",
    "log",
    "log2",
    "log10",
    "log1p",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "cbrt",
  ],
  ...["sinh", "cosh", "tanh", "asinh", "acosh", "atanh", "Math.exp", "Math.log", "Math.sin", "Math.cbrt"],
];
const UNCHANGING = ["floor", "ceil", "trunc", "round", "rint", "abs", "Math.floor", "Math.round", "Math.abs"];
const QUESTIONS = ["isnan", "isfinite", "isNaN", "isFinite", "Number.isNaN", "Number.isFinite"];

function unchanging(writer: TermWriter, depth: number): Term {
  const term = writer.changing(depth);
  if (!writer.dice.oneIn(6)) return writer.call(writer.dice.pick(UNCHANGING), [term], term.kind);
  const number = writer.number(term);
  return writer.call(writer.dice.pick(["sign", "Math.sign"]), [number], number.kind);
}

function floatFunction(writer: TermWriter, depth: number): Term {
  const { dice, options } = writer;
  if (options.functions && dice.oneIn(4)) {
    const { terms, kind } = writer.pair(depth);
    return writer.call(dice.pick(["atan2", "hypot", "Math.atan2", "Math.hypot"]), terms, floatOf(kind));
  }
  const term = writer.changing(depth),
    names = options.functions ? ["sqrt", ...INEXACT] : ["sqrt", "Math.sqrt"];
  return writer.call(dice.pick(names), [term], floatOf(term.kind));
}

function least(writer: TermWriter, depth: number): Term {
  const { terms, kind } = writer.pair(depth);
  return writer.call(writer.dice.pick(["min", "max", "Math.min", "Math.max"]), terms, kind);
}

function threeArguments(writer: TermWriter, depth: number): Term {
  const first = writer.number(writer.strong(depth)), dtype = isWeak(first.kind) ? "float64" : first.kind;
  // Which of the arguments meet first differs from function to function, so here each fits the first one.
  const others = [writer.term(depth), writer.term(depth)].map((term) => {
    if (term.kind === "weakInteger" && isInteger(dtype)) {
      return writer.uses.fits(term, dtype) ? term : literal(1);
    }
    return isWeak(term.kind) || term.kind === dtype ? term : writer.cast(dtype, term);
  });
  const { terms, kind } = meet([first, ...others], writer.uses);
  return writer.call(writer.dice.pick(["fma", "clip", "lerp", "min", "max"]), terms, kind);
}

function cast(writer: TermWriter, depth: number): Term {
  return writer.cast(writer.dice.pick(writer.options.dtypes), writer.changing(depth));
}

function question(writer: TermWriter, depth: number): Term {
  const term = writer.changing(depth);
  // The answer for integers is known.
  const isConstant = !isWeak(term.kind) && !isFloat(term.kind);
  return { ...writer.call(writer.dice.pick(QUESTIONS), [term], "bool"), isConstant };
}

/** What JavaScript has for 32-bit integers. */
export function int32Function(writer: TermWriter, depth: number): Term {
  const first = writer.integer(depth);
  if (writer.dice.oneIn(2)) return writer.call("clz32", [first], "int32");
  return writer.call("imul", [first, writer.integerOrLiteral(depth)], "int32");
}

/** What can be written as calls. */
export const FUNCTION_FORMS: readonly Form[] = [
  unchanging,
  floatFunction,
  least,
  threeArguments,
  cast,
  question,
];
