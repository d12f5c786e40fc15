/**
 * What runs on a tile: the default export of a module.
 *
 * @module
 */

import type { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { describeCause, KernelLoadError } from "../errors.ts";
import type { Tile } from "../plan/tile_plan.ts";

/**
 * A tile's arrays by name: views of outputs, which have the tile's shape, of inputs, which are larger by the halo if
 * there is one, and shared arrays.
 *
 * @typeParam Names The names.
 * @typeParam D Their dtype.
 *
 * @example
 * ```ts
 * import { SharedNdArray, type TileArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = ({ tmp, warm }: TileArrays<"tmp", "float64"> & TileArrays<"warm", "bool">) =>
 *   warm.fill(tmp.values().some((value) => value > 20));
 * const warm = SharedNdArray.zeros([2], { dtype: "bool" });
 * kernel({ tmp: SharedNdArray.from([18, 25]), warm });
 * assertEquals(warm.get(0), true);
 * ```
 */
export type TileArrays<Names extends string = string, D extends DType = DType> = {
  readonly [name in Names]: SharedNdArray<D>;
};

/**
 * A tile as a kernel gets it.
 *
 * @example
 * ```ts
 * import { type KernelTile, SharedNdArray, type TileArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = ({ sums }: TileArrays<"sums", "float64">, { worker, shape }: KernelTile) =>
 *   sums.set(worker, sums.get(worker) + shape[0]);
 * const sums = SharedNdArray.zeros([2]);
 * kernel({ sums }, { index: 7, coords: [7], origin: [28], shape: [4], worker: 1 });
 * assertEquals(sums.toNested(), [0, 4]);
 * ```
 */
export interface KernelTile extends Tile {
  /** The number of the worker that runs it, from 0 to before the run's `workers`: no two run at a time under one. */
  readonly worker: number;
  /** In a run with a halo, how far inputs are seen beyond the tile: see {@linkcode HaloTile}. */
  readonly halo?: readonly (readonly [before: number, after: number])[];
}

/**
 * A tile as a kernel gets it in a run with a halo.
 *
 * @example
 * ```ts
 * import { type HaloTile, SharedNdArray, type TileArrays } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const rise = ({ z, out }: TileArrays<"z" | "out", "float64">, { shape, halo: [[before]] }: HaloTile) => {
 *   for (let i = 0; i < shape[0]; i++) out.set(i, z.get(i + before) - z.get(i + before - 1));
 * };
 * const z = SharedNdArray.from([1, 4, 9]), out = SharedNdArray.zeros([2]);
 * rise({ z, out }, { index: 0, coords: [0], origin: [1], shape: [2], worker: 0, halo: [[1, 0]] });
 * assertEquals(out.toNested(), [3, 5]);
 * ```
 */
export interface HaloTile extends KernelTile {
  /**
   * How many cells the views of inputs begin before the tile and end after it, a pair an axis. The cell that is `[i,
   * j]` of an output is `[i + halo[0][0], j + halo[1][0]]` of an input.
   */
  readonly halo: readonly (readonly [before: number, after: number])[];
}

/**
 * A kernel: called once for each tile, on some worker, with views of the tile's part of each input and output, and
 * the whole of each array that is shared. Its return value goes to `run.values`; it must be one that can be cloned,
 * or nothing.
 *
 * A kernel writes to its outputs, to shared arrays by {@linkcode atomics} or where no other worker writes, and to
 * nothing else. It may be async; a worker starts its next tile when the promise has settled. A module that also says
 * `export const elementwise = true` promises that its kernel treats each element by itself and needs neither `tile`
 * nor a return value: it is then called for boxes of neighbouring tiles, which is much faster for tiles whose rows
 * are short. `tile` is then the first of them, with the origin and shape of the box. In a run with a halo, strips
 * along the edges of the array are boxes of their own, so that little has to be copied.
 *
 * @example
 * ```ts
 * import { forEachRow, type Kernel, type TileArrays } from "@tilewise/ndarray";
 *
 * const kernel: Kernel<TileArrays<"tmp" | "rad" | "vpd", "float64">> = ({ tmp, rad, vpd }) => {
 *   const a = tmp.data, b = rad.data, out = vpd.data;
 *   forEachRow([tmp, rad, vpd], (length, [i, j, k], [di, dj, dk]) => {
 *     for (let n = 0; n < length; n++, i += di, j += dj, k += dk) out[k] = a[i] + b[j];
 *   });
 * };
 * export default kernel;
 * ```
 */
export type Kernel<Arrays extends TileArrays = TileArrays, Value = unknown> = (
  arrays: Arrays,
  tile: KernelTile,
) => Value | Promise<Value>;

/** A kernel module that was loaded. */
export interface LoadedKernel {
  /** The kernel. */
  readonly call: Kernel;
  /**
   * Whether the module declares `export const elementwise = true`: its kernel treats each element by itself and uses
   * neither `tile` nor a return value. Tiles are then only units of dispatch, and neighbours are handed to it as one
   * box, which is walked in the order of memory.
   */
  readonly elementwise: boolean;
}

/**
 * Imports a kernel module.
 *
 * @param url The module.
 * @throws {KernelLoadError} If it cannot be loaded, or its default export is no function.
 */
export async function loadKernel(url: string): Promise<LoadedKernel> {
  let module: { readonly default?: unknown; readonly elementwise?: unknown };
  try {
    module = await import(url);
  } catch (cause) {
    throw new KernelLoadError(`Cannot load the kernel ${url}: ${loadFailure(cause)}`, url, { cause });
  }
  if (typeof module.default !== "function") {
    const found = "default" in module ? `one of type ${typeof module.default}` : "none";
    throw new KernelLoadError(
      `The kernel ${url} needs a default export that is a function (arrays, tile) => value, found ${found}`,
      url,
    );
  }
  // That it takes a tile's arrays is the contract of a kernel; calling it will show.
  return { call: module.default as Kernel, elementwise: module.elementwise === true };
}

/** The runtime's reason in one line: what is wrong, and where. */
function loadFailure(cause: unknown): string {
  if (!(cause instanceof Error)) return describeCause(cause);
  const lines = cause.message.split("\n").map((line) => line.trim());
  const place = lines.findLast((line) => line.startsWith("at "));
  const what = /^\w*Error: /.test(lines[0]) || cause.name === "TypeError" ? lines[0] : describeCause(cause);
  return place === undefined || lines.length === 1 ? what : `${what} ${place}`;
}
