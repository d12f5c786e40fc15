/**
 * The arrays that a run works on: one shape, no harmful overlap.
 *
 * @module
 */

import { type Layout, layoutsOverlap, overlapsItself } from "../array/overlap.ts";
import { sameShape, type Shape, showShape } from "../array/shape.ts";
import { SharedNdArray } from "../array/shared_ndarray.ts";
import { type DType, dtypeRow, DTYPES } from "../dtype.ts";
import { OverlapError, PlanError, ShapeError } from "../errors.ts";

/** What an output is given as: the dtype of an array to be made, or an array to be written. */
export type OutputSpec = DType | SharedNdArray;

/** The array that an output given as `S` ends up in. */
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
  const twice = Object.keys(inputs).find((name) =>
    Object.hasOwn(specs, name) && typeof specs[name] === "string"
  );
  if (twice !== undefined) {
    throw new PlanError(
      `${twice} is an input, so it cannot be the name of a new output: pass the array to write in place`,
    );
  }
  const given = [...Object.entries(inputs), ...Object.entries(specs)]
    .filter((entry): entry is [string, SharedNdArray] => typeof entry[1] !== "string");
  for (const [name, array] of given) {
    if (!(array instanceof SharedNdArray)) {
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
    if (Object.hasOwn(inputs, name) && Object.hasOwn(specs, name) && inputs[name] !== specs[name]) {
      throw new PlanError(`${name} is an input and an output, but not the same array`);
    }
  }
  return first.shape;
}

/**
 * The outputs: those that were given, and new ones of zeros.
 *
 * @param specs Outputs by name.
 * @param shape The shape of new ones.
 */
export function makeOutputs(
  specs: Readonly<Record<string, OutputSpec>>,
  shape: Shape,
): Record<string, SharedNdArray> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, spec]) => [
      name,
      typeof spec === "string" ? SharedNdArray.zeros(shape, { dtype: spec }) : spec,
    ]),
  );
}

function layoutOf(array: SharedNdArray): Layout {
  const { shape, strides, offset, dtype, data } = array;
  return { shape, strides, offset, itemBytes: DTYPES[dtype].bytes, byteOffset: data.byteOffset };
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
 * @throws {OverlapError} If an output overlaps itself, another output, or an input that is not the same view.
 */
export function refuseOverlaps(
  inputs: Readonly<Record<string, SharedNdArray>>,
  specs: Readonly<Record<string, OutputSpec>>,
): void {
  const outputs = Object.entries(specs)
    .filter((entry): entry is [string, SharedNdArray] => typeof entry[1] !== "string");
  const overlap = (a: SharedNdArray, b: SharedNdArray) =>
    a.data.buffer === b.data.buffer && layoutsOverlap(layoutOf(a), layoutOf(b));
  outputs.forEach(([name, output], k) => {
    if (overlapsItself(layoutOf(output))) {
      throw new OverlapError(
        `Output ${name} has several indices for one element (strides ${
          showShape(output.strides)
        }): write to a copy`,
        [name, name],
      );
    }
    for (const [other, second] of outputs.slice(k + 1)) {
      if (overlap(output, second)) {
        throw new OverlapError(`Outputs ${name} and ${other} share memory: give each its own`, [name, other]);
      }
    }
    for (const [other, input] of Object.entries(inputs)) {
      if (overlap(output, input) && !sameElements(output, input)) {
        throw new OverlapError(
          `Output ${name} overlaps input ${other} but is not the same view, so tiles would read what others write`,
          [name, other],
        );
      }
    }
  });
}
