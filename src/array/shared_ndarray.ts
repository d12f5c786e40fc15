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
  isBigIntDType,
  type TypedCopy,
  type TypedData,
} from "../dtype.ts";
import { DTypeError, IndexError, ShapeError, showValue, UnsupportedError, ValueError } from "../errors.ts";
import { isInterruptible } from "../interrupt.ts";
import { allEqual, allNear } from "./compare.ts";
import { canCast, type Casting } from "./copy/casting_rules.ts";
import { copyElements } from "./copy/copy_elements.ts";
import {
  fillSpaced,
  inferDType,
  type Nested,
  nestedShape,
  nestedValues,
  type Scalar,
  toStored,
  wholeFor,
} from "./creation.ts";
import { readElement, storedOf, writeElement } from "./element_access.ts";
import {
  type DTypeOfStrided,
  isStrided,
  type StridedArray,
  type StridedInput,
  stridedSource,
} from "./foreign.ts";
import {
  type Axes,
  diagonalLayout,
  expandDimsLayout,
  flipLayout,
  moveAxisLayout,
  squeezeLayout,
  swapAxesLayout,
  transposeLayout,
} from "./layout/axes.ts";
import { broadcastLayout, broadcastShapes } from "./layout/broadcast.ts";
import type { Layout } from "./layout/layout.ts";
import { reshapeLayout, resolveShape } from "./layout/reshape.ts";
import {
  plain,
  requireAxes,
  resolveIndex,
  sameShape,
  type Shape,
  showShape,
  sizeOf,
} from "./layout/shape.ts";
import { cStrides, isCContiguous, reach } from "./layout/strides.ts";
import { type ViewIndex, viewLayout } from "./layout/view_layout.ts";
import { walkRows } from "./layout/walk.ts";
import { slidingWindowLayout } from "./layout/windows.ts";
import { allocate } from "./memory/allocation.ts";
import { allocateShared, fromSource, type MemorySource, type SharedMemory } from "./memory/shared_memory.ts";
import { Storage, type StorageOptions } from "./memory/storage.ts";
import type { NamedArrays, NamedCreateOptions, NamedOpenOptions } from "./named_memory.ts";
import { nestElements } from "./nesting.ts";
import { type JupyterBundle, jupyterBundle } from "./print/html.ts";
import { describeArray, type PrintOptions } from "./print/inspect.ts";
import type { RandomArrays } from "./random_arrays.ts";
import type {
  AllCloseOptions,
  ArrayHandle,
  AsTypeOptions,
  CopyFromOptions,
  CreateOptions,
  DiagonalOptions,
  DTypeOf,
  EqualsOptions,
  FromOptions,
  LinspaceOptions,
  ReshapeOptions,
  SlidingWindowOptions,
  TypedArrayInput,
  WrapOptions,
} from "./types.ts";

/** The layout of an array. Not to be changed; its lists are frozen only once somebody has asked for them. */
export let layoutOf: (array: SharedNdArray) => Layout;

/** What the memory of an array and its views is. */
export let storageOf: (array: SharedNdArray) => Storage;

/**
 * A tile's view: {@linkcode SharedNdArray.box} for boxes that a plan made, which lie within the array and whose shape
 * does not change.
 */
export let tileOf: (array: SharedNdArray, origin: readonly number[], shape: Shape) => SharedNdArray;

/** Sets what {@linkcode SharedNdArray.random} is. It has a module of its own, which workers mostly do without. */
export let installRandom: (random: RandomArrays) => void;

/** Sets what creates and opens arrays with a name, which workers do without. */
export let installNamed: (named: NamedArrays) => void;

/** An array over memory that is not only this process's. */
export let overMemory: <D extends DType>(memory: SharedMemory, place: MemoryPlace<D>) => SharedNdArray<D>;

/** Where an array lies in memory, and what becomes of that at its end. */
export interface MemoryPlace<D extends DType> extends StorageOptions, Omit<Layout, "offset"> {
  readonly dtype: D;
  readonly byteOffset: number;
}

/** An array of which every element is still to be written: its memory may hold anything. */
export let uninitialised: <D extends DType>(shape: Shape, dtype: D) => SharedNdArray<D>;

