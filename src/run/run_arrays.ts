/**
 * The arrays that a run works on: one shape, no harmful overlap.
 *
 * @module
 */

import { sameShape, type Shape, showShape } from "../array/layout/shape.ts";
import { handleOf, SharedNdArray, storageOf, uninitialised } from "../array/shared_ndarray.ts";
import { mayShareMemory, repeatsElements } from "../array/sharing.ts";
import type { ArrayHandle } from "../array/types.ts";
import { type DType, dtypeRow, DTYPES } from "../dtype.ts";
import { StoredArray } from "../store/stored_array.ts";
import { OverlapError, PlanError, ShapeError, showValue, UnsupportedError, ValueError } from "../errors.ts";

/**
 * What an output is given as: the dtype of an array to be made, or an array to be written.
 *
 * @example
 * ```ts
 * import { type OutputSpec, SharedNdArray, tiledMap } from "@tilewise/ndarray";
 * import { assertEquals, assertStrictEquals } from "@std/assert";
 *
 * const kernel = new URL("data:text/javascript,export default ({ a, b }) => { a.fill(1); b.fill(2) }");
 * const a = SharedNdArray.zeros([4]), specs: Record<"a" | "b", OutputSpec> = { a, b: "uint8" };
 * const { outputs } = await tiledMap(kernel, { outputs: specs, workers: 1 });
 * assertStrictEquals(outputs.a, a);
 * assertEquals(outputs.b.toNested(), [2, 2, 2, 2]);
 * ```
 */
export type OutputSpec = DType | SharedNdArray;

/**
 * A scalar that an expression reads. A number counts as a literal with a fraction, a bigint as one without: neither
 * widens the dtype of the arrays it meets.
 *
 * @example
 * ```ts
 * import { evaluate, type ScalarValue, SharedNdArray } from "@tilewise/ndarray";
 * import { assertEquals } from "@std/assert";
 *
 * const a = SharedNdArray.from([1, 2], { dtype: "int16" });
 * const scalars: ScalarValue[] = [3n, 1.5];
 * const products = scalars.map((k) => evaluate("a * k", { a, k }));
 * assertEquals((await Promise.all(products)).map(({ dtype }) => dtype), ["int16", "float64"]);
 * ```
 */
export type ScalarValue = number | bigint | boolean;

/**
 * Refuses what is no object.
 *
 * @param what What it should have been, in the plural.
 * @param value A value from a program in JavaScript.
 * @param example What would be right.
 * @throws {PlanError} If it is none.
 */
export function requireRecord(what: string, value: unknown, example: string = "{ a }"): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new PlanError(`${what} must be an object, such as ${example}, but are ${showValue(value)}`);
}

/** Arrays and scalars apart. */
export interface SplitInputs {
  readonly arrays: Readonly<Record<string, SharedNdArray>>;
  readonly scalars: Readonly<Record<string, ScalarValue>>;
}

/**
 * Tells arrays from scalars. What is neither counts as an array, and is refused where arrays are looked at.
 *
 * @param inputs Both, by name.
 */
export function splitInputs(inputs: Readonly<Record<string, SharedNdArray | ScalarValue>>): SplitInputs {
  const arrays: [string, SharedNdArray][] = [], scalars: [string, ScalarValue][] = [];
  for (const [name, value] of Object.entries(inputs)) {
    if (value instanceof SharedNdArray || typeof value === "object") arrays.push([name, value]);
    else scalars.push([name, value]);
  }
  return { arrays: Object.fromEntries(arrays), scalars: Object.fromEntries(scalars) };
}

/**
 * The array that an output given as `S` ends up in.
 *
 * @example
 * ```ts
 * import type { OutputOf, SharedNdArray } from "@tilewise/ndarray";
 * import { assertType, type IsExact } from "@std/testing/types";
 *
 * assertType<IsExact<OutputOf<"int16">, SharedNdArray<"int16">>>(true);
 * assertType<IsExact<OutputOf<SharedNdArray<"bool">>, SharedNdArray<"bool">>>(true);
 * ```
 */
export type OutputOf<S extends OutputSpec> = S extends DType ? SharedNdArray<S> : S;

/**
 * Bytes of an element of each array.
 *
 * @param arrays Arrays, or dtypes of arrays to be made.
 */
export function elementBytes(arrays: Readonly<Record<string, OutputSpec>>): number[] {
  return Object.values(arrays).map((spec) => dtypeRow(typeof spec === "string" ? spec : spec.dtype).bytes);
}

/**
 * Refuses an array that lives elsewhere, where one in memory is needed.
 *
 * @param name Its name.
 * @param array What was passed.
 * @throws {PlanError} If it is one.
 */
