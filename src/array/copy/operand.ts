/**
 * What a copy reads and writes: elements of a dtype in a buffer, and where they lie in it.
 *
 * @module
 */

import { type DType, DTYPES, type TypedCopy, type TypedData } from "../../dtype.ts";
import type { Shape } from "../layout/shape.ts";

/** Elements that a copy writes. Strides and offset count elements; a `SharedNdArray` is one. */
export interface Operand<D extends DType = DType> {
  /** The dtype. */
  readonly dtype: D;
  /** The extents. */
  readonly shape: Shape;
  /** The distance between neighbours on each axis. It may be negative. */
  readonly strides: readonly number[];
  /** Where index [0, 0, …] lies in `data`. */
  readonly offset: number;
  /** The elements, in shared memory or not. */
  readonly data: TypedData<D> | TypedCopy<D>;
}

/** Elements that a copy reads. A stride of 0 repeats elements. */
export interface SourceOperand<D extends DType = DType> {
  /** The dtype, which says what is in `data`. */
  readonly dtype: D;
  /** The extents. */
  readonly shape: Shape;
  /** The distance between neighbours on each axis. It may be negative or 0. */
  readonly strides: readonly number[];
  /** Where index [0, 0, …] lies in `data`. */
  readonly offset: number;
  /** The elements: any typed array whose bytes are those of the dtype. */
  readonly data: ArrayBufferView;
}

/** A buffer, and where an operand's element 0 lies in it. */
export interface Memory {
  /** The buffer. */
  readonly buffer: ArrayBufferLike;
  /** Where element 0 lies in the buffer, in bytes. */
  readonly byteOffset: number;
}

/** The part of a memory that one side of a copy touches. */
export interface Region extends Memory {
  /** The lowest element that is touched. */
  readonly lowest: number;
  /** How many elements there are from the lowest to the highest that are touched, both included. */
  readonly span: number;
}

/**
 * A typed array over elements in a buffer.
 *
 * @param dtype The dtype.
 * @param buffer The buffer.
 * @param byteOffset Where the first element lies, in bytes.
 * @param length How many elements.
 */
export function elementsAt(
  dtype: DType,
  buffer: ArrayBufferLike,
  byteOffset: number,
  length: number,
): TypedData<DType> | TypedCopy<DType> {
  // Typed arrays take either kind of buffer; the table's type names the one that arrays have.
  return new DTYPES[dtype].array(buffer as SharedArrayBuffer, byteOffset, length);
}
