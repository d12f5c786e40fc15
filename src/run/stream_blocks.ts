/**
 * What a worker of a stream has in memory: blocks of each array, filled from where it lives, and written back.
 *
 * @module
 */

import { type AxisRun, BEYOND, gatherBox } from "../array/gather.ts";
import type { Shape } from "../array/layout/shape.ts";
import { SharedNdArray, tileOf, uninitialised } from "../array/shared_ndarray.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import { gatherTables } from "../plan/edges.ts";
import { type Box, isInside, readBox } from "../plan/halo.ts";
import type { TilePlan } from "../plan/tile_plan.ts";
import type { ArrayDriver, DriverModule } from "../store/driver.ts";
import type { StartMessage, StreamEnd, StreamMessage } from "./protocol.ts";

/** Blocks of an array: while one is worked on, another is read or written. */
export const LANES = 2;

/** An array of a stream on this worker. */
export interface OpenEnd {
  readonly name: string;
  readonly shape: Shape;
  /** What reads and writes it: a driver, or copies from and to an array in memory. */
  readonly driver: Pick<ArrayDriver, "read" | "write" | "close">;
  /** A block for each lane, of the largest extents that there are. */
  readonly blocks: readonly SharedNdArray[];
  /** Bytes that were copied from and to an array in memory. */
  copied: number;
}

/** The arrays of a stream on this worker. */
export interface OpenStream extends Disposable {
  readonly inputs: readonly OpenEnd[];
  readonly outputs: readonly OpenEnd[];
}

/**
 * The extents of a block of an array.
 *
 * @param end The array.
 * @param tile The extents of a block of the run's outputs.
 * @param halo What of inputs is read beyond it; null for outputs.
 */
export function blockShape(
  { shape }: Pick<StreamEnd, "shape">,
  tile: Shape,
  halo: KernelHalo | null,
): number[] {
  // With a halo all inputs are laid out alike, because the kernel reads them at the same distances.
  if (halo !== null) {
    return tile.map((extent, axis) => extent + halo.axes[axis].before + halo.axes[axis].after);
  }
  return ownExtents(shape, tile);
}

/** The extents of a box along an array's own axes. */
function ownExtents(shape: Shape, extents: Shape): number[] {
  const first = extents.length - shape.length;
  return shape.map((extent, axis) => extent === 1 ? 1 : extents[first + axis]);
}

function ownOrigin(shape: Shape, origin: readonly number[]): number[] {
  const first = origin.length - shape.length;
  return shape.map((extent, axis) => extent === 1 ? 0 : origin[first + axis]);
}

/**
 * Opens the arrays of a stream, and makes room for their blocks.
 *
 * @param start What to run.
 * @param stream Its arrays.
 */
export async function openStream(
  start: Pick<StartMessage, "arrays"> & { readonly plan: Pick<TilePlan, "tile"> },
  stream: Pick<StreamMessage, "inputs" | "outputs" | "halo">,
): Promise<OpenStream> {
  const opened: OpenEnd[] = [];
  const close = () => opened.forEach(({ driver }) => driver.close());
  const open = async (end: StreamEnd, halo: KernelHalo | null): Promise<OpenEnd> => {
    const { name, shape, dtype, handle } = end;
    const extents = blockShape(end, start.plan.tile, halo);
    const driver = handle === null ? null : await openHandle(handle.module, handle.location);
    const one: OpenEnd = {
      name,
      shape,
      driver: driver ??
        memoryDriver(SharedNdArray.attach(start.arrays[name]), (bytes) => one.copied += bytes),
      blocks: Array.from({ length: LANES }, () => uninitialised(extents, dtype)),
      copied: 0,
    };
    opened.push(one);
    return one;
  };
  try {
    const inputs: OpenEnd[] = [], outputs: OpenEnd[] = [];
    for (const end of stream.inputs) inputs.push(await open(end, stream.halo));
    for (const end of stream.outputs) outputs.push(await open(end, null));
    return { inputs, outputs, [Symbol.dispose]: close };
  } catch (error) {
    close();
    throw error;
  }
}

/** Opens an array on this thread. */
export async function openHandle(module: string, location: unknown): Promise<ArrayDriver> {
  const { openDriver }: DriverModule = await import(module);
  return await openDriver(location);
}

/** Reads and writes an array in memory by copies. */
function memoryDriver(array: SharedNdArray, count: (bytes: number) => void): OpenEnd["driver"] {
  return {
    read: ({ origin, shape }, target) => {
      target.copyFrom(tileOf(array, origin, shape));
      count(target.byteLength);
      return 0;
    },
    write: ({ origin, shape }, source) => {
      tileOf(array, origin, shape).copyFrom(source);
      count(source.byteLength);
      return 0;
    },
    close: () => {},
  };
}

