/**
 * Variables of NetCDF-4 and HDF5 files, read box by box.
 *
 * @module
 */

import { DTYPES } from "../dtype.ts";
import type { ArrayDriver } from "../store/driver.ts";
import { StoredArray } from "../store/stored_array.ts";
import { Hdf5Boxes } from "./hdf5_boxes.ts";
import { Hdf5File } from "./hdf5_library.ts";
import { attributesOf, decodingOfVariable, filterName, requireVariable } from "./hdf5_variables.ts";
import { slabsOf } from "./slabs.ts";

/** Which variable a driver reads. */
export interface Hdf5Location {
  /** The file. */
  readonly path: string;
  /** The variable's path, such as `group/tmp`. */
  readonly variable?: string;
}

/**
 * Opens a variable of a NetCDF-4 or HDF5 file, to be read box by box.
 *
 * @param path The file.
 * @param variable The variable's path; may be left out where there is no choice.
 * @throws {FormatError} If it is no such file, or has no such variable that can be read.
 */
export async function openStoredHdf5(path: string, variable?: string): Promise<StoredArray> {
  const location: Hdf5Location = { path, variable };
  return new StoredArray(await openDriver(location), { module: import.meta.url, location });
}

/**
 * Opens a variable on this thread.
 *
 * @param location An {@linkcode Hdf5Location}.
 * @throws {FormatError} As {@linkcode openStoredHdf5}.
 */
export async function openDriver(location: unknown): Promise<ArrayDriver> {
  // Handles come from `openStoredHdf5` alone.
  const { path, variable: name } = location as Hdf5Location;
  const file = await Hdf5File.open(path);
  try {
    return file.attempt("is damaged", () => driverOf(file, name));
  } catch (cause) {
    file[Symbol.dispose]();
    throw cause;
  }
}

function driverOf(file: Hdf5File, name: string | undefined): ArrayDriver {
  const variable = requireVariable(file, name);
  const decoding = decodingOfVariable(file, variable);
  const boxes = new Hdf5Boxes(file, variable.dataset, decoding);
  const { shape, dimensions, dataset } = variable;
  const { chunks } = dataset.metadata;
  return {
    text: `${file.path}:${variable.name}`,
    dtype: decoding.dtype,
    shape,
    chunks: chunks === null
      ? slabsOf(shape, DTYPES[decoding.dtype].bytes)
      : chunks.map((extent, axis) => Math.max(1, Math.min(extent, shape[axis]))),
    dimensionNames: dimensions.map((dimension) => dimension === "" ? null : dimension),
    attributes: attributesOf(file, variable),
    details: {
      format: "HDF5",
      stored: decoding.stored,
      codecs: dataset.filters.map(filterName),
    },
    readsParts: chunks === null,
    scratchBytes: boxes.scratchBytes,
    read: (box, target) => boxes.read(box, target),
    close: () => file[Symbol.dispose](),
  };
}
