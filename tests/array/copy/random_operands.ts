/**
 * Random operands: layouts of all sorts, over bits of all sorts.
 *
 * @module
 */

import type { Operand } from "../../../src/array/copy/operand.ts";
import { reach } from "../../../src/array/layout/strides.ts";
import { type DType, DTYPES } from "../../../src/dtype.ts";
import type { Seeded } from "../../seeded.ts";

/** Strides in a random order of axes, some with gaps, some negative; of sources some are 0. */
export function randomStrides(random: Seeded, shape: readonly number[], isSource: boolean): number[] {
  const axes = [...shape.keys()];
  // Often the order of memory is that of the axes, as it mostly is.
  const order = random.oneIn(3) ? axes.toReversed() : random.shuffled(axes);
  const strides = new Array<number>(shape.length).fill(0);
  let stride = random.oneIn(4) ? random.int(2, 3) : 1;
  for (const axis of order) {
    if (isSource && random.oneIn(6)) continue;
    strides[axis] = random.oneIn(5) ? -stride : stride;
    stride *= Math.max(1, shape[axis]);
    if (random.oneIn(4)) stride += random.int(1, 3);
  }
  return strides;
}

/** A dtype, a shape and strides, and what memory they need. */
export interface Plan {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
  /** Elements from the lowest to the highest. */
  readonly span: number;
  /** Where index [0, 0, …] lies above the lowest. */
  readonly offset: number;
}

/** The plan of a dtype, shape and strides. */
export function planOf(dtype: DType, shape: readonly number[], strides: readonly number[]): Plan {
  const ends = reach(shape, strides, 0);
  if (ends === null) return { dtype, shape, strides, span: 0, offset: 0 };
  return { dtype, shape, strides, span: ends.highest - ends.lowest + 1, offset: 0 - ends.lowest };
}

/** The bytes that a plan needs. */
export function bytesFor({ dtype, span }: Plan): number {
  return span * DTYPES[dtype].bytes;
}

/** The plan over a buffer; `byteOffset` is where data begins, `before` how many elements there are below the lowest. */
export function operandIn(buffer: SharedArrayBuffer, plan: Plan, byteOffset = 0, before = 0): Operand {
  const { dtype, shape, strides, span, offset } = plan;
  const data = new DTYPES[dtype].array(buffer, byteOffset, before + span);
  return { dtype, shape, strides, offset: offset + before, data };
}

/** The bits of floats that easily go wrong: NaNs of both sorts, infinities, zeros, the ends of the ranges. */
const FLOAT_BITS: Readonly<Record<number, readonly bigint[]>> = {
  2: [0x7c01n, 0xfdffn, 0x7e00n, 0x7e01n, 0x7c00n, 0xfc00n, 0n, 0x8000n, 1n, 0x7bffn, 0x3c00n],
  4: [
    0x7f800001n,
    0xffbfffffn,
    0x7fc00000n,
    0x7f800000n,
    0xff800000n,
    0n,
    0x80000000n,
    0x4f000000n,
    0xc3000000n,
  ],
  8: [
    0x7ff0000000000001n,
    0xfff7ffffffffffffn,
    0xfff7fffffff7ffffn,
    0x7ff8000000000000n,
    0x7ff0000000000000n,
    0xfff0000000000000n,
    0n,
    0x8000000000000000n,
    0x43e0000000000000n,
    0xc1e0000000000000n,
  ],
};

/** Fills a plan's elements with random bits, special bits, and numbers of every magnitude; bools with 0 and 1. */
export function fillRandomly(random: Seeded, { dtype, data }: Operand): void {
  const { bytes, kind } = DTYPES[dtype];
  const bits = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  for (let i = 0; i < bits.length; i++) bits[i] = random.word() & (kind === "bool" ? 1 : 255);
  if (kind === "bool") return;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let place = 0; place < data.length; place++) {
    if (random.oneIn(4) && kind === "float") {
      writeBits(view, place * bytes, bytes, random.pick(FLOAT_BITS[bytes]));
    } else if (random.oneIn(2)) {
      const magnitude = random.int(0, 70), number = (random.word() / 2 ** 31 - 1) * 2 ** magnitude;
      data[place] = bytes === 8 && kind !== "float" ? BigInt(Math.trunc(number)) : number;
    }
  }
}

/** Writes the bits of an element of 2, 4 or 8 bytes. */
export function writeBits(view: DataView, at: number, width: number, bits: bigint): void {
  if (width === 2) view.setUint16(at, Number(bits), true);
  else if (width === 4) view.setUint32(at, Number(bits), true);
  else view.setBigUint64(at, bits, true);
}
