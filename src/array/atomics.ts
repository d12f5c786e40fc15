/**
 * Reading and writing elements that several workers change at the same time.
 *
 * @module
 */

import { type DType, DTYPES, type Element, type IntegerDType, type TypedData } from "../dtype.ts";
import { DTypeError, IndexError } from "../errors.ts";
import { storedOf } from "./element_access.ts";
import { resolveIndex, showShape } from "./layout/shape.ts";
import { layoutOf, requireArray, type SharedNdArray } from "./shared_ndarray.ts";

/**
 * Where an element is: one index an axis, or the index itself for an array with one axis. Negative: from the end.
 *
 * @example
 * ```ts
 * import { type AtomicIndex, atomics, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const visits = SharedNdArray.zeros([2, 2], { dtype: "uint32" });
 * const path: AtomicIndex[] = [[0, 0], [0, 1], [-1, -1], [0, 1]];
 * for (const cell of path) atomics.add(visits, cell, 1);
 * assertEquals(visits.toNested(), [[1, 2], [0, 1]]);
 * ```
 */
export type AtomicIndex = number | readonly number[];

/** A typed array of integers, as `Atomics` takes it. Elements are of one kind, which the dtype tells. */
type Integers = Int32Array<SharedArrayBuffer>;

function integersOf(array: SharedNdArray<IntegerDType>): Integers {
  const { kind } = DTYPES[requireArray(array).dtype];
  if (kind !== "int" && kind !== "uint") {
    throw new DTypeError(
      `Atomics need an integer array, but this one is ${array.dtype}: count in int32 or int64`,
    );
  }
  // Atomics has one meaning for all integer arrays; TypeScript wants one of them named.
  return array.data as TypedData<DType> as Integers;
}

function placeOf(array: SharedNdArray<IntegerDType>, index: AtomicIndex): number {
  const { shape, strides, offset } = layoutOf(array);
  if (typeof index === "number") {
    if (shape.length !== 1) {
      throw new IndexError(`Got 1 index for an array of shape ${showShape(shape)}, expected ${shape.length}`);
    }
    return offset + resolveIndex(index, shape[0], 0) * strides[0];
  }
  if (index.length !== shape.length) {
    throw new IndexError(
      `Got ${index.length} indices for an array of shape ${showShape(shape)}, expected ${shape.length}`,
    );
  }
  let place = offset;
  for (let axis = 0; axis < shape.length; axis++) {
    place += resolveIndex(index[axis], shape[axis], axis) * strides[axis];
  }
  return place;
}

/** What all operations that put a value in do. */
function change<D extends IntegerDType>(
  operation: (data: Integers, place: number, value: number) => number,
  array: SharedNdArray<D>,
  index: AtomicIndex,
  value: Element<D>,
): Element<D> {
  const data = integersOf(array);
  const stored = storedOf(value, array.dtype);
  // The value is of the kind that the array holds, and so is what comes back.
  return operation(data, placeOf(array, index), stored as number) as Element<D>;
}

/** Tries to put in what `choose` makes of the present value, until nobody else has changed it in between. */
function settle(data: Integers, place: number, choose: (present: number) => number): number {
  for (let present = Atomics.load(data, place);;) {
    const chosen = choose(present);
    if (chosen === present) return present;
    const found = Atomics.compareExchange(data, place, present, chosen);
    if (found === present) return present;
    present = found;
  }
}

/** A value as the array's dtype holds it, to be compared with what the array holds. */
function wrapped(data: Integers, value: number): number {
  // A typed array over memory of its own wraps as the array would.
  const one = data.constructor as new (values: number[]) => ArrayLike<number>;
  return new one([value])[0];
}

/**
 * Atomic operations on elements of integer arrays, named as JavaScript's `Atomics`: each is one step that no other
 * thread sees half done, and each but `load` and `store` returns the value from before. For counters and histograms
 * that all workers write.
 *
 * @example
 * ```ts
 * import { atomics, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const counts = SharedNdArray.zeros([3], { dtype: "int32" });
 * for (const bin of [0, 2, 2]) atomics.add(counts, bin, 1);
 * assertEquals(counts.toNested(), [1, 0, 2]);
 * ```
 */
