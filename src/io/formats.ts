/**
 * The file formats by the endings of file names, behind one interface. Each format's module is loaded when it is used.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import type { FileWriter, PendingFile } from "./atomic_write.ts";
import { pathText } from "./path.ts";

/** What is known of an array before it is read or made. */
export interface ArrayInfo {
  /** The dtype. */
  readonly dtype: DType;
  /** The shape. */
  readonly shape: Shape;
}

/** What is known of an array in a file before it is read. */
export interface StoredArrayInfo extends ArrayInfo {
  /** About how many bytes reading takes while it goes on, beyond the array itself. */
  readonly loadBytes: number;
}

/**
 * A file format. The way to use one: `inspect` all inputs, ask `refuses` and reserve a {@linkcode PendingFile} for
 * each output, and only then `read`, compute, and `write`.
 */
export interface Format {
  /** Its name, such as `npy`. */
  readonly name: string;
  /** Whether a file can hold several arrays, told apart by name. */
  readonly holdsSeveral: boolean;
  /**
   * Dtype and shape of an array in a file. Nothing large is read or allocated.
   *
   * @param path The file.
   * @param variable The array's name in the file; may be left out where there is no choice.
   * @throws {FormatError} If the file is not of this format, is truncated, or has no such array.
   * @throws {Deno.errors.NotFound} If there is no such file.
   */
  inspect(path: string | URL, variable?: string): Promise<StoredArrayInfo>;
  /**
   * Reads an array from a file.
   *
   * @param path The file.
   * @param variable The array's name in the file; may be left out where there is no choice.
   * @throws {FormatError} As `inspect`, or if the data are damaged.
   */
  read(path: string | URL, variable?: string): Promise<SharedNdArray>;
  /**
   * Why arrays cannot be written to one file of this format.
   *
   * @param arrays Dtypes and shapes by name; arrays themselves will do.
   * @returns A sentence, or null when they can.
   */
  refuses(arrays: ReadonlyMap<string, ArrayInfo>): Promise<string | null>;
  /**
   * Writes arrays to a file that was reserved. The file gets its final name when it is published.
   *
   * @param pending The file.
   * @param arrays Arrays by name. Where a file holds one array, its name is not kept.
   * @throws {FormatError} If the format `refuses` them; then, as with every failure, no file appears.
   */
  write(pending: PendingFile, arrays: ReadonlyMap<string, SharedNdArray>): Promise<void>;
}

const npy: Format = {
  name: "npy",
  holdsSeveral: false,
  async inspect(path, variable) {
    refuseVariable(path, variable);
    const { inspectNpy } = await import("./npy.ts");
    return { ...await inspectNpy(path), loadBytes: 0 };
  },
  async read(path, variable) {
    refuseVariable(path, variable);
    const { readNpy } = await import("./npy.ts");
    return readNpy(path);
  },
  refuses(arrays) {
    return Promise.resolve(
      arrays.size === 1
        ? null
        : `A .npy file holds one array, not ${arrays.size}: expected one output a file`,
    );
  },
  write(pending, arrays) {
    return fill(this, pending, arrays, async ([array]) => (await import("./npy.ts")).npyWriter(array));
  },
};

const npz: Format = {
  name: "npz",
  holdsSeveral: true,
  async inspect(path, variable) {
    return await (await import("./npz.ts")).inspectNpz(path, variable);
  },
  async read(path, variable) {
    return await (await import("./npz.ts")).readNpz(path, variable);
  },
  async refuses(arrays) {
    return (await import("./npz.ts")).refuseNpzNames(arrays.keys());
  },
  write(pending, arrays) {
    return fill(this, pending, arrays, async () => (await import("./npz.ts")).npzWriter(arrays));
  },
};

const netcdf: Format = {
  name: "netcdf",
  holdsSeveral: true,
  async inspect(path, variable) {
    if (beginsAsHdf5(path)) return await hdf5.inspect(path, variable);
    return await (await import("./netcdf.ts")).inspectNetcdf(path, variable);
  },
  async read(path, variable) {
    if (beginsAsHdf5(path)) return await hdf5.read(path, variable);
    return await (await import("./netcdf.ts")).readNetcdf(path, variable);
  },
  async refuses(arrays) {
    return (await import("./netcdf_write.ts")).refuseNetcdf(arrays);
  },
  write(pending, arrays) {
    return fill(
      this,
      pending,
      arrays,
      async () => (await import("./netcdf_write.ts")).netcdfWriter(arrays),
    );
  },
};

