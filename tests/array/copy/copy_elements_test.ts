import { assertEquals, assertThrows } from "@std/assert";
import { copyElements } from "../../../src/array/copy/copy_elements.ts";
import { SharedNdArray } from "../../../src/array/shared_ndarray.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../../../src/dtype.ts";
import { AllocationError, ShapeError } from "../../../src/errors.ts";
import { forEachSeed, Seeded } from "../../seeded.ts";
import { checkCopy } from "./naive_copy.ts";
import { bytesFor, fillRandomly, operandIn, planOf, randomStrides, writeBits } from "./random_operands.ts";

const pairs = DTYPE_NAMES.flatMap((to) => DTYPE_NAMES.map((from) => [to, from] as const));

function randomShape(random: Seeded): number[] {
  const axes = random.int(0, 5);
  const longest = [1, 200, 30, 9, 5, 4][axes];
  return random.ints(axes, random.oneIn(12) ? 0 : 1, random.oneIn(2) ? longest : Math.min(4, longest));
}

/** A target and a source, each in a buffer of its own, at any place that its dtype allows. */
function checkApart(random: Seeded, to: DType, from: DType): void {
  const shape = randomShape(random);
  const [target, source] = [to, from].map((dtype, k) => {
    const plan = planOf(dtype, shape, randomStrides(random, shape, k === 1));
    const before = random.int(0, 3), byteOffset = random.int(0, 4) * DTYPES[dtype].bytes;
    const size = byteOffset + before * DTYPES[dtype].bytes + bytesFor(plan) + random.int(0, 8);
    const operand = operandIn(new SharedArrayBuffer(size), plan, byteOffset, before);
    fillRandomly(random, operand);
    return operand;
  });
  checkCopy(target, source);
}

/** Both in one buffer, likely to overlap; with one dtype often the same strides, only shifted. */
function checkTogether(random: Seeded, to: DType, from: DType): void {
  const shape = randomShape(random);
  const strides = randomStrides(random, shape, false);
  const wanted = planOf(to, shape, strides);
  const read = planOf(from, shape, random.oneIn(2) ? strides : randomStrides(random, shape, true));
  const most = Math.max(bytesFor(wanted), bytesFor(read));
  const buffer = new SharedArrayBuffer(Math.ceil(most / 8) * 8 + 8 * random.int(0, 8));
  const place = (plan: typeof wanted) => {
    const room = (buffer.byteLength - bytesFor(plan)) / DTYPES[plan.dtype].bytes;
    return operandIn(buffer, plan, random.int(0, Math.floor(room)) * DTYPES[plan.dtype].bytes);
  };
  const target = place(wanted), source = place(read);
  fillRandomly(random, operandIn(buffer, planOf(from, [buffer.byteLength / DTYPES[from].bytes], [1])));
  checkCopy(target, source);
}

Deno.test("copyElements copies random strided arrays of every pair of dtypes as a naive copy does", () => {
  forEachSeed(pairs.length * 25, (random) => checkApart(random, ...pairs[random.seed % pairs.length]));
});

Deno.test("copyElements reads all of an overlapping source before it writes", () => {
  forEachSeed(pairs.length * 20, (random) => checkTogether(random, ...pairs[random.seed % pairs.length]));
  // Mostly one dtype: where the direction of a move matters.
  forEachSeed(2500, (random) => {
    const dtype = random.pick(DTYPE_NAMES);
    checkTogether(random, dtype, dtype);
  });
});

Deno.test("copyElements shifts rows of any length within an array", () => {
  for (const dtype of ["uint8", "int16", "float32", "float64", "int64"] as const) {
    for (const length of [1, 2, 63, 64, 65, 300, 5000]) {
      for (const shift of [-7, -1, 0, 1, 7]) {
        for (const step of [1, -1]) {
          const buffer = new SharedArrayBuffer(DTYPES[dtype].bytes * (length + 14));
          const whole = operandIn(buffer, planOf(dtype, [length + 14], [1]));
          const bytes = new Uint8Array(buffer);
          bytes.forEach((_, i) => bytes[i] = 31 * i);
          const part = (strides: number[], before: number) =>
            operandIn(buffer, planOf(dtype, [length], strides), 0, before);
          assertEquals(whole.data.length, length + 14);
          checkCopy(part([1], 7 + shift), part([step], 7));
          checkCopy(part([step], 7 + shift), part([1], 7));
        }
      }
    }
  }
});

