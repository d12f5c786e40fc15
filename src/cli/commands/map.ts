/**
 * The command `map`: bring arrays in, run a kernel over their tiles, bring results out, report.
 *
 * @module
 */

import { type Shape, sizeOf } from "../../array/layout/shape.ts";
import { SharedNdArray } from "../../array/shared_ndarray.ts";
import type { DType } from "../../dtype.ts";
import { UsageError } from "../../errors.ts";
import type { PageKernel } from "../../page/page_source.ts";
import { planTiles } from "../../plan/tile_plan.ts";
import type { TiledRun } from "../../run/map_options.ts";
import { tiledMap } from "../../run/tiled_map.ts";
import type { OutputSpec } from "../../run/run_arrays.ts";
import type { RunGuards } from "../../run/run_guards.ts";
import type { RunRecorder } from "../../run/run_recorder.ts";
import { resolveWorkers } from "../../run/pool_checks.ts";
import type { WorkerPool } from "../../run/worker_pool.ts";
import type { MapArgs } from "../args.ts";
import { checkChoice, type CheckedChoice, explainChoice, moduleShape } from "../checked_choice.ts";
import type { CliIo, Headway } from "../cli_io.ts";
import { followRun } from "../follow_run.ts";
import type { HaloArgs } from "../halo_args.ts";
import {
  DEFAULT_SHAPE,
  loadInputs,
  planInputs,
  type PlannedInput,
  sayGenerated,
  shapeOfRun,
} from "../inputs.ts";
import type { NamedFile } from "../named_args.ts";
import { chooseKernel, type KernelChoice, outputNamesOf } from "../kernel_choice.ts";
import { reserveOutputs } from "../outputs.ts";
import { versioned } from "../report_json.ts";
import { reportText, resultText, styleOf } from "../report_text.ts";
import { Sights } from "../sights.ts";
import { stopWaiting } from "../stop_waiting.ts";
import type { WrittenOutput } from "../summary.ts";

/** The tile of the job that runs when nothing is said of shape, inputs and tile. */
const DEFAULT_TILE: Shape = [4, 4];

/** A job that is known to be possible, before anything large is allocated. */
interface Job {
  readonly kernel: KernelChoice;
  readonly around: HaloArgs;
  /** The expression as it was checked, unless a module is run. */
  readonly checked: CheckedChoice | undefined;
  readonly inputs: readonly PlannedInput[];
  readonly outputs: Readonly<Record<string, DType>>;
  /** The shape of the outputs. */
  readonly shape: Shape;
  readonly tile: Shape | undefined;
  readonly workers: number;
  /** How many tiles there are. */
  readonly tiles: number;
}

/** An expression over fewer elements is likely to be over before a worker is open: none is opened ahead. */
const FEW_ELEMENTS = 1_000_000;

/**
 * Runs `map`.
 *
 * @param args The command line.
 * @param io Streams and interruption.
 * @param headway Is told how far it has come.
 */
