/**
 * The array itself.
 *
 * @module
 */

import {
  type DType,
  dtypeOfTypedArray,
  type DTypeRow,
  dtypeRow,
  DTYPES,
  type Element,
  type TypedData,
} from "../dtype.ts";
import { IndexError, ShapeError } from "../errors.ts";
import {
  fillRandom,
  fillSpaced,
  freshSeed,
  fromStored,
  inferDType,
  type Nested,
  nestedShape,
  nestedValues,
  requireFloat,
  type Scalar,
  toStored,
  wholeFor,
} from "./creation.ts";
import { describeArray } from "./inspect.ts";
import { allocateShared, fromSource, type MemorySource, type SharedMemory } from "./memory/shared_memory.ts";
import { freeze, resolveAxes, resolveIndex, sameShape, type Shape, showShape, sizeOf } from "./shape.ts";
import { forEachRow } from "./rows.ts";
import { resolveSlice, type ViewIndex } from "./slice.ts";
import { cStrides, isCContiguous, reach } from "./strides.ts";
import type {
  ArrayHandle,
  CreateOptions,
  DTypeOf,
  FromOptions,
  LinspaceOptions,
  RandomOptions,
  TypedArrayInput,
  WrapOptions,
} from "./types.ts";

/**
 * An n-dimensional array in shared memory.
 *
 * Invariants:
 * 1. `shape` and `strides` have the same length and are frozen; extents are non-negative integers.
 * 2. `offset + Σ index[k] * strides[k]` is a place in `data` for every index within `shape`.
 * 3. `data` lies in one SharedArrayBuffer of fixed size, and never changes: views share the same `data` object.
 * 4. Elements of a bool array are stored as 0 or 1.
 *
 * Workers get a {@linkcode SharedNdArray.handle} and {@linkcode SharedNdArray.attach} to the same bytes.
 *
 * @typeParam D The dtype, which decides what an element is: `bigint` for 64-bit integers, `boolean` for bool,
 * otherwise `number`.
 *
 * @example
 * ```ts
 * import { SharedNdArray, slice } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const tmp = SharedNdArray.zeros([365, 16, 16]);
 * const january = tmp.view(slice(0, 31));
 * january.fill(-1.5);
 * assertEquals(tmp.get(30, 0, 0), -1.5);
 * assertEquals(tmp.get(31, 0, 0), 0);
 * assertEquals(january.shape, [31, 16, 16]);
 * ```
 */
export class SharedNdArray<D extends DType = DType> {
  /** The dtype. */
  readonly dtype: D;
  /** The extents, one number an axis. */
  readonly shape: Shape;
  /** The distance between neighbours on each axis, in elements. */
  readonly strides: readonly number[];
  /** Where index [0, 0, …] lies in `data`, in elements. */
  readonly offset: number;
  /** The number of elements. */
  readonly size: number;
  /**
   * The elements, shared by all views: of a view, `offset` and `strides` say which are its own. They need not begin at
   * the buffer's first byte: `data.byteOffset` tells where.
   */
  readonly data: TypedData<D>;
  readonly #source: MemorySource;

  private constructor(
    dtype: D,
    shape: Shape,
    strides: readonly number[],
    offset: number,
    size: number,
    data: TypedData<D>,
    source: MemorySource,
  ) {
    this.dtype = dtype;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    this.size = size;
    this.data = data;
    this.#source = source;
  }

