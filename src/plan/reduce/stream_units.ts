/**
 * The units of a reduction over arrays that live elsewhere: which cells and positions of them a worker takes at a time,
 * and in which boxes it reads them. Only numbers, computed before anything runs.
 *
 * A unit is a box of cells, and a range of positions that is a whole branch of the tree of `reduce_plan.ts`, so that what
 * comes of it can be combined in the same order by anybody. Within a unit positions come in turn, in slices: boxes of the
 * reduced axes that are read as they lie in the store. Slices follow memory and chunks; nothing depends on them.
 *
 * @module
 */

import type { Shape } from "../../array/layout/shape.ts";
import { alignment, type BlockArray, blockBytes, timesRead } from "../block_plan.ts";
import { BLOCK, type ReducePlan } from "./reduce_plan.ts";

/** What several tasks have to agree on. */
export interface UnitSizes {
  /** The extents of a unit's box of cells, along the kept axes. */
  readonly cellBox: Shape;
  /** How many positions a unit has: a power of two times those of a block, or all. */
  readonly unitPositions: number;
}

/** The units of a reduction. Plain data: it travels to the workers. */
export interface StreamUnits extends UnitSizes {
  readonly shape: Shape;
  /** The axes that are kept, and those that are reduced; ascending. */
  readonly kept: readonly number[];
  readonly reduced: readonly number[];
  readonly cells: number;
  readonly positions: number;
  /** How many units there are along the cells and along the positions; the latter are neighbours. */
  readonly cellUnits: number;
  readonly positionUnits: number;
  /**
   * Which of the reduced axes slices are cut along, and the extent of one: those before it have an extent of 1, those
   * behind it are whole.
   */
  readonly sliceAxis: number;
  readonly sliceExtent: number;
  /** What lies side by side where elements are combined. */
  readonly contiguous: ReducePlan["contiguous"];
}

/** What units are chosen from. */
export interface UnitOptions {
  /** What is read. Its axes are the last ones of the shape. */
  readonly arrays: readonly BlockArray[];
  /** Elements beyond a box that are read of each array, by axis: before and after it together. */
  readonly around: readonly number[];
  /** Bytes that a worker may take. */
  readonly roomBytes: number;
  /** How many share the units. */
  readonly parts: number;
  /** Results of a unit for each cell. */
  readonly results: number;
  /** Bytes that combining takes besides what is read. */
  readonly foldBytes: (room: {
    readonly cells: number;
    readonly most: number;
    readonly positions: number;
    readonly contiguous: ReducePlan["contiguous"];
  }) => number;
  /** Sizes that are settled. Default: chosen. */
  readonly sizes?: Partial<UnitSizes>;
  /** Extents of slices at most, for tests. */
  readonly sliceExtent?: number;
}

/** A choice and what it takes. */
export interface ChosenUnits {
  readonly units: StreamUnits;
  /** Bytes of a worker. */
  readonly bytes: number;
  /** How many times chunks are read, all together. */
  readonly timesRead: number;
}

/** What a box that is read costs besides its elements, in bytes that could be read meanwhile. */
const BOX_BYTES = 2 ** 18;

/** What others could read while somebody waits counts less than what is read: a store is shared by all. */
const WAITING = 0.25;

/** Bytes of a result. */
const RESULT_BYTES = 8;

/** With fewer positions a cell of its own makes a short loop; with fewer cells a row of cells does. */
const FEW_POSITIONS = 64, FEW_CELLS = 16;

const product = (extents: readonly number[]) => extents.reduce((size, extent) => size * extent, 1);

/**
 * Chooses units.
 *
 * @param shape The shape of what is reduced; nothing of it is 0.
 * @param kept The axes that are kept, ascending.
 * @param reduced The axes that are reduced, ascending.
 * @param options Arrays, memory, workers.
 * @returns Null when no units fit.
 */