export async function runMap(args: MapArgs, io: CliIo, headway: Headway): Promise<void> {
  requireReadPermission();
  const around = await readAround(args);
  if (args.hasStreamFlags || hasStores(args)) {
    if (args.reduce !== undefined) {
      const { runStreamReduce } = await import("./stream_reduce.ts");
      return await stopWaiting(runStreamReduce(args, args.reduce, around, io, headway), io.signal);
    }
    const { runStream } = await import("./stream.ts");
    return await stopWaiting(runStream(args, around, await readGuards(args), io, headway), io.signal);
  }
  if (args.reduce !== undefined) {
    const { runReduce } = await import("./reduce.ts");
    return await runReduce(args, args.reduce, around, io, headway);
  }
  const say = args.quiet ? () => {} : io.stderr;
  const guards = await readGuards(args);
  const job = await planJob(args, around, guards);
  if (args.explain) {
    if (job.checked === undefined) {
      throw new UsageError("--explain is for expressions: a module explains itself");
    }
    const explanation = await explainChoice(job.checked, job.inputs, job.outputs, args.strict);
    return io.stdout((args.json ? JSON.stringify({ explanation }) : explanation) + "\n");
  }
  await using sights = await Sights.open(args, headway, io);
  sayGenerated(job.inputs, args, say);
  headway.wanted = args.outputs.map(({ path }) => path);
  const isSmall = job.checked !== undefined && !args.exact && sizeOf(job.shape) < FEW_ELEMENTS;
  // Its first worker starts while the inputs are brought in. Where the runtime lacks what a sandbox needs it ends the
  // process here, before there is a file.
  await using pool = isSmall ? undefined : await openPool(job.workers, guards);
  using files = await reserveOutputs(args.outputs, job.outputs, job.shape);
  headway.stage = args.inputs.length > 0 ? "reading inputs" : "generating inputs";
  const inputs = await loadInputs(job.inputs, io.signal);
  const recorder = sights.begin(io, job.tiles);
  const { outputs, report } = await sights.watch(run(
    job,
    { pool, guards, given: files.arrays, recorder },
    inputs,
    args,
    io,
    headway,
  ));
  headway.stage = "writing outputs";
  await files.write(outputs, io.signal, (path) => headway.written.push(path));
  const facts = {
    report,
    kernel: () => factsOf(job, args),
    outputs: async () => (await import("../run_facts.ts")).outputFacts(args, outputs),
  };
  await sights.finish(facts, say);
  if (args.quiet && !args.json) return;
  const written: WrittenOutput[] = [], lines: string[] = [];
  if (args.outputs.length > 0) {
    const { describeOutput, summaryLine, wroteLine } = await import("../summary.ts");
    for (const { name, path } of args.outputs) {
      const output = describeOutput(name, path, outputs[name]);
      written.push(output);
      lines.push(resultText(summaryLine(output), io));
      say(wroteLine(output));
    }
  }
  if (args.json) io.stdout(JSON.stringify(versioned({ ...report, outputs: written })) + "\n");
  else {
    const style = { ...styleOf(io), timeline: sights.timeline, verbose: args.verbose };
    io.stdout([reportText(report, style), ...lines].join("\n") + "\n");
    if (args.show) await show(outputs, args, io);
  }
}

/** Prints the first output, in the order in which they were named. */
async function show(
  outputs: Readonly<Record<string, SharedNdArray>>,
  args: MapArgs,
  io: CliIo,
): Promise<void> {
  const { shownOutput } = await import("../shown_output.ts");
  const [name] = [...args.outputs.map((file) => file.name), ...Object.keys(outputs)];
  io.stdout(`\n${await shownOutput(name, outputs[name], args.inputs, io)}`);
}

/** What a path into a store looks like: what knows them well is loaded when there is one. */
const STORE_PATH = /\.zarr(?:[/\\]|$)|^(?:https?|s3):\/\//i;

function hasStores({ inputs, outputs }: MapArgs): boolean {
  return [...inputs, ...outputs].some(({ path }) => STORE_PATH.test(path));
}

/** What is asked for around tiles. Most runs ask for nothing, and need not load what reads it. */
async function readAround(args: MapArgs): Promise<HaloArgs> {
  if (args.halo === undefined) return {};
  const { readHaloArgs } = await import("../halo_args.ts");
  return readHaloArgs(args.halo, args.kernel !== undefined);
}

/** What the run may take and how it is watched. Most runs ask for nothing, and need not load what reads it. */
async function readGuards(args: MapArgs): Promise<RunGuards> {
  if (args.guards === undefined) return {};
  const { readGuardArgs } = await import("../guard_args.ts");
  return readGuardArgs(args.guards);
}

