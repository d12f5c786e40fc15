/**
 * The headers of NetCDF-3 files: what variables there are, and where their elements lie, all of it checked against the
 * file's size.
 * Format: https://docs.unidata.ucar.edu/nug/current/file_format_specifications.html
 *
 * @module
 */

import { allocate } from "../array/memory/allocation.ts";
import { requireAxes, type Shape, showShape } from "../array/layout/shape.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../dtype.ts";
import { describeCause, FormatError } from "../errors.ts";
import type { InputFile } from "./input_file.ts";
import { type HeaderFields, HeaderTooShort, readHeaderFields, type VariableField } from "./netcdf_fields.ts";
import { shownText } from "./shown_text.ts";

/** A variable that can be read. */
export interface NetcdfVariable {
  /** Its name. */
  readonly name: string;
  /** Its dimensions' names. */
  readonly dimensions: readonly string[];
  /** Its extents; of a record variable, the first is the number of records. */
  readonly shape: Shape;
  /** The dtype of its elements as they are stored, or null for text. */
  readonly stored: DType | null;
  /** Its attributes by name: text or numbers. */
  readonly attributes: ReadonlyMap<string, string | readonly number[]>;
  /** Where its elements begin in the file. */
  readonly offset: number;
  /** How many pieces its elements lie in: the number of records, or 1. */
  readonly pieces: number;
  /** Bytes of a piece. */
  readonly pieceBytes: number;
  /** Bytes from the beginning of a piece to that of the next. */
  readonly step: number;
}

/** Bytes of a header that are read at first; most headers have fewer. */
export const HEADER_BYTES = 1 << 16;

/** The longest header that is read. */
const LONGEST_HEADER = 1 << 24;

/** A number of records that says: as many as the file has. */
const STREAMING = 0xffff_ffff;

const BY_NETCDF_NAME: ReadonlyMap<string, DType> = new Map(
  DTYPE_NAMES.map((dtype) => [DTYPES[dtype].netcdf ?? "", dtype]),
);

/** The dtypes of integers that an attribute declares unsigned, which NetCDF-3 itself does not have. */
const UNSIGNED: ReadonlyMap<DType, DType> = new Map([
  ["int8", "uint8"],
  ["int16", "uint16"],
  ["int32", "uint32"],
]);

/**
 * The variables of a file.
 *
 * @param file The file.
 * @throws {FormatError} If it is no NetCDF-3 file, or its header claims what the file is too short for.
 */
export function readNetcdfHeader(file: InputFile): NetcdfVariable[] {
  checkMagic(file);
  for (let length = HEADER_BYTES;; length *= 4) {
    const byteLength = Math.min(length, file.size);
    const bytes = allocate(byteLength, `for the header of ${file.path}`, () => new Uint8Array(byteLength));
    file.seek(0);
    file.read(bytes);
    try {
      return describeVariables(file, readHeaderFields(bytes));
    } catch (cause) {
      if (cause instanceof FormatError) throw cause;
      const isShort = cause instanceof HeaderTooShort;
      if (isShort && length < Math.min(file.size, LONGEST_HEADER)) continue;
      const what = isShort ? "its header is truncated" : describeCause(cause).replace(/^SyntaxError: /, "");
      throw invalid(file, what, cause);
    }
  }
}

function checkMagic(file: InputFile): void {
  if (file.size === 0) throw new FormatError(`${file.path} is empty, expected a NetCDF-3 file`, "netcdf");
  const magic = new Uint8Array(Math.min(4, file.size));
  file.read(magic);
  const text = String.fromCharCode(...magic);
  if (text === "\x89HDF") {
    throw new FormatError(
      `${file.path} is a NetCDF-4 (HDF5) file, expected NetCDF-3: convert it with nccopy -k classic`,
      "netcdf",
    );
  }
  if (text === "CDF\x05") {
    throw new FormatError(
      `${file.path} is a NetCDF file with 64-bit data (CDF-5), expected NetCDF-3: convert it with nccopy -k classic`,
      "netcdf",
    );
  }
  if (text !== "CDF\x01" && text !== "CDF\x02") {
    throw new FormatError(
      `${file.path} is not a NetCDF-3 file: it does not begin with "CDF" and 1 or 2`,
      "netcdf",
    );
  }
}

