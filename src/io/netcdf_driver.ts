/**
 * NetCDF files, read box by box: NetCDF-3 by ranges of bytes; NetCDF-4, which is HDF5, by the HDF5 library.
 *
 * @module
 */

import { DTYPES } from "../dtype.ts";
import { FormatError, UnsupportedError } from "../errors.ts";
import type { ArrayDriver } from "../store/driver.ts";
import { StoredArray } from "../store/stored_array.ts";
import { InputFile } from "./input_file.ts";
import { findVariable } from "./netcdf.ts";
import { BOX_SCRATCH_BYTES, NetcdfBoxes } from "./netcdf_boxes.ts";
import { type NetcdfVariable, readNetcdfHeader } from "./netcdf_header.ts";
import { type Decoding, decodingOf } from "./netcdf_values.ts";
import { slabsOf } from "./slabs.ts";

/** Which variable a driver reads. */
export interface NetcdfLocation {
  /** The file. */
  readonly path: string;
  /** The variable's name. */
  readonly variable?: string;
}

/** What a NetCDF file is in truth. */
export type NetcdfKind = "netcdf-3" | "hdf5";

/**
 * Which of the two formats a file has, by its first bytes.
 *
 * @param path The file.
 * @throws {FormatError} If it is neither.
 * @throws {Deno.errors.NotFound} If there is no such file.
 */
export function netcdfKind(path: string): NetcdfKind {
  using file = InputFile.open(path, "netcdf");
  const magic = new Uint8Array(Math.min(4, file.size));
  file.read(magic);
  const text = String.fromCharCode(...magic);
  if (text === "\x89HDF") return "hdf5";
  if (text.startsWith("CDF")) return "netcdf-3";
  // A file of HDF5 may begin with a block of something else, of 512 bytes or twice, four times … as many.
  for (let at = 512; at + 4 <= file.size; at *= 2) {
    file.seek(at);
    file.read(magic);
    if (String.fromCharCode(...magic) === "\x89HDF") return "hdf5";
  }
  throw new FormatError(
    `${path} is ${
      file.size === 0 ? "empty" : "no NetCDF or HDF5 file"
    }: expected one that begins with "CDF" or "\\x89HDF"`,
    "netcdf",
  );
}

/**
 * Opens a variable of a NetCDF-3, NetCDF-4 or HDF5 file, to be read box by box.
 *
 * @param path The file.
 * @param options The variable's name, `group/name` in a group of a NetCDF-4 or HDF5 file.
 * @throws {FormatError} If it is no such file, is damaged, or has no such variable.
 * @throws {UnsupportedError} If it shall be written.
 *
 * @example
 * ```ts
 * import { openArray, SharedNdArray, writeArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const file = await Deno.makeTempFile({ suffix: ".nc" });
 * await writeArrays(file, { tmp: SharedNdArray.from([[1, 2, 3], [4, 5, 6]]) });
 * using tmp = await openArray(file);
 * assertEquals((await tmp.read({ origin: [1, 1], shape: [1, 2] })).toNested(), [[5, 6]]);
 * await Deno.remove(file);
 * ```
 */
export async function openStoredNetcdf(
  path: string,
  options: { readonly variable?: string; readonly writable?: boolean },
): Promise<StoredArray> {
  if (options.writable === true) {
    throw new UnsupportedError(`${path} can only be read: boxes are written to Zarr stores and .npy files`);
  }
  if (netcdfKind(path) === "hdf5") {
    return await (await import("./hdf5_driver.ts")).openStoredHdf5(path, options.variable);
  }
  const location: NetcdfLocation = { path, variable: options.variable };
  return new StoredArray(openDriver(location), { module: import.meta.url, location });
}

/**
 * Opens a variable of a NetCDF-3 file on this thread.
 *
 * @param location A {@linkcode NetcdfLocation}.
 * @throws {FormatError} As {@linkcode openStoredNetcdf}.
 */
export function openDriver(location: unknown): ArrayDriver {
  // Handles come from `openStoredNetcdf` alone.
  const { path, variable } = location as NetcdfLocation;
  const file = InputFile.open(path, "netcdf");
  try {
    const found = findVariable(readNetcdfHeader(file), variable, path);
    return driverOf(file, found);
  } catch (cause) {
    file[Symbol.dispose]();
    throw cause;
  }
}

/** What is known of a variable before it is read. */
export type NetcdfFacts =
  & Required<Pick<ArrayDriver, "text" | "dtype" | "shape" | "chunks" | "dimensionNames" | "attributes">>
  & { readonly details: Readonly<Record<string, unknown>> };

/**
 * What is known of all variables of a NetCDF-3 file, whose header is read once.
 *
 * @param path The file.
 * @returns Facts by name; for a variable that cannot be read, why.
 * @throws {FormatError} If it is no such file, or is damaged.
 */
export function describeNetcdf(path: string): Map<string, NetcdfFacts | FormatError> {
  using file = InputFile.open(path, "netcdf");
  // Of several of one name the first counts, as when it is opened.
  const variables = readNetcdfHeader(file).toReversed();
  return new Map(variables.map((variable) => [variable.name, factsOrProblem(variable, path)]));
}

function factsOrProblem(variable: NetcdfVariable, path: string): NetcdfFacts | FormatError {
  try {
    return factsOf(variable, decodingOf(variable, path), path);
  } catch (cause) {
    if (cause instanceof FormatError) return cause;
    throw cause;
  }
}

function factsOf(variable: NetcdfVariable, decoding: Decoding, path: string): NetcdfFacts {
  const { shape, dimensions, attributes, name } = variable;
  return {
    text: `${path}:${name}`,
    dtype: decoding.dtype,
    shape,
    chunks: slabsOf(shape, DTYPES[decoding.dtype].bytes),
    dimensionNames: dimensions,
    attributes: Object.fromEntries(
      attributes.entries().map((
        [key, value],
      ) => [key, typeof value !== "string" && value.length === 1 ? value[0] : value]),
    ),
    details: {
      format: "NetCDF-3",
      stored: decoding.stored,
      storedBytes: variable.pieces * variable.pieceBytes,
    },
  };
}

function driverOf(file: InputFile, variable: NetcdfVariable): ArrayDriver {
  const decoding = decodingOf(variable, file.path);
  const boxes = new NetcdfBoxes(file, variable, decoding);
  return {
    ...factsOf(variable, decoding, file.path),
    readsParts: true,
    scratchBytes: BOX_SCRATCH_BYTES,
    read: (box, target) => boxes.read(box, target),
    close: () => file[Symbol.dispose](),
  };
}
