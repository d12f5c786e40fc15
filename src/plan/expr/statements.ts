/**
 * Strings and functions: statements, parameters and outputs around expressions.
 *
 * @module
 */

import type { ExpressionError } from "../../errors.ts";
import type { JsExpression, JsNode, JsStatement } from "./acorn.ts";
import { expressionError, quoted } from "./diagnostics.ts";
import { Lowering } from "./lower.ts";
import { type JsFunction, parametersOf } from "./parameters.ts";
import { refusalOf, refusalOfAssignment, refusalOfDeclaration } from "./refusals.ts";
import { Scope } from "./scope.ts";
import {
  type OutputSyntax,
  type ParameterSyntax,
  type ParsedKernel,
  type Span,
  SyntaxNodes,
} from "./syntax.ts";

type JsConst = Extract<JsStatement, { type: "VariableDeclaration" }>;

/** A kernel that is being read. */
class Reading {
  readonly #source: string;
  readonly #nodes: SyntaxNodes;
  readonly #scope: Scope;
  readonly #lowering: Lowering;
  readonly #outputs: OutputSyntax[] = [];
  readonly #parameters: readonly ParameterSyntax[] | null;

  constructor(source: string, parameters: ReadonlyMap<string, ParameterSyntax> | null) {
    this.#source = source;
    this.#nodes = new SyntaxNodes(source);
    this.#scope = new Scope(this.#nodes, parameters);
    this.#lowering = new Lowering(this.#nodes, this.#scope);
    this.#parameters = parameters === null ? null : [...parameters.values()];
  }

  /** Announces the consts among statements, before any is read. */
  announce(statements: readonly JsStatement[]): void {
    for (const statement of statements) {
      if (statement.type !== "VariableDeclaration") continue;
      for (const { id } of statement.declarations) {
        if (id.type === "Identifier") this.#scope.announce(id.name);
      }
    }
  }

  /** Reads `const a = …, b = …`. */
  declare(statement: JsConst): void {
    if (statement.kind !== "const") throw this.error(refusalOfDeclaration(statement.kind), statement);
    for (const { id, init } of statement.declarations) {
      if (id.type !== "Identifier") throw this.error("A const needs a name: const name = expression", id);
      if (init === null || init === undefined) {
        throw this.error("A const needs a value: const name = expression", id);
      }
      this.#scope.define(id.name, this.#lowering.lower(init));
    }
  }

  /** Reads `name = …`. */
  assign(node: JsNode<"AssignmentExpression">): void {
    const { left, operator, right } = node;
    if (operator !== "=") throw this.error(refusalOfAssignment(operator), node);
    if (left.type !== "Identifier") {
      throw this.error("An assignment needs a name on its left: name = expression", left);
    }
    this.output(left.name, right, left);
  }

  /** Reads what an output is. */
  output(name: string | null, expression: JsExpression, at: Span): void {
    const value = this.#lowering.lower(expression);
    const { start, end } = at;
    if (name !== null) this.#scope.assign(name, value, { start, end });
    this.#outputs.push({ name, value, at: { start, end } });
  }

  /** Reads what a function returns. */
  result(expression: JsExpression): void {
    if (expression.type !== "ObjectExpression") return this.output(null, expression, expression);
    const named = expression.properties.map((property) => this.#property(property));
    if (named.length === 0) {
      throw this.error("The function returns no outputs: ({ name: expression })", expression);
    }
    const values = named.map(({ value }) => this.#lowering.lower(value));
    const names = new Set<string>();
    named.forEach(({ name, at }, place) => {
      if (names.has(name)) throw this.error(`The output ${quoted(name)} is returned twice`, at);
      if (name === "__proto__") throw this.error("An output cannot be named __proto__", at);
      names.add(name);
      this.#outputs.push({ name, value: values[place], at });
    });
  }

  #property(
    property: JsNode<"ObjectExpression">["properties"][number],
  ): { name: string; value: JsExpression; at: Span } {
    if (property.type === "SpreadElement") {
      throw this.error("The outputs are listed one by one, without spread", property);
    }
    const { key, value, computed, kind, method, start, end } = property;
    if (computed || kind !== "init" || method) {
      throw this.error("An output is a name and an expression: ({ name: expression })", property);
    }
    if (key.type === "Identifier") return { name: key.name, value, at: { start, end } };
    if (key.type === "Literal" && typeof key.value === "string") {
      return { name: key.value, value, at: { start, end } };
    }
    throw this.error("An output needs a name: ({ name: expression })", key);
  }

  /** What was read. */
  finish(): ParsedKernel {
    return {
      source: this.#source,
      nodes: this.#nodes.nodes,
      outputs: this.#outputs,
      parameters: this.#parameters,
    };
  }

  error(reason: string, at: { start: number }): ExpressionError {
    return expressionError(reason, this.#source, at.start);
  }
}

/**
 * Reads a string: one expression, or statements.
 *
 * @param source The text.
 * @param statements Its statements.
 * @throws {ExpressionError} If it is not a kernel.
 */
export function readStatements(source: string, statements: readonly JsStatement[]): ParsedKernel {
  const reading = new Reading(source, null);
  reading.announce(statements);
  let bare: JsExpression | undefined, assigned = 0;
  for (const statement of statements) {
    if (statement.type === "VariableDeclaration") reading.declare(statement);
    else if (statement.type !== "ExpressionStatement") {
      throw reading.error(refusalOf(statement.type), statement);
    } else if (statement.expression.type === "AssignmentExpression") {
      reading.assign(statement.expression);
      assigned++;
    } else if (bare !== undefined) {
      throw reading.error("One expression at most has no name: write name = expression for each", statement);
    } else {
      bare = statement.expression;
      reading.output(null, bare, bare);
    }
  }
  if (bare !== undefined && assigned > 0) {
    throw reading.error("Beside assignments, an expression needs a name of its own: name = expression", bare);
  }
  if (bare === undefined && assigned === 0) {
    throw reading.error(nothing(statements), { start: source.length });
  }
  return reading.finish();
}

function nothing(statements: readonly JsStatement[]): string {
  return statements.length === 0
    ? "The expression is empty"
    : "Nothing is computed: end with an expression, or with name = expression";
}

/**
 * Reads a function.
 *
 * @param source The text that it is in.
 * @param node The function.
 * @throws {ExpressionError} If it is not a kernel.
 */
export function readFunction(source: string, node: JsFunction): ParsedKernel {
  const reading = new Reading(source, parametersOf(source, node));
  if (node.async) throw reading.error("A kernel's function cannot be async", node);
  if (node.generator) throw reading.error("A kernel's function cannot be a generator", node);
  if (node.body.type !== "BlockStatement") reading.result(node.body);
  else readBlock(reading, node.body.body, node.body);
  return reading.finish();
}

function readBlock(reading: Reading, body: readonly JsStatement[], block: Span): void {
  const statements = body.filter(({ type }) => type !== "EmptyStatement");
  reading.announce(statements);
  const last = statements.at(-1);
  for (const statement of statements) {
    if (statement.type === "VariableDeclaration") reading.declare(statement);
    else if (statement.type === "ExpressionStatement") {
      throw reading.error("A function's statements are const declarations and one return", statement);
    } else if (statement.type !== "ReturnStatement" || statement !== last) {
      throw reading.error(refusalOf(statement.type), statement);
    } else if (statement.argument === null || statement.argument === undefined) {
      throw reading.error("The function returns nothing: return an expression", statement);
    } else reading.result(statement.argument);
  }
  if (last?.type !== "ReturnStatement") {
    throw reading.error("The function does not end with a return", { start: block.end - 1 });
  }
}
