/**
 * How an array reads in a console.
 *
 * @module
 */

import type { Shape } from "./shape.ts";
import { showShape } from "./shape.ts";

/** Arrays with more elements than this are summarised. */
const THRESHOLD = 1000;

/** How many elements of an axis a summary shows at either end. */
const EDGE = 3;

/**
 * An array as text: dtype, shape, and nested elements in columns; long axes are cut in the middle.
 *
 * @param title What stands before the shape, such as the class and dtype.
 * @param shape The shape.
 * @param element The element at an index, as text.
 */
export function describeArray(
  title: string,
  shape: Shape,
  element: (indices: readonly number[]) => string,
): string {
  const size = shape.reduce((product, extent) => product * extent, 1);
  const head = `${title} ${showShape(shape)}`;
  if (size === 0) return `${head} (no elements)`;
  const edge = size > THRESHOLD ? EDGE : Infinity;
  const texts: string[] = [];
  collectTexts(shape, [], edge, element, texts);
  const width = Math.max(...texts.map((text) => text.length));
  const next = texts.values();
  return `${head}\n${layOut(shape, 0, edge, () => (next.next().value ?? "").padStart(width))}`;
}

/** The indices of an axis that are shown; null stands for those left out. */
function shown(extent: number, edge: number): (number | null)[] {
  if (extent <= 2 * edge) return Array.from({ length: extent }, (_, i) => i);
  const front = Array.from({ length: edge }, (_, i) => i);
  return [...front, null, ...front.map((i) => extent - edge + i)];
}

function collectTexts(
  shape: Shape,
  indices: readonly number[],
  edge: number,
  element: (indices: readonly number[]) => string,
  texts: string[],
): void {
  if (indices.length === shape.length) {
    texts.push(element(indices));
    return;
  }
  for (const index of shown(shape[indices.length], edge)) {
    if (index !== null) collectTexts(shape, [...indices, index], edge, element, texts);
  }
}

function layOut(shape: Shape, axis: number, edge: number, next: () => string): string {
  if (axis === shape.length) return next();
  const parts = shown(shape[axis], edge).map((index) =>
    index === null ? "..." : layOut(shape, axis + 1, edge, next)
  );
  if (axis === shape.length - 1) return `[${parts.join(", ")}]`;
  const gap = "\n".repeat(shape.length - 1 - axis) + " ".repeat(axis + 1);
  return `[${parts.join(`,${gap}`)}]`;
}
