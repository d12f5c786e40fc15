/**
 * The command `map` where arrays live in stores, or shall not be in memory as a whole: block by block.
 *
 * @module
 */

import { sameShape, type Shape, showShape } from "../../array/layout/shape.ts";
import type { SharedNdArray } from "../../array/shared_ndarray.ts";
import type { DType } from "../../dtype.ts";
import { FormatError, UsageError } from "../../errors.ts";
import { createArray, type CreateArrayOptions, isStorePath, openArray } from "../../io/stored.ts";
import { workersOf } from "../../run/prepare_run.ts";
import type { RunGuards } from "../../run/run_guards.ts";
import { streamedMap } from "../../run/streamed_map.ts";
import type { StreamedOutput } from "../../run/stream_options.ts";
import { prepareStream, type StreamWishes } from "../../run/stream_plan.ts";
import { RUN_ATTRIBUTE } from "../../store/driver.ts";
import { realPlace } from "../../store/real_place.ts";
import type { StoredArray } from "../../store/stored_array.ts";
import type { MapArgs } from "../args.ts";
import { checkChoice, moduleShape } from "../checked_choice.ts";
import type { CliIo, Headway } from "../cli_io.ts";
import { followRun } from "../follow_run.ts";
import type { HaloArgs } from "../halo_args.ts";
import {
  DEFAULT_SHAPE,
  loadInputs,
  planFile,
  planInputs,
  type PlannedInput,
  sayGenerated,
  shapeOfRun,
} from "../inputs.ts";
import { chooseKernel, outputNamesOf } from "../kernel_choice.ts";
import type { NamedFile } from "../named_args.ts";
import { versioned } from "../report_json.ts";
import { reportText, styleOf } from "../report_text.ts";
import { kernelFacts } from "../run_facts.ts";
import { Sights } from "../sights.ts";
import type { SharedOutput } from "../shared_arrays.ts";
import { readMissing, readStreamArgs, type StreamArgs } from "../stream_args.ts";

/** Inputs that are open, or known and to be brought into memory. */
export interface StreamInputs extends Disposable {
  /** Those that stay where they are. */
  readonly stored: Readonly<Record<string, StoredArray>>;
  /** What is known of all. */
  readonly planned: readonly PlannedInput[];
}

/** What is in memory already, or is read whole because its format knows no boxes. */
const WHOLE = /^shm:|\.npz$/i;

/**
 * Brings those inputs into memory that do not stay where they are.
 *
 * @param inputs The inputs.
 * @param signal Ends that between two of them.
 */
export async function loadResident(
  { planned, stored }: StreamInputs,
  signal: AbortSignal,
): Promise<Record<string, SharedNdArray>> {
  return await loadInputs(planned.filter(({ name }) => !Object.hasOwn(stored, name)), signal);
}

/**
 * Opens the inputs.
 *
 * @param args The command line.
 * @param wanted The names that the kernel needs, or null when any will do.
 * @throws {UsageError} If an input is not used.
 */
export async function openInputs(args: MapArgs, wanted: readonly string[] | null): Promise<StreamInputs> {
  if (args.inputs.length === 0) {
    return { stored: {}, planned: await planInputs(args, wanted), [Symbol.dispose]: () => {} };
  }
  const unused = args.inputs.find(({ name }) => wanted !== null && !wanted.includes(name));
  if (unused !== undefined) throw new UsageError(`The expression does not use the input ${unused.name}`);
  const missing = readMissing(args.stream);
  using open = new DisposableStack();
  const stored: Record<string, StoredArray> = {}, planned: PlannedInput[] = [];
  for (const file of args.inputs) {
    const { name, path, variable } = file;
    if (WHOLE.test(path)) {
      planned.push(await planFile(file));
      continue;
    }
    const array = stored[name] = open.use(await openArray(path, { variable, missing }));
    const { dtype, shape } = array;
    const load = () => Promise.reject(new Error("It stays where it is"));
    planned.push({ name, dtype, shape, loadBytes: 0, load });
  }
  const held = open.move();
  return { stored, planned, [Symbol.dispose]: () => held.dispose() };
}

/**
 * Runs `map` block by block.
 *
 * @param args The command line.
 * @param around What lies beyond the edges of inputs.
 * @param guards What the run may take.
 * @param io Streams and interruption.
 * @param headway Is told how far it has come.
 */
