/**
 * The halo: the cells around a tile that a kernel may read but not write, and what lies beyond the edges of an array.
 * Only numbers, computed before anything runs.
 *
 * @module
 */

import { type AxisRun, BEYOND } from "../array/gather.ts";
import { plain, type Shape } from "../array/layout/shape.ts";
import { PlanError, showValue } from "../errors.ts";

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

/** A box of an index space. Of the inputs' it may reach beyond the edges. */
export interface Box {
  /** The index of its first cell, one number an axis. */
  readonly origin: readonly number[];
  /** Its extents. */
  readonly shape: readonly number[];
}

const MODES: readonly BoundaryMode[] = ["constant", "nearest", "reflect", "mirror", "wrap", "none"];

/** The mode where none is given, as in `scipy.ndimage`. */
const DEFAULT_MODE: BoundaryMode = "reflect";

/**
 * Checks a halo and what lies beyond the edges. Both may come from outside.
 *
 * @param halo How far a kernel reads.
 * @param boundary What lies beyond the edges; `"reflect"` where it is left out.
 * @param rank How many axes there are.
 * @returns One entry an axis.
 * @throws {PlanError} If a depth is no non-negative integer, a mode does not exist, or there are not as many as axes.
 */
export function readHalo(halo: Halo, boundary: Boundary | undefined, rank: number): AxisHalo[] {
  const modes = readBoundary(boundary, rank);
  if (!Array.isArray(halo)) {
    if (typeof halo !== "number") {
      throw new PlanError(
        `Invalid halo ${showValue(halo)}: expected a number of cells, or an array with one entry an axis`,
      );
    }
    const depth = readDepth(halo, halo);
    return modes.map((mode) => ({ before: depth, after: depth, mode }));
  }
  if (halo.length !== rank) {
    throw new PlanError(`Invalid halo ${showHalo(halo)}: ${counts(halo.length, rank)}`);
  }
  return modes.map((mode, axis) => {
    const [before, after] = readSides(halo[axis], axis, halo);
    return { before, after, mode };
  });
}

/** One mode an axis. */
function readBoundary(boundary: unknown, rank: number): BoundaryMode[] {
  if (!Array.isArray(boundary)) {
    return new Array<BoundaryMode>(rank).fill(boundary === undefined ? DEFAULT_MODE : readMode(boundary));
  }
  if (boundary.length !== rank) {
    throw new PlanError(`Invalid boundary ${showValue(boundary)}: ${counts(boundary.length, rank)}`);
  }
  return Array.from(boundary, readMode);
}

function readMode(value: unknown): BoundaryMode {
  const mode = MODES.find((known) => known === value);
  if (mode !== undefined) return mode;
  throw new PlanError(`Unknown boundary mode ${showValue(value)}: expected one of ${MODES.join(", ")}`);
}

function readSides(entry: unknown, axis: number, halo: unknown): readonly [before: number, after: number] {
  if (!Array.isArray(entry)) {
    const depth = readDepth(entry, halo, axis);
    return [depth, depth];
  }
  if (entry.length !== 2) {
    throw new PlanError(
      `Invalid halo ${showHalo(halo)}: axis ${axis} is ${
        showHalo(entry)
      }, expected a number or [before, after]`,
    );
  }
  return [readDepth(entry[0], halo, axis), readDepth(entry[1], halo, axis)];
}

function readDepth(depth: unknown, halo: unknown, axis?: number): number {
  if (typeof depth === "number" && Number.isSafeInteger(depth) && depth >= 0) return plain(depth);
  const place = axis === undefined ? "" : `axis ${axis} has ${showValue(depth)}, `;
  throw new PlanError(`Invalid halo ${showHalo(halo)}: ${place}expected a non-negative integer`);
}

function counts(given: number, rank: number): string {
  return `it has ${given} ${given === 1 ? "entry" : "entries"}, but there ${
    rank === 1 ? "is 1 axis" : `are ${rank} axes`
  }`;
}

