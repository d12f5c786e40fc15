/**
 * Histograms.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import { PlanError, showValue, ValueError } from "../errors.ts";
import type { BinRequest } from "./bin_counting.ts";
import type { Expression } from "./map_options.ts";
import { readCall, type ReduceInputs } from "./reduce_call.ts";
import type { ReduceOptions } from "./reduce_options.ts";

/**
 * Options of {@linkcode histogram}.
 *
 * @example
 * ```ts
 * import { histogram, type HistogramOptions, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const options: HistogramOptions = { bins: 2, range: [0, 10] };
 * assertEquals((await histogram(SharedNdArray.from([1, 2, 7, 99]), options)).counts.toNested(), [2n, 1n]);
 * ```
 */
export interface HistogramOptions extends Omit<ReduceOptions, "keepDims"> {
  /**
   * How many bins of equal width, or the edges of all bins, ascending: an array, or the edges of another histogram.
   * Default 10.
   */
  readonly bins?: number | readonly number[] | SharedNdArray<"float64">;
  /**
   * Where the first bin begins and the last ends, for a number of bins. What lies outside is not counted. Default:
   * the least and the greatest of all elements; from 0 to 1 if there are none.
   */
  readonly range?: readonly [low: number, high: number];
  /** Whether counts are divided by their sum and by the width of their bin. Default false. */
  readonly density?: boolean;
}

/**
 * A histogram.
 *
 * @typeParam D The dtype of the counts: int64, or float64 for densities.
 *
 * @example
 * ```ts
 * import { type Histogram, histogram, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const rain: Histogram<"int64"> = await histogram(SharedNdArray.from([0, 3, 1, 4]), { bins: [0, 1, 4] });
 * assertEquals([rain.counts.toNested(), rain.edges.toNested()], [[1n, 3n], [0, 1, 4]]);
 * ```
 */
export interface Histogram<D extends "int64" | "float64"> {
  /**
   * For each bin how many elements it has, or their density; the last axis is that of bins, after the axes that are
   * kept.
   */
  readonly counts: SharedNdArray<D>;
  /** The edges of the bins, one more than there are bins. */
  readonly edges: SharedNdArray<"float64">;
}

/**
 * How many elements fall into each of some bins. Which bin an element belongs to is decided by the edges, as in
 * NumPy: it is at least the lower and less than the upper edge; the last bin has its upper edge too.
 *
 * @param array The elements. NaN is in no bin; to find the range of elements with NaN, `skipNaN` is needed.
 * @param options Bins, range, axes and the like. With an axis, each cell that is kept has counts of its own, over the
 * same edges.
 * @returns The counts and the edges.
 * @throws {ValueError} If bins are no positive integer or edges do not ascend, or if a range is reversed, or not
 * finite.
 * @throws {IndexError} If an axis is no integer, out of range, or named twice.
 *
 * @example
 * ```ts
 * import { histogram, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([[1, 2, 4], [4, 4, 9]]);
 * const { counts, edges } = await histogram(a, { bins: 4 });
 * assertEquals(edges.toNested(), [1, 3, 5, 7, 9]);
 * assertEquals(counts.toNested(), [2n, 3n, 0n, 1n]);
 *
 * const byRow = await histogram("a / 2", { a }, { bins: [0, 1, 2, 5], axis: 1 });
 * assertEquals(byRow.counts.toNested(), [[1n, 1n, 1n], [0n, 0n, 3n]]);
 * ```
 */
