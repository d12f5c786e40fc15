/**
 * Comparing values with those of an earlier run, kept in `__snapshots__` beside the test.
 *
 * Run `deno test -A -- --update` (or `-u`) to write what the values are now. The files are the published package's: each can
 * read the other's.
 *
 * ```ts ignore
 * import { assertSnapshot } from "@std/testing/snapshot";
 *
 * Deno.test("plan", async (t) => {
 *   await assertSnapshot(t, { tiles: 16, shape: [365, 4, 4] });
 * });
 * ```
 *
 * @module
 */
import { AssertionError } from "@std/assert";
import { SnapshotFile } from "./_snapshot_file.ts";
import { describeMismatch } from "./_mismatch.ts";

/** Whether snapshots are compared or written. */
export type SnapshotMode = "assert" | "update";

/** Options of {@linkcode assertSnapshot}. */
export interface SnapshotOptions<T = unknown> {
  /** The folder of the snapshot file, relative to the test's. `__snapshots__` if left out. */
  dir?: string;
  /** Compare or write. If left out, what the command line says. */
  mode?: SnapshotMode;
  /** The failure's message. */
  msg?: string;
  /** The snapshot's name, to which a count is added. If left out, the names of test and steps. */
  name?: string;
  /** The snapshot file, relative to the test's folder. Wins over `dir`. */
  path?: string;
  /** Turns the value into text. {@linkcode serialize} if left out. */
  serializer?: (actual: T) => string;
}

/**
 * Asserts that a value is what it was when the snapshot was written. In update mode, writes it when the tests are over.
 *
 * @param context The test's context, also a step's.
 * @param actual The value.
 * @param options Where the snapshot is and what it is called.
 * @throws {AssertionError} If the value differs, or if there is no snapshot.
 */
export async function assertSnapshot<T>(
  context: Deno.TestContext,
  actual: T,
  options: SnapshotOptions<T>,
): Promise<void>;
/**
 * Asserts that a value is what it was when the snapshot was written. In update mode, writes it when the tests are over.
 *
 * @param context The test's context, also a step's.
 * @param actual The value.
 * @param message The failure's message.
 * @throws {AssertionError} If the value differs, or if there is no snapshot.
 */
export async function assertSnapshot<T>(
  context: Deno.TestContext,
  actual: T,
  message?: string,
): Promise<void>;
export async function assertSnapshot(
  context: Deno.TestContext,
  actual: unknown,
  messageOrOptions: string | SnapshotOptions = {},
): Promise<void> {
  const options = typeof messageOrOptions === "string" ? { msg: messageOrOptions } : messageOrOptions;
  const refuse = (message: string) => new AssertionError(options.msg ?? message);

  const file = SnapshotFile.find(context.origin, options);
  const name = file.nextName(options.name || fullName(context));
  const updating = (options.mode ?? (isUpdateRun() ? "update" : "assert")) === "update";
  const known = await file.read(updating, refuse);
  file.touch(name);

  const text = (options.serializer ?? serialize)(actual);
  const expected = known.get(name);
  if (updating) {
    await file.writeAtEnd();
    if (text !== expected) file.update(name, text);
  } else if (expected === undefined) {
    throw refuse(`Missing snapshot: ${name}`);
  } else if (text !== expected) {
    throw refuse(describeMismatch(text, expected));
  }
}

/**
 * The text of a value as snapshots have it.
 *
 * @param actual The value.
 * @returns The text, with sorted keys and one line for each element.
 */
export function serialize(actual: unknown): string {
  const text = Deno.inspect(actual, {
    depth: Infinity,
    sorted: true,
    trailingComma: true,
    compact: false,
    iterableLimit: Infinity,
    strAbbreviateSize: Infinity,
    breakLength: Infinity,
    escapeSequences: false,
  });
  // A carriage return would not survive in a template literal.
  return text.replaceAll("\r", "\\r");
}

function fullName(context: Deno.TestContext): string {
  return context.parent ? `${fullName(context.parent)} > ${context.name}` : context.name;
}

function isUpdateRun(): boolean {
  return Deno.args.includes("--update") || Deno.args.includes("-u");
}
