/**
 * How an array reads in a console: its elements as NumPy's `array2string` writes them, with commas between them.
 *
 * @module
 */

import type { DType, TypedData } from "../../dtype.ts";
import { ValueError } from "../../errors.ts";
import { columnTexts } from "./number_text.ts";
import { type Shape, showShape } from "../layout/shape.ts";

/** What printing needs to know of an array. */
export interface PrintableArray {
  /** The dtype. */
  readonly dtype: DType;
  /** The extents, one number an axis. */
  readonly shape: Shape;
  /** The distance between neighbours on each axis, in elements. */
  readonly strides: readonly number[];
  /** Where index [0, 0, …] lies in `data`, in elements. */
  readonly offset: number;
  /** The number of elements. */
  readonly size: number;
  /** The elements, and perhaps others between them. */
  readonly data: TypedData<DType>;
}

/**
 * How arrays are printed; names and defaults are NumPy's.
 *
 * @example
 * ```ts
 * import { type PrintOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const brief: PrintOptions = { precision: 2, threshold: 4, edgeItems: 1 };
 * assertStringIncludes(SharedNdArray.linspace(0, 1, 9).toString(brief), "[0., ..., 1.]");
 * ```
 */
export interface PrintOptions {
  /** How many digits floats have behind their points at most. Default 8. */
  readonly precision?: number;
  /** Arrays with more elements than this are summarised; Infinity for none. Default 1000. */
  readonly threshold?: number;
  /** How many elements a summary shows at either end of each axis, at least 1. Default 3. */
  readonly edgeItems?: number;
  /** Longer lines are broken, if they can be. Counted in characters. Default 75. */
  readonly lineWidth?: number;
}

/** The part of an array that is printed. */
export interface ShownElements {
  /** For each axis the indices that are shown, in order; null stands for those left out. */
  readonly axes: readonly (readonly (number | null)[])[];
  /** The texts of the elements at these indices in C order, padded to the same width. */
  readonly texts: readonly string[];
}

/**
 * The elements of an array as text: what `np.array2string(a, separator=", ")` of NumPy 1.24 returns with the same
 * options. Only the elements that are shown are read.
 *
 * @param array The array.
 * @param options What to show of it, and how.
 * @returns For example `[[1. , 2.5],\n [3. , 4. ]]`; `[]` if there are no elements.
 * @throws {ValueError} If an option is not what it can be.
 */
export function formatArray(array: PrintableArray, options: PrintOptions = {}): string {
  const { lineWidth } = withDefaults(options);
  const { axes, texts } = shownElements(array, options);
  if (array.size === 0) return "[]";
  const next = texts.values();
  return layOut(axes, 0, lineWidth, () => next.next().value ?? "");
}

/**
 * An array as text: a line that names dtype and shape, then the elements.
 *
 * @param array The array.
 * @param options What to show of it, and how.
 * @returns For example `SharedNdArray float64 [2]\n[1. , 2.5]`.
 * @throws {ValueError} If an option is not what it can be.
 */
export function describeArray(array: PrintableArray, options: PrintOptions = {}): string {
  const text = formatArray(array, options);
  return array.size === 0 ? `${arrayTitle(array)} (no elements)` : `${arrayTitle(array)}\n${text}`;
}

/**
 * The line that names an array's dtype and shape.
 *
 * @param array The array.
 * @returns For example `SharedNdArray float64 [2, 3]`.
 */
export function arrayTitle(array: PrintableArray): string {
  return `SharedNdArray ${array.dtype} ${showShape(array.shape)}`;
}

/**
 * Picks the elements that are printed and writes them.
 *
 * @param array The array.
 * @param options How many of them, and how.
 * @returns Their indices and texts; no texts if the array has no elements.
 * @throws {ValueError} If an option is not what it can be.
 */
export function shownElements(array: PrintableArray, options: PrintOptions = {}): ShownElements {
  const { precision, threshold, edgeItems } = withDefaults(options);
  if (array.size === 0) return { axes: array.shape.map(() => []), texts: [] };
  const edge = array.size > threshold ? edgeItems : Infinity;
  const axes = array.shape.map((extent) => shownIndices(extent, edge));
  const values = shownPlaces(axes, array).map((place) => array.data[place]);
  const texts = columnTexts(array.dtype, values, precision);
  // A boolean alone has no column to be aligned in.
  return { axes, texts: axes.length === 0 ? texts.map((text) => text.trim()) : texts };
}

/** The options with those that are missing, checked. */
function withDefaults(options: PrintOptions): Required<PrintOptions> {
  const { precision = 8, threshold = 1000, edgeItems = 3, lineWidth = 75 } = options;
  requireCount("precision", precision, 0);
  if (threshold !== Infinity) requireCount("threshold", threshold, 0, " or Infinity");
  requireCount("edgeItems", edgeItems, 1);
  requireCount("lineWidth", lineWidth, 0);
  return { precision, threshold, edgeItems, lineWidth };
}

function requireCount(name: string, value: number, least: 0 | 1, orElse = ""): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  const wanted = least === 0 ? "a non-negative integer" : "a positive integer";
  throw new ValueError(`Cannot print with ${name} ${value}: expected ${wanted}${orElse}`);
}

/** The indices of an axis that are shown; null stands for those left out. */
function shownIndices(extent: number, edge: number): (number | null)[] {
  if (extent <= 2 * edge) return Array.from({ length: extent }, (_, i) => i);
  const front = Array.from({ length: edge }, (_, i) => i);
  return [...front, null, ...front.map((i) => extent - edge + i)];
}

/** Where the elements at all combinations of indices lie, in C order. */
function shownPlaces(axes: ShownElements["axes"], { strides, offset }: PrintableArray): number[] {
  return axes.reduce<number[]>((places, indices, axis) => {
    const steps = indices.filter((index) => index !== null).map((index) => index * strides[axis]);
    return places.flatMap((place) => steps.map((step) => place + step));
  }, [offset]);
}

function layOut(axes: ShownElements["axes"], axis: number, lineWidth: number, next: () => string): string {
  if (axis === axes.length) return next();
  const parts = axes[axis].map((index) => index === null ? "..." : layOut(axes, axis + 1, lineWidth, next));
  const indent = " ".repeat(axis + 1);
  const axesBelow = axes.length - 1 - axis;
  if (axesBelow > 0) return `[${parts.join(`,${"\n".repeat(axesBelow)}${indent}`)}]`;
  // As in NumPy, every line leaves room for the brackets that the outermost row would close with.
  return `[${wrap(parts, indent, lineWidth - axes.length)}]`;
}

/** A row in as many lines as it needs; each has at least one part. The first line's indent is left to the caller. */
function wrap(parts: readonly string[], indent: string, width: number): string {
  const lines: string[] = [];
  let line = indent;
  parts.forEach((part, i) => {
    if (line !== indent && line.length + part.length > width) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += i < parts.length - 1 ? `${part}, ` : part;
  });
  return [...lines, line].join("\n").slice(indent.length);
}
