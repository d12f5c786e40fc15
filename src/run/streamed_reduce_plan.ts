/**
 * A call of `streamedReduce` before anything runs: what is combined, and of which elements.
 *
 * @module
 */

import { showShape } from "../array/layout/shape.ts";
import { SharedNdArray, uninitialised } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { PlanError, ShapeError } from "../errors.ts";
import type { KernelHalo } from "../kernel/kernel_halo.ts";
import { stepsByAxis } from "../kernel/reduce/block_order.ts";
import { isFloat } from "../plan/reduce/elements.ts";
import { COUNT_PASS, floatSumPass, placePass } from "../plan/reduce/moments.ts";
import { reducedShape, splitAxes } from "../plan/reduce/plan_reduction.ts";
import { type FoldPass, foldPass, type ReductionName, REDUCTIONS } from "../plan/reduce/reduction_table.ts";
import { blockOf, type StreamUnits } from "../plan/reduce/stream_units.ts";
import { StoredArray } from "../store/stored_array.ts";
import type { StreamEnd, StreamFold } from "./protocol.ts";
import {
  compileElements,
  prepareSource,
  type ReductionSource,
  type Wrapping,
  wrapSource,
} from "./reduction_runs.ts";
import { blockShape } from "./stream_blocks.ts";
import { describeArrays, fillTexts, requireUnfolded, standIn } from "./stream_plan.ts";
import type { StreamedReduceWishes, StreamedSource } from "./streamed_reduce_options.ts";

/** What is read, by name. */
export type StreamArrays = Readonly<Record<string, SharedNdArray | StoredArray>>;

/** What is known of a reduction before anything runs. */
export interface PreparedReduction {
  readonly name: ReductionName;
  readonly given: StreamedSource;
  /** What is reduced; its inputs take no memory. */
  readonly source: ReductionSource;
  /** Those inputs that are read. */
  readonly arrays: StreamArrays;
  readonly halo: KernelHalo | null;
  readonly kept: readonly number[];
  readonly reduced: readonly number[];
  /** The shape and dtype of the result. */
  readonly shape: readonly number[];
  readonly dtype: DType;
  /** What identifies the computation, apart from where its arrays live. */
  readonly identity: unknown;
}

/**
 * Prepares a reduction.
 *
 * @param name Which.
 * @param given What is reduced.
 * @param wishes Checked options.
 */
export async function prepareReduction(
  name: ReductionName,
  given: StreamedSource,
  wishes: StreamedReduceWishes,
): Promise<PreparedReduction> {
  const standIns = Object.fromEntries(
    Object.entries(given.arrays).map(([name, array]) => [name, standIn(array)]),
  );
  const source = await sourceOver(given, standIns, wishes);
  const { halo } = source;
  if (halo !== null) await requireUnfolded(source, halo);
  const { kept, reduced } = splitAxes(wishes.axis, source.shape.length);
  const arrays = Object.fromEntries(
    source.program.inputs.map(({ name }) => [name, given.arrays[name]]),
  );
  const shape = reducedShape(source.shape, reduced, wishes.keepDims);
  const dtype = REDUCTIONS[name].result(source.dtype), { output, skipNaN, ddof, strict } = wishes;
  if (output !== undefined && (showShape(output.shape) !== showShape(shape) || output.dtype !== dtype)) {
    throw new ShapeError(
      `The output ${output.name} has ${output.dtype} ${
        showShape(output.shape)
      }, but the ${name} is ${dtype} ${showShape(shape)}`,
    );
  }
  const scalars = Object.entries(given.scalars).map(([name, value]) => [name, String(value)]);
  return {
    name,
    given,
    source,
    arrays,
    halo,
    kept,
    reduced,
    shape,
    dtype,
    identity: {
      ...describeArrays(arrays, output === undefined ? {} : { output }),
      program: source.key,
      scalars,
      strict,
      halo: halo === null ? null : [halo.axes, fillTexts(halo)],
      reduction: [name, reduced, skipNaN, ddof],
    },
  };
}

