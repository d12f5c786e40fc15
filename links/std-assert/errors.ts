/**
 * Assertions about errors, thrown or rejected with.
 *
 * @module
 */
import { stripVTControlCharacters } from "node:util";
import { ending } from "./_text.ts";
import { AssertionError } from "./assertion_error.ts";

/** A class of errors, whatever its constructor takes. */
type ErrorClass<E> = abstract new (...args: never[]) => E;

/**
 * Asserts that a value is an error. Colours in messages do not count.
 *
 * @param error The value.
 * @param ErrorClass The class it should be an instance of.
 * @param msgMatches What its message should contain or match.
 * @param msg Shown in the failure.
 * @throws {AssertionError} If it is not such an error.
 */
export function assertIsError<E extends Error = Error>(
  error: unknown,
  ErrorClass?: ErrorClass<E>,
  msgMatches?: string | RegExp,
  msg?: string,
): asserts error is E {
  if (!(error instanceof Error)) {
    throw new AssertionError(`Expected "error" to be an Error object${ending(msg)}`);
  }
  if (ErrorClass && !(error instanceof ErrorClass)) {
    // The type says `never` here, because an Error that is no E is possible at run time only.
    const found = (error as Error).constructor?.name;
    throw new AssertionError(
      `Expected error to be instance of "${ErrorClass.name}", but was "${found}"${ending(msg)}`,
    );
  }
  if (!msgMatches) return;
  const { message } = error;
  const text = stripVTControlCharacters(message);
  const matches = typeof msgMatches === "string"
    ? text.includes(stripVTControlCharacters(msgMatches))
    : msgMatches.test(text);
  if (matches) return;
  const wanted = typeof msgMatches === "string" ? JSON.stringify(msgMatches) : String(msgMatches);
  throw new AssertionError(
    `Expected error message to include ${wanted}, but got ${JSON.stringify(message)}${ending(msg)}`,
  );
}

/**
 * Asserts that a function throws.
 *
 * @param fn The function.
 * @param msg Shown in the failure.
 * @returns What it threw.
 * @throws {AssertionError} If it returns.
 */
export function assertThrows(fn: () => unknown, msg?: string): unknown;
/**
 * Asserts that a function throws an error of a class.
 *
 * @param fn The function.
 * @param ErrorClass The class.
 * @param msgIncludes What the error's message should contain.
 * @param msg Shown in the failure.
 * @returns The error.
 * @throws {AssertionError} If it returns or throws something else.
 */
export function assertThrows<E extends Error = Error>(
  fn: () => unknown,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): E;
export function assertThrows(
  fn: () => unknown,
  classOrMsg?: ErrorClass<Error> | string,
  includesOrMsg?: string,
  msg?: string,
): unknown {
  const wanted = readExpectation(classOrMsg, includesOrMsg, msg);
  try {
    fn();
  } catch (error) {
    wanted.check(error, "thrown");
    return error;
  }
  throw new AssertionError(`Expected function to throw${ending(wanted.msg)}`);
}

/**
 * Asserts that a function returns a promise that rejects.
 *
 * @param fn The function.
 * @param msg Shown in the failure.
 * @returns What the promise rejected with.
 * @throws {AssertionError} If the promise resolves, or if the function throws or returns no promise.
 */
export function assertRejects(fn: () => PromiseLike<unknown>, msg?: string): Promise<unknown>;
/**
 * Asserts that a function returns a promise that rejects with an error of a class.
 *
 * @param fn The function.
 * @param ErrorClass The class.
 * @param msgIncludes What the error's message should contain.
 * @param msg Shown in the failure.
 * @returns The error.
 * @throws {AssertionError} If the promise resolves or rejects with something else, or if there is no promise.
 */
export function assertRejects<E extends Error = Error>(
  fn: () => PromiseLike<unknown>,
  ErrorClass: ErrorClass<E>,
  msgIncludes?: string,
  msg?: string,
): Promise<E>;
export async function assertRejects(
  fn: () => PromiseLike<unknown>,
  classOrMsg?: ErrorClass<Error> | string,
  includesOrMsg?: string,
  msg?: string,
): Promise<unknown> {
  const wanted = readExpectation(classOrMsg, includesOrMsg, msg);
  const promise = callForPromise(fn);
  if (!promise) {
    throw new AssertionError(`Function throws when expected to reject${ending(wanted.msg)}`);
  }
  try {
    await promise;
  } catch (error) {
    wanted.check(error, "rejected");
    return error;
  }
  throw new AssertionError(`Expected function to reject${ending(wanted.msg)}`);
}

/** Undefined if the function throws or returns something else. */
function callForPromise(fn: () => unknown): object | undefined {
  try {
    const result = fn();
    const isPromise = typeof result === "object" && result !== null && "then" in result &&
      typeof result.then === "function";
    return isPromise ? result : undefined;
  } catch {
    return undefined;
  }
}

/** What an error should be, from arguments that may leave out the class. */
function readExpectation(
  classOrMsg: ErrorClass<Error> | string | undefined,
  includesOrMsg: string | undefined,
  ownMsg: string | undefined,
): { msg: string | undefined; check(error: unknown, how: string): void } {
  const ErrorClass = typeof classOrMsg === "string" ? undefined : classOrMsg;
  const msg = typeof classOrMsg === "string" ? classOrMsg : ownMsg;
  return {
    msg,
    check(error, how) {
      if (!ErrorClass) return;
      if (!(error instanceof Error)) {
        throw new AssertionError(`A non-Error object was ${how}${ending(msg)}`);
      }
      assertIsError(error, ErrorClass, includesOrMsg, msg);
    },
  };
}
