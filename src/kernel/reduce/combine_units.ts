/**
 * The last step of a reduction: the results of a cell's units become one.
 *
 * @module
 */

import { layoutOf, type SharedNdArray } from "../../array/shared_ndarray.ts";
import type { FoldName, ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import { isPlaceFold } from "./fold_module.ts";

/** Elements by place. */
type Elements<T> = { [place: number]: T };

/** How two values become one, by fold. Wholes wrap when they are stored. */
const FLOATS: Readonly<Record<Exclude<FoldName, "argmin" | "argmax">, (a: number, b: number) => number>> = {
  sum: (a, b) => a + b,
  prod: (a, b) => a * b,
  min: Math.min,
  max: Math.max,
  minNumber: (a, b) => Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b),
  maxNumber: (a, b) => Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b),
};

const WHOLES: Readonly<Record<keyof typeof FLOATS, (a: bigint, b: bigint) => bigint>> = {
  sum: (a, b) => BigInt.asIntN(64, a + b),
  prod: (a, b) => BigInt.asIntN(64, a * b),
  min: (a, b) => b < a ? b : a,
  max: (a, b) => b > a ? b : a,
  minNumber: (a, b) => b < a ? b : a,
  maxNumber: (a, b) => b > a ? b : a,
};

/**
 * Combines the units of each cell by the tree of `reduce_plan.ts`, into the first row.
 *
 * @param values What the units' values are: a row for each unit of positions, a value for each cell in it, in C order.
 * @param places Their positions, for `argmin` and `argmax`.
 * @param plan What is reduced.
 * @param fold The fold.
 */
export function combineUnits(
  values: SharedNdArray,
  places: SharedNdArray<"int64"> | null,
  plan: Pick<ReducePlan, "cells" | "positionUnits">,
  fold: FoldName,
): void {
  const { data } = values, { offset } = layoutOf(values), { cells, positionUnits } = plan;
  if (isPlaceFold(fold)) {
    if (places === null) throw new Error(`The fold ${fold} needs places`);
    const from = layoutOf(places).offset - offset, found = places.data;
    // Lanes are numbers or bigints, of which two are compared that are of one sort.
    const elements = data as Elements<number | bigint>;
    forEachPair(cells, positionUnits, (a, b) => {
      if (!beats(fold, elements[offset + a], elements[offset + b])) return;
      elements[offset + a] = elements[offset + b];
      found[from + offset + a] = found[from + offset + b];
    });
  } else if (data instanceof Float64Array) {
    combineRows(data.subarray(offset), cells, positionUnits, FLOATS[fold]);
    // The bits of a NaN that is computed depend on the machine.
    for (let cell = offset; cell < offset + cells; cell++) if (Number.isNaN(data[cell])) data[cell] = NaN;
  } else {
    // The dtypes of lanes that are not floats are 64-bit integers.
    const wholes = data.subarray(offset) as unknown as Elements<bigint>;
    combineRows(wholes, cells, positionUnits, WHOLES[fold]);
  }
}

/** Whether the best of later positions is better. The first NaN is better than any number. */
function beats(fold: "argmin" | "argmax", best: number | bigint, later: number | bigint): boolean {
  const isKept = fold === "argmin" ? later >= best : later <= best;
  return !isKept && !Number.isNaN(best);
}

/** A loop of its own: with a callback for pairs instead it takes twice as long. */
function combineRows<T>(
  elements: Elements<T>,
  cells: number,
  units: number,
  combine: (a: T, b: T) => T,
): void {
  for (let step = 1; step < units; step *= 2) {
    for (let unit = 0; unit + step < units; unit += 2 * step) {
      const first = unit * cells, other = step * cells;
      for (let cell = first; cell < first + cells; cell++) {
        elements[cell] = combine(elements[cell], elements[cell + other]);
      }
    }
  }
}

/** Visits the pairs of each cell in the order of the tree: the first of a pair takes what both become. */
function forEachPair(cells: number, units: number, visit: (a: number, b: number) => void): void {
  for (let step = 1; step < units; step *= 2) {
    for (let unit = 0; unit + step < units; unit += 2 * step) {
      const first = unit * cells;
      for (let cell = first; cell < first + cells; cell++) visit(cell, cell + step * cells);
    }
  }
}
