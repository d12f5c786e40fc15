/**
 * JavaScript's expressions become ours; what is not part of the language is refused with its place.
 *
 * @module
 */

import type { JsExpression, JsNode } from "./acorn.ts";
import { constantNamed } from "./constants.ts";
import { expressionError, quoted } from "./diagnostics.ts";
import { MAX_DEPTH, TOO_DEEP } from "./limits.ts";
import { bigConstant, fitsSixtyFourBits, floatConstant, writtenConstant } from "./literals.ts";
import type { Operation } from "./operation.ts";
import { binaryOperator, functionNamed, operationNamed, unaryOperator } from "./ops.ts";
import { looksLikeFunction } from "./read_form.ts";
import {
  refusalOf,
  refusalOfAssignment,
  refusalOfCallee,
  refusalOfLiteral,
  refusalOfOperator,
} from "./refusals.ts";
import type { Scope } from "./scope.ts";
import type { CallSyntax, NameSyntax, ReadSyntax, Span, SyntaxNode, SyntaxNodes } from "./syntax.ts";
import {
  countOf,
  functionTakes,
  numberNotFunction,
  refusalOfMember,
  unknownFunction,
  unknownMember,
} from "./unknown.ts";

/** Anything of JavaScript that stands at a place. */
interface Placed {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

/** An operation, or a read at another place, whose arguments, at least one, are not all understood yet. */
interface OpenCall {
  readonly kind: "open";
  /** What it becomes when they are. */
  readonly callee: Callee;
  readonly args: readonly JsExpression[];
  readonly lowered: SyntaxNode[];
  readonly at: Span;
}

type Callee = Pick<CallSyntax, "kind" | "operation" | "spelled"> | Pick<ReadSyntax, "kind" | "of">;

/** Turns expressions of JavaScript into parts of a kernel. */
export class Lowering {
  readonly #nodes: SyntaxNodes;
  readonly #scope: Scope;

  /**
   * Prepares for a kernel.
   *
   * @param nodes Where its parts are collected.
   * @param scope Its names.
   */
  constructor(nodes: SyntaxNodes, scope: Scope) {
    this.#nodes = nodes;
    this.#scope = scope;
  }

  /**
   * Understands an expression.
   *
   * @param node The expression.
   * @returns The part that stands for it.
   * @throws {ExpressionError} If it uses what is not part of the language.
   */
  lower(node: JsExpression): SyntaxNode {
    // A stack of its own instead of recursion: text may be nested more deeply than functions can call each other.
    const open: OpenCall[] = [];
    for (let read = this.#read(node);;) {
      if (read.kind === "open") {
        if (open.length >= MAX_DEPTH) throw expressionError(TOO_DEEP, this.#nodes.source, read.at.start);
        open.push(read);
        read = this.#read(read.args[0]);
        continue;
      }
      const call = open.at(-1);
      if (call === undefined) return read;
      call.lowered.push(read);
      const isDone = call.lowered.length === call.args.length;
      read = isDone ? this.#close(call) : this.#read(call.args[call.lowered.length]);
      if (isDone) open.pop();
    }
  }

  #close({ callee, lowered, at }: OpenCall): SyntaxNode {
    if (callee.kind === "call") return this.#nodes.add({ ...callee, args: lowered, at });
    return this.#closeRead(callee.of, lowered, at);
  }

  #closeRead(of: NameSyntax, args: readonly SyntaxNode[], at: Span): SyntaxNode {
    const read = this.#nodes.add({ kind: "read", of, args, at });
    const spelled = this.#nodes.source.slice(of.at.start, of.at.end);
    if (looksLikeFunction(read, spelled)) {
      throw expressionError(numberNotFunction(spelled), this.#nodes.source, of.at.start);
    }
    return read;
  }

  /** Understands an expression as far as its arguments. */
  #read(node: JsExpression): SyntaxNode | OpenCall {
    switch (node.type) {
      case "Literal":
        return this.#literal(node);
      case "Identifier":
        return this.#scope.resolve(node.name, spanOf(node));
      case "UnaryExpression":
        return this.#operator(node, unaryOperator(node.operator), [node.argument]);
      case "BinaryExpression":
        if (node.left.type === "PrivateIdentifier") return this.#refuse(node.left);
        return this.#operator(node, binaryOperator(node.operator), [node.left, node.right]);
      case "LogicalExpression":
        return this.#operator(node, binaryOperator(node.operator), [node.left, node.right]);
      case "ConditionalExpression":
        return this.#call(node, operationNamed("where"), "?:", [node.test, node.consequent, node.alternate]);
      case "CallExpression":
        return this.#called(node);
      case "MemberExpression":
        return this.#member(node);
      case "AssignmentExpression":
        return this.#refuse(node, refusalOfAssignment(node.operator));
      default:
        return this.#refuse(node);
    }
  }