/** What pools are made of is loaded when one is needed. */
async function openPool(workers: number, { isolation, heapLimit, sandbox }: RunGuards): Promise<WorkerPool> {
  const { WorkerPool } = await import("../../run/worker_pool.ts");
  return new WorkerPool({ workers, isolation, heapLimit, sandbox });
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

async function planJob(args: MapArgs, around: HaloArgs, { onlyTile }: RunGuards): Promise<Job> {
  const workers = resolveWorkers(args.workers);
  const kernel = await chooseKernel(args);
  const inputs = await planInputs(args, kernel.kind === "module" ? null : kernel.inputs);
  // An expression may do without inputs.
  const inputShape = shapeOfRun(inputs, kernel.kind === "expression", args.shape ?? DEFAULT_SHAPE);
  const isDefaultJob = args.shape === undefined && args.inputs.length === 0;
  const tile = args.tile ?? (isDefaultJob ? DEFAULT_TILE : undefined);
  const inputNames = inputs.map(({ name }) => name);
  const names = outputNamesOf(kernel, args.outputs.map((output) => output.name), inputNames);
  const both = names.find((name) => inputNames.includes(name));
  if (both !== undefined) {
    throw new UsageError(`${both} is the name of an input and of an output: rename one`);
  }
  const wanted = await sharedDTypes(args.outputs);
  const checked = kernel.kind === "module" ? undefined : await checkChoice(kernel, {
    inputs,
    inputShape,
    outputs: Object.fromEntries(names.map((name) => [name, wanted.get(name) ?? args.outputDType])),
  }, around);
  const outputs = checked === undefined
    ? Object.fromEntries(names.map((name) => [name, wanted.get(name) ?? args.outputDType ?? "float64"]))
    : Object.fromEntries(checked.program.outputs.map(({ dtype }, k) => [names[k], dtype]));
  const shape = checked?.shape ?? moduleShape(inputs, inputShape, around);
  const plan = planTiles(shape, { tile, workers, itemBytes: 8, hasEdges: around.halo !== undefined });
  if (onlyTile !== undefined && (onlyTile < 0 || onlyTile >= plan.tiles)) {
    throw new UsageError(`--only-tile ${onlyTile}: there are tiles 0 to ${plan.tiles - 1}`);
  }
  if (args.maxMemory !== undefined && !args.explain) {
    const { copiesAtEdges, futureArray, refuseLarge } = await import("../memory_limit.ts");
    const made = Object.entries(outputs).map(([name, dtype]) => futureArray(name, dtype, shape));
    const copies = copiesAtEdges(inputs, plan.tile, around, workers);
    refuseLarge(args.maxMemory, inputs, [...made, ...copies], workers);
  }
  return { kernel, around, checked, inputs, outputs, shape, tile, workers, tiles: plan.tiles };
}

/** What a report page says of the kernel. */
async function factsOf({ kernel, checked, inputs, outputs }: Job, { strict }: MapArgs): Promise<PageKernel> {
  const { kernelFacts } = await import("../run_facts.ts");
  const facts = await kernelFacts(kernel);
  if (checked === undefined) return facts;
  return { ...facts, explanation: await explainChoice(checked, inputs, outputs, strict) };
}

/** The dtypes of outputs in shared memory, where it was said. */
async function sharedDTypes(
  outputs: readonly NamedFile[],
): Promise<ReadonlyMap<string, DType | undefined>> {
  const shared = outputs.filter(({ path }) => path.startsWith("shm:"));
  if (shared.length === 0) return new Map();
  const { sharedDType } = await import("../shared_arrays.ts");
  return new Map(shared.map(({ name, path }) => [name, sharedDType(path)] as const));
}

/** Runs the kernel. */
async function run(
  job: Job,
  { pool, guards, given, recorder }: {
    readonly pool: WorkerPool | undefined;
    readonly guards: RunGuards;
    /** Outputs that are there already. */
    readonly given: Readonly<Record<string, SharedNdArray>>;
    readonly recorder: RunRecorder | undefined;
  },
  inputs: Readonly<Record<string, SharedNdArray>>,
  args: MapArgs,
  io: CliIo,
  headway: Headway,
): Promise<TiledRun<Readonly<Record<string, OutputSpec>>>> {
  const { kernel, around, tile, outputs, workers } = job;
  const { onProgress, end } = await followRun(args, io, headway, {
    isSmall: pool === undefined,
    recorder,
    arrays: guards.onlyTile === undefined
      ? [...Object.values(inputs), ...Object.values(outputs).map((dtype) => ({ dtype, shape: job.shape }))]
      : [],
  });
  // Without inputs, it is the outputs that tell the shape.
  const empty = () =>
    Object.entries(outputs).filter(([name]) => !Object.hasOwn(given, name))
      .map(([name, dtype]) => [name, SharedNdArray.zeros(job.shape, { dtype })]);
  const options = {
    inputs,
    outputs: { ...(Object.keys(inputs).length > 0 ? outputs : Object.fromEntries(empty())), ...given },
    tile,
    exact: args.exact,
    ...around,
    signal: io.signal,
    onProgress,
    recorder,
    ...guards,
    ...(pool === undefined
      ? { workers }
      : { pool, isolation: undefined, heapLimit: undefined, sandbox: undefined }),
  };
  try {
    if (kernel.kind === "module") return await tiledMap(kernel.url, options);
    return await tiledMap(kernel.source, { ...options, scalars: kernel.scalars, strict: args.strict });
  } finally {
    end();
  }
}
