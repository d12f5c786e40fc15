/**
 * The halo: the cells around a tile that a kernel may read but not write. Only numbers, computed before anything
 * runs.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";

/**
 * What lies beyond the edges of an axis whose elements are `a b c d`, under the names of `scipy.ndimage`:
 *
 * | mode         | before    |           | after     |                                         |
 * | ------------ | --------- | --------- | --------- | --------------------------------------- |
 * | `"reflect"`  | `d c b a` | `a b c d` | `d c b a` | mirrored, the element at the edge twice |
 * | `"mirror"`   | `c d c b` | `a b c d` | `c b a b` | mirrored, the element at the edge once  |
 * | `"nearest"`  | `a a a a` | `a b c d` | `d d d d` | the element at the edge                 |
 * | `"wrap"`     | `a b c d` | `a b c d` | `a b c d` | the axis is a circle                    |
 * | `"constant"` | `k k k k` | `a b c d` | `k k k k` | one value                               |
 * | `"none"`     |           | `a b c d` |           | nothing                                 |
 *
 * With `"none"` only cells whose whole neighbourhood exists are computed, and the outputs are smaller.
 *
 * @example
 * ```ts
 * import { type BoundaryMode, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a, b }) => { b.set(0, a.get(0)) }");
 * const inputs = { a: SharedNdArray.from([1, 2, 3]) };
 * const firstBefore = async (boundary: BoundaryMode) => {
 *   const run = await tiledMap(kernel, { inputs, outputs: { b: "float64" }, halo: 1, boundary, workers: 1 });
 *   return run.outputs.b.get(0);
 * };
 * assertEquals(await firstBefore("nearest"), 1);
 * assertEquals(await firstBefore("mirror"), 2);
 * assertEquals(await firstBefore("wrap"), 3);
 * ```
 */
export type BoundaryMode = "constant" | "nearest" | "reflect" | "mirror" | "wrap" | "none";

/**
 * What lies beyond the edges: one mode for all axes, or one an axis.
 *
 * @example
 * ```ts
 * import { type Boundary, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * // Longitude is a circle, and beyond the poles there is nothing.
 * const boundary: Boundary = ["none", "wrap"];
 * const kernel = new URL("data:text/javascript,export default ({ a, b }) => { b.copyFrom(a.box([0, 0], b.shape)) }");
 * const inputs = { a: SharedNdArray.from([[1, 2], [3, 4], [5, 6]]) };
 * const run = await tiledMap(kernel, { inputs, outputs: { b: "float64" }, halo: 1, boundary, workers: 1 });
 * // What is up and left of each cell that has neighbours above and below.
 * assertEquals(run.outputs.b.toNested(), [[2, 1]]);
 * ```
 */
export type Boundary = BoundaryMode | readonly BoundaryMode[];

/**
 * How far a kernel reads beyond its tile, in cells: one number for all sides of all axes, or an array with one entry an
 * axis, each of them a number for both sides or `[before, after]`. It may be larger than a tile, and than the array.
 *
 * @example
 * ```ts
 * import { type Halo, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * // The view of `a` begins one row above the tile, and has the tile's own columns.
 * const halo: Halo = [[1, 0], 0];
 * const kernel = new URL("data:text/javascript,export default ({ a, b }) => { b.copyFrom(a.box([0, 0], b.shape)) }");
 * const inputs = { a: SharedNdArray.from([[1, 2], [3, 4]]) };
 * const boundary = "constant", boundaryValue = -1;
 * const options = { inputs, outputs: { b: "float64" }, halo, boundary, boundaryValue, workers: 1 } as const;
 * const run = await tiledMap(kernel, options);
 * assertEquals(run.outputs.b.toNested(), [[-1, -1], [1, 2]]);
 * ```
 */
export type Halo = number | readonly (number | readonly [before: number, after: number])[];

/** The halo along one axis. Plain data: it travels to the workers. */
export interface AxisHalo {
  /** How many cells before the first that is computed are read. */
  readonly before: number;
  /** How many cells behind the last that is computed are read. */
  readonly after: number;
  /** What lies beyond the edges. */
  readonly mode: BoundaryMode;
}