/**
 * An n-dimensional array in shared memory.
 *
 * Invariants:
 * 1. `shape` and `strides` have the same length and do not change; extents are non-negative integers.
 * 2. `size` is the product of `shape`, at most 2^53 - 1.
 * 3. `offset + Σ index[k] * strides[k]` is a place in `data` for every index within `shape`.
 * 4. `data` lies in one SharedArrayBuffer of fixed size, and is the same object for an array and all its views.
 * 5. Elements of a bool array are stored as 0 or 1.
 * 6. A method that makes a view copies nothing: what is written through the view is in the array, and the reverse.
 * 7. Once disposed, an array and all its views refuse every access to elements; nobody else is given their memory
 *    before that, and not while a run uses it.
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
export class SharedNdArray<D extends DType = DType> implements Disposable {
  static {
    // What other modules of the package may know and do, and users may not.
    layoutOf = (array) => requireArray(array)._layout;
    storageOf = (array) => requireArray(array)._storage;
    uninitialised = (shape, dtype) => SharedNdArray.#allocate(shape, dtype, false);
    tileOf = (array, origin, shape) => array.#boxAt(origin, shape);
    installRandom = (random) => SharedNdArray.#random = random;
    installNamed = (named) => SharedNdArray.#named = named;
    overMemory = (memory, { dtype, shape, strides, byteOffset, ...options }) => {
      const place = { byteOffset, length: sizeOf(shape) };
      return SharedNdArray.#over(
        memory,
        dtypeRow(dtype),
        dtype,
        { shape, strides, offset: 0 },
        place,
        options,
      );
    };
  }

  static #random: RandomArrays | undefined;
  static #named: NamedArrays | undefined;

  /**
   * The dtype.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.from([true, false]).dtype, "bool");
   * ```
   */
  readonly dtype: D;
  /**
   * Where index [0, 0, …] lies in `data`, in elements.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const days = SharedNdArray.zeros([365, 4]);
   * assertEquals([days.offset, days.view(2).offset], [0, 8]);
   * ```
   */
  readonly offset: number;
  /**
   * The number of elements.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.zeros([3, 4]).size, 12);
   * ```
   */
  readonly size: number;
  /**
   * Not private to the runtime, so that comparisons of objects, as in tests, see what distinguishes two arrays.
   */
  private readonly _layout: Layout;
  private _storage: Storage<D>;
  readonly #isView: boolean;
  /**
   * The number of axes, and the last index and the stride of up to three, kept apart because reading them from arrays
   * would take most of the time of `get`. An axis that is missing has one index and stride 0. The last index is -1
   * where no index is: on an empty axis; and where `get` must take the long way: on the first of more than three axes,
   * and on an axis whose indices do not fit 32 bits.
   */
  readonly #ndim: number;
  readonly #last0: number;
  readonly #last1: number;
  readonly #last2: number;
  readonly #stride0: number;
  readonly #stride1: number;
  readonly #stride2: number;

  private constructor(dtype: D, layout: Layout, size: number, storage: Storage<D>, isView: boolean) {
    const { shape, strides } = layout;
    const ndim = shape.length;
    requireAxes(ndim);
    this.dtype = dtype;
    this.offset = layout.offset;
    this.size = size;
    this._layout = layout;
    this._storage = storage;
    this.#isView = isView;
    this.#ndim = ndim;
    this.#last0 = ndim > 3 ? -1 : ndim > 0 ? lastIndex(shape[0]) : 0;
    this.#last1 = ndim > 1 ? lastIndex(shape[1]) : 0;
    this.#last2 = ndim > 2 ? lastIndex(shape[2]) : 0;
    this.#stride0 = ndim > 0 ? strides[0] : 0;
    this.#stride1 = ndim > 1 ? strides[1] : 0;
    this.#stride2 = ndim > 2 ? strides[2] : 0;
  }

  static #allocate<D extends DType>(shape: Shape, dtype: D, zeroed: boolean): SharedNdArray<D> {
    const row = dtypeRow(dtype);
    const size = sizeOf(shape);
    const extents = shape.map(plain);
    const memory = allocateShared(size * row.bytes, { zeroed });
    // The row belongs to the dtype, so its typed array is the one that DTypeMap names.
    const data = new row.array(memory.buffer, memory.byteOffset, size) as TypedData<D>;
    const layout = { shape: extents, strides: cStrides(extents), offset: 0 };
    return new SharedNdArray(dtype, layout, size, new Storage(memory, data, { owns: true }), false);
  }

  /** Over memory that belongs to somebody else. */
  static #over<D extends DType>(
    memory: SharedMemory,
    row: DTypeRow,
    dtype: D,
    layout: Layout,
    place: { readonly byteOffset: number; readonly length: number; readonly identity?: number },
    options: StorageOptions = { identity: place.identity },
  ): SharedNdArray<D> {
    // The row belongs to the dtype, so its typed array is the one that DTypeMap names.
    const data = new row.array(memory.buffer, place.byteOffset, place.length) as TypedData<D>;
    const storage = new Storage(memory, data, { ...options, owns: false });
    const { shape, strides, offset } = layout;
    return new SharedNdArray(
      dtype,
      { shape: shape.slice(), strides: strides.slice(), offset },
      sizeOf(shape),
      storage,
      false,
    );
  }

  /** A view. */
  #at(layout: Layout): SharedNdArray<D> {
    let size = 1;
    for (let axis = 0; axis < layout.shape.length; axis++) size *= layout.shape[axis];
    return new SharedNdArray(this.dtype, layout, size, this._storage, true);
  }

  /** The elements with their layout, as loops over them want it. */
  get #elements(): Layout & { readonly dtype: D; readonly data: TypedData<D> } {
    return { ...this._layout, dtype: this.dtype, data: this.data };
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
    return SharedNdArray.#allocate(shape, options.dtype ?? ("float64" as D), true);
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
    const array = SharedNdArray.empty(shape, options);
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
    const array = SharedNdArray.empty(shape, { dtype: options.dtype ?? (inferDType([value]) as D) });
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
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.arange(2000, 2003, { dtype: "int16" }).toNested(), [2000, 2001, 2002]);
   * ```
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
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.arange(90, -91, -90).toNested(), [90, 0, -90]);
   * ```
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
    const isOption = (arg: unknown) => typeof arg === "object" || arg === undefined;
    const end = args.findIndex(isOption);
    const numbers = args.slice(0, end < 0 ? args.length : end);
    const options = args.slice(numbers.length).find((arg) => typeof arg === "object") ?? {};
    const wrong = numbers.length > 3 || args.slice(numbers.length + 1).some((arg) => !isOption(arg)) ||
      numbers.some((number) => typeof number !== "number");
    // They have just been found to be numbers.
    const [start, stop, step = 1] = (numbers.length === 1 ? [0, numbers[0]] : numbers) as number[];
    const count = Math.ceil((stop - start) / step);
    if (wrong || step === 0 || !Number.isFinite(count)) {
      throw new ShapeError(
        `Cannot count from ${showValue(start)} to ${showValue(stop)} in steps of ${showValue(step)}`,
      );
    }
    const array = SharedNdArray.empty([Math.max(0, count)], options);
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
    const array = SharedNdArray.empty([count], options);
    const gaps = endpoint ? count - 1 : count;
    fillSpaced(array.data, array.dtype, start, gaps > 0 ? (stop - start) / gaps : 0);
    if (endpoint && count > 1) {
      array.data[count - 1] = toStored(wholeFor(stop, array.dtype), array.dtype);
    }
    return array;
  }

  /**
   * The identity matrix: ones on the main diagonal, zeros elsewhere.
   *
   * @param extent The extent of both axes.
   * @param options The dtype; float64 by default.
   * @throws {ShapeError} If the extent is no non-negative integer.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.identity(2).toNested(), [[1, 0], [0, 1]]);
   * ```
   */
  static identity<D extends DType = "float64">(
    extent: number,
    options: CreateOptions<D> = {},
  ): SharedNdArray<D> {
    const array = SharedNdArray.zeros([extent, extent], options);
    array.diagonal().#fillStored(toStored(1, array.dtype));
    return array;
  }

  /**
   * An array of which every element is still to be written: until then it holds whatever is in its memory, which
   * saves the time of writing zeros.
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
   * assertEquals(SharedNdArray.empty([2, 2]).fill(3).toNested(), [[3, 3], [3, 3]]);
   * ```
   */
  static empty<D extends DType = "float64">(shape: Shape, options: CreateOptions<D> = {}): SharedNdArray<D> {
    return SharedNdArray.#allocate(shape, options.dtype ?? ("float64" as D), false);
  }

  /**
   * Random numbers: called, uniform ones in [0, 1); its methods make others. All come from the counter-based generator
   * Philox4x32-10 (Salmon et al., SC 2011): the same seed gives the same numbers on every machine, and an element
   * depends on the seed and its place alone.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assert, assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.random([4, 4], { seed: 1 });
   * const b = SharedNdArray.random([2, 8], { seed: 1 });
   * assertEquals([...a.values()], [...b.values()]);
   * const dice = SharedNdArray.random.integers([100], { low: 1, high: 7, seed: 1 });
   * assert(dice.values().every((eyes) => eyes >= 1 && eyes <= 6));
   * ```
   */
  static get random(): RandomArrays {
    if (SharedNdArray.#random === undefined) throw new Error("Random numbers come with mod.ts: import it");
    return SharedNdArray.#random;
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
   * A copy of another library's array, in shared memory: anything with data, shape and strides, under `stride` or
   * `strides` in elements, such as zarrita's chunks, scijs' `ndarray` and `@stdlib/ndarray`.
   *
   * @param source The array.
   * @param options The dtype: by default that of its data.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const picture = { data: new Uint8Array([1, 2, 3, 4, 5, 6]), shape: [2, 3], stride: [1, 2] };
   * assertEquals(SharedNdArray.from(picture).toNested(), [[1, 3, 5], [2, 4, 6]]);
   * ```
   */
  static from<const S extends StridedInput, D extends DType = DTypeOfStrided<S>>(
    source: S,
    options?: CreateOptions<D>,
  ): SharedNdArray<D>;
  /**
   * A copy of nested arrays, or of a single value, in shared memory.
   *
   * @param source The values.
   * @param options The dtype: by default bool for booleans, int64 for bigints, otherwise float64.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.from([[1n, 2n]]).dtype, "int64");
   * assertEquals(SharedNdArray.from([[1, 0], [0, 2]], { dtype: "bool" }).get(1, 1), true);
   * ```
   */
  static from<S extends Scalar, D extends DType = DTypeOf<S>>(
    source: Nested<S>,
    options?: FromOptions<D>,
  ): SharedNdArray<D>;
  /**
   * A copy of whichever of them it is, of a dtype that is known at run time only.
   *
   * @param source The values.
   * @param options The dtype, and for typed arrays the shape.
   */
  static from(source: Nested | TypedArrayInput | StridedInput, options?: FromOptions): SharedNdArray;
  static from<D extends DType>(
    source: Nested | TypedArrayInput | StridedInput,
    options: FromOptions<D> = {},
  ): SharedNdArray<D> {
    if (ArrayBuffer.isView(source)) return SharedNdArray.#fromTyped(source, options);
    if (isStrided(source)) return SharedNdArray.#fromStrided(source, options);
    const shape = nestedShape(source);
    const values = nestedValues(source, shape).toArray();
    if (options.shape !== undefined && !sameShape(options.shape, shape)) {
      throw new ShapeError(
        `Nested arrays of shape ${showShape(shape)} do not have the shape ${showShape(options.shape)}`,
      );
    }
    // DTypeOf says in types what inferDType does at run time.
    const array = SharedNdArray.empty(shape, { dtype: options.dtype ?? (inferDType(values) as D) });
    const { data, dtype } = array;
    values.forEach((value, i) => data[i] = toStored(value, dtype));
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
    return SharedNdArray.#fromStrided({ data: source, shape, strides: cStrides(shape), dtype }, options);
  }

  static #fromStrided<D extends DType>(source: StridedInput, options: FromOptions<D>): SharedNdArray<D> {
    const from = stridedSource(source);
    if (options.shape !== undefined && !sameShape(options.shape, from.shape)) {
      throw new ShapeError(
        `An array of shape ${showShape(from.shape)} does not have the shape ${showShape(options.shape)}`,
      );
    }
    // Without a dtype in the options, D is DTypeOf the source's data, which is what stridedSource finds.
    const array = SharedNdArray.empty(from.shape, { dtype: options.dtype ?? (from.dtype as D) });
    copyElements(array.#elements, from);
    return array;
  }

  /**
   * An array over a SharedArrayBuffer that the user has. Nothing is copied. Bytes of a bool array must be 0 or 1. Two
   * arrays over clones of one buffer, made outside of this package, cannot be known to share memory.
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
    const row = dtypeRow(options?.dtype ?? "float64");
    const memory = fromSource(buffer);
    sizeOf(options?.shape);
    const { shape, dtype = "float64" as D, byteOffset = 0, strides = cStrides(shape) } = options;
    requireStrides(shape, strides);
    requirePlace(memory, row, dtype, byteOffset, 0);
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
    return SharedNdArray.#over(memory, row, dtype, { shape, strides, offset }, { byteOffset, length });
  }

  /**
   * Creates shared memory that has a name, by which other processes find it, such as Python's
   * `multiprocessing.shared_memory.SharedMemory(name=…)`. It begins as zeros. Disposing the array removes the name, as
   * `using` does at the end of a block. Linux and macOS; needs `--allow-ffi`.
   *
   * @param options Its name, shape, dtype and order.
   * @throws {Deno.errors.AlreadyExists} If there is shared memory of that name.
   * @throws {AllocationError} If there is not that much room.
   * @throws {UnsupportedError} On other systems, or without the permission.
   * @throws {ValueError} If the name is none that all systems take.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * if (Deno.permissions.querySync({ name: "ffi" }).state === "granted") {
   *   const name = `tmp-${crypto.randomUUID().slice(0, 8)}`;
   *   using tmp = SharedNdArray.create({ name, shape: [365, 16], dtype: "float32" });
   *   using same = SharedNdArray.open(name, { shape: [365, 16], dtype: "float32" });
   *   tmp.set(1, 2, 9.5);
   *   assertEquals(same.get(1, 2), 9.5);
   * }
   * ```
   */
  static create<D extends DType = "float64">(options: NamedCreateOptions<D>): SharedNdArray<D> {
    return SharedNdArray.#requireNamed().create(options);
  }

  /**
   * Attaches to shared memory that somebody created under a name: another process here, or Python's
   * `multiprocessing.shared_memory`. Nothing is copied. Disposing the array leaves the name. Linux and macOS; needs
   * `--allow-ffi`.
   *
   * @param name The name.
   * @param options Shape, dtype and order: the memory itself knows only how many bytes it has.
   * @throws {Deno.errors.NotFound} If there is none of that name.
   * @throws {ShapeError} If it is too small.
   * @throws {UnsupportedError} On other systems, or without the permission.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertThrows } from "@std/assert";
   *
   * // Nobody has created it.
   * const name = `rad-${crypto.randomUUID().slice(0, 8)}`;
   * assertThrows(() => SharedNdArray.open(name, { shape: [365, 16], readOnly: true }));
   * ```
   */
  static open<D extends DType = "float64">(name: string, options: NamedOpenOptions<D>): SharedNdArray<D> {
    return SharedNdArray.#requireNamed().open(name, options);
  }

  /**
   * Removes the name of shared memory, whoever created it. Whoever has it keeps it; nobody else finds it any more.
   *
   * @param name The name.
   * @throws {Deno.errors.NotFound} If there is none of that name.
   * @throws {UnsupportedError} On systems other than Linux and macOS, or without `--allow-ffi`.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertThrows } from "@std/assert";
   *
   * assertThrows(() => SharedNdArray.unlink(`none-${crypto.randomUUID().slice(0, 8)}`));
   * ```
   */
  static unlink(name: string): void {
    SharedNdArray.#requireNamed().unlink(name);
  }

  static #requireNamed(): NamedArrays {
    if (SharedNdArray.#named === undefined) throw new Error("Arrays with a name come with mod.ts: import it");
    return SharedNdArray.#named;
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
    if (typeof handle !== "object" || handle === null) {
      throw new ValueError(`Expected a handle, but got ${showValue(handle)}: an array's handle() makes one`);
    }
    const { source, dtype, shape, strides, offset, byteOffset, length } = handle;
    const memory = fromSource(source), row = dtypeRow(dtype);
    sizeOf(shape);
    requireStrides(shape, strides);
    requirePlace(memory, row, dtype, byteOffset, length);
    const ends = reach(shape, strides, offset);
    if (!Number.isSafeInteger(offset) || (ends !== null && (ends.lowest < 0 || ends.highest >= length))) {
      throw new ShapeError(
        `An array of shape ${showShape(shape)} with strides ${showShape(strides)} and offset ${
          showValue(offset)
        } does not lie within the ${length} elements of its handle`,
      );
    }
    return SharedNdArray.#over(memory, row, dtype, handle, handle, handle);
  }

  /**
   * The extents, one number an axis.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const [rows, columns] = SharedNdArray.from([[1, 2, 3], [4, 5, 6]]).shape;
   * assertEquals([rows, columns], [2, 3]);
   * ```
   */
  get shape(): Shape {
    return Object.freeze(this._layout.shape);
  }

  /**
   * The distance between neighbours on each axis, in elements.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([365, 16, 8]);
   * assertEquals(a.strides, [128, 8, 1]);
   * assertEquals(a.transpose().strides, [1, 8, 128]);
   * ```
   */
  get strides(): readonly number[] {
    return Object.freeze(this._layout.strides);
  }

  /**
   * The elements, shared by all views: of a view, `offset` and `strides` say which are its own. They need not begin at
   * the buffer's first byte: `data.byteOffset` tells where. Do not keep it longer than the array: a disposed array's
   * memory becomes that of another.
   *
   * @throws {DisposedError} If the array was disposed.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const { data, offset, strides } = SharedNdArray.from([[1, 2], [3, 4], [5, 6]]).view(null, 1);
   * assertEquals(data.length, 6);
   * assertEquals(data[offset + 2 * strides[0]], 6);
   * ```
   */
  get data(): TypedData<D> {
    return this._storage.data ?? this._storage.require();
  }

  /**
   * The number of axes.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([365, 16]);
   * assertEquals([a, a.view(0), a.view(0, 0)].map((view) => view.ndim), [2, 1, 0]);
   * ```
   */
  get ndim(): number {
    return this.#ndim;
  }

  /**
   * The bytes of this array's elements; of a view, not those between them.
   *
   * @example
   * ```ts
   * import { SharedNdArray, slice } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([10], { dtype: "float32" });
   * assertEquals([a.byteLength, a.view(slice(null, null, 2)).byteLength], [40, 20]);
   * ```
   */
  get byteLength(): number {
    return this.size * DTYPES[this.dtype].bytes;
  }

  /**
   * Whether the array, or the one that it is a view of, was disposed.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([4]);
   * const view = a.flip();
   * a.dispose();
   * assertEquals(view.isDisposed, true);
   * ```
   */
  get isDisposed(): boolean {
    return this._storage.data === undefined;
  }

  /**
   * Ends the array: its memory is free at once for arrays to come, unless a run still uses it or its handle was given
   * away. What is too large to be kept for them goes back to the system, as soon as a pool's idle workers, a moment
   * after their last run, have let go of it too. Every later access to its elements, or to those of its views, throws. Of a view only the view ends; of an
   * array over memory that it did not allocate, the array and its views, but not the memory.
   *
   * Without it, memory is collected once nothing refers to it.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertThrows } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([2]);
   * a.dispose();
   * assertThrows(() => a.get(0), Error, "The array was used after it was disposed");
   * ```
   */
  dispose(): void {
    if (this.#isView) this._storage = new Storage<D>();
    else this._storage.dispose();
  }

  /**
   * The same at the end of a block, by `using`.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   *
   * for (let day = 0; day < 1000; day++) {
   *   using scratch = SharedNdArray.zeros([100, 100]);
   *   scratch.fill(day);
   * }
   * ```
   */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * The handle from which a worker rebuilds this array: plain data that can be posted, over the same bytes.
   *
   * @throws {DisposedError} If the array was disposed.
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
    return handleOf(this, this._storage.share());
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
    const count = indices.length;
    const i = count > 0 ? indices[0] : 0, j = count > 1 ? indices[1] : 0, k = count > 2 ? indices[2] : 0;
    const data = this._storage.data;
    // The short way stands here and in `set`, not in a method of both: a result of its own would cost both as much again.
    if (
      count === this.#ndim && data !== undefined &&
      typeof i === "number" && typeof j === "number" && typeof k === "number" &&
      // One comparison for all bounds: none of these is negative.
      (i | j | k | (this.#last0 - i) | (this.#last1 - j) | (this.#last2 - k)) >= 0 &&
      (i | 0) === i && (j | 0) === j && (k | 0) === k
    ) {
      const place = this.offset + i * this.#stride0 + j * this.#stride1 + k * this.#stride2;
      // The dtype says what an element is.
      if (this.dtype === "float64") return data[place] as Element<D>;
      return readElement(data, this.dtype, place) as Element<D>;
    }
    return readElement(this.data, this.dtype, this.#place(indices, count)) as Element<D>;
  }

  /**
   * Writes one element.
   *
   * @param args One index an axis, then the value: a bigint for 64-bit integers, a boolean for bool (anything else is
   * taken as whether it is 0), otherwise a number, which integer dtypes truncate and wrap as typed arrays do.
   * @throws {IndexError} If there are not as many indices as axes, or one is out of range.
   * @throws {DTypeError} If the value is of another type.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([2, 2], { dtype: "bool" });
   * a.set(0, 1, true);
   * assertEquals([...a.values()], [false, true, false, false]);
   * const b = SharedNdArray.zeros([1], { dtype: "uint8" });
   * b.set(0, 257.9);
   * assertEquals(b.get(0), 1);
   * ```
   */
  set(...args: [...indices: number[], value: Element<D>]): void {
    const count = args.length - 1;
    // All but the last argument are indices, which the tuple's type says but TypeScript does not follow.
    const indices = args as number[];
    const i = count > 0 ? indices[0] : 0, j = count > 1 ? indices[1] : 0, k = count > 2 ? indices[2] : 0;
    // The index is spelt out because a variable one would keep the arguments from living in registers.
    const last = count === 3 ? args[3] : count === 2 ? args[2] : count === 1 ? args[1] : args[count];
    const value: Element<DType> = last;
    const data = this._storage.data;
    if (
      count === this.#ndim && data !== undefined &&
      typeof i === "number" && typeof j === "number" && typeof k === "number" &&
      // One comparison for all bounds: none of these is negative.
      (i | j | k | (this.#last0 - i) | (this.#last1 - j) | (this.#last2 - k)) >= 0 &&
      (i | 0) === i && (j | 0) === j && (k | 0) === k
    ) {
      const place = this.offset + i * this.#stride0 + j * this.#stride1 + k * this.#stride2;
      if (this.dtype === "float64" && typeof value === "number") data[place] = value;
      else writeElement(data, this.dtype, place, value);
      return;
    }
    writeElement(this.data, this.dtype, this.#place(indices, count), value);
  }

  /** Where an element lies: for any number of axes, with indices from the end, and with what is wrong with them. */
  #place(indices: readonly number[], count: number): number {
    const { shape, strides } = this._layout;
    if (count < 0) throw new IndexError(`Got no value for an array of shape ${showShape(shape)}`);
    if (count !== shape.length) {
      throw new IndexError(
        `Got ${count} indices for an array of shape ${showShape(shape)}, expected ${shape.length}`,
      );
    }
    let place = this.offset;
    for (let axis = 0; axis < count; axis++) {
      place += resolveIndex(indices[axis], shape[axis], axis) * strides[axis];
    }
    return place;
  }

  /**
   * The only element of an array of size 1, or the element at a place in C order.
   *
   * @param place Which, from 0; negative ones count from the end. Can be left out when there is only one.
   * @throws {ShapeError} If the array has not one element and no place is given.
   * @throws {IndexError} If the place is out of range.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.from([[7]]).item(), 7);
   * assertEquals(SharedNdArray.from([[1, 2], [3, 4]]).item(2), 3);
   * ```
   */
  item(place?: number): Element<D> {
    if (place === undefined && this.size !== 1) {
      throw new ShapeError(
        `An array of shape ${showShape(this.shape)} has ${this.size} elements, not one: name a place`,
      );
    }
    const wanted = place ?? 0;
    if (!Number.isInteger(wanted) || wanted < -this.size || wanted >= this.size) {
      throw new IndexError(`Place ${wanted} is out of bounds for an array of ${this.size} elements`);
    }
    const { shape, strides } = this._layout;
    let rest = wanted < 0 ? wanted + this.size : wanted, at = this.offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
    // The dtype says what an element is.
    return readElement(this.data, this.dtype, at) as Element<D>;
  }

  /**
   * Writes one value to every element.
   *
   * @param value The value.
   * @returns The array itself.
   * @throws {DTypeError} If it is not of the dtype's type.
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
    this.#fillStored(storedOf(value, this.dtype));
    return this;
  }

  /** Refuses what would write much to where it gets nowhere. */
  #requireWritable(): void {
    if (!this._storage.isReadOnly) return;
    throw new UnsupportedError("The array was opened to be read only: copy() makes one that can be written");
  }

  #fillStored(stored: number | bigint): void {
    this.#requireWritable();
    // Written through one typed array's type; value and data have been matched before.
    const data = this.data as Float64Array, value = stored as number;
    if (this.size === 0) return;
    // Where a run may have to stop a long row is filled in pieces.
    if (isCContiguous(this._layout.shape, this._layout.strides) && !isInterruptible()) {
      data.fill(value, this.offset, this.offset + this.size);
      return;
    }
    walkRows([this._layout], (length, [place], [step]) => {
      if (step === 1) data.fill(value, place, place + length);
      else for (let i = 0; i < length; i++, place += step) data[place] = value;
    });
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
    for (const place of placesInOrder(this._layout)) {
      // The dtype says what an element is.
      yield readElement(this.data, this.dtype, place) as Element<D>;
    }
  }

  /**
   * The views of each index of the first axis. Those of an array with one axis have none: `item()` gives their
   * element, and `values()` all elements at once.
   *
   * @throws {IndexError} If the array has no axis.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const grid = SharedNdArray.zeros([2, 3]);
   * let row = 0;
   * for (const view of grid) view.fill(row++);
   * assertEquals(grid.toNested(), [[0, 0, 0], [1, 1, 1]]);
   * ```
   */
  *[Symbol.iterator](): Generator<SharedNdArray<D>, void, unknown> {
    if (this.#ndim === 0) throw new IndexError("An array of shape [] has no axis to walk along");
    for (let index = 0; index < this._layout.shape[0]; index++) yield this.view(index);
  }

  /**
   * A view of a part. Nothing is copied.
   *
   * @param indices For each axis a number (picks the index and drops the axis), null (the whole axis) or a
   * {@linkcode slice}; {@linkcode newAxis} adds an axis, {@linkcode ellipsis} stands for the axes that are not named.
   * Without it, axes that are not named at the end are whole.
   * @throws {IndexError} If there are more indices than axes, or a number is out of range.
   *
   * @example
   * ```ts
   * import { ellipsis, newAxis, SharedNdArray, slice } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const tmp = SharedNdArray.zeros([365, 16, 8]);
   * assertEquals(tmp.view(0, slice(0, 4), slice(null, null, -1)).shape, [4, 8]);
   * assertEquals(tmp.view(-1).shape, [16, 8]);
   * assertEquals(tmp.view(ellipsis, 0).shape, [365, 16]);
   * assertEquals(tmp.view(newAxis, 0).shape, [1, 16, 8]);
   * ```
   */
  view(...indices: ViewIndex[]): SharedNdArray<D> {
    return this.#at(viewLayout(this._layout, indices));
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
   * const a = SharedNdArray.arange(12);
   * assertEquals([...a.box([4], [3]).values()], [4, 5, 6]);
   * ```
   */
  box(origin: readonly number[], shape: Shape): SharedNdArray<D> {
    const own = this._layout.shape;
    const isWithin = Array.isArray(origin) && Array.isArray(shape) && origin.length === own.length &&
      shape.length === own.length &&
      own.every((whole, axis) => {
        const start = origin[axis], extent = shape[axis];
        return Number.isInteger(start) && Number.isInteger(extent) && start >= 0 && extent >= 0 &&
          start + extent <= whole;
      });
    if (!isWithin) {
      throw new IndexError(
        `The box at ${showValue(origin)} of shape ${showValue(shape)} does not lie within ${showShape(own)}`,
      );
    }
    return this.#boxAt(origin, shape.slice());
  }

  #boxAt(origin: readonly number[], shape: Shape): SharedNdArray<D> {
    const own = this._layout;
    let offset = own.offset, size = 1;
    for (let axis = 0; axis < shape.length; axis++) {
      offset += origin[axis] * own.strides[axis];
      size *= shape[axis];
    }
    const layout = { shape, strides: own.strides, offset: size === 0 ? own.offset : offset };
    return new SharedNdArray(this.dtype, layout, size, this._storage, true);
  }

  /**
   * The same elements, in C order, in another shape: a view where the strides allow it, otherwise a copy.
   *
   * @param shape The shape; one extent can be -1, as much as is left. A number is a shape of one axis.
   * @param options Whether it may or must be a copy.
   * @throws {ShapeError} If the shape has another number of elements, or would need a copy that was refused.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const a = SharedNdArray.arange(6).reshape([2, -1]);
   * assertEquals(a.toNested(), [[0, 1, 2], [3, 4, 5]]);
   * assertThrows(() => a.transpose().reshape([6], { copy: "never" }), RangeError, "without a copy");
   * ```
   */
  reshape(shape: Shape | number, options: ReshapeOptions = {}): SharedNdArray<D> {
    const { copy = "ifNeeded" } = options;
    if (copy !== "ifNeeded" && copy !== "never" && copy !== "always") {
      throw new ValueError(`Unknown copy ${JSON.stringify(copy)}: expected ifNeeded, never or always`);
    }
    const own = this._layout;
    const wanted = resolveShape(typeof shape === "number" ? [shape] : shape, own.shape);
    if (copy === "always") return this.copy().#as(wanted);
    const layout = reshapeLayout(own, wanted);
    if (layout !== null) return this.#at(layout);
    if (copy === "never") {
      throw new ShapeError(
        `Cannot reshape ${showShape(own.shape)} with strides ${showShape(own.strides)} to ${
          showShape(wanted)
        } without a copy`,
      );
    }
    return this.copy().#as(wanted);
  }

  /** The array itself in another shape, where it is contiguous and nobody else knows it. */
  #as(shape: Shape): SharedNdArray<D> {
    const layout = { shape, strides: cStrides(shape), offset: this.offset };
    return new SharedNdArray(this.dtype, layout, this.size, this._storage, this.#isView);
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
    return this.#at(transposeLayout(this._layout, axes));
  }

  /**
   * The view with two axes in each other's place.
   *
   * @param first An axis; negative ones count from the end.
   * @param second Another.
   * @throws {IndexError} If one is out of range.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.zeros([2, 3, 4]).swapAxes(0, -1).shape, [4, 3, 2]);
   * ```
   */
  swapAxes(first: number, second: number): SharedNdArray<D> {
    return this.#at(swapAxesLayout(this._layout, first, second));
  }

  /**
   * The view with axes at other places; the others keep their order.
   *
   * @param source The axis or axes to move.
   * @param destination Where each goes.
   * @throws {IndexError} If axes are out of range or named twice, or there are not as many of both.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.zeros([2, 3, 4]).moveAxis(0, -1).shape, [3, 4, 2]);
   * ```
   */
  moveAxis(source: Axes, destination: Axes): SharedNdArray<D> {
    return this.#at(moveAxisLayout(this._layout, source, destination));
  }

  /**
   * The view in which axes run backwards.
   *
   * @param axes Which. Default: all.
   * @throws {IndexError} If an axis is out of range or named twice.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.from([[1, 2], [3, 4]]);
   * assertEquals(a.flip().toNested(), [[4, 3], [2, 1]]);
   * assertEquals(a.flip(0).toNested(), [[3, 4], [1, 2]]);
   * ```
   */
  flip(axes?: Axes): SharedNdArray<D> {
    return this.#at(flipLayout(this._layout, axes));
  }

  /**
   * The view without axes of extent 1.
   *
   * @param axes Which go. Default: all of extent 1.
   * @throws {ShapeError} If one has another extent.
   * @throws {IndexError} If one is out of range or named twice.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([1, 3, 1]);
   * assertEquals(a.squeeze().shape, [3]);
   * assertEquals(a.squeeze(0).shape, [3, 1]);
   * ```
   */
  squeeze(axes?: Axes): SharedNdArray<D> {
    return this.#at(squeezeLayout(this._layout, axes));
  }

  /**
   * The view with new axes of extent 1.
   *
   * @param axes Where they are in the view; negative ones count from its end.
   * @throws {IndexError} If one is out of range or named twice.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.zeros([3]).expandDims([0, -1]).shape, [1, 3, 1]);
   * ```
   */
  expandDims(axes: Axes): SharedNdArray<D> {
    return this.#at(expandDimsLayout(this._layout, axes));
  }

  /**
   * The view that repeats the array to a shape, with strides of 0. What is written to one repetition is in all.
   *
   * @param shape The shape.
   * @throws {ShapeError} If the array does not broadcast to it.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.from([1, 2]);
   * assertEquals(a.broadcastTo([2, 2]).toNested(), [[1, 2], [1, 2]]);
   * ```
   */
  broadcastTo(shape: Shape): SharedNdArray<D> {
    return this.#at(broadcastLayout(this._layout, shape));
  }

  /**
   * The view of a diagonal: its elements are the last axis.
   *
   * @param options Which diagonal, of which axes. Default: the main one of the first two. A number is the offset.
   * @throws {IndexError} If there are not two different axes.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([3, 3]);
   * a.diagonal({ offset: 1 }).fill(5);
   * assertEquals(a.toNested(), [[0, 5, 0], [0, 0, 5], [0, 0, 0]]);
   * ```
   */
  diagonal(options: DiagonalOptions | number = {}): SharedNdArray<D> {
    const { offset = 0, axis1 = 0, axis2 = 1 } = typeof options === "number" ? { offset: options } : options;
    return this.#at(diagonalLayout(this._layout, offset, axis1, axis2));
  }

  /**
   * The view of all positions of a window: the axes of positions come first, then those of the window. Windows overlap,
   * so what is written to one is in others too.
   *
   * @param window The window's extents; a number for one axis.
   * @param options Along which axes it slides. Default: all, one extent for each.
   * @throws {ShapeError} If the window does not fit.
   * @throws {IndexError} If an axis is out of range or named twice.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.from([1, 2, 3, 4]);
   * assertEquals(a.slidingWindow(3).toNested(), [[1, 2, 3], [2, 3, 4]]);
   * ```
   */
  slidingWindow(window: Axes, options: SlidingWindowOptions = {}): SharedNdArray<D> {
    return this.#at(slidingWindowLayout(this._layout, window, options.axes));
  }

  /**
   * A copy in memory of its own, in C order.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([2, 3]);
   * const b = a.transpose().copy();
   * b.fill(1);
   * assertEquals([a.get(0, 0), b.strides], [0, [2, 1]]);
   * ```
   */
  copy(): SharedNdArray<D> {
    const copy = SharedNdArray.#allocate(this._layout.shape, this.dtype, false);
    copyElements(copy.#elements, this.#elements);
    return copy;
  }

  /**
   * Writes another array's elements to this one's. Where both share memory, the result is as if the other had been
   * copied first.
   *
   * @param source An array of any dtype and strides, which is broadcast to this one's shape, an array of another
   * library, a typed array, nested arrays, or a single value.
   * @param options Which conversions of dtypes are allowed. Default: all, as typed arrays convert.
   * @returns The array itself.
   * @throws {ShapeError} If the source does not broadcast to this array's shape.
   * @throws {DTypeError} If its dtype would have to be converted in a way that was not allowed.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.zeros([2, 2], { dtype: "int32" });
   * a.copyFrom(SharedNdArray.from([1.9, -1.9]));
   * assertEquals(a.toNested(), [[1, -1], [1, -1]]);
   * ```
   */
  copyFrom(
    source: SharedNdArray | StridedInput | TypedArrayInput | Nested,
    options: CopyFromOptions = {},
  ): this {
    const { casting = "unsafe" } = options;
    this.#requireWritable();
    if (!(source instanceof SharedNdArray) && !isStrided(source)) {
      using copy = ArrayBuffer.isView(source)
        ? SharedNdArray.from(source)
        : SharedNdArray.from<Scalar, DType>(source);
      return this.copyFrom(copy, options);
    }
    const from = source instanceof SharedNdArray ? source.#elements : stridedSource(source);
    requireCast(from.dtype, this.dtype, casting);
    if (this.#isHiddenOverlap(from.data)) {
      using copy = SharedNdArray.from(from);
      return this.copyFrom(copy, options);
    }
    copyElements(this.#elements, { ...from, ...broadcastLayout(from, this._layout.shape) });
    return this;
  }

  /** Whether elements lie in the same bytes through another buffer object, as those of clones of handles do. */
  #isHiddenOverlap({ buffer }: ArrayBufferView): boolean {
    return this.data.buffer !== buffer && this._storage.isOver(buffer);
  }

  /**
   * A copy with another dtype. Floats become integers as typed arrays convert them: fractions are dropped, what is out
   * of range wraps, NaN and infinities become 0. Anything but 0 becomes true.
   *
   * @param dtype The dtype.
   * @param options Which conversions are allowed, with NumPy's names. Default: all.
   * @throws {DTypeError} If the conversion was not allowed.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals, assertThrows } from "@std/assert";
   *
   * const a = SharedNdArray.from([1.9, -1.9]);
   * assertEquals(a.astype("int8").toNested(), [1, -1]);
   * assertThrows(() => a.astype("int8", { casting: "safe" }), TypeError, "Cannot cast float64 to int8");
   * ```
   */
  astype<E extends DType>(dtype: E, options: AsTypeOptions = {}): SharedNdArray<E> {
    dtypeRow(dtype);
    requireCast(this.dtype, dtype, options.casting ?? "unsafe");
    const array = SharedNdArray.#allocate(this._layout.shape, dtype, false);
    copyElements(array.#elements, this.#elements);
    return array;
  }

  /**
   * The elements as nested arrays; of an array without axes, its element.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.arange(4).reshape([2, 2]).toNested(), [[0, 1], [2, 3]]);
   * ```
   */
  toNested(): Nested<Element<D>> {
    return nestElements(this._layout.shape, this.values());
  }

  /**
   * What `JSON.stringify` writes: dtype, shape and nested values. 64-bit integers are decimal strings, because JSON's
   * numbers lose their last digits; NaN and the infinities become null, as JSON has none.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const json = JSON.stringify(SharedNdArray.from([[1n, 2n]]));
   * assertEquals(json, '{"dtype":"int64","shape":[1,2],"values":[["1","2"]]}');
   * ```
   */
  toJSON(): { readonly dtype: D; readonly shape: Shape; readonly values: unknown } {
    const { dtype, shape } = this;
    const values = this.toNested();
    if (!isBigIntDType(dtype)) return { dtype, shape, values };
    const asText = (part: unknown): unknown => Array.isArray(part) ? part.map(asText) : String(part);
    return { dtype, shape, values: asText(values) };
  }

  /**
   * A copy of the elements, in C order, as a typed array over memory that is not shared. Booleans are bytes 0 and 1.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(SharedNdArray.from([[1, 2], [3, 4]]).transpose().toTyped(), new Float64Array([1, 3, 2, 4]));
   * ```
   */
  toTyped(): TypedCopy<D> {
    const { shape } = this._layout;
    // The row belongs to the dtype, so its typed array is the one that DTypeMap names.
    const copy = allocate(
      this.byteLength,
      "for a typed array",
      () => new DTYPES[this.dtype].array(this.size) as TypedCopy<D>,
    );
    const target = { dtype: this.dtype, shape, strides: cStrides(shape), offset: 0, data: copy };
    copyElements(target, this.#elements);
    return copy;
  }

  /**
   * The form in which other libraries take arrays (zarrita's chunks, scijs' `ndarray`, `@stdlib/ndarray`): data, shape
   * and strides under both names. Nothing is copied. `data` begins with the lowest element, so `offset` is 0 unless a
   * stride is negative.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const { data, shape, stride } = SharedNdArray.from([[1, 2], [3, 4]]).view(1).strided();
   * assertEquals([...data], [3, 4]);
   * assertEquals([shape, stride], [[2], [1]]);
   * ```
   */
  strided(): StridedArray<D> {
    const { shape, strides, offset } = this._layout;
    // Nobody knows how long it will be used, so its memory is not used again.
    this._storage.share();
    const ends = reach(shape, strides, offset) ?? { lowest: offset, highest: offset - 1 };
    // A subarray of TypedData<D> is one, which TypeScript does not know of a type parameter.
    const data = (this.data as Float64Array).subarray(ends.lowest, ends.highest + 1) as TypedData<D>;
    return {
      dtype: this.dtype,
      data,
      shape: shape.slice(),
      stride: strides.slice(),
      strides: strides.slice(),
      offset: offset - ends.lowest,
    };
  }

  /**
   * Whether another array has the same shape and the same values, whatever the dtypes.
   *
   * @param other Another array.
   * @param options Whether NaN equals NaN. Default: it does not.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assert } from "@std/assert";
   *
   * assert(SharedNdArray.from([1, 2]).equals(SharedNdArray.from([1n, 2n])));
   * ```
   */
  equals(other: SharedNdArray, options: EqualsOptions = {}): boolean {
    requireArray(other);
    return sameShape(this._layout.shape, other._layout.shape) &&
      allEqual(this.#elements, other.#elements, options.equalNaN ?? false);
  }

  /**
   * Whether all values, as float64, are close to another array's: `|a - b| <= atol + rtol * |b|`.
   *
   * @param other Another array; both are broadcast together.
   * @param options Relative and absolute tolerance, and whether NaN is close to NaN.
   * @throws {ShapeError} If the shapes do not broadcast.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assert } from "@std/assert";
   *
   * assert(SharedNdArray.from([0.1 + 0.2]).allClose(SharedNdArray.from(0.3)));
   * ```
   */
  allClose(other: SharedNdArray, options: AllCloseOptions = {}): boolean {
    const { rtol = 1e-5, atol = 1e-8, equalNaN = false } = options;
    requireArray(other);
    const shape = broadcastShapes(this._layout.shape, other._layout.shape);
    const [a, b] = [this.#elements, other.#elements];
    return allNear(
      { ...a, ...broadcastLayout(a, shape) },
      { ...b, ...broadcastLayout(b, shape) },
      { rtol, atol, equalNaN },
    );
  }

  /**
   * Dtype, shape and elements as text. The elements read as NumPy prints them, with commas; beyond 1000 of them the
   * middle of long axes is left out.
   *
   * @param options Digits, and how much is shown.
   *
   * @example
   * ```ts
   * import { SharedNdArray } from "@tilewise/ndarray";
   * import { assertEquals } from "@std/assert";
   *
   * const a = SharedNdArray.from([[1, 2.5], [3, 40]]);
   * assertEquals(a.toString(), "SharedNdArray float64 [2, 2]\n[[ 1. ,  2.5],\n [ 3. , 40. ]]");
   * ```
   */
  toString(options?: PrintOptions): string {
    if (this.isDisposed) return `SharedNdArray ${this.dtype} ${showShape(this.shape)} (disposed)`;
    return describeArray(this, options);
  }

  /** How the array reads in `console.log`. */
  [Symbol.for("Deno.customInspect")](): string {
    // The class's prototype can be looked at too, and is no array.
    return this._storage === undefined ? "SharedNdArray {}" : this.toString();
  }

  /** How the array shows in a Jupyter notebook: as a table. */
  [Symbol.for("Jupyter.display")](): JupyterBundle {
    if (this.isDisposed) return { "text/plain": this.toString(), "text/html": `<p>${this.toString()}</p>` };
    return jupyterBundle(this);
  }
}

/**
 * A value that must be an array, which programs in JavaScript do not know before they run.
 *
 * @param value The value.
 * @throws {ValueError} If it is none.
 */
export function requireArray(value: SharedNdArray): SharedNdArray {
  if (value instanceof SharedNdArray) return value;
  throw new ValueError(
    `Expected a SharedNdArray, but got ${showValue(value)}: SharedNdArray.from makes one`,
  );
}

/** The last index of an axis, if the short way of `get` can be taken to it. */
function lastIndex(extent: number): number {
  return extent <= 2 ** 31 ? extent - 1 : -1;
}

function requireStrides(shape: Shape, strides: readonly number[]): void {
  if (!Array.isArray(strides) || strides.length !== shape.length || !strides.every(Number.isSafeInteger)) {
    throw new ShapeError(
      `Strides ${Array.isArray(strides) ? showShape(strides) : showValue(strides)} do not fit the shape ${
        showShape(shape)
      }`,
    );
  }
}

function requirePlace(
  { buffer }: SharedMemory,
  { bytes }: DTypeRow,
  dtype: DType,
  byteOffset: number,
  length: number,
): void {
  if (!Number.isSafeInteger(byteOffset) || byteOffset < 0 || byteOffset % bytes !== 0) {
    throw new ShapeError(
      `Byte offset ${
        showValue(byteOffset)
      } is not 0 or a positive multiple of the ${bytes} bytes of ${dtype}`,
    );
  }
  if (!Number.isSafeInteger(length) || length < 0 || byteOffset + length * bytes > buffer.byteLength) {
    throw new ShapeError(
      `${
        showValue(length)
      } elements of ${dtype} from byte ${byteOffset} on do not lie within the ${buffer.byteLength} bytes of the buffer`,
    );
  }
}

const CASTINGS: readonly Casting[] = ["no", "safe", "sameKind", "unsafe"];

function requireCast(from: DType, to: DType, casting: Casting): void {
  if (!CASTINGS.includes(casting)) {
    throw new ValueError(
      `Unknown casting ${JSON.stringify(casting)}: expected one of ${CASTINGS.join(", ")}`,
    );
  }
  if (!canCast(from, to, casting)) {
    throw new DTypeError(
      `Cannot cast ${from} to ${to} by the rule "${casting}": some values would change`,
    );
  }
}

/** Where each element lies, in C order. */
function* placesInOrder({ shape, strides, offset }: Layout): Generator<number> {
  if (shape.includes(0)) return;
  const counters = new Array<number>(shape.length).fill(0);
  let place = offset;
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
 * The handle of an array, once its memory may be known elsewhere.
 *
 * @param array The array.
 * @param memory What its storage gave out.
 */
export function handleOf<D extends DType>(
  array: SharedNdArray<D>,
  memory: { readonly source: MemorySource; readonly identity: number },
): ArrayHandle<D> {
  const { dtype, shape, strides, offset, data } = array;
  const { byteOffset, length } = data;
  const handle = { dtype, shape, strides, offset, byteOffset, length, ...memory };
  return storageOf(array).isReadOnly ? { ...handle, readOnly: true } : handle;
}