  #literal(node: JsNode<"Literal">): SyntaxNode {
    const { value, raw = "" } = node, at = spanOf(node);
    if (typeof value === "boolean") return this.#nodes.add({ kind: "bool", value, at });
    if (typeof value === "bigint") {
      if (fitsSixtyFourBits(value)) {
        return this.#nodes.add({ kind: "number", value: bigConstant(value), at });
      }
      return this.#refuse(node, `${quoted(raw)} does not fit 64 bits`);
    }
    if (typeof value !== "number") return this.#refuse(node, refusalOfLiteral(value));
    return this.#nodes.add({ kind: "number", value: writtenConstant(value, raw), at });
  }

  #operator(
    node: JsNode<"UnaryExpression" | "BinaryExpression" | "LogicalExpression">,
    operation: Operation | undefined,
    args: readonly JsExpression[],
  ): OpenCall {
    if (operation === undefined) return this.#refuse(node, refusalOfOperator(node.operator));
    return this.#call(node, operation, node.operator, args);
  }

  #call(node: Placed, operation: Operation, spelled: string, args: readonly JsExpression[]): OpenCall {
    return {
      kind: "open",
      callee: { kind: "call", operation, spelled },
      args,
      lowered: [],
      at: spanOf(node),
    };
  }

  #called(node: JsNode<"CallExpression">): SyntaxNode | OpenCall {
    const { callee } = node;
    if (callee.type !== "Identifier") return this.#function(node, this.#memberName(callee));
    const of = this.#scope.resolveCalled(callee.name, spanOf(callee));
    if (of === undefined) return this.#function(node, callee.name);
    const args = this.#arguments(node), at = spanOf(node);
    if (args.length === 0) return this.#closeRead(of, [], at);
    return { kind: "open", callee: { kind: "read", of }, args, lowered: [], at };
  }

  #function(node: JsNode<"CallExpression">, name: string): OpenCall {
    const operation = functionNamed(name);
    if (operation === undefined) return this.#refuse(node.callee, unknownFunction(name));
    const args = this.#arguments(node), { least, most } = operation;
    if (functionTakes(name, args.length)) return this.#call(node, operation, name, args);
    return this.#refuse(node, `${name} takes ${countOf(least, most)}, but got ${args.length}`);
  }

  #arguments(node: JsNode<"CallExpression">): JsExpression[] {
    return node.arguments.map((arg) => arg.type === "SpreadElement" ? this.#refuse(arg) : arg);
  }

  #member(node: JsNode<"MemberExpression">): SyntaxNode {
    const name = this.#memberName(node);
    const value = constantNamed(name);
    if (value !== undefined) {
      return this.#nodes.add({ kind: "number", value: floatConstant(value), at: spanOf(node) });
    }
    const isFunction = functionNamed(name) !== undefined || name === "Math.random";
    return this.#refuse(
      node,
      isFunction ? `${name} is a function: call it with its arguments, ${name}(…)` : unknownMember(name),
    );
  }

  /** The name of a member of Math or Number, such as `Math.PI`; anything else is refused. */
  #memberName(node: JsExpression | JsSuper): string {
    if (node.type !== "MemberExpression") {
      return this.#refuse(node, refusalOfCallee(node.type, node.type === "Literal" ? node.raw : undefined));
    }
    const { object, property, computed } = node;
    const isKnown = object.type === "Identifier" && (object.name === "Math" || object.name === "Number");
    if (!isKnown) return this.#refuse(node, refusalOfMember(computed));
    if (this.#scope.hasValue(object.name)) {
      return this.#refuse(object, `${quoted(object.name)} is a number here and has no members`);
    }
    if (computed || property.type !== "Identifier") {
      return this.#refuse(node, `Members are written with a point: ${object.name}.name`);
    }
    return `${object.name}.${property.name}`;
  }

  #refuse(node: Placed, reason: string = refusalOf(node.type)): never {
    throw expressionError(reason, this.#nodes.source, node.start);
  }
}

type JsSuper = Extract<JsNode<"CallExpression">["callee"], { type: "Super" }>;

function spanOf({ start, end }: Placed): { start: number; end: number } {
  return { start, end };
}
