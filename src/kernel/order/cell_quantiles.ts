/**
 * Quantiles of cells that fit a block each: the elements of some neighbouring cells are brought together, and
 * selected from.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";
import type { ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import type { BlockSource } from "../reduce/block_source.ts";
import {
  between,
  type QuantilePoint,
  quantilePoint,
  type QuantileWish,
  roundingOf,
} from "./quantile_points.ts";
import { selectAll } from "./select.ts";
import { transpose } from "./transpose.ts";

/**
 * Elements that are brought together at a time, unless a single cell has more: they stay in a cache of the second
 * level.
 */
const BLOCK_ELEMENTS = 1 << 16;

/**
 * Of elements that lie by position, so many cells at least are brought together, so that long pieces of memory are
 * read; fewer when they have more elements than a strip, but a line of the cache all the same.
 */
const STRIP_CELLS = 64, LINE_CELLS = 8, STRIP_ELEMENTS = 1 << 21;

/**
 * Nanoseconds that a cell takes about, each of its quantiles, and each of its elements: of those of a long cell the
 * selection itself counts most.
 */
const CELL_NS = 100, QUANTILE_NS = 50, ELEMENT_NS = 6, MOST_SHORT = 65_536;

/** Where a unit's work takes place. */
export interface QuantileRoom {
  /** Room for `blockLength` elements in the memory that the source fills. */
  readonly scratch: Float64Array;
  /** The quantiles: all cells of the first `q`, then those of the second. */
  readonly values: Float64Array;
}

/** How a plan is cut into blocks. */
function blockShape(plan: ReducePlan): { readonly cells: number; readonly turns: boolean } {
  const { positions, unitCells } = plan;
  const turns = plan.contiguous === "cells" && positions > 1;
  const strip = Math.max(LINE_CELLS, Math.min(STRIP_CELLS, Math.floor(STRIP_ELEMENTS / positions)));
  const cells = Math.max(turns ? strip : 1, Math.floor(BLOCK_ELEMENTS / positions));
  return { cells: Math.min(cells, unitCells), turns };
}

/**
 * How many elements of scratch the units of a plan need.
 *
 * @param plan The plan.
 */
export function quantileScratch(plan: ReducePlan): number {
  const { cells, turns } = blockShape(plan);
  return cells * plan.positions * (turns ? 2 : 1);
}

/** Computes quantiles of all cells of a plan whose units have all positions of their cells. */
export class CellQuantiles {
  readonly #plan: ReducePlan;
  readonly #wish: QuantileWish;
  readonly #source: BlockSource;
  readonly #room: QuantileRoom;
  readonly #points = new Map<number, CellPoints>();

  /**
   * @param plan The plan: a unit for each `unitCells` neighbouring cells, with all positions.
   * @param wish What is asked for.
   * @param source Gives the elements as float64.
   * @param room Scratch, and where the quantiles go.
   */
  constructor(plan: ReducePlan, wish: QuantileWish, source: BlockSource, room: QuantileRoom) {
    this.#plan = plan;
    this.#wish = wish;
    this.#source = source;
    this.#room = room;
  }

  /**
   * Computes the quantiles of a unit's cells.
   *
   * @param unit The unit's number.
   */
  runUnit(unit: number): void {
    const { cells, positions, unitCells } = this.#plan;
    const end = Math.min((unit + 1) * unitCells, cells), block = blockShape(this.#plan).cells;
    const cellNs = CELL_NS + this.#wish.q.length * QUANTILE_NS + Math.min(positions, MOST_SHORT) * ELEMENT_NS;
    for (let first = unit * unitCells; first < end; first += block) {
      const count = Math.min(block, end - first);
      const elements = this.#fill(first, count);
      for (let k = 0; k < count; k++) {
        this.#runCell(elements.subarray(k * positions, (k + 1) * positions), first + k);
        countWork(cellNs);
      }
    }
  }

  /** The elements of some cells, one cell behind the other. */
  #fill(first: number, count: number): Float64Array {
    const { scratch } = this.#room, { positions, contiguous } = this.#plan;
    const cells = { first, count }, all = { first: 0, count: positions };
    const size = count * positions, here = scratch.subarray(0, size);
    if (!blockShape(this.#plan).turns) {
      // With one position for each cell, cells that lie side by side lie one behind the other.
      const positionStep = contiguous === "cells" ? count * 8 : 8;
      this.#source.fill(cells, all, scratch.byteOffset, positions * 8, positionStep);
      return here;
    }
    const there = scratch.subarray(scratch.length / 2, scratch.length / 2 + size);
    this.#source.fill(cells, all, there.byteOffset, 8, count * 8);
    transpose(there, positions, count, here);
    return here;
  }

  #runCell(elements: Float64Array, cell: number): void {
    const { q, method, skipNaN } = this.#wish, { values } = this.#room, { cells } = this.#plan;
    const round = roundingOf(this.#wish);
    const count = numbersFirst(elements);
    const isMissing = count === 0 || (!skipNaN && count < elements.length);
    if (isMissing) {
      for (let k = 0; k < q.length; k++) values[k * cells + cell] = NaN;
      return;
    }
    const { points, places } = this.#pointsOf(count);
    selectAll(elements, 0, count, places);
    for (let k = 0; k < q.length; k++) {
      const { lower, upper, part } = points[k];
      values[k * cells + cell] = between(elements[lower], elements[upper], part, method, round);
    }
  }

  /** Kept, because most cells have the same number of elements. */
  #pointsOf(count: number): CellPoints {
    let points = this.#points.get(count);
    if (points === undefined) {
      points = cellPoints(this.#wish, count);
      this.#points.set(count, points);
    }
    return points;
  }
}

/** Where the quantiles of a cell lie. */
export interface CellPoints {
  /** A point for each quantile. */
  readonly points: readonly QuantilePoint[];
  /** All places that they need, ascending, each once. */
  readonly places: readonly number[];
}

/**
 * Where the quantiles of a cell lie.
 *
 * @param wish What is asked for.
 * @param count How many elements the cell has.
 */
export function cellPoints({ q, method }: QuantileWish, count: number): CellPoints {
  const points = q.map((part) => quantilePoint(part, method, count));
  const places = new Set(points.flatMap(({ lower, upper }) => [lower, upper]));
  return { points, places: [...places].sort((a, b) => a - b) };
}

/** Elements that are looked at before they are counted as work. */
const PIECE = 65_536;

/** Moves NaN behind the numbers, of which it gives the count. */
function numbersFirst(elements: Float64Array): number {
  let count = 0;
  for (let first = 0; first < elements.length; first += PIECE) {
    const end = Math.min(elements.length, first + PIECE);
    let i = first;
    // Nothing needs to be moved before the first NaN.
    if (count === first) {
      while (i < end && elements[i] === elements[i]) i++;
      count = i;
    }
    for (; i < end; i++) {
      const element = elements[i];
      if (element === element) elements[count++] = element;
    }
    if (elements.length > PIECE) countWork(end - first);
  }
  return count;
}
