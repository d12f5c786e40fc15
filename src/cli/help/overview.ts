/**
 * What `tilewise --help` says: which commands there are, the flags that most runs need, and where the rest is.
 *
 * @module
 */

import { COMMAND_FACTS } from "../flags/commands.ts";
import type { Flag } from "../flags/flag.ts";
import { MAP_FLAGS } from "../flags/map_flags.ts";
import { styled, wrapped } from "../styled_text.ts";
import { flagHead, manualColumns, type ManualScreen, row } from "./manual.ts";

/** The flags of `map` that most runs need, and what they do in fewer words than its manual has. */
const COMMON: Readonly<Partial<Record<keyof typeof MAP_FLAGS, string>>> = {
  expr: "what is computed; names are inputs",
  kernel: "or a module, called for each tile",
  input: "an array from .npy, .npz, .nc, .h5, .tif or a Zarr store",
  output: "where a result goes",
  reduce: "sum, mean, max, median and others, instead of all elements",
  axis: "the axes that are reduced",
  tile: "tile extents on the trailing axes",
  workers: "how many cores are used at most",
  "max-memory": "refuse, or stream in blocks, what needs more",
  show: "print a picture of the result",
  report: "write a page of the run: who did what when",
  json: "the report for programs",
  quiet: "print errors only",
  help: "print this; behind a command, all about it",
  version: "print the version",
};

/**
 * The text.
 *
 * @param screen The terminal.
 */
export function overviewText({ columns, colours }: ManualScreen): string {
  const width = manualColumns(columns), head = (text: string) => styled(text, "bold", colours);
  const paragraph = (text: string) => wrapped(text, width);
  const usage = (text: string, first: string) =>
    wrapped(text, width - first.length).map((line, k) => (k === 0 ? first : " ".repeat(first.length)) + line);
  return [
    paragraph("tilewise: kernels over the tiles of n-dimensional arrays in shared memory").map(head),
    [...usage("tilewise [map] [flags]", "usage: "), ...usage("tilewise COMMAND [words] [flags]", "       ")],
    paragraph(
      "Without flags it fills two random arrays, tmp and rad, computes vpd = tmp + rad on all cores, and reports " +
        "time and memory peaks.",
    ),
    [
      head("commands"),
      ...Object.entries(COMMAND_FACTS).flatMap(([name, { about }]) => row(name, about, width, 16)),
    ],
    [
      head("flags that most runs need"),
      ...Object.entries(COMMON).flatMap(([name, about]) => row(flagHead(name, flagOf(name)), about, width)),
    ],
    [
      head("examples"),
      '  tilewise --expr "sqrt(tmp * tmp + rad * rad)" --show',
      "  tilewise --input a=day.nc:tmp --reduce mean --axis 0 --output m=mean.npy",
      "  tilewise show mean.npy",
      "  tilewise doctor",
    ],
    paragraph(
      "tilewise help map lists all flags of runs, with more examples; tilewise help COMMAND is for the others.",
    ),
    paragraph(
      "Without installing, tilewise is: deno run --allow-read cli.ts, with --allow-write for outputs. Exit codes: 0 " +
        "done, 1 failed, 2 wrong, 130 interrupted.",
    ),
  ].map((lines) => lines.join("\n")).join("\n\n") + "\n";
}

function flagOf(name: string): Flag {
  const flags: Readonly<Record<string, Flag>> = MAP_FLAGS;
  return flags[name];
}
