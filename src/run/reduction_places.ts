/**
 * Reductions to places, which need another pass where an infinity stood for NaN.
 *
 * @module
 */

import { showShape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { ValueError } from "../errors.ts";
import { isFloat } from "../plan/reduce/elements.ts";
import { placePass } from "../plan/reduce/moments.ts";
import type { LaneDType } from "../plan/reduce/reduce_plan.ts";
import { foldPass } from "../plan/reduce/reduction_table.ts";
import { fold, type Reducing } from "./reduction_passes.ts";

/**
 * The place of the least or greatest element of each cell.
 *
 * @param reducing The reduction.
 * @param name Which of both.
 * @throws {ValueError} If NaN is passed over, and all elements of a cell are NaN.
 */
export async function reduceToPlaces(reducing: Reducing, name: "argmin" | "argmax"): Promise<SharedNdArray> {
  const { source: { dtype }, wishes: { skipNaN } } = reducing;
  const { values, places } = await fold(reducing, foldPass(name, dtype, skipNaN));
  if (places === null) throw new Error("A reduction to places gave none");
  const infinity = name === "argmin" ? Infinity : -Infinity;
  if (skipNaN && isFloat(dtype) && values.toTyped().some((value) => value === infinity)) {
    await findInfinities(reducing, values, places, infinity);
  }
  values.dispose();
  return places;
}

/**
 * Puts right the places of cells whose least or greatest element is an infinity, which is also what stood for NaN.
 *
 * @throws {ValueError} If all elements of a cell are NaN.
 */
async function findInfinities(
  reducing: Reducing,
  values: SharedNdArray<LaneDType>,
  places: SharedNdArray<"int64">,
  infinity: number,
): Promise<void> {
  const found = await fold(reducing, placePass(infinity));
  for (let cell = 0; cell < reducing.plan.cells; cell++) {
    if (values.get(cell) !== infinity) continue;
    if (found.values.get(cell) === 0n) throw allNaN(reducing, cell);
    places.set(cell, found.places?.get(cell) ?? 0n);
  }
  found.values.dispose();
  found.places?.dispose();
}

function allNaN({ name, source: { shape }, plan: { kept }, axes }: Reducing, cell: number): ValueError {
  const byAxis: number[] = [];
  for (const axis of kept.toReversed()) {
    byAxis[axes[axis]] = cell % shape[axis];
    cell = Math.floor(cell / shape[axis]);
  }
  const index = byAxis.filter((own) => own !== undefined);
  const where = index.length === 0 ? "" : ` at ${showShape(index)} of the result`;
  return new ValueError(`The ${name} skipping NaN has no meaning${where}: all elements are NaN`);
}
