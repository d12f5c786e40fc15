/**
 * A reduction at work: units of a plan, on the elements of a source.
 *
 * @module
 */

import type { SharedNdArray } from "../../array/shared_ndarray.ts";
import type { FoldName, LaneDType, ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import { type AlongElements, directAlong, filledAlong } from "./along_elements.ts";
import type { BlockSource } from "./block_source.ts";
import { type ColumnElements, directColumns, filledColumns } from "./column_elements.ts";
import { identityBits } from "./fold_code.ts";
import { isPlaceFold, placeExports, type ValueExports, valueExports } from "./fold_module.ts";
import { placesAlong, placesInColumns } from "./place_units.ts";
import { ResultArray } from "./results.ts";
import { layOutScratch, type ScratchPlaces } from "./scratch.ts";
import { type UnitRunner, valuesAlong, valuesInColumns } from "./value_units.ts";

/** What is reduced, of what, and where results go. */
export interface BoundReductionOptions {
  readonly plan: ReducePlan;
  readonly fold: FoldName;
  /** The dtype of elements and values. */
  readonly lanes: LaneDType;
  readonly source: BlockSource;
  /** `SCRATCH_ELEMENTS` of 8 bytes, which the source fills; its memory has 32-bit addresses. */
  readonly scratch: SharedNdArray;
  /** A value for each unit of positions and each cell, in C order. */
  readonly values: SharedNdArray;
  /** Its position, for `argmin` and `argmax`. */
  readonly places: SharedNdArray<"int64"> | null;
}

/** Elements in the way that is the fastest for them. */
type Elements = { readonly along: AlongElements } | { readonly columns: ColumnElements };

/** A reduction that is bound to its memories. */
export class BoundReduction {
  readonly #plan: ReducePlan;
  readonly #run: UnitRunner;
  readonly #values: ResultArray;
  readonly #places: ResultArray | null;
  readonly #settle: (address: number, count: number) => void;

  /** @param options What is reduced, of what, and where results go. */
  constructor({ plan, fold, lanes, source, scratch, values, places }: BoundReductionOptions) {
    const own = layOutScratch(scratch), elements = elementsOf(source, plan, own);
    const data = "along" in elements ? elements.along.memory : elements.columns.memory;
    const memories = { data, scratch: own.memory };
    this.#plan = plan;
    this.#values = new ResultArray(own, values);
    this.#places = places === null ? null : new ResultArray(own, places);
    let settle: ValueExports["settle"];
    if (isPlaceFold(fold)) {
      const tools = { scratch: own, exports: placeExports(fold, lanes, memories) };
      settle = tools.exports.settle;
      this.#run = "along" in elements
        ? placesAlong(elements.along, tools)
        : placesInColumns(elements.columns, tools);
    } else {
      const exports = valueExports(fold, lanes, memories);
      const tools = { scratch: own, exports, identity: identityBits(fold, lanes) };
      let onScratch: ValueExports | undefined = data === own.memory ? exports : undefined;
      settle = exports.settle;
      this.#run = "along" in elements ? valuesAlong(elements.along, tools) : valuesInColumns(
        elements.columns,
        tools,
        () => onScratch ??= valueExports(fold, lanes, { data: own.memory, scratch: own.memory }),
      );
    }
    this.#settle = lanes === "float64" ? (address, count) => settle(address, Math.ceil(count / 2)) : () => {};
  }

  /**
   * Computes a unit, and writes its values and places.
   *
   * @param index Its number: that of its cells times the number of units along the positions, plus that of its
   * positions.
   */
  runUnit(index: number): void {
    const { cells, positions, unitCells, unitPositions, positionUnits } = this.#plan;
    const cellUnit = Math.floor(index / positionUnits), positionUnit = index % positionUnits;
    const firstCell = cellUnit * unitCells, firstPosition = positionUnit * unitPositions;
    this.#run(
      { first: firstCell, count: Math.min(unitCells, cells - firstCell) },
      { first: firstPosition, count: Math.min(unitPositions, positions - firstPosition) },
      (cell, count, values, places) => {
        const place = positionUnit * cells + cell;
        this.#settle(values, count);
        this.#values.copy(place, count, values);
        this.#places?.copy(place, count, places);
      },
    );
  }
}

function elementsOf(source: BlockSource, plan: ReducePlan, scratch: ScratchPlaces): Elements {
  const { direct } = source;
  if (direct !== null) {
    const along = directAlong(direct, plan);
    if (along !== null) return { along };
    const columns = directColumns(direct, plan, scratch);
    if (columns !== null) return { columns };
  }
  return plan.contiguous === "cells"
    ? { columns: filledColumns(source, scratch) }
    : { along: filledAlong(source, scratch) };
}
