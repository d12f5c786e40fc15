/**
 * A function's parameters.
 *
 * @module
 */

import type { JsNode } from "./acorn.ts";
import { expressionError } from "./diagnostics.ts";
import type { ParameterSyntax } from "./syntax.ts";

/** A function of JavaScript. */
export type JsFunction = JsNode<"ArrowFunctionExpression" | "FunctionExpression">;
type JsPattern = JsFunction["params"][number];
type JsObjectPattern = Extract<JsPattern, { type: "ObjectPattern" }>;

/**
 * A function's parameters: names, or those of one object pattern.
 *
 * @param source The text that the function is in.
 * @param node The function.
 * @returns The parameters by their names within the function.
 * @throws {ExpressionError} If one is something else.
 */
export function parametersOf(source: string, { params }: JsFunction): ReadonlyMap<string, ParameterSyntax> {
  const [first] = params;
  const pairs = params.length === 1 && first.type === "ObjectPattern"
    ? first.properties.map((property) => renamed(source, property))
    : params.map((param): [string, ParameterSyntax] => {
      if (param.type !== "Identifier") {
        throw expressionError(refusalOfParameter(param.type), source, param.start);
      }
      return [param.name, { name: param.name, at: { start: param.start, end: param.end } }];
    });
  return new Map(pairs);
}

function renamed(
  source: string,
  property: JsObjectPattern["properties"][number],
): [string, ParameterSyntax] {
  const { start, end } = property;
  const refuse = (type: string) => expressionError(refusalOfParameter(type), source, start);
  if (property.type === "RestElement") throw refuse(property.type);
  const { key, value, computed } = property;
  if (value.type !== "Identifier") throw refuse(value.type);
  if (computed || key.type !== "Identifier") throw refuse(computed ? "computed" : "key");
  return [value.name, { name: key.name, at: { start, end } }];
}

/** Why a parameter has no default. */
export const NO_DEFAULT = "A parameter has no default here: every input and scalar has a value";
/** What parameters are. */
export const ONLY_NAMES =
  "Parameters are names, or one object of names: (a, b) => … or ({ a, b: name }) => …";
/** Why there is no rest parameter. */
export const NO_REST = "The parameters are listed one by one: a rest parameter has no names";

function refusalOfParameter(type: string): string {
  if (type === "AssignmentPattern") return NO_DEFAULT;
  if (type === "RestElement") return NO_REST;
  return ONLY_NAMES;
}
