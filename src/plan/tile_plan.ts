/**
 * The tile grid over a shape: which tiles there are, in which order, and how many a worker takes at a time. Only
 * numbers, computed before anything runs.
 *
 * @module
 */

import { PlanError } from "../errors.ts";
import { freeze, type Shape, showShape, sizeOf } from "../array/layout/shape.ts";

/**
 * A box of the index space that one call of a kernel works on.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type Tile, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default (arrays, { worker, ...tile }) => tile");
 * const a = SharedNdArray.zeros([3, 5]);
 * const { values } = await tiledMap(kernel, { inputs: { a }, tile: [2, 4], workers: 1 });
 * const corner: Tile = { index: 3, coords: [1, 1], origin: [2, 4], shape: [1, 1] };
 * assertEquals(values.at(-1), corner);
 * ```
 */
export interface Tile {
  /** Its place in tile order: C order of the tile grid. */
  readonly index: number;
  /** Its place in the tile grid, one number an axis. */
  readonly coords: readonly number[];
  /** The index of its first element, one number an axis. */
  readonly origin: readonly number[];
  /** Its extents; tiles at the far edges are smaller. */
  readonly shape: Shape;
}

/** A tile grid, its order and its grain. Plain data: it travels to the workers. */
export interface TilePlan {
  /** The shape that the tiles cover. */
  readonly shape: Shape;
  /** The extents of a whole tile, one number an axis. */
  readonly tile: Shape;
  /** How many tiles there are along each axis. */
  readonly grid: Shape;
  /** How many tiles there are. */
  readonly tiles: number;
  /** How many neighbouring tiles a worker claims at a time. */
  readonly grain: number;
  /** The fewest and the most of them: more as long as much is left. */
  readonly leastGrain: number;
  readonly mostGrain: number;
  /**
   * The same for elementwise kernels, which get what they claim as few boxes: more tiles, in whole rows of the grid.
   */
  readonly joinedGrain: number;
  /**
   * The fewest and the most tiles that a worker claims at a time for a compiled kernel: long pieces of memory as long
   * as much is left, and shorter ones towards the end, so that all workers end at about the same time.
   */
  readonly shortestGrain: number;
  readonly longestGrain: number;
}

/** What a plan is made from. */
export interface PlanOptions {
  /** Extents on the trailing axes; leading axes whole. Default: chosen so that there is work for all workers. */
  readonly tile?: Shape;
  /** How many workers will share the tiles. */
  readonly workers: number;
  /**
   * Bytes of the widest element; neighbours that share a cache line go to one worker where that leaves work for all.
   */
  readonly itemBytes: number;
  /** How many neighbouring tiles a worker claims at a time. Default: chosen from the count of tiles and workers. */
  readonly grain?: number;
  /**
   * Whether a tile at the edge of the shape costs more than others: tiles are then chosen so that few are. Default
   * false.
   */
  readonly hasEdges?: boolean;
}

/** More tiles than this are refused: they are counted in 32 bits, and cost more than they bring. */
export const MOST_TILES = 2 ** 30;

/** A grain is no longer than this, so that the counter of tiles stays below 2^31 when 512 workers overshoot its end. */
const MOST_GRAIN = 2 ** 21;

/** Elements of a tile that is chosen for the user: enough to be worth a call, few enough for a cache. */
const FEWEST_AUTO_ELEMENTS = 1024, MOST_AUTO_ELEMENTS = 65_536;

/** Elements of a row of a tile where whole rows would put each tile at an edge: long enough to be read in order. */
const LONGEST_INNER_ROW = 512;

/** The last axes of such a tile are not cut to less than this, from the last one on. */
const SHORTEST_EXTENTS = [64, 32];

/** How many grains a worker should find at least, so that all end at about the same time. */
const GRAINS_PER_WORKER = 16;

/** How many further claims a worker should find behind each. */
const CLAIMS_PER_WORKER = 8;

/** A longer grain saves nothing more. */
const LONGEST_GRAIN = 256;

const CACHE_LINE_BYTES = 64;

/** An elementwise kernel is worth calling for this many elements, and needs no more than that many. */
const FEWEST_JOINED_ELEMENTS = 8192, MOST_JOINED_ELEMENTS = 65_536;

/** A compiled kernel is stopped between claims: this many elements take milliseconds. */
const MOST_CLAIMED_ELEMENTS = 4_194_304;

/** How many pieces a worker should find at least for an elementwise kernel. */
const JOINED_GRAINS_PER_WORKER = 2;

/**
 * Cuts a shape into tiles.
 *
 * @param shape The shape to cover.
 * @param options Tile, workers and grain.
 * @returns The plan: every element lies in exactly one tile.
 * @throws {PlanError} If the tile has more axes than the shape, an extent is no positive integer, or there would be
 * more than 2^30 tiles.
 * @throws {ShapeError} If no array can have the shape.
 */
