/**
 * What a view is, apart from memory.
 *
 * @module
 */

import type { Shape } from "./shape.ts";

/** Where the elements of an array lie among those of its memory. Strides and offset count elements. */
export interface Layout {
  /** The extents. */
  readonly shape: Shape;
  /** The distance between neighbours on each axis. */
  readonly strides: readonly number[];
  /** Where index [0, 0, …] lies. */
  readonly offset: number;
}
