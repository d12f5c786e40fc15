/**
 * A slice of an array that is to be shown: its cells, no more of them than a picture has, and what all of them are like.
 *
 * @module
 */

import { showShape } from "../array/layout/shape.ts";
import { DTYPES } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import { type Cells, cellsOf, fittingGrid, resampled } from "../picture/cells.ts";
import { Statistics } from "../picture/statistics.ts";
import { boxOf, type Pick, showPicks, viewOf } from "./slice_args.ts";
import type { ShownArray } from "./shown_array.ts";

/** A slice that was read. */
export interface ShownSlice {
  /** Its extents: of one axis where the array has only one, and none where it is a single element. */
  readonly shape: readonly number[];
  /** Its cells; those of an array with one axis are one row. */
  readonly cells: Cells;
  readonly statistics: Statistics;
}

/** When a slice is read piece by piece, and what is kept of it. */
export interface ReadLimits {
  /** Slices of more bytes are read piece by piece. */
  readonly muchBytes: number;
  /** Bytes of a piece, about. */
  readonly pieceBytes: number;
  /** What is kept of such a slice has at most so many cells along an axis. */
  readonly mostCells: number;
  /** What is kept of a single row, because curves are no squares. */
  readonly mostInRow: number;
}

const LIMITS: ReadLimits = { muchBytes: 2 ** 28, pieceBytes: 2 ** 26, mostCells: 4096, mostInRow: 2 ** 20 };

/**
 * Refuses slices that are no pictures.
 *
 * @param picks What is picked.
 * @param shape The array's shape.
 * @throws {UsageError} If it is not two axes, a single element, or the one axis that the array has; or nothing at all.
 */
export function checkPicks(picks: readonly Pick[], shape: readonly number[]): void {
  const kept = picks.filter(({ isIndex }) => !isIndex);
  if (kept.some(({ count }) => count === 0)) {
    throw new UsageError(`There is nothing in ${showPicks(picks)} of an array of shape ${showShape(shape)}`);
  }
  if (kept.length === 2 || kept.length === 0 || shape.length === 1) return;
  const example = picks.map((_, axis) => axis < picks.length - 2 ? "0" : ":").join(",");
  throw new UsageError(
    `The slice ${showPicks(picks)} of ${showShape(shape)} has ${
      kept.length === 1 ? "one axis" : `${kept.length} axes`
    }, but a picture has two: expected something like --slice ${example}`,
  );
}

/**
 * Reads a slice.
 *
 * @param array The array.
 * @param picks What is picked; {@linkcode checkPicks} does not refuse it.
 * @param signal Ends reading between two pieces.
 * @param limits When it is read piece by piece.
 */
export async function readShown(
  array: ShownArray,
  picks: readonly Pick[],
  signal?: AbortSignal,
  limits: ReadLimits = LIMITS,
): Promise<ShownSlice> {
  const statistics = new Statistics();
  const shape = picks.filter(({ isIndex }) => !isIndex).map(({ count }) => count);
  const readCells = async (part: readonly Pick[]) => {
    signal?.throwIfAborted();
    const piece = (await array.read(boxOf(part))).view(...viewOf(part));
    statistics.add(piece);
    return cellsOf(piece.ndim === 2 ? piece : piece.reshape([1, -1]));
  };
  const bytes = boxOf(picks).shape.reduce((product, extent) => product * extent, DTYPES[array.dtype].bytes);
  if (bytes <= limits.muchBytes) return { shape, cells: await readCells(picks), statistics };

  // Pieces along the first axis that is kept. Of each, a band of the picture is kept, or a piece of the curve.
  const along = picks.findIndex(({ isIndex }) => !isIndex), extent = shape[0];
  const isRow = shape.length === 1;
  const factor = isRow
    ? Math.ceil(extent / limits.mostInRow)
    : fittingGrid({ rows: extent, columns: shape[1] }, limits.mostCells).factor;
  const columns = Math.ceil(shape[shape.length - 1] / factor), rows = isRow ? 1 : Math.ceil(extent / factor);
  const data = new Float64Array(rows * columns);
  const piece = indicesOfPiece(array, along, limits.pieceBytes * extent / bytes);
  const count = factor * Math.max(1, Math.floor(piece / factor));
  for (let begin = 0, at = 0; begin < extent; begin += count) {
    const { first, step } = picks[along], indices = Math.min(count, extent - begin);
    const part = picks.map((pick, axis) =>
      axis === along ? { ...pick, first: first + begin * step, count: indices } : pick
    );
    const cells = await readCells(part), kept = Math.ceil(indices / factor);
    at += copyCells(isRow ? resampled(cells, 1, kept) : resampled(cells, kept, columns), data, at);
  }
  return {
    shape,
    cells: { rows, columns, data, offset: 0, rowStride: columns, columnStride: 1 },
    statistics,
  };
}

/** How many indices of an axis a piece has: whole chunks, unless parts of them can be read alone. */
function indicesOfPiece({ chunks, readsParts }: ShownArray, axis: number, fitting: number): number {
  const chunk = Math.max(1, chunks[axis]), indices = Math.max(1, Math.floor(fitting));
  if (indices < chunk) return readsParts ? indices : chunk;
  return Math.floor(indices / chunk) * chunk;
}

function copyCells(
  { rows, columns, data, offset, rowStride, columnStride }: Cells,
  to: Float64Array,
  at: number,
): number {
  for (let i = 0, k = at; i < rows; i++) {
    for (let j = 0; j < columns; j++) to[k++] = Number(data[offset + i * rowStride + j * columnStride]);
  }
  return rows * columns;
}

/** Whether an array along an axis says how far north its places are. */
const NORTHWARD = /^(?:latitude|projection_y_coordinate|grid_latitude)$/i;
const DEGREES_NORTH = /^degrees?_?n(?:orth)?$/i;
const LATITUDE = /^(?:lat|latitude|rlat|nav_lat)$/i;

/**
 * The name of the axis of rows where it goes from south to north, so that the last row belongs to the top.
 *
 * @param array The array.
 * @param picks What is picked.
 * @returns Undefined where it does not, or nothing is known of it.
 */
export async function ascendingLatitude(
  array: ShownArray,
  picks: readonly Pick[],
): Promise<string | undefined> {
  const kept = picks.map((_, axis) => axis).filter((axis) => !picks[axis].isIndex);
  if (kept.length !== 2) return undefined;
  const [axis] = kept, { first, count, step } = picks[axis];
  if (count < 2) return undefined;
  using coordinate = await array.coordinate(axis);
  if (coordinate === undefined) return undefined;
  const { standard_name: meaning, units } = coordinate.attributes;
  const isNorthward = LATITUDE.test(coordinate.name) || NORTHWARD.test(String(meaning)) ||
    DEGREES_NORTH.test(String(units));
  if (!isNorthward) return undefined;
  const south = await coordinate.at(first), north = await coordinate.at(first + (count - 1) * step);
  return south < north ? coordinate.name : undefined;
}
