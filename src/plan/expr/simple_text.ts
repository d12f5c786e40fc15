/**
 * The simplest texts, which are read without the parser: loading it takes longer than many a run.
 *
 * @module
 */

import type { JsStatement } from "./acorn.ts";

/** Two names with a sign between them, perhaps assigned to a third. */
const SIMPLE =
  /^\s*(?:(?<output>[A-Za-z_]\w*)\s*=\s*)?(?<left>[A-Za-z_]\w*)\s*(?<sign>[-+*/])\s*(?<right>[A-Za-z_]\w*)\s*$/d;

/** Words that are no names, or none in every place. */
const RESERVED: ReadonlySet<string> = new Set(
  ("arguments async await break case catch class const continue debugger default delete do else enum eval export " +
    "extends false finally for function get if implements import in instanceof interface let new null of package " +
    "private protected public return set static super switch this throw true try typeof var void while with yield")
    .split(" "),
);

/**
 * Reads a text such as `tmp + rad` or `vpd = tmp + rad`.
 *
 * @param source The text.
 * @returns What the parser would make of it, or undefined if it is another kind of text.
 */
export function readSimple(source: string): JsStatement[] | undefined {
  const found = SIMPLE.exec(source);
  const { groups, indices } = found ?? {};
  if (groups === undefined || indices?.groups === undefined) return undefined;
  const places = indices.groups;
  const identifier = (group: string) => {
    const [start, end] = places[group];
    return { type: "Identifier", start, end, name: groups[group] };
  };
  const words = [groups.output, groups.left, groups.right];
  if (words.some((word) => word !== undefined && RESERVED.has(word))) return undefined;
  const left = identifier("left"), right = identifier("right");
  const [start, end] = [left.start, right.end];
  const sum = { type: "BinaryExpression", start, end, left, operator: groups.sign, right };
  const output = groups.output === undefined ? undefined : identifier("output");
  const expression = output === undefined
    ? sum
    : { type: "AssignmentExpression", start: output.start, end, operator: "=", left: output, right: sum };
  // The fields of the parser's own nodes, as the test compares them.
  return [{ type: "ExpressionStatement", start: expression.start, end, expression }] as JsStatement[];
}
