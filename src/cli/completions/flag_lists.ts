/**
 * The tables of flags, as scripts need them.
 *
 * @module
 */

import { COMMAND_FACTS } from "../flags/commands.ts";
import type { Flag } from "../flags/flag.ts";

/** A command with its flags. */
export interface ListedCommand {
  readonly name: string;
  readonly about: string;
  readonly places: "files" | readonly string[];
  readonly flags: readonly ListedFlag[];
}

/** A flag with its name. */
export interface ListedFlag extends Flag {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly about: string;
}

/** All commands. */
export function listedCommands(): ListedCommand[] {
  return Object.entries(COMMAND_FACTS).map(([name, { about, places, flags }]) => ({
    name,
    about,
    places,
    flags: Object.entries(flags).map(([name, flag]) => ({ name, ...flag, about: firstSentence(flag.help) })),
  }));
}

/** Up to the first full stop, colon or semicolon that ends something. */
function firstSentence(text: string): string {
  return /^.*?(?=[.:;](?:\s|$))/s.exec(text)?.[0] ?? text;
}

/**
 * A text in single quotes, as POSIX shells and zsh read it.
 *
 * @param text The text.
 */
export function singleQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
