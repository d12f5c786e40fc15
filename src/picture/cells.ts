/**
 * The elements of a two-dimensional array as numbers, and fewer of them where there are more than a picture shows.
 *
 * @module
 */

import { showShape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { ShapeError } from "../errors.ts";

/** Numbers on a grid: that of row `i` and column `j` is `data[offset + i * rowStride + j * columnStride]`. */
export interface Cells {
  readonly rows: number;
  readonly columns: number;
  readonly data: { readonly [place: number]: number | bigint };
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** How several cells become one: their mean without NaN, or the one in the middle. */
export type Reduction = "mean" | "nearest";

/**
 * The cells of an array. Nothing is copied.
 *
 * @param array The array.
 * @throws {ShapeError} If it has not two axes, or no element.
 */
export function cellsOf(array: SharedNdArray): Cells {
  const { shape, strides, offset, data } = array;
  if (shape.length !== 2) {
    const hint = shape.length > 2 ? ": take a view, such as array.view(0)" : "";
    throw new ShapeError(
      `A picture is of an array with two axes, but this one has shape ${showShape(shape)}${hint}`,
    );
  }
  const [rows, columns] = shape;
  if (rows === 0 || columns === 0) {
    throw new ShapeError(`There is nothing to show of an array of shape ${showShape(shape)}`);
  }
  return { rows, columns, data, offset, rowStride: strides[0], columnStride: strides[1] };
}

/**
 * The cells in another order of rows.
 *
 * @param cells The cells.
 * @returns The same with the last row first.
 */
export function upsideDown(cells: Cells): Cells {
  const { rows, offset, rowStride } = cells;
  return { ...cells, offset: offset + (rows - 1) * rowStride, rowStride: -rowStride };
}

/**
 * Fewer cells, or as many, or more: each stands for those of a box.
 *
 * @param cells The cells.
 * @param rows How many rows there shall be.
 * @param columns How many columns.
 * @param reduction How those of a box become one.
 */
export function resampled(cells: Cells, rows: number, columns: number, reduction: Reduction = "mean"): Cells {
  if (rows === cells.rows && columns === cells.columns) return cells;
  const data = new Float64Array(rows * columns);
  const across = edges(cells.columns, columns), down = edges(cells.rows, rows);
  const cellOf = reduction === "mean" ? meanOf : middleOf;
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      data[i * columns + j] = cellOf(cells, down.begin[i], down.end[i], across.begin[j], across.end[j]);
    }
  }
  return { rows, columns, data, offset: 0, rowStride: columns, columnStride: 1 };
}

/** Where the boxes of an axis begin and end: next to each other, or each of one cell where there are fewer cells. */
function edges(extent: number, count: number): { begin: Int32Array; end: Int32Array } {
  const at = (k: number) => Math.floor(k * extent / count);
  const begin = Int32Array.from({ length: count }, (_, k) => at(k));
  return { begin, end: begin.map((first, k) => Math.max(first + 1, at(k + 1))) };
}

function meanOf(cells: Cells, top: number, bottom: number, left: number, right: number): number {
  const { data, offset, rowStride, columnStride } = cells;
  let sum = 0, count = 0;
  for (let i = top; i < bottom; i++) {
    for (let j = left, place = offset + i * rowStride + j * columnStride; j < right; j++) {
      const value = Number(data[place]);
      place += columnStride;
      if (value !== value) continue;
      sum += value;
      count++;
    }
  }
  return count === 0 ? NaN : sum / count;
}

function middleOf(cells: Cells, top: number, bottom: number, left: number, right: number): number {
  const row = (top + bottom - 1) >> 1, column = (left + right - 1) >> 1;
  return Number(cells.data[cells.offset + row * cells.rowStride + column * cells.columnStride]);
}

/**
 * The grid that a picture of many cells has: about as many become one on either axis, so that they remain squares.
 *
 * @param cells The cells.
 * @param maxSize The largest extent of the grid.
 */
export function fittingGrid(cells: Pick<Cells, "rows" | "columns">, maxSize: number): {
  rows: number;
  columns: number;
  /** How many cells along each axis become one, at most. */
  factor: number;
} {
  const factor = Math.max(1, Math.ceil(Math.max(cells.rows, cells.columns) / maxSize));
  return { rows: Math.ceil(cells.rows / factor), columns: Math.ceil(cells.columns / factor), factor };
}
