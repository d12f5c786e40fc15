/**
 * Relative reads: `z(0, -1)` is the element of the input `z` that lies one before the one at hand, along the last axis.
 *
 * Whether a name that is called is an input, and not a function that there is not, is known when the inputs are. So it
 * is the checker that decides, before it looks at any value, in the order of the text.
 *
 * @module
 */

import type { CheckContext } from "./context.ts";
import { type Environment, ownValue, unknownName } from "./environment.ts";
import { looksLikeRead, readText, writtenInteger } from "./read_form.ts";
import type { ParsedKernel, ReadSyntax, SyntaxNode } from "./syntax.ts";
import { onlyInputsRead, refusalOfCalled, unknownFunction } from "./unknown.ts";

/** How far a read may lie from the element at hand, along an axis. */
const MAX_OFFSET = 2 ** 30;

/**
 * Finds how far from the element at hand a kernel reads.
 *
 * @param context The program's.
 * @param parsed The kernel.
 * @param environment What there is.
 * @returns The offsets of each read, one an axis.
 * @throws {ExpressionError} If something else than an input is read so, or offsets are not what they have to be.
 */
export function offsetsOfReads(
  context: CheckContext,
  { nodes }: ParsedKernel,
  environment: Environment,
): ReadonlyMap<ReadSyntax, readonly number[]> {
  const reads = nodes.filter((node) => node.kind === "read").sort((a, b) => a.at.start - b.at.start);
  return new Map(reads.map((read) => [read, offsetsOf(context, read, environment)]));
}

function offsetsOf(context: CheckContext, read: ReadSyntax, environment: Environment): number[] {
  const { of, args } = read, spelled = context.textAt(of.at), { rank } = environment;
  if (ownValue(environment.inputs, of.name) === undefined) {
    context.refuse(refusalOfOther(read, spelled, environment), of.at);
  }
  if (rank === 0) context.refuse(`The arrays have no axes and one element: write ${spelled}`, of.at);
  const offsets = args.map((arg) => offsetOf(context, arg, exampleOf(spelled, rank)));
  if (offsets.length !== rank) context.refuse(wrongCount(spelled, rank, offsets.length), of.at);
  return offsets;
}

function offsetOf(context: CheckContext, arg: SyntaxNode, example: string): number {
  const offset = writtenInteger(arg), text = context.textAt(arg.at);
  if (offset === null) {
    const wanted = `An offset must be an integer that stands in the text, such as ${example}`;
    return context.refuse(`${wanted}, not ${text}`, arg.at);
  }
  if (offset >= -MAX_OFFSET && offset <= MAX_OFFSET) return Number(offset);
  return context.refuse(
    `An offset must lie between ${-MAX_OFFSET} and ${MAX_OFFSET}, but got ${text}`,
    arg.at,
  );
}

/** The offsets of the element at hand. */
function hereOf(rank: number): number[] {
  return Array.from({ length: rank }, () => 0);
}

/** A read of the element before the one at hand. */
function exampleOf(spelled: string, rank: number): string {
  return readText(spelled, hereOf(rank).with(-1, -1));
}

function wrongCount(spelled: string, rank: number, got: number): string {
  const counted = (one: string, many: string) => rank === 1 ? `1 ${one}` : `${rank} ${many}`;
  const here = readText(spelled, hereOf(rank));
  // An input may have fewer axes than the arrays together, which it is broadcast to.
  return `The arrays have ${counted("axis", "axes")}, so ${spelled} takes ${counted("offset", "offsets")}, ` +
    `${here}, but got ${got}`;
}

/** Why a name that is no input's is not read at another place. */
function refusalOfOther(read: ReadSyntax, spelled: string, environment: Environment): string {
  const { name } = read.of;
  if (ownValue(environment.scalars, name) !== undefined) return onlyInputsRead(spelled, "a scalar");
  const reason = refusalOfCalled(name);
  if (reason !== undefined) return reason;
  return looksLikeRead(read)
    ? unknownName(name, environment)
    : unknownFunction(name, Object.keys(environment.inputs));
}
