/**
 * The flags of reductions.
 *
 * @module
 */

import type { FlagTable } from "./flag.ts";

/** How an expression is reduced. */
export const REDUCE_FLAGS = {
  reduce: {
    kind: "text",
    value: "mean",
    choices: [
      "sum",
      "mean",
      "min",
      "max",
      "prod",
      "var",
      "std",
      "argmin",
      "argmax",
      "any",
      "all",
      "count-nonzero",
      "median",
      "quantile",
    ],
    help:
      "Reduce the expression, or the only --input, instead of writing it: sum, mean, min, max, prod, var, std, " +
      "argmin, argmax, any, all, count-nonzero, median or quantile.",
  },
  axis: {
    kind: "text",
    value: "0,-1",
    isSigned: true,
    help: "The axes that go; negative ones count from the end. Default: all.",
  },
  "keep-dims": { kind: "switch", help: "Leave reduced axes, with an extent of 1." },
  "skip-nan": { kind: "switch", help: "Pass over NaN." },
  ddof: {
    kind: "text",
    value: "1",
    isSigned: true,
    help: "What var and std take from the count. Default: 0.",
  },
  q: { kind: "text", value: "0.9", isSigned: true, help: "Which quantile, from 0 to 1." },
} as const satisfies FlagTable;
