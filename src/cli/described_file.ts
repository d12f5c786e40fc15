/**
 * What there is in a file, a store or shared memory, from headers and metadata alone.
 *
 * @module
 */

import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import { isStorePath, openArray } from "../io/stored.ts";
import type { NetcdfFacts } from "../io/netcdf_driver.ts";
import type { ZarrDescription } from "../io/zarr/describe.ts";
import type { NamedFile } from "./named_args.ts";

/** An array that was found. */
export interface DescribedArray {
  /** Its name in the file or store; empty where it has none. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** The pieces in which it is read; null where it is only read as a whole. */
  readonly chunks: Shape | null;
  /** From elements to bytes, step by step. */
  readonly codecs: readonly string[];
  /** Bytes of its elements in memory. */
  readonly bytes: number;
  /** Bytes that it takes where it lies; null where that is not known. */
  readonly storedBytes: number | null;
  readonly dimensionNames: readonly (string | null)[];
  /** The value of what was never written; null where there is none. */
  readonly fillValue: unknown;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Something that was found and cannot be read. */
export interface DescribedProblem {
  readonly name: string;
  /** Why it cannot be read. */
  readonly problem: string;
}

/** What was found. */
export interface Described {
  /** Where. */
  readonly path: string;
  /** What it is, such as `NetCDF-3`. */
  readonly format: string;
  /** Bytes of all of it; null where that is not known. */
  readonly bytes: number | null;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly arrays: readonly (DescribedArray | DescribedProblem)[];
}

/**
 * Describes a file, a store or shared memory.
 *
 * @param place A path or address with the name of an array in it, if only that one is wanted; or `shm:NAME`.
 * @throws {FormatError} If it is nothing that can be read, or is damaged.
 * @throws {Deno.errors.NotFound} If there is nothing.
 */
export async function describe({ path, variable }: NamedFile): Promise<Described> {
  if (path.startsWith("shm:")) return await describeShared(path);
  if (isStorePath(path) || isFolder(path)) return await describeStore(path, variable);
  const { formatOf } = await import("../io/formats.ts");
  const format = formatOf(path);
  const names = variable === undefined ? await namesIn(format.name, path) : [variable];
  const found: Found[] = [];
  const known = variable === undefined ? await describeClassic(format.name, path) : undefined;
  for (const name of names) {
    try {
      const facts = known?.get(name ?? "");
      if (facts instanceof Error) throw facts;
      if (facts !== undefined) {
        found.push(foundArray(facts, name));
        continue;
      }
      found.push(await describeIn(format.name, path, name));
    } catch (cause) {
      // Of several, one that cannot be read is no reason not to tell of the others.
      if (variable !== undefined || name === undefined || !(cause instanceof FormatError)) throw cause;
      found.push({ array: { name, problem: cause.message } });
    }
  }
  return {
    path,
    format: found.find((one) => one.format !== undefined)?.format ?? FORMAT_NAMES[format.name] ?? format.name,
    bytes: Deno.statSync(path).size,
    attributes: {},
    arrays: found.map(({ array }) => array),
  };
}

const FORMAT_NAMES: Readonly<Record<string, string>> = {
  npy: "NumPy array",
  npz: "NumPy archive",
  netcdf: "NetCDF",
  hdf5: "HDF5",
  geotiff: "GeoTIFF",
};

/** An array that was found in a file, and what the file is. */
interface Found {
  readonly array: DescribedArray | DescribedProblem;
  readonly format?: string;
}

function isFolder(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    // Whoever opens it will say what is wrong.
    return false;
  }
}

/** The names of a file's arrays; undefined for one without a name. */
async function namesIn(format: string, path: string): Promise<readonly (string | undefined)[]> {
  if (format === "npz") return await (await import("../io/npz.ts")).listNpz(path);
  if (format === "geotiff") {
    const names = await (await import("../io/geotiff.ts")).listGeotiff(path);
    return names.length === 1 ? [undefined] : names;
  }
  if (format !== "netcdf" && format !== "hdf5") return [undefined];
  const { netcdfKind } = await import("../io/netcdf_driver.ts");
  const list = netcdfKind(path) === "hdf5"
    ? (await import("../io/hdf5.ts")).listHdf5
    : (await import("../io/netcdf.ts")).listNetcdf;
  return (await list(path)).map(({ name }) => name);
}

