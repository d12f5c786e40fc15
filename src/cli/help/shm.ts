/**
 * The manual of `shm`.
 *
 * @module
 */

import { SHM_FLAGS } from "../flags/command_flags.ts";
import { COMMAND_FACTS } from "../flags/commands.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `shm`. */
export const MANUAL: Manual = {
  name: "shm",
  about: COMMAND_FACTS.shm.about,
  usage: ["shm list [--json]", "shm clean [NAME…] [--all] [--json]"],
  description: [
    "Shared memory that was created under a name stays until it is removed by that name. list tells of each the name, " +
    "size, dtype, shape, age, and whether the process that created it is running. clean removes what was created by " +
    "a process that has ended since; with names, these, whoever created them.",
    "Listing needs Linux; all of it needs --allow-ffi. Memory that a run left on purpose (--output vpd=shm:NAME) is " +
    "removed by name or by --all only.",
  ],
  flags: { flags: SHM_FLAGS },
  examples: [
    { about: "What there is.", command: "tilewise shm list" },
    { about: "What nobody uses any more.", command: "tilewise shm clean" },
    { about: "One by its name.", command: "tilewise shm clean tilewise-vpd" },
  ],
  more: { files: [["/dev/shm", "Where Linux keeps it: its size is the most that all can have together."]] },
  exitCodes: [["0", "Done."], ["2", "There is no such memory, or this system cannot list it."]],
};
