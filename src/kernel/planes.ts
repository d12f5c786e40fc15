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
