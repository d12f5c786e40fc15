/**
 * `--max-memory`: runs that are likely to need more are refused before anything is allocated.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import type { MemoryPart } from "../errors.ts";
import { readHalo } from "../plan/halo_options.ts";
import { edgeCopies, futureArray, otherPart, refuseOverBudget } from "../run/budget.ts";
import type { HaloArgs } from "./halo_args.ts";
import type { PlannedInput } from "./inputs.ts";

export { futureArray };

/**
 * Refuses a run that is predicted to need more memory than it may.
 *
 * @param most How many bytes it may need.
 * @param inputs Its inputs.
 * @param made What it makes.
 * @param workers How many workers it may have.
 * @throws {MemoryBudgetError} If it is predicted to need more.
 */
export function refuseLarge(
  most: number,
  inputs: readonly PlannedInput[],
  made: readonly MemoryPart[],
  workers: number,
): void {
  // An input that is broadcast is smaller than the run.
  const arrays = inputs.map(({ name, dtype, shape }) => futureArray(name, dtype, shape));
  const loading = Math.max(0, ...inputs.map((input) => input.loadBytes));
  refuseOverBudget({ limit: most, option: "--max-memory", workers }, [
    ...arrays,
    ...made,
    otherPart("buffers for loading", loading),
  ]);
}

/**
 * What workers copy for kernel modules that see beyond their tile.
 *
 * @param inputs The inputs.
 * @param tile The extents of a tile.
 * @param around The halo.
 * @param workers How many workers.
 */
export function copiesAtEdges(
  inputs: readonly PlannedInput[],
  tile: Shape,
  { halo, boundary }: HaloArgs,
  workers: number,
): MemoryPart[] {
  if (halo === undefined) return [];
  const axes = readHalo(halo, boundary, tile.length);
  return [edgeCopies(workers, tile, axes, inputs.map(({ dtype }) => dtype))];
}
