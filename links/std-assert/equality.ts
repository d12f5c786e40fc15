/**
 * Assertions that two values are equal or the same.
 *
 * @module
 */
import { describeDifference } from "./_difference.ts";
import { describe, ending } from "./_text.ts";
import { AssertionError } from "./assertion_error.ts";
import { equal } from "./equal.ts";

/**
 * Asserts that two values have equal contents, as {@linkcode equal} understands it.
 *
 * @param actual The value found.
 * @param expected The value it should be equal to.
 * @param msg Shown in the failure.
 * @throws {AssertionError} If they are not equal.
 */
export function assertEquals<T>(actual: T, expected: T, msg?: string): void {
  if (equal(actual, expected)) return;
  throw new AssertionError(
    `Values are not equal${ending(msg)}\n${describeDifference(actual, expected)}`,
  );
}

/**
 * Asserts that two values do not have equal contents.
 *
 * @param actual The value found.
 * @param expected The value it should differ from.
 * @param msg Shown in the failure.
 * @throws {AssertionError} If they are equal.
 */
export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void {
  if (!equal(actual, expected)) return;
  throw new AssertionError(
    `Expected actual: ${describe(actual)} not to be: ${describe(expected)}${ending(msg)}`,
  );
}

/**
 * Asserts that two values are the same in the sense of `Object.is`.
 *
 * @param actual The value found.
 * @param expected The value it should be.
 * @param msg Shown in the failure.
 * @throws {AssertionError} If they are not the same.
 */
export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T {
  if (Object.is(actual, expected)) return;
  const text = describe(actual);
  if (text === describe(expected)) {
    throw new AssertionError(
      `Values have the same structure but are not reference-equal${ending(msg)}\n\n${
        text.replace(/^/gm, "    ")
      }\n`,
    );
  }
  throw new AssertionError(
    `Values are not strictly equal${ending(msg)}\n${describeDifference(actual, expected)}`,
  );
}
