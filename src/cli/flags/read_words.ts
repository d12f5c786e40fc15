/**
 * The words behind a command's name, by the table of its flags.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "../../errors.ts";
import { unknownWord } from "../arg_values.ts";
import { type Flag, type FlagTable, namesOf, type WordsOf } from "./flag.ts";

/** What begins with a hyphen and is no flag: a negative number, or a slice that begins with one. */
const NEGATIVE = /^-[\d.:]/;

/**
 * Reads the words.
 *
 * @param command The command's name.
 * @param table Its flags.
 * @param words The words.
 * @returns What was given of the flags, and the words that are none.
 * @throws {UsageError} If there is no such flag, or one has no value that needs one.
 */
export function readWords<T extends FlagTable>(
  command: string,
  table: T,
  words: readonly string[],
): WordsOf<T> & { readonly places: readonly string[] } {
  const texts = namesOf(table, "text"), flags = Object.keys(table).map((name) => `--${name}`);
  const args = parseArgs(plainWords(table, words), {
    string: [...texts, "_"],
    boolean: namesOf(table, "switch"),
    unknown: (word, key) => {
      if (key === undefined) return true;
      throw unknownWord(
        "flag",
        word.split("=", 1)[0],
        flags,
        `see tilewise ${command} --help for those there are`,
      );
    },
  });
  const given: Readonly<Record<string, unknown>> = args;
  const empty = texts.find((flag) => given[flag] === "");
  if (empty !== undefined) throw new UsageError(`--${empty} needs a value`);
  // The parser gives each name of its lists what the lists say.
  return { ...args, places: args._.map(String) } as unknown as WordsOf<T> & {
    readonly places: readonly string[];
  };
}

/** Writes letters out, and joins flags with values that begin with a hyphen. */
function plainWords(table: FlagTable, words: readonly string[]): string[] {
  const entries = Object.entries<Flag>(table), plain: string[] = [];
  for (const word of words) {
    const last = plain.at(-1) ?? "", isSigned = table[last.replace(/^--/, "")]?.isSigned === true;
    const letter = /^-([A-Za-z])$/.exec(word)?.[1];
    const name = letter === undefined ? undefined : entries.find(([, flag]) => flag.letter === letter)?.[0];
    if (last.startsWith("--") && isSigned && NEGATIVE.test(word)) plain[plain.length - 1] = `${last}=${word}`;
    else plain.push(name === undefined ? word : `--${name}`);
  }
  return plain;
}
