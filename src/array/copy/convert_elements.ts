/**
 * Copies between arrays of different dtypes: box by box, gathered where the source has gaps, converted, and scattered
 * where the target has gaps.
 *
 * @module
 */

import { type DType, DTYPES } from "../../dtype.ts";
import { cStrides } from "../layout/strides.ts";
import { chooseBox, forEachBox } from "./boxes.ts";
import { converter, type Elements, MOST_CONVERTED } from "./convert.ts";
import { type CopyLoop, touched } from "./copy_loop.ts";
import { moveBox, planeOf } from "./move_box.ts";
import { planeMover } from "./move_plane.ts";
import { elementsAt, type Memory, type Region } from "./operand.ts";

/**
 * Converts every element.
 *
 * @param loop The loop.
 * @param target Where to write.
 * @param to The target's dtype.
 * @param source Where to read; it does not overlap the target.
 * @param from The source's dtype.
 */
export function convertElements(
  loop: CopyLoop,
  target: Memory,
  to: DType,
  source: Memory,
  from: DType,
): void {
  const convert = converter(to, from), box = chooseBox(loop, MOST_CONVERTED);
  const gather = gatherer(loop, box, source, from), scatter = scatterer(loop, box, target, to);
  forEachBox(loop, box, (t, s, size) => {
    const strides = cStrides(size), length = size[0] * strides[0];
    const isInPlace = isDense(size, loop.target, strides);
    const output = isInPlace
      ? elementsAt(to, target.buffer, target.byteOffset + t * DTYPES[to].bytes, length)
      : elementsAt(to, CONVERTED.buffer, 0, length);
    convert(output, gather(s, size, strides, length));
    if (!isInPlace) scatter(t, size, strides);
  });
}

/** What boxes pass through. Nothing stays in them between calls. */
const GATHERED = staging(), CONVERTED = staging();

function staging(): Region {
  return { buffer: new ArrayBuffer(8 * MOST_CONVERTED), byteOffset: 0, lowest: 0, span: MOST_CONVERTED };
}

/** Whether a box's elements lie one after another, as they do with the strides of C order. */
function isDense(size: readonly number[], strides: readonly number[], dense: readonly number[]): boolean {
  for (let axis = 0; axis < size.length; axis++) {
    if (size[axis] > 1 && strides[axis] !== dense[axis]) return false;
  }
  return true;
}

/** Brings the elements of a box together, if they are not. */
function gatherer(
  loop: CopyLoop,
  box: readonly number[],
  source: Memory,
  dtype: DType,
): (s: number, size: readonly number[], strides: readonly number[], length: number) => Elements {
  const { bytes } = DTYPES[dtype];
  const region = { ...source, ...touched(loop.extents, loop.source, loop.sourceStart) };
  const move = planeMover(dtype, GATHERED, region);
  return (s, size, strides, length) => {
    if (isDense(size, loop.source, strides)) {
      return elementsAt(dtype, source.buffer, source.byteOffset + s * bytes, length);
    }
    moveBox(move, 0, s, size, planeOf(box, strides, loop.source));
    return elementsAt(dtype, GATHERED.buffer, 0, length);
  };
}

/** Puts converted elements in their places. */
function scatterer(
  loop: CopyLoop,
  box: readonly number[],
  target: Memory,
  dtype: DType,
): (t: number, size: readonly number[], strides: readonly number[]) => void {
  const region = { ...target, ...touched(loop.extents, loop.target, loop.targetStart) };
  const move = planeMover(dtype, region, CONVERTED);
  return (t, size, strides) => moveBox(move, t, 0, size, planeOf(box, loop.target, strides));
}
