/**
 * From text to what it says: strings and functions are parsed, never evaluated.
 *
 * @module
 */

import { type Acorn, loadAcorn, parseExpression, parseStatements } from "./acorn.ts";
import { constantNamed } from "./constants.ts";
import { expressionError } from "./diagnostics.ts";
import { readFunction, readStatements } from "./statements.ts";
import { looksLikeRead } from "./read_form.ts";
import { readSimple } from "./simple_text.ts";
import type { ParsedKernel } from "./syntax.ts";

export type { ParsedKernel } from "./syntax.ts";

/** A kernel as it is written: a string, or a function whose text is read. It is never called. */
export type KernelSource = string | ((...args: never[]) => unknown);

/** How many kernels are kept. */
const KEPT = 256;
/** By the text; those used last stand last. */
const kept = new Map<string, ParsedKernel>();

/**
 * Parses a kernel. The first call loads the parser.
 *
 * @param source An expression, statements such as `a = …; b = …`, the text of an arrow function, or a function.
 * @returns What it says; the same object for the same text, while it is kept.
 * @throws {ExpressionError} If it is not part of the language; the message shows the place.
 */
export async function parseKernel(source: KernelSource): Promise<ParsedKernel> {
  const isText = typeof source === "string";
  const text = isText ? source : Function.prototype.toString.call(source);
  const key = (isText ? "s" : "f") + text;
  const simple = isText ? readSimple(text) : undefined;
  const parsed = kept.get(key) ??
    (simple === undefined
      ? (isText ? parseText : parseFunction)(await loadAcorn(), text)
      : readStatements(text, simple));
  kept.delete(key);
  kept.set(key, parsed);
  for (const [oldest] of kept) {
    if (kept.size <= KEPT) break;
    kept.delete(oldest);
  }
  return parsed;
}

/**
 * The names that a kernel reads from outside: inputs and scalars.
 *
 * @param parsed The kernel.
 * @returns A function's parameters in their order; otherwise names in the order of their first use, without
 * constants. A
 *   name that is called stands among them if it can be an input that is read at another place.
 */
export function freeNames(parsed: ParsedKernel): readonly string[] {
  if (parsed.parameters !== null) return [...new Set(parsed.parameters.map(({ name }) => name))];
  const calls = parsed.nodes.filter((node) => node.kind === "read");
  const unknown = new Set(calls.filter((call) => !looksLikeRead(call)).map(({ of }) => of));
  const names = parsed.nodes.flatMap((node) => node.kind === "name" && !unknown.has(node) ? [node.name] : []);
  return [...new Set(names)].filter((name) => constantNamed(name) === undefined);
}

/**
 * The names of a kernel's outputs.
 *
 * @param parsed The kernel.
 * @returns The names in their order, or null for one output without a name.
 */
export function outputNames(parsed: ParsedKernel): readonly string[] | null {
  const names = parsed.outputs.flatMap(({ name }) => name === null ? [] : [name]);
  return names.length === 0 ? null : names;
}

function parseText(acorn: Acorn, source: string): ParsedKernel {
  const statements = parseStatements(acorn, source).filter(({ type }) => type !== "EmptyStatement");
  const [only] = statements;
  if (statements.length === 1 && only.type === "ExpressionStatement") {
    if (only.expression.type === "ArrowFunctionExpression") return readFunction(source, only.expression);
  }
  return readStatements(source, statements);
}

function parseFunction(acorn: Acorn, source: string): ParsedKernel {
  const refuse = (reason: string) => expressionError(reason, source, 0);
  if (/\{\s*\[native code\]\s*\}\s*$/.test(source)) {
    throw refuse("A built-in or bound function has no text: write a function, (x) => sin(x)");
  }
  const node = isMethod(acorn, source) ? undefined : parseExpression(acorn, source);
  switch (node?.type) {
    case "ArrowFunctionExpression":
    case "FunctionExpression":
      return readFunction(source, node);
    case "ClassExpression":
      throw refuse("A class is not a kernel: write a function, (a, b) => a + b");
    default:
      throw refuse("A method is not a kernel: write it as an arrow function, (a, b) => …");
  }
}

/** Whether a function's text makes sense only within an object. */
function isMethod(acorn: Acorn, source: string): boolean {
  if (/^(?:async\s*)?(?:function\b|class\b|\(|[\p{ID_Start}$_][\p{ID_Continue}$]*\s*=>)/u.test(source)) {
    return false;
  }
  try {
    return parseExpression(acorn, `({${source}})`).type === "ObjectExpression";
  } catch {
    return false;
  }
}
