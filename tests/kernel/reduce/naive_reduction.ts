/**
 * Reductions of random arrays beside their slow twin.
 *
 * @module
 */

import { SharedNdArray } from "../../../mod.ts";
import type { BlockSource, DirectElements } from "../../../src/kernel/reduce/block_source.ts";
import { layoutOf, storageOf, uninitialised } from "../../../src/array/shared_ndarray.ts";
import { BoundReduction } from "../../../src/kernel/reduce/bound_reduction.ts";
import { combineUnits } from "../../../src/kernel/reduce/combine_units.ts";
import { kernelSource } from "../../../src/kernel/reduce/kernel_source.ts";
import { SCRATCH_ELEMENTS } from "../../../src/kernel/reduce/scratch.ts";
import {
  CHUNK,
  type FoldName,
  type LaneDType,
  type ReducePlan,
} from "../../../src/plan/reduce/reduce_plan.ts";
import { type Combine, foldInOrder } from "../../../src/plan/reduce/reduce_tree.ts";
import { indicesOf } from "../../naive.ts";

/** A value of an element. */
export type Value = number | bigint;

/** A plan with units of some sizes. */
export function planOf(
  shape: readonly number[],
  reduced: readonly number[],
  unitCells: number = Infinity,
  unitChunks: number = Infinity,
): ReducePlan {
  const kept = shape.map((_, axis) => axis).filter((axis) => !reduced.includes(axis));
  const product = (axes: readonly number[]) => axes.reduce((size, axis) => size * shape[axis], 1);
  const cells = product(kept), positions = product(reduced);
  const ownCells = Math.min(cells, unitCells), ownPositions = Math.min(positions, unitChunks * CHUNK);
  return {
    shape,
    kept,
    reduced,
    cells,
    positions,
    unitCells: ownCells,
    unitPositions: ownPositions,
    cellUnits: Math.ceil(cells / ownCells),
    positionUnits: Math.ceil(positions / ownPositions),
    contiguous: reduced.includes(shape.length - 1) ? "positions" : "cells",
  };
}

/** The elements of an array where they lie. */
export function directOf(array: SharedNdArray): DirectElements {
  const memory = storageOf(array).webAssemblyMemory;
  if (memory === undefined) throw new Error("The array is in no WebAssembly memory");
  const { strides, offset } = layoutOf(array);
  return {
    memory,
    address: array.data.byteOffset + 8 * offset,
    strides: strides.map((stride) => stride * 8),
  };
}

/** A source that copies elements one by one into the scratch array, or hands them out where they lie. */
export function sourceOf(
  array: SharedNdArray,
  scratch: SharedNdArray,
  plan: ReducePlan,
  isDirect: boolean,
): BlockSource {
  const to = new BigInt64Array(scratch.data.buffer);
  const from = new BigInt64Array(array.data.buffer, array.data.byteOffset);
  const { strides, offset } = layoutOf(array);
  const [least, most] = [scratch.data.byteOffset, scratch.data.byteOffset + scratch.byteLength];
  const direct = isDirect ? directOf(array) : null;
  const kernel = {
    runInto(origin: readonly number[], shape: readonly number[], address: number, steps: readonly number[]) {
      for (const index of indicesOf(shape)) {
        const place = index.reduce((sum, i, axis) => sum + (origin[axis] + i) * strides[axis], offset);
        const target = index.reduce((sum, i, axis) => sum + i * steps[axis], address);
        if (index.some((i, axis) => origin[axis] + i >= plan.shape[axis])) throw new RangeError(`${index}`);
        if (target < least || target + 8 > most) {
          throw new RangeError(`${target} is not in the scratch array`);
        }
        to[target / 8] = from[place];
      }
    },
  };
  return kernelSource(kernel, plan, direct);
}

/** What a reduction gave for each cell. */
export interface Reduced {
  readonly values: readonly Value[];
  readonly places: readonly number[];
}

