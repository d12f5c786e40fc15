/**
 * Arrays that live elsewhere: in a store's chunks, or in a file.
 *
 * @module
 */

import type { Shape } from "../array/layout/shape.ts";
import { showShape } from "../array/layout/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import type { DType } from "../dtype.ts";
import { DisposedError, ShapeError, UnsupportedError } from "../errors.ts";
import type { ArrayDriver, StoredBox, StoredHandle, StoreLedger } from "./driver.ts";

/**
 * An array that lives elsewhere, and comes into memory box by box. A run takes it as an input or an output like an
 * array in memory, and then works in blocks: however large it is, only some blocks are in memory at a time.
 *
 * Made by {@linkcode openArray} and {@linkcode createArray}.
 *
 * @example
 * ```ts
 * import { createArray, openArray, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const folder = await Deno.makeTempDir();
 * {
 *   using tmp = await createArray(`${folder}/day.zarr/tmp`, { shape: [4, 6], chunks: [2, 6], dtype: "float32" });
 *   await tmp.write({ origin: [2, 0], shape: [2, 6] }, SharedNdArray.ones([2, 6], { dtype: "float32" }));
 * }
 * using tmp = await openArray(`${folder}/day.zarr/tmp`);
 * assertEquals((await tmp.read({ origin: [1, 0], shape: [2, 2] })).toNested(), [[0, 0], [1, 1]]);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export class StoredArray<D extends DType = DType> implements Disposable {
  readonly #driver: ArrayDriver;
  readonly #handle: StoredHandle;
  #isClosed = false;

  /**
   * An array over a driver. Mostly {@linkcode openArray} makes one.
   *
   * @param driver What reads and writes on this thread.
   * @param handle From what other threads open the same.
   */
  constructor(driver: ArrayDriver, handle: StoredHandle) {
    this.#driver = driver;
    this.#handle = handle;
  }

  /** The dtype. */
  get dtype(): D {
    // Whoever names the dtype of a stored array has asked for it or checked it.
    return this.#driver.dtype as D;
  }

  /** The shape. */
  get shape(): Shape {
    return this.#driver.shape;
  }

  /** The shape of the pieces in which the store holds it. */
  get chunks(): Shape {
    return this.#driver.chunks;
  }

  /** What it is called, such as `out.zarr/vpd`. */
  get name(): string {
    return this.#driver.text;
  }

  /** The names of its axes; null for those that have none. */
  get dimensionNames(): readonly (string | null)[] {
    return this.#driver.dimensionNames ?? this.shape.map(() => null);
  }

  /** What the store says of it besides. */
  get attributes(): Readonly<Record<string, unknown>> {
    return this.#driver.attributes ?? {};
  }

  /** Further facts for people, such as codecs. */
  get details(): Readonly<Record<string, unknown>> {
    return this.#driver.details ?? {};
  }

  /** Whether it can be written. */
  get isWritable(): boolean {
    return this.#driver.write !== undefined;
  }

  /** What lies beside its chunks, where runs can be resumed. */
  get ledger(): StoreLedger | undefined {
    return this.#driver.ledger;
  }

  /** About how many bytes reading or writing a box takes, beyond the box. */
  get scratchBytes(): number {
    return this.#driver.scratchBytes ?? 0;
  }

  /** Whether a part of a chunk can be read without the rest of it. */
  get readsParts(): boolean {
    return this.#driver.readsParts ?? false;
  }

  /**
   * From what another thread opens it.
   *
   * @example
   * ```ts
   * import { createArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const folder = await Deno.makeTempDir();
   * using tmp = await createArray(`${folder}/day.zarr/tmp`, { shape: [4] });
   * const { module, location } = tmp.handle();
   * const { openDriver } = await import(module);
   * const driver = await openDriver(location);
   * assertEquals(driver.shape, [4]);
   * driver.close();
   * await Deno.remove(folder, { recursive: true });
   * ```
   */
  handle(): StoredHandle {
    return this.#handle;
  }

  /**
   * Reads a box into shared memory.
   *
   * @param box The box. Default: everything.
   * @returns A new array of the box's shape.
   * @throws {ShapeError} If the box reaches beyond the array.
   * @throws {FormatError} If what is stored is damaged.
   * @throws {DisposedError} If the array was closed.
   *
   * @example
   * ```ts
   * import { createArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const folder = await Deno.makeTempDir();
   * using tmp = await createArray(`${folder}/day.zarr/tmp`, { shape: [1000, 1000], chunks: [100, 1000], fillValue: 7 });
   * const box = await tmp.read({ origin: [990, 500], shape: [2, 3] });
   * assertEquals(box.toNested(), [[7, 7, 7], [7, 7, 7]]);
   * await Deno.remove(folder, { recursive: true });
   * ```
   */
  async read(
    box: StoredBox = { origin: this.shape.map(() => 0), shape: this.shape },
  ): Promise<SharedNdArray<D>> {
    this.#requireBox(box);
    const target = SharedNdArray.zeros(box.shape, { dtype: this.dtype });
    await this.#driver.read(box, target);
    return target;
  }

  /**
   * Writes a box that is made of whole chunks; those at the end of an axis may be cut.
   *
   * @param box The box.
   * @param source An array of its shape; another dtype is converted.
   * @throws {ShapeError} If the box reaches beyond the array, is not made of whole chunks, or has another shape.
   * @throws {UnsupportedError} If the array can only be read.
   * @throws {DisposedError} If the array was closed.
   *
   * @example
   * ```ts
   * import { createArray, SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const folder = await Deno.makeTempDir();
   * using tmp = await createArray(`${folder}/day.zarr/tmp`, { shape: [5], chunks: [2] });
   * await tmp.write({ origin: [2], shape: [3] }, SharedNdArray.from([1, 2, 3]));
   * assertEquals((await tmp.read()).toNested(), [0, 0, 1, 2, 3]);
   * await Deno.remove(folder, { recursive: true });
   * ```
   */
  async write(box: StoredBox, source: SharedNdArray): Promise<void> {
    this.#requireBox(box);
    if (this.#driver.write === undefined) {
      throw new UnsupportedError(`${this.name} can only be read`);
    }
    const isWhole = box.origin.every((begin, axis) => {
      const end = begin + box.shape[axis], chunk = this.chunks[axis];
      return begin % chunk === 0 && (end % chunk === 0 || end === this.shape[axis]);
    });
    if (!isWhole) {
      throw new ShapeError(
        `The box of ${showShape(box.shape)} at [${box.origin.join(", ")}] is not made of whole chunks of ${
          showShape(this.chunks)
        }: ${this.name} is written chunk by chunk`,
      );
    }
    if (showShape(source.shape) !== showShape(box.shape)) {
      throw new ShapeError(`Cannot write ${showShape(source.shape)} to a box of ${showShape(box.shape)}`);
    }
    await this.#driver.write(box, source.dtype === this.dtype ? source : source.astype(this.dtype));
  }

  /**
   * Makes what was written appear under its name, where it does not from the beginning: a .npy file does when all of it
   * is written. A run does that for its outputs.
   *
   * @example
   * ```ts
   * import { createArray, readArray, SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const folder = await Deno.makeTempDir();
   * using tmp = await createArray(`${folder}/tmp.npy`, { shape: [3] });
   * await tmp.write({ origin: [0], shape: [3] }, SharedNdArray.from([1, 2, 3]));
   * await tmp.finish();
   * assertEquals((await readArray(`${folder}/tmp.npy`)).toNested(), [1, 2, 3]);
   * await Deno.remove(folder, { recursive: true });
   * ```
   */
  async finish(): Promise<void> {
    await this.#driver.finish?.();
  }

  #requireBox({ origin, shape }: StoredBox): void {
    if (this.#isClosed) throw new DisposedError(`${this.name} was used after it was closed`);
    const isInside = origin.length === this.shape.length && shape.length === this.shape.length &&
      origin.every((begin, axis) =>
        Number.isSafeInteger(begin) && begin >= 0 && Number.isSafeInteger(shape[axis]) && shape[axis] >= 0 &&
        begin + shape[axis] <= this.shape[axis]
      );
    if (isInside) return;
    throw new ShapeError(
      `The box of ${showShape(shape)} at [${origin.join(", ")}] does not lie in ${this.name}, which has ${
        showShape(this.shape)
      }`,
    );
  }

  /**
   * Closes it, as `using` does. Runs that use it have opened it for themselves.
   *
   * @example
   * ```ts
   * import { createArray, DisposedError } from "@tilewise/ndarray";
   * import { assertRejects } from "@std/assert";
   *
   * const folder = await Deno.makeTempDir();
   * const tmp = await createArray(`${folder}/day.zarr/tmp`, { shape: [3] });
   * tmp.close();
   * await assertRejects(() => tmp.read(), DisposedError, "day.zarr/tmp was used after it was closed");
   * await Deno.remove(folder, { recursive: true });
   * ```
   */
  close(): void {
    this[Symbol.dispose]();
  }

  /** Closes it. */
  [Symbol.dispose](): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#driver.close();
  }
}
