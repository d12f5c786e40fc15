/**
 * The files that `map` writes: found to be writable before anything is computed, complete or absent afterwards.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import type { PendingFile } from "../io/atomic_write.ts";
import type { NamedFile } from "./named_args.ts";
import type { SharedOutput } from "./shared_arrays.ts";

/** Output files that are reserved but not yet written. Disposing gives up those that were not. */
export interface ReservedOutputs extends Disposable {
  /** Outputs in shared memory, by name: a run may write to them. Others are made by the run. */
  readonly arrays: Readonly<Record<string, SharedNdArray>>;
  /**
   * Writes each array to its file. The files appear under their names when all are written.
   *
   * @param arrays Arrays by name.
   * @param signal Leaves everything as it was when it fires before that.
   * @param published Is told the path of each file that stands under its name.
   */
  write(
    arrays: Readonly<Record<string, SharedNdArray>>,
    signal: AbortSignal,
    published?: (path: string) => void,
  ): Promise<void>;
}

/** One file, and the arrays that go into it: their names in the file, and in the run. */
interface OutputFile {
  readonly path: string;
  readonly variables: Map<string, string>;
}

/**
 * Checks that every output can be written, and holds a temporary file for each.
 *
 * @param outputs The outputs.
 * @param dtypes The dtype of each.
 * @param shape The shape of all.
 * @throws {UsageError} If two outputs go to one place, or a format or the file system does not take one.
 */
export async function reserveOutputs(
  outputs: readonly NamedFile[],
  dtypes: Readonly<Record<string, DType>>,
  shape: Shape,
): Promise<ReservedOutputs> {
  using reserved = new DisposableStack();
  const writers: ((arrays: Readonly<Record<string, SharedNdArray>>) => Promise<void>)[] = [];
  const files: PendingFile[] = [];
  const isShared = ({ path }: NamedFile) => path.startsWith("shm:");
  const shared = await openShared(outputs.filter(isShared), dtypes, shape, reserved);
  // The formats are loaded only when there is something to write.
  if (!outputs.every(isShared)) {
    const { formatOf } = await import("../io/formats.ts");
    const { PendingFile: Pending } = await import("../io/atomic_write.ts");
    for (const { path, variables } of groupByFile(outputs.filter((output) => !isShared(output)))) {
      const format = formatOf(path);
      if (
        !format.holdsSeveral &&
        outputs.some((output) => output.path === path && output.variable !== undefined)
      ) {
        throw new UsageError(`--output ${path}: a .${format.name} file holds one array without a name`);
      }
      const infos = variables.entries().map(([variable, name]) =>
        [variable, { dtype: dtypes[name], shape }] as const
      );
      const refusal = await format.refuses(new Map(infos));
      if (refusal !== null) throw new UsageError(`--output ${path}: ${refusal}`);
      const file = reserved.use(reserve(Pending, path));
      const same = files.find((other) => other.target === file.target);
      if (same !== undefined) throw new UsageError(`Outputs ${same.path} and ${path} are the same file`);
      files.push(file);
      writers.push((arrays) =>
        format.write(file, new Map(variables.entries().map(([variable, name]) => [variable, arrays[name]])))
      );
    }
  }
  const held = reserved.move();
  return {
    arrays: Object.fromEntries(shared.map(({ name, output }) => [name, output.array])),
    async write(arrays, signal, published) {
      for (const { name, output } of shared) {
        if (arrays[name] !== output.array) output.array.copyFrom(arrays[name]);
      }
      for (const write of writers) {
        await write(arrays);
        // Writing keeps this thread busy: signals that came meanwhile are heard in a task of their own.
        await new Promise((resolve) => setTimeout(resolve));
        signal.throwIfAborted();
      }
      for (const file of files) {
        file.publish();
        published?.(file.path);
      }
      for (const { path, output } of shared) {
        output.keep();
        published?.(path);
      }
    },
    [Symbol.dispose]: () => held.dispose(),
  };
}

/** Attaches to outputs in shared memory, or creates them. */
async function openShared(
  outputs: readonly NamedFile[],
  dtypes: Readonly<Record<string, DType>>,
  shape: Shape,
  reserved: DisposableStack,
): Promise<(NamedFile & { readonly output: SharedOutput })[]> {
  if (outputs.length === 0) return [];
  const { openSharedOutput } = await import("./shared_arrays.ts");
  return outputs.map((output) => {
    const result = { dtype: dtypes[output.name], shape };
    return { ...output, output: reserved.use(openSharedOutput(output.path, result)) };
  });
}

function reserve(files: typeof PendingFile, path: string): PendingFile {
  try {
    return files.reserve(path);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`--output ${path} cannot be written: ${reason}`, { cause });
  }
}

function groupByFile(outputs: readonly NamedFile[]): OutputFile[] {
  const files = new Map<string, OutputFile>();
  for (const { name, path, variable = name } of outputs) {
    const file = files.get(path) ?? { path, variables: new Map<string, string>() };
    const other = file.variables.get(variable);
    if (other !== undefined) {
      throw new UsageError(`Outputs ${other} and ${name} would both be ${variable} in ${path}`);
    }
    file.variables.set(variable, name);
    files.set(path, file);
  }
  return [...files.values()];
}
