/**
 * Copies between arrays whose elements have the same bits: rows by the typed arrays' own methods where rows are long,
 * otherwise boxes by loops.
 *
 * @module
 */

import { type DType, DTYPES } from "../../dtype.ts";
import { chooseBox, forEachBox } from "./boxes.ts";
import { type CopyLoop, touched } from "./copy_loop.ts";
import { moveBox, planeOf } from "./move_box.ts";
import { planeMover } from "./move_plane.ts";
import { moveRows, ROW_LENGTH } from "./move_rows.ts";
import type { Memory, Region } from "./operand.ts";

/** Elements of a box: at most 128 KiB of either side, which fit the second-level cache. */
const BOX_ELEMENTS = 16_384;

/**
 * Moves the bits of every element.
 *
 * @param dtype The dtype of both, or one whose elements have the same bits.
 * @param loop The loop.
 * @param target Where to write.
 * @param source Where to read. If it overlaps the target, the loop must be one row without gaps.
 */
export function moveElements(dtype: DType, loop: CopyLoop, target: Memory, source: Memory): void {
  const { extents } = loop, inner = extents.length - 1;
  const isRow = loop.target[inner] === 1 && Math.abs(loop.source[inner]) <= 1;
  const to: Region = { ...target, ...touched(extents, loop.target, loop.targetStart) };
  const from: Region = { ...source, ...touched(extents, loop.source, loop.sourceStart) };
  if (isRow && extents[inner] >= ROW_LENGTH) {
    moveRows(DTYPES[dtype].bytes, loop, to, from);
    return;
  }
  const move = planeMover(dtype, to, from);
  const box = chooseBox(loop, BOX_ELEMENTS), plane = planeOf(box, loop.target, loop.source);
  forEachBox(loop, box, (t, s, size) => moveBox(move, t, s, size, plane));
}
