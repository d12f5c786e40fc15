/**
 * Assertions about the order and the distance of values.
 *
 * @module
 */
import { describe, ending } from "./_text.ts";
import { AssertionError } from "./assertion_error.ts";

/**
 * Asserts `actual < expected`.
 *
 * @param actual The value found.
 * @param expected The bound.
 * @param msg The failure's message.
 * @throws {AssertionError} If it does not hold.
 */
export function assertLess<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual < expected)) failComparison(actual, "<", expected, msg);
}

/**
 * Asserts `actual <= expected`.
 *
 * @param actual The value found.
 * @param expected The bound.
 * @param msg The failure's message.
 * @throws {AssertionError} If it does not hold.
 */
export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void {
  if (!(actual <= expected)) failComparison(actual, "<=", expected, msg);
}

function failComparison(actual: unknown, sign: string, expected: unknown, msg: string | undefined): never {
  throw new AssertionError(msg ?? `Expect ${describe(actual)} ${sign} ${describe(expected)}`);
}

/** The tolerance relative to the expected number, and the absolute one beside infinities. */
const DEFAULT_TOLERANCE = 1e-7;

/**
 * Asserts that two numbers are close. NaN is close to NaN only.
 *
 * @param actual The number found.
 * @param expected The number it should be close to.
 * @param tolerance The largest absolute difference, 1e-7 of the expected number if left out.
 * @param msg Shown in the failure.
 * @throws {AssertionError} If they are further apart.
 */
export function assertAlmostEquals(actual: number, expected: number, tolerance?: number, msg?: string): void {
  if (Object.is(actual, expected)) return;
  const limit = tolerance ??
    (isFinite(expected) ? Math.abs(expected * DEFAULT_TOLERANCE) : DEFAULT_TOLERANCE);
  const delta = Math.abs(expected - actual);
  if (delta <= limit) return;
  const [a, e, d, l] = [actual, expected, delta, limit].map(writeNumber);
  throw new AssertionError(
    `Expected actual: "${a}" to be close to "${e}": delta "${d}" is greater than "${l}"${ending(msg)}`,
  );
}

function writeNumber(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toExponential();
}
