/**
 * The command `map`: bring arrays in, run a kernel over their tiles, bring results out, report.
 *
 * @module
 */

import { format as formatBytes } from "@std/fmt/bytes";
import { type Shape, showShape, sizeOf } from "../../array/layout/shape.ts";
import { SharedNdArray } from "../../array/shared_ndarray.ts";
import { type DType, DTYPES } from "../../dtype.ts";
import { UsageError } from "../../errors.ts";
import { planTiles } from "../../plan/tile_plan.ts";
import { predictPeak } from "../../run/report.ts";
import type { TiledRun } from "../../run/map_options.ts";
import { tiledMap } from "../../run/tiled_map.ts";
import type { OperandPlace } from "../../run/expression.ts";
import type { OutputSpec } from "../../run/run_arrays.ts";
import { resolveWorkers, WorkerPool } from "../../run/worker_pool.ts";
import type { MapArgs } from "../args.ts";
import { DEFAULT_NAMES, DEFAULT_SHAPE, planInputs, type PlannedInput, shapeOfRun } from "../inputs.ts";
import {
  checkChoice,
  type CheckedChoice,
  chooseKernel,
  type KernelChoice,
  outputNamesOf,
} from "../kernel_choice.ts";
import { reserveOutputs } from "../outputs.ts";
import { progressBar } from "../progress_bar.ts";
import { reportText } from "../report_text.ts";
import type { CliIo } from "../cli_io.ts";
import { summarize, type Summary, summaryLine } from "../summary.ts";

/** The tile of the job that runs when nothing is said of shape, inputs and tile. */
const DEFAULT_TILE: Shape = [4, 4];

/** A job that is known to be possible, before anything large is allocated. */
interface Job {
  readonly kernel: KernelChoice;
  /** The expression as it was checked, unless a module is run. */
  readonly checked: CheckedChoice | undefined;
  readonly inputs: readonly PlannedInput[];
  readonly outputs: Readonly<Record<string, DType>>;
  readonly shape: Shape;
  readonly tile: Shape | undefined;
  readonly workers: number;
}

/** An expression over fewer elements is likely to be over before a worker is open: none is opened ahead. */
const FEW_ELEMENTS = 1_000_000;

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
  if (args.explain) {
    const explanation = await explainJob(job, args.strict);
    return io.stdout((args.json ? JSON.stringify({ explanation }) : explanation) + "\n");
  }
  sayGenerated(job, args, say);
  using files = await reserveOutputs(args.outputs, job.outputs, job.shape);
  const isSmall = job.checked !== undefined && !args.exact && sizeOf(job.shape) < FEW_ELEMENTS;
  // Its first worker starts while the inputs are brought in.
  await using pool = isSmall ? undefined : new WorkerPool({ workers: job.workers });
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
  const inputs = await planInputs(args, kernel.kind === "module" ? null : kernel.inputs);
  // An expression may do without inputs.
  const shape = shapeOfRun(inputs, kernel.kind === "expression", args.shape ?? DEFAULT_SHAPE);
  const isDefaultJob = args.shape === undefined && args.inputs.length === 0;
  const tile = args.tile ?? (isDefaultJob ? DEFAULT_TILE : undefined);
  planTiles(shape, { tile, workers, itemBytes: 8 });
  const inputNames = inputs.map(({ name }) => name);
  const names = outputNamesOf(kernel, args.outputs.map((output) => output.name), inputNames);
  const both = names.find((name) => inputNames.includes(name));
  if (both !== undefined) {
    throw new UsageError(`${both} is the name of an input and of an output: rename one`);
  }
  const checked = kernel.kind === "module"
    ? undefined
    : await checkChoice(kernel, inputs, shape.length, names, args.outputDType);
  const outputs = checked === undefined
    ? Object.fromEntries(names.map((name) => [name, args.outputDType ?? "float64"]))
    : Object.fromEntries(checked.program.outputs.map(({ dtype }, k) => [names[k], dtype]));
  if (args.maxMemory !== undefined && !args.explain) {
    refuseLarge(args.maxMemory, shape, inputs, outputs, workers);
  }
  return { kernel, checked, inputs, outputs, shape, tile, workers };
}

/** A name that is neither given nor one of the default job's may be a mistake. */
function sayGenerated({ kernel, inputs }: Job, args: MapArgs, say: (text: string) => void): void {
  if (kernel.kind === "module" || args.inputs.length > 0) return;
  if (inputs.every(({ name }) => DEFAULT_NAMES.includes(name))) return;
  say(`Generated ${inputs.map(({ name }) => name).join(", ")}: random ${inputs[0].dtype}\n`);
}

/** What the expression was understood as, and the loop for arrays as they will be. */
async function explainJob({ checked, inputs, outputs, shape }: Job, strict: boolean): Promise<string> {
  const { explainPrepared, newPlace } = await import("../../run/explain_text.ts");
  if (checked === undefined) throw new UsageError("--explain is for expressions: a module explains itself");
  const places: Record<string, OperandPlace> = {};
  for (const input of inputs) places[input.name] = newPlace(shape, input.dtype, input.shape);
  for (const [name, dtype] of Object.entries(outputs)) places[name] = newPlace(shape, dtype);
  return explainPrepared({ ...checked, shape, outputs }, places, strict);
}

function refuseLarge(
  most: number,
  shape: Shape,
  inputs: readonly PlannedInput[],
  outputs: Readonly<Record<string, DType>>,
  workers: number,
): void {
  // An input that is broadcast is smaller than the run.
  const needed = [
    ...inputs.map((input) => DTYPES[input.dtype].bytes * sizeOf(input.shape)),
    ...Object.values(outputs).map((dtype) => DTYPES[dtype].bytes * sizeOf(shape)),
  ];
  const arrays = needed.reduce((sum, bytes) => sum + bytes, 0);
  const loading = Math.max(0, ...inputs.map((input) => input.loadBytes));
  const predicted = predictPeak(arrays, workers) + loading;
  if (predicted > most) {
    const parts = [`${formatBytes(arrays)} for ${needed.length} arrays`, `${workers} workers`];
    if (loading > 0) parts.push(`${formatBytes(loading)} while loading`);
    throw new UsageError(
      `The predicted peak is ${formatBytes(predicted)} (${parts.join(", ")}), more than --max-memory ${
        formatBytes(most)
      }`,
    );
  }
}

/** Runs the kernel. */
async function run(
  job: Job,
  pool: WorkerPool | undefined,
  inputs: Readonly<Record<string, SharedNdArray>>,
  args: MapArgs,
  io: CliIo,
): Promise<TiledRun<Readonly<Record<string, OutputSpec>>>> {
  const { kernel, tile, outputs, workers } = job;
  const shown = args.progress && !args.quiet && io.columns() !== null;
  const bar = shown ? progressBar(io.stderr, () => io.columns() ?? 80) : undefined;
  // Without inputs, it is the outputs that tell the shape.
  const empty = () =>
    Object.entries(outputs).map(([name, dtype]) => [name, SharedNdArray.zeros(job.shape, { dtype })]);
  const options = {
    inputs,
    outputs: Object.keys(inputs).length > 0 ? outputs : Object.fromEntries(empty()),
    tile,
    exact: args.exact,
    signal: io.signal,
    onProgress: bar?.draw,
    ...(pool === undefined ? { workers } : { pool }),
  };
  try {
    if (kernel.kind === "module") return await tiledMap(kernel.url, options);
    return await tiledMap(kernel.source, { ...options, scalars: kernel.scalars, strict: args.strict });
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