const hdf5: Format = {
  name: "hdf5",
  holdsSeveral: true,
  async inspect(path, variable) {
    return await (await import("./hdf5.ts")).inspectHdf5(path, variable);
  },
  async read(path, variable) {
    return await (await import("./hdf5.ts")).readHdf5(path, variable);
  },
  refuses() {
    return Promise.resolve(
      "HDF5 and NetCDF-4 files are only read: expected .nc, which is written as NetCDF-3, or .npz",
    );
  },
  async write(pending, arrays) {
    throw new FormatError(`Cannot write ${pending.path}: ${await this.refuses(arrays)}`, this.name);
  },
};

const geotiff: Format = {
  name: "geotiff",
  holdsSeveral: false,
  async inspect(path, variable) {
    return await (await import("./geotiff.ts")).inspectGeotiff(path, variable);
  },
  async read(path, variable) {
    return await (await import("./geotiff.ts")).readGeotiff(path, variable);
  },
  async refuses(arrays) {
    const [array, ...others] = arrays.values();
    if (array === undefined || others.length > 0) {
      return `A .tif file holds one array, not ${arrays.size}: expected one output a file`;
    }
    return (await import("./geotiff_write.ts")).refuseGeotiff(array);
  },
  write(pending, arrays) {
    return fill(
      this,
      pending,
      arrays,
      async ([array]) => (await import("./geotiff_write.ts")).geotiffWriter(array),
    );
  },
};

const BY_ENDING: ReadonlyMap<string, Format> = new Map([
  [".npy", npy],
  [".npz", npz],
  [".nc", netcdf],
  ...[".nc4", ".h5", ".hdf5"].map((ending) => [ending, hdf5] as const),
  ...[".tif", ".tiff"].map((ending) => [ending, geotiff] as const),
]);

/** The endings of file names that belong to a format, such as `.npy`. */
export const FILE_ENDINGS: readonly string[] = [...BY_ENDING.keys()];

/**
 * The format of a file by the ending of its name.
 *
 * @param path The file, which need not exist. Capital letters are as good as small ones.
 * @throws {FormatError} If no format has that ending; the message names those that have one.
 */
export function formatOf(path: string | URL): Format {
  const text = pathText(path);
  const [ending] = /\.[^./\\]*$/.exec(text) ?? [""];
  const format = BY_ENDING.get(ending.toLowerCase());
  if (format !== undefined) return format;
  throw new FormatError(
    `${text} ${ending === "" ? "has no file ending" : `ends in ${ending}`}, expected one of ${
      FILE_ENDINGS.join(", ")
    }`,
    ending.slice(1),
  );
}

/** Whether a file that should be NetCDF begins as HDF5 does. One that cannot be read is left to who says so better. */
function beginsAsHdf5(path: string | URL): boolean {
  try {
    if (!Deno.statSync(path).isFile) return false;
    using file = Deno.openSync(path);
    const magic = new Uint8Array(4);
    return file.readSync(magic) === 4 && String.fromCharCode(...magic) === "\x89HDF";
  } catch {
    return false;
  }
}

function refuseVariable(path: string | URL, variable: string | undefined): void {
  if (variable === undefined) return;
  throw new FormatError(
    `${pathText(path)} has no variable ${
      JSON.stringify(variable)
    }: a .npy file holds one array without a name`,
    "npy",
  );
}

async function fill(
  format: Format,
  pending: PendingFile,
  arrays: ReadonlyMap<string, SharedNdArray>,
  writer: (arrays: readonly SharedNdArray[]) => Promise<FileWriter>,
): Promise<void> {
  const refusal = await format.refuses(arrays);
  if (refusal !== null) throw new FormatError(`Cannot write ${pending.path}: ${refusal}`, format.name);
  await pending.write(await writer([...arrays.values()]));
}
