/**
 * The main call: a kernel over the tiles of arrays.
 *
 * @module
 */

import { execute, PoolLease } from "./execute.ts";
import type { Expression, TiledMapOptions, TiledRun } from "./map_options.ts";
import { loadBudget, prepareExpressionRun, prepareModule, readOptions, workersOf } from "./prepare_run.ts";
import type { OutputSpec } from "./run_arrays.ts";
import { displayed } from "./run_display.ts";

/**
 * Runs a kernel over the tiles of arrays, on module Workers that share the arrays' memory.
 *
 * All inputs and outputs have the same shape. Tiles cover it without overlap, so that workers never write the same
 * element.
 *
 * @param kernel The URL of a module whose default export is a {@linkcode Kernel}.
 * @param options Inputs, outputs, tile, workers.
 * @returns The outputs, what the kernel returned for each tile, and the report.
 * @throws {ShapeError} If the arrays differ in shape.
 * @throws {PlanError} If tile, workers or names make no plan.
 * @throws {MemoryBudgetError} If the predicted peak is more than `maxMemory`.
 * @throws {OverlapError} If an output shares memory with itself, with another output, with a shifted input, or with a
 * shared array.
 * @throws {KernelLoadError} If the kernel cannot be loaded.
 * @throws {TileError} If the kernel throws: the first tile that failed, with the kernel's own error as `cause`.
 * @throws {TileTimeoutError} If a tile took longer than `tileTimeout`.
 * @throws {SanitizerError} If `debug` has found something.
 * @throws {WorkerError} If a worker ended.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = "export default ({ tmp, warm }) => { warm.set(0, tmp.get(0) > 20); return tmp.get(0) }";
 * const run = await tiledMap(new URL(`data:text/javascript,${kernel}`), {
 *   inputs: { tmp: SharedNdArray.from([18, 21, 25]) },
 *   outputs: { warm: "bool" },
 *   tile: [1],
 *   workers: 2,
 * });
 * assertEquals([...run.outputs.warm.values()], [false, true, true]);
 * assertEquals(run.values, [18, 21, 25]);
 * ```
 */
export async function tiledMap<const Outputs extends Readonly<Record<string, OutputSpec>>>(
  kernel: URL | Expression,
  options: TiledMapOptions<Outputs>,
): Promise<TiledRun<Outputs>> {
  const began = performance.now();
  // Before anything is awaited, so that the caller may change them afterwards.
  const wishes = readOptions(options);
  const { signal, onProgress, recorder, exact = false } = wishes;
  signal?.throwIfAborted();
  const workers = workersOf(wishes);
  const refuseLarge = wishes.maxMemory === undefined ? undefined : await loadBudget();
  const prepared = kernel instanceof URL
    ? prepareModule(kernel, wishes, workers, { refuseLarge })
    : await prepareExpressionRun(kernel, wishes, workers);
  await using lease = new PoolLease(wishes.pool, workers, wishes);
  const settings = { workers, lease, exact, began, signal, onProgress, guards: wishes, recorder };
  const { values, tiles, report } = await execute(prepared, settings);
  // Built name by name from the specs, as OutputOf says.
  return displayed({ outputs: prepared.outputs as TiledRun<Outputs>["outputs"], values, tiles, report });
}
