/**
 * The flags of the smaller commands.
 *
 * @module
 */

import type { FlagTable } from "./flag.ts";

const HELP = { kind: "switch", letter: "h", help: "Print this." } as const;

/** The flags of `info`. */
export const INFO_FLAGS = {
  json: { kind: "switch", help: "One JSON object." },
  help: HELP,
} as const satisfies FlagTable;

/** The flags of `status`. */
export const STATUS_FLAGS = {
  verify: { kind: "switch", help: "Read each chunk too, so that damaged ones are found." },
  json: { kind: "switch", help: "One JSON object." },
  help: HELP,
} as const satisfies FlagTable;

/** The flags of `combine`. */
export const COMBINE_FLAGS = {
  workers: { kind: "text", value: "10", help: "Number of workers at most. Default: the machine's cores." },
  json: { kind: "switch", help: "The report as one JSON object on standard output." },
  quiet: { kind: "switch", letter: "q", help: "Print errors only." },
  help: HELP,
} as const satisfies FlagTable;

/** The flags of `shm`. */
export const SHM_FLAGS = {
  all: {
    kind: "switch",
    help:
      "Remove all that was created by tilewise, even if its process is running; what has the memory keeps it.",
  },
  json: { kind: "switch", help: "One JSON object." },
  help: HELP,
} as const satisfies FlagTable;

/** The flags of `doctor`. */
export const DOCTOR_FLAGS = {
  json: { kind: "switch", help: "One JSON object." },
  quick: { kind: "switch", help: "Leave out what is measured, which takes a second." },
  help: HELP,
} as const satisfies FlagTable;

/** The flags of commands that have no other. */
export const HELP_ONLY = { help: HELP } as const satisfies FlagTable;