export function histogram(
  array: SharedNdArray,
  options: HistogramOptions & { readonly density: true },
): Promise<Histogram<"float64">>;
/** The counts of an array. */
export function histogram(
  array: SharedNdArray,
  options?: HistogramOptions & { readonly density?: false },
): Promise<Histogram<"int64">>;
/** Counts or densities of an array. */
export function histogram(
  array: SharedNdArray,
  options: HistogramOptions,
): Promise<Histogram<"int64" | "float64">>;
/** The density of an expression of arrays. */
export function histogram(
  expression: Expression,
  inputs: ReduceInputs,
  options: HistogramOptions & { readonly density: true },
): Promise<Histogram<"float64">>;
/** The counts of an expression of arrays. */
export function histogram(
  expression: Expression,
  inputs: ReduceInputs,
  options?: HistogramOptions & { readonly density?: false },
): Promise<Histogram<"int64">>;
/** Counts or densities of an expression of arrays. */
export function histogram(
  expression: Expression,
  inputs: ReduceInputs,
  options: HistogramOptions,
): Promise<Histogram<"int64" | "float64">>;
export async function histogram(
  source: SharedNdArray | Expression,
  ...rest: readonly unknown[]
): Promise<Histogram<never>> {
  const place = source instanceof SharedNdArray ? 0 : 1;
  const { bins, range, density = false, ...options } = requireOptions(rest[place]);
  const request = readBins(bins, range);
  if (typeof density !== "boolean") {
    throw new PlanError(`The option density must be true or false, but is ${showValue(density)}`);
  }
  const { source: read, inputs, wishes } = readCall(source, [...rest.slice(0, place), options]);
  wishes.signal?.throwIfAborted();
  const { computeHistogram } = await import("./bin_counting.ts");
  // The overloads say which dtype the counts have.
  return await computeHistogram(request, density, { source: read, inputs }, wishes) as Histogram<never>;
}

/** The options, as a program in JavaScript might pass them. */
function requireOptions(options: unknown = {}): Readonly<Record<string, unknown>> {
  if (typeof options === "object" && options !== null) return { ...options };
  throw new PlanError(`The options must be an object, such as { bins: 20 }, but are ${showValue(options)}`);
}

/** Each unit of work has counts of its own. */
const MOST_BINS = 2 ** 24;

function readBins(bins: unknown = 10, range: unknown): BinRequest {
  if (typeof bins === "number") {
    if (!Number.isSafeInteger(bins) || bins < 1) {
      throw new ValueError(
        `The option bins must be a positive integer or a list of edges, but is ${showValue(bins)}`,
      );
    }
    if (bins > MOST_BINS) {
      throw new ValueError(
        `${bins} bins are more than the ${MOST_BINS} that are counted at a time: take fewer, or a part of the range`,
      );
    }
    return { count: bins, range: range === undefined ? null : readRange(range) };
  }
  if (range !== undefined) {
    throw new PlanError("The option range is for a number of bins, but the edges of the bins are given");
  }
  return { edges: readEdges(bins) };
}

function readRange(range: unknown): [low: number, high: number] {
  const isPair = Array.isArray(range) && range.length === 2 &&
    range.every((value) => typeof value === "number" && Number.isFinite(value));
  if (!isPair) {
    throw new ValueError(`The option range must be two finite numbers, but is ${showValue(range)}`);
  }
  const [low, high]: number[] = range;
  if (low > high) throw new ValueError(`The range of a histogram goes up, but ${low} is more than ${high}`);
  return [low, high];
}

function readEdges(bins: unknown): number[] {
  const given: unknown = bins instanceof SharedNdArray && bins.ndim === 1 ? [...bins.values()] : bins;
  if (!Array.isArray(given)) {
    throw new ValueError(
      `The option bins must be a positive integer or a list of edges, but is ${showValue(bins)}`,
    );
  }
  const edges = given.map((edge: unknown) => {
    if (typeof edge === "number" && !Number.isNaN(edge)) return edge;
    throw new ValueError(`The edges of bins must be numbers, but one is ${showValue(edge)}`);
  });
  if (edges.length < 2) throw new ValueError(`A bin has two edges, but ${edges.length} were given in all`);
  const wrong = edges.findIndex((edge, k) => k > 0 && edge < edges[k - 1]);
  if (wrong < 0) return edges;
  throw new ValueError(`The edges of bins go up, but ${edges[wrong]} follows ${edges[wrong - 1]}`);
}