export async function runStream(
  args: MapArgs,
  around: HaloArgs,
  guards: RunGuards,
  io: CliIo,
  headway: Headway,
): Promise<void> {
  const say = args.quiet ? () => {} : io.stderr, wishes = readStreamArgs(args.stream);
  if (args.explain) {
    throw new UsageError("--explain is for arrays in memory: leave out stores and their flags");
  }
  if (args.outputs.length === 0) {
    throw new UsageError(
      "What is computed block by block has to go somewhere: add --output NAME=STORE.zarr/NAME",
    );
  }
  const { debug, onlyTile, sandbox } = guards;
  if (debug || onlyTile !== undefined || sandbox) {
    const flag = debug ? "debug" : sandbox ? "sandbox" : "only-tile";
    throw new UsageError(`--${flag} is for arrays in memory: leave out stores and their flags`);
  }
  const kernel = await chooseKernel(args);
  using inputs = await openInputs(args, kernel.kind === "module" ? null : kernel.inputs);
  await using sights = await Sights.open(args, headway, io);
  sayGenerated(inputs.planned, args, say);
  const inputNames = inputs.planned.map(({ name }) => name);
  const names = outputNamesOf(kernel, args.outputs.map(({ name }) => name), inputNames);
  const both = names.find((name) => inputNames.includes(name));
  if (both !== undefined) {
    throw new UsageError(`${both} is the name of an input and of an output: rename one`);
  }
  const inputShape = shapeOfRun(inputs.planned, kernel.kind === "expression", args.shape ?? DEFAULT_SHAPE);
  const checked = kernel.kind === "module" ? undefined : await checkChoice(kernel, {
    inputs: inputs.planned,
    inputShape,
    outputs: Object.fromEntries(names.map((name) => [name, args.outputDType])),
  }, around);
  const shape = checked?.shape ?? moduleShape(inputs.planned, inputShape, around);
  const dtypes = checked === undefined
    ? Object.fromEntries(names.map((name) => [name, args.outputDType ?? "float64" as const]))
    : Object.fromEntries(checked.program.outputs.map(({ dtype }, k) => [names[k], dtype]));
  headway.wanted = args.outputs.map(({ path }) => path);
  headway.stage = "reading inputs";
  const resident = await loadResident(inputs, io.signal);
  const facts: OutputFacts = { dtypes, shape, like: inputs.stored, read: inputs.stored, wishes };
  const how = kernel.kind === "module" ? {} : { scalars: kernel.scalars, strict: args.strict };
  await refuseEarly(kernel.kind === "module" ? kernel.url : kernel.source, args, facts, {
    inputs: { ...resident, ...inputs.stored },
    ...around,
    ...how,
  });
  using outputs = await openOutputs(args.outputs, facts);
  const specs: Record<string, StreamedOutput> = { ...dtypes, ...outputs.arrays };
  headway.stays = Object.values(outputs.arrays).every((array) =>
    "ledger" in array && array.ledger !== undefined
  );
  const recorder = sights.begin(io);
  const { onProgress, end } = await followRun(args, io, headway, {
    recorder,
    // Of a shard, nobody knows how much of them it is.
    arrays: wishes.shard === undefined
      ? [...Object.values(inputs.stored), ...Object.values(outputs.arrays)]
      : [],
  });
  const options = {
    inputs: { ...resident, ...inputs.stored },
    outputs: specs,
    tile: args.tile,
    workers: args.workers,
    maxMemory: args.maxMemory,
    resume: wishes.resume || wishes.shard !== undefined,
    shard: wishes.shard,
    ...around,
    ...guards,
    signal: io.signal,
    onProgress,
    recorder,
  };
  const { report } = await sights.watch(
    (kernel.kind === "module"
      ? streamedMap(kernel.url, options)
      : streamedMap(kernel.source, { ...options, ...how })).finally(end),
  );
  headway.stage = "writing outputs";
  outputs.keep();
  headway.written.push(...headway.wanted);
  await sights.finish({
    report,
    kernel: () => kernelFacts(kernel),
    outputs: () =>
      Promise.resolve(args.outputs.map(({ name, path }) => {
        const { dtype, shape } = outputs.arrays[name];
        return { name, dtype, shape, path };
      })),
  }, say);
  if (args.quiet && !args.json) return;
  const written = args.outputs.map(({ name, path }) => describeStored(name, path, outputs.arrays[name]));
  for (const { name, file, dtype, shape, chunks } of written) {
    const part = wishes.shard === undefined ? "" : `shard ${wishes.shard.index} of ${wishes.shard.count} of `;
    say(`Wrote ${part}${name} to ${file} (${dtype} ${showShape(shape)} in chunks of ${showShape(chunks)})\n`);
  }
  if (args.json) {
    io.stdout(JSON.stringify(versioned({ ...report, shard: wishes.shard ?? null, outputs: written })) + "\n");
  } else {
    const style = { ...styleOf(io), timeline: sights.timeline, verbose: args.verbose };
    io.stdout(`${reportText(report, style)}\n`);
    if (!args.show) return;
    const { runShow } = await import("./show.ts");
    io.stdout("\n");
    await runShow([args.outputs[0].path], io);
  }
}

