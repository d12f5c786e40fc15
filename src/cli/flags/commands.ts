/**
 * All commands: what they do, their flags, and what stands behind them.
 *
 * @module
 */

import {
  COMBINE_FLAGS,
  DOCTOR_FLAGS,
  HELP_ONLY,
  INFO_FLAGS,
  SHM_FLAGS,
  STATUS_FLAGS,
} from "./command_flags.ts";
import type { FlagTable } from "./flag.ts";
import { MAP_FLAGS } from "./map_flags.ts";
import { SHOW_FLAGS } from "./show_flags.ts";

/** Shells that complete words. */
export const SHELLS = ["bash", "zsh", "fish"] as const;

/** What there is to know of a command. */
export interface CommandFacts {
  /** What it does, in a few words. */
  readonly about: string;
  readonly flags: FlagTable;
  /** What stands behind it besides flags: files, one of these words, or nothing. */
  readonly places: "files" | readonly string[];
}

/** The commands by name, in the order in which one comes to need them. */
const FACTS = {
  map: { about: "run an expression or a kernel over the tiles of arrays", flags: MAP_FLAGS, places: [] },
  show: {
    about: "print an array as numbers and as a picture, or write it as PNG",
    flags: SHOW_FLAGS,
    places: "files",
  },
  info: {
    about: "say which arrays a file or a store has, and how they are stored",
    flags: INFO_FLAGS,
    places: "files",
  },
  status: {
    about: "say how far a run has come that writes to a store",
    flags: STATUS_FLAGS,
    places: "files",
  },
  combine: {
    about: "make the result of what shards of a reduction left",
    flags: COMBINE_FLAGS,
    places: "files",
  },
  shm: {
    about: "list and remove shared memory that was left over",
    flags: SHM_FLAGS,
    places: ["list", "clean"],
  },
  schema: {
    about: "print what --json prints, as a JSON Schema",
    flags: HELP_ONLY,
    places: ["report", "show", "info", "status", "shm", "doctor"],
  },
  doctor: { about: "look at this machine, and say what is missing", flags: DOCTOR_FLAGS, places: [] },
  completions: { about: "print a script that completes words in a shell", flags: HELP_ONLY, places: SHELLS },
} as const satisfies Readonly<Record<string, CommandFacts>>;

/** The name of a command. */
export type CommandName = keyof typeof FACTS | "help";

/** The commands by name. */
export const COMMAND_FACTS: Readonly<Record<CommandName, CommandFacts>> = {
  ...FACTS,
  help: { about: "print what there is to know of a command", flags: HELP_ONLY, places: Object.keys(FACTS) },
};

/** Their names. */
export const COMMAND_NAMES: readonly CommandName[] = [
  // These are its keys.
  ...Object.keys(COMMAND_FACTS) as CommandName[],
];
