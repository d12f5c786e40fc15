/**
 * A kernel's text as it is understood, before anything has a dtype.
 *
 * Invariants:
 * 1. `nodes` holds every part once, after all the parts that it is made of: one pass from first to last sees arguments
 *    before what is computed from them, without recursion.
 * 2. What is written between JavaScript's signs and names is an operation of the table, or a read of an input at another
 *    place; there are no other calls.
 *
 * @module
 */

import { expressionError } from "./diagnostics.ts";
import type { Constant } from "./literals.ts";
import { MAX_DEPTH, MAX_NODES, TOO_DEEP, TOO_LARGE } from "./limits.ts";
import type { Operation } from "./operation.ts";

/** A place in a source, in UTF-16 code units. */
export interface Span {
  readonly start: number;
  /** After the last one. */
  readonly end: number;
}

/** A number that stands in the text, or a constant. */
export interface NumberSyntax {
  readonly kind: "number";
  readonly value: Constant;
  readonly at: Span;
}

/** `true` or `false`. */
export interface BoolSyntax {
  readonly kind: "bool";
  readonly value: boolean;
  readonly at: Span;
}

/** The name of an input, a scalar or a constant: which of them, only the environment tells. */
export interface NameSyntax {
  readonly kind: "name";
  /** The name outside of the kernel. */
  readonly name: string;
  readonly at: Span;
}

/** A const or an output that was defined before. */
export interface UseSyntax {
  readonly kind: "use";
  readonly of: SyntaxNode;
  readonly at: Span;
}

/** An operator or a function with its arguments. */
export interface CallSyntax {
  readonly kind: "call";
  readonly operation: Operation;
  /** As it is written, such as `+` or `Math.exp`. */
  readonly spelled: string;
  readonly args: readonly SyntaxNode[];
  readonly at: Span;
}

/** A name that is called, such as `z(0, -1)`: whether it is an input, only the environment tells. */
export interface ReadSyntax {
  readonly kind: "read";
  readonly of: NameSyntax;
  /** What stands in the brackets; the checker wants integers of the text. */
  readonly args: readonly SyntaxNode[];
  readonly at: Span;
}

/** A part of an expression. */
export type SyntaxNode = NumberSyntax | BoolSyntax | NameSyntax | UseSyntax | CallSyntax | ReadSyntax;

/** What a kernel computes, by name. */
export interface OutputSyntax {
  /** Null where it is one expression without a name. */
  readonly name: string | null;
  readonly value: SyntaxNode;
  /** Where its name stands, or its value. */
  readonly at: Span;
}

/** A parameter of a function. */
export interface ParameterSyntax {
  /** The name outside of the kernel. */
  readonly name: string;
  readonly at: Span;
}

/** A kernel whose text is understood; names and dtypes are not checked yet. */
export interface ParsedKernel {
  /** The text. */
  readonly source: string;
  /** All parts, in the order of invariant 1. */
  readonly nodes: readonly SyntaxNode[];
  /** At least one; either all have a name, or there is one without. */
  readonly outputs: readonly OutputSyntax[];
  /** A function's parameters; null where any name may be used. */
  readonly parameters: readonly ParameterSyntax[] | null;
}

/** Collects the parts of a kernel. */
export class SyntaxNodes {
  readonly source: string;
  readonly nodes: SyntaxNode[] = [];
  readonly #depths = new Map<SyntaxNode, number>();

  /**
   * Starts without any.
   *
   * @param source The text.
   */
  constructor(source: string) {
    this.source = source;
  }

  /**
   * Adds a part.
   *
   * @param node The part; what it is made of was added before.
   * @throws {ExpressionError} If there are too many, or it is nested too deeply.
   */
  add<T extends SyntaxNode>(node: T): T {
    if (this.nodes.length >= MAX_NODES) throw expressionError(TOO_LARGE, this.source, node.at.start);
    this.#depths.set(node, this.#depth(node));
    this.nodes.push(node);
    return node;
  }

  #depth(node: SyntaxNode): number {
    if (node.kind === "use") return this.#depths.get(node.of) ?? 0;
    if (node.kind !== "call" && node.kind !== "read") return 1;
    let deepest = 0;
    for (const arg of node.args) deepest = Math.max(deepest, this.#depths.get(arg) ?? 0);
    if (deepest >= MAX_DEPTH) throw expressionError(TOO_DEEP, this.source, node.at.start);
    return deepest + 1;
  }
}
