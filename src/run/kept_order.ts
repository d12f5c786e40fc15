/**
 * Kept axes in the order of memory: cells that lie side by side are then neighbours in the result. The order of
 * reduced axes stays, because that of their positions is a contract.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { layoutOf, type SharedNdArray } from "../array/shared_ndarray.ts";
import { indexAxesOf } from "../kernel/compile.ts";
import { loopOrder } from "../kernel/loop_order.ts";
import type { ReductionSource } from "./reduction_runs.ts";

/** A source with its axes in another order. */
export interface OrderedSource {
  readonly source: ReductionSource;
  /** For each axis the one that it was. */
  readonly axes: readonly number[];
  /** The axes that are reduced. */
  readonly reduced: readonly number[];
  /** The shape with reduced axes of extent 1. */
  readonly keptShape: Shape;
  /** Gives values of cells the shape that is kept, in the order that it was asked for. */
  readonly restore: (cells: SharedNdArray) => SharedNdArray;
}

/**
 * Puts the kept axes of a source into the order of memory, if they are not.
 *
 * @param source The source.
 * @param kept The axes that are kept, ascending.
 * @param reduced The axes that are reduced, ascending.
 */
export function orderKept(
  source: ReductionSource,
  kept: readonly number[],
  reduced: readonly number[],
): OrderedSource {
  const { shape } = source, keptShape = kept.map((axis) => shape[axis]);
  const order = memoryOrder(source, kept);
  if (order.every((place, k) => place === k)) {
    return {
      source,
      axes: shape.map((_, axis) => axis),
      reduced,
      keptShape: shape.map((extent, axis) => reduced.includes(axis) ? 1 : extent),
      restore: (cells) => cells.reshape(keptShape),
    };
  }
  const sorted = order.map((place) => kept[place]), axes = [...sorted, ...reduced];
  const sortedShape = sorted.map((axis) => shape[axis]);
  return {
    source: {
      ...source,
      shape: axes.map((axis) => shape[axis]),
      inputs: Object.fromEntries(
        Object.entries(source.inputs).map(([name, array]) => [name, array.transpose(axes)]),
      ),
    },
    axes,
    reduced: reduced.map((_, k) => sorted.length + k),
    keptShape: [...sortedShape, ...reduced.map(() => 1)],
    restore: (cells) => {
      const back = kept.map((_, place) => order.indexOf(place));
      return cells.reshape(sortedShape).transpose(back).copy();
    },
  };
}

/** The places of kept axes from the outermost to the innermost; as they are where the program knows of axes. */
function memoryOrder({ program, inputs, halo, shape }: ReductionSource, kept: readonly number[]): number[] {
  const arrays = Object.values(inputs), asTheyAre = kept.map((_, place) => place);
  if (halo !== null || arrays.length === 0 || indexAxesOf(program).length > 0) return asTheyAre;
  const extents = kept.map((axis) => shape[axis]);
  const operands = arrays.map((array) => {
    const { strides } = layoutOf(array);
    return { strides: kept.map((axis) => strides[axis]) };
  });
  const order = loopOrder(extents, operands);
  // Axes of one element may stand anywhere.
  const isLong = (place: number) => extents[place] > 1;
  const isOrdered = order.filter(isLong).every((place, k, long) => k === 0 || long[k - 1] < place);
  return isOrdered ? asTheyAre : order;
}
