/**
 * The message for a value that is not what its snapshot says.
 *
 * @module
 */
import { assertEquals, AssertionError } from "@std/assert";

/** Says how the two texts differ, and how to accept the new one. */
export function describeMismatch(actual: string, expected: string): string {
  return [
    "Snapshot does not match:",
    describeDifference(actual, expected),
    "To update snapshots, run",
    "    deno test --allow-read --allow-write [files]... -- --update",
    "",
  ].join("\n");
}

/** What `assertEquals` says about the two, without its first line. */
function describeDifference(actual: string, expected: string): string {
  try {
    assertEquals(actual, expected);
  } catch (error) {
    if (error instanceof AssertionError) return error.message.replace(/^.*\n/, "");
    throw error;
  }
  return "";
}
