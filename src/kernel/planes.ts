/**
 * The loops around a compiled kernel, which counts two of them itself.
 *
 * @module
 */

/** Rows are cut to this many elements, which the kernel counts in 32 bits. */
const LONGEST_ROW = 2 ** 30;

/**
 * Calls back for the two innermost loops of each turn of those around them, with rows that are not too long.
 *
 * @param extents How many turns each loop makes, from the outermost on; at least two loops.
 * @param steps For each operand its step in each loop.
 * @param starts For each operand where it begins.
 * @param visit Gets the elements of a row, the number of rows, and where each operand begins.
 */
export function forEachPlane(
  extents: readonly number[],
  steps: readonly (readonly number[])[],
  starts: readonly number[],
  visit: (length: number, rows: number, at: readonly number[]) => void,
): void {
  const last = extents.length - 1, length = extents[last], rows = extents[last - 1];
  const plane = (at: readonly number[]) => {
    if (length <= LONGEST_ROW && rows <= LONGEST_ROW) return visit(length, rows, at);
    for (let row = 0; row < rows; row++) {
      for (let done = 0; done < length; done += LONGEST_ROW) {
        const there = at.map((start, k) => start + row * steps[k][last - 1] + done * steps[k][last]);
        visit(Math.min(LONGEST_ROW, length - done), 1, there);
      }
    }
  };
  if (last === 1) return plane(starts);
  const counters = new Array<number>(last - 1).fill(0);
  const at = starts.slice();
  for (;;) {
    plane(at);
    let loop = last - 2;
    for (; loop >= 0; loop--) {
      for (let k = 0; k < at.length; k++) at[k] += steps[k][loop];
      if (++counters[loop] < extents[loop]) break;
      for (let k = 0; k < at.length; k++) at[k] -= steps[k][loop] * extents[loop];
      counters[loop] = 0;
    }
    if (loop < 0) return;
  }
}

/** A part of two loops. */
export interface Piece {
  /** Its first row, and how many. */
  readonly row: number;
  readonly rows: number;
  /** Where it begins in each of them, and how long it is. */
  readonly first: number;
  readonly length: number;
}

/**
 * Cuts two loops into pieces, in the order in which they are walked: whole rows as far as that goes.
 *
 * @param length The elements of a row.
 * @param rows How many rows.
 * @param most How many elements a piece has at most.
 * @param rowCost How many elements a row costs besides its own.
 * @param visit Gets the pieces.
 */
export function forEachPiece(
  length: number,
  rows: number,
  most: number,
  rowCost: number,
  visit: (piece: Piece) => void,
): void {
  const group = Math.max(1, Math.floor(most / (length + rowCost)));
  for (let row = 0; row < rows; row += group) {
    const own = Math.min(group, rows - row);
    if (own > 1 || length <= most) {
      visit({ row, rows: own, first: 0, length });
      continue;
    }
    for (let first = 0; first < length; first += most) {
      visit({ row, rows: 1, first, length: Math.min(most, length - first) });
    }
  }
}