/** A halo as it was written: entries, and what is in them. */
function showHalo(halo: unknown, depth = 2): string {
  if (depth === 0 || !Array.isArray(halo) || halo.length > 8) return showValue(halo);
  return `[${Array.from(halo, (entry) => showHalo(entry, depth - 1)).join(", ")}]`;
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
 * Which element of an axis stands at an index, which may lie anywhere.
 *
 * @param mode What lies beyond the edges.
 * @param index The index.
 * @param extent The axis' extent; at least 1.
 * @returns An index from 0 to extent - 1, or {@linkcode BEYOND} where mode `"constant"` has its value.
 */
export function sourceIndex(mode: BoundaryMode, index: number, extent: number): number {
  if (index >= 0 && index < extent) return index;
  switch (mode) {
    case "constant":
      return BEYOND;
    case "nearest":
      return index < 0 ? 0 : extent - 1;
    case "wrap":
      return modulo(index, extent);
    case "reflect": {
      const place = modulo(index, 2 * extent);
      return place < extent ? place : 2 * extent - 1 - place;
    }
    case "mirror": {
      // One element alone is at both edges: there is nothing else to see in the mirror.
      const period = Math.max(1, 2 * extent - 2), place = modulo(index, period);
      return place < extent ? place : period - place;
    }
    case "none":
      throw new Error(
        `Index ${index} of an axis with extent ${extent} is read, though nothing lies beyond its edges`,
      );
  }
}

/** The remainder with the divisor's sign. */
function modulo(value: number, divisor: number): number {
  const rest = value % divisor;
  return plain(rest < 0 ? rest + divisor : rest);
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

/**
 * Where the elements of a box lie that reaches beyond the inputs' edges, as `gatherBox` takes it.
 *
 * @param box The box, such as {@linkcode readBox} gives.
 * @param inputShape The shape of the inputs, without a 0.
 * @param halo The halo, of which only the modes count.
 * @returns For each axis the runs that make up the box.
 */
export function gatherTables(box: Box, inputShape: Shape, halo: readonly AxisHalo[]): AxisRun[][] {
  return box.shape.map((extent, axis) =>
    axisRuns(halo[axis].mode, box.origin[axis], extent, inputShape[axis])
  );
}

function axisRuns(mode: BoundaryMode, start: number, length: number, extent: number): AxisRun[] {
  const runs: AxisRun[] = [], end = start + length;
  for (let index = start; index < end;) {
    const run = runAt(mode, index, extent), next = { ...run, length: Math.min(run.length, end - index) };
    const last = runs.at(-1), joined = last === undefined ? null : join(last, next);
    if (joined === null) runs.push(next);
    else runs[runs.length - 1] = joined;
    index += next.length;
  }
  return runs;
}

/** The evenly spaced elements from an index on, as far as they go. */
function runAt(mode: BoundaryMode, index: number, extent: number): AxisRun {
  if (index >= 0 && index < extent) return { length: extent - index, source: index, step: 1 };
  const source = sourceIndex(mode, index, extent);
  switch (mode) {
    case "wrap":
      return { length: extent - source, source, step: 1 };
    case "reflect": {
      const place = modulo(index, 2 * extent);
      return place < extent
        ? { length: extent - place, source, step: 1 }
        : { length: 2 * extent - place, source, step: -1 };
    }
    case "mirror": {
      if (extent === 1) return { length: Infinity, source, step: 0 };
      const turn = extent - 1, place = modulo(index, 2 * turn);
      return place < turn
        ? { length: turn - place, source, step: 1 }
        : { length: 2 * turn - place, source, step: -1 };
    }
    default:
      // The same as far as the array, or for ever behind it.
      return { length: index < 0 ? -index : Infinity, source, step: 0 };
  }
}

/**
 * An offset that reads the same elements as another one, but not from further away than the array is long.
 *
 * @param mode What lies beyond the edges.
 * @param offset The offset.
 * @param extent The axis' extent.
 */
export function foldOffset(mode: BoundaryMode, offset: number, extent: number): number {
  switch (mode) {
    case "wrap":
      return nearestOf(offset, Math.max(1, extent));
    case "reflect":
      return nearestOf(offset, 2 * Math.max(1, extent));
    case "mirror":
      return nearestOf(offset, 2 * Math.max(1, extent - 1));
    default:
      return Math.max(-extent, Math.min(extent, offset));
  }
}

/** Of the numbers that differ from one by multiples of a period the one that is nearest to 0. */
function nearestOf(offset: number, period: number): number {
  const rest = modulo(offset, period);
  return 2 * rest > period ? rest - period : rest;
}

/** Two neighbouring runs as one, or null where they are not evenly spaced. The second has step 1 or one element. */
function join(run: AxisRun, next: AxisRun): AxisRun | null {
  if ((run.source === BEYOND) !== (next.source === BEYOND)) return null;
  // The distance of one element to the next decides the step.
  const step = run.length === 1 ? next.source - run.source : run.step;
  const isEven = Math.abs(step) <= 1 && next.source === run.source + step * run.length;
  if (!isEven || (next.length > 1 && step !== next.step)) return null;
  return { length: run.length + next.length, source: run.source, step };
}
