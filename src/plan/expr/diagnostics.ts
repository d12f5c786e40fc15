/**
 * Errors that point into the text of an expression.
 *
 * @module
 */

import { ExpressionError } from "../../errors.ts";
import { nearest } from "../../nearest.ts";

/** Characters of a line that a message shows at most. */
const EXCERPT = 100;
const INDENT = "  ";
const LINE_END = /\r\n|[\n\r\u2028\u2029]/g;
/** What would be shown as something else than one character: controls, joiners, changes of direction, fillers. */
const UNSHOWN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\p{M})\p{Default_Ignorable_Code_Point}/gu;
/** What is shown in its place. */
const PLACEHOLDER = "\ufffd";
const ZERO_WIDE = /\p{M}/u;
/** Scripts and signs that terminals show two columns wide. */
const TWO_WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;

/** A line of a text. */
interface Line {
  /** From 1. */
  readonly number: number;
  /** Where it starts in the text. */
  readonly start: number;
  readonly text: string;
}

/**
 * Makes an error whose message shows the place.
 *
 * @param reason What is wrong, in one sentence.
 * @param source The whole text.
 * @param offset The place in it, in UTF-16 code units.
 * @param options The cause.
 */
export function expressionError(
  reason: string,
  source: string,
  offset: number,
  options?: ErrorOptions,
): ExpressionError {
  const place = Math.max(0, Math.min(offset, source.length));
  const { number, start, text } = lineAt(source, place);
  const facts = { reason, source, offset: place, line: number, column: place - start + 1 };
  return new ExpressionError(`${reason}\n${excerpt(text, place - start)}`, facts, options);
}

function lineAt(source: string, offset: number): Line {
  let number = 1, start = 0;
  for (const { 0: end, index } of source.matchAll(LINE_END)) {
    if (index + end.length > offset) return { number, start, text: source.slice(start, index) };
    number++;
    start = index + end.length;
  }
  return { number, start, text: source.slice(start) };
}

/** The part of a line around a place, and a caret under the place. */
function excerpt(line: string, place: number): string {
  const isLong = line.length > EXCERPT;
  // An ellipsis takes the place of one character at each end that is cut.
  const from = isLong ? Math.max(0, Math.min(place - EXCERPT / 2, line.length - EXCERPT + 1)) : 0;
  const rest = EXCERPT - (from > 0 ? 1 : 0);
  const to = line.length - from <= rest ? line.length : from + rest - 1;
  const before = (from > 0 ? "…" : "") + shown(line.slice(from, place));
  const after = shown(line.slice(place, to)) + (to < line.length ? "…" : "");
  return `${INDENT}${(before + after).trimEnd()}\n${INDENT}${" ".repeat(columnsOf(before))}^`;
}

/** A text as it is safe to show, with the same number of characters. */
function shown(text: string): string {
  return text.replaceAll("\t", " ").replace(UNSHOWN, PLACEHOLDER);
}

/**
 * The name of a character that cannot be shown as it is.
 *
 * @param text A text.
 * @returns Such as `U+202E`, or undefined if the text does not start with such a character.
 */
export function codePointName(text: string): string | undefined {
  if (text.search(UNSHOWN) !== 0) return undefined;
  return `U+${(text.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
}

/** How many columns of a terminal a text takes. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) {
    columns += ZERO_WIDE.test(character) ? 0 : TWO_WIDE.test(character) ? 2 : 1;
  }
  return columns;
}

/**
 * A text in quotation marks as it may stand in a message: safe to show, and not too long.
 *
 * @param text Part of a source.
 */
export function quoted(text: string): string {
  return `"${shortened(text)}"`;
}

/**
 * A text as it may stand in a message: on one line, not too long, and with the names of characters that are not shown.
 *
 * @param text Part of a source.
 */
export function shortened(text: string): string {
  const line = text.replace(/\s+/g, " ").trim().replace(UNSHOWN, (hidden) => `<${codePointName(hidden)}>`);
  return line.length > 40 ? `${line.slice(0, 39).toWellFormed()}…` : line;
}

/**
 * The question whether another name was meant.
 *
 * @param word The word as it is written.
 * @param known The words there are.
 * @returns Such as `did you mean "tmp"?`, or undefined where none is near.
 */
export function guessFor(word: string, known: Iterable<string>): string | undefined {
  const words = [...known];
  const near = words.find((other) => other.toLowerCase() === word.toLowerCase()) ?? nearWord(word, words);
  return near === undefined ? undefined : `did you mean ${quoted(near)}?`;
}

/** The nearest word. Short words are near to many others, so all letters but one have to be the same. */
function nearWord(word: string, words: readonly string[]): string | undefined {
  if (word.length < 3 || word.length > 40) return undefined;
  const near = nearest(word, words);
  return near === undefined || word.length > 4 || differByOne([...word], [...near]) ? near : undefined;
}

/** Whether two words have the same letters, in whatever order, but for one. */
function differByOne(word: readonly string[], other: readonly string[]): boolean {
  const rest = [...other];
  for (const letter of word) {
    if (rest.includes(letter)) rest.splice(rest.indexOf(letter), 1);
  }
  return rest.length <= 1 && word.length - (other.length - rest.length) <= 1;
}
