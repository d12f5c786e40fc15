/**
 * Labelled lines that are broken to the width of a terminal.
 *
 * @module
 */

import { cut, joined, type Piece, widthOf, wrapped } from "./styled_text.ts";
import type { Colours } from "./terminal.ts";

/** Columns of labels, with the space behind them. */
const LABEL = 9;

/** Labels stand on lines of their own where a terminal is narrower. */
const LEAST_COLUMNS = 40;

/** What a part of a line says: lines are broken between parts, and within a text that is longer than a line. */
export type Part = string | readonly Piece[];

/**
 * How far what stands behind labels is indented.
 *
 * @param columns The width of the terminal.
 */
export function labelWidth(columns: number): number {
  return columns < LEAST_COLUMNS ? 2 : LABEL;
}

/**
 * A label and what it is about, in as many lines as that takes.
 *
 * @param label The label.
 * @param parts What stands behind it, with a space in between.
 * @param columns The width of the terminal.
 * @param colours How many colours there are.
 */
export function labelled(label: string, parts: readonly Part[], columns: number, colours: Colours): string[] {
  const indent = labelWidth(columns), room = columns - indent;
  const rows: Piece[][] = [[]];
  let width = 0;
  for (const part of parts.flatMap((part) => typeof part === "string" ? broken(part, room) : [part])) {
    const needed = widthOf(part.map(({ text }) => text).join(""));
    if (width > 0 && width + 1 + needed > room) {
      rows.push([]);
      width = 0;
    }
    if (width > 0) rows.at(-1)?.push({ text: " " });
    width += needed + (width > 0 ? 1 : 0);
    rows.at(-1)?.push(...part);
  }
  const shown = cut(label, columns), isBeside = indent === LABEL;
  const name: Piece = { text: isBeside ? shown.padEnd(LABEL - 1) + " " : shown, look: "dim" };
  const lines = rows.map((row, k) =>
    k === 0 && isBeside ? [name, ...row] : [{ text: " ".repeat(indent) }, ...row]
  );
  return (isBeside ? lines : [[name], ...lines]).map((line) => joined(line, colours).trimEnd());
}

function broken(text: string, room: number): Piece[][] {
  return wrapped(text, room).map((line) => [{ text: line }]);
}