  static #allocate<D extends DType>(shape: Shape, dtype: D): SharedNdArray<D> {
    const row = dtypeRow(dtype);
    const size = sizeOf(shape);
    const memory = allocateShared(size * row.bytes);
    return SharedNdArray.#over(memory, row, dtype, shape, cStrides(shape), 0, memory.byteOffset, size);
  }

  static #over<D extends DType>(
    memory: SharedMemory,
    row: DTypeRow,
    dtype: D,
    shape: Shape,
    strides: readonly number[],
    offset: number,
    byteOffset: number,
    length: number,
  ): SharedNdArray<D> {
    // The row belongs to the dtype, so its typed array is the one that DTypeMap names.
    const data = new row.array(memory.buffer, byteOffset, length) as TypedData<D>;
    return new SharedNdArray(
      dtype,
      freeze(shape),
      freeze(strides),
      offset,
      sizeOf(shape),
      data,
      memory.source,
    );
  }

  /**
   * An array filled with zeros.
   *
   * @param shape The shape.
   * @param options The dtype; float64 by default.
   * @throws {ShapeError} If the shape is none.
   * @throws {AllocationError} If there is not that much memory.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.zeros([2, 3], { dtype: "int16" }).byteLength, 12);
   * ```
   */
  static zeros<D extends DType = "float64">(shape: Shape, options: CreateOptions<D> = {}): SharedNdArray<D> {
    return SharedNdArray.#allocate(shape, options.dtype ?? ("float64" as D));
  }

  /**
   * An array filled with ones (true for bool).
   *
   * @param shape The shape.
   * @param options The dtype; float64 by default.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...SharedNdArray.ones([3]).values()], [1, 1, 1]);
   * ```
   */
  static ones<D extends DType = "float64">(shape: Shape, options: CreateOptions<D> = {}): SharedNdArray<D> {
    const array = SharedNdArray.zeros(shape, options);
    array.#fillStored(toStored(1, array.dtype));
    return array;
  }

  /**
   * An array filled with one value.
   *
   * @param shape The shape.
   * @param value The value; its type decides the dtype unless that is given.
   * @param options The dtype.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.full([2], 7n).dtype, "int64");
   * assertEquals(SharedNdArray.full([2], 0.5, { dtype: "float32" }).get(1), 0.5);
   * ```
   */
  static full<V extends Scalar, D extends DType = DTypeOf<V>>(
    shape: Shape,
    value: V,
    options: CreateOptions<D> = {},
  ): SharedNdArray<D> {
    // DTypeOf says in types what inferDType does at run time.
    const array = SharedNdArray.zeros(shape, { dtype: options.dtype ?? (inferDType([value]) as D) });
    array.#fillStored(toStored(value, array.dtype));
    return array;
  }

  /**
   * Evenly spaced values: `arange(stop)`, `arange(start, stop)` or `arange(start, stop, step)`, each with options
   * behind. `stop` is not included. Unlike NumPy's, the dtype is float64 unless it is given.
   *
   * @param stop The value before which it ends.
   * @param options The dtype.
   * @throws {ShapeError} If the step is 0 or a number is not finite.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...SharedNdArray.arange(4).values()], [0, 1, 2, 3]);
   * assertEquals([...SharedNdArray.arange(1, 2, 0.25).values()], [1, 1.25, 1.5, 1.75]);
   * assertEquals([...SharedNdArray.arange(2, { dtype: "int64" }).values()], [0n, 1n]);
   * ```
   */
  static arange<D extends DType = "float64">(stop: number, options?: CreateOptions<D>): SharedNdArray<D>;
  /**
   * Values from `start` in steps of 1, before `stop`.
   *
   * @param start The first value.
   * @param stop The value before which it ends.
   * @param options The dtype.
   */
  static arange<D extends DType = "float64">(
    start: number,
    stop: number,
    options?: CreateOptions<D>,
  ): SharedNdArray<D>;
  /**
   * Values from `start` in steps of `step`, before `stop`.
   *
   * @param start The first value.
   * @param stop The value before which it ends.
   * @param step The distance; negative to count down.
   * @param options The dtype.
   */
  static arange<D extends DType = "float64">(
    start: number,
    stop: number,
    step: number,
    options?: CreateOptions<D>,
  ): SharedNdArray<D>;
  static arange<D extends DType = "float64">(
    ...args: readonly (number | CreateOptions<D> | undefined)[]
  ): SharedNdArray<D> {
    const numbers = args.filter((arg) => typeof arg === "number");
    const options = args.find((arg) => typeof arg === "object") ?? {};
    const [start, stop, step = 1] = numbers.length === 1 ? [0, numbers[0]] : numbers;
    const count = Math.ceil((stop - start) / step);
    if (step === 0 || !Number.isFinite(count)) {
      throw new ShapeError(`Cannot count from ${start} to ${stop} in steps of ${step}`);
    }
    const array = SharedNdArray.zeros([Math.max(0, count)], options);
    fillSpaced(array.data, array.dtype, start, step);
    return array;
  }

  /**
   * A number of evenly spaced values from `start` to `stop`.
   *
   * @param start The first value.
   * @param stop The last value, or with `endpoint: false` the one after it.
   * @param count How many. Default 50.
   * @param options The dtype and whether `stop` is included.
   * @throws {ShapeError} If the count is no non-negative integer.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...SharedNdArray.linspace(0, 1, 5).values()], [0, 0.25, 0.5, 0.75, 1]);
   * ```
   */
  static linspace<D extends DType = "float64">(
    start: number,
    stop: number,
    count: number = 50,
    options: LinspaceOptions<D> = {},
  ): SharedNdArray<D> {
    const { endpoint = true } = options;
    const array = SharedNdArray.zeros([count], options);
    const gaps = endpoint ? count - 1 : count;
    fillSpaced(array.data, array.dtype, start, gaps > 0 ? (stop - start) / gaps : 0);
    if (endpoint && count > 1) {
      array.data[count - 1] = toStored(wholeFor(stop, array.dtype), array.dtype);
    }
    return array;
  }

  /**
   * Uniform random numbers in [0, 1), from the counter-based generator Philox4x32-10 (Salmon et al., SC 2011).
   * The same seed gives the same numbers on every machine; element i depends on the seed and i alone.
   *
   * @param shape The shape.
   * @param options The dtype, a float, and the seed.
   * @throws {DTypeError} If the dtype is no float or the seed no integer.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.random([4, 4], { seed: 1 });
   * const b = SharedNdArray.random([2, 8], { seed: 1 });
   * assertEquals([...a.values()], [...b.values()]);
   * ```
   */
  static random<D extends DType = "float64">(shape: Shape, options: RandomOptions<D> = {}): SharedNdArray<D> {
    if (options.dtype !== undefined) requireFloat(options.dtype);
    const array = SharedNdArray.zeros(shape, options);
    fillRandom(array.data, array.dtype, options.seed ?? freshSeed());
    return array;
  }

  /**
   * A copy of nested arrays, of a typed array, or of a single value, in shared memory.
   *
   * @param source The values.
   * @param options The dtype (default: that of the typed array; bool for booleans, int64 for bigints, otherwise
   * float64) and for typed arrays the shape.
   * @throws {ShapeError} If nested arrays are ragged or the shape does not have as many elements.
   * @throws {DTypeError} If a value does not go into the dtype.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.from([[1, 2, 3], [4, 5, 6]]);
   * const b = SharedNdArray.from(new Float32Array([1, 2, 3, 4]), { shape: [2, 2] });
   * assertEquals(a.get(1, 0), 4);
   * assertEquals(b.dtype, "float32");
   * ```
   */
  static from<T extends TypedArrayInput, D extends DType = DTypeOf<T>>(
    source: T,
    options?: FromOptions<D>,
  ): SharedNdArray<D>;
  /**
   * A copy of nested arrays, or of a single value, in shared memory.
   *
   * @param source The values.
   * @param options The dtype: by default bool for booleans, int64 for bigints, otherwise float64.
   */
  static from<S extends Scalar, D extends DType = DTypeOf<S>>(
    source: Nested<S>,
    options?: FromOptions<D>,
  ): SharedNdArray<D>;
  static from<D extends DType>(
    source: Nested | TypedArrayInput,
    options: FromOptions<D> = {},
  ): SharedNdArray<D> {
    if (ArrayBuffer.isView(source)) return SharedNdArray.#fromTyped(source, options);
    const shape = nestedShape(source);
    const values = nestedValues(source, shape).toArray();
    if (options.shape !== undefined && !sameShape(options.shape, shape)) {
      throw new ShapeError(
        `Nested arrays of shape ${showShape(shape)} do not have the shape ${showShape(options.shape)}`,
      );
    }
    // DTypeOf says in types what inferDType does at run time.
    const array = SharedNdArray.zeros(shape, { dtype: options.dtype ?? (inferDType(values) as D) });
    values.forEach((value, i) => array.data[i] = toStored(value, array.dtype));
    return array;
  }

  static #fromTyped<D extends DType>(source: TypedArrayInput, options: FromOptions<D>): SharedNdArray<D> {
    const dtype = dtypeOfTypedArray(source);
    const shape = options.shape ?? [source.length];
    if (sizeOf(shape) !== source.length) {
      throw new ShapeError(
        `Cannot shape ${source.length} elements as ${showShape(shape)}: it has ${sizeOf(shape)}`,
      );
    }
    // Without a dtype in the options, D is DTypeOf<S>, which is what dtypeOfTypedArray finds.
    const array = SharedNdArray.zeros(shape, { dtype: options.dtype ?? (dtype as D) });
    if (array.dtype === dtype) (array.data as Uint8Array).set(source as Uint8Array);
    else source.forEach((value, i) => array.data[i] = toStored(value, array.dtype));
    return array;
  }

  /**
   * An array over a SharedArrayBuffer that the user has. Nothing is copied.
   *
   * @param buffer The buffer, or a shared WebAssembly memory.
   * @param options Shape, dtype, strides and where the elements begin.
   * @throws {ShapeError} If the array would not lie within the buffer, or the offset is not aligned.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const buffer = new SharedArrayBuffer(48);
   * const a = SharedNdArray.wrap(buffer, { shape: [2, 3] });
   * a.set(1, 2, 9.5);
   * assertEquals(new Float64Array(buffer)[5], 9.5);
   * ```
   */
  static wrap<D extends DType = "float64">(
    buffer: SharedArrayBuffer | WebAssembly.Memory,
    options: WrapOptions<D>,
  ): SharedNdArray<D> {
    const { shape, dtype = "float64" as D, byteOffset = 0, strides = cStrides(shape) } = options;
    const row = dtypeRow(dtype);
    const memory = fromSource(buffer);
    sizeOf(shape);
    if (strides.length !== shape.length || !strides.every(Number.isSafeInteger)) {
      throw new ShapeError(`Strides ${showShape(strides)} do not fit the shape ${showShape(shape)}`);
    }
    if (!Number.isSafeInteger(byteOffset) || byteOffset < 0 || byteOffset % row.bytes !== 0) {
      throw new ShapeError(
        `Byte offset ${byteOffset} is not 0 or a positive multiple of the ${row.bytes} bytes of ${dtype}`,
      );
    }
    const ends = reach(shape, strides, 0);
    const offset = ends === null ? 0 : 0 - ends.lowest;
    const length = ends === null ? 0 : ends.highest - ends.lowest + 1;
    const end = byteOffset + length * row.bytes;
    if (end > memory.buffer.byteLength) {
      throw new ShapeError(
        `An array of shape ${
          showShape(shape)
        } ends at byte ${end}, beyond the buffer's ${memory.buffer.byteLength}`,
      );
    }
    return SharedNdArray.#over(memory, row, dtype, shape, strides, offset, byteOffset, length);
  }

  /**
   * The array that a handle describes, over the same bytes.
   *
   * @param handle A handle, such as one that came in a message.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([4]);
   * const b = SharedNdArray.attach(structuredClone(a.handle()));
   * b.set(0, 1);
   * assertEquals(a.get(0), 1);
   * ```
   */
  static attach<D extends DType>(handle: ArrayHandle<D>): SharedNdArray<D> {
    const { dtype, shape, strides, offset, source, byteOffset, length } = handle;
    return SharedNdArray.#over(
      fromSource(source),
      dtypeRow(dtype),
      dtype,
      shape,
      strides,
      offset,
      byteOffset,
      length,
    );
  }

  /** The number of axes. */
  get ndim(): number {
    return this.shape.length;
  }

  /** The bytes of this array's elements; of a view, not those between them. */
  get byteLength(): number {
    return this.size * DTYPES[this.dtype].bytes;
  }

  /**
   * The handle from which a worker rebuilds this array: plain data that can be posted, over the same bytes.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const { dtype, shape, strides } = SharedNdArray.zeros([2, 3]).handle();
   * assertEquals([dtype, shape, strides], ["float64", [2, 3], [3, 1]]);
   * ```
   */
  handle(): ArrayHandle<D> {
    return {
      dtype: this.dtype,
      shape: this.shape,
      strides: this.strides,
      offset: this.offset,
      source: this.#source,
      byteOffset: this.data.byteOffset,
      length: this.data.length,
    };
  }

  /**
   * One element.
   *
   * @param indices One index an axis; negative ones count from the end.
   * @throws {IndexError} If there are not as many indices as axes, or one is out of range.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.from([[1, 2], [3, 4]]).get(1, -1), 4);
   * ```
   */
  get(...indices: number[]): Element<D> {
    return fromStored(this.data[this.#place(indices, indices.length)], this.dtype);
  }

  /**
   * Writes one element.
   *
   * @param args One index an axis, then the value. Numbers are converted as the typed array does it.
   * @throws {IndexError} If there are not as many indices as axes, or one is out of range.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([2, 2], { dtype: "bool" });
   * a.set(0, 1, true);
   * assertEquals([...a.values()], [false, true, false, false]);
   * ```
   */
  set(...args: [...indices: number[], value: Element<D>]): void {
    const count = args.length - 1;
    const value = args[count];
    // All but the last argument are indices, which the tuple's type says but TypeScript does not follow.
    const place = this.#place(args as number[], count);
    // Other values than booleans are left to the typed array, which converts them or refuses.
    this.data[place] = this.dtype === "bool" ? toStored(value as boolean, "bool") : value as number;
  }

  #place(indices: readonly number[], count: number): number {
    const { shape, strides } = this;
    if (count !== shape.length) {
      throw new IndexError(`Got ${count} indices for an array of shape ${showShape(shape)}`);
    }
    let place = this.offset;
    for (let axis = 0; axis < count; axis++) {
      place += resolveIndex(indices[axis], shape[axis], axis) * strides[axis];
    }
    return place;
  }

  /**
   * Writes one value to every element.
   *
   * @param value The value.
   * @returns The array itself.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([2, 2]);
   * a.view(null, 1).fill(7);
   * assertEquals([...a.values()], [0, 7, 0, 7]);
   * ```
   */
  fill(value: Element<D>): this {
    this.#fillStored(this.dtype === "bool" ? toStored(value, "bool") : value as number | bigint);
    return this;
  }

  #fillStored(stored: number | bigint): void {
    if (this.size === 0) return;
    // Written through one typed array's type; toStored and Element have matched value and data.
    const data = this.data as Float64Array, value = stored as number;
    if (isCContiguous(this.shape, this.strides)) {
      data.fill(value, this.offset, this.offset + this.size);
      return;
    }
    forEachRow([this], (length, [place], [step]) => {
      for (let i = 0; i < length; i++, place += step) data[place] = value;
    });
  }

  /** Where each element lies in `data`, in C order. */
  *#places(): Generator<number> {
    const { shape, strides, size } = this;
    if (size === 0) return;
    const counters = new Array<number>(shape.length).fill(0);
    let place = this.offset;
    for (;;) {
      yield place;
      let axis = shape.length - 1;
      for (; axis >= 0; axis--) {
        place += strides[axis];
        if (++counters[axis] < shape[axis]) break;
        place -= strides[axis] * shape[axis];
        counters[axis] = 0;
      }
      if (axis < 0) return;
    }
  }

  /**
   * The elements one after another, in C order.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals([...SharedNdArray.from([[1, 2], [3, 4]]).transpose().values()], [1, 3, 2, 4]);
   * ```
   */
  *values(): Generator<Element<D>, void, unknown> {
    for (const place of this.#places()) yield fromStored(this.data[place], this.dtype);
  }

  /**
   * A view of a part. Nothing is copied.
   *
   * @param indices For each axis a number (picks the index and drops the axis), null (the whole axis) or a
   * {@linkcode slice}. Axes that are not named are whole.
   * @throws {IndexError} If there are more indices than axes, or a number is out of range.
   *
   * @example
   * ```ts
   * import { SharedNdArray, slice } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const tmp = SharedNdArray.zeros([365, 16, 16]);
   * assertEquals(tmp.view(0, slice(0, 4), slice(null, null, -1)).shape, [4, 16]);
   * assertEquals(tmp.view(-1).shape, [16, 16]);
   * ```
   */
  view(...indices: ViewIndex[]): SharedNdArray<D> {
    if (indices.length > this.ndim) {
      throw new IndexError(`Got ${indices.length} indices for an array of shape ${showShape(this.shape)}`);
    }
    const shape: number[] = [], strides: number[] = [];
    let offset = this.offset;
    this.shape.forEach((extent, axis) => {
      const index = indices[axis] ?? null, stride = this.strides[axis];
      if (typeof index === "number") {
        offset += resolveIndex(index, extent, axis) * stride;
      } else if (index === null) {
        shape.push(extent);
        strides.push(stride);
      } else {
        const { first, count, step } = resolveSlice(index, extent);
        if (count > 0) offset += first * stride;
        shape.push(count);
        // Of a single index the step means nothing, and may be too large to multiply exactly.
        strides.push(count > 1 ? stride * step : stride);
      }
    });
    return this.#layout(shape, strides, offset);
  }

  /**
   * The view of a box of the index space, such as a tile.
   *
   * @param origin The index of its first element, one number an axis.
   * @param shape Its extents, one number an axis.
   * @throws {IndexError} If the box does not lie within the array.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.arange(12).view();
   * assertEquals([...a.box([4], [3]).values()], [4, 5, 6]);
   * ```
   */
  box(origin: readonly number[], shape: Shape): SharedNdArray<D> {
    const axes = this.shape.length;
    let offset = this.offset, size = 1;
    let within = origin.length === axes && shape.length === axes;
    for (let axis = 0; within && axis < axes; axis++) {
      const start = origin[axis], extent = shape[axis];
      within = start >= 0 && extent >= 0 && start + extent <= this.shape[axis] &&
        Math.trunc(start) === start && Math.trunc(extent) === extent;
      offset += start * this.strides[axis];
      size *= extent;
    }
    if (!within) {
      throw new IndexError(
        `The box at ${showShape(origin)} of shape ${showShape(shape)} does not lie within ${
          showShape(this.shape)
        }`,
      );
    }
    return new SharedNdArray(
      this.dtype,
      freeze(shape),
      this.strides,
      size === 0 ? this.offset : offset,
      size,
      this.data,
      this.#source,
    );
  }

  /**
   * The view with axes in another order.
   *
   * @param axes For each axis of the view, the axis it shows. Default: reversed.
   * @throws {IndexError} If an axis is missing, named twice or out of range.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([2, 3, 4]);
   * assertEquals(a.transpose().shape, [4, 3, 2]);
   * assertEquals(a.transpose([1, 0, 2]).shape, [3, 2, 4]);
   * ```
   */
  transpose(axes?: readonly number[]): SharedNdArray<D> {
    const order = axes === undefined ? this.shape.keys().toArray().reverse() : resolveAxes(axes, this.ndim);
    if (order.length !== this.ndim) {
      throw new IndexError(
        `Axes ${showShape(order)} do not name every axis of an array of shape ${showShape(this.shape)}`,
      );
    }
    return this.#layout(
      order.map((axis) => this.shape[axis]),
      order.map((axis) => this.strides[axis]),
      this.offset,
    );
  }

  #layout(shape: number[], strides: number[], offset: number): SharedNdArray<D> {
    return new SharedNdArray(
      this.dtype,
      freeze(shape),
      freeze(strides),
      offset,
      sizeOf(shape),
      this.data,
      this.#source,
    );
  }

  /**
   * Dtype, shape and elements as text; beyond 1000 elements the middle of long axes is left out.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.from([[1, 2], [3, 40]]);
   * assertEquals(a.toString(), "SharedNdArray float64 [2, 2]\n[[ 1,  2],\n [ 3, 40]]");
   * ```
   */
  toString(): string {
    const text = (value: Scalar) => {
      const isLong = typeof value === "number" && !Number.isInteger(value) && Number.isFinite(value);
      return isLong ? String(Number(value.toPrecision(8))) : String(value);
    };
    return describeArray(
      `SharedNdArray ${this.dtype}`,
      this.shape,
      (indices) => text(this.get(...indices)),
    );
  }

  /** How the array reads in `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    return this.toString();
  }
}
