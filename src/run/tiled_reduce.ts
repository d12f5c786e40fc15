/**
 * Reductions by a kernel module: a partial value for each tile, combined in a fixed tree.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import { describeCause, KernelLoadError, PlanError, showValue, ValueError } from "../errors.ts";
import { planTiles } from "../plan/tile_plan.ts";
import { combineInPairs } from "../plan/reduce/pairs.ts";
import type { TiledMapOptions } from "./map_options.ts";
import { execute, PoolLease, type RunOutcome } from "./execute.ts";
import { loadBudget, prepareModule, readOptions, type RunWishes, workersOf } from "./prepare_run.ts";
import type { RunReport } from "./report.ts";
import { commonShape } from "./run_arrays.ts";
import { displayed } from "./run_display.ts";

/**
 * The tile that is chosen for the user is one for this many workers, so that values do not depend on how many there
 * are.
 */
const TILES_FOR_WORKERS = 8;

/**
 * Makes one value of those of neighbouring tiles.
 *
 * @param first What the tiles before gave.
 * @param second What those behind them gave.
 *
 * @example
 * ```ts
 * import { type Combine, SharedNdArray, tiledReduce } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const combine: Combine<string> = (first, second) => `(${first} ${second})`;
 * const kernel = new URL("data:text/javascript,export default (arrays, { index }) => String(index)");
 * const inputs = { a: SharedNdArray.zeros([5]) };
 * const { value } = await tiledReduce(kernel, { inputs, tile: [1], workers: 2, combine });
 * assertEquals(value, "(((0 1) (2 3)) 4)");
 * ```
 */
export type Combine<Value> = (first: Value, second: Value) => Value;

/**
 * Options of {@linkcode tiledReduce}: those of `tiledMap`, without what is for expressions and outputs.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledReduce, type TiledReduceOptions } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a }) => a.size");
 * const options: TiledReduceOptions<number> = {
 *   inputs: { a: SharedNdArray.zeros([6, 7]) },
 *   combine: (a, b) => a + b,
 *   workers: 1,
 * };
 * assertEquals((await tiledReduce(kernel, options)).value, 42);
 * ```
 */
export interface TiledReduceOptions<Value> extends
  Omit<
    TiledMapOptions<Readonly<Record<never, never>>>,
    "inputs" | "outputs" | "scalars" | "strict" | "onlyTile"
  > {
  /** Arrays that the kernel reads, by name. */
  readonly inputs: Readonly<Record<string, SharedNdArray>>;
  /** Combines two values. Default: what the module exports as `combine`, called on this thread. */
  readonly combine?: Combine<Value>;
  /** A value to begin with: it is combined with what the tiles gave, and is the result where there are none. */
  readonly initial?: Value;
}

/**
 * What a reduction by a kernel module gives.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledReduce, type TiledReduction } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a }) => a.size; export const combine = (a, b) => a + b");
 * const run: TiledReduction<number> = await tiledReduce(kernel, { inputs: { a: SharedNdArray.zeros([9]) }, workers: 1 });
 * assertEquals([run.value, run.report.shape], [9, [9]]);
 * ```
 */
export interface TiledReduction<Value> {
  /** The combined value. */
  readonly value: Value;
  /** Time, memory and each worker's share. */
  readonly report: RunReport;
}

/**
 * Reduces arrays by a kernel that gives a value for each tile.
 *
 * The values are combined in pairs of neighbours, then pairs of these, and so on: in an order that follows from the
 * tiles alone, whatever worker did them. Without the option `tile` the tiles do not depend on the number of workers
 * either.
 *
 * @param kernel A module whose default export returns a value for each tile.
 * @param options Inputs, `combine`, tile, workers.
 * @returns The combined value, and the report.
 * @throws {PlanError} If there is no `combine`, or the kernel returned nothing for a tile.
 * @throws {ValueError} If there are no tiles and no `initial`, or if `combine` throws: with its own error as `cause`.
 * @throws {KernelLoadError} If the kernel cannot be loaded.
 * @throws {TileError} If the kernel throws.
 *
 * @example
 * ```ts
 * import { SharedNdArray, tiledReduce } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const module = `
 *   export default ({ a }) => [...a.values()].filter((value) => value > 0.5).length;
 *   export const combine = (first, second) => first + second;
 * `;
 * const kernel = new URL(`data:text/javascript,${encodeURIComponent(module)}`);
 * const a = SharedNdArray.linspace(0, 1, 100);
 * const { value } = await tiledReduce<number>(kernel, { inputs: { a }, tile: [10], workers: 2 });
 * assertEquals(value, 50);
 * ```
 */