/**
 * Fills a block of an input.
 *
 * @param end The input.
 * @param lane Which block.
 * @param box The box of the outputs that is computed from it.
 * @param halo What is read beyond it.
 * @returns How many bytes the store gave.
 */
export async function fillBlock(
  { shape, driver, blocks, name }: OpenEnd,
  lane: number,
  box: Box,
  halo: KernelHalo | null,
): Promise<number> {
  const block = blocks[lane];
  if (halo === null) {
    const origin = ownOrigin(shape, box.origin), extents = ownExtents(shape, box.shape);
    return await driver.read({ origin, shape: extents }, partOf(block, extents));
  }
  const around = readBox(box.origin, box.shape, halo.axes), target = partOf(block, around.shape);
  const { inputShape } = halo;
  const isWhole = shape.length === inputShape.length &&
    shape.every((extent, axis) => extent === inputShape[axis]);
  if (isWhole && isInside(around, inputShape)) return await driver.read(around, target);
  const first = inputShape.length - shape.length;
  const tables = gatherTables(around, inputShape, halo.axes), wanted = around.shape;
  const pieces = tables.map((runs, axis) => pieceRanges(runs, wanted[axis]));
  const own = pieces.slice(first).map((ranges, axis) =>
    shape[axis] === 1 ? [{ least: 0, length: 1 }] : ranges
  );
  const read = uninitialised(own.map(totalOf), block.dtype);
  try {
    let bytes = 0;
    for (const { origin, at, extents } of boxesOf(own)) {
      bytes += await driver.read({ origin, shape: extents }, read.box(at, extents));
    }
    const packed = tables.map((runs, axis) =>
      runs.map((run) =>
        run.source === BEYOND ? run : { ...run, source: packedPlace(pieces[axis], run.source) }
      )
    );
    gatherBox(read.broadcastTo(pieces.map(totalOf)), packed, halo.fills[name] ?? 0, target);
    return bytes;
  } finally {
    read.dispose();
  }
}

/** A piece of an axis. */
interface Range {
  readonly least: number;
  readonly length: number;
}

/**
 * The pieces of an axis that some runs read, in order. Those that lie apart, as at the two ends of an axis that wraps,
 * are joined only where all of it is no longer than what is wanted: the axis may be larger than memory.
 */
function pieceRanges(runs: readonly AxisRun[], wanted: number): readonly Range[] {
  const ranges = runs.filter(({ source }) => source !== BEYOND).map(({ source, length, step }) => {
    const last = source + step * (length - 1);
    return { least: Math.min(source, last), length: Math.abs(last - source) + 1 };
  }).sort((a, b) => a.least - b.least);
  // Where all lies beyond the edges there is nothing to read, but a box has at least one element.
  if (ranges.length === 0) return [{ least: 0, length: 1 }];
  const joined: Range[] = [];
  for (const range of ranges) {
    const before = joined.at(-1);
    const length = before === undefined
      ? 0
      : Math.max(before.least + before.length, range.least + range.length) - before.least;
    if (before !== undefined && (range.least <= before.least + before.length || length <= wanted)) {
      joined[joined.length - 1] = { least: before.least, length };
    } else joined.push(range);
  }
  return joined;
}

function totalOf(ranges: readonly Range[]): number {
  return ranges.reduce((sum, { length }) => sum + length, 0);
}

/** Where an index of an axis lies when its pieces are put together. */
function packedPlace(ranges: readonly Range[], index: number): number {
  let start = 0;
  for (const { least, length } of ranges) {
    if (index >= least && index < least + length) return start + index - least;
    start += length;
  }
  throw new Error(`Index ${index} is in no piece`);
}

/** The boxes that pieces of each axis make: where they are, and where when put together. */
function* boxesOf(
  axes: readonly (readonly Range[])[],
): Generator<{ origin: number[]; at: number[]; extents: number[] }, void, undefined> {
  if (axes.length === 0) return yield { origin: [], at: [], extents: [] };
  const [ranges, ...others] = axes;
  let start = 0;
  for (const { least, length } of ranges) {
    for (const { origin, at, extents } of boxesOf(others)) {
      yield { origin: [least, ...origin], at: [start, ...at], extents: [length, ...extents] };
    }
    start += length;
  }
}

/** The part of a block that smaller extents take. */
export function partOf(block: SharedNdArray, extents: Shape): SharedNdArray {
  return tileOf(block, extents.map(() => 0), extents);
}
