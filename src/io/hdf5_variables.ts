/**
 * The variables of NetCDF-4 and HDF5 files: which there are, what they hold, and how their elements become values.
 *
 * @module
 */

import { requireAxes, type Shape } from "../array/layout/shape.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import type { Hdf5Dataset, Hdf5File, Hdf5Filter, Hdf5Metadata } from "./hdf5_library.ts";
import { findVariable } from "./netcdf.ts";
import { type Decoding, decodingOf } from "./netcdf_values.ts";
import { shownText } from "./shown_text.ts";

/** A variable of a file. */
export interface Hdf5Variable {
  /** Its path without the first slash, such as `group/tmp`. */
  readonly name: string;
  /** The dtype of its elements, or null where they are no numbers. */
  readonly stored: DType | null;
  /** What its elements are where they are no numbers. */
  readonly kind: string;
  /** Its extents. */
  readonly shape: Shape;
  /** The names of its axes; empty for those that have none. */
  readonly dimensions: readonly string[];
  /** The dataset itself. */
  readonly dataset: Hdf5Dataset;
}

/** How the elements of a variable become values. */
export interface Hdf5Decoding extends Decoding {
  /** Missing values of 64-bit integers, which numbers do not hold exactly. */
  readonly missingBig: readonly bigint[];
}

/** Classes of types that hold no numbers, by their numbers. */
const KINDS: Readonly<Record<number, string>> = {
  2: "times",
  3: "text",
  4: "bit fields",
  5: "opaque bytes",
  6: "compound elements",
  7: "references",
  9: "lists of any length",
  10: "arrays",
};

const INTEGER = 0, FLOAT = 1, ENUM = 8;

/** Filters that the library has, by their numbers: deflate, shuffle, fletcher32, nbit, scaleoffset. */
const FILTERS: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);

/** Names of other filters, for those that a file leaves without. */
const FILTER_NAMES: Readonly<Record<number, string>> = {
  4: "szip",
  307: "bzip2",
  32000: "lzf",
  32001: "blosc",
  32004: "lz4",
  32008: "bitshuffle",
  32013: "zfp",
  32015: "zstd",
  32026: "blosc2",
};

/** Attributes that say how a file is put together, and nothing of an array. */
const INTERNAL = new Set([
  "CLASS",
  "NAME",
  "DIMENSION_LIST",
  "DIMENSION_LABELS",
  "REFERENCE_LIST",
  "_Netcdf4Coordinates",
  "_Netcdf4Dimid",
  "_NCProperties",
  "_nc3_strict",
]);

/**
 * The variables of a file. Dimensions that NetCDF-4 keeps as datasets are none.
 *
 * @param file The file.
 */
export function listVariables(file: Hdf5File): Hdf5Variable[] {
  return file.paths().flatMap((path) => {
    const dataset = file.dataset(path);
    return dataset === null || isBareDimension(file, dataset) ? [] : [describeDataset(file, path, dataset)];
  });
}

/**
 * A variable by its name, or the only one with data.
 *
 * @param file The file.
 * @param name Its path; may be left out where there is no choice.
 * @throws {FormatError} If there is no such variable, or it is not one of numbers that can be read.
 */
export function requireVariable(file: Hdf5File, name: string | undefined): Hdf5Variable & { stored: DType } {
  const path = name?.replace(/^\/+/, "");
  const dataset = path === undefined ? null : file.dataset(path);
  const found = path !== undefined && dataset !== null
    ? describeDataset(file, path, dataset)
    : findVariable(listVariables(file), name, file.path);
  const { stored, kind } = found;
  if (stored === null) throw refused(file, found.name, `holds ${kind}, expected numbers`);
  try {
    requireAxes(found.shape.length);
  } catch {
    throw refused(file, found.name, `has ${found.shape.length} axes, more than an array can have`);
  }
  if (found.dataset.metadata.virtual_sources !== undefined) {
    throw refused(file, found.name, "is a virtual dataset, whose elements lie in other files: open those");
  }
  const filter = found.dataset.filters.find(({ id }) => !FILTERS.has(id));
  if (filter !== undefined) {
    throw refused(
      file,
      found.name,
      `is compressed with ${filterName(filter)} (HDF5 filter ${filter.id}), ` +
        "expected deflate: convert it with h5repack -f GZIP=4",
    );
  }
  return { ...found, stored };
}

/**
 * What a filter is called.
 *
 * @param filter The filter.
 */
export function filterName({ id, name }: Hdf5Filter): string {
  return FILTER_NAMES[id] ?? (name === "" ? `filter ${id}` : shownText(name));
}

function refused(file: Hdf5File, name: string, what: string): FormatError {
  return new FormatError(`${file.path}: variable ${shownText(name)} ${what}`, "hdf5");
}

function describeDataset(file: Hdf5File, name: string, dataset: Hdf5Dataset): Hdf5Variable {
  const { metadata } = dataset;
  const plain = dtypeOf(metadata), shape = metadata.shape ?? [];
  const isUnsigned = String(attributeValue(file, dataset, "_Unsigned") ?? "").toLowerCase() === "true";
  const unsigned = { int8: "uint8", int16: "uint16", int32: "uint32", int64: "uint64" } as const;
  const isSigned = plain === "int8" || plain === "int16" || plain === "int32" || plain === "int64";
  return {
    name,
    stored: metadata.shape === null ? null : isUnsigned && isSigned ? unsigned[plain] : plain,
    kind: metadata.shape === null ? "nothing" : KINDS[metadata.type] ?? "elements of another kind",
    shape,
    dimensions: dimensionNames(file, name, dataset, shape.length),
    dataset,
  };
}

