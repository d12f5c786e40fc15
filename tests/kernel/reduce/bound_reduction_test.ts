import { assert, assertEquals } from "@std/assert";
import { SharedNdArray, slice } from "../../../mod.ts";
import type { FoldName, LaneDType } from "../../../src/plan/reduce/reduce_plan.ts";
import { randomStrides } from "../../array/copy/random_operands.ts";
import { forEachSeed, Seeded } from "../../seeded.ts";
import { cellsOf, planOf, type Reduced, reduceFast, reduceSlowly, type Value } from "./naive_reduction.ts";

const FOLDS: readonly FoldName[] = [
  "sum",
  "prod",
  "min",
  "max",
  "minNumber",
  "maxNumber",
  "argmin",
  "argmax",
];
const LANES: readonly LaneDType[] = ["float64", "int64", "uint64"];
const SPECIALS = [NaN, Infinity, -Infinity, -0, 0, 5e-324, 1.7976931348623157e308];

/** How often special floats are drawn: never, one in so many, or nothing else. */
function randomValue(random: Seeded, lanes: LaneDType, specialsOneIn: number): Value {
  if (lanes === "float64") {
    if (specialsOneIn > 0 && random.oneIn(specialsOneIn)) return random.pick(SPECIALS);
    return (random.word() / 2 ** 32 - 0.5) * 2 ** random.int(-3, 3);
  }
  // Few bits make equal elements, all of them those beyond the range of doubles.
  const bits = random.pick([1, 3, 64]);
  const word = BigInt(random.word()) << 32n | BigInt(random.word());
  return lanes === "int64" ? BigInt.asIntN(bits, word) : BigInt.asUintN(bits, word);
}

/** An array in a random layout with nothing but NaN, or what would be noticed, around it. */
function randomArray(random: Seeded, lanes: LaneDType, shape: readonly number[]): SharedNdArray {
  const strides = random.oneIn(3)
    ? shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1))
    : randomStrides(random, shape, true);
  const lowest = strides.reduce((sum, stride, axis) => sum + Math.min(0, stride) * (shape[axis] - 1), 0);
  const highest = strides.reduce((sum, stride, axis) => sum + Math.max(0, stride) * (shape[axis] - 1), 0);
  const gap = random.int(0, 3), bytes = 8 * (highest - lowest + 1 + 2 * gap);
  const memory = new WebAssembly.Memory({
    initial: Math.ceil(bytes / 65_536),
    maximum: Math.ceil(bytes / 65_536),
    shared: true,
  });
  // At the end of the memory in half of the cases: what is read behind it fails.
  const room = memory.buffer.byteLength / 8 - (highest - lowest + 1);
  const first = random.oneIn(2) ? room : gap;
  const specialsOneIn = random.pick([0, 0, 1, 3, 400]);
  const whole = SharedNdArray.wrap(memory, { shape: [memory.buffer.byteLength / 8], dtype: lanes });
  for (let k = 0; k < whole.size; k++) {
    const isOwn = k >= first && k <= first + highest - lowest;
    const outside = lanes === "float64" ? NaN : 3n;
    // The value has the type of the dtype's elements.
    whole.data[k] = (isOwn ? randomValue(random, lanes, specialsOneIn) : outside) as never;
  }
  return SharedNdArray.wrap(memory, {
    shape: [...shape],
    strides,
    dtype: lanes,
    byteOffset: 8 * first,
  });
}

/** Shapes with few and with many elements an axis, within some thousand elements. */
function randomShape(random: Seeded): number[] {
  const rank = random.int(0, 4), shape: number[] = [];
  let room = random.pick([40, 600, 3000]);
  for (let axis = 0; axis < rank; axis++) {
    const extent = random.oneIn(5)
      ? 1
      : random.int(1, Math.max(1, Math.min(room, random.pick([3, 12, 1100]))));
    shape.push(extent);
    room = Math.floor(room / extent);
  }
  return random.shuffled(shape);
}

function assertSame(found: Reduced, expected: Reduced, text: string): void {
  assertEquals(found.places, expected.places, text);
  expected.values.forEach((value, k) => {
    assert(Object.is(found.values[k], value), `${text}: cell ${k} is ${found.values[k]}, expected ${value}`);
  });
  assertEquals(found.values.length, expected.values.length);
}

const ways = [
  { isDirect: true },
  { isDirect: false },
  { isDirect: false, order: "cells" },
  { isDirect: false, order: "positions" },
] as const;

Deno.test("every fold gives the bits of the slow twin, for random shapes, layouts, axes and units", () => {
  forEachSeed(150, (random) => {
    const lanes = random.pick(["float64", ...LANES] as const), shape = randomShape(random);
    const array = randomArray(random, lanes, shape);
    const reduced = shape.map((_, axis) => axis).filter(() => random.oneIn(2));
    const cells = cellsOf(array, planOf(shape, reduced));
    for (const fold of FOLDS) {
      const expected = reduceSlowly(cells, fold, lanes);
      for (const way of ways) {
        const plan = planOf(
          shape,
          reduced,
          random.pick([1, 2, 7, 100, Infinity]),
          random.pick([1, Infinity]),
        );
        const found = reduceFast(array, plan, fold, { ...way, units: (units) => random.shuffled(units) });
        const text = `${fold} of ${lanes} [${shape}] strides [${array.strides}] over [${reduced}] ${
          JSON.stringify(way)
        }`;
        assertSame(found, expected, text);
      }
    }
  });
});

