/**
 * The manual of `map`.
 *
 * @module
 */

import { COMMAND_FACTS } from "../flags/commands.ts";
import { MAP_SECTIONS } from "../flags/map_flags.ts";
import { TERMINAL_VARIABLES } from "./environment.ts";
import type { Manual } from "./manual.ts";

/** What there is to know of `map`. */
export const MANUAL: Manual = {
  name: "map",
  about: COMMAND_FACTS.map.about,
  usage: [
    '[map] [--expr "NAME = …"] [--input NAME=FILE …] [--output NAME=FILE …] [flags]',
    "[map] --kernel FILE.ts [--input NAME=FILE …] [--output NAME=FILE …] [flags]",
    '[map] --reduce mean [--expr "…"] [--input NAME=FILE …] [flags]',
  ],
  description: [
    "Cuts arrays into tiles, computes them on all cores, and reports time and memory peaks. Arrays lie in memory " +
    "that all workers share: nothing is copied. Without flags it fills two random arrays, tmp and rad, of shape " +
    "365,16,16, and computes vpd = tmp + rad in tiles of 4,4. The word map may be left out.",
    "An expression is read, checked and compiled to SIMD instructions; it is never evaluated as code. It knows the " +
    "operators of JavaScript and functions such as sqrt, exp, sin, min, max, where and isnan. Names in it are " +
    "inputs and scalars. An input that is called, as in z(0, 1), is the element at that distance.",
    "A kernel is a module: export default ({ tmp, rad }, tile) => … is called once for each tile, with views of it, " +
    "and returns a value for the output, or writes into the views of the outputs. It runs in a worker, " +
    "with the permissions of the command.",
    "Inputs are read as a whole, unless one of them or an output is in a Zarr store, or --stream is given: then " +
    "blocks are read, computed and written one after another, and arrays may be larger than memory.",
    "The report goes to standard output, everything else to standard error. It says what was run, where the time " +
    "went (starting workers, loading, computing, waiting, reading and writing), how much memory there was at most " +
    "and how much was predicted, what each worker did, and, for small grids, which tiles took long.",
  ],
  flags: MAP_SECTIONS,
  examples: [
    {
      about: "The job without flags, written out.",
      command: 'tilewise --expr "vpd = tmp + rad" --shape 365,16,16 --tile 4,4',
    },
    {
      about: "Several outputs of one expression, each into a file of its own.",
      command:
        'tilewise --input a=a.npy --input b=b.npy --expr "s = a + b; d = a - b" --output s=s.npy --output d=d.npz:d',
    },
    {
      about: "A kernel over variables of a NetCDF file.",
      command: "tilewise --kernel examples/vpd/vpd_kernel.ts --input airt=examples/vpd/coads-vpd.nc:AIRT " +
        "--input speh=examples/vpd/coads-vpd.nc:SPEH --input slp=examples/vpd/coads-vpd.nc:SLP --output vpd=vpd.npy",
    },
    {
      about: "The 0.9 quantile along the first axis, without NaN.",
      command:
        "tilewise --input airt=examples/vpd/coads-vpd.nc:AIRT --reduce quantile --q 0.9 --axis 0 --skip-nan " +
        "--output q90=q90.npy",
    },
    {
      about: "A mean over the last two axes of generated numbers.",
      command: "tilewise --reduce mean --axis -2,-1 --shape 12,200,200 --expr tmp",
    },
    {
      about: "The slope along rows of a grid that goes round the globe.",
      command:
        'tilewise --expr "slope = (z(0, 1) - z(0, -1)) / 2" --boundary nearest,wrap --shape 180,360 --verbose',
    },
    {
      about: "Block by block from one store to another with at most 500 MB, going on with what is there.",
      command: 'tilewise --input tmp=in.zarr/tmp --expr "tmp - 273.15" --output celsius=out.zarr/celsius ' +
        "--max-memory 500MB --resume",
    },
    {
      about: "One of 64 tasks of a cluster, each with its own part.",
      command:
        'tilewise --input tmp=in.zarr/tmp --expr "tmp - 273.15" --output celsius=out.zarr/celsius --shard auto/64',
    },
    {
      about: "A page of the run, and a trace for ui.perfetto.dev.",
      command:
        'tilewise --expr "sqrt(tmp * tmp + rad * rad)" --shape 100,500,500 --report run.html --trace run.trace.json',
    },
    {
      about: "What an expression compiles to.",
      command: 'tilewise --expr "where(tmp > limit, tmp, 0)" --scalar limit=0.5 --explain',
    },
    { about: "Only what programs read.", command: "tilewise --json --quiet --workers 2" },
  ],
  more: {
    "permissions": [
      [
        "--allow-read",
        "Workers, kernels and inputs are read from disk. Always needed, unless run from jsr.io.",
      ],
      ["--allow-write", "Outputs, --report and --trace."],
      ["--allow-net", "Stores at https: and s3: addresses, and --dashboard."],
      ["--allow-ffi", "Shared memory by name: shm:NAME."],
      ["--allow-env", "Keys of s3: stores, --shard auto, and what the terminal shows."],
      ["--allow-sys", "How much memory is free, so that what cannot fit is refused at once."],
    ],
    "environment": [
      [
        "AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN, AWS_REGION, AWS_ENDPOINT_URL_S3",
        "Where s3: " +
        "stores are, and whose.",
      ],
      [
        "SLURM_ARRAY_TASK_ID and others",
        "Which part --shard auto computes, as the system says that started the task.",
      ],
      ...TERMINAL_VARIABLES,
    ],
    "files": [
      [
        "OUTPUT",
        "Written beside its name first, and moved there when it is whole: there is never half a file. What " +
        "a run that was interrupted wrote to a store stays, for --resume.",
      ],
    ],
  },
  exitCodes: [
    ["0", "Done."],
    ["1", "The run failed; a task may be tried again."],
    ["2", "The command line or an input is wrong."],
    ["70", "From the runtime, where it lacks the flag that --sandbox needs."],
    ["130", "Interrupted by Ctrl-C or by the dashboard; 143 by SIGTERM, 129 by SIGHUP."],
  ],
};
