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
  const tables = gatherTables(around, inputShape, halo.axes), sources = tables.map(sourceRange);
  const from = { origin: sources.map(({ least }) => least), shape: sources.map(({ length }) => length) };
  const own = { origin: ownOrigin(shape, from.origin), shape: ownExtents(shape, from.shape) };
  const read = uninitialised(own.shape, block.dtype);
  try {
    const bytes = await driver.read(own, read);
    const shifted = tables.map((runs, axis) =>
      runs.map((run) => run.source === BEYOND ? run : { ...run, source: run.source - sources[axis].least })
    );
    gatherBox(read.broadcastTo(from.shape), shifted, halo.fills[name] ?? 0, target);
    return bytes;
  } finally {
    read.dispose();
  }
}

/** The elements of an axis that some runs read, from the first to the last. */
function sourceRange(runs: readonly AxisRun[]): { readonly least: number; readonly length: number } {
  const ends = runs.filter(({ source }) => source !== BEYOND)
    .flatMap(({ source, length, step }) => [source, source + (step === 0 ? 0 : step * (length - 1))]);
  // Where all lies beyond the edges there is nothing to read, but a box has at least one element.
  if (ends.length === 0) return { least: 0, length: 1 };
  const least = Math.min(...ends);
  return { least, length: Math.max(...ends) - least + 1 };
}

/** The part of a block that smaller extents take. */
export function partOf(block: SharedNdArray, extents: Shape): SharedNdArray {
  return tileOf(block, extents.map(() => 0), extents);
}
