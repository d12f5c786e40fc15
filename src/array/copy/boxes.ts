/**
 * Cutting a loop into boxes that stay in the cache. No memory here, only numbers.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";
import type { CopyLoop } from "./copy_loop.ts";

/**
 * Elements of a box along the target's fastest axes; along the source's fastest axes it has as many as remain of the
 * elements that it may have, at least. Measured for elements of 1 to 8 bytes, with strides that are powers of two and
 * others: of 8 to 512 elements, 256 along the target and 64 along the source are the best or near it.
 */
const TARGET_RUN = 256;

/** Nanoseconds that an element of a box takes about, and a box besides. */
const ELEMENT_NS = 2, BOX_NS = 50;

/** The farthest a box may reach in either operand, in elements: twice that is still a 32-bit integer. */
const MOST_REACH = 2 ** 30 - 1;

/**
 * The extents of the boxes into which a loop is cut. When the sides have different fastest axes, a box is long along
 * those of both: it takes whole cache lines of either side, and no more of them than the cache holds.
 *
 * @param loop The loop.
 * @param most How many elements a box has at most.
 * @returns One extent an axis. The reach of a box is below 2^30 elements in either operand.
 */
export function chooseBox(loop: CopyLoop, most: number): readonly number[] {
  const { extents, source } = loop, axes = extents.length;
  if (isOneBox(loop, most)) return extents;
  const longest = longestExtents(loop);
  const box = new Array<number>(axes).fill(1);
  const targetOrder = Array.from(extents, (_, k) => axes - 1 - k);
  lengthen(box, longest, targetOrder, TARGET_RUN);
  if (axes > 1) {
    // An axis along which the source stands still costs it nothing.
    const sourceOrder = targetOrder.filter((axis) => source[axis] !== 0)
      .sort((a, b) => Math.abs(source[a]) - Math.abs(source[b]));
    lengthen(box, longest, sourceOrder, most / TARGET_RUN);
  }
  enlarge(box, longest, most);
  return box;
}

/** Whether a loop is so small that it need not be cut. */
function isOneBox({ extents, target, source }: CopyLoop, most: number): boolean {
  let size = 1, reach = 0;
  for (let axis = 0; axis < extents.length; axis++) {
    size *= extents[axis];
    reach += (extents[axis] - 1) * Math.max(target[axis], Math.abs(source[axis]));
  }
  return size <= most && reach <= MOST_REACH;
}

/** How far a box may extend on each axis. */
function longestExtents({ extents, target, source }: CopyLoop): number[] {
  const reach = Math.floor(MOST_REACH / extents.length);
  return extents.map((extent, axis) => {
    const stride = Math.max(1, target[axis], Math.abs(source[axis]));
    return Math.min(extent, Math.floor(reach / stride) + 1);
  });
}

/** Makes a box up to `run` elements long along some axes, the first ones first. */
function lengthen(box: number[], longest: readonly number[], axes: readonly number[], run: number): void {
  for (const axis of axes) {
    if (run <= 1) return;
    box[axis] = Math.max(box[axis], Math.min(longest[axis], Math.floor(run)));
    run /= box[axis];
  }
}

/** Makes a box as large as it may be, along the target's fastest axes first. */
function enlarge(box: number[], longest: readonly number[], most: number): void {
  let room = most / box.reduce((product, extent) => product * extent, 1);
  for (let axis = box.length - 1; axis >= 0 && room >= 2; axis--) {
    const extent = Math.min(longest[axis], Math.floor(box[axis] * room));
    room *= box[axis] / extent;
    box[axis] = extent;
  }
}

/**
 * One box of a loop.
 *
 * @param target Its first element in the target.
 * @param source Its first element in the source.
 * @param extents Its extents, smaller than the others' at the loop's far ends. Reused: valid only during the call.
 */
export type BoxVisitor = (target: number, source: number, extents: readonly number[]) => void;

/**
 * Visits all boxes of a loop, in the order of the target's memory.
 *
 * @param loop The loop.
 * @param box The boxes' extents.
 * @param visit Called for each box.
 * @throws {Interrupted} If the run is to stop, on a worker.
 */
export function forEachBox(loop: CopyLoop, box: readonly number[], visit: BoxVisitor): void {
  const { extents, target, source } = loop;
  const origin = extents.map(() => 0);
  const size = extents.map((extent, axis) => Math.min(extent, box[axis]));
  const boxNs = BOX_NS + ELEMENT_NS * size.reduce((product, extent) => product * extent, 1);
  let t = loop.targetStart, s = loop.sourceStart;
  for (;;) {
    visit(t, s, size);
    countWork(boxNs);
    let axis = extents.length - 1;
    for (; axis >= 0; axis--) {
      const next = origin[axis] + box[axis];
      const isInside = next < extents[axis];
      const shift = isInside ? box[axis] : -origin[axis];
      origin[axis] += shift;
      t += shift * target[axis];
      s += shift * source[axis];
      size[axis] = Math.min(box[axis], extents[axis] - origin[axis]);
      if (isInside) break;
    }
    if (axis < 0) return;
  }
}
