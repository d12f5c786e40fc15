/**
 * Histograms, from their source to their result.
 *
 * @module
 */

import { sizeOf } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { ValueError } from "../errors.ts";
import { binRows } from "../kernel/order/bin_counts.ts";
import { type Bins, uniformBins } from "../kernel/order/bin_edges.ts";
import { planReduction, splitAxes } from "../plan/reduce/plan_reduction.ts";
import type { ReducePlan } from "../plan/reduce/reduce_plan.ts";
import type { Expression } from "./map_options.ts";
import { addTo, AS_FLOAT64, float64s, inMemoryOrder } from "./float_elements.ts";
import { PassProgress } from "./pass_progress.ts";
import { ReductionRuns } from "./reduction_runs.ts";
import type { ReduceWishes } from "./reduce_options.ts";
import { computeReduction } from "./compute_reduction.ts";
import { prepareSource, type ReductionSource, wrapSource } from "./reduction_source.ts";
import type { SplitInputs } from "./run_arrays.ts";

/** What is counted. */
interface Given {
  readonly source: SharedNdArray | Expression;
  readonly inputs: SplitInputs;
}

/** Which bins are asked for: a number of equal ones, within a range or that of the elements, or their edges. */
export type BinRequest =
  | { readonly count: number; readonly range: readonly [low: number, high: number] | null }
  | { readonly edges: readonly number[] };

/** What a histogram is made of. */
export interface Counted {
  readonly counts: SharedNdArray;
  readonly edges: SharedNdArray<"float64">;
}

/** Of so many cells each unit has whole ones, since the workers' own counts of all cells would take much memory. */
const WHOLE_CELLS = 1024;

/**
 * Counts elements by bin.
 *
 * @param request Which bins.
 * @param density Whether counts become densities.
 * @param given An array, or an expression with its inputs.
 * @param wishes Checked options.
 * @throws {ValueError} If a range has to be found, and the elements have none that is finite.
 */
export async function computeHistogram(
  request: BinRequest,
  density: boolean,
  given: Given,
  wishes: ReduceWishes,
): Promise<Counted> {
  const source = await prepareSource(given.source, given.inputs, wishes);
  const { kept } = splitAxes(wishes.axis, source.shape.length);
  if (wishes.maxMemory !== undefined) {
    const { histogramParts, refuseLargeReduction } = await import("./reduction_budget.ts");
    const counted = "edges" in request ? request.edges.length - 1 : request.count;
    // Of nothing there is as little to be combined as of one element.
    const extents = source.shape.map((extent) => Math.max(1, extent));
    const plan = wholeCells(planReduction(extents, wishes.axis, { workers: wishes.workers }));
    refuseLargeReduction(wishes, source.inputs, histogramParts(plan, counted, wishes.workers));
  }
  const progress = new PassProgress(wishes.onProgress);
  if ("count" in request && request.range === null) progress.expect(3);
  const bins = await resolveBins(request, source, given, wishes, progress);
  const width = bins.edges.length - 1, shape = [...kept.map((axis) => source.shape[axis]), width];
  const edges = SharedNdArray.from(Float64Array.from(bins.edges));
  const sums = sizeOf(source.shape) === 0
    ? float64s(sizeOf(shape))
    : await count(source, bins, kept.length === 0, { ...wishes, onProgress: progress.next() });
  progress.finish();
  const flat = density ? densities(sums, bins) : SharedNdArray.from(sums).astype("int64");
  return { counts: flat.reshape(shape), edges };
}

async function resolveBins(
  request: BinRequest,
  { dtype, shape, inputs }: ReductionSource,
  given: Given,
  wishes: ReduceWishes,
  progress: PassProgress,
): Promise<Bins> {
  if ("edges" in request) return { edges: request.edges, isUniform: false };
  // Disposed arrays are refused, whatever their shape.
  for (const array of Object.values(inputs)) void array.data;
  const [low, high] = request.range ??
    (sizeOf(shape) === 0 ? [0, 1] : await rangeOf(dtype, given, wishes, progress));
  return uniformBins(request.count, low, high, dtype);
}

/** The least and the greatest element. */
async function rangeOf(
  dtype: DType,
  given: Given,
  wishes: ReduceWishes,
  progress: PassProgress,
): Promise<[low: number, high: number]> {
  const whole: ReduceWishes = { ...wishes, axis: null, keepDims: false };
  const extremes = [];
  for (const name of ["min", "max"] as const) {
    using array = (await computeReduction(name, given, { ...whole, onProgress: progress.next() })).array;
    extremes.push(Number(array.item()));
  }
  const [low, high] = extremes;
  if (Number.isFinite(low) && Number.isFinite(high)) return [low, high];
  const remedy = wishes.skipNaN ? "" : ", or skipNaN";
  throw new ValueError(
    `The ${dtype} elements go from ${low} to ${high}, which is no finite range for bins: give the option range${remedy}`,
  );
}

/** The counts of all cells, bin by bin. */
async function count(
  source: ReductionSource,
  bins: Bins,
  isWhole: boolean,
  wishes: ReduceWishes,
): Promise<Float64Array> {
  await using runs = new ReductionRuns(wishes);
  const planned = runs.plan(source, wishes.axis);
  const floats = wrapSource(isWhole ? inMemoryOrder(source) : source, AS_FLOAT64);
  const plan = wholeCells({ ...planned, shape: floats.shape });
  const rows = binRows(plan, wishes.workers), size = plan.cells * (bins.edges.length - 1);
  using counts = SharedNdArray.zeros([rows, size]);
  await runs.run(floats, { plan, spec: { kind: "histogram", bins }, partials: { counts } });
  const sums = float64s(size);
  for (let row = 0; row < rows; row++) addTo(sums, counts.data.subarray(row * size, (row + 1) * size));
  return sums;
}

function wholeCells(plan: ReducePlan): ReducePlan {
  if (plan.cells < WHOLE_CELLS) return plan;
  return { ...plan, unitPositions: plan.positions, positionUnits: 1 };
}

/** Counts by cell, divided by the widths of their bins and by their sum, in NumPy's order. */
function densities(sums: Float64Array, { edges }: Bins): SharedNdArray<"float64"> {
  const width = edges.length - 1, result = float64s(sums.length);
  for (let cell = 0; cell < sums.length; cell += width) {
    let total = 0;
    for (let bin = 0; bin < width; bin++) total += sums[cell + bin];
    for (let bin = 0; bin < width; bin++) {
      result[cell + bin] = sums[cell + bin] / (edges[bin + 1] - edges[bin]) / total;
    }
  }
  return SharedNdArray.from(result);
}