export function refuseStored(name: string, array: unknown): void {
  if (!(array instanceof StoredArray)) return;
  throw new PlanError(
    `${name} (${array.name}) is not in memory: pass it to streamedMap or streamedReduce, or read() it first`,
  );
}

/**
 * The one shape of all arrays; that of the inputs, when outputs are only named.
 *
 * @param inputs Arrays by name.
 * @param specs Outputs by name.
 * @throws {ShapeError} If shapes differ.
 * @throws {PlanError} If there is no array, or a name is used for two.
 */
export function commonShape(
  inputs: Readonly<Record<string, SharedNdArray>>,
  specs: Readonly<Record<string, OutputSpec>>,
): Shape {
  refuseTwice(inputs, specs);
  const given = [...Object.entries(inputs), ...Object.entries(specs)]
    .filter((entry): entry is [string, SharedNdArray] => typeof entry[1] !== "string");
  for (const [name, array] of given) {
    if (!(array instanceof SharedNdArray)) {
      refuseStored(name, array);
      throw new PlanError(`${name} must be a SharedNdArray, or for outputs the name of a dtype`);
    }
  }
  if (given.length === 0) throw new PlanError("A run needs at least one array, in inputs or outputs");
  const [[firstName, first]] = given;
  for (const [name, array] of given) {
    if (!sameShape(array.shape, first.shape)) {
      throw new ShapeError(
        `Arrays of a run have one shape: ${firstName} has ${showShape(first.shape)}, but ${name} has ${
          showShape(array.shape)
        }`,
      );
    }
  }
  return first.shape;
}

/**
 * Refuses names that stand for two arrays.
 *
 * @param inputs Arrays by name.
 * @param specs Outputs by name.
 * @throws {PlanError} If an input is an output too, but not the same array.
 */
export function refuseTwice(
  inputs: Readonly<Record<string, SharedNdArray>>,
  specs: Readonly<Record<string, OutputSpec>>,
): void {
  for (const [name, spec] of Object.entries(specs)) {
    if (!Object.hasOwn(inputs, name)) continue;
    if (typeof spec === "string") {
      throw new PlanError(
        `${name} is an input, so it cannot be the name of a new output: pass the array to write in place`,
      );
    }
    if (inputs[name] !== spec) {
      throw new PlanError(`${name} is an input and an output, but not the same array`);
    }
  }
}

/**
 * The outputs: those that were given, and new ones.
 *
 * @param specs Outputs by name.
 * @param shape The shape of new ones.
 * @param isFilled Whether the run will write every element of them; otherwise they are zeros first.
 */
export function makeOutputs(
  specs: Readonly<Record<string, OutputSpec>>,
  shape: Shape,
  isFilled: boolean = false,
): Record<string, SharedNdArray> {
  const make = (dtype: DType) =>
    isFilled ? uninitialised(shape, dtype) : SharedNdArray.zeros(shape, { dtype });
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [name, typeof spec === "string" ? make(spec) : spec]),
  );
}

function sameElements(a: SharedNdArray, b: SharedNdArray): boolean {
  return a.dtype === b.dtype && a.data.byteOffset + a.offset * DTYPES[a.dtype].bytes ===
      b.data.byteOffset + b.offset * DTYPES[b.dtype].bytes &&
    a.strides.every((stride, axis) => stride === b.strides[axis] || a.shape[axis] === 1);
}

/**
 * Refuses arrays whose sharing would let one tile see or undo what another writes. Arrays over one memory are known by
 * their buffer.
 *
 * @param inputs Arrays by name.
 * @param specs Outputs by name.
 * @param haloed The names of inputs that are read beyond the tile.
 * @throws {OverlapError} If an output overlaps itself, another output, an input that is not the same view, or one
 * that is read beyond the tile.
 * @throws {UnsupportedError} If an output can only be read.
 */