async function describeIn(format: string, path: string, variable: string | undefined): Promise<Found> {
  if (format === "npz") return { array: await describeMember(path, variable) };
  using stored = await openArray(path, { variable });
  return foundArray(stored, variable);
}

/** The variables of a NetCDF-3 file, whose header would otherwise be read for each; undefined for other files. */
async function describeClassic(
  format: string,
  path: string,
): Promise<ReadonlyMap<string, NetcdfFacts | FormatError> | undefined> {
  if (format !== "netcdf") return undefined;
  const { describeNetcdf, netcdfKind } = await import("../io/netcdf_driver.ts");
  return netcdfKind(path) === "netcdf-3" ? describeNetcdf(path) : undefined;
}

function foundArray(
  { dtype, shape, chunks, dimensionNames, attributes, details }: Omit<NetcdfFacts, "text">,
  variable: string | undefined,
): Found {
  return {
    format: typeof details.format === "string" ? details.format : undefined,
    array: {
      ...plainArray(variable ?? "", dtype, shape),
      chunks,
      codecs: Array.isArray(details.codecs) ? details.codecs.map(String) : [],
      storedBytes: typeof details.storedBytes === "number" ? details.storedBytes : null,
      dimensionNames,
      attributes,
    },
  };
}

async function describeMember(path: string, variable: string | undefined): Promise<DescribedArray> {
  const { dtype, shape } = await (await import("../io/npz.ts")).inspectNpz(path, variable);
  return plainArray(variable ?? "", dtype, shape);
}

/** An array of which nothing is known but its elements. */
function plainArray(name: string, dtype: DType, shape: Shape): DescribedArray {
  return {
    name,
    dtype,
    shape,
    chunks: null,
    codecs: [],
    bytes: bytesOf(dtype, shape),
    storedBytes: null,
    dimensionNames: shape.map(() => null),
    fillValue: null,
    attributes: {},
  };
}

function bytesOf(dtype: DType, shape: Shape): number {
  return sizeOf(shape) * DTYPES[dtype].bytes;
}

async function describeShared(path: string): Promise<Described> {
  const [, name] = path.split(":");
  const { listShared } = await import("./shared_segments.ts");
  const { sharedMemoryBytes } = await import("../array/named_memory.ts");
  const bytes = sharedMemoryBytes(name);
  const segment = listShared().find((one) => one.name === name && one.bytes !== null);
  return {
    path,
    format: "shared memory",
    bytes,
    attributes: {},
    arrays: segment === undefined ? [] : [plainArray(name, segment.dtype, segment.shape)],
  };
}

async function describeStore(path: string, variable: string | undefined): Promise<Described> {
  const { describeZarr } = await import("../io/zarr/describe.ts");
  const root = await describeZarr(variable === undefined ? path : `${path}/${variable}`);
  const arrays = flatten(root, "");
  const sizes = arrays.map((array) => "problem" in array ? null : array.storedBytes);
  return {
    path,
    format: root.kind === "problem" ? "Zarr" : `Zarr ${root.zarrFormat}`,
    bytes: sizes.reduce<number | null>((sum, size) => sum === null || size === null ? null : sum + size, 0),
    attributes: root.kind === "group" ? root.attributes : {},
    arrays,
  };
}

/** The arrays of a tree, by their paths in it. */
function flatten(node: ZarrDescription, path: string): (DescribedArray | DescribedProblem)[] {
  if (node.kind === "problem") return [{ name: path, problem: node.message }];
  if (node.kind === "group") {
    if (node.children === null) return [{ name: path, problem: "the server does not list what is in it" }];
    return node.children.flatMap((child) =>
      flatten(child, path === "" ? child.name : `${path}/${child.name}`)
    );
  }
  const { dtype, shape, chunks, codecs, fillValue, dimensionNames, attributes, stored, shards } = node;
  return [{
    name: path,
    dtype,
    shape,
    chunks,
    codecs: shards === null ? codecs : [`shards of [${shards.join(", ")}]`, ...codecs],
    bytes: bytesOf(dtype, shape),
    storedBytes: stored?.bytes ?? null,
    dimensionNames,
    fillValue,
    attributes,
  }];
}
