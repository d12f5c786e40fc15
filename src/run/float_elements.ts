/**
 * Elements as float64, in which they are compared, in whatever order.
 *
 * @module
 */

import { allocate } from "../array/memory/allocation.ts";
import { layoutOf } from "../array/shared_ndarray.ts";
import { castTo } from "../plan/reduce/elements.ts";
import type { ReductionSource, Wrapping } from "./reduction_source.ts";

/** Elements as float64, in which they are compared. */
export const AS_FLOAT64: Wrapping = {
  name: "as float64",
  lanes: "float64",
  element: (of) => castTo(of, "float64"),
};

/**
 * A source of which all elements are looked at, in whatever order: an array is read as it lies in memory.
 *
 * @param source The source.
 */
export function inMemoryOrder(source: ReductionSource): ReductionSource {
  const { program, inputs, shape } = source, [output] = program.outputs;
  const names = Object.keys(inputs);
  if (output.value.kind !== "input" || names.length !== 1 || source.halo !== null) return source;
  const array = inputs[names[0]], { strides } = layoutOf(array);
  const order = shape.map((_, axis) => axis).sort((a, b) => Math.abs(strides[b]) - Math.abs(strides[a]));
  const turned = array.transpose(order);
  return { ...source, inputs: { [names[0]]: turned }, shape: turned.shape };
}

/**
 * Zeros.
 *
 * @param length How many.
 * @throws {AllocationError} If there is not that much memory.
 */
export function float64s(length: number): Float64Array<ArrayBuffer> {
  return allocate(8 * length, "for counts", () => new Float64Array(length));
}

/**
 * Adds numbers to others, one by one.
 *
 * @param sums The numbers that grow.
 * @param more What they grow by.
 */
export function addTo(sums: Float64Array, more: Float64Array): void {
  for (let k = 0; k < sums.length; k++) sums[k] += more[k];
}
