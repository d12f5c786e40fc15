/**
 * Views of parts that follow one another: windows that overlap, and sections that do not. No memory here, only
 * numbers.
 *
 * @module
 */

import { IndexError, ShapeError, showValue } from "../../errors.ts";
import type { Axes } from "./axes.ts";
import type { Layout } from "./layout.ts";
import { resolveAxes, showShape, sizeOf } from "./shape.ts";

/**
 * All positions of a window: the axes of positions, then the axes of the window.
 *
 * @param layout The array's layout.
 * @param window The window's extents, one an axis.
 * @param axes Along which axes it slides. Default: all of them.
 * @throws {ShapeError} If a window is no positive integer or longer than its axis, or there is not one an axis.
 */
export function slidingWindowLayout(layout: Layout, window: Axes, axes?: Axes): Layout {
  const extents = typeof window === "number" ? [window] : window;
  sizeOf(extents);
  const named = axes === undefined
    ? [...layout.shape.keys()]
    : resolveAxes(typeof axes === "number" ? [axes] : axes, layout.shape.length);
  if (named.length !== extents.length) {
    throw new ShapeError(
      `A window of shape ${showShape(extents)} does not fit the axes ${
        showShape(named)
      } of an array of shape ${showShape(layout.shape)}: expected one extent for each`,
    );
  }
  const positions = layout.shape.slice();
  named.forEach((axis, k) => {
    if (!Number.isSafeInteger(extents[k]) || extents[k] < 1 || extents[k] > positions[axis]) {
      throw new ShapeError(
        `A window of ${extents[k]} does not fit axis ${axis} with extent ${
          positions[axis]
        }: expected a positive ` +
          "integer that is no larger",
      );
    }
    positions[axis] -= extents[k] - 1;
  });
  sizeOf([...positions, ...extents]);
  return {
    shape: [...positions, ...extents],
    strides: [...layout.strides, ...named.map((axis) => layout.strides[axis])],
    offset: layout.offset,
  };
}

/** A part of an axis. */
export interface Section {
  /** Its first index. */
  readonly start: number;
  /** The index before which it ends. */
  readonly stop: number;
}

/**
 * The sections that an axis is split into.
 *
 * @param extent The axis' extent.
 * @param sections How many of equal length, or the indices at which sections begin, as in NumPy's `split`.
 * @param axis The axis, for messages.
 * @throws {ShapeError} If the axis does not divide into that many.
 * @throws {IndexError} If an index is no integer.
 */
export function splitSections(extent: number, sections: number | readonly number[], axis: number): Section[] {
  if (typeof sections !== "number" && !Array.isArray(sections)) {
    throw new ShapeError(
      `Cannot split into ${showValue(sections)}: expected a number of sections or indices`,
    );
  }
  if (typeof sections === "number") {
    if (!Number.isSafeInteger(sections) || sections < 1 || extent % sections !== 0) {
      throw new ShapeError(
        `Cannot split axis ${axis} with extent ${extent} into ${sections} equal sections: expected a divisor of it`,
      );
    }
    const length = extent / sections;
    return Array.from({ length: sections }, (_, k) => ({ start: k * length, stop: (k + 1) * length }));
  }
  const bounds = sections.map((index) => {
    if (!Number.isSafeInteger(index)) throw new IndexError(`Split index ${index} is not an integer`);
    return Math.min(extent, Math.max(0, index < 0 ? index + extent : index));
  });
  return [0, ...bounds].map((start, k) => ({ start, stop: Math.max(start, bounds[k] ?? extent) }));
}