/** The program over some arrays in the place of its own. */
function sourceOver(
  { source, scalars }: StreamedSource,
  arrays: Readonly<Record<string, SharedNdArray>>,
  wishes: Pick<StreamedReduceWishes, "boundary" | "boundaryValue">,
): Promise<ReductionSource> {
  if (source instanceof StoredArray || source instanceof SharedNdArray) {
    const [array] = Object.values(arrays);
    return prepareSource(array, { arrays: {}, scalars: {} });
  }
  return prepareSource(source, { arrays, scalars }, wishes);
}

/**
 * What is combined in the first pass over the elements: all that does not depend on it.
 *
 * @param name The reduction.
 * @param dtype The dtype of the elements.
 * @param skipNaN Whether NaN is passed over.
 */
export function firstPasses(name: ReductionName, dtype: DType, skipNaN: boolean): FoldPass[] {
  const skips = skipNaN && isFloat(dtype);
  switch (name) {
    case "mean":
    case "var":
    case "std":
      return skips ? [floatSumPass(dtype, true), COUNT_PASS] : [floatSumPass(dtype, skipNaN)];
    case "argmin":
    case "argmax":
      // Where an infinity stands for NaN, those that are there count too: reading once more would cost more.
      return skips
        ? [foldPass(name, dtype, true), placePass(name === "argmin" ? Infinity : -Infinity)]
        : [foldPass(name, dtype, skipNaN)];
    default:
      return [foldPass(name, dtype, skipNaN)];
  }
}

/** Whether a fold gives places besides values. */
export function hasPlaces({ fold }: Pick<FoldPass, "fold">): boolean {
  return fold === "argmin" || fold === "argmax";
}

/** What is read in a pass. */
export interface PassArrays {
  readonly arrays: StreamArrays;
  /** An array that elements are compared with, laid out like the inputs. */
  readonly beside?: Wrapping["beside"];
}

/**
 * Compiles what a pass combines, for the boxes in which workers read.
 *
 * @param prepared The reduction.
 * @param passes What is combined.
 * @param read What is read.
 * @param units The units.
 * @param strict Whether elements have the same bits on every machine.
 */
export async function compilePass(
  { given, halo }: PreparedReduction,
  passes: readonly FoldPass[],
  { beside }: PassArrays,
  units: StreamUnits,
  strict: boolean,
): Promise<StreamFold[]> {
  const { shape, kept, reduced } = units, block = blockOf(shape, kept, reduced, units);
  const rooms: SharedNdArray[] = [];
  const room = (dtype: DType, array: Pick<StreamEnd, "shape">) => {
    const made = uninitialised(blockShape(array, block, halo), dtype);
    rooms.push(made);
    return made;
  };
  try {
    // Also of arrays that are not read: they have a say in the shape.
    const blocks = Object.fromEntries(
      Object.entries(given.arrays).map(([name, array]) => [name, room(array.dtype, array)]),
    );
    const source = await sourceOver(given, blocks, { boundary: halo === null ? undefined : "none" });
    const own = beside === undefined
      ? undefined
      : { node: beside.node, array: room("float64", beside.array) };
    const extents = block.slice();
    for (const axis of reduced) extents[axis] = shape[axis];
    const cells = kept.reduce((product, axis) => product * block[axis], 1), apart = units.positions;
    const strides = stepsByAxis(
      { ...units, shape: extents },
      units.contiguous === "cells" ? 1 : apart,
      units.contiguous === "cells" ? cells : 1,
    );
    return passes.map((pass) => {
      const wrapped = wrapSource(source, { ...pass, beside: own });
      const { lanes, fold } = pass;
      return { ...compileElements(wrapped, strides, strict), scalars: wrapped.scalars, fold, lanes };
    });
  } finally {
    rooms.forEach((array) => array.dispose());
  }
}

/**
 * Refuses parts of reductions that cannot be put together.
 *
 * @param name The reduction.
 */
export function requireOnePass(name: ReductionName): void {
  if (name !== "var" && name !== "std") return;
  const root = name === "std" ? ", and take the root of it" : "";
  throw new PlanError(
    `The ${name} cannot be shared by several tasks, because it takes two passes over the elements: ` +
      `compute the mean m first, with keepDims, and then the mean of (a - m) ** 2${root}`,
  );
}
