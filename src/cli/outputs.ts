/**
 * The files that `map` writes: found to be writable before anything is computed, complete or absent afterwards.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import type { NamedFile } from "./args.ts";

/** Output files that are reserved but not yet written. */
export interface ReservedOutputs extends Disposable {
  /** Writes each array to its file. */
  write(arrays: Readonly<Record<string, SharedNdArray>>): Promise<void>;
}

/** One file and the arrays that go into it: variable in the file, then name of the array. */
interface OutputFile {
  readonly path: string;
  readonly variables: Map<string, string>;
}

/**
 * Checks that every output can be written, and holds a temporary file for each.
 *
 * @param outputs The outputs.
 * @param dtypes The dtype of each.
 * @throws {UsageError} If two outputs go to one place, or a format does not hold a dtype.
 */
export async function reserveOutputs(
  outputs: readonly NamedFile[],
  dtypes: Readonly<Record<string, DType>>,
): Promise<ReservedOutputs> {
  using stack = new DisposableStack();
  const reserved: ((arrays: Readonly<Record<string, SharedNdArray>>) => Promise<void>)[] = [];
  if (outputs.length > 0) {
    const { formatOf } = await import("../io/formats.ts");
    const { PendingFile } = await import("../io/atomic_write.ts");
    for (const { path, variables } of groupByFile(outputs)) {
      const format = formatOf(path);
      for (const [variable, name] of variables) {
        const reason = format.refuses(dtypes[name], variable, variables.size);
        if (reason !== null) throw new UsageError(`--output ${name}=${path}: ${reason}`);
      }
      const file = stack.use(reserve(PendingFile, path));
      reserved.push((arrays) =>
        format.write(
          file,
          Object.fromEntries(variables.entries().map(([variable, name]) => [variable, arrays[name]])),
        )
      );
    }
  }
  const held = stack.move();
  return {
    write: async (arrays) => {
      for (const write of reserved) await write(arrays);
    },
    [Symbol.dispose]: () => held.dispose(),
  };
}

function reserve<T>(files: { reserve(path: string): T }, path: string): T {
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
    const file = files.getOrInsert(path, { path, variables: new Map() });
    const other = file.variables.get(variable);
    if (other !== undefined) {
      throw new UsageError(`Outputs ${other} and ${name} would both be written to ${path}`);
    }
    file.variables.set(variable, name);
  }
  return [...files.values()];
}
