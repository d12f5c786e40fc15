/**
 * Calls of a kernel module whose copies of inputs are looked at afterwards. Tiles at an edge get such copies, and a write
 * to one leaves no trace in the input.
 *
 * @module
 */

import { gatherBox } from "../array/gather.ts";
import { STOP } from "../array/layout/walk.ts";
import { layoutOf, SharedNdArray, tileOf, uninitialised } from "../array/shared_ndarray.ts";
import { type KernelTile, loadKernel } from "../kernel/kernel.ts";
import { gatherTables } from "../plan/edges.ts";
import { isInside, readBox } from "../plan/halo.ts";
import type { ModuleMessage, StartMessage } from "./protocol.ts";
import { cellAt, forEachDifference, showElement } from "./sanitize_cells.ts";
import { copyError } from "./sanitize_text.ts";
import type { SanitizerError } from "../errors.ts";

/**
 * Whether a tile gets copies of inputs.
 *
 * @param kernel The kernel.
 * @param tile The tile.
 */
export function hasCopies({ halo }: ModuleMessage, { origin, shape }: KernelTile): boolean {
  if (halo === null || Object.keys(halo.fills).length === 0) return false;
  return !isInside(readBox(origin, shape, halo.axes), halo.inputShape);
}

/** The arrays of a tile at an edge, with copies of inputs that are known here. */
export class CopiedInputs {
  readonly #kernel: ModuleMessage;
  readonly #tile: KernelTile;
  readonly #arrays: Readonly<Record<string, SharedNdArray>>;
  readonly #copies: {
    readonly name: string;
    readonly given: SharedNdArray;
    readonly kept: SharedNdArray;
    readonly origin: readonly number[];
  }[] = [];

  /**
   * @param start The run.
   * @param kernel Its kernel.
   * @param tile The tile.
   */
  constructor({ arrays, shared }: StartMessage, kernel: ModuleMessage, tile: KernelTile) {
    this.#kernel = kernel;
    this.#tile = tile;
    const views = Object.entries(arrays).map(([name, handle]) => {
      const whole = SharedNdArray.attach(handle);
      return [name, this.#copyOf(name, whole) ?? tileOf(whole, tile.origin, tile.shape)] as const;
    });
    const wholes = Object.entries(shared).map(([name, handle]) =>
      [name, SharedNdArray.attach(handle)] as const
    );
    this.#arrays = Object.fromEntries([...views, ...wholes]);
  }

  #copyOf(name: string, whole: SharedNdArray): SharedNdArray | undefined {
    const { halo } = this.#kernel, { origin, shape } = this.#tile;
    if (halo === null || !Object.hasOwn(halo.fills, name)) return undefined;
    const box = readBox(origin, shape, halo.axes), given = uninitialised(box.shape, whole.dtype);
    gatherBox(whole, gatherTables(box, halo.inputShape, halo.axes), halo.fills[name], given);
    this.#copies.push({ name, given, kept: given.copy(), origin: box.origin });
    return given;
  }

  /** Calls the kernel, and returns what it returns. */
  async call(): Promise<unknown> {
    const { url, halo } = this.#kernel, { call } = await loadKernel(url);
    const reach = halo?.axes.map(({ before, after }) => [before, after] as const);
    return await call(this.#arrays, { ...this.#tile, halo: reach });
  }

  /** A write to a copy, if there was one. To be called once. */
  finding(): SanitizerError | undefined {
    let error: SanitizerError | undefined;
    for (const { name, given, kept, origin } of this.#copies) {
      forEachDifference(given, kept, (place, before) => {
        const cell = (cellAt(layoutOf(given), place) ?? []).map((at, axis) => at + origin[axis]);
        const texts = [showElement(kept, before), showElement(given, place)] as const;
        error ??= copyError(name, cell, texts, this.#tile);
        return STOP;
      });
    }
    // Not those that the kernel was given: a late write to one shall hit no other array.
    for (const { kept } of this.#copies) kept.dispose();
    return error;
  }
}
