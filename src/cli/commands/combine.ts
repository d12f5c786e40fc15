/**
 * The command `combine`: makes the result of what the shards of a reduction have left in a store.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { openArray } from "../../io/stored.ts";
import { combineReduction } from "../../run/streamed_reduce.ts";
import { integer, optional } from "../arg_values.ts";
import type { CliIo } from "../cli_io.ts";
import { COMBINE_FLAGS } from "../flags/command_flags.ts";
import { readWords } from "../flags/read_words.ts";
import { versioned } from "../report_json.ts";
import { resultText } from "../report_text.ts";
import { resultLine } from "../reduce_result.ts";
import { describeOutput } from "../summary.ts";
import { combinedLine } from "./stream_reduce.ts";

/**
 * Runs `combine`.
 *
 * @param words The words behind the command.
 * @param io Streams and interruption.
 */
export async function runCombine(words: readonly string[], io: CliIo): Promise<void> {
  const { places, ...args } = readWords("combine", COMBINE_FLAGS, words), [path, ...rest] = places;
  if (path === undefined || rest.length > 0) {
    throw new UsageError("combine takes one array: tilewise combine STORE.zarr/NAME");
  }
  const workers = optional(args.workers, (text) => integer("--workers", text));
  using output = await openArray(path, { writable: true });
  const { array, report } = await combineReduction(output, { workers, signal: io.signal });
  const name = path.split(/[/\\]/).findLast((part) => part !== "") ?? path;
  if (!args.quiet) io.stderr(combinedLine(path, output));
  if (args.json) {
    const outputs = [describeOutput(name, path, array)];
    io.stdout(JSON.stringify(versioned({ ...report, outputs })) + "\n");
  } else if (!args.quiet) io.stdout(resultText(resultLine(name, array), io) + "\n");
}
