/**
 * The command `info`: what there is in a file, a store or shared memory.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import type { CliIo } from "../cli_io.ts";
import { INFO_FLAGS } from "../flags/command_flags.ts";
import { readWords } from "../flags/read_words.ts";
import { namedFile } from "../named_args.ts";

/**
 * Runs `info`.
 *
 * @param words The words behind `info`.
 * @param io Streams and interruption.
 * @throws {UsageError} If a word is unknown or missing.
 * @throws {FormatError} If what is named cannot be read.
 */
export async function runInfo(words: readonly string[], io: CliIo): Promise<void> {
  const { json, places: [place, ...rest] } = readWords("info", INFO_FLAGS, words);
  if (place === undefined || place === "") {
    throw new UsageError("info needs a file or a store, as in info store.zarr or info day.nc");
  }
  if (rest.length > 0) {
    throw new UsageError(`Unexpected word ${JSON.stringify(rest[0])} behind info ${place}`);
  }
  const { describe } = await import("../described_file.ts");
  // Only what follows the name counts, which the words of inputs have.
  const described = await describe(namedFile("info", `array=${place}`));
  const { describedJson, describedText } = await import("../described_text.ts");
  io.stdout(json ? describedJson(described) : describedText(described));
}
