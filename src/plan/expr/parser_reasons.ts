/**
 * What the parser of JavaScript says of wrong text, in sentences of ours.
 *
 * @module
 */

import { codePointName, quoted } from "./diagnostics.ts";
import { TOO_DEEP } from "./limits.ts";
import { NO_DEFAULT, NO_REST, ONLY_NAMES } from "./parameters.ts";
import { refusalOf, refusalOfDeclaration, refusalOfLiteral, refusalOfOperator } from "./refusals.ts";

/** A sentence, or what makes it of a place in a text and of the name that the parser quotes. */
type Reason = string | ((source: string, offset: number, name: string) => string);

const NO_NAME: Reason = (source, offset) =>
  `${quoted(tokenAt(source, offset))} is a word of JavaScript and cannot be a name`;
const TWICE: Reason = (source, offset, name) =>
  `${quoted(name || tokenAt(source, offset))} is declared twice: choose another name`;
const NO_PRIVATE = refusalOf("PrivateIdentifier"), NO_TEXT = refusalOfLiteral("");

/** By the start of the parser's sentence, which may quote parts of the text further on. The first that fits counts. */
const REASONS: readonly (readonly [RegExp, Reason])[] = [
  [/^Not enough stack/, TOO_DEEP],
  [/^Unexpected/, unexpected],
  [/^Invalid regular expression|^Unterminated regular/, refusalOfLiteral(/x/)],
  [/^The keyword|^Cannot use keyword|^Cannot use '(?:await|yield|arguments)'|^let is/, NO_NAME],
  [/^(?:Assigning to|Binding) (?:eval|arguments) in strict mode/, NO_NAME],
  [/^Identifier '#|^Private /, NO_PRIVATE],
  [/^Identifier '(.*)' has already/, TWICE],
  [/^Argument name clash/, TWICE],
  [/^(?:Assigning|Binding|Parenthesized pattern|Shorthand property)/, unassignable],
  [/^(?:Missing initializer|Complex binding)/, "A const needs a value: const name = expression"],
  [/^Deleting/, refusalOfOperator("delete")],
  [/^'with'/, refusalOf("WithStatement")],
  [/^'return'/, refusalOf("ReturnStatement")],
  [/^(?:'super'|super|Invalid use of 'super')/, refusalOf("Super")],
  [/^(?:Invalid number|Expected number|Identifier directly|Numeric separator)/, wrongNumber],
  [/^Unterminated comment/, "The comment that starts here has no end: write */ behind it"],
  [/^Unterminated template|^Bad escape sequence in untagged/, refusalOf("TemplateLiteral")],
  [/^(?:Unterminated string|Illegal 'use strict')/, NO_TEXT],
  [
    /escape|^Code point out/i,
    "An expression has no backslashes: there is no text, and names are written as they are",
  ],
  [/^Logical expressions and coalesce/, refusalOfOperator("??")],
  [/^Optional chaining/, refusalOf("ChainExpression")],
  [/^(?:'new|The only valid meta property for new)/, refusalOf("NewExpression")],
  [/^(?:Class|Constructor|Duplicate constructor|Cannot use .* in class)/, refusalOf("ClassExpression")],
  [/^Illegal newline after throw/, refusalOf("ThrowStatement")],
  [/^Missing catch/, refusalOf("TryStatement")],
  [/^Multiple default/, refusalOf("SwitchStatement")],
  [/^Label/, refusalOf("LabeledStatement")],
  [/^(?:Await )?using declaration|^Await using/i, refusalOfDeclaration("using")],
  [/^Await/, refusalOf("AwaitExpression")],
  [/^Yield/, refusalOf("YieldExpression")],
  [/^(?:Unsyntactic|The left-hand side of a for)/, refusalOf("ForStatement")],
  [/rest element|^Rest/, NO_REST],
  [/^Only '='/, NO_DEFAULT],
  [/^Redefinition of __proto__/, "An output cannot be named __proto__"],
  [/import|export/i, refusalOf("ImportDeclaration")],
];

/**
 * What the parser says of wrong text, in a sentence of ours.
 *
 * @param message The parser's own sentence.
 * @param source The text.
 * @param offset The place that it says it of.
 */
export function reasonOfParser(message: string, source: string, offset: number): string {
  for (const [pattern, reason] of REASONS) {
    const match = pattern.exec(message);
    if (match !== null) return typeof reason === "string" ? reason : reason(source, offset, match[1] ?? "");
  }
  return unexpected(source, offset);
}

/** What stands on the left of `=`, or in the brackets before `=>`, and cannot stand there. */
function unassignable(source: string, offset: number): string {
  const isParameter = /^[^=;]*\)\s*=>/.test(source.slice(offset));
  return isParameter ? ONLY_NAMES : "An assignment needs a name on its left: name = expression";
}

function wrongNumber(source: string, offset: number): string {
  const start = source.slice(0, offset).search(/[\w.]*$/), number = tokenAt(source, start);
  if (/^0[0-7]+$/.test(number)) {
    const digits = number.replace(/^0+/, "") || "0";
    return `${quoted(number)} starts with 0: write ${quoted(digits)}, or ${
      quoted(`0o${digits}`)
    } for octal digits`;
  }
  return `${quoted(number)} is not a number: numbers are written as 12, 0.5, 1e-3, 0xff, 1_000 or 3n`;
}

function unexpected(source: string, offset: number): string {
  const token = tokenAt(source, offset);
  if (token === "") return "The expression ends too early";
  const hidden = codePointName(token);
  if (hidden !== undefined) return `Unexpected character ${hidden}`;
  const isOfTypes = token === ":" || token === "as" || token === "satisfies";
  const advice = token === "**"
    ? ": write -(a ** b) or (-a) ** b"
    : isOfTypes
    ? ": types are not part of an expression"
    : "";
  return `Unexpected ${quoted(token)}${advice}`;
}

/** The word, number or sign that starts at a place; the empty string at the end of the text. */
function tokenAt(source: string, offset: number): string {
  const token = /[\p{ID_Start}$_][\p{ID_Continue}$]*|\d[\w.]*|\*\*|=>|\S/uy;
  token.lastIndex = offset;
  return token.exec(source)?.[0] ?? [...source.slice(offset).trim()].at(0) ?? "";
}
