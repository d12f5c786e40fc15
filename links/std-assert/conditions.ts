/**
 * Assertions about one value.
 *
 * @module
 */
import { ending } from "./_text.ts";
import { AssertionError } from "./assertion_error.ts";

/** The values that count as false in a condition, NaN aside. */
export type Falsy = false | 0 | 0n | "" | null | undefined;

/**
 * Asserts that a condition holds.
 *
 * @param expr The condition.
 * @param msg The failure's message.
 * @throws {AssertionError} If it does not hold.
 */
export function assert(expr: unknown, msg = ""): asserts expr {
  if (!expr) throw new AssertionError(msg);
}

/**
 * Asserts that a condition does not hold.
 *
 * @param expr The condition.
 * @param msg The failure's message.
 * @throws {AssertionError} If it holds.
 */
export function assertFalse(expr: unknown, msg = ""): asserts expr is Falsy {
  if (expr) throw new AssertionError(msg);
}

/**
 * Asserts that a value is an instance of a class.
 *
 * @param actual The value.
 * @param expectedType The class.
 * @param msg Shown in the failure.
 * @throws {AssertionError} If it is not.
 */
export function assertInstanceOf<T>(
  actual: unknown,
  expectedType: abstract new (...args: never[]) => T,
  msg = "",
): asserts actual is T {
  if (actual instanceof expectedType) return;
  const kind = kindOf(actual);
  let found = ` but was "${kind}"`;
  if (kind === expectedType.name) found = "";
  else if (kind === "function") found = " but was not an instanced object";
  throw new AssertionError(
    `Expected object to be an instance of "${expectedType.name}"${found}${ending(msg)}`,
  );
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? value.constructor?.name ?? "Object" : typeof value;
}
