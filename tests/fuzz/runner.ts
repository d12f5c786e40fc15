/**
 * Runs the cases of a target. Every case follows from a seed and its number alone, so that one can be run again.
 *
 * @module
 */

import { Seeded } from "../seeded.ts";

/** What a case came to: the name of the error class that it was refused with, or what was right about it. */
export type Outcome = string;

/** One thing that is tried. */
export interface FuzzCase {
  /** What it is, in a line. */
  readonly about: string;
  /** The bytes or the text that it is made of, for whoever wants to look at them. */
  readonly material: Uint8Array | string;
  /**
   * Tries it. It can be tried again.
   *
   * @throws What is wrong.
   */
  run(): Outcome | Promise<Outcome>;
}

/** Something that takes what others wrote, and what shall hold of it. */
export interface FuzzTarget {
  /** Its name. */
  readonly name: string;
  /** How long a case may take, in milliseconds. */
  readonly limitMs: number;
  /** Makes a case; all that is random about it comes from `random`. */
  makeCase(random: Seeded): FuzzCase | Promise<FuzzCase>;
}

/** A target that needs something to work with, such as a folder. */
export type OpenTarget = FuzzTarget & AsyncDisposable;

/** A case in which something was wrong. */
export interface Finding {
  readonly target: string;
  readonly seed: number;
  readonly number: number;
  readonly about: string;
  readonly reason: string;
  readonly material: Uint8Array | string;
}

/** What came of many cases. */
export interface Summary {
  readonly target: string;
  readonly cases: number;
  /** How many cases had which outcome. */
  readonly outcomes: ReadonlyMap<Outcome, number>;
  readonly slowest: { readonly number: number; readonly ms: number };
  readonly findings: readonly Finding[];
}

/** Which cases are run. */
export interface Budget {
  readonly seed: number;
  /** The first case's number. Default: 0. */
  readonly first?: number;
  /** How many cases at most. Default: no limit. */
  readonly cases?: number;
  /** Begin no further case after that many milliseconds. Default: no limit. */
  readonly ms?: number;
  /** Stop after that many findings. Default: 1. */
  readonly findings?: number;
  /** Is told of each case before it is run. */
  readonly onCase?: (target: string, number: number) => void;
}

/**
 * The random choices of one case.
 *
 * @param seed The seed of all cases.
 * @param target The target's name.
 * @param number The case's number.
 */
export function randomOf(seed: number, target: string, number: number): Seeded {
  let mixed = Math.imul(seed ^ 0x9e37_79b9, 0x85eb_ca6b) ^ Math.imul(number + 1, 0xc2b2_ae35);
  for (const char of target) mixed = Math.imul(mixed ^ char.charCodeAt(0), 0x0100_0193);
  const random = new Seeded(mixed);
  random.word();
  return random;
}

/**
 * Runs cases.
 *
 * @param target What they are of.
 * @param budget Which, and how many.
 */
export async function runCases(target: FuzzTarget, budget: Budget): Promise<Summary> {
  const { seed, first = 0, cases = Infinity, ms = Infinity, findings: most = 1 } = budget;
  const outcomes = new Map<Outcome, number>(), findings: Finding[] = [];
  const end = performance.now() + ms;
  let slowest = { number: first, ms: 0 }, number = first;
  for (; number < first + cases && performance.now() < end && findings.length < most; number++) {
    budget.onCase?.(target.name, number);
    const made = await target.makeCase(randomOf(seed, target.name, number));
    const outcome = await outcomeOf(target, made);
    if (outcome.ms > slowest.ms) slowest = { number, ms: outcome.ms };
    if ("reason" in outcome) {
      const { about, material } = made;
      findings.push({ target: target.name, seed, number, about, material, reason: outcome.reason });
    } else outcomes.set(outcome.name, (outcomes.get(outcome.name) ?? 0) + 1);
  }
  return { target: target.name, cases: number - first, outcomes, slowest, findings };
}

type Tried = { readonly ms: number } & ({ readonly name: Outcome } | { readonly reason: string });

async function outcomeOf(target: FuzzTarget, made: FuzzCase): Promise<Tried> {
  const first = await tryOnce(made);
  if (first.ms <= target.limitMs) return first;
  // Something else may have kept the machine busy: what is slow is slow again.
  const again = await tryOnce(made);
  if ("reason" in again || again.ms <= target.limitMs) return again;
  const ms = Math.min(first.ms, again.ms);
  return { ms, reason: `took ${ms.toFixed(0)} ms, more than ${target.limitMs}` };
}

async function tryOnce(made: FuzzCase): Promise<Tried> {
  const start = performance.now();
  try {
    const name = await made.run();
    return { name, ms: performance.now() - start };
  } catch (error) {
    const reason = error instanceof Error ? error.stack ?? error.message : String(error);
    return { ms: performance.now() - start, reason };
  }
}

/**
 * A finding as people read it: what, where, and how to see it again.
 *
 * @param finding The finding.
 */
export function describeFinding({ target, seed, number, about, reason, material }: Finding): string {
  const size = typeof material === "string" ? JSON.stringify(material) : `${material.length} bytes`;
  return `${target}, case ${number} of seed ${seed}: ${about}\n  ${size}\n  ${reason}\n` +
    `  again: deno task fuzz --target ${target} --seed ${seed} --case ${number}`;
}
