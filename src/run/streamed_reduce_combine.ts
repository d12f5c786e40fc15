/**
 * The last task of a reduction that several have shared.
 *
 * @module
 */

import { PlanError } from "../errors.ts";
import type { StreamUnits } from "../plan/reduce/stream_units.ts";
import { StoredArray } from "../store/stored_array.ts";
import { reduceAll } from "./compute_reduction.ts";
import type { ReducedRun, ReduceWishes } from "./reduce_options.ts";
import { combineRows, type Folded, type Reducing } from "./reduction_passes.ts";
import { prepareSource, ReductionRuns } from "./reduction_runs.ts";
import { emptyLike } from "./stream_plan.ts";
import {
  getReduction,
  isWritten,
  loadPartials,
  makeRows,
  type ReductionRecord,
  requireAll,
} from "./streamed_reduce_ledger.ts";
import { firstPasses } from "./streamed_reduce_plan.ts";
import { writeResult } from "./streamed_reduce_run.ts";

/**
 * Makes the result of what shards have left, and writes it.
 *
 * @param output Where they have left it.
 * @param given Checked options.
 * @throws {StoreError} If something is missing or damaged.
 */
export async function combinePartials(output: StoredArray, given: ReduceWishes): Promise<ReducedRun> {
  given.signal?.throwIfAborted();
  if (!(output instanceof StoredArray) || !output.isWritable) {
    throw new PlanError(
      "What is combined is an array of a Zarr store that was opened with { writable: true }",
    );
  }
  const { ledger } = output;
  if (ledger === undefined) {
    throw new PlanError(`${output.name} has no partial results: only arrays of Zarr stores keep them`);
  }
  await using runs = new ReductionRuns(given);
  if (await isWritten(ledger)) {
    // A task that is run again finds the result that it has written.
    return { array: await output.read(), report: runs.report(output.shape) };
  }
  const record = await getReduction(output), { name, dtype, shape, fingerprint, shards } = record;
  if (name === "var" || name === "std") {
    throw new PlanError(`The ${name} of ${output.name} is no shared reduction: run it again with resume`);
  }
  const units = unitsOf(record), total = units.cellUnits * units.positionUnits;
  const passes = firstPasses(name, dtype, record.skipNaN), rows = makeRows(passes, units);
  const range = { begin: 0, end: total };
  const done = await loadPartials(ledger, { fingerprint, pass: 0, units, passes, range }, rows);
  requireAll(output, done, total, shards);
  given.signal?.throwIfAborted();
  const folded = new Map<string, Folded>();
  rows.folds.forEach((fold, k) => folded.set(passes[k].name, combineRows(fold, units, passes[k])));
  const reducing: Reducing = {
    name,
    // Only its dtype and shape count.
    source: await prepareSource(emptyLike(dtype, shape), { arrays: {}, scalars: {} }),
    wishes: { ...given, skipNaN: record.skipNaN, ddof: record.ddof },
    runs,
    plan: { ...units, unitCells: units.cells },
    keptShape: shape.map((extent, axis) => record.reduced.includes(axis) ? 1 : extent),
    axes: shape.map((_, axis) => axis),
    folded: (pass) => {
      const found = folded.get(pass.name);
      return found === undefined
        ? Promise.reject(new Error(`The pass ${pass.name} was not expected`))
        : Promise.resolve(found);
    },
  };
  const array = (await reduceAll(reducing)).reshape(output.shape);
  await writeResult(output, array);
  return { array, report: runs.report(shape) };
}

/** The units that tasks have agreed on; how they are read does not matter any more. */
function unitsOf({ shape, reduced, cellBox, unitPositions }: ReductionRecord): StreamUnits {
  const kept = shape.map((_, axis) => axis).filter((axis) => !reduced.includes(axis));
  const product = (axes: readonly number[]) => axes.reduce((size, axis) => size * shape[axis], 1);
  const cells = product(kept), positions = product(reduced);
  return {
    shape,
    kept,
    reduced,
    cells,
    positions,
    cellBox,
    unitPositions,
    cellUnits: kept.reduce((count, axis, k) => count * Math.ceil(shape[axis] / cellBox[k]), 1),
    positionUnits: Math.ceil(positions / unitPositions),
    sliceAxis: 0,
    sliceExtent: 1,
    contiguous: "positions",
  };
}