/** The dtype of a dataset's elements as they lie there. */
function dtypeOf({ type, size, signed, enum_type }: Hdf5Metadata): DType | null {
  const bits = size * 8;
  if (type === FLOAT) {
    return bits === 16 ? "float16" : bits === 32 ? "float32" : bits === 64 ? "float64" : null;
  }
  if (type !== INTEGER && type !== ENUM) return null;
  const members = enum_type?.members;
  // How h5py writes truth values.
  if (type === ENUM && size === 1 && members?.FALSE === 0 && members?.TRUE === 1) return "bool";
  const name = `${signed ? "int" : "uint"}${bits}`;
  return Object.hasOwn(DTYPES, name) ? name as DType : null;
}

function isBareDimension(file: Hdf5File, dataset: Hdf5Dataset): boolean {
  return String(attributeValue(file, dataset, "NAME") ?? "").startsWith(
    "This is a netCDF dimension but not a netCDF variable",
  );
}

function dimensionNames(file: Hdf5File, name: string, dataset: Hdf5Dataset, rank: number): string[] {
  const own = name.slice(name.lastIndexOf("/") + 1);
  if (rank === 1 && attributeValue(file, dataset, "CLASS") === "DIMENSION_SCALE") return [own];
  try {
    const labels = dataset.get_dimension_labels();
    return Array.from({ length: rank }, (_, axis) => {
      const [scale] = dataset.get_attached_scales(axis);
      return scale === undefined ? labels[axis] ?? "" : scale.slice(scale.lastIndexOf("/") + 1);
    });
  } catch {
    // Names are for people: an array without them is as good.
    return new Array<string>(rank).fill("");
  }
}

function attributeValue(file: Hdf5File, dataset: Hdf5Dataset, name: string): unknown {
  try {
    if (!Object.hasOwn(dataset.attrs, name)) return undefined;
    const { metadata, value } = attributeOf(dataset, name);
    const count = (metadata.shape ?? [0]).reduce((product, extent) => product * extent, 1);
    // The package has no typed array for these.
    const isHalf = metadata.type === FLOAT && metadata.size === 2;
    return isHalf ? new Float16Array(file.attributeBytes(dataset, name, 2 * count).buffer) : value();
  } catch {
    // Of a kind that the library does not read.
    return undefined;
  }
}

/** An attribute that is looked up once, and whose value is read when it is asked for. */
function attributeOf(dataset: Hdf5Dataset, name: string): { metadata: Hdf5Metadata; value: () => unknown } {
  const attribute = dataset.attrs[name];
  return { metadata: attribute.metadata, value: () => attribute.value };
}

/**
 * The attributes of a variable: text, numbers and lists of them. Those of other kinds are left out.
 *
 * @param file The file.
 * @param variable The variable.
 */
export function attributesOf(file: Hdf5File, { dataset }: Hdf5Variable): Record<string, unknown> {
  const names = Object.keys(dataset.attrs).filter((name) => !INTERNAL.has(name));
  return Object.fromEntries(
    names.map((name) => [name, plainValue(attributeValue(file, dataset, name))]).filter(([, value]) =>
      value !== undefined
    ),
  );
}

function plainValue(value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    // Only typed arrays are left.
    const items = Array.from(value as unknown as ArrayLike<unknown>);
    return items.length === 1 ? items[0] : items;
  }
  const isPlain = ["string", "number", "bigint", "boolean"].includes(typeof value);
  return isPlain || (Array.isArray(value) && value.every((item) => plainValue(item) !== undefined))
    ? value
    : undefined;
}

/**
 * How a variable's elements become values, by the rules of NetCDF-3 files.
 *
 * @param file The file.
 * @param variable The variable.
 * @throws {FormatError} If it has such attributes that are not numbers.
 */
export function decodingOfVariable(file: Hdf5File, variable: Hdf5Variable): Hdf5Decoding {
  const given = Object.entries(attributesOf(file, variable));
  for (const name of ["missing_value", "_FillValue", "scale_factor", "add_offset"]) {
    if (Object.hasOwn(variable.dataset.attrs, name) && given.every(([other]) => other !== name)) {
      throw refused(file, variable.name, `has a ${name} that cannot be read`);
    }
  }
  const attributes = new Map<string, string | readonly number[]>();
  for (const [name, value] of given) {
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    const numbers = items.map((item) => typeof item === "bigint" ? Number(item) : item);
    if (typeof items[0] === "string") attributes.set(name, items[0]);
    else if (numbers.every((number) => typeof number === "number")) attributes.set(name, numbers);
  }
  const marks = ["missing_value", "_FillValue"].flatMap((name) => given.filter(([other]) => other === name));
  const missingBig = marks.flatMap(([, value]) => [value].flat()).flatMap((item) =>
    typeof item === "bigint" ? [item] : Number.isSafeInteger(item) ? [BigInt(Number(item))] : []
  );
  return {
    ...decodingOf({ name: variable.name, stored: variable.stored, attributes }, file.path),
    missingBig,
  };
}
