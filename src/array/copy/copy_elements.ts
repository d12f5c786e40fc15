/**
 * Copying elements between arrays of any dtypes and any strides.
 *
 * @module
 */

import { type DType, DTYPES, isBigIntDType } from "../../dtype.ts";
import { ShapeError } from "../../errors.ts";
import { allocate } from "../memory/allocation.ts";
import { layoutsOverlap } from "../layout/overlap.ts";
import { sameShape, showShape, sizeOf } from "../layout/shape.ts";
import { cStrides } from "../layout/strides.ts";
import { convertElements } from "./convert_elements.ts";
import { copyLoop } from "./copy_loop.ts";
import { moveElements } from "./move_elements.ts";
import { ROW_LENGTH } from "./move_rows.ts";
import type { Memory, Operand, SourceOperand } from "./operand.ts";

/**
 * Copies every element, as if the source had been read before anything is written.
 *
 * Elements of one dtype keep their bits, those of a NaN too. Others are converted:
 * - to bool: whether the value is not 0 (NaN is true);
 * - bool: 0 or 1;
 * - integers to integers: modulo 2^bits;
 * - floats to integers: without their fraction, modulo 2^bits; NaN and the infinities become 0;
 * - anything to floats: rounded once, to nearest, ties to even.
 *
 * That is NumPy's result, too, except for floats that do not fit the integer, where NumPy leaves it to the machine.
 *
 * Overlapping memory is recognised when both typed arrays have the same buffer object. An element of a target that
 * names it several times (a stride of 0) becomes any of those copied to it.
 *
 * @param target Where to write.
 * @param source What to read: of the same shape, broadcast by strides of 0 where need be.
 * @throws {ShapeError} If the shapes differ.
 * @throws {AllocationError} If the two overlap and there is no memory for a copy of the source.
 */
export function copyElements(target: Operand, source: SourceOperand): void {
  if (!sameShape(target.shape, source.shape)) {
    throw new ShapeError(
      `Cannot copy elements of shape ${showShape(source.shape)} to an array of shape ${
        showShape(target.shape)
      }`,
    );
  }
  if (target.shape.includes(0)) return;
  const needsCopy = target.data.buffer === source.data.buffer && isDisturbed(target, source);
  transfer(target, needsCopy ? copyOf(source) : source);
}

/** Whether writing the target could change what is still to be read of the source. */
function isDisturbed(target: Operand, source: SourceOperand): boolean {
  if (!layoutsOverlap(byteLayout(target), byteLayout(source))) return false;
  if (!haveSameBits(target.dtype, source.dtype)) return true;
  const { extents, target: to, source: from } = copyLoop(target.shape, target, source);
  // A long row is moved as a whole by the typed arrays' own method, which minds the direction.
  const isLongRow = extents.length === 1 && extents[0] >= ROW_LENGTH && to[0] === 1 && from[0] === 1;
  return !isLongRow;
}

function byteLayout(operand: SourceOperand): Parameters<typeof layoutsOverlap>[0] {
  const { shape, strides, offset, dtype, data } = operand;
  return { shape, strides, offset, itemBytes: DTYPES[dtype].bytes, byteOffset: data.byteOffset };
}

/** The same elements in memory of their own. */
function copyOf(source: SourceOperand): SourceOperand {
  const { dtype, shape } = source, size = sizeOf(shape), row = DTYPES[dtype];
  const data = allocate<ArrayBufferView>(
    size * row.bytes,
    "for a copy of the source, which overlaps the target",
    () => new row.array(size),
  );
  const copy = { dtype, shape, strides: cStrides(shape), offset: 0, data };
  transfer(copy, source);
  return copy;
}

/** Copies between operands that do not disturb one another. */
function transfer(target: SourceOperand, source: SourceOperand): void {
  const to = target.dtype;
  const read = isNarrowing(to, source.dtype) ? lowWords(source) : source;
  const loop = copyLoop(target.shape, target, read);
  const into = memoryOf(target), out = memoryOf(read);
  if (haveSameBits(to, read.dtype)) moveElements(to, loop, into, out);
  else convertElements(loop, into, to, out, read.dtype);
}

function memoryOf({ data }: SourceOperand): Memory {
  return { buffer: data.buffer, byteOffset: data.byteOffset };
}

/** Whether elements of two dtypes have the same bits: one dtype, or integers of one width. */
function haveSameBits(to: DType, from: DType): boolean {
  const target = DTYPES[to], source = DTYPES[from];
  return to === from ||
    (target.bytes === source.bytes && to !== "bool" && target.kind !== "float" && source.kind !== "float");
}

/** Whether 64-bit integers become smaller ones. */
function isNarrowing(to: DType, from: DType): boolean {
  const { kind } = DTYPES[to];
  return isBigIntDType(from) && !isBigIntDType(to) && (kind === "int" || kind === "uint");
}

/** The low halves of 64-bit integers: the first of the two words, as memory is little-endian. */
function lowWords({ shape, strides, offset, data }: SourceOperand): SourceOperand {
  return { dtype: "int32", shape, strides: strides.map((stride) => 2 * stride), offset: 2 * offset, data };
}
