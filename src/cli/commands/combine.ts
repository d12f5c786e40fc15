/**
 * The command `combine`: makes the result of what the shards of a reduction have left in a store.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "../../errors.ts";
import { openArray } from "../../io/stored.ts";
import { combineReduction } from "../../run/streamed_reduce.ts";
import { integer, optional, unknownWord } from "../arg_values.ts";
import type { CliIo } from "../cli_io.ts";
import { resultLine } from "../reduce_result.ts";
import { describeOutput } from "../summary.ts";
import { combinedLine } from "./stream_reduce.ts";

const HELP = `usage: tilewise combine STORE.zarr/NAME [--workers N] [--json] [--quiet]

Makes the result of the partial results that the shards of a reduction (map --reduce …
--shard 3/64) have left with their output, and writes it there, with the same bits as on
one machine.

exit codes: 0 done, 2 something is missing or damaged; the message says which shards have
to run again
`;

/**
 * Runs `combine`.
 *
 * @param words The words behind the command.
 * @param io Streams and interruption.
 */
export async function runCombine(words: readonly string[], io: CliIo): Promise<void> {
  const booleans = ["json", "quiet", "help"], strings = ["workers"];
  const args = parseArgs([...words], {
    boolean: booleans,
    string: strings,
    alias: { h: "help", q: "quiet" },
    unknown: (word, key) => {
      if (key === undefined) return true;
      const flags = [...booleans, ...strings].map((flag) => `--${flag}`);
      throw unknownWord("flag", word, flags, "see tilewise combine --help");
    },
  });
  if (args.help) return io.stdout(HELP);
  const [path, ...rest] = args._.map(String);
  if (path === undefined || rest.length > 0) {
    throw new UsageError("combine takes one array: tilewise combine STORE.zarr/NAME");
  }
  const workers = optional(args.workers, (text) => integer("--workers", text));
  using output = await openArray(path, { writable: true });
  const { array, report } = await combineReduction(output, { workers, signal: io.signal });
  const name = path.split(/[/\\]/).findLast((part) => part !== "") ?? path;
  if (!args.quiet) io.stderr(combinedLine(path, output));
  if (args.json) {
    io.stdout(JSON.stringify({ ...report, outputs: [describeOutput(name, path, array)] }) + "\n");
  } else if (!args.quiet) io.stdout(resultLine(name, array) + "\n");
}
