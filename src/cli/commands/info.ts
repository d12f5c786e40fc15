/**
 * The command `info`: what there is in a file, a store or shared memory.
 *
 * @module
 */

import { parseArgs } from "@std/cli/parse-args";
import { UsageError } from "../../errors.ts";
import { unknownWord } from "../arg_values.ts";
import type { CliIo } from "../cli_io.ts";
import { namedFile } from "../named_args.ts";

const HELP = `tilewise info: which arrays there are, and how they are stored

usage: deno run --allow-read cli.ts info FILE[:NAME] [--json]
       deno run --allow-read --allow-net cli.ts info https://HOST/STORE.zarr[/NAME] [--json]

Reads .npy, .npz, .nc (NetCDF-3 and NetCDF-4), .nc4, .h5, .hdf5, .tif and .tiff files, and Zarr
stores: of each array its name, dtype, shape, chunks, codecs, size in memory and as it is
stored, names of axes, fill value and attributes. Nothing but headers and metadata is read.
shm:NAME is shared memory, which needs --allow-ffi.

  --json      one JSON object
  -h, --help  print this

exit codes: 0 done, 2 there is no such thing, or it cannot be read
`;

const FLAGS = ["json", "help"] as const;

/**
 * Runs `info`.
 *
 * @param words The words behind `info`.
 * @param io Streams and interruption.
 * @throws {UsageError} If a word is unknown or missing.
 * @throws {FormatError} If what is named cannot be read.
 */
export async function runInfo(words: readonly string[], io: CliIo): Promise<void> {
  const args = parseArgs(words.map((word) => word === "-h" ? "--help" : word), {
    boolean: [...FLAGS],
    string: ["_"],
    unknown: (word, key) => {
      if (key === undefined) return true;
      throw unknownWord("flag", word.split("=", 1)[0], FLAGS.map((flag) => `--${flag}`));
    },
  });
  if (args.help) {
    io.stdout(HELP);
    return;
  }
  const [place, ...rest] = args._.map(String);
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
  io.stdout(args.json ? describedJson(described) : describedText(described));
}
