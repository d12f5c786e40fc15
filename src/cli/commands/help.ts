/**
 * The command `help`: what there is to know of a command.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { unknownWord } from "../arg_values.ts";
import type { CliIo } from "../cli_io.ts";
import { COMMAND_NAMES, type CommandName } from "../flags/commands.ts";
import { MANUALS } from "../help/manuals.ts";
import { HELP_ONLY } from "../flags/command_flags.ts";
import { readWords } from "../flags/read_words.ts";

/**
 * Runs `help`.
 *
 * @param words The words behind `help`.
 * @param io Streams.
 * @throws {UsageError} If there is no such command.
 */
export async function runHelp(words: readonly string[], io: CliIo): Promise<void> {
  const { places: [name, ...rest] } = readWords("help", HELP_ONLY, words);
  if (rest.length > 0) throw new UsageError(`Unexpected word ${JSON.stringify(rest[0])} behind help ${name}`);
  await printHelp(name, io);
}

/**
 * Prints the manual of a command, or what commands there are.
 *
 * @param name The command; undefined for all.
 * @param io Streams.
 * @throws {UsageError} If there is no such command.
 */
export async function printHelp(name: string | undefined, io: CliIo): Promise<void> {
  const screen = { columns: io.stdoutColumns(), colours: io.colours("stdout") };
  if (name === undefined) {
    const { overviewText } = await import("../help/overview.ts");
    return io.stdout(overviewText(screen));
  }
  if (!isCommand(name)) {
    throw unknownWord("command", name, COMMAND_NAMES, `there are ${COMMAND_NAMES.join(", ")}`);
  }
  const [{ manualText }, { MANUAL }] = await Promise.all([import("../help/manual.ts"), MANUALS[name]()]);
  io.stdout(manualText(MANUAL, screen));
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(MANUALS, name);
}