export function refuseOverlaps(
  inputs: Readonly<Record<string, SharedNdArray>>,
  specs: Readonly<Record<string, OutputSpec>>,
  haloed: ReadonlySet<string> = new Set(),
): void {
  const outputs = Object.entries(specs)
    .filter((entry): entry is [string, SharedNdArray] => typeof entry[1] !== "string");
  outputs.forEach(([name, output], k) => {
    if (storageOf(output).isReadOnly) {
      throw new UnsupportedError(
        `Output ${name} was opened to be read only: what a run writes to it would be lost; open it to be written`,
      );
    }
    if (repeatsElements(output)) {
      throw new OverlapError(
        `Output ${name} has several indices for one element (strides ${
          showShape(output.strides)
        }): write to a copy`,
        [name, name],
      );
    }
    for (const [other, second] of outputs.slice(k + 1)) {
      if (mayShareMemory(output, second)) {
        throw new OverlapError(`Outputs ${name} and ${other} share memory: give each its own`, [name, other]);
      }
    }
    for (const [other, input] of Object.entries(inputs)) {
      if (!mayShareMemory(output, input)) continue;
      if (haloed.has(other)) {
        throw new OverlapError(
          `Output ${name} shares memory with input ${other}, which is read beyond the tile: neighbours would be read before ` +
            "or after they change; write to another array",
          [name, other],
        );
      }
      if (!sameShape(output.shape, input.shape) || !sameElements(output, input)) {
        throw new OverlapError(
          `Output ${name} overlaps input ${other} but is not the same view, so tiles would read what others write`,
          [name, other],
        );
      }
    }
  });
}

/**
 * What lies beyond the edges of an input in mode "constant", as its elements are stored.
 *
 * @param value The value wanted.
 * @param dtype The dtype of the input.
 * @param name Its name.
 * @throws {ValueError} If the dtype has no such value.
 */
export function boundaryFill(value: ScalarValue, dtype: DType, name: string): number | bigint {
  const { kind, bytes } = DTYPES[dtype];
  if (typeof value !== "number" && typeof value !== "bigint" && typeof value !== "boolean") {
    throw new PlanError(`The option boundaryValue must be a number, but is ${showValue(value)}`);
  }
  if (kind === "bool") return Number(value) === 0 ? 0 : 1;
  if (kind === "float") return Number(value);
  const refuse = () =>
    new ValueError(`boundaryValue ${value} is none that input ${name} of ${dtype} can hold`);
  if (typeof value === "number" && !Number.isSafeInteger(value)) throw refuse();
  const whole = BigInt(value), bits = 8 * bytes;
  if ((kind === "int" ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole)) !== whole) throw refuse();
  return bytes === 8 ? whole : Number(whole);
}

/**
 * Refuses shared arrays that are something else too.
 *
 * @param shared Arrays that each call gets whole, by name.
 * @param inputs Arrays by name.
 * @param specs Outputs by name.
 * @throws {PlanError} If one is no array, or its name is that of an input or output.
 * @throws {OverlapError} If an output shares memory with one.
 */
export function refuseShared(
  shared: Readonly<Record<string, SharedNdArray>>,
  inputs: Readonly<Record<string, SharedNdArray>>,
  specs: Readonly<Record<string, OutputSpec>>,
): void {
  for (const [name, array] of Object.entries(shared)) {
    if (!(array instanceof SharedNdArray)) throw new PlanError(`${name} must be a SharedNdArray`);
    if (Object.hasOwn(inputs, name) || Object.hasOwn(specs, name)) {
      throw new PlanError(`${name} is shared, so it cannot be the name of an input or output too`);
    }
    for (const [output, spec] of Object.entries(specs)) {
      if (typeof spec !== "string" && mayShareMemory(array, spec)) {
        throw new OverlapError(
          `Output ${output} overlaps shared array ${name}, which every tile may read: give each its own memory`,
          [output, name],
        );
      }
    }
  }
}

/** Arrays as workers get them. */
export interface LentArrays {
  /** Handles of inputs and outputs by name. */
  readonly arrays: Readonly<Record<string, ArrayHandle>>;
  /** Handles of shared arrays by name. */
  readonly shared: Readonly<Record<string, ArrayHandle>>;
  /**
   * To be called when the run has ended.
   *
   * @param mayBeWritten Whether a worker may still write: then the memory is never used for another array.
   */
  giveBack(mayBeWritten: boolean): void;
}

/**
 * Lends the memory of arrays to workers. An array that is disposed meanwhile keeps its memory until it is given back.
 *
 * @param arrays Inputs and outputs by name.
 * @param shared Shared arrays by name.
 */
export function lendArrays(
  arrays: Readonly<Record<string, SharedNdArray>>,
  shared: Readonly<Record<string, SharedNdArray>>,
): LentArrays {
  const returns: ((mayBeWritten: boolean) => void)[] = [];
  const lend = (array: SharedNdArray) => {
    const { giveBack, ...memory } = storageOf(array).lend();
    returns.push(giveBack);
    return handleOf(array, memory);
  };
  const lendAll = (record: Readonly<Record<string, SharedNdArray>>) =>
    Object.fromEntries(Object.entries(record).map(([name, array]) => [name, lend(array)]));
  return {
    arrays: lendAll(arrays),
    shared: lendAll(shared),
    giveBack: (mayBeWritten) => returns.forEach((giveBack) => giveBack(mayBeWritten)),
  };
}
