/**
 * The flags of reductions: `--reduce` and what says more of it.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import type { ReductionName } from "../plan/reduce/reduction_table.ts";
import { REDUCTION_NAMES } from "../run/reduce_call.ts";
import { finiteNumber, integers, optional, unknownWord } from "./arg_values.ts";
import type { MapArgs, ReduceWords } from "./args.ts";

/** A reduction that the command knows. */
export type CliReduction = ReductionName | "median" | "quantile";

/** A reduction that was asked for. */
export interface ReduceArgs {
  /** Which. */
  readonly name: CliReduction;
  /** The axes that are reduced, some perhaps counted from the end. Default: all. */
  readonly axis?: readonly number[];
  /** Whether reduced axes stay, with an extent of 1. */
  readonly keepDims: boolean;
  /** Whether NaN is passed over. */
  readonly skipNaN: boolean;
  /** What is taken from the count of elements, for variances. */
  readonly ddof?: number;
  /** Which quantile, from 0 to 1. */
  readonly q?: number;
}

const NAMES: Readonly<Record<CliReduction, true>> = { ...REDUCTION_NAMES, median: true, quantile: true };

/**
 * Reads the flags of reductions.
 *
 * @param words What was given of them.
 * @param args The command line that they are of.
 * @throws {UsageError} If there is no such reduction, or a flag does not go with it.
 */
export function readReduceArgs(words: ReduceWords, args: MapArgs): ReduceArgs {
  if (words.reduce === undefined) throw withoutReduce(words);
  refuseContradictions(args);
  const name = reductionNamed(words.reduce);
  const { ddof, q } = words;
  if (ddof !== undefined && name !== "var" && name !== "std") {
    throw new UsageError(`--ddof is for --reduce var and --reduce std: leave it out for ${name}`);
  }
  if (q !== undefined && name !== "quantile") {
    throw new UsageError(`--q is for --reduce quantile: leave it out for ${name}`);
  }
  if (q === undefined && name === "quantile") {
    throw new UsageError("--reduce quantile needs to know which one: add --q, such as --q 0.9");
  }
  return {
    name,
    axis: optional(words.axis, (text) => integers("--axis", text)),
    keepDims: words["keep-dims"],
    skipNaN: words["skip-nan"],
    ddof: optional(ddof, (text) => finiteNumber("--ddof", text)),
    q: optional(q, quantileShare),
  };
}

function withoutReduce(words: ReduceWords): UsageError {
  const flag = (["axis", "ddof", "q", "keep-dims", "skip-nan"] as const).find((name) =>
    words[name] !== undefined && words[name] !== false
  );
  return new UsageError(`--${flag} says how to reduce: add --reduce, such as --reduce mean`);
}

function refuseContradictions({ kernel, expr, inputs, outputs }: MapArgs): void {
  if (kernel !== undefined) {
    throw new UsageError(
      "--reduce is of an expression or an input, not of what a --kernel writes: reduce that in a second command",
    );
  }
  const [inputNames, outputNames] = [inputs, outputs].map((files) =>
    files.map(({ name }) => name).join(", ")
  );
  if (expr === undefined && inputs.length > 1) {
    throw new UsageError(
      `There are several inputs (${inputNames}): say with --expr what of them is to be reduced`,
    );
  }
  if (outputs.length > 1) {
    throw new UsageError(`A reduction has one output, but --output names ${outputNames}`);
  }
}

function reductionNamed(text: string): CliReduction {
  // Flags have hyphens where names in programs have capitals.
  const wanted = text === "count-nonzero" ? "countNonzero" : text;
  const names = Object.keys(NAMES);
  if (!isReduction(wanted)) {
    throw unknownWord("reduction", text, names, `expected one of ${names.join(", ")}`);
  }
  return wanted;
}

function isReduction(name: string): name is CliReduction {
  return Object.hasOwn(NAMES, name);
}

function quantileShare(text: string): number {
  const q = finiteNumber("--q", text);
  if (q < 0 || q > 1) throw new UsageError(`--q ${text} is not from 0 to 1`);
  return q;
}
