/**
 * The manual of `schema`.
 *
 * @module
 */

import { HELP_ONLY } from "../flags/command_flags.ts";
import { COMMAND_FACTS } from "../flags/commands.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `schema`. */
export const MANUAL: Manual = {
  name: "schema",
  about: COMMAND_FACTS.schema.about,
  usage: ["schema [NAME]"],
  description: [
    "Prints a schema (draft 2020-12) that says of each member what it is and in which unit. What --json prints " +
    "begins with the name of its schema and its version. A member that is added, removed or means something else " +
    "makes a new version.",
  ],
  flags: { flags: HELP_ONLY },
  examples: [
    { about: "What map --json and combine --json print.", command: "tilewise schema" },
    { about: "What info --json prints.", command: "tilewise schema info" },
  ],
  more: {
    names: [
      ["report", "What map --json and combine --json print; the default."],
      ["show", "What show --json prints."],
      ["info", "What info --json prints."],
      ["status", "What status --json prints."],
      ["shm", "What shm list --json and shm clean --json print."],
      ["doctor", "What doctor --json prints."],
    ],
  },
  exitCodes: [["0", "Done."], ["2", "There is no such schema."]],
};
