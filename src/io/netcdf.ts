/**
 * Reading NetCDF-3 files.
 *
 * @module
 */

import { type Shape, showShape } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import { InputFile } from "./input_file.ts";
import { HEADER_BYTES, type NetcdfVariable, readNetcdfHeader } from "./netcdf_header.ts";
import { decodingOf, readValues, STAGING_BYTES } from "./netcdf_values.ts";
import { shownList, shownText } from "./shown_text.ts";

/** What {@linkcode listNetcdf} tells of a variable. */
export interface NetcdfVariableInfo {
  /** Its name. */
  readonly name: string;
  /** The dtype that reading it gives, or null for text, which cannot be read. */
  readonly dtype: DType | null;
  /** Its shape. */
  readonly shape: Shape;
  /** The names of its dimensions. */
  readonly dimensions: readonly string[];
  /** Its unit of measurement as the file states it, such as `degC`, if it does. */
  readonly units: string | undefined;
}

/**
 * The variables of a NetCDF-3 file. Only the header is read.
 *
 * @param path The file.
 * @throws {FormatError} If it is no NetCDF-3 file or is truncated.
 * @throws {Deno.errors.NotFound} If there is no such file.
 *
 * @example
 * ```ts
 * import { SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 * import { listNetcdf } from "./netcdf.ts";
 * import { writeNetcdf } from "./netcdf_write.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await writeNetcdf(`${folder}/day.nc`, { tmp: SharedNdArray.zeros([2, 3], { dtype: "float32" }) });
 * const [tmp] = await listNetcdf(`${folder}/day.nc`);
 * assertEquals([tmp.name, tmp.dtype, tmp.shape], ["tmp", "float32", [2, 3]]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function listNetcdf(path: string | URL): Promise<NetcdfVariableInfo[]> {
  return Promise.try(() => {
    using file = InputFile.open(path, "netcdf");
    return readNetcdfHeader(file).map((variable) => {
      const { name, shape, dimensions, stored, attributes } = variable;
      const units = attributes.get("units");
      return {
        name,
        dtype: stored === null ? null : decodingOf(variable, file.path).dtype,
        shape,
        dimensions,
        units: typeof units === "string" ? units : undefined,
      };
    });
  });
}

/**
 * Reads a variable of a NetCDF-3 file (classic or 64-bit offset) into shared memory, in C order.
 *
 * Elements equal to `missing_value` or `_FillValue` become NaN, and `scale_factor` and `add_offset` apply. Without
 * these attributes the dtype is the stored one; with missing values, integers become float32, or float64 where they
 * have 4 bytes; with a scale, everything but float32 becomes float64. Integers with the attribute `_Unsigned` are read
 * as unsigned. Other attributes, such as `valid_range`, change nothing.
 *
 * @param path The file.
 * @param variable The variable's name; not needed when there is only one beside the coordinates of dimensions.
 * @throws {FormatError} If it is no NetCDF-3 file, is truncated, has no such variable, or that one holds text.
 * @throws {Deno.errors.NotFound} If there is no such file.
 *
 * @example
 * ```ts
 * import { SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 * import { readNetcdf } from "./netcdf.ts";
 * import { writeNetcdf } from "./netcdf_write.ts";
 *
 * const folder = await Deno.makeTempDir();
 * await writeNetcdf(`${folder}/day.nc`, { tmp: SharedNdArray.from([[1.5, NaN], [3, 4]]) });
 * const tmp = await readNetcdf(`${folder}/day.nc`, "tmp");
 * assertEquals([...tmp.values()], [1.5, NaN, 3, 4]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export function readNetcdf(path: string | URL, variable?: string): Promise<SharedNdArray> {
  return Promise.try(() => {
    using file = InputFile.open(path, "netcdf");
    const found = findVariable(readNetcdfHeader(file), variable, file.path);
    const decoding = decodingOf(found, file.path);
    const array = SharedNdArray.zeros(found.shape, { dtype: decoding.dtype });
    readValues(file, found, decoding, array.data);
    return array;
  });
}

/**
 * Dtype and shape of the array that {@linkcode readNetcdf} would make, and the bytes that reading takes meanwhile.
 * Only the header is read.
 *
 * @param path The file.
 * @param variable The variable's name.
 * @throws {FormatError} As {@linkcode readNetcdf}.
 */
export function inspectNetcdf(
  path: string | URL,
  variable?: string,
): Promise<{ dtype: DType; shape: Shape; loadBytes: number }> {
  return Promise.try(() => {
    using file = InputFile.open(path, "netcdf");
    const found = findVariable(readNetcdfHeader(file), variable, file.path);
    const { dtype } = decodingOf(found, file.path);
    return { dtype, shape: found.shape, loadBytes: STAGING_BYTES + Math.min(HEADER_BYTES, file.size) };
  });
}

/** What tells variables apart. */
export type NamedVariable = Pick<NetcdfVariable, "name" | "stored" | "shape" | "dimensions">;

/**
 * The variable of a name, or the only one that holds data.
 *
 * @param variables The variables of a file.
 * @param name The name; not needed when there is only one beside the coordinates of dimensions.
 * @param path The file's path, for messages.
 * @throws {FormatError} If there is none of that name, or a choice without a name.
 */
export function findVariable<V extends NamedVariable>(
  variables: readonly V[],
  name: string | undefined,
  path: string,
): V {
  if (name !== undefined) {
    const found = variables.find((variable) => variable.name === name);
    if (found !== undefined) return found;
    throw new FormatError(
      `${path} has no variable ${JSON.stringify(name)}: it has ${describeAll(variables)}`,
      "netcdf",
    );
  }
  const numeric = variables.filter(({ stored }) => stored !== null);
  const data = numeric.filter((variable) => !isCoordinate(variable));
  const [only] = data.length > 0 ? data : numeric;
  if (data.length === 1 || (data.length === 0 && numeric.length === 1)) return only;
  throw new FormatError(
    numeric.length === 0
      ? `${path} holds no numbers: it has ${describeAll(variables)}`
      : `${path} holds several variables: name one of ${describeAll(numeric)}`,
    "netcdf",
  );
}

/** Whether a variable tells the places along the dimension it is named after. */
function isCoordinate({ name, dimensions }: NamedVariable): boolean {
  return dimensions.length === 1 && dimensions[0] === name;
}

function describeAll(variables: readonly NamedVariable[]): string {
  const describe = ({ name, stored, shape }: NamedVariable) =>
    `${shownText(name)} (${stored === null ? "text" : DTYPES[stored].netcdf ?? stored} ${showShape(shape)})`;
  return shownList(variables.values().map(describe), variables.length);
}
