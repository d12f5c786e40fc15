/**
 * What an iteration is predicted to need.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { dtypeRow } from "../dtype.ts";
import { readHalo } from "../plan/halo_options.ts";
import { planTiles } from "../plan/tile_plan.ts";
import { arrayParts, edgeCopies, futureArray, refuseOverBudget } from "./budget.ts";
import type { RunWishes } from "./prepare_run.ts";

/** What is known of an iteration before its buffers are made. */
interface KnownIteration {
  /** Its inputs that are arrays. */
  readonly arrays: Readonly<Record<string, SharedNdArray>>;
  /** Those that each step gives anew. */
  readonly states: readonly { readonly input: string; readonly first: SharedNdArray }[];
  readonly isModule: boolean;
}

/**
 * Refuses an iteration that is predicted to need more memory than its option `maxMemory` allows.
 *
 * @param known Its arrays.
 * @param wishes Its options.
 * @throws {MemoryBudgetError} If it is predicted to need more.
 */
export function refuseLargeIteration(
  { arrays, states, isModule }: KnownIteration,
  { workers, steps, maxMemory, shared = {}, tile, halo, boundary }: RunWishes & {
    readonly workers: number;
    readonly steps: number;
  },
): void {
  // Without a step the result is a copy of its own.
  const copies = steps === 0 ? 3 : 2;
  const buffers = states.flatMap(({ input, first: { dtype, shape } }) =>
    Array.from({ length: copies }, (_, k) => futureArray(`${input} buffer ${k + 1}`, dtype, shape))
  );
  const needed = [...arrayParts({ ...arrays, ...shared }), ...buffers];
  if (isModule && halo !== undefined) {
    const [{ first: { shape } }] = states, inputs = Object.values(arrays);
    const itemBytes = Math.max(...inputs.map(({ dtype }) => dtypeRow(dtype).bytes));
    const plan = planTiles(shape, { tile, workers, itemBytes, hasEdges: true });
    const axes = readHalo(halo, boundary, shape.length);
    needed.push(edgeCopies(workers, plan.tile, axes, inputs.map(({ dtype }) => dtype)));
  }
  refuseOverBudget({ limit: maxMemory, workers }, needed);
}
