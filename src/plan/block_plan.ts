/**
 * The blocks of a run over arrays that live elsewhere: whole chunks of what is written, as few chunks as possible of
 * what is read, and no more than fits the memory at hand.
 *
 * @module
 */

import { type Shape, showShape } from "../array/layout/shape.ts";
import { PlanError } from "../errors.ts";

/** An array of the run, as far as blocks depend on it. Its axes are the run's last ones. */
export interface BlockArray {
  readonly shape: Shape;
  /** The pieces in which it is held; 1 on axes where it does not matter. */
  readonly chunks: Shape;
  readonly itemBytes: number;
  readonly isOutput: boolean;
}

/** What blocks are made from. */
export interface BlockOptions {
  readonly arrays: readonly BlockArray[];
  /** Cells beyond a block that are read of each input, by axis: before and after it together. */
  readonly around: readonly number[];
  /** Bytes that the blocks of one worker may take: {@linkcode blockBytes}. */
  readonly roomBytes: number;
  readonly workers: number;
  /** Extents wanted on the trailing axes, which are raised to whole chunks. Default: chosen. */
  readonly wanted?: Shape;
}

/** Bytes of a block, all arrays together, that are worth a block's own cost. */
const WORTHWHILE_BYTES = 8 * 2 ** 20;

/** How many blocks a worker should find at least, so that all end at about the same time. */
const BLOCKS_PER_WORKER = 4;

/** Blocks of each array that a worker has: one is worked on while the next is read, or the last one written. */
const COPIES = 2;

/**
 * Bytes of the blocks of one worker.
 *
 * @param block The extents of a block.
 * @param options The arrays.
 */
export function blockBytes(
  block: Shape,
  { arrays, around }: Pick<BlockOptions, "arrays" | "around">,
): number {
  // What reaches beyond the edges is brought together in a third block.
  const more = around.some((cells) => cells > 0) ? 1 : 0;
  return arrays.reduce((sum, array) => {
    const copies = array.isOutput ? COPIES : COPIES + more;
    return sum + copies * array.itemBytes * elementsOf(array, block, around);
  }, 0);
}

function elementsOf({ shape, isOutput }: BlockArray, block: Shape, around: readonly number[]): number {
  // With a halo all inputs are laid out alike, also those that are broadcast.
  if (!isOutput && around.some((cells) => cells > 0)) {
    return block.reduce((product, extent, axis) => product * (extent + around[axis]), 1);
  }
  const first = block.length - shape.length;
  return shape.reduce((product, extent, axis) => {
    const cells = block[first + axis] + (isOutput ? 0 : around[first + axis]);
    return product * (extent === 1 ? 1 : cells);
  }, 1);
}

/**
 * Chooses the extents of blocks.
 *
 * @param shape The shape of the outputs.
 * @param options Arrays, memory, wishes.
 * @returns Whole chunks of every output. Null when not even one such block fits.
 * @throws {PlanError} If the extents that are wanted have more axes than the shape, or are no positive integers.
 */
export function chooseBlock(shape: Shape, options: BlockOptions): number[] | null {
  const { arrays, roomBytes, workers, wanted } = options;
  const outputs = arrays.filter(({ isOutput }) => isOutput),
    inputs = arrays.filter(({ isOutput }) => !isOutput);
  const least = shape.map((extent, axis) => alignment(outputs, shape, axis, 1, extent));
  const fits = (block: Shape) => blockBytes(block, options) <= roomBytes;
  if (!fits(least)) return null;
  if (wanted !== undefined) {
    const block = roundUp(shape, wanted, least);
    return fits(block) ? block : null;
  }
  const block = least.slice();
  // Axes on which chunks of inputs would be read most often come first.
  const whole = shape.map((extent, axis) => alignment(inputs, shape, axis, least[axis], extent));
  const axes = shape.map((_, axis) => axis).sort((a, b) =>
    whole[b] / least[b] - whole[a] / least[a] || b - a
  );
  for (const axis of axes) block[axis] = largestThatFits(block, axis, least[axis], whole[axis], fits);
  // Small chunks are done several at a time, as long as there is work for all.
  const count = () => block.reduce((product, extent, axis) => product * Math.ceil(shape[axis] / extent), 1);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const step = block[axis];
    while (block[axis] < shape[axis]) {
      const larger = block.with(axis, Math.min(shape[axis], Math.max(block[axis] + step, 2 * block[axis])));
      if (blockBytes(larger, options) > Math.min(roomBytes, COPIES * WORTHWHILE_BYTES)) break;
      if (count() <= 2 * workers * BLOCKS_PER_WORKER) break;
      block[axis] = larger[axis];
    }
  }
  return block;
}

/** How often a chunk of an input is read, because blocks do not hold whole ones of it: 1 where they do. */
export function timesRead({ shape, chunks }: BlockArray, block: Shape): number {
  const first = block.length - shape.length;
  return shape.reduce((product, extent, axis) => {
    const own = block[first + axis], chunk = Math.min(chunks[axis], extent);
    return extent === 1 || own % chunk === 0 || own >= extent ? product : product * (chunk / own + 1);
  }, 1);
}

/** The least multiple of `from` that holds whole chunks of all arrays along an axis, or the whole axis. */
export function alignment(
  arrays: readonly BlockArray[],
  shape: Shape,
  axis: number,
  from: number,
  extent: number,
): number {
  let step = from;
  for (const array of arrays) {
    const own = axis - (shape.length - array.shape.length);
    if (own < 0 || array.shape[own] === 1) continue;
    step = leastCommonMultiple(step, Math.max(1, array.chunks[own]));
    if (step >= extent) return Math.max(1, extent);
  }
  return step;
}

/** The extent of an axis: as wanted, or as many steps as fit. */
function largestThatFits(
  block: readonly number[],
  axis: number,
  step: number,
  most: number,
  fits: (block: Shape) => boolean,
): number {
  if (fits(block.with(axis, most))) return most;
  let low = 1, high = Math.floor(most / step);
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(block.with(axis, middle * step))) low = middle;
    else high = middle - 1;
  }
  return low * step;
}

function roundUp(shape: Shape, wanted: Shape, least: readonly number[]): number[] {
  const whole = shape.length - wanted.length;
  if (whole < 0 || wanted.some((extent) => !Number.isSafeInteger(extent) || extent < 1)) {
    throw new PlanError(
      `Invalid tile ${showShape(wanted)}: expected at most ${shape.length} positive integers for the shape ${
        showShape(shape)
      }`,
    );
  }
  return shape.map((extent, axis) => {
    const steps = axis < whole ? Infinity : Math.ceil(wanted[axis - whole] / least[axis]);
    return Math.max(1, Math.min(extent, steps * least[axis]));
  });
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return a / x * b;
}