export function planTiles(shape: Shape, options: PlanOptions): TilePlan {
  sizeOf(shape);
  const tile = options.tile === undefined ? autoTile(shape, options) : fitTile(shape, options.tile);
  const grid = shape.map((extent, axis) => Math.ceil(extent / tile[axis]));
  const tiles = grid.reduce((product, count) => product * count, 1);
  if (tiles > MOST_TILES) {
    throw new PlanError(
      `Tiles ${showShape(tile)} cut ${
        showShape(shape)
      } into ${tiles} tiles, more than ${MOST_TILES}: take larger tiles`,
    );
  }
  if (options.grain !== undefined && (!Number.isSafeInteger(options.grain) || options.grain < 1)) {
    throw new PlanError(`Invalid grain ${options.grain}: expected a positive integer`);
  }
  const leastGrain = options.grain ?? leastGrainOf(tiles, tile, grid, options);
  const grain = options.grain ?? chooseGrain(tiles, leastGrain, options);
  const joinedGrain = options.grain ?? chooseJoinedGrain(tiles, tile, grid, options);
  const longestGrain = options.grain ?? Math.floor(MOST_CLAIMED_ELEMENTS / sizeOf(tile));
  return {
    shape: freeze(shape),
    tile: freeze(tile),
    grid: freeze(grid),
    tiles,
    grain: Math.min(grain, MOST_GRAIN),
    leastGrain: Math.min(leastGrain, MOST_GRAIN),
    mostGrain: Math.min(options.grain ?? Math.max(leastGrain, LONGEST_GRAIN), MOST_GRAIN),
    joinedGrain: Math.min(Math.max(grain, joinedGrain), MOST_GRAIN),
    shortestGrain: Math.min(joinedGrain, MOST_GRAIN),
    longestGrain: Math.min(Math.max(joinedGrain, longestGrain), MOST_GRAIN),
  };
}

function fitTile(shape: Shape, tile: Shape): number[] {
  for (const extent of tile) {
    if (!Number.isSafeInteger(extent) || extent < 1) {
      throw new PlanError(`Invalid tile ${showShape(tile)}: ${extent} is not a positive integer`);
    }
  }
  const whole = shape.length - tile.length;
  if (whole < 0) {
    throw new PlanError(
      `Tile ${showShape(tile)} has ${tile.length} axes, more than the ${shape.length} of the shape ${
        showShape(shape)
      }`,
    );
  }
  return shape.map((extent, axis) =>
    Math.max(1, Math.min(extent, axis < whole ? extent : tile[axis - whole]))
  );
}

/**
 * Whole trailing axes as far as they fit, so that a tile is one piece of memory in C order; or pieces of the last
 * axis.
 */
function autoTile(shape: Shape, { workers, hasEdges = false }: PlanOptions): number[] {
  const share = Math.ceil(sizeOf(shape) / (workers * GRAINS_PER_WORKER));
  // Of a shape that is too large for memory too, there shall not be too many tiles: allocating says what is wrong.
  const most = Math.max(MOST_AUTO_ELEMENTS, Math.ceil(sizeOf(shape) / (MOST_TILES / 4)));
  let room = Math.min(most, Math.max(FEWEST_AUTO_ELEMENTS, share));
  return shape.toReversed().map((extent, k) => {
    // Of sixteen tiles along an axis two are at an edge.
    const longest = hasEdges && k < SHORTEST_EXTENTS.length && shape.length > 1
      ? Math.max(SHORTEST_EXTENTS[k], Math.min(LONGEST_INNER_ROW, Math.ceil(extent / 16)))
      : room;
    const taken = Math.max(1, Math.min(extent, room, longest));
    room = Math.max(1, Math.floor(room / taken));
    return taken;
  }).reverse();
}

/** Tiles that share a cache line go to one worker, where that leaves work for all. */
function leastGrainOf(tiles: number, tile: Shape, grid: Shape, { workers, itemBytes }: PlanOptions): number {
  const rowBytes = (tile.at(-1) ?? 1) * itemBytes;
  const line = Math.min(grid.at(-1) ?? 1, Math.ceil(CACHE_LINE_BYTES / rowBytes));
  return tiles >= line * workers * 2 ? Math.max(1, line) : 1;
}

function chooseGrain(tiles: number, least: number, { workers }: PlanOptions): number {
  const balanced = Math.floor(tiles / (workers * GRAINS_PER_WORKER));
  return Math.max(least, Math.min(LONGEST_GRAIN, balanced));
}

