/**
 * Views by index: numbers, slices, and the two markers. No memory here, only numbers.
 *
 * @module
 */

import { IndexError } from "../../errors.ts";
import type { Layout } from "./layout.ts";
import { plain, resolveIndex, type Shape, showShape } from "./shape.ts";
import { resolveSlice, type Slice } from "./slice.ts";

/**
 * In {@linkcode SharedNdArray.view}: as many whole axes as the other indices leave, like Python's `...`.
 *
 * @example
 * ```ts
 * import { ellipsis, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const tmp = SharedNdArray.zeros([365, 16, 8]);
 * assertEquals(tmp.view(ellipsis, 0).shape, [365, 16]);
 * assertEquals(tmp.view(0, ellipsis, 0).shape, [16]);
 * ```
 */
export const ellipsis: unique symbol = Symbol.for("tilewise.ellipsis");

/**
 * In {@linkcode SharedNdArray.view}: a new axis of extent 1, like NumPy's `newaxis`.
 *
 * @example
 * ```ts
 * import { newAxis, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const day = SharedNdArray.zeros([365]);
 * assertEquals(day.view(null, newAxis, newAxis).shape, [365, 1, 1]);
 * ```
 */
export const newAxis: unique symbol = Symbol.for("tilewise.newAxis");

/**
 * What one place of a view's index picks: an index (drops the axis), null (the whole axis), a slice, `ellipsis` (all
 * axes that are not named) or `newAxis` (adds an axis).
 *
 * @example
 * ```ts
 * import { ellipsis, SharedNdArray, slice, type ViewIndex } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const upperLeft: ViewIndex[] = [ellipsis, slice(8), slice(4)];
 * assertEquals(SharedNdArray.zeros([365, 16, 16]).view(...upperLeft).shape, [365, 8, 4]);
 * assertEquals(SharedNdArray.zeros([16, 16]).view(...upperLeft).shape, [8, 4]);
 * ```
 */
export type ViewIndex = number | null | Slice | typeof ellipsis | typeof newAxis;

/** How many axes the indices name, or an error when there are too many. */
function countNamed(indices: readonly ViewIndex[], shape: Shape): number {
  let named = 0, ellipses = 0;
  for (let k = 0; k < indices.length; k++) {
    if (indices[k] === ellipsis) ellipses++;
    else if (indices[k] !== newAxis) named++;
  }
  if (ellipses > 1) throw new IndexError(`A view has at most one ellipsis, but got ${ellipses}`);
  if (named > shape.length) {
    throw new IndexError(
      `Got ${named} indices for an array of shape ${showShape(shape)}, expected at most ${shape.length}`,
    );
  }
  return named;
}

/**
 * The layout of a view.
 *
 * @param layout The array's.
 * @param indices What is picked; axes that are not named at the end are whole.
 * @throws {IndexError} If there are more indices than axes, two ellipses, or a number out of range.
 */
export function viewLayout(layout: Layout, indices: readonly ViewIndex[]): Layout {
  const named = countNamed(indices, layout.shape);
  const shape: number[] = [], strides: number[] = [];
  let offset = layout.offset, axis = 0;
  const keep = (count: number) => {
    for (const end = axis + count; axis < end; axis++) {
      shape.push(layout.shape[axis]);
      strides.push(layout.strides[axis]);
    }
  };
  for (let k = 0; k < indices.length; k++) {
    const index = indices[k];
    if (typeof index === "number") {
      offset += resolveIndex(index, layout.shape[axis], axis) * layout.strides[axis];
      axis++;
    } else if (index === null) {
      keep(1);
    } else if (index === newAxis) {
      shape.push(1);
      strides.push(0);
    } else if (index === ellipsis) {
      keep(layout.shape.length - named);
    } else {
      if (typeof index !== "object") {
        throw new IndexError(
          `Index ${
            String(index)
          } on axis ${axis} is none: expected an integer, null, a slice, ellipsis or newAxis`,
        );
      }
      const { first, count, step } = resolveSlice(index, layout.shape[axis]);
      const stride = layout.strides[axis++];
      if (count > 0) offset += first * stride;
      shape.push(count);
      // Of a single index the step means nothing, and may be too large to multiply exactly.
      strides.push(count > 1 ? plain(stride * step) : stride);
    }
  }
  keep(layout.shape.length - axis);
  return { shape, strides, offset };
}