function invalid(file: InputFile, what: string, cause?: unknown): FormatError {
  return new FormatError(`${file.path} is not a valid NetCDF-3 file: ${what}`, "netcdf", { cause });
}

/** A variable before the size of a record is known. */
interface Sized {
  readonly variable: VariableField;
  readonly isRecord: boolean;
  /** Its extents, the record axis left out. */
  readonly extents: Shape;
  readonly dimensions: readonly string[];
  readonly stored: DType | null;
  readonly bytes: number;
}

function describeVariables(file: InputFile, header: HeaderFields): NetcdfVariable[] {
  // The unlimited dimension; the last one where a file has several, against the rules.
  const unlimited = header.dimensions.findLastIndex(({ extent }) => extent === 0);
  const sized = header.variables.map((variable) => sizeVariable(file, header, variable, unlimited));
  const records = sized.filter(({ isRecord }) => isRecord);
  // The pieces of a record are padded to 4 bytes, unless there is only one.
  const step = records.length === 1
    ? records[0].bytes
    : records.reduce((sum, { bytes }) => sum + padded(bytes), 0);
  const begin = records.reduce((least, { variable: { offset } }) => Math.min(least, offset), file.size);
  const count = header.records === STREAMING && step > 0
    ? Math.floor((file.size - begin) / step)
    : header.records;
  return sized.map(
    ({ variable: { name, offset, attributes }, isRecord, extents, dimensions, stored, bytes }) => {
      const shape = isRecord ? [count, ...extents] : extents;
      const pieces = isRecord ? count : 1;
      const end = pieces === 0 ? 0 : offset + (isRecord ? (pieces - 1) * step : 0) + bytes;
      if (end > file.size) {
        throw invalid(
          file,
          `its variable ${shownText(name)} ${
            showShape(shape)
          } ends at byte ${end} of ${file.size}: it is truncated`,
        );
      }
      if (bytes > 0 && pieces > 0 && offset < header.end) {
        throw invalid(file, `its variable ${shownText(name)} begins within the header`);
      }
      return {
        name,
        dimensions,
        shape,
        stored,
        attributes,
        offset,
        pieces,
        pieceBytes: bytes,
        step: isRecord ? step : bytes,
      };
    },
  );
}

function sizeVariable(
  file: InputFile,
  { dimensions }: HeaderFields,
  variable: VariableField,
  unlimited: number,
): Sized {
  const refuse = (what: string): never => {
    throw invalid(file, `its variable ${shownText(variable.name)} ${what}`);
  };
  if (variable.type === null) return refuse("has an unknown type");
  try {
    requireAxes(variable.dimensions.length);
  } catch {
    return refuse(`has ${variable.dimensions.length} dimensions, more than an array can have axes`);
  }
  const isRecord = unlimited >= 0 && variable.dimensions[0] === unlimited;
  const ids = isRecord ? variable.dimensions.slice(1) : variable.dimensions;
  const extents = ids.map((id) => {
    if (id >= dimensions.length) refuse(`names dimension ${id} of ${dimensions.length}`);
    if (dimensions[id].extent === 0) refuse("has an unlimited dimension that is not its first");
    return dimensions[id].extent;
  });
  const type = BY_NETCDF_NAME.get(variable.type) ?? null;
  return {
    variable,
    isRecord,
    extents,
    dimensions: variable.dimensions.map((id) => dimensions[id].name),
    stored: type !== null && isUnsigned(variable) ? UNSIGNED.get(type) ?? type : type,
    bytes: extents.reduce((product, extent) => product * extent, type === null ? 1 : DTYPES[type].bytes),
  };
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Whether integers are meant unsigned, by a convention of NetCDF-3 files. */
function isUnsigned({ attributes }: VariableField): boolean {
  const value = attributes.get("_Unsigned");
  return typeof value === "string" && value.toLowerCase() === "true";
}
