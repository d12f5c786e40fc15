/**
 * The flags that say what lies around a tile: `--halo`, `--boundary`, `--boundary-value`.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import type { Boundary, BoundaryMode, Halo } from "../plan/halo.ts";
import { listed, optional, scalarValue, unknownWord } from "./arg_values.ts";
import type { HaloWords } from "./args.ts";

/** What was asked for around tiles. */
export interface HaloArgs {
  /** How far a kernel module reads beyond its tile. */
  readonly halo?: Halo;
  /** What lies beyond the edges of inputs. */
  readonly boundary?: Boundary;
  /** What that is in mode "constant". */
  readonly boundaryValue?: number | bigint | boolean;
}

const MODES: Readonly<Record<BoundaryMode, true>> = {
  constant: true,
  nearest: true,
  reflect: true,
  mirror: true,
  wrap: true,
  none: true,
};

/**
 * Reads the flags of halos.
 *
 * @param words What was given.
 * @param isModule Whether a kernel module is run.
 * @throws {UsageError} If a value is not one that its flag takes, or flags do not go together.
 */
export function readHaloArgs(words: HaloWords, isModule: boolean): HaloArgs {
  if (words.halo !== undefined && !isModule) {
    throw new UsageError(
      "--halo is for a --kernel: that of an expression follows from what it reads, such as tmp(0, -1)",
    );
  }
  if (isModule && words.halo === undefined) {
    const flag = words.boundary !== undefined ? "boundary" : "boundary-value";
    if (words[flag] !== undefined) {
      throw new UsageError(
        `--${flag} is for kernels that read beyond their tile: add --halo, such as --halo 1`,
      );
    }
  }
  const boundary = optional(words.boundary, readModes);
  if (words["boundary-value"] !== undefined && ![boundary].flat().includes("constant")) {
    throw new UsageError(
      "--boundary-value is what lies beyond the edges in one mode: add --boundary constant",
    );
  }
  return {
    halo: optional(words.halo, readDepths),
    boundary,
    boundaryValue: optional(words["boundary-value"], readBoundaryValue),
  };
}

/** One mode for all axes, or as many as there are. */
function readModes(text: string): Boundary {
  const modes = listed("--boundary", text, (mode) => {
    if (isMode(mode)) return mode;
    const known = Object.keys(MODES);
    throw unknownWord("boundary mode", mode, known, `expected one of ${known.join(", ")}`);
  }, "mode");
  return modes.length === 1 ? modes[0] : modes;
}

function isMode(text: string): text is BoundaryMode {
  return Object.hasOwn(MODES, text);
}

/** One depth for all axes, or as many as there are; each is a number, or `before:after`. */
function readDepths(text: string): Halo {
  const entries = listed("--halo", text, (entry) => {
    const sides = entry.split(":").map((side) => depth(text, side.trim()));
    if (sides.length > 2) {
      throw new UsageError(`--halo ${text}: ${entry} is neither a number of cells nor BEFORE:AFTER`);
    }
    return sides.length === 1 ? sides[0] : [sides[0], sides[1]] as const;
  });
  const [first] = entries;
  return entries.length === 1 && typeof first === "number" ? first : entries;
}

function depth(text: string, side: string): number {
  const cells = Number(side);
  if (/^\d+$/.test(side) && Number.isSafeInteger(cells)) return cells;
  const what = side === "" ? "a number is missing" : `${side} is not a non-negative integer`;
  throw new UsageError(`--halo ${text}: ${what}`);
}

function readBoundaryValue(text: string): number | bigint | boolean {
  const value = scalarValue(text);
  if (value === undefined) throw new UsageError(`--boundary-value ${text} is not a number, true or false`);
  return value;
}
