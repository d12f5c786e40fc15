/**
 * The manual of `status`.
 *
 * @module
 */

import { STATUS_FLAGS } from "../flags/command_flags.ts";
import { COMMAND_FACTS } from "../flags/commands.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `status`. */
export const MANUAL: Manual = {
  name: "status",
  about: COMMAND_FACTS.status.about,
  usage: ["status STORE.zarr/NAME [--verify] [--json]"],
  description: [
    "Says which chunks of an array are done, missing or torn, and which shards are being computed, from what is in " +
    "the store. Nothing is written, and a run that goes on is not disturbed.",
  ],
  flags: { flags: STATUS_FLAGS },
  examples: [
    { about: "How far a run has come.", command: "tilewise status out.zarr/celsius" },
    { about: "Whether all chunks can be read.", command: "tilewise status out.zarr/celsius --verify" },
  ],
  exitCodes: [
    ["0", "All chunks are there."],
    ["1", "Some are missing or damaged."],
    ["2", "There is no such array."],
  ],
};
