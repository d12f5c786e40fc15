/**
 * How a unit's first positions of the least or greatest are found, along positions or across rows of cells.
 *
 * @module
 */

import { countWork } from "../../interrupt.ts";
import type { AlongElements } from "./along_elements.ts";
import type { ColumnElements } from "./column_elements.ts";
import type { PlaceExports } from "./fold_module.ts";
import { ELEMENT } from "./memory_code.ts";
import { CELL_NS, ELEMENT_NS, RESULTS, type ScratchPlaces } from "./scratch.ts";
import type { UnitRunner } from "./value_units.ts";

/** What both ways need. */
export interface PlaceTools {
  readonly scratch: ScratchPlaces;
  /** The functions on the memory of the elements. */
  readonly exports: PlaceExports;
}

/** Cells whose results are gathered: each has a value and a place. */
const MOST_CELLS = RESULTS / 2;

/** Elements of one call: it cannot be interrupted. */
const MOST_ELEMENTS = 2 ** 19;

/**
 * Along positions.
 *
 * @param elements The elements.
 * @param tools Functions and scratch.
 */
export function placesAlong(elements: AlongElements, { scratch, exports }: PlaceTools): UnitRunner {
  const values = scratch.results, places = values + MOST_CELLS * ELEMENT;
  return (cells, positions, emit) => {
    const end = cells.first + cells.count, lastPosition = positions.first + positions.count;
    const pieces = Math.min(positions.count, elements.mostPositions);
    const mostCells = Math.max(1, Math.min(MOST_CELLS, Math.floor(MOST_ELEMENTS / pieces)));
    for (let cell = cells.first; cell < end;) {
      const most = Math.min(mostCells, elements.mostCells(cell, pieces)), count = Math.min(end - cell, most);
      for (let first = positions.first; first < lastPosition; first += pieces) {
        const piece = { first, count: Math.min(pieces, lastPosition - first) };
        const { source, cellStep } = elements.place({ first: cell, count }, piece);
        const isFresh = Number(first === positions.first);
        exports.placesAlong(source, cellStep, count, piece.count, BigInt(first), values, places, isFresh);
        countWork(count * (CELL_NS + piece.count * ELEMENT_NS));
      }
      emit(cell, count, values, places);
      cell += count;
    }
  };
}

/**
 * Across rows of cells.
 *
 * @param elements The elements.
 * @param tools Functions and scratch.
 */
export function placesInColumns(elements: ColumnElements, { scratch, exports }: PlaceTools): UnitRunner {
  const { e: values, o: places, table } = scratch;
  return (cells, positions, emit) => {
    const end = cells.first + cells.count, lastPosition = positions.first + positions.count;
    for (let cell = cells.first; cell < end;) {
      const strip = { first: cell, count: Math.min(end - cell, elements.mostCells(cell)) };
      const rows = elements.begin(strip, positions);
      for (let first = positions.first; first < lastPosition; first += rows) {
        const count = Math.min(rows, lastPosition - first), isFresh = Number(first === positions.first);
        elements.tabulate({ first, count });
        exports.placesColumns(table, count, strip.count, BigInt(first), values, places, isFresh);
        countWork(count * (CELL_NS + strip.count * ELEMENT_NS));
      }
      emit(cell, strip.count, values, places);
      cell += strip.count;
    }
  };
}