Deno.test("long reductions have the same bits whatever the units, the layout and the way", () => {
  const random = new Seeded(11);
  const shapes: readonly (readonly [shape: readonly number[], reduced: readonly number[]])[] = [
    [[70_001], [0]],
    [[16_400, 2], [0]],
    [[2, 8300], [1]],
    [[37, 230, 3], [0, 1]],
  ];
  for (const [shape, reduced] of shapes) {
    const size = shape.reduce((a, b) => a * b, 1);
    const flat = Float64Array.from({ length: size }, () => random.word() / 2 ** 32 - 0.4);
    const array = SharedNdArray.from(flat).reshape([...shape]);
    const turned = SharedNdArray.zeros(shape.toReversed()).transpose().copyFrom(array);
    const spaced = SharedNdArray.zeros([...shape.slice(0, -1), shape[shape.length - 1] * 2])
      .view(...shape.slice(1).map(() => slice(null)), slice(null, null, 2)).copyFrom(array);
    const cells = cellsOf(array, planOf(shape, reduced));
    for (const fold of ["sum", "argmax"] as const) {
      const expected = reduceSlowly(cells, fold, "float64");
      for (const chunks of [1, 2, Infinity]) {
        const plan = planOf(shape, reduced, random.pick([1, 4, Infinity]), chunks);
        for (const way of ways.slice(0, 2)) {
          for (const layout of [array, turned, spaced]) {
            const text = `${fold} of [${shape}] in units of ${chunks}, strides [${layout.strides}]`;
            assertSame(reduceFast(layout, plan, fold, way), expected, text);
          }
        }
      }
    }
  }
});

Deno.test("NaNs with other bits, and those that are computed, become one", () => {
  const bits = [0x7ff8000000000001n, 0xfff8000000000000n, 0x7ff0000000000000n, 0xfff0000000000000n];
  for (const shape of [[1, 40], [40, 1], [20, 2], [2, 20]]) {
    const array = SharedNdArray.zeros(shape);
    new BigInt64Array(array.data.buffer, array.data.byteOffset, 40).set(
      Array.from({ length: 40 }, (_, k) => BigInt.asIntN(64, bits[k % 4])),
    );
    for (const axis of [0, 1]) {
      for (const fold of FOLDS.filter((fold) => !fold.endsWith("Number"))) {
        for (const way of ways) {
          const plan = planOf(shape, [axis]);
          const found = reduceFast(array, plan, fold, way);
          const isAlone = cellsOf(array, plan).map((cell) => cell.every((value) => !Number.isNaN(value)));
          const words = new BigUint64Array(Float64Array.from(found.values, Number).buffer);
          found.values.forEach((value, k) => {
            if (Number.isNaN(value)) assertEquals(words[k], 0x7ff8000000000000n);
            else assert(isAlone[k], `${fold} [${shape}] ${axis}`);
          });
        }
      }
    }
  }
});

Deno.test("the first of equal elements, and of NaN and of zeros of both signs", () => {
  const one = (values: number[], fold: "argmin" | "argmax") => {
    const results = [[values.length, 1], [1, values.length]].flatMap((shape) =>
      ways.map((way) => {
        const array = SharedNdArray.from(values).reshape(shape);
        const { places, values: [value] } = reduceFast(array, planOf(shape, [0, 1]), fold, way);
        return [places[0], value];
      })
    );
    results.forEach((result) => assertEquals(result, results[0]));
    return results[0];
  };
  assertEquals(one([3, 1, 1, 3], "argmin"), [1, 1]);
  assertEquals(one([3, 1, 1, 3], "argmax"), [0, 3]);
  assertEquals(one([0, -0, 0], "argmin"), [0, 0]);
  assertEquals(one([-0, 0, -0], "argmax"), [0, -0]);
  assertEquals(one([...new Array(200).fill(5), NaN, 1, NaN], "argmin"), [200, NaN]);
  assertEquals(one([NaN, -Infinity, NaN], "argmin"), [0, NaN]);
  assertEquals(one(new Array(20).fill(Infinity), "argmin"), [0, Infinity]);
  assertEquals(one(Array.from({ length: 1000 }, (_, k) => 1000 - k), "argmin"), [999, 1]);
});

/** A sum in about twice the precision (Neumaier's). */
function compensatedSum(values: Float64Array): number {
  let sum = 0, rest = 0;
  for (const value of values) {
    const next = sum + value;
    rest += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return sum + rest;
}

Deno.test("the error of a sum is at most what is promised: one rounding a level", () => {
  const random = new Seeded(5);
  for (const count of [1, 100, 1000, 50_000, 400_000]) {
    for (const shift of [0, 0.5]) {
      const values = Float64Array.from({ length: count }, () => random.word() / 2 ** 32 - shift);
      const array = SharedNdArray.from(values);
      const { values: [sum] } = reduceFast(array, planOf([count], [0]), "sum", { isDirect: true });
      const absolute = compensatedSum(values.map(Math.abs));
      const levels = 19 + Math.ceil(Math.log2(Math.max(1, count / 128)));
      assert(Math.abs(Number(sum) - compensatedSum(values)) <= levels * 2 ** -53 * absolute, `${count}`);
    }
  }
});
