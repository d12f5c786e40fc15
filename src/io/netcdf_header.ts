/**
 * The headers of NetCDF-3 files: what variables there are, and where their elements lie. The header is parsed by the
 * package `netcdfjs`; what it says is checked against the file's size here.
 * Format: https://docs.unidata.ucar.edu/nug/current/file_format_specifications.html
 *
 * @module
 */

import type { Attribute, NetCDFReader, Variable } from "netcdfjs";
import { type Shape, showShape } from "../array/layout/shape.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../dtype.ts";
import { describeCause, FormatError } from "../errors.ts";
import type { InputFile } from "./input_file.ts";

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

const BY_NETCDF_NAME: ReadonlyMap<string, DType | null> = new Map<string, DType | null>([
  ...DTYPE_NAMES.map((dtype) => [DTYPES[dtype].netcdf ?? "", dtype] as const),
  ["char", null],
]);

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
export async function readNetcdfHeader(file: InputFile): Promise<NetcdfVariable[]> {
  checkMagic(file);
  // Loaded when needed: whoever reads no NetCDF does not wait for it.
  const { NetCDFReader } = await import("netcdfjs");
  for (let length = HEADER_BYTES;; length *= 4) {
    const bytes = new Uint8Array(Math.min(length, file.size));
    file.seek(0);
    file.read(bytes);
    let reader: NetCDFReader;
    try {
      reader = new NetCDFReader(bytes);
    } catch (cause) {
      const isShort = cause instanceof RangeError;
      if (isShort && length < Math.min(file.size, LONGEST_HEADER)) continue;
      const what = isShort ? "its header is truncated" : describeCause(cause).replace(/^.* file: /, "");
      throw invalid(file, what, cause);
    }
    return describeVariables(file, reader);
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
  readonly variable: Variable;
  readonly isRecord: boolean;
  /** Its extents, the record axis left out. */
  readonly extents: Shape;
  readonly dimensions: readonly string[];
  readonly stored: DType | null;
  readonly bytes: number;
}

function describeVariables(file: InputFile, reader: NetCDFReader): NetcdfVariable[] {
  // netcdfjs leaves the lists out when the file has none, which its types do not say.
  const variables: readonly Variable[] = reader.variables ?? [];
  const sized = variables.map((variable) => sizeVariable(file, reader, variable));
  const records = sized.filter(({ isRecord }) => isRecord);
  const [first] = records;
  // The pieces of a record are padded to 4 bytes, unless there is only one. The size that the header states for a
  // variable is not used: the format allows it to be wrong for large ones.
  const step = records.length === 1
    ? first.bytes
    : records.reduce((sum, { bytes }) => sum + padded(bytes), 0);
  const begin = Math.min(...records.map(({ variable }) => variable.offset));
  const claimed = reader.recordDimension.length;
  const count = claimed !== STREAMING ? claimed : step === 0 ? 0 : Math.floor((file.size - begin) / step);
  const headerEnd = reader.buffer.offset;
  return sized.map(({ variable, isRecord, extents, dimensions, stored, bytes }) => {
    const name = decodeName(variable.name);
    const shape = isRecord ? [count, ...extents] : extents;
    const pieces = isRecord ? count : 1;
    const end = pieces === 0 ? 0 : variable.offset + (isRecord ? (pieces - 1) * step : 0) + bytes;
    if (end > file.size) {
      throw invalid(
        file,
        `its variable ${name} ${showShape(shape)} ends at byte ${end} of ${file.size}: it is truncated`,
      );
    }
    if (bytes > 0 && pieces > 0 && variable.offset < headerEnd) {
      throw invalid(file, `its variable ${name} begins within the header`);
    }
    return {
      name,
      dimensions,
      shape,
      stored,
      attributes: readAttributes(variable.attributes),
      offset: variable.offset,
      pieces,
      pieceBytes: bytes,
      step: isRecord ? step : bytes,
    };
  });
}

function sizeVariable(file: InputFile, reader: NetCDFReader, variable: Variable): Sized {
  const name = decodeName(variable.name);
  const type = BY_NETCDF_NAME.get(variable.type);
  if (type === undefined) throw invalid(file, `its variable ${name} has an unknown type`);
  const all = reader.dimensions ?? [];
  const unlimited = reader.recordDimension.id;
  const isRecord = unlimited !== undefined && variable.dimensions[0] === unlimited;
  const ids = isRecord ? variable.dimensions.slice(1) : variable.dimensions;
  for (const id of ids) {
    if (id >= all.length) throw invalid(file, `its variable ${name} names dimension ${id} of ${all.length}`);
    if (all[id].size === 0) {
      throw invalid(file, `its variable ${name} has an unlimited dimension that is not its first`);
    }
  }
  const extents = ids.map((id) => all[id].size);
  const width = type === null ? 1 : DTYPES[type].bytes;
  return {
    variable,
    isRecord,
    extents,
    dimensions: variable.dimensions.map((id) => decodeName(all[id].name)),
    stored: type !== null && isUnsigned(variable) ? UNSIGNED.get(type) ?? type : type,
    bytes: extents.reduce((product, extent) => product * extent, width),
  };
}

function padded(bytes: number): number {
  return Math.ceil(bytes / 4) * 4;
}

/** Whether integers are meant unsigned, by a convention of NetCDF-3 files. */
function isUnsigned(variable: Variable): boolean {
  const value = readAttributes(variable.attributes).get("_Unsigned");
  return typeof value === "string" && value.toLowerCase() === "true";
}

/**
 * Attributes as they are. netcdfjs gives a number, an array of numbers or text, though its types do not name the
 * array, and it takes signed bytes for unsigned.
 */
function readAttributes(attributes: readonly Attribute[]): Map<string, string | readonly number[]> {
  const found = new Map<string, string | readonly number[]>();
  for (const { name, type, value } of attributes) {
    const numbers: readonly number[] = typeof value === "string"
      ? []
      : Array.isArray(value)
      ? value
      : [value];
    const signed = type === "byte" ? numbers.map((byte) => byte << 24 >> 24) : numbers;
    found.set(decodeName(name), typeof value === "string" ? decodeName(value) : signed);
  }
  return found;
}

/** Text in UTF-8. netcdfjs makes a character of each (signed) byte. */
function decodeName(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(text, (char) => char.charCodeAt(0)));
}