export interface ArrayAtomics {
  /**
   * The element.
   *
   * @param array An integer array.
   * @param index Where.
   */
  load<D extends IntegerDType>(array: SharedNdArray<D>, index: AtomicIndex): Element<D>;
  /**
   * Writes the element.
   *
   * @param array An integer array.
   * @param index Where.
   * @param value The new value.
   * @returns The value that was given.
   */
  store<D extends IntegerDType>(array: SharedNdArray<D>, index: AtomicIndex, value: Element<D>): Element<D>;
  /**
   * Adds to the element; wraps beyond the dtype's range.
   *
   * @param array An integer array.
   * @param index Where.
   * @param value What is added.
   * @returns The value from before.
   * @throws {DTypeError} If the array holds no integers or the value is of another type.
   * @throws {IndexError} If the index is out of range.
   */
  add<D extends IntegerDType>(array: SharedNdArray<D>, index: AtomicIndex, value: Element<D>): Element<D>;
  /**
   * Subtracts from the element; wraps beyond the dtype's range.
   *
   * @param array An integer array.
   * @param index Where.
   * @param value What is subtracted.
   * @returns The value from before.
   */
  sub<D extends IntegerDType>(array: SharedNdArray<D>, index: AtomicIndex, value: Element<D>): Element<D>;
  /**
   * Keeps those bits of the element that the value has too.
   *
   * @param array An integer array.
   * @param index Where.
   * @param value The bits.
   * @returns The value from before.
   */
  and<D extends IntegerDType>(array: SharedNdArray<D>, index: AtomicIndex, value: Element<D>): Element<D>;
  /**
   * Sets those bits of the element that the value has.
   *
   * @param array An integer array.
   * @param index Where.
   * @param value The bits.
   * @returns The value from before.
   */
  or<D extends IntegerDType>(array: SharedNdArray<D>, index: AtomicIndex, value: Element<D>): Element<D>;
  /**
   * Writes the element and tells what was there.
   *
   * @param array An integer array.
   * @param index Where.
   * @param value The new value.
   * @returns The value from before.
   */
  exchange<D extends IntegerDType>(
    array: SharedNdArray<D>,
    index: AtomicIndex,
    value: Element<D>,
  ): Element<D>;
  /**
   * Writes the element if it has the value that is expected.
   *
   * @param array An integer array.
   * @param index Where.
   * @param expected The value that it must have.
   * @param value The new value.
   * @returns The value from before: the expected one if it was written.
   */
  compareExchange<D extends IntegerDType>(
    array: SharedNdArray<D>,
    index: AtomicIndex,
    expected: Element<D>,
    value: Element<D>,
  ): Element<D>;
  /**
   * Writes the element if the value is smaller.
   *
   * @param array An integer array.
   * @param index Where.
   * @param value The value.
   * @returns The value from before.
   */
  min<D extends IntegerDType>(array: SharedNdArray<D>, index: AtomicIndex, value: Element<D>): Element<D>;
  /**
   * Writes the element if the value is larger.
   *
   * @param array An integer array.
   * @param index Where.
   * @param value The value.
   * @returns The value from before.
   */
  max<D extends IntegerDType>(array: SharedNdArray<D>, index: AtomicIndex, value: Element<D>): Element<D>;
}

/**
 * Atomic operations on elements of integer arrays.
 *
 * @example
 * ```ts
 * import { atomics, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const best = SharedNdArray.zeros([2, 2], { dtype: "int64" });
 * assertEquals(atomics.max(best, [0, 1], 7n), 0n);
 * assertEquals(atomics.compareExchange(best, [0, 1], 7n, 9n), 7n);
 * assertEquals(best.toNested(), [[0n, 9n], [0n, 0n]]);
 * ```
 */
export const atomics: ArrayAtomics = {
  // What is loaded is of the kind that the array holds.
  load: <D extends IntegerDType>(array: SharedNdArray<D>, index: AtomicIndex) =>
    Atomics.load(integersOf(array), placeOf(array, index)) as Element<D>,
  store: (array, index, value) =>
    change((data, at, stored) => Atomics.store(data, at, stored), array, index, value),
  add: (array, index, value) =>
    change((data, at, stored) => Atomics.add(data, at, stored), array, index, value),
  sub: (array, index, value) =>
    change((data, at, stored) => Atomics.sub(data, at, stored), array, index, value),
  and: (array, index, value) =>
    change((data, at, stored) => Atomics.and(data, at, stored), array, index, value),
  or: (array, index, value) =>
    change((data, at, stored) => Atomics.or(data, at, stored), array, index, value),
  exchange: (array, index, value) =>
    change((data, at, stored) => Atomics.exchange(data, at, stored), array, index, value),
  compareExchange: (array, index, expected, value) => {
    const wanted = storedOf(expected, array.dtype);
    return change(
      // The expected value is of the kind that the array holds.
      (data, at, stored) => Atomics.compareExchange(data, at, wanted as number, stored),
      array,
      index,
      value,
    );
  },
  min: (array, index, value) =>
    change(
      (data, at, stored) => {
        const other = wrapped(data, stored);
        return settle(data, at, (present) => other < present ? other : present);
      },
      array,
      index,
      value,
    ),
  max: (array, index, value) =>
    change(
      (data, at, stored) => {
        const other = wrapped(data, stored);
        return settle(data, at, (present) => other > present ? other : present);
      },
      array,
      index,
      value,
    ),
};
