/**
 * The flags of what a run may take and how it is watched.
 *
 * @module
 */

import type { FlagTable } from "./flag.ts";

/** Limits, and care for kernels that may be wrong. */
export const GUARD_FLAGS = {
  "tile-timeout": {
    kind: "text",
    value: "2s",
    help:
      "Give up a worker that takes longer for a tile. Units: ms, s, m, h; without one, seconds. Default: never.",
  },
  "load-timeout": {
    kind: "text",
    value: "30s",
    help: "Or that takes longer to load the kernel. Default: 30s.",
  },
  retries: {
    kind: "text",
    value: "2",
    help:
      "Try a tile again that failed or was lost, so many times; the kernel has to be idempotent. Default: 0.",
  },
  isolation: {
    kind: "text",
    value: "contained",
    choices: ["web", "contained"],
    help: "contained: workers with a heap limit of their own, which cannot end the process. Default: web.",
  },
  "heap-limit": {
    kind: "text",
    value: "1GB",
    help: "That limit. Default: 1GiB.",
  },
  sandbox: {
    kind: "switch",
    help:
      "No permissions for kernels. Needs deno run --unstable-worker-options; add --no-prompt --deny-import.",
  },
  debug: {
    kind: "switch",
    help:
      "Find kernels that write outside of their tiles or to inputs, leave cells unwritten, or are not repeatable.",
  },
  "only-tile": { kind: "text", value: "37", help: "Run one tile alone, by its number." },
} as const satisfies FlagTable;
