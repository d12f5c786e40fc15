/**
 * The units of a reduction over arrays that live elsewhere, one by one: which boxes are read for them, and where what comes
 * of them goes.
 *
 * @module
 */

import { type SharedNdArray, tileOf } from "../../array/shared_ndarray.ts";
import type { Box } from "../../plan/halo.ts";
import type { StreamUnits } from "../../plan/reduce/stream_units.ts";
import type { Range } from "./block_source.ts";
import { rangeBoxes } from "./range_boxes.ts";

/** A unit: its box of cells, and its positions. */
export interface StreamUnit {
  readonly index: number;
  readonly row: number;
  /** Along the kept axes. */
  readonly cells: Box;
  readonly first: number;
  readonly end: number;
}

/** A box of elements that is read at once: positions that follow each other, of all cells of the unit. */
export interface StreamPiece extends Box {
  readonly positions: number;
  /** The first of them. */
  readonly first: number;
}

/**
 * Puts what came of a unit into the rows of all.
 *
 * @param all A row for each unit of positions, with a value for each cell; null where nobody waits for it.
 * @param own A value for each cell of the unit, and room for more.
 * @param units The units.
 * @param unit The unit.
 */
export function putRow(
  all: SharedNdArray | null,
  own: SharedNdArray,
  { shape, kept }: Pick<StreamUnits, "shape" | "kept">,
  { row, cells }: Pick<StreamUnit, "row" | "cells">,
): void {
  if (all === null) return;
  const whole = all.view(row).reshape(kept.map((axis) => shape[axis]));
  tileOf(whole, cells.origin, cells.shape).copyFrom(
    tileOf(own, [0], [sizeOfBox(cells)]).reshape(cells.shape),
  );
}

/**
 * A unit by its number.
 *
 * @param units The units.
 * @param index The number.
 */
export function unitAt(
  { shape, kept, cellBox, unitPositions, positionUnits, positions }: StreamUnits,
  index: number,
): StreamUnit {
  const row = index % positionUnits, first = row * unitPositions;
  const origin = new Array<number>(kept.length);
  let rest = Math.floor(index / positionUnits);
  for (let k = kept.length - 1; k >= 0; k--) {
    const grid = Math.ceil(shape[kept[k]] / cellBox[k]);
    origin[k] = rest % grid * cellBox[k];
    rest = Math.floor(rest / grid);
  }
  const extents = origin.map((start, k) => Math.min(cellBox[k], shape[kept[k]] - start));
  return {
    index,
    row,
    cells: { origin, shape: extents },
    first,
    end: Math.min(positions, first + unitPositions),
  };
}

/**
 * The boxes of a unit, in the order of positions: slices, cut where the unit begins and ends.
 *
 * @param units The units.
 * @param unit The unit.
 */
export function* piecesOf(
  { shape, kept, reduced, sliceAxis, sliceExtent }: StreamUnits,
  { cells, first, end }: StreamUnit,
): Generator<StreamPiece, void> {
  const extents = reduced.map((axis) => shape[axis]);
  const inner = extents.slice(sliceAxis + 1).reduce((product, extent) => product * extent, 1);
  const slab = (extents[sliceAxis] ?? 1) * inner, slice = sliceExtent * inner;
  for (let at = first; at < end;) {
    const base = at - at % slab;
    const sliceEnd = Math.min(base + slab, base + (Math.floor((at - base) / slice) + 1) * slice, end);
    yield* boxesOf({ shape, kept, reduced }, cells, { first: at, count: sliceEnd - at });
    at = sliceEnd;
  }
}

/**
 * The parts of a box that are computed at a time, in the order of positions.
 *
 * @param units The units.
 * @param piece The box.
 * @param step How many positions a part has at most.
 */
export function* stepsOf(
  units: Pick<StreamUnits, "shape" | "kept" | "reduced">,
  { origin, shape, positions, first }: StreamPiece,
  step: number,
): Generator<StreamPiece, void> {
  const { kept } = units;
  const cells = { origin: kept.map((axis) => origin[axis]), shape: kept.map((axis) => shape[axis]) };
  for (let done = 0; done < positions; done += step) {
    yield* boxesOf(units, cells, { first: first + done, count: Math.min(step, positions - done) });
  }
}

/** The boxes of some positions of all cells of a unit. */
function* boxesOf(
  { shape, kept, reduced }: Pick<StreamUnits, "shape" | "kept" | "reduced">,
  cells: Box,
  positions: Range,
): Generator<StreamPiece, void> {
  for (const box of rangeBoxes(reduced.map((axis) => shape[axis]), positions)) {
    const origin = new Array<number>(shape.length), own = new Array<number>(shape.length);
    kept.forEach((axis, k) => {
      origin[axis] = cells.origin[k];
      own[axis] = cells.shape[k];
    });
    reduced.forEach((axis, k) => {
      origin[axis] = box.origin[k];
      own[axis] = box.shape[k];
    });
    const count = box.shape.reduce((product, extent) => product * extent, 1);
    yield { origin, shape: own, positions: count, first: positions.first + box.before };
  }
}

/** How many elements a box has. */
export function sizeOfBox({ shape }: Box): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
