/**
 * The arrays and scalars that a kernel is checked against, by their names.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import { constantNames } from "./constants.ts";
import type { CheckContext } from "./context.ts";
import { guessFor, quoted, shortened } from "./diagnostics.ts";
import type { ScalarKind } from "./program.ts";
import type { OutputSyntax, ParsedKernel, Span } from "./syntax.ts";

/** What there is when a kernel is run. */
export interface Environment {
  /** The dtypes of the input arrays, by name. */
  readonly inputs: Readonly<Record<string, DType>>;
  /** What the scalar parameters are given as, by name. */
  readonly scalars: Readonly<Record<string, ScalarKind>>;
  /** How many axes the arrays have. */
  readonly rank: number;
  /**
   * The outputs that are wanted: their dtypes, or undefined for the dtype that follows from the expression. If it is
   * not given, every output has the dtype that follows.
   */
  readonly outputs?: Readonly<Record<string, DType | undefined>>;
}

/**
 * A property of an object's own: names come from outside, and every object has a `toString`.
 *
 * @param record The object.
 * @param name The name.
 */
export function ownValue<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

function namesOf({ inputs, scalars }: Environment): string[] {
  return [...Object.keys(inputs), ...Object.keys(scalars)];
}

/** The names there are, as many as a sentence holds. */
function listOf(names: readonly string[]): string {
  if (names.length === 0) return "there are no inputs and no scalars";
  const shown = names.slice(0, 8).map(shortened).join(", ");
  return `there are ${shown}${names.length > 8 ? ` and ${names.length - 8} more` : ""}`;
}

/**
 * Why a name that the text reads has no value.
 *
 * @param name The name.
 * @param environment What there is.
 */
export function unknownName(name: string, environment: Environment): string {
  const there = namesOf(environment);
  return `Unknown name ${quoted(name)}: ${guessFor(name, [...there, ...constantNames()]) ?? listOf(there)}`;
}

/**
 * Refuses a name that is both an input's and a scalar's.
 *
 * @param context The program's.
 * @param parsed The kernel.
 * @param environment What there is.
 * @throws {ExpressionError} If there is such a name.
 */
export function requireDistinct(
  context: CheckContext,
  parsed: ParsedKernel,
  { inputs, scalars }: Environment,
): void {
  const twice = Object.keys(inputs).find((name) => Object.hasOwn(scalars, name));
  if (twice === undefined) return;
  const first = parsed.nodes.find((node) => node.kind === "name" && node.name === twice);
  context.refuse(
    `${quoted(twice)} is both an input and a scalar: give one of them another name`,
    first?.at ?? START,
  );
}

const START: Span = { start: 0, end: 0 };

/**
 * Refuses parameters of a function that are neither inputs nor scalars.
 *
 * @param context The program's.
 * @param parsed The kernel.
 * @param environment What there is.
 * @throws {ExpressionError} If there is such a parameter.
 */
export function requireParameters(
  context: CheckContext,
  parsed: ParsedKernel,
  environment: Environment,
): void {
  const there = namesOf(environment);
  for (const { name, at } of parsed.parameters ?? []) {
    if (there.includes(name)) continue;
    const advice = guessFor(name, there) ?? listOf(there);
    context.refuse(`The parameter ${quoted(name)} is neither an input nor a scalar: ${advice}`, at);
  }
}

/**
 * The names of the outputs, in the order of the kernel.
 *
 * @param context The program's.
 * @param parsed The kernel.
 * @param environment What is wanted.
 * @returns The names; null for one without, unless one output is wanted and gives it its name.
 * @throws {ExpressionError} If what is wanted is not what the kernel makes.
 */
export function outputNamesFor(
  context: CheckContext,
  { outputs }: ParsedKernel,
  { outputs: wanted }: Environment,
): (string | null)[] {
  const made = outputs.map(({ name }) => name);
  if (wanted === undefined) return made;
  const names = Object.keys(wanted);
  if (made[0] === null) {
    if (names.length === 1) return names;
    context.refuse(`The expression makes one output, but the outputs are ${listed(names)}`, outputs[0].at);
  }
  const isSame = names.length === made.length &&
    made.every((name) => name !== null && Object.hasOwn(wanted, name));
  if (isSame) return made;
  return context.refuse(
    `The expression makes ${listed(made)}, but the outputs are ${listed(names)}`,
    oddOne(outputs, wanted),
  );
}

/** The first output that is not wanted, or the first one. */
function oddOne(outputs: readonly OutputSyntax[], wanted: object): Span {
  const odd = outputs.find(({ name }) => name !== null && !Object.hasOwn(wanted, name));
  return (odd ?? outputs[0]).at;
}

function listed(names: readonly (string | null)[]): string {
  if (names.length === 0) return "none";
  const shown = names.slice(0, 8).map((name) => shortened(name ?? "")).join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}
