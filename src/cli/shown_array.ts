/**
 * An array that is to be shown: what is known of it before it is read, and parts of it as they are asked for.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { FormatError } from "../errors.ts";
import { isMissing } from "../io/path.ts";
import { isStorePath, openArray } from "../io/stored.ts";
import type { StoredBox } from "../store/driver.ts";
import type { StoredArray } from "../store/stored_array.ts";
import { planFile } from "./inputs.ts";
import { namedFile } from "./named_args.ts";

/** An array that can be read in parts. */
export interface ShownArray extends Disposable {
  /** What it is called, such as `day.nc:tmp`. */
  readonly name: string;
  readonly dtype: DType;
  readonly shape: Shape;
  /** The names of its axes; null for those that have none. */
  readonly dimensionNames: readonly (string | null)[];
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The pieces in which it is stored. */
  readonly chunks: Shape;
  /** Whether a part of a piece can be read without the rest of it. */
  readonly readsParts: boolean;
  /** Reads a part. */
  read(box: StoredBox): Promise<SharedNdArray>;
  /** The array that tells the places along an axis; undefined where there is none. */
  coordinate(axis: number): Promise<Coordinate | undefined>;
}

/** An array along an axis, such as latitudes. */
export interface Coordinate extends Disposable {
  readonly name: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Its value at an index. */
  at(index: number): Promise<number>;
}

/** A store and behind a colon an array in it. */
const STORE_AND_ARRAY = /^(.*\.zarr)\/?:([^\\]+)$/i;

/**
 * Opens what a word of the command line names: a file, `FILE:VARIABLE`, an array of a store, or `shm:NAME:…`.
 *
 * @param place The word.
 * @throws {FormatError} If it is nothing that can be read, or is damaged.
 * @throws {Deno.errors.NotFound} If there is nothing.
 */
export async function openShown(place: string): Promise<ShownArray> {
  const [, store, inner] = STORE_AND_ARRAY.exec(place) ?? [];
  const { path, variable } = store === undefined
    ? namedFile("show", `array=${place}`)
    : { path: `${store}/${inner}`, variable: undefined };
  if (path.startsWith("shm:") || /\.npz$/i.test(path)) return await openWhole(path, variable);
  const stored = await openStored(await onlyArray(path), variable);
  return {
    name: stored.name,
    dtype: stored.dtype,
    shape: stored.shape,
    dimensionNames: stored.dimensionNames,
    attributes: stored.attributes,
    chunks: stored.chunks,
    readsParts: stored.readsParts,
    read: (box) => stored.read(box),
    coordinate: (axis) => openCoordinate(stored, path, variable, axis),
    [Symbol.dispose]: () => stored.close(),
  };
}

/** Endings of what is read in parts. */
const IN_PARTS = /\.(?:npy|tiff?|nc4?|h5|hdf5)$/i;

async function openStored(path: string, variable: string | undefined): Promise<StoredArray> {
  try {
    return await openArray(path, { variable });
  } catch (cause) {
    if (isStorePath(path) || IN_PARTS.test(path) || !(cause instanceof FormatError)) throw cause;
    // What the path looks like matters less than that there is nothing.
    await Deno.stat(path).catch((error) => {
      throw isMissing(error) ? new Deno.errors.NotFound(`No such file: ${path}`) : error;
    });
    throw new FormatError(
      `${path} cannot be shown: expected a file that ends in .npy, .npz, .nc, .h5 or .tif, or a Zarr store`,
      cause.format,
      { cause },
    );
  }
}

/** What is only read as a whole. */
async function openWhole(path: string, variable: string | undefined): Promise<ShownArray> {
  const planned = await planFile({ name: "array", path, variable });
  let array: SharedNdArray | undefined;
  return {
    name: variable === undefined ? path : `${path}:${variable}`,
    dtype: planned.dtype,
    shape: planned.shape,
    dimensionNames: planned.shape.map(() => null),
    attributes: {},
    chunks: planned.shape,
    readsParts: true,
    async read({ origin, shape }) {
      array ??= await planned.load();
      return array.view(...origin.map((start, axis) => ({ start, stop: start + shape[axis], step: 1 })));
    },
    coordinate: () => Promise.resolve(undefined),
    [Symbol.dispose]: () => array?.[Symbol.dispose](),
  };
}

/** The array of a store that has only one, where the store itself is named. */
async function onlyArray(path: string): Promise<string> {
  if (!isStorePath(path) || /^https?:/i.test(path)) return path;
  const { describeZarr } = await import("../io/zarr/describe.ts");
  const root = await describeZarr(path);
  if (root.kind !== "group" || root.children === null) return path;
  const arrays = root.children.filter((child) => child.kind === "array");
  return arrays.length === 1 ? `${path.replace(/\/$/, "")}/${arrays[0].name}` : path;
}

async function openCoordinate(
  array: StoredArray,
  path: string,
  variable: string | undefined,
  axis: number,
): Promise<Coordinate | undefined> {
  const dimension = array.dimensionNames[axis];
  if (dimension === null || dimension === undefined) return undefined;
  for (const [file, name] of coordinatePlaces(path, variable, dimension)) {
    try {
      const stored = await openArray(file, { variable: name });
      const { shape, attributes } = stored;
      if (shape.length !== 1 || shape[0] !== array.shape[axis]) {
        stored.close();
        continue;
      }
      return {
        name: dimension,
        attributes,
        at: async (index) => {
          using element = await stored.read({ origin: [index], shape: [1] });
          return Number(element.get(0));
        },
        [Symbol.dispose]: () => stored.close(),
      };
    } catch {
      // A dimension needs no array of its name: then its indices are all that is known of it.
    }
  }
  return undefined;
}

/** Where the array of a dimension may lie: beside the array, or in a group around it. */
function coordinatePlaces(
  path: string,
  variable: string | undefined,
  dimension: string,
): (readonly [file: string, variable: string | undefined])[] {
  if (isStorePath(path)) return [[path.replace(/[^/\\]*[/\\]?$/, dimension), undefined]];
  const group = /^.*\//.exec(variable ?? "")?.[0] ?? "";
  return [...new Set([group + dimension, dimension])].map((name) => [path, name] as const);
}
