/**
 * Copies in long rows, by the typed arrays' own methods.
 *
 * @module
 */

import type { DType } from "../../dtype.ts";
import { isInterruptible } from "../../interrupt.ts";
import { forEachBox } from "./boxes.ts";
import type { CopyLoop } from "./copy_loop.ts";
import { elementsAt, type Region } from "./operand.ts";

/** From this length on, a method's call costs less than a loop. */
export const ROW_LENGTH = 64;

/** Elements of a row that are turned around at once, in the cache. */
const TURN_LENGTH = 4096;

/** Elements of a row that are copied at once where a copy may have to stop. */
const PIECE_LENGTH = 2 ** 17;

/** Elements that are filled before the rest is copied from them. */
const FILLED = 256;

/** For each width, the dtype whose typed array moves bits as they are. */
const BITS: Readonly<Record<number, DType>> = { 1: "uint8", 2: "uint16", 4: "uint32", 8: "uint64" };

/**
 * Copies rows of elements that lie one after another in the target. In the source, too, or backwards, or each row is
 * one element.
 *
 * @param width Bytes of an element: 1, 2, 4 or 8.
 * @param loop The loop; its last axis is the row.
 * @param target Where to write.
 * @param source Where to read.
 */
export function moveRows(width: number, loop: CopyLoop, target: Region, source: Region): void {
  const { extents } = loop, inner = extents.length - 1, step = loop.source[inner];
  const to = bitsOf(width, target), from = bitsOf(width, source);
  const box = extents.map(() => 1);
  // A row that overlaps itself is moved as a whole, because only the method minds the direction.
  const isCut = step === -1 || (isInterruptible() && !(step === 1 && doOverlap(width, target, source)));
  box[inner] = isCut ? Math.min(extents[inner], step === -1 ? TURN_LENGTH : PIECE_LENGTH) : extents[inner];
  forEachBox(loop, box, (t, s, size) => {
    const length = size[inner], start = t - target.lowest, first = s - source.lowest;
    if (step === 1) {
      to.set(from.subarray(first, first + length), start);
    } else if (step === 0) {
      repeat(to, from[first], start, start + length);
    } else {
      to.set(from.subarray(first - length + 1, first + 1), start);
      to.subarray(start, start + length).reverse();
    }
  });
}

function doOverlap(width: number, a: Region, b: Region): boolean {
  const from = a.byteOffset + width * a.lowest, start = b.byteOffset + width * b.lowest;
  return a.buffer === b.buffer && from < start + width * b.span && start < from + width * a.span;
}

/** Writes one element to a whole range. `fill` goes element by element, so that it only writes the first few. */
function repeat(to: Uint8Array, element: number, start: number, end: number): void {
  let filled = Math.min(end, start + FILLED);
  to.fill(element, start, filled);
  while (filled < end) {
    const next = Math.min(end, 2 * filled - start);
    to.set(to.subarray(start, start + next - filled), filled);
    filled = next;
  }
}

function bitsOf(width: number, { buffer, byteOffset, lowest, span }: Region): Uint8Array {
  // Both sides are of one kind whatever the width is, and what is read is only written back: one type stands for all.
  return elementsAt(BITS[width], buffer, byteOffset + width * lowest, span) as Uint8Array;
}
