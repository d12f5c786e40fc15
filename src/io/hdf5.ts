/**
 * Whole variables of NetCDF-4 and HDF5 files, and what there is in one.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import type { ArrayDriver } from "../store/driver.ts";
import { openDriver } from "./hdf5_driver.ts";
import { Hdf5File } from "./hdf5_library.ts";
import { listVariables } from "./hdf5_variables.ts";
import { pathText } from "./path.ts";

/**
 * Reads a variable of a NetCDF-4 or HDF5 file into shared memory. Missing values, scales and dtypes are treated as in
 * NetCDF-3 files.
 *
 * @param path The file.
 * @param variable The variable's path, such as `group/tmp`; not needed where there is no choice.
 * @throws {FormatError} If it is no such file, is damaged, or has no such variable of numbers.
 * @throws {Deno.errors.NotFound} If there is no such file.
 */
export async function readHdf5(path: string | URL, variable?: string): Promise<SharedNdArray> {
  const driver = await openDriver({ path: pathText(path), variable });
  return await closing(driver, async () => {
    const array = SharedNdArray.zeros(driver.shape, { dtype: driver.dtype });
    await driver.read({ origin: driver.shape.map(() => 0), shape: driver.shape }, array);
    return array;
  });
}

/**
 * Dtype and shape of the array that {@linkcode readHdf5} would make, and the bytes that reading takes meanwhile.
 *
 * @param path The file.
 * @param variable The variable's path.
 * @throws {FormatError} As {@linkcode readHdf5}.
 */
export async function inspectHdf5(
  path: string | URL,
  variable?: string,
): Promise<{ dtype: DType; shape: Shape; loadBytes: number }> {
  const driver = await openDriver({ path: pathText(path), variable });
  return await closing(driver, () => {
    const { dtype, shape, scratchBytes = 0 } = driver;
    return Promise.resolve({ dtype, shape, loadBytes: scratchBytes });
  });
}

/** What {@linkcode listHdf5} tells of a variable. */
export interface Hdf5VariableInfo {
  /** Its path without the first slash. */
  readonly name: string;
  /** What it holds that is not numbers; null where it holds numbers. */
  readonly unreadable: string | null;
  /** Its shape. */
  readonly shape: Shape;
}

/**
 * The variables of a NetCDF-4 or HDF5 file.
 *
 * @param path The file.
 * @throws {FormatError} If it is no such file.
 */
export async function listHdf5(path: string | URL): Promise<Hdf5VariableInfo[]> {
  using file = await Hdf5File.open(pathText(path));
  return file.attempt("is damaged", () => listVariables(file)).map(({ name, stored, kind, shape }) => ({
    name,
    unreadable: stored === null ? kind : null,
    shape,
  }));
}

async function closing<T>(driver: ArrayDriver, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } finally {
    driver.close();
  }
}
