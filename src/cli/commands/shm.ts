/**
 * The command `shm`: which shared memory was created here, and removing what was left over.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { showShape } from "../../array/layout/shape.ts";
import { SharedNdArray } from "../../array/shared_ndarray.ts";
import { showBytes, UsageError } from "../../errors.ts";
import { unknownWord } from "../arg_values.ts";
import type { CliIo } from "../cli_io.ts";
import { listShared, removeShared, type SharedSegment } from "../shared_segments.ts";

const HELP = `tilewise shm: shared memory that was created under a name and is still there

usage: deno run --allow-read --allow-ffi cli.ts shm list [--json]
       deno run --allow-read --allow-ffi cli.ts shm clean [NAME…] [--all] [--json]

  list        name, size, dtype, shape, age, and whether the process that created it is running
  clean       remove what was created by a process that has ended since
  clean NAME  remove these, whoever created them
  clean --all remove all that was created by tilewise, even if its process is running; what has the
              memory keeps it
  --json      one JSON object

Listing needs Linux. Memory that a run left on purpose (--output vpd=shm:NAME) is removed by name
or by --all only.
`;

const FLAGS = ["all", "json", "help"] as const;
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
    const { action, names, all, json, help } = parseWords(words);
    if (help) return io.stdout(HELP);
    if (action === "list") {
      const segments = listShared();
      return io.stdout(json ? `${JSON.stringify({ segments })}\n` : listText(segments));
    }
    const removed = clean(names, all);
    io.stdout(json ? `${JSON.stringify({ removed })}\n` : removedText(removed));
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
  readonly help: boolean;
} {
  const args = parseArgs(words.map((word) => word === "-h" ? "--help" : word), {
    boolean: [...FLAGS],
    string: ["_"],
    unknown: (word, key) => {
      if (key === undefined) return true;
      throw unknownWord("flag", word.split("=", 1)[0], FLAGS.map((flag) => `--${flag}`));
    },
  });
  const [action, ...names] = args._.map(String), { all, json, help } = args;
  if (help) return { action: "", names, all, json, help };
  if (action === undefined) throw new UsageError("shm needs a word more: list or clean");
  if (!ACTIONS.includes(action)) {
    throw unknownWord("word behind shm", action, ACTIONS, "expected list or clean");
  }
  if (action === "list" && (all || names.length > 0)) {
    throw new UsageError(`shm list takes no ${all ? "--all" : "names"}: it shows what there is`);
  }
  if (all && names.length > 0) throw new UsageError("shm clean takes names or --all, not both");
  return { action, names, all, json, help };
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
