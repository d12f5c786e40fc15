/**
 * The flags of `map`: what is run, on which arrays, and what is told of it.
 *
 * @module
 */

import { DTYPE_NAMES } from "../../dtype.ts";
import type { FlagTable } from "./flag.ts";
import { GUARD_FLAGS } from "./guard_flags.ts";
import { REDUCE_FLAGS } from "./reduce_flags.ts";
import { STREAM_FLAGS } from "./stream_flags.ts";

/** What to run. */
export const WORK_FLAGS = {
  expr: {
    kind: "text",
    value: '"tmp + rad"',
    help:
      'An expression in JavaScript\'s syntax, or several assignments, as in "a = tmp + rad; b = sqrt(a)". ' +
      "Default: vpd = tmp + rad.",
  },
  scalar: {
    kind: "list",
    value: "k=3",
    help: "A number that the expression reads; repeatable. Whole numbers are integers, 3.0 is not.",
  },
  strict: { kind: "switch", help: "The same bits on every machine, for a little more time." },
  explain: { kind: "switch", help: "Print what the expression compiles to, and run nothing." },
  kernel: {
    kind: "text",
    value: "FILE.ts",
    files: "file",
    help: "A module whose default export is (arrays, tile) => value, instead of an expression.",
  },
  tile: {
    kind: "text",
    value: "4,4",
    help:
      "Tile extents in elements on the trailing axes; leading axes stay whole. Default: chosen so that all " +
      "workers have work.",
  },
  workers: {
    kind: "text",
    value: "10",
    help:
      "Number of workers at most. Default: the machine's cores. A small run uses fewer when it is over before " +
      "all are open.",
  },
  exact: { kind: "switch", help: "Use all workers even so." },
} as const satisfies FlagTable;

/** What lies around tiles. */
export const HALO_FLAGS = {
  halo: {
    kind: "text",
    value: "1",
    isSigned: true,
    help:
      "How many cells around its tile a --kernel sees, or one number an axis, as in 1,0, or BEFORE:AFTER, as " +
      "in 1:2,0. An expression tells by itself. Default: 0.",
  },
  boundary: {
    kind: "text",
    value: "nearest",
    choices: ["reflect", "nearest", "mirror", "wrap", "constant", "none"],
    help:
      'What lies beyond the edges where an expression reads neighbours, as in "z(0, 1) - z(0, -1)": reflect, ' +
      "nearest, mirror, wrap, constant or none; or one an axis, as in wrap,nearest. Default: reflect.",
  },
  "boundary-value": {
    kind: "text",
    value: "0",
    isSigned: true,
    help: "What that is for --boundary constant. Default: 0.",
  },
} as const satisfies FlagTable;

/** Arrays that are read, made and written. */
export const ARRAY_FLAGS = {
  input: {
    kind: "list",
    value: "NAME=FILE[:VAR]",
    files: "named",
    help: "Read an array from .npy, .npz, .nc, .h5 or .tif, or from a Zarr store: a=in.zarr/a, " +
      "a=https://…/in.zarr/a, a=s3://…/in.zarr/a; repeatable. NAME=shm:SEGMENT:float64:365,16,16 attaches to " +
      "shared memory by name, such as Python's, which needs --allow-ffi.",
  },
  output: {
    kind: "list",
    value: "NAME=FILE[:VAR]",
    files: "named",
    help:
      "Write an array as .npy, .npz, .nc or .tif, or to a Zarr store; repeatable; any name for the result of " +
      "--reduce. Shared memory is created where there is none of that name.",
  },
  "output-dtype": {
    kind: "text",
    value: "float32",
    choices: DTYPE_NAMES,
    help: "Dtype of the outputs. Default: what --expr comes to; float64 for --kernel.",
  },
  shape: {
    kind: "text",
    value: "365,16,16",
    help: "Shape of generated inputs, when there is no --input. Default: 365,16,16.",
  },
  dtype: {
    kind: "text",
    value: "float64",
    choices: DTYPE_NAMES,
    help: "Dtype of generated inputs. Default: float64.",
  },
  seed: { kind: "text", value: "1", help: "Seed of generated inputs, an integer. Default: 1." },
} as const satisfies FlagTable;

/** What is told of a run. */
export const REPORT_FLAGS = {
  json: {
    kind: "switch",
    help: "The report as one JSON object on standard output, with the result of --reduce.",
  },
  report: {
    kind: "text",
    value: "run.html",
    files: "file",
    help:
      "Write a page of the run in one file: what each worker did when, which tiles took long, memory, the plan " +
      "and the kernel.",
  },
  trace: {
    kind: "text",
    value: "run.trace.json",
    files: "file",
    help: "Write the run in the Trace Event format, which Perfetto and chrome://tracing open.",
  },
  dashboard: {
    kind: "optional",
    value: "8080",
    help:
      "Show the run on a page while it goes on, at a port of this machine (default: 8787, or the next one that " +
      "is free; 0: any); it says which. Needs --allow-net.",
  },
  "dashboard-host": {
    kind: "text",
    value: "HOST",
    help: "Whom that page is for: an address of this machine. Default: 127.0.0.1, nobody else.",
  },
  show: { kind: "switch", help: "Print a picture of the first output, as tilewise show does." },
  "max-memory": {
    kind: "text",
    value: "2GB",
    help:
      "Refuse a run whose predicted peak is larger; a stream takes blocks that fit. Units: kB, MB, GB, KiB, " +
      "MiB, GiB; without one, bytes. Default: no limit.",
  },
  "no-progress": { kind: "switch", help: "No progress bar. There is none in a pipe anyway." },
  quiet: { kind: "switch", letter: "q", help: "Print errors only." },
  verbose: {
    kind: "switch",
    help:
      "Show beneath the bar what each worker is at, and in the report how busy it was and a map of the tiles; " +
      "print stack traces of errors.",
  },
  help: { kind: "switch", letter: "h", help: "Print this." },
  version: {
    kind: "switch",
    letter: "V",
    help: "Print the version; with --verbose also that of the runtime.",
  },
} as const satisfies FlagTable;

/** All flags of `map`, by what they are about, in the order of the help. */
export const MAP_SECTIONS = {
  "what to run": WORK_FLAGS,
  "reductions": REDUCE_FLAGS,
  "neighbours": HALO_FLAGS,
  "stores, and arrays larger than memory": STREAM_FLAGS,
  "limits and care": GUARD_FLAGS,
  "arrays": ARRAY_FLAGS,
  "reporting": REPORT_FLAGS,
} as const satisfies Readonly<Record<string, FlagTable>>;

/** All flags of `map`. */
export const MAP_FLAGS = {
  ...WORK_FLAGS,
  ...REDUCE_FLAGS,
  ...HALO_FLAGS,
  ...STREAM_FLAGS,
  ...GUARD_FLAGS,
  ...ARRAY_FLAGS,
  ...REPORT_FLAGS,
} as const satisfies FlagTable;
