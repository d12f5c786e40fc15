/**
 * Blocks of numbers, turned so that what lay in columns lies in rows.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";

/** Nanoseconds that an element takes about. */
const ELEMENT_NS = 2;

/** Rows and columns of a square that stays in the fastest cache while it is turned. */
const SQUARE = 16;

/**
 * Writes the transpose of a matrix.
 *
 * @param from The matrix, row by row.
 * @param rows How many rows it has.
 * @param columns How many columns.
 * @param to Where its columns go, one behind the other.
 */
export function transpose(from: Float64Array, rows: number, columns: number, to: Float64Array): void {
  for (let row = 0; row < rows; row += SQUARE) {
    const lastRow = Math.min(row + SQUARE, rows);
    for (let column = 0; column < columns; column += SQUARE) {
      const lastColumn = Math.min(column + SQUARE, columns);
      for (let c = column; c < lastColumn; c++) {
        for (let r = row; r < lastRow; r++) to[c * rows + r] = from[r * columns + c];
      }
    }
    countWork((lastRow - row) * columns * ELEMENT_NS);
  }
}
