/**
 * The command `map`: bring arrays in, run a kernel over their tiles, bring results out, report.
 *
 * @module
 */

import { format as formatBytes } from "@std/fmt/bytes";
import { type Shape, showShape, sizeOf } from "../../array/layout/shape.ts";
import type { SharedNdArray } from "../../array/shared_ndarray.ts";
import { type DType, DTYPES } from "../../dtype.ts";
import { UsageError } from "../../errors.ts";
import { planTiles } from "../../plan/tile_plan.ts";
import { predictPeak, type RunReport } from "../../run/report.ts";
import { tiledMap } from "../../run/tiled_map.ts";
import { resolveWorkers, WorkerPool } from "../../run/worker_pool.ts";
import type { MapArgs } from "../args.ts";
import { planInputs, type PlannedInput } from "../inputs.ts";
import { chooseKernel, type KernelChoice } from "../kernel_choice.ts";
import { reserveOutputs } from "../outputs.ts";
import { progressBar } from "../progress_bar.ts";
import { reportText } from "../report_text.ts";
import type { CliIo } from "../cli_io.ts";
import { summarize, type Summary, summaryLine } from "../summary.ts";

/** The output of a run that names none. */
const DEFAULT_OUTPUT = "vpd";

/** The tile of the job that runs when nothing is said of shape, inputs and tile. */
const DEFAULT_TILE: Shape = [4, 4];

/** A job that is known to be possible, before anything large is allocated. */
interface Job {
  readonly kernel: KernelChoice;
  readonly inputs: readonly PlannedInput[];
  readonly outputs: Readonly<Record<string, DType>>;
  readonly shape: Shape;
  readonly tile: Shape | undefined;
  readonly workers: number;
}

/**
 * Runs `map`.
 *
 * @param args The command line.
 * @param io Streams and interruption.
 */
export async function runMap(args: MapArgs, io: CliIo): Promise<void> {
  requireReadPermission();
  const say = args.quiet ? () => {} : io.stderr;
  const job = await planJob(args);
  using files = await reserveOutputs(args.outputs, job.outputs, job.shape);
  // Its first worker starts while the inputs are brought in.
  await using pool = new WorkerPool({ workers: job.workers });
  const inputs: Record<string, SharedNdArray> = {};
  for (const input of job.inputs) {
    io.signal.throwIfAborted();
    inputs[input.name] = await input.load();
  }
  const { outputs, report } = await run(job, pool, inputs, args, io);
  await files.write(outputs, io.signal);
  if (args.quiet && !args.json) return;
  const written = args.outputs.map(({ name, path }) => describeOutput(name, path, outputs[name]));
  for (const { name, file, dtype, shape } of written) {
    say(`Wrote ${name} to ${file} (${dtype} ${showShape(shape)})\n`);
  }
  if (args.json) io.stdout(JSON.stringify({ ...report, outputs: written }) + "\n");
  else io.stdout([reportText(report), ...written.map(summaryLine)].join("\n") + "\n");
}

/** Workers of a package that lies on disk are loaded from disk, which needs a permission; those from JSR need none. */
function requireReadPermission(): void {
  const here = new URL(import.meta.url);
  if (here.protocol !== "file:") return;
  const folder = new URL("../../../", here);
  if (Deno.permissions.querySync({ name: "read", path: folder }).state !== "granted") {
    throw new UsageError("Workers are loaded from files, which needs a permission: run with --allow-read");
  }
}

async function planJob(args: MapArgs): Promise<Job> {
  const workers = resolveWorkers(args.workers);
  const kernel = await chooseKernel(args);
  const inputs = await planInputs(args, kernel.inputs);
  const shape = inputs[0].shape;
  const isDefaultJob = args.shape === undefined && args.inputs.length === 0;
  const tile = args.tile ?? (isDefaultJob ? DEFAULT_TILE : undefined);
  planTiles(shape, { tile, workers, itemBytes: 8 });
  const outputs = nameOutputs(args, kernel, inputs);
  if (args.maxMemory !== undefined) refuseLarge(args.maxMemory, shape, inputs, outputs, workers);
  return { kernel, inputs, outputs, shape, tile, workers };
}

function nameOutputs(
  args: MapArgs,
  kernel: KernelChoice,
  inputs: readonly PlannedInput[],
): Readonly<Record<string, DType>> {
  const dtype = kernel.outputDType(inputs.map((input) => input.dtype));
  const given = args.outputs.map((output) => output.name);
  const names = given.length > 0 ? given : [kernel.output ?? DEFAULT_OUTPUT];
  if (kernel.inputs !== null && names.length > 1) {
    throw new UsageError(`A sum has one output, but --output names ${names.join(", ")}`);
  }
  if (kernel.output !== null && names[0] !== kernel.output) {
    throw new UsageError(`The expression computes ${kernel.output}, but --output names ${names[0]}`);
  }
  const both = names.find((name) => inputs.some((input) => input.name === name));
  if (both !== undefined) {
    throw new UsageError(`${both} is the name of an input and of an output: rename one`);
  }
  return Object.fromEntries(names.map((name) => [name, dtype]));
}

function refuseLarge(
  most: number,
  shape: Shape,
  inputs: readonly PlannedInput[],
  outputs: Readonly<Record<string, DType>>,
  workers: number,
): void {
  const dtypes = [...inputs.map((input) => input.dtype), ...Object.values(outputs)];
  const arrays = dtypes.reduce((sum, dtype) => sum + DTYPES[dtype].bytes, 0) * sizeOf(shape);
  const loading = Math.max(0, ...inputs.map((input) => input.loadBytes));
  const predicted = predictPeak(arrays, workers) + loading;
  if (predicted > most) {
    const parts = [`${formatBytes(arrays)} for ${dtypes.length} arrays`, `${workers} workers`];
    if (loading > 0) parts.push(`${formatBytes(loading)} while loading`);
    throw new UsageError(
      `The predicted peak is ${formatBytes(predicted)} (${parts.join(", ")}), more than --max-memory ${
        formatBytes(most)
      }`,
    );
  }
}

/** Runs the kernel; the outputs come back by the names that the user gave them. */
async function run(
  job: Job,
  pool: WorkerPool,
  inputs: Readonly<Record<string, SharedNdArray>>,
  args: MapArgs,
  io: CliIo,
): Promise<{ outputs: Record<string, SharedNdArray>; report: RunReport }> {
  const { kernel, tile } = job;
  const shown = args.progress && !args.quiet && io.columns() !== null;
  const bar = shown ? progressBar(io.stderr, () => io.columns() ?? 80) : undefined;
  try {
    const done = await tiledMap(kernel.url, {
      inputs: kernel.bindInputs(inputs),
      outputs: Object.fromEntries(
        Object.entries(job.outputs).map(([name, dtype]) => [kernel.outputName(name), dtype]),
      ),
      tile,
      pool,
      exact: args.exact,
      signal: io.signal,
      onProgress: bar?.draw,
    });
    const outputs = Object.keys(job.outputs).map((name) => [name, done.outputs[kernel.outputName(name)]]);
    return { outputs: Object.fromEntries(outputs), report: done.report };
  } finally {
    bar?.erase();
  }
}

/** An output that was written, and what it holds. */
interface WrittenOutput extends Summary {
  readonly name: string;
  readonly file: string;
  readonly dtype: DType;
  readonly shape: Shape;
}

function describeOutput(name: string, file: string, array: SharedNdArray): WrittenOutput {
  return { name, file, dtype: array.dtype, shape: array.shape, ...summarize(array) };
}