/**
 * How many elements a kernel sees of an input.
 *
 * @param tile The extents of a tile.
 * @param axes The halo.
 */
export function viewElements(tile: Shape, axes: readonly AxisHalo[]): number {
  return tile.reduce((product, extent, axis) => product * (extent + axes[axis].before + axes[axis].after), 1);
}

/** A box of an index space. Of the inputs' it may reach beyond the edges. */
export interface Box {
  /** The index of its first cell, one number an axis. */
  readonly origin: readonly number[];
  /** Its extents. */
  readonly shape: readonly number[];
}

/**
 * The shape of what is computed.
 *
 * @param shape The shape of the inputs.
 * @param halo The halo.
 * @returns The same shape, but without the edges on axes of mode `"none"`.
 */
export function withoutEdges(shape: Shape, halo: readonly AxisHalo[]): number[] {
  return shape.map((extent, axis) => {
    const { before, after, mode } = halo[axis];
    return mode === "none" ? Math.max(0, extent - before - after) : extent;
  });
}

/**
 * What of the inputs a box of the outputs reads. On axes of mode `"none"` the outputs begin where the first whole
 * neighbourhood does.
 *
 * @param origin The index of the box's first cell.
 * @param shape The box's extents.
 * @param halo The halo.
 */
export function readBox(origin: readonly number[], shape: Shape, halo: readonly AxisHalo[]): Box {
  return {
    origin: origin.map((start, axis) => halo[axis].mode === "none" ? start : start - halo[axis].before),
    shape: shape.map((extent, axis) => extent + halo[axis].before + halo[axis].after),
  };
}

/**
 * Whether a box lies within an array.
 *
 * @param box The box.
 * @param shape The array's shape.
 */
export function isInside({ origin, shape: extents }: Box, shape: Shape): boolean {
  for (let axis = 0; axis < shape.length; axis++) {
    if (origin[axis] < 0 || origin[axis] + extents[axis] > shape[axis]) return false;
  }
  return true;
}

/**
 * Cuts a box of the outputs into the part that reads nothing beyond the inputs' edges and boxes that together are the
 * rest, of whose cells each reads beyond an edge. There are at most two of those an axis. The first axes are cut first,
 * so that they are long along the last ones.
 *
 * @param origin The index of the box's first cell.
 * @param shape The box's extents.
 * @param inputShape The shape of the inputs.
 * @param halo The halo.
 * @returns The inner part, or null where every cell reads beyond an edge; and the rest.
 */
export function splitBox(
  origin: readonly number[],
  shape: Shape,
  inputShape: Shape,
  halo: readonly AxisHalo[],
): { interior: Box | null; edges: Box[] } {
  if (shape.includes(0)) return { interior: null, edges: [] };
  const first = origin.slice(), extents = shape.slice();
  let isWhole = true;
  for (let axis = 0; axis < halo.length; axis++) {
    const { before, after, mode } = halo[axis], start = origin[axis], end = start + shape[axis];
    if (mode === "none") continue;
    first[axis] = Math.max(start, before);
    extents[axis] = Math.min(end, inputShape[axis] - after) - first[axis];
    if (extents[axis] <= 0) return { interior: null, edges: [{ origin, shape }] };
    isWhole &&= extents[axis] === shape[axis];
  }
  return {
    interior: { origin: first, shape: extents },
    edges: isWhole ? [] : edgesAround(origin, shape, first, extents),
  };
}

/** What an inner box leaves of an outer one. */
function edgesAround(
  origin: readonly number[],
  shape: Shape,
  first: readonly number[],
  extents: readonly number[],
): Box[] {
  const edges: Box[] = [];
  // What is left on the axes that have been cut is as narrow as the inner box.
  const from = origin.slice(), left = shape.slice();
  for (let axis = 0; axis < shape.length; axis++) {
    const last = first[axis] + extents[axis], before = first[axis] - origin[axis];
    const after = origin[axis] + shape[axis] - last;
    if (before > 0) edges.push({ origin: from.slice(), shape: left.with(axis, before) });
    if (after > 0) edges.push({ origin: from.with(axis, last), shape: left.with(axis, after) });
    from[axis] = first[axis];
    left[axis] = extents[axis];
  }
  return edges;
}
