/**
 * The order in which a reduction combines elements, written down slowly and obviously: `reduce_plan.ts` says it in
 * words, the kernels do the same in vectors, and tests compare both.
 *
 * @module
 */

import { BLOCK } from "./reduce_plan.ts";

/** Makes one value of two. */
export type Combine<T> = (a: T, b: T) => T;

/** Positions that become one pair. */
const GROUP = 8;

/**
 * Combines the elements of one cell.
 *
 * @param values The elements by position; at least one.
 * @param combine What is done to two of them.
 * @param identity What stands for an element that is missing in the last block.
 */
export function foldInOrder<T>(values: readonly T[], combine: Combine<T>, identity: T): T {
  const blocks: T[] = [];
  for (let first = 0; first < values.length; first += BLOCK) {
    const block = values.slice(first, first + BLOCK);
    while (block.length < BLOCK) block.push(identity);
    blocks.push(foldBlock(block, combine));
  }
  return combineBranches(blocks, combine);
}

/** One whole block. */
function foldBlock<T>(block: readonly T[], combine: Combine<T>): T {
  let [e, o] = foldGroup(block.slice(0, GROUP), combine);
  for (let first = GROUP; first < BLOCK; first += GROUP) {
    const [nextE, nextO] = foldGroup(block.slice(first, first + GROUP), combine);
    e = combine(e, nextE);
    o = combine(o, nextO);
  }
  return combine(e, o);
}

function foldGroup<T>([x0, x1, x2, x3, x4, x5, x6, x7]: readonly T[], combine: Combine<T>): [e: T, o: T] {
  return [
    combine(combine(x0, x4), combine(x2, x6)),
    combine(combine(x1, x5), combine(x3, x7)),
  ];
}

/**
 * Combines the results of neighbouring branches: of blocks, or of units, each a power of two times as many blocks as
 * the others; the last may be of fewer.
 *
 * @param partials The results in order; at least one.
 * @param combine What is done to two of them.
 */
export function combineBranches<T>(partials: readonly T[], combine: Combine<T>): T {
  if (partials.length === 1) return partials[0];
  const half = 2 ** (Math.ceil(Math.log2(partials.length)) - 1);
  return combine(
    combineBranches(partials.slice(0, half), combine),
    combineBranches(partials.slice(half), combine),
  );
}
