/**
 * `--max-memory`: runs that are likely to need more are refused before anything is allocated.
 *
 * @module
 */

import { format as formatBytes } from "@std/fmt/bytes";
import { type Shape, sizeOf } from "../array/layout/shape.ts";
import { type DType, DTYPES } from "../dtype.ts";
import { UsageError } from "../errors.ts";
import { predictPeak } from "../run/report.ts";
import type { PlannedInput } from "./inputs.ts";

/** An array that is not there yet. */
export interface FutureArray {
  readonly dtype: DType;
  readonly shape: Shape;
}

/**
 * Refuses a run that is predicted to need more memory than it may.
 *
 * @param most How many bytes it may need; undefined where that does not matter.
 * @param inputs Its inputs.
 * @param made What it makes.
 * @param workers How many workers it may have.
 * @throws {UsageError} If it is predicted to need more.
 */
export function refuseLarge(
  most: number | undefined,
  inputs: readonly PlannedInput[],
  made: readonly FutureArray[],
  workers: number,
): void {
  if (most === undefined) return;
  // An input that is broadcast is smaller than the run.
  const needed = [...inputs, ...made].map(({ dtype, shape }) => DTYPES[dtype].bytes * sizeOf(shape));
  const arrays = needed.reduce((sum, bytes) => sum + bytes, 0);
  const loading = Math.max(0, ...inputs.map((input) => input.loadBytes));
  const predicted = predictPeak(arrays, workers) + loading;
  if (predicted <= most) return;
  const parts = [`${formatBytes(arrays)} for ${needed.length} arrays`, `${workers} workers`];
  if (loading > 0) parts.push(`${formatBytes(loading)} while loading`);
  throw new UsageError(
    `The predicted peak is ${formatBytes(predicted)} (${parts.join(", ")}), more than --max-memory ${
      formatBytes(most)
    }`,
  );
}
