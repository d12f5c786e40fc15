/**
 * The command `shm`: which shared memory was created here, and removing what was left over.
 *
 * @module
 */

import { showShape } from "../../array/layout/shape.ts";
import { SharedNdArray } from "../../array/shared_ndarray.ts";
import { showBytes, UsageError } from "../../errors.ts";
import { unknownWord } from "../arg_values.ts";
import type { CliIo } from "../cli_io.ts";
import { SHM_FLAGS } from "../flags/command_flags.ts";
import { readWords } from "../flags/read_words.ts";
import { versioned } from "../report_json.ts";
import { listShared, removeShared, type SharedSegment } from "../shared_segments.ts";

const ACTIONS = ["list", "clean"];

/**
 * Runs `shm`.
 *
 * @param words The words behind `shm`.
 * @param io Streams and interruption.
 * @throws {UsageError} If a word is unknown, or this system cannot list shared memory.
 */
export function runShm(words: readonly string[], io: CliIo): Promise<void> {
  return Promise.try(() => {
    const { action, names, all, json } = parseWords(words);
    if (action === "list") {
      const segments = listShared();
      return io.stdout(json ? `${JSON.stringify(versioned({ segments }, "shm"))}\n` : listText(segments));
    }
    const removed = clean(names, all);
    io.stdout(json ? `${JSON.stringify(versioned({ removed }, "shm"))}\n` : removedText(removed));
  });
}

function clean(names: readonly string[], all: boolean): string[] {
  if (names.length > 0) {
    return removeNamed(names);
  }
  const found = listShared(), wanted = all ? found : found.filter(({ owner }) => owner === "ended");
  return wanted.filter((segment) => removeShared(segment)).map(({ name }) => name);
}

/** Removes what is there of several, and then says of what is not. */
function removeNamed(names: readonly string[]): string[] {
  const failures: unknown[] = [], removed: string[] = [];
  for (const name of names) {
    try {
      SharedNdArray.unlink(name);
      removed.push(name);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length === 0) return removed;
  if (removed.length === 0) throw failures[0];
  const [{ message }] = failures.map((error) => error instanceof Error ? error : new Error(String(error)));
  throw new UsageError(`${message}; removed: ${removed.join(", ")}`, { cause: failures[0] });
}

function parseWords(words: readonly string[]): {
  readonly action: string;
  readonly names: readonly string[];
  readonly all: boolean;
  readonly json: boolean;
} {
  const { all, json, places: [action, ...names] } = readWords("shm", SHM_FLAGS, words);
  if (action === undefined) throw new UsageError("shm needs a word more: list or clean");
  if (!ACTIONS.includes(action)) {
    throw unknownWord("word behind shm", action, ACTIONS, "expected list or clean");
  }
  if (action === "list" && (all || names.length > 0)) {
    throw new UsageError(`shm list takes no ${all ? "--all" : "names"}: it shows what there is`);
  }
  if (all && names.length > 0) throw new UsageError("shm clean takes names or --all, not both");
  return { action, names, all, json };
}

function listText(segments: readonly SharedSegment[]): string {
  if (segments.length === 0) return "No shared memory that was created here is left\n";
  const rows = segments.map(({ name, bytes, dtype, shape, ageSeconds, pid, owner }) => [
    name,
    bytes === null ? "gone" : showBytes(bytes),
    `${dtype} ${showShape(shape)}`,
    ageText(ageSeconds),
    String(pid),
    owner,
  ]);
  const table = [["name", "size", "array", "age", "process", "which"], ...rows];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table.map((row) =>
    `${row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()}\n`
  )
    .join("");
}

function ageText(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86_400)} d`;
}

function removedText(removed: readonly string[]): string {
  return removed.length === 0 ? "Nothing to remove\n" : removed.map((name) => `Removed ${name}\n`).join("");
}
