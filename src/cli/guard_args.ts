/**
 * The flags that say what a run may take and how it is watched.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { nearest } from "../nearest.ts";
import type { RunGuards } from "../run/run_guards.ts";
import type { Isolation } from "../run/worker_link.ts";
import { byteCount, integer, optional } from "./arg_values.ts";
import type { GuardWords } from "./args.ts";

/**
 * Reads the flags.
 *
 * @param words What was given.
 * @throws {UsageError} If one has a value that it cannot have.
 */
export function readGuardArgs(words: GuardWords): RunGuards {
  const guards: RunGuards = {
    tileTimeout: optional(words["tile-timeout"], (text) => milliseconds("--tile-timeout", text)),
    loadTimeout: optional(words["load-timeout"], (text) => milliseconds("--load-timeout", text)),
    retries: optional(words.retries, (text) => integer("--retries", text)),
    onlyTile: optional(words["only-tile"], (text) => integer("--only-tile", text)),
    isolation: optional(words.isolation, isolation),
    heapLimit: optional(words["heap-limit"], (text) => byteCount("--heap-limit", text)),
    sandbox: words.sandbox || undefined,
    debug: words.debug || undefined,
  };
  if (guards.heapLimit !== undefined && guards.isolation !== "contained") {
    throw new UsageError("--heap-limit is for contained workers: add --isolation contained");
  }
  return guards;
}

const ISOLATIONS: readonly Isolation[] = ["web", "contained"];

function isolation(text: string): Isolation {
  const found = ISOLATIONS.find((name) => name === text);
  if (found !== undefined) return found;
  const meant = nearest(text, ISOLATIONS);
  const hint = meant === undefined ? "" : ` (did you mean ${meant}?)`;
  throw new UsageError(`--isolation ${text} is unknown${hint}: expected web or contained`);
}

const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  "": 1000,
  m: 60_000,
  min: 60_000,
  h: 3_600_000,
};

/**
 * A time, in seconds or with a unit.
 *
 * @param flag The flag that it stands behind.
 * @param text The text, such as `1.5` or `200ms`.
 * @throws {UsageError} If it is none, or not positive.
 */
function milliseconds(flag: string, text: string): number {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text) ?? [];
  const ms = Object.hasOwn(UNITS, unit.toLowerCase()) ? Number(digits) * UNITS[unit.toLowerCase()] : NaN;
  if (ms > 0) return ms;
  throw new UsageError(`${flag} ${text} is not a time, such as 2s, 500ms or 1.5 (seconds)`);
}
