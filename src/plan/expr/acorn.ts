/**
 * The parser of JavaScript: loaded when the first expression is parsed, and kept. What it says of wrong text becomes one
 * of our sentences.
 *
 * @module
 */

import type { ExpressionError } from "../../errors.ts";
import { expressionError } from "./diagnostics.ts";
import { grouped, MAX_BRACKETS, MAX_TEXT, TOO_DEEP } from "./limits.ts";
import { reasonOfParser } from "./parser_reasons.ts";

const load = () => import("acorn");

/** The parser's module. */
export type Acorn = Awaited<ReturnType<typeof load>>;
/** A JavaScript expression. */
export type JsExpression = ReturnType<Acorn["parseExpressionAt"]>;
/** A JavaScript statement. */
export type JsStatement = ReturnType<Acorn["parse"]>["body"][number];
/** The JavaScript expression of a type. */
export type JsNode<T extends JsExpression["type"]> = Extract<JsExpression, { type: T }>;

const OPTIONS = { ecmaVersion: "latest", sourceType: "module" } as const;

let loaded: Promise<Acorn> | undefined;

/**
 * Loads the parser, once.
 *
 * @returns Its module.
 */
export async function loadAcorn(): Promise<Acorn> {
  return await (loaded ??= load().catch((error) => {
    loaded = undefined;
    throw error;
  }));
}

/**
 * Parses a text as statements.
 *
 * @param acorn The parser.
 * @param source The text.
 * @throws {ExpressionError} If it is not JavaScript.
 */
export function parseStatements(acorn: Acorn, source: string): readonly JsStatement[] {
  refuseHuge(source);
  try {
    return acorn.parse(source, OPTIONS).body;
  } catch (error) {
    throw translated(error, source);
  }
}

/**
 * Parses a text as one expression.
 *
 * @param acorn The parser.
 * @param source The text.
 * @throws {ExpressionError} If it is not JavaScript.
 */
export function parseExpression(acorn: Acorn, source: string): JsExpression {
  refuseHuge(source);
  try {
    return acorn.parseExpressionAt(source, 0, OPTIONS);
  } catch (error) {
    throw translated(error, source);
  }
}

/** Refuses what the parser would take long for, or exhaust the stack. */
function refuseHuge(source: string): void {
  if (source.length > MAX_TEXT) {
    const sizes = [source.length, MAX_TEXT].map(grouped);
    throw expressionError(
      `The expression has ${sizes[0]} characters: at most ${sizes[1]} are parsed`,
      source,
      0,
    );
  }
  let open = 0;
  for (const { 0: bracket, index } of source.matchAll(/[([{)\]}]/g)) {
    open += "([{".includes(bracket) ? 1 : -1;
    if (open > MAX_BRACKETS) throw expressionError(TOO_DEEP, source, index);
  }
}

/** What the parser threw, as an error of ours. */
function translated(error: unknown, source: string): ExpressionError {
  if (error instanceof RangeError) return expressionError(TOO_DEEP, source, 0, { cause: error });
  if (!(error instanceof SyntaxError)) throw error;
  const offset = "pos" in error && typeof error.pos === "number" ? error.pos : 0;
  return expressionError(reasonOfParser(error.message, source, offset), source, offset, { cause: error });
}