export function chooseUnits(
  shape: Shape,
  kept: readonly number[],
  reduced: readonly number[],
  options: UnitOptions,
): ChosenUnits | null {
  const { sizes = {}, arrays, roomBytes, results, parts } = options;
  const keptShape = kept.map((axis) => shape[axis]), reducedShape = reduced.map((axis) => shape[axis]);
  const cells = product(keptShape), positions = product(reducedShape);
  const boxes = sizes.cellBox === undefined ? cellBoxes(shape, kept, options) : [sizes.cellBox];
  const lengths = sizes.unitPositions === undefined ? branches(positions) : [sizes.unitPositions];
  const slices = slicesOf(shape, reduced, options);
  let best: { readonly cost: number; readonly chosen: ChosenUnits } | null = null;
  for (const cellBox of boxes) {
    const cellUnits = product(keptShape.map((extent, k) => Math.ceil(extent / cellBox[k])));
    for (const { sliceAxis, sliceExtent, slab } of slices) {
      const block = blockOf(shape, kept, reduced, { cellBox, sliceAxis, sliceExtent });
      const most = product(reduced.map((axis) => block[axis]));
      const contiguous = sideBySide(block, kept, product(cellBox), most);
      const reading = blockBytes(block, options);
      if (reading > roomBytes) continue;
      const times = arrays.map((array) => timesRead(array, block));
      const read = arrays.reduce(
        (sum, { itemBytes, shape }, k) => sum + times[k] * itemBytes * product(shape),
        0,
      );
      for (const unitPositions of lengths) {
        if (unitPositions < most) continue;
        const bytes = reading +
          options.foldBytes({
            cells: product(cellBox),
            most: stepPositions(reducedShape, product(cellBox), most, contiguous),
            positions: unitPositions,
            contiguous,
          });
        const positionUnits = Math.ceil(positions / unitPositions),
          partial = RESULT_BYTES * results * cells * positionUnits;
        if (bytes + partial / parts > roomBytes) continue;
        const units = cellUnits * positionUnits;
        // A slab of chunks that a unit ends in is read by the next one too.
        const border = 1 + (positionUnits - 1) * Math.min(slab, most) / positions;
        const all = read * border + BOX_BYTES * units * (Math.ceil(unitPositions / most) + 1);
        // In the end all wait for the last unit, and what was done of one is lost with its task; at the beginning there is
        // nothing to compute until the first box was read.
        const last = parts * all * (product(cellBox) / cells) * (unitPositions / positions);
        const cost = all + WAITING * (last + parts * bytes) + 4 * partial;
        if (best !== null && (cost > best.cost || (cost === best.cost && bytes >= best.chosen.bytes))) {
          continue;
        }
        best = {
          cost,
          chosen: {
            bytes,
            timesRead: border * Math.max(1, ...times),
            units: {
              shape,
              kept,
              reduced,
              cells,
              positions,
              cellBox,
              unitPositions,
              cellUnits,
              positionUnits,
              sliceAxis,
              sliceExtent,
              contiguous,
            },
          },
        };
      }
    }
  }
  return best?.chosen ?? null;
}

/**
 * The extents of the largest box that is read at a time.
 *
 * @param shape The shape of what is reduced.
 * @param kept The axes that are kept.
 * @param reduced The axes that are reduced.
 * @param sizes Cells and slices.
 */
export function blockOf(
  shape: Shape,
  kept: readonly number[],
  reduced: readonly number[],
  { cellBox, sliceAxis, sliceExtent }: Pick<StreamUnits, "cellBox" | "sliceAxis" | "sliceExtent">,
): number[] {
  const block = shape.slice();
  kept.forEach((axis, k) => block[axis] = cellBox[k]);
  reduced.forEach((axis, k) => {
    if (k <= sliceAxis) block[axis] = k < sliceAxis ? 1 : sliceExtent;
  });
  return block;
}

