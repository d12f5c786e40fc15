/**
 * Copies written as slowly and plainly as can be: what the engine is compared with.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { copyElements } from "../../../src/array/copy/copy_elements.ts";
import type { Operand } from "../../../src/array/copy/operand.ts";
import { type DType, DTYPES } from "../../../src/dtype.ts";
import { placesOf } from "../../naive.ts";

/** A value, as an array's typed array holds it. */
export type Value = number | bigint;

/** An integer rounded to so many bits, ties to even. */
function roundedTo(bits: number, value: bigint): bigint {
  if (value < 0n) return -roundedTo(bits, -value);
  const dropped = BigInt(Math.max(0, value.toString(2).length - bits));
  const unit = 1n << dropped, below = value % unit, floor = value - below;
  const goesUp = 2n * below > unit || (2n * below === unit && (floor / unit) % 2n === 1n);
  return goesUp ? floor + unit : floor;
}

function floatOf(value: bigint, to: DType): number {
  if (to === "float64") return Number(roundedTo(53, value));
  if (to === "float32") return Number(roundedTo(24, value));
  const rounded = Number(roundedTo(11, value));
  return Math.abs(rounded) > 65504 ? Math.sign(rounded) * Infinity : rounded;
}

function integerOf(value: Value, to: DType): Value {
  const { bytes, kind } = DTYPES[to];
  const whole = typeof value === "bigint" ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  const wrapped = kind === "int" ? BigInt.asIntN(8 * bytes, whole) : BigInt.asUintN(8 * bytes, whole);
  return bytes === 8 ? wrapped : Number(wrapped);
}

/**
 * What a value becomes in another dtype.
 *
 * @param value The value.
 * @param to The dtype.
 */
export function converted(value: Value, to: DType): Value {
  if (to === "bool") return Number.isNaN(value) || Number(value) !== 0 ? 1 : 0;
  if (DTYPES[to].kind !== "float") return integerOf(value, to);
  if (typeof value === "bigint") return floatOf(value, to);
  return to === "float32" ? Math.fround(value) : to === "float16" ? Math.f16round(value) : value;
}

/** The bytes of the whole buffer that an operand lies in. */
function bytesOf({ data }: Operand): Uint8Array {
  return new Uint8Array(data.buffer);
}

/** Where each element's bytes begin in the buffer. */
function addressesOf({ dtype, shape, strides, offset, data }: Operand): number[] {
  return placesOf(shape, strides, offset).map((place) => data.byteOffset + place * DTYPES[dtype].bytes);
}

/** What the target's buffer should be after a copy; the bits of a NaN that was converted are taken from `copied`. */
function expectedBytes(target: Operand, source: Operand, copied: () => Uint8Array): () => Uint8Array {
  const { bytes, array } = DTYPES[target.dtype], width = DTYPES[source.dtype].bytes;
  const before = bytesOf(target).slice(), read = bytesOf(source).slice();
  const to = addressesOf(target), from = addressesOf(source);
  const one = new DTYPES[source.dtype].array(1), other = new array(1);
  return () => {
    to.forEach((address, i) => {
      const bits = read.subarray(from[i], from[i] + width);
      if (target.dtype === source.dtype) {
        before.set(bits, address);
        return;
      }
      new Uint8Array(one.buffer).set(bits);
      other[0] = converted(one[0], target.dtype);
      const result = new Uint8Array(other.buffer);
      if (Number.isNaN(other[0])) {
        const found = copied().subarray(address, address + bytes);
        result.set(found);
        assert(Number.isNaN(other[0]), `element ${i} is no NaN`);
      }
      before.set(result, address);
    });
    return before;
  };
}

/**
 * Copies, and compares every byte of the target's buffer with what a naive copy gives.
 *
 * @param target Where to write: every element at a place of its own.
 * @param source What to read.
 */
export function checkCopy(target: Operand, source: Operand): void {
  const expected = expectedBytes(target, source, () => bytesOf(target));
  const separate = target.data.buffer !== source.data.buffer, untouched = bytesOf(source).slice();
  copyElements(target, source);
  assertEquals(firstDifference(bytesOf(target), expected()), undefined, describe(target, source));
  if (separate) assertEquals(firstDifference(bytesOf(source), untouched), undefined, "the source changed");
}

function firstDifference(found: Uint8Array, expected: Uint8Array): string | undefined {
  assertEquals(found.length, expected.length);
  const place = expected.findIndex((byte, i) => byte !== found[i]);
  return place < 0 ? undefined : `byte ${place} is ${found[place]} instead of ${expected[place]}`;
}

function describe(...operands: readonly Operand[]): string {
  return operands.map(({ dtype, shape, strides, offset, data }) =>
    `${dtype} [${shape}] by [${strides}] from ${offset} at byte ${data.byteOffset}`
  ).join(" of ");
}