/** Reduces by the kernels, the units in some order. */
export function reduceFast(
  array: SharedNdArray,
  planned: ReducePlan,
  fold: FoldName,
  options: {
    readonly order?: ReducePlan["contiguous"];
    readonly isDirect: boolean;
    readonly units?: (units: number[]) => readonly number[];
  },
): Reduced {
  const { order = planned.contiguous, isDirect } = options, plan = { ...planned, contiguous: order };
  // The array's dtype is one of lanes, as the caller knows.
  const lanes = array.dtype as LaneDType;
  const scratch = uninitialised([SCRATCH_ELEMENTS], lanes);
  scratch.data.fill(lanes === "float64" ? NaN as never : 77n as never);
  const values = SharedNdArray.zeros([plan.positionUnits, plan.cells], { dtype: lanes });
  const places = SharedNdArray.full([plan.positionUnits, plan.cells], -1, { dtype: "int64" });
  const source = sourceOf(array, scratch, plan, isDirect);
  const isPlace = fold === "argmin" || fold === "argmax";
  const reduction = new BoundReduction({
    plan,
    fold,
    lanes,
    source,
    scratch,
    values,
    places: isPlace ? places : null,
  });
  const units = Array.from({ length: plan.cellUnits * plan.positionUnits }, (_, unit) => unit);
  for (const unit of options.units?.(units) ?? units) reduction.runUnit(unit);
  combineUnits(values, isPlace ? places : null, plan, fold);
  return {
    values: [...values.view(0).values()] as Value[],
    places: isPlace ? [...places.view(0).values()].map(Number) : [],
  };
}

/** The elements of each cell by position. */
export function cellsOf(array: SharedNdArray, plan: ReducePlan): Value[][] {
  const product = (axes: readonly number[]) => indicesOf(axes.map((axis) => plan.shape[axis]));
  return product(plan.kept).map((outer) =>
    product(plan.reduced).map((inner) => {
      const index = new Array<number>(plan.shape.length);
      plan.kept.forEach((axis, k) => index[axis] = outer[k]);
      plan.reduced.forEach((axis, k) => index[axis] = inner[k]);
      // Lanes are no bools.
      return array.get(...index) as Value;
    })
  );
}

/** What each fold does to two numbers, and its identity. */
export const FLOAT_FOLDS: Readonly<Record<string, readonly [Combine<number>, number]>> = {
  sum: [(a, b) => a + b, -0],
  prod: [(a, b) => a * b, 1],
  min: [Math.min, Infinity],
  max: [Math.max, -Infinity],
  minNumber: [(a, b) => Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.min(a, b), NaN],
  maxNumber: [(a, b) => Number.isNaN(a) ? b : Number.isNaN(b) ? a : Math.max(a, b), NaN],
};

/** What each fold does to two integers. */
export function wholeFolds(wrap: (value: bigint) => bigint): Readonly<Record<string, Combine<bigint>>> {
  const min: Combine<bigint> = (a, b) => a < b ? a : b, max: Combine<bigint> = (a, b) => a > b ? a : b;
  return {
    sum: (a, b) => wrap(a + b),
    prod: (a, b) => wrap(a * b),
    min,
    max,
    minNumber: min,
    maxNumber: max,
  };
}

/** Reduces by the text of the contract. */
export function reduceSlowly(cells: readonly Value[][], fold: FoldName, lanes: LaneDType): Reduced {
  if (fold === "argmin" || fold === "argmax") {
    const places = cells.map((values) => firstPlace(values, fold));
    return { values: cells.map((values, k) => values[places[k]]), places };
  }
  if (lanes === "float64") {
    const [combine, identity] = FLOAT_FOLDS[fold];
    // Elements of this dtype are numbers, those of the others bigints.
    return { values: cells.map((values) => foldInOrder(values as number[], combine, identity)), places: [] };
  }
  const wrap = (value: bigint) => lanes === "int64" ? BigInt.asIntN(64, value) : BigInt.asUintN(64, value);
  const combine = wholeFolds(wrap)[fold];
  return { values: cells.map((values) => foldWholes(values as bigint[], combine, fold)), places: [] };
}

/** For wholes the identity is left out: any order gives the same. */
function foldWholes(values: readonly bigint[], combine: Combine<bigint>, fold: FoldName): bigint {
  const identity = fold === "sum" ? 0n : fold === "prod" ? 1n : values[0];
  return foldInOrder(values, combine, identity);
}

function firstPlace(values: readonly Value[], fold: "argmin" | "argmax"): number {
  const nan = values.findIndex((value) => value !== value);
  if (nan >= 0) return nan;
  let best = 0;
  values.forEach((value, k) => {
    if (fold === "argmin" ? value < values[best] : value > values[best]) best = k;
  });
  return best;
}
