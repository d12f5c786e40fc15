/**
 * Quantiles of a few cells with very many elements, which stay where they are: in a few passes over all of them, the
 * digits of their keys are counted.
 *
 * @module
 */

import { SharedNdArray } from "../array/shared_ndarray.ts";
import { cellPoints } from "../kernel/order/cell_quantiles.ts";
import { DIGIT_BLOCK, type DigitPass, DigitSearch, slotsOf } from "../kernel/order/digit_counts.ts";
import { DIGIT_VALUES, KEY_DIGITS } from "../kernel/order/float_keys.ts";
import { between, type QuantileWish, roundingOf } from "../kernel/order/quantile_points.ts";
import type { ReducePlan } from "../plan/reduce/reduce_plan.ts";
import { addTo, float64s } from "./float_elements.ts";
import type { ReductionRuns } from "./reduction_runs.ts";
import type { ReductionSource } from "./reduction_source.ts";

/** Bytes that the counts of a pass may take; quantiles are searched in groups for which they are enough. */
const COUNT_BYTES = 2 ** 26;

/** Units that a worker should find at least, so that all end at about the same time. */
const UNITS_PER_WORKER = 16;

/** A search for the quantiles of a source. */
export interface Searching {
  /** The elements as float64. */
  readonly source: ReductionSource;
  readonly wish: QuantileWish;
  readonly workers: number;
  readonly runs: ReductionRuns;
}

/**
 * Finds the quantiles of all cells.
 *
 * @param searching What is searched, and for what.
 * @param plan The plan, whose units are made anew.
 * @returns All cells of the first quantile, then those of the next.
 */
export async function searchCells(searching: Searching, plan: ReducePlan): Promise<SharedNdArray> {
  const { wish, workers } = searching, { cells, positions } = plan;
  const share = Math.ceil(positions / (workers * UNITS_PER_WORKER));
  const unitPositions = Math.min(positions, Math.ceil(share / DIGIT_BLOCK) * DIGIT_BLOCK);
  const positionUnits = Math.ceil(positions / unitPositions);
  const units: ReducePlan = {
    ...plan,
    unitCells: 1,
    cellUnits: cells,
    unitPositions,
    positionUnits,
    contiguous: "positions",
  };
  // Two neighbours for each quantile.
  const most = Math.floor(COUNT_BYTES / slotBytes(cells, workers));
  const group = Math.max(1, most);
  searching.runs.expect(1 + (KEY_DIGITS - 1) * Math.ceil(wish.q.length / group));
  const first = await countDigits(searching, units, {
    digit: 0,
    prefixes: new Array<readonly number[]>(cells).fill([0]),
  });
  const values = SharedNdArray.zeros([wish.q.length, cells]);
  for (let k = 0; k < wish.q.length; k += group) {
    const part = { ...wish, q: wish.q.slice(k, k + group) };
    const found = await searchGroup({ ...searching, wish: part }, units, first);
    found.forEach((own, cell) => own.forEach((value, i) => values.set(k + i, cell, value)));
  }
  return values;
}

/** Bytes of the counts for one quantile of each cell. */
function slotBytes(cells: number, workers: number): number {
  return cells * workers * 2 * DIGIT_VALUES * 8;
}

/**
 * The most bytes that counts take while quantiles are searched: those of the workers, and their sums.
 *
 * @param cells How many cells there are.
 * @param workers How many workers count.
 */
export function searchBytes(cells: number, workers: number): number {
  const counts = Math.max(COUNT_BYTES, slotBytes(cells, workers));
  return counts + Math.ceil(counts / workers);
}

/** What a pass has counted, by cell. */
interface CountedDigits {
  readonly counts: readonly Float64Array[];
  /** How many elements are NaN. */
  readonly missing: readonly number[];
}

/** Some quantiles of each cell. */
async function searchGroup(
  searching: Searching,
  plan: ReducePlan,
  first: CountedDigits,
): Promise<readonly (readonly number[])[]> {
  const { wish } = searching, round = roundingOf(wish);
  const points = first.missing.map((missing) => {
    const count = plan.positions - missing;
    const isMissing = count === 0 || (missing > 0 && !wish.skipNaN);
    return isMissing ? { points: [], places: [] } : cellPoints(wish, count);
  });
  const searches = points.map(({ places }) => new DigitSearch(places));
  searches.forEach((search, cell) => search.take(0, first.counts[cell]));
  for (let digit = 1; digit < KEY_DIGITS; digit++) {
    if (searches.every(({ prefixes }) => prefixes.length === 0)) break;
    const pass = { digit, prefixes: searches.map(({ prefixes }) => prefixes) };
    const { counts } = await countDigits(searching, plan, pass);
    searches.forEach((search, cell) => search.take(digit, counts[cell]));
  }
  return points.map(({ points: own, places }, cell) => {
    if (own.length === 0) return wish.q.map(() => NaN);
    const { found } = searches[cell];
    const at = (place: number) => found[places.indexOf(place)];
    return own.map(({ lower, upper, part }) => between(at(lower), at(upper), part, wish.method, round));
  });
}

async function countDigits(
  { source, workers, runs }: Searching,
  plan: ReducePlan,
  pass: DigitPass,
): Promise<CountedDigits> {
  const { cells } = plan, size = slotsOf(pass) * DIGIT_VALUES;
  using counts = SharedNdArray.zeros([workers, cells, size]);
  using missing = SharedNdArray.zeros([workers, cells]);
  await runs.run(source, { plan, spec: { kind: "digits", pass }, partials: { counts, missing } });
  const byCell = Array.from({ length: cells }, (_, cell) => {
    const sums = float64s(size);
    for (let worker = 0; worker < workers; worker++) {
      addTo(sums, counts.data.subarray((worker * cells + cell) * size, (worker * cells + cell + 1) * size));
    }
    return sums;
  });
  const lost = byCell.map((_, cell) =>
    Array.from({ length: workers }, (_, worker) => missing.get(worker, cell)).reduce((a, b) => a + b)
  );
  return { counts: byCell, missing: lost };
}