function chooseJoinedGrain(tiles: number, tile: Shape, grid: Shape, options: PlanOptions): number {
  const elements = tile.reduce((product, extent) => product * extent, 1);
  const share = Math.ceil(tiles / (options.workers * JOINED_GRAINS_PER_WORKER));
  const fewest = Math.ceil(FEWEST_JOINED_ELEMENTS / elements),
    most = Math.ceil(MOST_JOINED_ELEMENTS / elements);
  const wanted = Math.max(fewest, Math.min(most, share));
  const row = Math.max(1, grid.at(-1) ?? 1);
  return wanted < row ? wanted : Math.ceil(wanted / row) * row;
}

/**
 * How many tiles a worker claims next for a kernel that is called tile by tile: a share of what is left.
 *
 * @param plan The plan.
 * @param left How many tiles nobody has claimed.
 * @param workers How many workers share them.
 */
export function sharedGrain(plan: TilePlan, left: number, workers: number): number {
  const share = Math.floor(left / (workers * CLAIMS_PER_WORKER));
  const whole = share - share % plan.leastGrain;
  return Math.max(plan.leastGrain, Math.min(plan.mostGrain, whole));
}

/**
 * How many tiles a worker claims next for a compiled kernel: a share of what is left, in whole rows of the grid.
 *
 * @param plan The plan.
 * @param left How many tiles nobody has claimed.
 * @param workers How many workers share them.
 */
export function guidedGrain(plan: TilePlan, left: number, workers: number): number {
  const share = Math.ceil(left / (2 * workers)), row = Math.max(1, plan.grid.at(-1) ?? 1);
  const wanted = Math.max(plan.shortestGrain, Math.min(plan.longestGrain, share));
  return wanted < row ? wanted : Math.floor(wanted / row) * row;
}

/** Walks tiles in order without dividing for each. */
export class TileCursor {
  readonly #plan: TilePlan;
  readonly #coords: number[];
  /** Shapes by which axes are at their far edge: tiles share them. */
  readonly #shapes = new Map<number, Shape>();
  /** One bit for each axis that has more than one tile, which are at most 30. */
  readonly #edgeBits: readonly number[];
  #index = 0;

  constructor(plan: TilePlan) {
    this.#plan = plan;
    this.#coords = plan.grid.map(() => 0);
    let bit = 1;
    this.#edgeBits = plan.grid.map((count) => count > 1 ? (bit *= 2) / 2 : 0);
  }

  /**
   * Goes to a tile.
   *
   * @param index Its place in tile order.
   */
  seek(index: number): void {
    this.#index = index;
    for (let axis = this.#coords.length - 1; axis >= 0; axis--) {
      const count = this.#plan.grid[axis];
      this.#coords[axis] = index % count;
      index = Math.floor(index / count);
    }
  }

  /** Goes to the next tile. */
  advance(): void {
    this.#index++;
    for (let axis = this.#coords.length - 1; axis >= 0; axis--) {
      if (++this.#coords[axis] < this.#plan.grid[axis]) return;
      this.#coords[axis] = 0;
    }
  }

  /** The tile it stands at. */
  tile(): Tile {
    const { tile, grid, shape } = this.#plan;
    const coords = this.#coords.slice(), origin = this.#coords.slice();
    let edges = 0;
    for (let axis = 0; axis < origin.length; axis++) {
      if (coords[axis] === grid[axis] - 1) edges += this.#edgeBits[axis];
      origin[axis] *= tile[axis];
    }
    let extents = this.#shapes.get(edges);
    if (extents === undefined) {
      extents = freeze(origin.map((start, axis) => Math.min(tile[axis], shape[axis] - start)));
      this.#shapes.set(edges, extents);
    }
    return { index: this.#index, coords, origin, shape: extents };
  }
}

/**
 * Joins a tile with those behind it in tile order, as far as they make a box.
 *
 * @param plan The plan.
 * @param tile The first tile.
 * @param most How many tiles may be joined.
 * @returns How many were, and the extents of their box.
 */
export function joinTiles(plan: TilePlan, tile: Tile, most: number): { count: number; shape: Shape } {
  const shape = tile.shape.slice();
  let count = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const along = Math.min(Math.floor(most / count), plan.grid[axis] - tile.coords[axis]);
    shape[axis] = Math.min(along * plan.tile[axis], plan.shape[axis] - tile.origin[axis]);
    count *= along;
    // Only whole axes leave a box that can grow along the axis before.
    if (along < plan.grid[axis]) break;
  }
  return { count, shape: freeze(shape) };
}

/**
 * One tile of a plan.
 *
 * @param plan The plan.
 * @param index The tile's place in tile order.
 */
export function tileAt(plan: TilePlan, index: number): Tile {
  const cursor = new TileCursor(plan);
  cursor.seek(index);
  return cursor.tile();
}
