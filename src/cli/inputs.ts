/**
 * The arrays that `map` works on: read from files, or generated.
 *
 * @module
 */

import { visitWords } from "../array/random/philox.ts";
import { fillUniform } from "../array/random/uniform.ts";
import { broadcastShapes } from "../array/layout/broadcast.ts";
import { sameShape, type Shape, showShape, sizeOf } from "../array/layout/shape.ts";
import { SharedNdArray, storageOf } from "../array/shared_ndarray.ts";
import { type DType, DTYPES, isBigIntDType } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import type { MapArgs } from "./args.ts";
import type { NamedFile } from "./named_args.ts";

/** An array that is known but not yet in memory. */
export interface PlannedInput {
  /** Its name. */
  readonly name: string;
  /** Its dtype. */
  readonly dtype: DType;
  /** Its shape. */
  readonly shape: Shape;
  /** Bytes that are needed only while it is loaded, beyond its own. */
  readonly loadBytes: number;
  /** Brings it into memory. */
  load(): Promise<SharedNdArray>;
}

/** The names of generated inputs where nothing else is said. */
const DEFAULT_NAMES: readonly string[] = ["tmp", "rad"];

/** The shape of generated inputs where nothing else is said. */
export const DEFAULT_SHAPE: Shape = [365, 16, 16];

/** Generated integers are from 0 to one less than this, so that sums of two fit into int8. */
const INTEGER_RANGE = 50;

/**
 * What the inputs will be, from files' headers and flags. Makes no array.
 *
 * @param args The command line.
 * @param wanted The names that the kernel needs, or null when any will do.
 * @throws {UsageError} If an input is not used.
 */
export async function planInputs(args: MapArgs, wanted: readonly string[] | null): Promise<PlannedInput[]> {
  if (args.inputs.length === 0) return planGenerated(args, wanted ?? DEFAULT_NAMES);
  const names = args.inputs.map((input) => input.name);
  const unused = wanted === null ? undefined : names.find((name) => !wanted.includes(name));
  if (unused !== undefined) throw new UsageError(`The expression does not use the input ${unused}`);
  return await Promise.all(args.inputs.map(planFile));
}

/**
 * The shape of a run: that of all inputs of a module, and what those of an expression broadcast to.
 *
 * @param inputs The inputs.
 * @param isExpression Whether an expression is run.
 * @param generated The shape where there is no input.
 * @throws {UsageError} If the inputs do not fit each other.
 */
export function shapeOfRun(inputs: readonly PlannedInput[], isExpression: boolean, generated: Shape): Shape {
  if (inputs.length === 0) return generated;
  const [first, ...others] = inputs;
  if (isExpression) {
    return others.reduce((shape, other) => broadcastTwo(first.name, shape, other), first.shape);
  }
  for (const other of others) {
    if (!sameShape(first.shape, other.shape)) refuseShapes(first.name, first.shape, other);
  }
  return first.shape;
}

function broadcastTwo(name: string, shape: Shape, other: PlannedInput): Shape {
  try {
    return broadcastShapes(shape, other.shape);
  } catch {
    return refuseShapes(name, shape, other);
  }
}

function refuseShapes(name: string, shape: Shape, other: PlannedInput): never {
  throw new UsageError(
    `Inputs must have one shape, but ${name} has ${showShape(shape)} and ${other.name} ${
      showShape(other.shape)
    }`,
  );
}

/**
 * What an input from a file or from shared memory will be.
 *
 * @param file Where it is.
 */
export async function planFile({ name, path, variable }: NamedFile): Promise<PlannedInput> {
  if (path.startsWith("shm:")) return (await import("./shared_arrays.ts")).planShared(name, path);
  const { formatOf } = await import("../io/formats.ts");
  const format = formatOf(path);
  const { dtype, shape, loadBytes } = await format.inspect(path, variable);
  return { name, dtype, shape, loadBytes, load: () => format.read(path, variable) };
}

function planGenerated(args: MapArgs, names: readonly string[]): PlannedInput[] {
  const { shape = DEFAULT_SHAPE, dtype = "float64", seed = 1 } = args;
  sizeOf(shape);
  return names.map((name, k) => ({
    name,
    dtype,
    shape,
    loadBytes: 0,
    load: () => Promise.resolve(generate(shape, dtype, BigInt(seed) + BigInt(k))),
  }));
}

/** Random numbers: floats in [0, 1), integers from 0 to 49, bools either. */
function generate(shape: Shape, dtype: DType, seed: bigint): SharedNdArray {
  const array = SharedNdArray.empty(shape, { dtype });
  if (DTYPES[dtype].kind === "float") {
    fillUniform(array.data, dtype, { seed, memory: storageOf(array).webAssemblyMemory });
    return array;
  }
  const range = dtype === "bool" ? 2 : INTEGER_RANGE;
  const isBig = isBigIntDType(dtype);
  visitWords(seed, array.size, (words, start) => {
    words.forEach((word, k) => array.data[start + k] = isBig ? BigInt(word % range) : word % range);
  });
  return array;
}

/** Inputs from this size on keep the thread busy for some time. */
const MUCH_BYTES = 1 << 24;

/**
 * Brings inputs into memory.
 *
 * @param inputs The inputs.
 * @param signal Ends that between two of them.
 */
export async function loadInputs(
  inputs: readonly PlannedInput[],
  signal: AbortSignal,
): Promise<Record<string, SharedNdArray>> {
  const loaded: Record<string, SharedNdArray> = {};
  for (const input of inputs) {
    signal.throwIfAborted();
    const array = loaded[input.name] = await input.load();
    // Signals that came while this thread was busy are heard in a task of their own.
    if (array.byteLength >= MUCH_BYTES) await new Promise((resolve) => setTimeout(resolve));
  }
  signal.throwIfAborted();
  return loaded;
}

/**
 * Names generated inputs that are not the default job's: a name that is neither given nor one of those may be a
 * mistake.
 *
 * @param inputs The inputs.
 * @param args The command line.
 * @param say Says it.
 */
export function sayGenerated(
  inputs: readonly PlannedInput[],
  args: MapArgs,
  say: (text: string) => void,
): void {
  if (args.kernel !== undefined || args.inputs.length > 0) return;
  if (inputs.every(({ name }) => DEFAULT_NAMES.includes(name))) return;
  say(`Generated ${inputs.map(({ name }) => name).join(", ")}: random ${inputs[0].dtype}\n`);
}
