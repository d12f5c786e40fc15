/**
 * Words of a command line that give something a name: `NAME=FILE`, `NAME=NUMBER`.
 *
 * @module
 */

import { UsageError } from "../errors.ts";
import { scalarValue } from "./arg_values.ts";

/** A file that holds an array, with the name that the kernel knows it by. */
export interface NamedFile {
  /** The array's name. */
  readonly name: string;
  /** The file. */
  readonly path: string;
  /** The variable in the file, for formats that hold several. */
  readonly variable?: string;
}

/**
 * A file, and behind a colon a variable in it. Only what follows a known ending is one: paths have colons too. Variables
 * of HDF5 lie in groups.
 */
const FILE_AND_VARIABLE = /^(?:(.*?\.(?:nc4?|h5|hdf5)):([^\\]+)|(.*?\.(?:npy|npz|tiff?)):([^/\\]+))$/is;

/**
 * A file with a name.
 *
 * @param flag The flag that it stands behind.
 * @param text Both, with `=` between them.
 * @throws {UsageError} If it is not of that form.
 */
export function namedFile(flag: string, text: string): NamedFile {
  const [name, path] = nameAndRest(flag, text, "FILE");
  const [, nested, group, plain, single] = FILE_AND_VARIABLE.exec(path) ?? [];
  const file = nested ?? plain, variable = group ?? single;
  return file === undefined ? { name, path } : { name, path: file, variable };
}

/** What stands before and behind the first `=`. */
function nameAndRest(flag: string, text: string, what: string): [name: string, rest: string] {
  const [, name, rest] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || rest === "") {
    throw new UsageError(`${flag} ${text} is not of the form NAME=${what}`);
  }
  if (!/^[A-Za-z_]\w*$/.test(name)) {
    throw new UsageError(
      `${flag} ${text}: ${JSON.stringify(name)} is not a name (letters, digits and _, no digit first)`,
    );
  }
  return [name, rest];
}

/**
 * Scalars by name.
 *
 * @param texts Names and numbers, with `=` between them.
 * @throws {UsageError} If one is not of that form, or a name comes twice.
 */
export function namedScalars(texts: readonly string[]): Record<string, number | bigint | boolean> {
  const scalars: Record<string, number | bigint | boolean> = {};
  for (const text of texts) {
    const [name, value] = nameAndRest("--scalar", text, "NUMBER");
    if (Object.hasOwn(scalars, name)) throw new UsageError(`--scalar names ${name} twice`);
    const scalar = scalarValue(value);
    if (scalar === undefined) {
      throw new UsageError(`--scalar ${text}: ${value} is not a number, true or false`);
    }
    scalars[name] = scalar;
  }
  return scalars;
}