Deno.test("copyElements copies transposed and broadcast views of arrays", () => {
  const a = SharedNdArray.arange(6, { dtype: "int32" }).reshape([2, 3]);
  const turned = SharedNdArray.zeros([3, 2], { dtype: "float32" });
  copyElements(turned, a.transpose());
  assertEquals([...turned.values()], [0, 3, 1, 4, 2, 5]);
  const rows = SharedNdArray.zeros([2, 3], { dtype: "int64" });
  copyElements(rows, a.view(1).broadcastTo([2, 3]));
  assertEquals([...rows.values()], [3n, 4n, 5n, 3n, 4n, 5n]);
});

Deno.test("copyElements reads typed arrays that are not shared, and writes to them", () => {
  const shape = [2, 3], strides = [3, 1];
  const target = SharedNdArray.zeros(shape, { dtype: "int16" });
  const data = Float64Array.from([1.9, -1.9, NaN, 65537, 3, 4]);
  copyElements(target, { dtype: "float64", shape, strides, offset: 0, data });
  assertEquals([...target.values()], [1, -1, 0, 1, 3, 4]);
  copyElements(target, {
    dtype: "uint8",
    shape,
    strides,
    offset: 0,
    data: Uint8ClampedArray.of(0, 1, 2, 253, 254, 255),
  });
  assertEquals([...target.values()], [0, 1, 2, 253, 254, 255]);
  const copy = new Int8Array(6);
  copyElements({ dtype: "int8", shape, strides, offset: 0, data: copy }, target);
  assertEquals([...copy], [0, 1, 2, -3, -2, -1]);
});

Deno.test("copyElements refuses shapes that differ, and names both", () => {
  const a = SharedNdArray.zeros([2, 3]), b = SharedNdArray.zeros([3, 2]), c = SharedNdArray.zeros([6]);
  assertThrows(() => copyElements(a, b), ShapeError, "elements of shape [3, 2] to an array of shape [2, 3]");
  assertThrows(() => copyElements(c, a), ShapeError, "elements of shape [2, 3] to an array of shape [6]");
});

Deno.test("copyElements says so when there is no memory for a copy of an overlapping source", () => {
  const one = SharedNdArray.zeros([1], { dtype: "float32" }), shape = [2 ** 25, 2 ** 25];
  const vast = one.broadcastTo(shape);
  const error = assertThrows(
    () => copyElements({ dtype: "float32", shape, strides: [0, 0], offset: 0, data: one.data }, vast),
    AllocationError,
    "Cannot allocate 4.5 PB (4503599627370496 bytes) for a copy of the source, which overlaps the target: ",
  );
  assertEquals(error.byteLength, 2 ** 52);
});

/** The lowest and the highest signalling NaN of each width, without their signs. */
const SIGNALLING: Readonly<Record<number, readonly [bigint, bigint]>> = {
  2: [0x7c01n, 0x7dffn],
  4: [0x7f800001n, 0x7fbfffffn],
  8: [0x7ff0000000000001n, 0x7ff7ffffffffffffn],
};

Deno.test("copyElements keeps the bits of NaNs however often it runs, as the engine's tiers take turns", () => {
  const extent = 32, shape = [extent, extent];
  for (const dtype of ["float16", "float32", "float64", "int64", "uint64"] as const) {
    const { bytes } = DTYPES[dtype], [lowest, highest] = SIGNALLING[bytes];
    const [source, target, back] = [0, 1, 2].map(() =>
      operandIn(new SharedArrayBuffer(extent * extent * bytes), planOf(dtype, shape, [extent, 1]))
    );
    const view = new DataView(source.data.buffer), random = new Seeded(bytes);
    for (let at = 0; at < view.byteLength; at += bytes) {
      const payload = BigInt(random.word()) << BigInt(random.int(0, 20));
      const sign = random.oneIn(2) ? 1n << BigInt(8 * bytes - 1) : 0n;
      writeBits(view, at, bytes, sign | (lowest + payload % (highest - lowest + 1n)));
    }
    const bits = new Uint8Array(source.data.buffer), found = new Uint8Array(back.data.buffer);
    for (let k = 0; k < 1500; k++) {
      copyElements(target, { ...source, strides: [1, extent] });
      copyElements({ ...back, strides: [1, extent] }, target);
      if (k % 50 === 0 || k < 20) assertEquals(found, bits, `${dtype}, run ${k}`);
      found.fill(0);
    }
  }
});
