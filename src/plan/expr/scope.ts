/**
 * Which names a kernel's text may use, and what they stand for.
 *
 * @module
 */

import { constantNamed } from "./constants.ts";
import { expressionError, guessFor, quoted } from "./diagnostics.ts";
import { floatConstant } from "./literals.ts";
import { functionNamed } from "./ops.ts";
import type { NameSyntax, ParameterSyntax, Span, SyntaxNode, SyntaxNodes } from "./syntax.ts";
import { numberNotFunction, onlyInputsRead, unknownFunction } from "./unknown.ts";

/** What a function has without declaring it. `PI` in its text is a variable from outside, whose value is not seen. */
const BARE_IN_FUNCTIONS: ReadonlySet<string> = new Set(["NaN", "Infinity"]);

/** The names of a kernel. */
export class Scope {
  readonly #nodes: SyntaxNodes;
  /** By the name within the kernel; null where any name may come from outside. */
  readonly #parameters: ReadonlyMap<string, ParameterSyntax> | null;
  readonly #definitions = new Map<string, SyntaxNode>();
  readonly #outputs = new Set<string>();
  readonly #consts = new Set<string>();

  /**
   * Starts without definitions.
   *
   * @param nodes The kernel's parts.
   * @param parameters A function's parameters, by their names within it.
   */
  constructor(nodes: SyntaxNodes, parameters: ReadonlyMap<string, ParameterSyntax> | null) {
    this.#nodes = nodes;
    this.#parameters = parameters;
  }

  /**
   * Announces a const that is declared further on, so that it is not read before.
   *
   * @param name Its name.
   */
  announce(name: string): void {
    this.#consts.add(name);
  }

  /**
   * Gives a const its value.
   *
   * @param name Its name.
   * @param value The value.
   */
  define(name: string, value: SyntaxNode): void {
    this.#definitions.set(name, value);
  }

  /**
   * Gives an output its value, which later statements see under its name.
   *
   * @param name Its name.
   * @param value The value.
   * @param at Where the name stands.
   * @throws {ExpressionError} If it has a value already, or cannot be assigned.
   */
  assign(name: string, value: SyntaxNode, at: Span): void {
    if (this.#consts.has(name)) throw this.#error(`${quoted(name)} is a const and cannot be assigned`, at);
    if (this.#outputs.has(name)) throw this.#error(`The output ${quoted(name)} is assigned twice`, at);
    if (name === "__proto__") throw this.#error("An output cannot be named __proto__", at);
    this.#outputs.add(name);
    this.#definitions.set(name, value);
  }

  /**
   * What a name stands for.
   *
   * @param name The name.
   * @param at Where it stands.
   * @throws {ExpressionError} If it stands for nothing.
   */
  resolve(name: string, at: Span): SyntaxNode {
    const definition = this.#definitions.get(name);
    if (definition !== undefined) return this.#nodes.add({ kind: "use", of: definition, at });
    if (this.#consts.has(name)) throw this.#error(`${quoted(name)} is read before its const is declared`, at);
    if (this.#parameters === null) return this.#nodes.add({ kind: "name", name, at });
    const parameter = this.#parameters.get(name);
    if (parameter !== undefined) return this.#nodes.add({ kind: "name", name: parameter.name, at });
    const value = BARE_IN_FUNCTIONS.has(name) ? constantNamed(name) : undefined;
    if (value !== undefined) return this.#nodes.add({ kind: "number", value: floatConstant(value), at });
    throw this.#error(this.#unseen(name), at);
  }

  /**
   * What a name stands for that is called.
   *
   * @param name The name.
   * @param at Where it stands.
   * @returns What may be an input, to be read at another place; undefined where it is a function.
   * @throws {ExpressionError} If it is neither.
   */
  resolveCalled(name: string, at: Span): NameSyntax | undefined {
    const isFunction = functionNamed(name) !== undefined;
    if (this.#definitions.has(name) || this.#consts.has(name)) {
      const what = this.#consts.has(name) ? "a const" : "an output";
      const reason = isFunction
        ? numberNotFunction(name)
        : onlyInputsRead(name, `${what}, so read its inputs there`);
      throw this.#error(reason, at);
    }
    const parameter = this.#parameters?.get(name);
    if (parameter !== undefined) return this.#nodes.add({ kind: "name", name: parameter.name, at });
    if (isFunction) return undefined;
    if (this.#parameters === null) return this.#nodes.add({ kind: "name", name, at });
    throw this.#error(unknownFunction(name, [...this.#parameters.keys()]), at);
  }

  /**
   * Whether a name stands for a number here: a parameter, a const of the kernel, or an output that was assigned.
   *
   * @param name The name.
   */
  hasValue(name: string): boolean {
    return this.#definitions.has(name) || this.#consts.has(name) || (this.#parameters?.has(name) ?? false);
  }

  #unseen(name: string): string {
    const special = specialName(name);
    if (special !== undefined) return special;
    if (constantNamed(name) !== undefined) {
      return `Unknown name ${
        quoted(name)
      }: values from outside are not seen; write Math.${name} for the constant, ` +
        `or make ${name} a parameter and pass its value under scalars`;
    }
    const known = [...this.#parameters?.keys() ?? [], ...this.#consts, ...BARE_IN_FUNCTIONS];
    const guess = guessFor(name, known);
    return `Unknown name ${quoted(name)}: ${
      guess === undefined ? "a" : `${guess} A`
    } function's text does not show values from outside: ` +
      `make it a parameter and pass its value under scalars`;
  }

  #error(reason: string, at: Span): Error {
    return expressionError(reason, this.#nodes.source, at.start);
  }
}

/**
 * Why a name has no value, where that can be said of the name itself.
 *
 * @param name The name, which is no input, scalar, const or constant.
 */
export function specialName(name: string): string | undefined {
  if (name === "undefined") return "undefined is not a number: write NaN where there is no value";
  if (name === "Math" || name === "Number") {
    return `${name} alone has no value: write ${name}.… for a member of it`;
  }
  if (functionNamed(name) !== undefined) {
    return `${quoted(name)} is a function: call it with its arguments, ${name}(…)`;
  }
  return undefined;
}
