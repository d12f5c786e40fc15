/**
 * Text with colours, counted by what is seen of it, and broken to the width of a terminal.
 *
 * @module
 */

import type { Colours } from "./terminal.ts";

/** How a text looks. */
export type Look = "plain" | "bold" | "dim" | "bar" | "good" | "warning" | "bad";

/** A text and how it looks. */
export interface Piece {
  readonly text: string;
  readonly look?: Look;
}

/** Codes of ECMA-48 that begin a look; `\x1b[0m` ends each. */
const CODES: Readonly<Record<Look, string>> = {
  plain: "",
  bold: "\x1b[1m",
  dim: "\x1b[2m",
  bar: "\x1b[36m",
  good: "\x1b[32m",
  warning: "\x1b[33m",
  bad: "\x1b[31m",
};

/**
 * A text as a terminal shall show it.
 *
 * @param text The text.
 * @param look How it looks.
 * @param colours How many colours there are.
 */
export function styled(text: string, look: Look, colours: Colours): string {
  return colours === "none" || look === "plain" || text === "" ? text : `${CODES[look]}${text}\x1b[0m`;
}

/**
 * Pieces as one text.
 *
 * @param pieces The pieces.
 * @param colours How many colours there are.
 */
export function joined(pieces: readonly Piece[], colours: Colours): string {
  return pieces.map(({ text, look = "plain" }) => styled(text, look, colours)).join("");
}

let segmenter: Intl.Segmenter | undefined;

/** What is seen as one character each. Made when it is needed: most texts are ASCII. */
function segments(text: string): Iterable<{ readonly segment: string }> {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: "grapheme" });
  return segmenter.segment(text);
}

/** Letters of scripts that terminals show two columns wide. */
const WIDE = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;

/**
 * How many columns of a terminal a text without codes takes.
 *
 * @param text The text.
 */
export function widthOf(text: string): number {
  // ASCII and block characters are by far the most, and take a column each.
  if (/^[\x20-\x7e\u2580-\u2595]*$/.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of segments(text)) columns += WIDE.test(segment) ? 2 : 1;
  return columns;
}

/**
 * As much of a text as fits.
 *
 * @param text The text, without codes.
 * @param columns How many columns there are.
 */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let kept = "", width = 0;
  for (const { segment } of segments(text)) {
    width += widthOf(segment);
    if (width > columns) break;
    kept += segment;
  }
  return kept;
}

/**
 * Breaks a text at spaces, and keeps those that it begins with. A word that is longer than a line stays whole: half a path
 * is of no use.
 *
 * @param text The text, without codes.
 * @param columns The width of the lines.
 */
export function wrapped(text: string, columns: number): string[] {
  const lines: string[] = [], words = text.trimStart();
  let line = text.slice(0, text.length - words.length), isBegun = false;
  for (const word of words.split(" ")) {
    const longer = isBegun && line !== "" ? `${line} ${word}` : line + word;
    isBegun = true;
    if (line.trim() !== "" && widthOf(longer) > columns) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

/** Eighths of a cell, from one to seven. */
const EIGHTHS = ["▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/**
 * A bar that is filled in part.
 *
 * @param share How much of it, from 0 to 1.
 * @param cells How wide it is, ends included.
 * @param hasBlocks Whether there are block characters; otherwise `[###---]`.
 */
export function bar(share: number, cells: number, hasBlocks: boolean): Piece[] {
  const inner = cells - 2, filled = Math.min(1, Math.max(0, share)) * inner;
  if (!hasBlocks) {
    const full = Math.round(filled);
    return [{ text: `[${"#".repeat(full)}${"-".repeat(inner - full)}]` }];
  }
  const eighths = Math.round(filled * 8), full = Math.floor(eighths / 8);
  const part = eighths % 8 === 0 ? "" : EIGHTHS[eighths % 8 - 1];
  return [
    { text: "▕", look: "dim" },
    { text: "█".repeat(full) + part, look: "bar" },
    { text: " ".repeat(inner - full - part.length) },
    { text: "▏", look: "dim" },
  ];
}
