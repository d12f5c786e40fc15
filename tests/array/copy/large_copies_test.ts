import { assertEquals } from "@std/assert";
import { copyElements } from "../../../src/array/copy/copy_elements.ts";
import type { Operand } from "../../../src/array/copy/operand.ts";
import { type DType, DTYPE_NAMES } from "../../../src/dtype.ts";
import { forEachSeed, Seeded } from "../../seeded.ts";
import { checkCopy } from "./naive_copy.ts";
import { bytesFor, fillRandomly, operandIn, type Plan, planOf, randomStrides } from "./random_operands.ts";

/** Extents around those at which loops, rows and boxes are cut. */
const EXTENTS = [3, 4, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 129, 255, 256, 257, 300, 511, 513];

function allocated(random: Seeded, plan: Plan): Operand {
  const operand = operandIn(new SharedArrayBuffer(bytesFor(plan)), plan);
  fillRandomly(random, operand);
  return operand;
}

/** A shape of so many axes with at most 30,000 elements. */
function blockShape(random: Seeded, axes: number): number[] {
  const shape: number[] = [];
  for (let room = 30_000; shape.length < axes;) {
    const extent = random.pick(EXTENTS.filter((extent) => extent <= Math.max(3, room)));
    shape.push(extent);
    room = Math.floor(room / extent);
  }
  return random.shuffled(shape);
}

/** C order with the axes in another order, so that the fastest axes differ. */
function turnedStrides(random: Seeded, shape: readonly number[]): number[] {
  const strides = new Array<number>(shape.length).fill(0);
  let stride = 1;
  for (const axis of random.shuffled([...shape.keys()])) {
    strides[axis] = random.oneIn(6) ? -stride : stride;
    stride *= shape[axis];
  }
  return strides;
}

Deno.test("copyElements copies arrays of many boxes, whole ones and cut ones, as a naive copy does", () => {
  forEachSeed(96, (random) => {
    const to = DTYPE_NAMES[random.seed % 12], from = random.oneIn(2) ? to : random.pick(DTYPE_NAMES);
    const shape = blockShape(random, random.int(1, 4));
    const target = allocated(random, planOf(to, shape, turnedStrides(random, shape)));
    const strides = random.oneIn(3) ? randomStrides(random, shape, true) : turnedStrides(random, shape);
    checkCopy(target, allocated(random, planOf(from, shape, strides)));
  });
});

Deno.test("copyElements converts rows that are longer than what is converted at once", () => {
  const random = new Seeded(5);
  for (
    const [to, from] of [["int64", "float32"], ["float32", "uint64"], ["bool", "float16"], [
      "int8",
      "int64",
    ]] as const
  ) {
    for (const length of [2047, 2048, 2049, 6000]) {
      for (const step of [1, 2, -1]) {
        const source = allocated(random, planOf(from, [length], [step]));
        checkCopy(allocated(random, planOf(to, [length], [1])), source);
        checkCopy(allocated(random, planOf(to, [length], [3])), source);
      }
    }
  }
});

Deno.test("copyElements repeats and turns long rows", () => {
  const random = new Seeded(6);
  for (const dtype of ["bool", "uint8", "float16", "int32", "float32", "int64", "float64"] as const) {
    for (const length of [64, 255, 256, 257, 512, 1000, 4096, 4097, 9000]) {
      for (const step of [0, -1, 1]) {
        const source = allocated(random, planOf(dtype, [3, length], [step === 0 ? 1 : length, step]));
        checkCopy(allocated(random, planOf(dtype, [3, length], [length + 1, 1])), source);
      }
    }
  }
});

Deno.test("copyElements copies an array that overlaps its transpose", () => {
  const random = new Seeded(7), extent = 150;
  for (const dtype of ["uint8", "int16", "float32", "float64", "int64"] as const) {
    const array = allocated(random, planOf(dtype, [extent, extent], [extent, 1]));
    checkCopy(array, { ...array, strides: [1, extent] });
  }
});

/** Some elements far apart in memory of which only these are touched. */
function farApart(dtype: DType, buffer: SharedArrayBuffer, shape: number[], strides: number[]): Operand {
  return operandIn(buffer, planOf(dtype, shape, strides));
}

function elementsOf({ shape: [rows, columns], strides, offset, data }: Operand): (number | bigint)[] {
  return Array.from({ length: rows * columns }, (_, i) => {
    return data[offset + Math.floor(i / columns) * strides[0] + (i % columns) * strides[1]];
  });
}

Deno.test("copyElements reaches elements beyond what 32-bit integers count", () => {
  // 3 GiB of addresses, of which a few pages are touched.
  const buffer = new SharedArrayBuffer(3 * 2 ** 30);
  const small = (dtype: DType, shape: number[]) => {
    const operand = operandIn(
      new SharedArrayBuffer(shape[0] * shape[1] * 8),
      planOf(dtype, shape, [shape[1], 1]),
    );
    operand.data.forEach((_, i) => operand.data[i] = dtype === "int64" ? BigInt(7 * i + 1) : 7 * i + 1);
    return operand;
  };
  for (
    const [dtype, shape, strides] of [
      ["uint8", [3, 5], [1_500_000_000, 7]],
      ["uint8", [5, 3], [-7, -1_500_000_000]],
      ["uint8", [3, 100], [1_400_000_000, 1]],
      ["uint8", [3, 100], [1_400_000_000, -1]],
      ["int16", [2, 40], [1_500_000_000, 3]],
      ["float64", [40, 2], [-3, 350_000_000]],
      ["int64", [2, 70], [390_000_000, -3]],
    ] as const
  ) {
    const source = small(dtype, [...shape]), far = farApart(dtype, buffer, [...shape], [...strides]);
    copyElements(far, source);
    assertEquals(elementsOf(far), elementsOf(source), `${dtype} to strides ${strides}`);
    const back = operandIn(
      new SharedArrayBuffer(source.data.byteLength),
      planOf(dtype, shape, [shape[1], 1]),
    );
    copyElements(back, far);
    assertEquals(elementsOf(back), elementsOf(source), `${dtype} from strides ${strides}`);
    const other = operandIn(
      new SharedArrayBuffer(source.data.byteLength * 8),
      planOf("float32", shape, [shape[1], 1]),
    );
    copyElements(other, far);
    assertEquals(
      elementsOf(other),
      elementsOf(source).map(Number),
      `${dtype} from strides ${strides} to float32`,
    );
    copyElements(far, { ...other, strides: [0, 0] });
    assertEquals(elementsOf(far).map(Number), elementsOf(other).map(() => Number(other.data[0])));
  }
});
