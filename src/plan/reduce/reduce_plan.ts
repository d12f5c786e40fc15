/**
 * Which elements of an array become one, in which order, and in which units workers do it. Only numbers, computed
 * before anything runs.
 *
 * The order is a contract, because sums of floats depend on it. All reduced elements of a cell of the result have a
 * position: their place in C order of the reduced axes. Positions are combined by a fixed tree:
 *
 * 1. Eight neighbouring positions `x0 … x7` (the first a multiple of 8) become two: `e = (x0 ∘ x4) ∘ (x2 ∘ x6)` and
 *    `o = (x1 ∘ x5) ∘ (x3 ∘ x7)`.
 * 2. The 16 pairs of a block of 128 positions are combined one after another, `e` with `e` and `o` with `o`, and in the end `e ∘ o`.
 * 3. Blocks are combined in pairs, pairs of pairs and so on: the result of blocks `[k 2^j, (k + 1) 2^j)` is that of its two
 *    halves. A half without a block is left out.
 *
 * What is missing in the last block counts as the identity, which changes no bit. So the result does not depend on
 * tiles, workers or the layout of memory. The error of a sum is at most that of pairwise summation with blocks of
 * 128, of which 16 are added in turn: about (19 + log2(n / 128)) roundings.
 *
 * @module
 */

import type { Shape } from "../../array/layout/shape.ts";

/** Positions that are combined in a fixed order of their own. */
export const BLOCK = 128;

/** Positions of a unit are a power of two times this many, so that each unit is a branch of the tree. */
export const CHUNK = 8192;

/** In which dtype elements are combined. */
export type LaneDType = "float64" | "int64" | "uint64";

/**
 * Elementary reductions. `minNumber` and `maxNumber` pass over NaN; of the others each gives NaN when there is one.
 * `argmin` and `argmax` give the first position of the least or greatest element, or of the first NaN; their value
 * too.
 */
export type FoldName = "sum" | "prod" | "min" | "max" | "minNumber" | "maxNumber" | "argmin" | "argmax";

/** What is reduced, in which units. Plain data: it travels to the workers. */
export interface ReducePlan {
  /** The shape of what is reduced. */
  readonly shape: Shape;
  /** The axes that are kept, ascending; the cells of the result are in C order of them. */
  readonly kept: readonly number[];
  /** The axes that are reduced, ascending; positions are in C order of them. */
  readonly reduced: readonly number[];
  /** How many cells the result has; at least 1. */
  readonly cells: number;
  /** How many positions each cell is made of; at least 1. */
  readonly positions: number;
  /** How many neighbouring cells a unit is for, at most. */
  readonly unitCells: number;
  /** How many neighbouring positions of each a unit is for, at most: a power of two times CHUNK, or all. */
  readonly unitPositions: number;
  /** How many units there are along the cells, and along the positions. */
  readonly cellUnits: number;
  readonly positionUnits: number;
  /**
   * What lies side by side in a block of computed elements: a cell's positions, or neighbouring cells of one
   * position. A kernel is compiled for one of both, so `BlockSource.fill` wants its step along these to be the size
   * of an element.
   */
  readonly contiguous: "positions" | "cells";
}
