/**
 * What a kernel sees beyond the element or the tile at hand.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { AxisHalo } from "../plan/halo.ts";

/** How a kernel reads beyond the element or the tile at hand. Plain data: it travels to the workers. */
export interface KernelHalo {
  /** How far, and what lies beyond the edges. */
  readonly axes: readonly AxisHalo[];
  /** The shape of the inputs: larger than that of the outputs on axes of mode "none". */
  readonly inputShape: Shape;
  /** What lies beyond the edges in mode "constant", as stored, by the names of the inputs that are read so. */
  readonly fills: Readonly<Record<string, number | bigint>>;
}
