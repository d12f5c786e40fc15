/**
 * The form of relative reads: what `z(0, -1)` looks like, before it is known what `z` is.
 *
 * @module
 */

import type { ReadSyntax, SyntaxNode } from "./syntax.ts";
import { functionTakes } from "./unknown.ts";

const SIGNS: ReadonlySet<string> = new Set(["+", "-"]);

/**
 * The integer that stands in the text.
 *
 * @param node A part of an expression.
 * @returns Null for what is not an integer, written as one, with any number of signs before it.
 */
export function writtenInteger(node: SyntaxNode): bigint | null {
  let sign = 1n, inner = node;
  while (inner.kind === "call" && inner.args.length === 1 && SIGNS.has(inner.spelled)) {
    if (inner.spelled === "-") sign = -sign;
    inner = inner.args[0];
  }
  if (inner.kind !== "number" || inner.value.exact === null || inner.value.isBig) return null;
  return sign * inner.value.exact;
}

/**
 * Whether a call has the form of a read: it has arguments, and all are integers that stand in the text.
 *
 * @param read The call.
 */
export function looksLikeRead({ args }: ReadSyntax): boolean {
  return args.length > 0 && args.every((arg) => writtenInteger(arg) !== null);
}

/**
 * Whether a call of a parameter seems to mean the function whose name the parameter has and hides.
 *
 * @param read The call.
 * @param spelled The parameter's name within the function.
 */
export function looksLikeFunction(read: ReadSyntax, spelled: string): boolean {
  return functionTakes(spelled, read.args.length) && !looksLikeRead(read);
}

/**
 * A read as text.
 *
 * @param name What is read.
 * @param offset How far from the element at hand, one number an axis.
 * @returns Such as `z(0, -1)`.
 */
export function readText(name: string, offset: readonly number[]): string {
  return `${name}(${offset.join(", ")})`;
}
