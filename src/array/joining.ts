/**
 * Several arrays at once: joined, split, broadcast together.
 *
 * @module
 */

import { type DType, DTYPES, promoteTypes } from "../dtype.ts";
import { ShapeError, showValue, ValueError } from "../errors.ts";
import { broadcastShapes } from "./layout/broadcast.ts";
import { resolveAxis, type Shape, showShape } from "./layout/shape.ts";
import { requireArray, type SharedNdArray, uninitialised } from "./shared_ndarray.ts";
import { slice } from "./layout/slice.ts";
import { splitSections } from "./layout/windows.ts";

/**
 * The dtype of arrays that are joined: their own where all have the same, otherwise what they promote to, which is
 * known at run time only.
 *
 * @example
 * ```ts
 * import { concat, type DType, type JoinedDType, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const same: JoinedDType<"int8"> = "int8";
 * const joined: SharedNdArray<DType> = concat([SharedNdArray.from([1n]), SharedNdArray.from([0.5])]);
 * assertEquals([same, joined.dtype], ["int8", "float64"]);
 * ```
 */
export type JoinedDType<D extends DType> = { [Name in D]: [D] extends [Name] ? D : DType }[D];

/**
 * Options of {@linkcode concat} and {@linkcode stack}.
 *
 * @example
 * ```ts
 * import { type JoinOptions, SharedNdArray, stack } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const asColumns: JoinOptions = { axis: -1 };
 * const pairs = stack([SharedNdArray.from([1, 2]), SharedNdArray.from([3, 4])], asColumns);
 * assertEquals(pairs.toNested(), [[1, 3], [2, 4]]);
 * ```
 */
export interface JoinOptions {
  /** The axis; negative ones count from the end. Default 0. */
  readonly axis?: number;
}

/** The kinds in the order in which dtypes are promoted: two after one another can give more than both need. */
const KIND_ORDER = ["float", "int", "uint", "bool"];

/** The dtype that holds the elements of all arrays, whatever their order, as NumPy's `result_type` has it. */
function commonDType(arrays: readonly SharedNdArray[]): DType {
  const rank = (dtype: DType) => KIND_ORDER.indexOf(DTYPES[dtype].kind) * 8 - DTYPES[dtype].bytes;
  return arrays.map((array) => array.dtype).sort((a, b) => rank(a) - rank(b)).reduce(promoteTypes);
}

function requireList(arrays: readonly SharedNdArray[]): void {
  if (!Array.isArray(arrays)) {
    throw new ValueError(`Expected a list of arrays, such as [a, b], but got ${showValue(arrays)}`);
  }
  arrays.forEach(requireArray);
}

function requireSome(arrays: readonly SharedNdArray[]): void {
  requireList(arrays);
  if (arrays.length === 0) throw new ShapeError("Got no arrays to join, expected at least one");
}

/**
 * Joins arrays along an axis that they have.
 *
 * @param arrays One or more arrays, whose other extents are the same. Dtypes promote.
 * @param options Along which axis.
 * @returns A new array.
 * @throws {ShapeError} If there is none, or shapes differ on other axes.
 * @throws {IndexError} If they do not have the axis.
 *
 * @example
 * ```ts
 * import { concat, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[1, 2]]), b = SharedNdArray.from([[3, 4], [5, 6]]);
 * assertEquals(concat([a, b]).toNested(), [[1, 2], [3, 4], [5, 6]]);
 * assertEquals(concat([a, a], { axis: 1 }).shape, [1, 4]);
 * ```
 */
export function concat<D extends DType>(
  arrays: readonly SharedNdArray<D>[],
  options: JoinOptions = {},
): SharedNdArray<JoinedDType<D>> {
  requireSome(arrays);
  const first = arrays[0].shape;
  const axis = resolveAxis(options.axis ?? 0, first.length);
  for (const { shape } of arrays) {
    const fits = shape.length === first.length &&
      shape.every((extent, k) => k === axis || extent === first[k]);
    if (!fits) {
      throw new ShapeError(
        `Cannot join shapes ${showShape(first)} and ${
          showShape(shape)
        } along axis ${axis}: they differ elsewhere`,
      );
    }
  }
  const extent = arrays.reduce((sum, { shape }) => sum + shape[axis], 0);
  // For arrays of one dtype, that is what they promote to; otherwise it is any.
  const joined = uninitialised(first.with(axis, extent), commonDType(arrays) as JoinedDType<D>);
  let start = 0;
  for (const array of arrays) {
    const stop = start + array.shape[axis];
    joined.view(...first.map((_, k) => k === axis ? slice(start, stop) : null)).copyFrom(array);
    start = stop;
  }
  return joined;
}

/**
 * Joins arrays along a new axis.
 *
 * @param arrays One or more arrays of the same shape. Dtypes promote.
 * @param options Where the new axis is in the result.
 * @returns A new array.
 * @throws {ShapeError} If there is none, or shapes differ.
 * @throws {IndexError} If the result has no such axis.
 *
 * @example
 * ```ts
 * import { SharedNdArray, stack } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([1, 2]), b = SharedNdArray.from([3, 4]);
 * assertEquals(stack([a, b]).toNested(), [[1, 2], [3, 4]]);
 * assertEquals(stack([a, b], { axis: -1 }).toNested(), [[1, 3], [2, 4]]);
 * ```
 */