export async function tiledReduce<Value = unknown>(
  kernel: URL,
  options: TiledReduceOptions<Value>,
): Promise<TiledReduction<Value>> {
  const began = performance.now();
  if (!(kernel instanceof URL)) {
    throw new PlanError(
      `The kernel of tiledReduce must be the URL of a module, but is ${
        showValue(kernel)
      }: sum, mean and the others take expressions`,
    );
  }
  // Copied name by name from options of that type.
  const { combine: given, initial, ...wishes } = readOptions(options, OWN_NAMES) as TiledReduceOptions<Value>;
  refuseOutputs(wishes);
  if (given !== undefined && typeof given !== "function") {
    throw new PlanError(`The option combine must be a function of two values, but is ${showValue(given)}`);
  }
  const tile = wishes.tile ?? tileFor(wishes.inputs);
  if (given === undefined && (wishes.sandbox === true || wishes.pool?.isSandboxed === true)) {
    throw new PlanError(
      "The module of a kernel in a sandbox is not loaded outside of it, to find its combine: pass the option combine",
    );
  }
  const combine = given ?? await exportedCombine<Value>(kernel);
  const { values, report } = await runTiles(kernel, { ...wishes, tile }, began);
  const total = combineTiles(valuesOf<Value>(values, report.tiles), combine, initial);
  return displayed({ value: total, report });
}

/** The names of options that runs do not have. */
const OWN_NAMES = ["combine", "initial"];

/** Runs the kernel, tile by tile. */
async function runTiles(kernel: URL, wishes: RunWishes, began: number): Promise<RunOutcome> {
  const { signal, onProgress, recorder, exact = false } = wishes;
  signal?.throwIfAborted();
  const workers = workersOf(wishes);
  const refuseLarge = wishes.maxMemory === undefined ? undefined : await loadBudget();
  const prepared = prepareModule(kernel, wishes, workers, { isTileByTile: true, refuseLarge });
  await using lease = new PoolLease(wishes.pool, workers, wishes);
  return await execute(prepared, {
    workers,
    lease,
    exact,
    began,
    signal,
    onProgress,
    guards: wishes,
    recorder,
  });
}

function refuseOutputs(wishes: object): void {
  for (const name of ["outputs", "scalars", "strict", "onlyTile"]) {
    if (name in wishes) {
      throw new PlanError(
        `${name} is not for tiledReduce: its kernel reads inputs and shared arrays, and returns a value`,
      );
    }
  }
}

function tileFor(inputs: Readonly<Record<string, SharedNdArray>> | undefined): readonly number[] {
  return planTiles(commonShape(inputs ?? {}, {}), { workers: TILES_FOR_WORKERS, itemBytes: 8 }).tile;
}

async function exportedCombine<Value>(kernel: URL): Promise<Combine<Value>> {
  let module: { readonly combine?: unknown };
  try {
    module = await import(kernel.href);
  } catch (cause) {
    throw new KernelLoadError(
      `Cannot load the kernel ${kernel.href} to find its combine: ${describeCause(cause)}`,
      kernel.href,
      { cause },
    );
  }
  if (typeof module.combine === "function") {
    // That it takes values of the kernel is the module's contract; calling it will show.
    return module.combine as Combine<Value>;
  }
  throw new PlanError(
    `Nothing says how values of tiles are combined: pass the option combine, or export a function combine from ${kernel.href}`,
  );
}

function valuesOf<Value>(values: readonly unknown[], tiles: number): readonly Value[] {
  const missing = values.length === 0 ? 0 : values.indexOf(undefined);
  if (tiles > 0 && missing >= 0) {
    throw new PlanError(`The kernel returned nothing for tile ${missing}: a value is needed for each tile`);
  }
  // What the kernel returns is a value, as the caller says.
  return values as readonly Value[];
}

function combineTiles<Value>(
  values: readonly Value[],
  combine: Combine<Value>,
  initial: Value | undefined,
): Value {
  const checked = (first: Value, second: Value, where: string): Value => {
    let value: unknown;
    try {
      value = combine(first, second);
    } catch (cause) {
      throw new ValueError(`combine failed on the values of ${where}: ${describeCause(cause)}`, { cause });
    }
    if (value instanceof Promise) {
      throw new PlanError("combine returned a promise: it must return the combined value itself");
    }
    // What combine returns is a value, as the caller says.
    return value as Value;
  };
  if (values.length === 0) {
    if (initial !== undefined) return initial;
    throw new ValueError("There are no tiles, and so no value: pass the option initial");
  }
  const total = combineInPairs(values, (first, second, [from, middle, to]) => {
    return checked(first, second, `${tilesFrom(from, middle)} and ${tilesFrom(middle, to)}`);
  });
  return initial === undefined ? total : checked(initial, total, "the option initial and all tiles");
}

function tilesFrom(first: number, end: number): string {
  return end === first + 1 ? `tile ${first}` : `tiles ${first} to ${end - 1}`;
}
