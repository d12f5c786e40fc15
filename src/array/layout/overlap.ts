/**
 * Whether layouts meet in memory: a bounded search for integer solutions, exact for the layouts of everyday views.
 * No memory here, only numbers.
 *
 * @module
 */

import type { Layout } from "./layout.ts";
import { reach } from "./strides.ts";

/** Where the elements of an array lie in a buffer. */
export interface ByteLayout extends Layout {
  /** Bytes of an element. */
  readonly itemBytes: number;
  /** Where element 0 lies in the buffer. */
  readonly byteOffset: number;
}

/** `stride * x` with x from 0 to `most`; stride is positive. */
interface Term {
  readonly stride: number;
  readonly most: number;
}

/** How many nodes a search may visit before it gives the careful answer. */
const MOST_NODES = 100_000;

/**
 * Whether some choice of x makes the terms add up to `target`.
 *
 * Terms are taken largest stride first; at each, only those x are tried that the smaller terms can still complete.
 * For nested strides, as views of one array have, that leaves one or two candidates a level. The general problem is
 * NP-hard, so the search is bounded, and an unfinished one answers true.
 */
function canAddUpTo(target: number, terms: readonly Term[]): boolean {
  const ordered = mergeStrides(terms).sort((a, b) => b.stride - a.stride);
  const rest = new Array<number>(ordered.length + 1).fill(0);
  for (let k = ordered.length - 1; k >= 0; k--) {
    rest[k] = rest[k + 1] + ordered[k].stride * ordered[k].most;
  }
  // Terms k to m - 1 only make multiples of their common divisor; those from m on must make up the remainder.
  const divides = (k: number, wanted: number) => {
    for (let m = k + 1, divisor = 0; m <= ordered.length; m++) {
      divisor = gcd(ordered[m - 1].stride, divisor);
      if (wanted % divisor > rest[m]) return false;
    }
    return true;
  };
  let nodes = 0;
  const search = (k: number, wanted: number): boolean => {
    if (++nodes > MOST_NODES) return true;
    if (wanted < 0 || wanted > rest[k]) return false;
    if (k === ordered.length) return wanted === 0;
    if (!divides(k, wanted)) return false;
    const { stride, most } = ordered[k];
    const low = Math.max(0, Math.ceil((wanted - rest[k + 1]) / stride));
    const high = Math.min(most, Math.floor(wanted / stride));
    for (let x = high; x >= low; x--) {
      if (search(k + 1, wanted - stride * x)) return true;
    }
    return false;
  };
  return search(0, target);
}

/** Terms of the same stride are one: their x add up. */
function mergeStrides(terms: readonly Term[]): Term[] {
  const most = new Map<number, number>();
  for (const term of terms) {
    if (term.most > 0) most.set(term.stride, (most.get(term.stride) ?? 0) + term.most);
  }
  return most.entries().map(([stride, most]) => ({ stride, most })).toArray();
}

function gcd(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}

/** The lowest byte that a layout touches, and its axes as terms in bytes. Null when it has no element. */
function inBytes(layout: ByteLayout): { lowest: number; highest: number; terms: Term[] } | null {
  const ends = reach(layout.shape, layout.strides, layout.offset);
  if (ends === null) return null;
  return {
    lowest: layout.byteOffset + ends.lowest * layout.itemBytes,
    highest: layout.byteOffset + (ends.highest + 1) * layout.itemBytes - 1,
    terms: layout.shape.map((extent, axis) => ({
      stride: Math.abs(layout.strides[axis]) * layout.itemBytes,
      most: layout.strides[axis] === 0 ? 0 : extent - 1,
    })),
  };
}

/**
 * Whether two arrays over the same buffer have a byte in common.
 *
 * @param a A layout.
 * @param b Another, over the same buffer.
 * @returns Exact for at most 100,000 steps of search; beyond, true.
 */
export function layoutsOverlap(a: ByteLayout, b: ByteLayout): boolean {
  const left = inBytes(a), right = inBytes(b);
  if (left === null || right === null) return false;
  if (left.highest < right.lowest || right.highest < left.lowest) return false;
  // A byte in common: left.lowest + Σ s·x + i = right.lowest + Σ t·y + j. With y' = most - y all signs are plus.
  const span = right.terms.reduce((sum, term) => sum + term.stride * term.most, 0);
  return canAddUpTo(right.lowest + span - left.lowest + b.itemBytes - 1, [
    ...left.terms,
    ...right.terms,
    { stride: 1, most: a.itemBytes - 1 },
    { stride: 1, most: b.itemBytes - 1 },
  ]);
}

/**
 * Whether two different indices of an array name the same element.
 *
 * @param layout The layout.
 * @returns Exact for at most 100,000 steps of search; beyond, true.
 */
export function overlapsItself(layout: ByteLayout): boolean {
  if (layout.shape.includes(0)) return false;
  const axes = layout.shape.keys().toArray().filter((axis) => layout.shape[axis] > 1);
  if (axes.some((axis) => layout.strides[axis] === 0)) return true;
  const ordered = axes
    .map((axis) => ({ stride: Math.abs(layout.strides[axis]), most: layout.shape[axis] - 1 }))
    .sort((a, b) => a.stride - b.stride);
  let covered = 0;
  const nested = ordered.every(({ stride, most }) => {
    const beyond = stride > covered;
    covered += stride * most;
    return beyond;
  });
  if (nested) return false;
  // Two indices of one element differ by d with Σ stride·d = 0. Let axis k be the first on which they differ, and
  // d > 0 there: Σ (stride·(d + most)) over the later axes then equals their span less stride k times d.
  return ordered.some(({ stride, most }, k) => {
    const later = ordered.slice(k + 1);
    const span = later.reduce((sum, term) => sum + term.stride * term.most, 0);
    return canAddUpTo(span - stride, [
      ...later.map((term) => ({ stride: term.stride, most: 2 * term.most })),
      { stride, most: most - 1 },
    ]);
  });
}
