/**
 * The command `completions`: a script that completes words in a shell.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { unknownWord } from "../arg_values.ts";
import type { CliIo } from "../cli_io.ts";
import { HELP_ONLY } from "../flags/command_flags.ts";
import { SHELLS } from "../flags/commands.ts";
import { readWords } from "../flags/read_words.ts";

/**
 * Runs `completions`.
 *
 * @param words The words behind `completions`.
 * @param io Streams.
 * @throws {UsageError} If no shell is named, or one that is not known.
 */
export async function runCompletions(words: readonly string[], io: CliIo): Promise<void> {
  const { places: [name, ...rest] } = readWords("completions", HELP_ONLY, words);
  const hint = `expected ${SHELLS.join(", ")}`;
  if (name === undefined) throw new UsageError(`completions needs to know the shell: ${hint}`);
  if (rest.length > 0) {
    throw new UsageError(`Unexpected word ${JSON.stringify(rest[0])} behind completions ${name}`);
  }
  const shell = SHELLS.find((known) => known === name);
  if (shell === undefined) throw unknownWord("shell", name, SHELLS, hint);
  const { completionScript } = await import("../completions/script.ts");
  io.stdout(completionScript(shell));
}
