/**
 * What a worker does with a unit of a quantile or a histogram.
 *
 * @module
 */

import type { ReducePlan } from "../../plan/reduce/reduce_plan.ts";
import type { BlockSource } from "../reduce/block_source.ts";
import { BIN_BLOCK, BinCounter } from "./bin_counts.ts";
import type { Bins } from "./bin_edges.ts";
import { CellQuantiles, quantileScratch } from "./cell_quantiles.ts";
import { DIGIT_BLOCK, DigitCounter, type DigitPass } from "./digit_counts.ts";
import type { QuantileWish } from "./quantile_points.ts";

/**
 * Quantiles of cells that fit a block each; into the shared array `values`. Units have all positions of their cells.
 */
export interface QuantileSpec {
  readonly kind: "quantile";
  readonly wish: QuantileWish;
}

/** One pass that counts the digits of keys; into the shared arrays `counts` and `missing`. Units have one cell. */
export interface DigitSpec {
  readonly kind: "digits";
  readonly pass: DigitPass;
}

/** Counts by bin; into the shared array `counts`. */
export interface HistogramSpec {
  readonly kind: "histogram";
  readonly bins: Bins;
}

/** What is done with the elements, all of which are float64. */
export type OrderSpec = QuantileSpec | DigitSpec | HistogramSpec;

/** Does a unit. */
export type UnitRunner = (unit: number, worker: number) => void;

/**
 * How many float64 elements of scratch memory a worker needs.
 *
 * @param plan The plan.
 * @param spec What is done.
 */
export function orderScratch(plan: ReducePlan, spec: OrderSpec): number {
  switch (spec.kind) {
    case "quantile":
      return quantileScratch(plan);
    case "digits":
      return DIGIT_BLOCK;
    case "histogram":
      return BIN_BLOCK;
  }
}

/**
 * Readies a worker for the units of a run.
 *
 * @param plan The plan.
 * @param spec What is done.
 * @param source Gives the elements as float64, into the memory of the scratch.
 * @param scratch As many elements as `orderScratch` says.
 * @param shared The elements of the shared arrays by name, whole and in C order.
 */
export function orderRunner(
  plan: ReducePlan,
  spec: OrderSpec,
  source: BlockSource,
  scratch: Float64Array,
  shared: (name: string) => Float64Array,
): UnitRunner {
  switch (spec.kind) {
    case "quantile": {
      const quantiles = new CellQuantiles(plan, spec.wish, source, { scratch, values: shared("values") });
      return (unit) => quantiles.runUnit(unit);
    }
    case "digits": {
      const room = { scratch, counts: shared("counts"), missing: shared("missing") };
      const counter = new DigitCounter(plan, spec.pass, source, room);
      return (unit, worker) => counter.runUnit(unit, worker);
    }
    case "histogram": {
      const counter = new BinCounter(plan, spec.bins, source, { scratch, counts: shared("counts") });
      return (unit, worker) => counter.runUnit(unit, worker);
    }
  }
}