/** Plans the run with outputs of which nothing is there: what cannot be done is refused before one is created or replaced. */
async function refuseEarly(
  kernel: URL | string,
  { outputs: files, tile, maxMemory, workers }: MapArgs,
  facts: OutputFacts,
  options: Omit<StreamWishes, "outputs">,
): Promise<void> {
  await refuseSamePlaces(files, facts.read);
  const { resume, shard } = facts.wishes;
  // Where chunks are there, these decide.
  if (resume || shard !== undefined || !files.every(({ path }) => isStorePath(path))) return;
  const { plannedZarr } = await import("../../io/zarr/create_zarr.ts");
  using open = new DisposableStack();
  const outputs: Record<string, StoredArray> = {};
  for (const { name, path } of files) {
    outputs[name] = open.use(await plannedZarr(path, createOptions(name, path, facts)));
  }
  if (Object.keys(facts.dtypes).some((name) => outputs[name] === undefined)) return;
  await prepareStream(kernel, { ...options, outputs, tile, maxMemory }, workersOf({ workers }));
}

/** An output that was written, as the report describes it. */
function describeStored(name: string, file: string, array: StoredArray | SharedNdArray): {
  readonly name: string;
  readonly file: string;
  readonly dtype: DType;
  readonly shape: Shape;
  readonly chunks: Shape;
} {
  const { dtype, shape } = array;
  return { name, file, dtype, shape, chunks: "chunks" in array ? array.chunks : shape };
}

/** What outputs are made from. */
interface OutputFacts {
  readonly dtypes: Readonly<Record<string, DType>>;
  readonly shape: Shape;
  /** Stored inputs, whose chunks and names of axes outputs of their shape take. */
  readonly like: Readonly<Record<string, StoredArray>>;
  /** Stored inputs, which outputs must not be. */
  readonly read: Readonly<Record<string, StoredArray>>;
  /** Names of axes, where they are not those of an input. */
  readonly dimensionNames?: readonly (string | null)[];
  readonly wishes: StreamArgs;
}

/** Outputs that are open. */
export interface StreamOutputs extends Disposable {
  readonly arrays: Readonly<Record<string, StoredArray | SharedNdArray>>;
  /** To be called when they are written: what is in shared memory then stays there. */
  keep(): void;
}

/**
 * Opens outputs that are there and shall be gone on with, and creates the others.
 *
 * @param files Where they go.
 * @param facts What they are made from.
 * @throws {UsageError} If one is there and was not meant to be, or is another array.
 */
export async function openOutputs(files: readonly NamedFile[], facts: OutputFacts): Promise<StreamOutputs> {
  using open = new DisposableStack();
  const arrays: Record<string, StoredArray | SharedNdArray> = {}, shared: SharedOutput[] = [];
  await refuseSamePlaces(files, facts.read);
  for (const file of files) {
    if (!file.path.startsWith("shm:")) {
      arrays[file.name] = open.use(await openOutput(file, facts));
      continue;
    }
    const { openSharedOutput } = await import("../shared_arrays.ts");
    const output = open.use(
      openSharedOutput(file.path, { dtype: facts.dtypes[file.name], shape: facts.shape }),
    );
    shared.push(output);
    arrays[file.name] = output.array;
  }
  const held = open.move();
  return {
    arrays,
    keep: () => shared.forEach((output) => output.keep()),
    [Symbol.dispose]: () => held.dispose(),
  };
}

