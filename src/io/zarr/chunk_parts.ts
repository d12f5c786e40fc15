/**
 * Which parts of which chunks a box is made of.
 *
 * @module
 */

import type { Shape } from "../../array/layout/shape.ts";
import type { StoredBox } from "../../store/driver.ts";

/** The part of a box that lies in one chunk. */
export interface ChunkPart {
  /** The chunk's place in the grid of chunks. */
  readonly coords: readonly number[];
  /** Where the part begins in the chunk. */
  readonly inChunk: readonly number[];
  /** Where the part begins in the box. */
  readonly inBox: readonly number[];
  /** Its extents. */
  readonly shape: Shape;
}

/**
 * The parts of a box, in C order of their chunks.
 *
 * @param box The box.
 * @param chunks The shape of a chunk.
 */
export function* chunkParts(
  { origin, shape }: StoredBox,
  chunks: Shape,
): Generator<ChunkPart, void, undefined> {
  if (shape.includes(0)) return;
  const first = origin.map((begin, axis) => Math.floor(begin / chunks[axis]));
  const last = origin.map((begin, axis) => Math.floor((begin + shape[axis] - 1) / chunks[axis]));
  const coords = first.slice();
  for (;;) {
    const begins = coords.map((place, axis) => Math.max(place * chunks[axis], origin[axis]));
    yield {
      coords: coords.slice(),
      inChunk: begins.map((begin, axis) => begin - coords[axis] * chunks[axis]),
      inBox: begins.map((begin, axis) => begin - origin[axis]),
      shape: begins.map((begin, axis) =>
        Math.min((coords[axis] + 1) * chunks[axis], origin[axis] + shape[axis]) - begin
      ),
    };
    let axis = coords.length - 1;
    for (; axis >= 0; axis--) {
      if (++coords[axis] <= last[axis]) break;
      coords[axis] = first[axis];
    }
    if (axis < 0) return;
  }
}

/**
 * How many chunks there are along each axis.
 *
 * @param shape The shape of the array.
 * @param chunks The shape of a chunk.
 */
export function chunkGrid(shape: Shape, chunks: Shape): number[] {
  return shape.map((extent, axis) => Math.ceil(extent / chunks[axis]));
}

/**
 * Does something with each item, several at a time. After the first failure nothing new is begun.
 *
 * @param items The items.
 * @param most How many at a time.
 * @param work What to do.
 * @throws The first failure, when all that was begun has ended.
 */
export async function forEachSeveral<T>(
  items: Iterable<T>,
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = items[Symbol.iterator]();
  const failures: unknown[] = [];
  const walk = async () => {
    for (let next = iterator.next(); !next.done && failures.length === 0; next = iterator.next()) {
      try {
        await work(next.value);
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: most }, walk));
  if (failures.length > 0) throw failures[0];
}
