/**
 * The manual of `doctor`.
 *
 * @module
 */

import { DOCTOR_FLAGS } from "../flags/command_flags.ts";
import { COMMAND_FACTS } from "../flags/commands.ts";
import { TERMINAL_VARIABLES } from "./environment.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `doctor`. */
export const MANUAL: Manual = {
  name: "doctor",
  about: COMMAND_FACTS.doctor.about,
  usage: ["doctor [--quick] [--json]"],
  description: [
    "Looks at the runtime, at cores and memory and what a container leaves of them, at permissions and what each is " +
    "for, whether workers start, which packages can be loaded, and what the terminal shows; and measures for about a " +
    "second how fast memory and cores are. Each line is ok, a note, or missing with what to do about it. It works " +
    "with few permissions, asks for none, and says what it could not see.",
    "The bandwidth is what all workers together read and write in a + b over arrays that are larger than caches: a " +
    "run cannot be faster than its bytes divided by it.",
  ],
  flags: { flags: DOCTOR_FLAGS },
  examples: [
    { about: "All there is to see.", command: "tilewise doctor" },
    { about: "The same for a program, without measuring.", command: "tilewise doctor --quick --json" },
  ],
  more: { environment: TERMINAL_VARIABLES },
  exitCodes: [["0", "Nothing that runs need is missing."], ["1", "Something is."], [
    "2",
    "The command line is wrong.",
  ]],
};
