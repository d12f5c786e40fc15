/**
 * The plan of a reduction: which axes go, and what a worker does at a time.
 *
 * @module
 */

import { freeze, resolveAxes, resolveAxis, type Shape } from "../../array/layout/shape.ts";
import { IndexError, showValue } from "../../errors.ts";
import { planTiles } from "../tile_plan.ts";
import { CHUNK, type ReducePlan } from "./reduce_plan.ts";

/** Which axes are reduced: one, several, or for `null` and nothing all. Negative ones count from the end. */
export type ReducedAxes = number | readonly number[] | null | undefined;

/** What a plan is made from. */
export interface ReducePlanOptions {
  /** How many workers will share the units. */
  readonly workers: number;
  /** Extents on the trailing axes that a unit shall be made for; leading axes whole. Default: chosen. */
  readonly tile?: Shape;
  /** Steps between neighbours of what is read, by axis, in any unit. Default: those of C order. */
  readonly strides?: readonly number[];
}

/** Units that a worker should find at least when there is much to do, so that all end at about the same time. */
const UNITS_PER_WORKER = 16;

/** A unit of fewer elements is not worth claiming. */
const FEWEST_ELEMENTS = 32_768;

/** Neighbouring cells that lie side by side are handled together as far as there are that many. */
const STRIP_CELLS = 512;

/** Cells of a unit are a multiple of this where there are many, so that units share no cache line of the result. */
const LINE_CELLS = 8;

/** With fewer positions a cell of its own makes a short loop; with fewer cells a row of cells does. */
const FEW_POSITIONS = 64, FEW_CELLS = 16;

/**
 * The axes that a reduction keeps and those that it reduces.
 *
 * @param axis The axes that the caller names.
 * @param ndim How many axes there are.
 * @returns Both in ascending order.
 * @throws {IndexError} If one is no integer, out of range, or named twice.
 */
export function splitAxes(
  axis: ReducedAxes,
  ndim: number,
): { readonly kept: readonly number[]; readonly reduced: readonly number[] } {
  const all = Array.from({ length: ndim }, (_, own) => own);
  const reduced = axis === undefined || axis === null ? all : namedAxes(axis, ndim);
  return { kept: all.filter((own) => !reduced.includes(own)), reduced };
}

/**
 * The shape of what a reduction gives.
 *
 * @param shape The shape of what is reduced.
 * @param reduced The axes that go.
 * @param keepDims Whether they stay, with an extent of 1.
 */
export function reducedShape(shape: Shape, reduced: readonly number[], keepDims: boolean): number[] {
  return keepDims
    ? shape.map((extent, axis) => reduced.includes(axis) ? 1 : extent)
    : shape.filter((_, axis) => !reduced.includes(axis));
}

function namedAxes(axis: number | readonly number[], ndim: number): number[] {
  if (typeof axis === "number") return [resolveAxis(axis, ndim)];
  if (!Array.isArray(axis)) {
    throw new IndexError(
      `Invalid axis ${showValue(axis)}: expected an integer, an array of integers such as [0, 1], or null`,
    );
  }
  return resolveAxes(axis, ndim).sort((a, b) => a - b);
}

/**
 * Plans a reduction of something that is not empty. The result does not depend on the options: they decide who does
 * what.
 *
 * @param shape The shape of what is reduced.
 * @param axis The axes to be reduced.
 * @param options Workers, tile, and how memory is walked.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 * @throws {PlanError} If the tile does not fit the shape.
 */
export function planReduction(shape: Shape, axis: ReducedAxes, options: ReducePlanOptions): ReducePlan {
  const { kept, reduced } = splitAxes(axis, shape.length);
  const cells = productOf(shape, kept), positions = productOf(shape, reduced);
  const contiguous = sideBySide(shape, kept, cells, positions, options.strides);
  const size = options.tile === undefined
    ? chooseUnit(cells, positions, contiguous, options.workers)
    : unitOfTile(shape, kept, reduced, options.tile, options.workers);
  const unitCells = Math.max(1, Math.min(cells, size.cells));
  const unitPositions = wholeBranch(size.positions, positions);
  return {
    shape: freeze(shape),
    kept,
    reduced,
    cells,
    positions,
    unitCells,
    unitPositions,
    cellUnits: Math.ceil(cells / unitCells),
    positionUnits: Math.ceil(positions / unitPositions),
    contiguous,
  };
}

function productOf(shape: Shape, axes: readonly number[]): number {
  return axes.reduce((product, axis) => product * shape[axis], 1);
}

/** Whether blocks follow positions or cells: as memory does, unless that makes loops of few turns. */
function sideBySide(
  shape: Shape,
  kept: readonly number[],
  cells: number,
  positions: number,
  strides: readonly number[] | undefined,
): ReducePlan["contiguous"] {
  if (cells === 1) return "positions";
  if (positions === 1) return "cells";
  const inner = innermostAxis(shape, strides);
  const follows = kept.includes(inner) ? "cells" : "positions";
  if (follows === "cells") return cells < FEW_CELLS && positions >= FEW_POSITIONS ? "positions" : "cells";
  return positions < FEW_POSITIONS && cells >= FEW_CELLS ? "cells" : "positions";
}

/** The axis whose neighbours lie closest to each other. */
function innermostAxis(shape: Shape, strides: readonly number[] | undefined): number {
  let inner = -1;
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] <= 1 || strides?.[axis] === 0) continue;
    const isCloser = inner < 0 || strides === undefined ||
      Math.abs(strides[axis]) <= Math.abs(strides[inner]);
    if (isCloser) inner = axis;
  }
  return inner;
}

interface UnitSize {
  readonly cells: number;
  readonly positions: number;
}

/** Cells are shared out first, because what is left of their positions needs no combining. */
function chooseUnit(
  cells: number,
  positions: number,
  contiguous: ReducePlan["contiguous"],
  workers: number,
): UnitSize {
  const units = Math.max(
    1,
    Math.min(workers * UNITS_PER_WORKER, Math.floor(cells * positions / FEWEST_ELEMENTS)),
  );
  const fewest = contiguous === "cells" ? STRIP_CELLS : 1;
  const share = Math.ceil(cells / units);
  const unitCells = Math.min(
    cells,
    Math.max(fewest, share > LINE_CELLS ? roundUp(share, LINE_CELLS) : share),
  );
  const cellUnits = Math.ceil(cells / unitCells);
  return { cells: unitCells, positions: Math.ceil(positions / Math.max(1, Math.floor(units / cellUnits))) };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

function unitOfTile(
  shape: Shape,
  kept: readonly number[],
  reduced: readonly number[],
  tile: Shape,
  workers: number,
): UnitSize {
  const plan = planTiles(shape, { tile, workers, itemBytes: 8 });
  return { cells: productOf(plan.tile, kept), positions: productOf(plan.tile, reduced) };
}

/** The fewest positions that are a branch of the tree, and at least as many as are wanted. */
function wholeBranch(wanted: number, positions: number): number {
  let branch = CHUNK;
  while (branch < wanted) branch *= 2;
  return Math.min(branch, positions);
}
