/**
 * The result of a reduction as text and as JSON.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import type { CliReduction } from "./reduce_args.ts";
import { summarize, type Summary, summaryLine } from "./summary.ts";

/** Results of no more elements than this are shown in full. */
const FEW_ELEMENTS = 8;

/**
 * An element in JSON: a number or a boolean. What JSON has no number for is a text: `"NaN"`, `"Infinity"`,
 * `"-Infinity"`, and integers beyond 2^53 with all their digits.
 */
export type JsonElement = number | boolean | string;

/** Elements in JSON, in lists as deep as the array has axes. */
export type JsonElements = JsonElement | readonly JsonElements[];

/** What came of a reduction, for JSON. */
export interface ReduceResult extends Summary {
  /** Its name. */
  readonly name: string;
  /** What was done. */
  readonly reduction: CliReduction;
  /** The axes that were reduced, in ascending order. */
  readonly axis: readonly number[];
  /** The dtype of the result. */
  readonly dtype: DType;
  /** The shape of the result. */
  readonly shape: Shape;
  /** The element, where there is one. */
  readonly value?: JsonElement;
  /** The elements, where there are 2 to 8. */
  readonly values?: JsonElements;
}

/** What {@linkcode describeResult} is told of a result. */
export interface ResultFacts extends Pick<ReduceResult, "name" | "reduction" | "axis"> {
  /** The result. */
  readonly array: SharedNdArray;
}

/**
 * Describes a result.
 *
 * @param facts The result, and what is known of it.
 */
export function describeResult({ array, ...facts }: ResultFacts): ReduceResult {
  const { dtype, shape, size } = array;
  const described = { ...facts, dtype, shape, ...summarize(array) };
  if (size === 1) return { ...described, value: jsonElement(array.item()) };
  return size > 1 && size <= FEW_ELEMENTS
    ? { ...described, values: jsonElements(array.toNested()) }
    : described;
}

/**
 * A result as a line of text: all digits of few elements, and a summary of many.
 *
 * @param name Its name.
 * @param array The result.
 */
export function resultLine(name: string, array: SharedNdArray): string {
  const { size } = array;
  if (size === 0 || size > FEW_ELEMENTS) return summaryLine({ name, ...summarize(array) });
  return `${name}: ${elementsText(size === 1 ? array.item() : array.toNested())}`;
}

function jsonElements(elements: unknown): JsonElements {
  return Array.isArray(elements) ? elements.map(jsonElements) : jsonElement(elements);
}

function jsonElement(element: unknown): JsonElement {
  if (typeof element === "boolean") return element;
  const value = Number(element);
  const isExact = typeof element === "bigint" ? Number.isSafeInteger(value) : Number.isFinite(value);
  return isExact ? value : String(element);
}

function elementsText(elements: unknown): string {
  if (Array.isArray(elements)) return `[${elements.map(elementsText).join(", ")}]`;
  return Object.is(elements, -0) ? "-0" : String(elements);
}