/** Refuses outputs that are one array, or an input: replacing it would remove what is to be read. */
async function refuseSamePlaces(files: readonly NamedFile[], read: OutputFacts["read"]): Promise<void> {
  const taken = new Map<string, string>();
  for (const [name, array] of Object.entries(read)) {
    if (array.ledger !== undefined) taken.set(await realPlace(array.name), `input ${name}`);
  }
  for (const { name, path } of files) {
    const place = path.startsWith("shm:") ? path : await realPlace(path), other = taken.get(place);
    if (other?.startsWith("input ")) {
      throw new UsageError(
        `Output ${name} is ${path}, and so is ${other}: a run writes to arrays of their own`,
      );
    }
    if (other !== undefined) throw new UsageError(`Outputs ${other} and ${name} are both ${path}`);
    taken.set(place, name);
  }
}

async function openOutput({ name, path, variable }: NamedFile, facts: OutputFacts): Promise<StoredArray> {
  const { wishes, shape } = facts, dtype = facts.dtypes[name];
  if (variable !== undefined) {
    throw new UsageError(`--output ${path}:${variable} cannot be written block by block`);
  }
  const isStore = isStorePath(path), goesOn = wishes.resume || wishes.shard !== undefined;
  if (!isStore && goesOn) {
    throw new UsageError(
      `--output ${path} cannot be gone on with: only Zarr stores know which of their chunks are done`,
    );
  }
  const create = (overwrite: boolean) =>
    createArray(path, { ...createOptions(name, path, facts), overwrite });
  if (!isStore || wishes.overwrite) return await create(wishes.overwrite);
  const there = await openIfThere(path);
  if (there === null) {
    try {
      return await create(false);
    } catch (error) {
      // Another task of the same job was faster.
      const theirs = goesOn ? await openIfThere(path) : null;
      if (theirs === null) throw error;
      return requireLike(theirs, path, { shape, dtype, chunks: wishes.chunks });
    }
  }
  if (!goesOn) {
    const isEmpty = (await there.ledger?.chunksPresent())?.present.includes(1) === false;
    // Somebody has prepared it: with attributes, chunks and codecs as they shall be.
    if (isEmpty && !Object.hasOwn(there.attributes, RUN_ATTRIBUTE)) {
      return requireLike(there, path, { shape, dtype, chunks: wishes.chunks });
    }
    there.close();
    // Left by a run that came to nothing.
    if (isEmpty) return await create(true);
    throw new UsageError(`${path} is there already: --resume goes on with it, --overwrite replaces it`);
  }
  return requireLike(there, path, { shape, dtype, chunks: wishes.chunks });
}

/** What a new output is made as. */
function createOptions(name: string, path: string, facts: OutputFacts): CreateArrayOptions {
  const { wishes, shape, dtypes } = facts;
  const like = Object.values(facts.like).find((array) => sameShape(array.shape, shape));
  const names = facts.dimensionNames ?? like?.dimensionNames;
  return {
    shape,
    dtype: dtypes[name],
    chunks: wishes.chunks ?? (isStorePath(path) ? like?.chunks : undefined),
    codec: wishes.codec,
    level: wishes.level,
    zarrFormat: wishes.zarrFormat,
    dimensionNames: names?.some((axis) => axis !== null) ? names : undefined,
  };
}

async function openIfThere(path: string): Promise<StoredArray | null> {
  try {
    return await openArray(path, { writable: true });
  } catch (error) {
    const reason = error instanceof FormatError ? error.cause : error;
    if (reason instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

function requireLike(
  array: StoredArray,
  path: string,
  { shape, dtype, chunks = array.chunks }: {
    readonly shape: Shape;
    readonly dtype: DType;
    readonly chunks: Shape | undefined;
  },
): StoredArray {
  if (array.dtype === dtype && sameShape(array.shape, shape) && sameShape(array.chunks, chunks)) return array;
  array.close();
  throw new UsageError(
    `${path} has ${array.dtype} ${showShape(array.shape)} in chunks of ${
      showShape(array.chunks)
    }, but ${dtype} ${showShape(shape)} in chunks of ${
      showShape(chunks)
    } is computed: --overwrite replaces it`,
  );
}
