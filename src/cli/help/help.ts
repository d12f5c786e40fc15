/**
 * The manual of `help`.
 *
 * @module
 */

import { HELP_ONLY } from "../flags/command_flags.ts";
import { COMMAND_FACTS } from "../flags/commands.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `help`. */
export const MANUAL: Manual = {
  name: "help",
  about: COMMAND_FACTS.help.about,
  usage: ["help [COMMAND]", "COMMAND --help"],
  description: ["Without a command, what commands there are. Text is broken to the width of the terminal."],
  flags: { flags: HELP_ONLY },
  examples: [
    { about: "All flags of runs, with examples.", command: "tilewise help map" },
    { about: "The same, page by page.", command: "tilewise help map | less" },
    { about: "Another command.", command: "tilewise show --help" },
  ],
  exitCodes: [["0", "Done."], ["2", "There is no such command."]],
};
