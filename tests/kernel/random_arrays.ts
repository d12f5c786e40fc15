/**
 * Arrays in random layouts, in memories of every sort, with bytes around them that nobody may touch.
 *
 * @module
 */

import { SharedNdArray } from "../../mod.ts";
import { type DType, DTYPES, isBigIntDType } from "../../src/dtype.ts";
import { bytesFor, planOf, randomStrides } from "../array/copy/random_operands.ts";
import { placesOf } from "../naive.ts";
import { randomElement } from "../plan/expr/random_elements.ts";
import type { Seeded } from "../seeded.ts";

/** Bytes of each memory that random arrays are put into. */
export const MEMORY_BYTES = 4 * 65_536;

/**
 * A shared memory with 64-bit addresses.
 *
 * @param pages Its pages of 64 KiB.
 */
export function memory64(pages: number): WebAssembly.Memory {
  const descriptor = { address: "i64", initial: BigInt(pages), maximum: BigInt(pages), shared: true };
  // The bigint form of the descriptor is standard, but TypeScript's types have only numbers.
  return new WebAssembly.Memory(descriptor as unknown as WebAssembly.MemoryDescriptor);
}

/**
 * A shared memory with 32-bit addresses.
 *
 * @param pages Its pages of 64 KiB.
 */
export function memory32(pages: number): WebAssembly.Memory {
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

/** Memories that arrays are put into: one of each sort would not do, since most cases need several. */
export class Memories {
  readonly #sources: readonly (WebAssembly.Memory | SharedArrayBuffer)[];
  readonly #taken: { readonly before: Uint8Array; readonly now: Uint8Array; readonly source: object }[] = [];

  /** @param count How many arrays may be taken at a time. */
  constructor(count: number) {
    const pages = MEMORY_BYTES / 65_536;
    this.#sources = Array.from({ length: count }, (_, k) => {
      if (k % 4 === 3) return memory64(pages);
      return k % 4 === 2 ? new SharedArrayBuffer(MEMORY_BYTES) : memory32(pages);
    });
  }

  /**
   * An array of random elements, in a memory of its own that is otherwise full of random bytes.
   *
   * @param random What it is drawn with.
   * @param dtype Its dtype.
   * @param shape Its shape.
   * @param isSource Whether it is only read: then several indices may stand for one element.
   */
  take(random: Seeded, dtype: DType, shape: readonly number[], isSource: boolean): SharedNdArray {
    const source = random.pick(this.#sources.filter((one) => this.#taken.every((t) => t.source !== one)));
    const array = randomView(random, source, { dtype, shape, isSource });
    const now = new Uint8Array(array.data.buffer);
    this.#taken.push({ before: now.slice(), now, source });
    return array;
  }

  /** Gives all arrays back, and tells how many bytes have changed that are not those of some outputs. */
  strayBytes(outputs: readonly SharedNdArray[]): number {
    for (const output of outputs) {
      const found = this.#taken.find(({ now }) => now.buffer === output.data.buffer);
      if (found === undefined) throw new Error("The output is not one of these arrays");
      const { bytes } = DTYPES[output.dtype];
      for (const place of placesOf(output.shape, output.strides, output.offset)) {
        const start = output.data.byteOffset + place * bytes;
        found.before.set(found.now.subarray(start, start + bytes), start);
      }
    }
    return this.#taken.splice(0).reduce((sum, { before, now }) => sum + differences(before, now), 0);
  }
}

function differences(before: Uint8Array, now: Uint8Array): number {
  const a = new Int32Array(before.buffer), b = new Int32Array(now.buffer);
  let count = 0;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) count++;
  return count;
}

/** An array over a source: somewhere in it, or as far back as it can lie. */
function randomView(
  random: Seeded,
  source: WebAssembly.Memory | SharedArrayBuffer,
  { dtype, shape, isSource }: {
    readonly dtype: DType;
    readonly shape: readonly number[];
    readonly isSource: boolean;
  },
): SharedNdArray {
  const plan = planOf(dtype, shape, randomStrides(random, shape, isSource));
  const { bytes } = DTYPES[dtype], room = MEMORY_BYTES / bytes - plan.span;
  if (room < 0) throw new RangeError(`${bytesFor(plan)} bytes do not fit a memory of ${MEMORY_BYTES}`);
  // Nothing is behind the array in a third of the cases: what is read or written there fails.
  const gap = random.oneIn(3) ? room : random.int(0, Math.min(room, 40));
  const array = SharedNdArray.wrap(source, {
    dtype,
    shape: [...shape],
    strides: [...plan.strides],
    byteOffset: gap * bytes,
  });
  fill(random, array);
  return array;
}

/** Random bytes everywhere, and random elements where the array has them. */
function fill(random: Seeded, { dtype, data, shape, strides, offset }: SharedNdArray): void {
  const words = new Uint32Array(data.buffer);
  for (let k = 0; k < words.length; k += 61) words[k] = random.word();
  const target: { [place: number]: unknown } = data;
  for (const place of placesOf(shape, strides, offset)) {
    const element = randomElement(random, dtype);
    target[place] = isBigIntDType(dtype) ? element : Number(element);
  }
}
