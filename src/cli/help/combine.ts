/**
 * The manual of `combine`.
 *
 * @module
 */

import { COMBINE_FLAGS } from "../flags/command_flags.ts";
import { COMMAND_FACTS } from "../flags/commands.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `combine`. */
export const MANUAL: Manual = {
  name: "combine",
  about: COMMAND_FACTS.combine.about,
  usage: ["combine STORE.zarr/NAME [--workers N] [--json] [--quiet]"],
  description: [
    "Makes the result of the partial results that the shards of a reduction (map --reduce … --shard 3/64) have left " +
    "with their output, and writes it there, with the same bits as on one machine. Needs --allow-write.",
  ],
  flags: { flags: COMBINE_FLAGS },
  examples: [
    {
      about: "A shard of a mean, one of four.",
      command:
        "tilewise --input tmp=in.zarr/tmp --reduce mean --axis 0 --output mean=out.zarr/mean --shard 0/4",
    },
    { about: "The mean, when all four are done.", command: "tilewise combine out.zarr/mean" },
  ],
  exitCodes: [
    ["0", "Done."],
    ["2", "Something is missing or damaged; the message says which shards have to run again."],
  ],
};