export function stack<D extends DType>(
  arrays: readonly SharedNdArray<D>[],
  options: JoinOptions = {},
): SharedNdArray<JoinedDType<D>> {
  requireSome(arrays);
  const first = arrays[0].shape;
  const axis = resolveAxis(options.axis ?? 0, first.length + 1);
  const other = arrays.find(({ shape }) =>
    shape.length !== first.length || shape.some((extent, k) => extent !== first[k])
  );
  if (other !== undefined) {
    throw new ShapeError(
      `Cannot stack shapes ${showShape(first)} and ${showShape(other.shape)}: expected the same`,
    );
  }
  return concat(arrays.map((array) => array.expandDims(axis)), { axis });
}

/**
 * Cuts an array into parts along an axis. They are views.
 *
 * @param array The array.
 * @param sections How many parts of equal extent, or the indices at which parts begin after the first, as in NumPy.
 * @param options Along which axis.
 * @returns The parts, in order.
 * @throws {ShapeError} If the axis does not divide into that many.
 * @throws {IndexError} If it has no such axis, or an index is no integer.
 *
 * @example
 * ```ts
 * import { SharedNdArray, split } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.arange(6);
 * assertEquals(split(a, 3).map((part) => part.toNested()), [[0, 1], [2, 3], [4, 5]]);
 * assertEquals(split(a, [1, 4]).map((part) => part.size), [1, 3, 2]);
 * ```
 */
export function split<D extends DType>(
  array: SharedNdArray<D>,
  sections: number | readonly number[],
  options: JoinOptions = {},
): SharedNdArray<D>[] {
  requireArray(array);
  const axis = resolveAxis(options.axis ?? 0, array.ndim);
  return splitSections(array.shape[axis], sections, axis).map(({ start, stop }) =>
    array.view(...array.shape.map((_, k) => k === axis ? slice(start, stop) : null))
  );
}

/**
 * Views of arrays in the shape that they have together.
 *
 * @param arrays The arrays.
 * @returns A view of each, with stride 0 where it repeats.
 * @throws {ShapeError} If they do not broadcast.
 *
 * @example
 * ```ts
 * import { broadcastArrays, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const [rows, columns] = broadcastArrays(SharedNdArray.zeros([3, 1]), SharedNdArray.zeros([4]));
 * assertEquals([rows.shape, columns.shape], [[3, 4], [3, 4]]);
 * ```
 */
export function broadcastArrays<const Arrays extends readonly SharedNdArray[]>(
  ...arrays: Arrays
): { -readonly [k in keyof Arrays]: Arrays[k] } {
  requireList(arrays);
  const shape = broadcastShapes(...arrays.map((array) => array.shape));
  // A view has the dtype of its array, place by place.
  return arrays.map((array) => array.broadcastTo(shape)) as { -readonly [k in keyof Arrays]: Arrays[k] };
}

/**
 * Options of {@linkcode meshgrid}.
 *
 * @example
 * ```ts
 * import { meshgrid, type MeshgridOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const views: MeshgridOptions = { indexing: "ij", copy: false };
 * const [rows, columns] = meshgrid([SharedNdArray.arange(2), SharedNdArray.arange(3)], views);
 * assertEquals([rows.shape, rows.strides], [[2, 3], [1, 0]]);
 * assertEquals(columns.strides, [0, 1]);
 * ```
 */
export interface MeshgridOptions {
  /**
   * The order of axes: `xy`, the first array along axis 1 and the second along axis 0, as pictures have it; `ij`, array
   * k along axis k. Default `xy`.
   */
  readonly indexing?: "xy" | "ij";
  /** Whether the grids are arrays of their own, or views that repeat. Default true: arrays. */
  readonly copy?: boolean;
}

/**
 * The coordinates of a grid: for each array with one axis, one of the grid's shape in which it varies along its axis.
 *
 * @param arrays The coordinates along each axis.
 * @param options The order of axes, and whether grids are copies.
 * @returns One grid for each array.
 * @throws {ShapeError} If an array has more than one axis.
 * @throws {ValueError} If there is no such indexing.
 *
 * @example
 * ```ts
 * import { meshgrid, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const [x, y] = meshgrid([SharedNdArray.from([1, 2, 3]), SharedNdArray.from([10, 20])]);
 * assertEquals(x.toNested(), [[1, 2, 3], [1, 2, 3]]);
 * assertEquals(y.toNested(), [[10, 10, 10], [20, 20, 20]]);
 * ```
 */
export function meshgrid<D extends DType>(
  arrays: readonly SharedNdArray<D>[],
  options: MeshgridOptions = {},
): SharedNdArray<D>[] {
  const { indexing = "xy", copy = true } = options;
  if (indexing !== "xy" && indexing !== "ij") {
    throw new ValueError(`Unknown indexing ${JSON.stringify(indexing)}: expected xy or ij`);
  }
  requireList(arrays);
  const wide = arrays.find((array) => array.ndim > 1);
  if (wide !== undefined) {
    throw new ShapeError(
      `Coordinates have one axis, but an array of shape ${showShape(wide.shape)} was given`,
    );
  }
  const count = arrays.length;
  const axisOf = (k: number) => indexing === "xy" && count > 1 && k < 2 ? 1 - k : k;
  const shape: number[] = new Array<number>(count).fill(1);
  arrays.forEach((array, k) => shape[axisOf(k)] = array.size);
  return arrays.map((array, k) => {
    const own: Shape = shape.map((extent, axis) => axis === axisOf(k) ? extent : 1);
    const grid = array.reshape(own).broadcastTo(shape);
    return copy ? grid.copy() : grid;
  });
}
