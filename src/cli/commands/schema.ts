/**
 * The command `schema`: what `--json` prints, as a JSON Schema.
 *
 * @module
 */

import { UsageError } from "../../errors.ts";
import { unknownWord } from "../arg_values.ts";
import type { CliIo } from "../cli_io.ts";
import { HELP_ONLY } from "../flags/command_flags.ts";
import { readWords } from "../flags/read_words.ts";
import { loadSchema, SCHEMA_VERSIONS, type SchemaName } from "../report_json.ts";

/**
 * Runs `schema`.
 *
 * @param words The words behind `schema`.
 * @param io Streams.
 * @throws {UsageError} If there is no such schema, or a word is unknown.
 */
export async function runSchema(words: readonly string[], io: CliIo): Promise<void> {
  const { places: [name = "report", ...rest] } = readWords("schema", HELP_ONLY, words);
  if (rest.length > 0) {
    throw new UsageError(`Unexpected word ${JSON.stringify(rest[0])} behind schema ${name}`);
  }
  const names = Object.keys(SCHEMA_VERSIONS);
  if (!isSchemaName(name)) throw unknownWord("schema", name, names, `there are ${names.join(", ")}`);
  io.stdout(JSON.stringify(await loadSchema(name), null, 2) + "\n");
}

function isSchemaName(name: string): name is SchemaName {
  return Object.hasOwn(SCHEMA_VERSIONS, name);
}
