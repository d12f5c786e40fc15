/**
 * What a command says of itself, and how that looks on a terminal.
 *
 * @module
 */

import type { Flag, FlagTable } from "../flags/flag.ts";
import { styled, widthOf, wrapped } from "../styled_text.ts";
import type { Colours } from "../terminal.ts";

/** A command as somebody would type it. */
export interface Example {
  /** What it does. */
  readonly about: string;
  readonly command: string;
}

/** What there is to know of a command. */
export interface Manual {
  readonly name: string;
  /** What it does, in a few words. */
  readonly about: string;
  /** How it is called, without the word `tilewise`. */
  readonly usage: readonly string[];
  /** What it does, in paragraphs. */
  readonly description: readonly string[];
  /** Its flags, by what they are about. */
  readonly flags: Readonly<Record<string, FlagTable>>;
  readonly examples: readonly Example[];
  /** What else there is: words and what they mean, by what they are about. */
  readonly more?: Readonly<Record<string, readonly (readonly [word: string, meaning: string])[]>>;
  readonly exitCodes: readonly (readonly [code: string, meaning: string])[];
}

/** The terminal that it is read on. */
export interface ManualScreen {
  /** Its width; null where it is no terminal. */
  readonly columns: number | null;
  readonly colours: Colours;
}

/** Text has at most so many columns, because longer lines are hard to read; so many in a pipe; and at least so many. */
const MOST_COLUMNS = 88, PIPE_COLUMNS = 80, LEAST_COLUMNS = 20;

/** The column at which meanings begin, and the width from which on they stand beside their words. */
const MEANING = 28, WIDE = 64;

/** What every manual says last. */
const NOTE = "tilewise is short for: deno run --allow-read cli.ts, with --allow-write for outputs.";

/** The width that text is broken to. */
export function manualColumns(columns: number | null): number {
  return Math.max(LEAST_COLUMNS, Math.min(columns ?? PIPE_COLUMNS, MOST_COLUMNS));
}

/**
 * The text of a manual.
 *
 * @param manual The manual.
 * @param screen The terminal.
 */
export function manualText(manual: Manual, { columns, colours }: ManualScreen): string {
  const width = manualColumns(columns), head = (text: string) => styled(text, "bold", colours);
  const { name, about, usage, description, flags, examples, more = {}, exitCodes } = manual;
  const sections = [
    wrapped(`tilewise ${name}: ${about}`, width).map(head),
    usage.flatMap((line, k) => indented(`tilewise ${line}`, k === 0 ? "usage: " : "       ", 9, width)),
    ...description.map((paragraph) => wrapped(paragraph, width)),
    ...Object.entries(flags).map(([title, table]) => [
      head(title),
      ...Object.entries<Flag>(table).flatMap(([flag, facts]) =>
        row(flagHead(flag, facts), facts.help, width)
      ),
    ]),
    [head("examples"), ...examples.flatMap((example) => exampleLines(example, width, colours))],
    ...Object.entries(more).map(([title, rows]) => [
      head(title),
      ...rows.flatMap(([word, meaning]) => row(word, meaning, width)),
    ]),
    [head("exit codes"), ...exitCodes.flatMap(([code, meaning]) => row(code, meaning, width, 8))],
    wrapped(NOTE, width),
  ];
  return sections.filter((lines) => lines.length > 0).map((lines) => lines.join("\n")).join("\n\n") + "\n";
}

/** A flag as it is written, with what stands behind it. */
export function flagHead(name: string, { kind, letter, value }: Flag): string {
  const long = kind === "optional"
    ? `--${name}[=${value}]`
    : `--${name}${value === undefined ? "" : ` ${value}`}`;
  return letter === undefined ? long : `-${letter}, ${long}`;
}

/**
 * A word and what it means: beside it where there is room, beneath it where there is none.
 *
 * @param word The word.
 * @param meaning What it means.
 * @param width The width of the lines.
 * @param column The column at which the meaning begins.
 */
export function row(word: string, meaning: string, width: number, column: number = MEANING): string[] {
  const start = width < WIDE ? 6 : column, isBeside = width >= WIDE && widthOf(word) <= start - 4;
  const lines = wrapped(meaning, width - start).map((line) => " ".repeat(start) + line);
  if (isBeside) return [`  ${word}`.padEnd(start) + lines[0].slice(start), ...lines.slice(1)];
  return [...wrapped(word, width - 2).map((line) => `  ${line}`), ...lines];
}

function indented(text: string, first: string, rest: number, width: number): string[] {
  const indent = Math.min(rest, Math.floor(width / 3));
  return wrapped(text, width - Math.max(first.length, indent)).map((line, k) =>
    k === 0 ? first + line : " ".repeat(indent) + line
  );
}

/** A command stays one that can be copied: its lines end with backslashes. */
function exampleLines({ about, command }: Example, width: number, colours: Colours): string[] {
  // A space in quotes is none to break at.
  const shielded = command.replaceAll(/"[^"]*"|'[^']*'/g, (quoted) => quoted.replaceAll(" ", "\u00a0"));
  const lines = wrapped(shielded, width - 8).map((line) => line.replaceAll("\u00a0", " "));
  return [
    ...wrapped(about, width - 2).map((line) => `  ${styled(line, "dim", colours)}`),
    ...lines.map((line, k) => `    ${k > 0 ? "  " : ""}${line}${k < lines.length - 1 ? " \\" : ""}`),
  ];
}
