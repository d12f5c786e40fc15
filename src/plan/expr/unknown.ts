/**
 * What is said of functions and members that there are not.
 *
 * @module
 */

import { constantNamed, constantNames } from "./constants.ts";
import { guessFor, quoted } from "./diagnostics.ts";
import { functionNamed, functionNames } from "./ops.ts";

/**
 * How many arguments a function takes, in words.
 *
 * @param least At least so many.
 * @param most At most so many.
 */
export function countOf(least: number, most: number): string {
  if (most === Infinity) return `${least} or more arguments`;
  return least === 1 ? "1 argument" : `${least} arguments`;
}

/**
 * Why a member of something is refused.
 *
 * @param computed Whether it is written in brackets.
 */
export function refusalOfMember(computed: boolean): string {
  if (computed) return "Elements are not picked by their index here: pass a view of the array as an input";
  return "Only Math and Number have members here: pass other values as inputs or scalars";
}

/**
 * Whether a function takes so many arguments.
 *
 * @param name Its name as it is written.
 * @param count How many there are.
 * @returns False also where there is no such function.
 */
export function functionTakes(name: string, count: number): boolean {
  const { least, most } = functionNamed(name) ?? { least: Infinity, most: 0 };
  return count >= least && count <= most;
}

/**
 * Why a name that has a value is not called as a function.
 *
 * @param name The name as it is written.
 */
export function numberNotFunction(name: string): string {
  return `${quoted(name)} is a number here, not a function`;
}

/**
 * Why something else than an input is not read at another place.
 *
 * @param name Its name as it is written.
 * @param what What it is, and what to do instead.
 */
export function onlyInputsRead(name: string, what: string): string {
  return `Only inputs can be read at another place: ${quoted(name)} is ${what}`;
}

/**
 * Why a function cannot be called.
 *
 * @param name Its name as it is written.
 * @param inputs What could be called instead, to be read at another place.
 */
export function unknownFunction(name: string, inputs: readonly string[] = []): string {
  const guess = guessFor(name, inputs);
  return refusalOfCalled(name) ??
    `Unknown function ${quoted(name)}${guess === undefined ? "" : `: ${guess}`}`;
}

/**
 * Why something cannot be called, where that can be said of its name alone.
 *
 * @param name Its name as it is written.
 * @returns Undefined where nothing is known of such a name, or of one that is near to it.
 */
export function refusalOfCalled(name: string): string | undefined {
  if (name === "Math.random") {
    return "Math.random is not part of an expression: make an array with SharedNdArray.random and pass it as an input";
  }
  if (constantNamed(name) !== undefined) return `${quoted(name)} is a number and cannot be called`;
  if (name.includes(".")) return unknownMember(name);
  if (name === "BigInt") return 'Unknown function "BigInt": write int64(x)';
  const guess = guessFor(name, functionNames().filter((known) => !known.includes(".")));
  return guess === undefined ? undefined : `Unknown function ${quoted(name)}: ${guess}`;
}

/**
 * Why a member of Math or Number has no value.
 *
 * @param name Its name as it is written, such as `Math.TAU`.
 */
export function unknownMember(name: string): string {
  const [owner, member] = name.split(".");
  if (functionNamed(member) !== undefined) return `${owner} has no ${quoted(member)}: write ${member}(…)`;
  const known = [...functionNames(), ...constantNames()].filter((other) => other.startsWith(`${owner}.`));
  const guess = guessFor(member, known.map((other) => other.slice(owner.length + 1)));
  return `${owner} has no ${quoted(member)} here${guess === undefined ? "" : `: ${guess}`}`;
}
