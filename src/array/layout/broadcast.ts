/**
 * Broadcasting as NumPy has it: shapes are aligned at their last axes, and an extent of 1 repeats. No memory here,
 * only numbers.
 *
 * @module
 */

import { ShapeError } from "../../errors.ts";
import type { Layout } from "./layout.ts";
import { plain, type Shape, showShape, sizeOf } from "./shape.ts";

/**
 * The shape that arrays of several shapes have together.
 *
 * @param shapes The shapes; none give the shape of a single element, `[]`.
 * @throws {ShapeError} If two extents of an axis differ and neither is 1, or a shape is none.
 *
 * @example
 * ```ts
 * import { broadcastShapes } from "@tilewise/ndarray";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(broadcastShapes([365, 1, 16], [16, 1]), [365, 16, 16]);
 * assertThrows(() => broadcastShapes([2], [3]), RangeError, "Shapes [2] and [3] do not broadcast");
 * ```
 */
export function broadcastShapes(...shapes: readonly Shape[]): number[] {
  shapes.forEach(sizeOf);
  const ndim = Math.max(0, ...shapes.map((shape) => shape.length));
  const common = new Array<number>(ndim).fill(1);
  for (const shape of shapes) {
    const lead = ndim - shape.length;
    shape.forEach((extent, axis) => {
      if (extent === 1) return;
      if (common[lead + axis] !== 1 && common[lead + axis] !== extent) {
        throw new ShapeError(
          `Shapes ${shapes.map(showShape).join(" and ")} do not broadcast: axis ${lead + axis - ndim} is ${
            common[lead + axis]
          } in one and ${extent} in another, expected the same or 1`,
        );
      }
      common[lead + axis] = plain(extent);
    });
  }
  sizeOf(common);
  return common;
}

/**
 * The layout of an array as if it had another shape: repeated axes have stride 0.
 *
 * @param layout The array's.
 * @param shape The shape wanted.
 * @throws {ShapeError} If the array does not broadcast to it.
 */
export function broadcastLayout(layout: Layout, shape: Shape): Layout {
  sizeOf(shape);
  const lead = shape.length - layout.shape.length;
  const fits = lead >= 0 &&
    layout.shape.every((extent, axis) => extent === shape[lead + axis] || extent === 1);
  if (!fits) {
    throw new ShapeError(
      `Cannot broadcast ${showShape(layout.shape)} to ${showShape(shape)}: aligned at the last axis, ` +
        "each extent must be the same or 1",
    );
  }
  const strides = shape.map((extent, axis) =>
    axis < lead || layout.shape[axis - lead] !== extent ? 0 : layout.strides[axis - lead]
  );
  return { shape: shape.map(plain), strides, offset: layout.offset };
}