/** Elements that are computed at a time: they stay in a cache. */
const STEP_ELEMENTS = 2 ** 18;

/** The fewest positions of each cell that are, where they lie side by side, and where cells do. */
const LEAST_STEP = { positions: 1024, cells: 8 } as const;

/**
 * How many positions of what was read are computed and combined at a time.
 *
 * @param extents The extents of the reduced axes.
 * @param cells How many cells a unit has.
 * @param most How many positions are read at a time.
 * @param contiguous What lies side by side.
 */
export function stepPositions(
  extents: Shape,
  cells: number,
  most: number,
  contiguous: ReducePlan["contiguous"],
): number {
  const wanted = Math.min(most, Math.max(LEAST_STEP[contiguous], Math.floor(STEP_ELEMENTS / cells)));
  // Whole rows, as far as they fit, so that they are boxes.
  let inner = 1;
  for (let k = extents.length - 1; k >= 0 && inner * extents[k] <= wanted; k--) inner *= extents[k];
  return inner * Math.floor(wanted / inner);
}

/** Boxes of cells that come into question: chunks, several of them, and parts of one. */
function cellBoxes(shape: Shape, kept: readonly number[], { arrays }: UnitOptions): number[][] {
  const chunk = kept.map((axis) => alignment(arrays, shape, axis, 1, shape[axis])), boxes = [chunk];
  const larger = chunk.slice();
  for (let k = kept.length - 1; k >= 0; k--) {
    while (larger[k] < shape[kept[k]]) {
      larger[k] = Math.min(shape[kept[k]], 2 * larger[k]);
      boxes.push(larger.slice());
    }
  }
  const smaller = chunk.slice();
  for (let k = 0; k < kept.length; k++) {
    while (smaller[k] > 1) {
      smaller[k] = Math.ceil(smaller[k] / 2);
      boxes.push(smaller.slice());
    }
  }
  return boxes;
}

/** Numbers of positions that are a branch of the tree; the last is all. */
function branches(positions: number): number[] {
  const lengths: number[] = [];
  for (let length = BLOCK; length < positions; length *= 2) lengths.push(length);
  return [...lengths, positions];
}

/** Slices that come into question, each with the positions of the slabs in which chunks hold them. */
function slicesOf(
  shape: Shape,
  reduced: readonly number[],
  { arrays, sliceExtent: limit = Infinity }: UnitOptions,
): { readonly sliceAxis: number; readonly sliceExtent: number; readonly slab: number }[] {
  if (reduced.length === 0) return [{ sliceAxis: 0, sliceExtent: 1, slab: 1 }];
  return reduced.flatMap((axis, sliceAxis) => {
    const chunk = alignment(arrays, shape, axis, 1, shape[axis]);
    const inner = product(reduced.slice(sliceAxis + 1).map((own) => shape[own]));
    const extents: number[] = [];
    for (let extent = chunk; extent > 1; extent = Math.ceil(extent / 2)) extents.push(extent);
    for (let extent = 2 * chunk; extent < shape[axis]; extent *= 2) extents.push(extent);
    const allowed = [1, ...extents, shape[axis]].filter((extent) => extent <= limit || extent === 1);
    return [...new Set(allowed)].map((sliceExtent) => ({ sliceAxis, sliceExtent, slab: chunk * inner }));
  });
}

/** What lies side by side where elements are combined: as in what is read, unless that makes loops of few turns. */
function sideBySide(
  block: Shape,
  kept: readonly number[],
  cells: number,
  positions: number,
): ReducePlan["contiguous"] {
  if (cells === 1) return "positions";
  if (positions === 1) return "cells";
  const inner = block.findLastIndex((extent) => extent > 1);
  if (kept.includes(inner)) return cells < FEW_CELLS && positions >= FEW_POSITIONS ? "positions" : "cells";
  return positions < FEW_POSITIONS && cells >= FEW_CELLS ? "cells" : "positions";
}
