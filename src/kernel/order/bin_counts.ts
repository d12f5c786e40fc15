/**
 * Counting elements by bin.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";
import type { ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import type { BlockSource } from "../reduce/block_source.ts";
import { type CellReader, cellReader } from "./direct_cells.ts";
import { BinFinder, type Bins } from "./bin_edges.ts";

/** Elements that are computed at a time. */
export const BIN_BLOCK = 16_384;

/** Nanoseconds that an element takes about, and a cell besides. */
const ELEMENT_NS = 4, CELL_NS = 20;

/** Where counts go. */
export interface BinRoom {
  /** Room for BIN_BLOCK elements in the memory that the source fills. */
  readonly scratch: Float64Array;
  /**
   * Counts by row, cell and bin. There is a row for each worker, or one for all if no two units have a cell in
   * common.
   */
  readonly counts: Float64Array;
}

/**
 * How many rows of counts a plan needs.
 *
 * @param plan The plan.
 * @param workers How many workers there are.
 */
export function binRows(plan: ReducePlan, workers: number): number {
  return plan.positionUnits === 1 ? 1 : workers;
}

/** Counts elements by bin. Units are numbered position by position within neighbouring cells. */
export class BinCounter {
  readonly #plan: ReducePlan;
  readonly #finder: BinFinder;
  readonly #bins: number;
  readonly #source: BlockSource;
  readonly #room: BinRoom;
  readonly #read: CellReader | null;

  /**
   * @param plan The plan.
   * @param bins The bins.
   * @param source Gives the elements as float64.
   * @param room Scratch, and where counts go.
   */
  constructor(plan: ReducePlan, bins: Bins, source: BlockSource, room: BinRoom) {
    this.#plan = plan;
    this.#finder = new BinFinder(bins);
    this.#bins = bins.edges.length - 1;
    this.#source = source;
    this.#room = room;
    this.#read = cellReader(plan, source.direct);
  }

  /**
   * Counts the elements of a unit.
   *
   * @param unit The unit's number.
   * @param worker The number of the worker.
   */
  runUnit(unit: number, worker: number): void {
    const { cells, positions, unitCells, unitPositions, positionUnits, contiguous } = this.#plan;
    const row = positionUnits === 1 ? 0 : worker * cells * this.#bins;
    const firstCell = Math.floor(unit / positionUnits) * unitCells,
      firstPosition = unit % positionUnits * unitPositions;
    const endCell = Math.min(firstCell + unitCells, cells);
    const endPosition = Math.min(firstPosition + unitPositions, positions);
    // As much as fits along what lies side by side, and as many of those as fit besides.
    const side = contiguous === "cells" ? endCell - firstCell : endPosition - firstPosition;
    const along = Math.min(side, BIN_BLOCK), across = Math.floor(BIN_BLOCK / along);
    const cellBlock = contiguous === "cells" ? along : across;
    const positionBlock = contiguous === "cells" ? across : along;
    for (let cell = firstCell; cell < endCell; cell += cellBlock) {
      const cellRange = { first: cell, count: Math.min(cellBlock, endCell - cell) };
      for (let position = firstPosition; position < endPosition; position += positionBlock) {
        const count = Math.min(positionBlock, endPosition - position);
        this.#countBlock(cellRange, { first: position, count }, row);
        countWork(cellRange.count * (CELL_NS + count * ELEMENT_NS));
      }
    }
  }

  #countBlock(
    cells: { readonly first: number; readonly count: number },
    positions: { readonly first: number; readonly count: number },
    row: number,
  ): void {
    const { scratch, counts } = this.#room, finder = this.#finder, bins = this.#bins, read = this.#read;
    if (read !== null) {
      for (let cell = cells.first; cell < cells.first + cells.count; cell++) {
        const numbers = { begin: 0, count: positions.count, step: 1 };
        finder.count(read(cell, positions.first, positions.count), numbers, counts, row + cell * bins);
      }
      return;
    }
    const byCell = this.#plan.contiguous === "positions";
    const cellStep = byCell ? positions.count : 1, positionStep = byCell ? 1 : cells.count;
    this.#source.fill(cells, positions, scratch.byteOffset, cellStep * 8, positionStep * 8);
    for (let cell = 0; cell < cells.count; cell++) {
      const numbers = { begin: cell * cellStep, count: positions.count, step: positionStep };
      finder.count(scratch, numbers, counts, row + (cells.first + cell) * bins);
    }
  }
}
