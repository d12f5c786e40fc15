/**
 * The flags of stores and streams.
 *
 * @module
 */

import type { FlagTable } from "./flag.ts";

/** How arrays are worked on that lie in stores, or are larger than memory. */
export const STREAM_FLAGS = {
  stream: {
    kind: "switch",
    help:
      "Work block by block on files too; with a store this is so anyway. Blocks are made of whole chunks, and " +
      "--max-memory bounds them.",
  },
  resume: { kind: "switch", help: "Leave chunks that are there, of the same computation." },
  overwrite: { kind: "switch", help: "Replace outputs that are there." },
  shard: {
    kind: "text",
    value: "3/64",
    choices: ["auto"],
    help:
      "Compute one of 64 parts (0 to 63). auto asks Slurm, Kubernetes, AWS Batch, PBS, Grid Engine, LSF or " +
      "MPI; auto/64 where those do not know how many there are. Shards of --reduce leave partial results with the " +
      "output: tilewise combine makes the result.",
  },
  missing: {
    kind: "text",
    value: "fill",
    choices: ["error", "fill"],
    help:
      "Chunks of inputs that are not there are an error, or have the fill value. Default: error if a run " +
      "writes the array, otherwise fill.",
  },
  chunks: {
    kind: "text",
    value: "73,180,360",
    help: "Chunks of outputs, in elements. Default: those of inputs of their shape.",
  },
  codec: {
    kind: "text",
    value: "zstd",
    choices: ["zstd", "blosc", "gzip", "none"],
    help: "How chunks are compressed: zstd, blosc, gzip or none. Default: zstd.",
  },
  level: {
    kind: "text",
    value: "3",
    help: "How much: to 22 for zstd, to 9 for the others. Default: 3 for zstd, otherwise 5.",
  },
  "zarr-format": {
    kind: "text",
    value: "3",
    choices: ["2", "3"],
    help: "The version of the Zarr format, 2 or 3. Default: 3.",
  },
} as const satisfies FlagTable;
