import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { type NormalExports, normalModule } from "../../../src/array/random/normal_module.ts";
import { fillNormal, type NormalOptions } from "../../../src/array/random/normal.ts";
import { visitDoubles } from "../../../src/array/random/philox.ts";
import { SCRATCH } from "../../../src/array/random/scratch.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../../../src/dtype.ts";
import { DTypeError } from "../../../src/errors.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";
import { readFixture } from "./fixture.ts";
import { slowQuantile } from "./naive_random.ts";

const HALF_STEP = 2 ** -54;

function normal(dtype: DType, count: number, options: NormalOptions): number[] {
  const data = new DTYPES[dtype].array(new SharedArrayBuffer(count * DTYPES[dtype].bytes));
  fillNormal(data, dtype, options);
  return Array.from(data, Number);
}

/** What normal numbers are, one by one. */
function slowNormal(count: number, { seed, mean = 0, deviation = 1 }: NormalOptions): number[] {
  const values: number[] = [];
  visitDoubles(BigInt(seed), count, (batch) => {
    for (const value of batch) values.push(mean + deviation * slowQuantile(value - 0.5 + HALF_STEP));
  });
  return values;
}

/** The module on a memory of its own, for numbers that one would have to search for in streams. */
const invertAll = (() => {
  const memory = new WebAssembly.Memory({
    initial: SCRATCH.end / 65_536,
    maximum: SCRATCH.end / 65_536,
    shared: true,
  });
  const { bytes, constants } = normalModule();
  new Float64Array(memory.buffer, SCRATCH.constants).set(constants);
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
  // The exports of a WebAssembly instance are untyped.
  const { invert } = instance.exports as unknown as NormalExports;
  return (doubles: readonly number[], mean: number = 0, deviation: number = 1): number[] => {
    const batch = new Float64Array(memory.buffer, SCRATCH.batch, doubles.length);
    batch.set(doubles);
    invert(doubles.length, mean, deviation);
    return [...batch];
  };
})();

/** A multiple of 2^-53 below 1: anywhere, or close to where something changes. */
function uniformCase(random: Seeded): number {
  const anywhere = (random.word() * 2 ** 21 + (random.word() >>> 11)) / 2 ** 53;
  const tail = anywhere * 2 ** -random.int(0, 52);
  const edge = random.pick([0.075, Math.exp(-25), 0.5]) + random.int(-20, 20) * 2 ** -53;
  const lower = Math.floor(random.pick([anywhere, tail, edge]) * 2 ** 53) / 2 ** 53;
  return random.oneIn(2) ? lower : 1 - 2 ** -53 - lower;
}

function relativeError(value: number, expected: number): number {
  return Math.abs(value - expected) / Math.abs(expected);
}

Deno.test("quantiles are SciPy's, in both tails and where the functions meet", async () => {
  const { quantiles } = await readFixture();
  assert(quantiles.length > 500, `only ${quantiles.length}`);
  const values = invertAll(quantiles.map(({ k }) => Number(BigInt(k)) / 2 ** 53));
  quantiles.forEach(({ k, value }, i) => {
    const error = relativeError(values[i], value);
    assert(error < 2e-15, `k = ${k}: ${values[i]}, expected ${value}, off by ${error}`);
  });
  assertAlmostEquals(Math.max(...values), 8.3, 0.02);
});

Deno.test("normal numbers are those of another implementation", async () => {
  for (const { seed, values } of (await readFixture()).normal) {
    const found = normal("float64", values.length, { seed: BigInt(seed) });
    found.forEach((value, i) => {
      const error = relativeError(value, values[i]);
      assert(error < 2e-15, `seed ${seed}, element ${i}: ${value}, expected ${values[i]}`);
    });
  }
});

Deno.test("the module gives the bits of its slow twin, for any count and scale", () => {
  forEachSeed(300, (random) => {
    const doubles = Array.from({ length: random.int(1, 60) }, () => uniformCase(random));
    const mean = random.pick([0, -3.25, 1e6]), deviation = random.pick([1, 0, 0.1, 1e-3]);
    const expected = doubles.map((value) => mean + deviation * slowQuantile(value - 0.5 + HALF_STEP));
    assertEquals(invertAll(doubles, mean, deviation), expected);
  });
});

Deno.test("a batch of nothing but tails, and the far one in one of two lanes, are right", () => {
  const far = [0, 2 ** -53, 1e-12, 1 - 2 ** -53].map((value) => Math.floor(value * 2 ** 53) / 2 ** 53);
  for (const length of [1, 2, 3, 4095, 4096]) {
    const doubles = Array.from({ length }, (_, i) => i % 3 === 0 ? far[i % 4] : (i % 64) / 1024);
    assertEquals(invertAll(doubles), doubles.map((value) => slowQuantile(value - 0.5 + HALF_STEP)));
  }
});

Deno.test("normal numbers follow from the uniform ones of the seed, over all batches", () => {
  // The longest also runs code that is compiled again after a while.
  for (const count of [0, 1, 2, 4095, 4096, 4097, 300_001]) {
    assertEquals(normal("float64", count, { seed: 8 }), slowNormal(count, { seed: 8 }), `${count} numbers`);
  }
  const options = { seed: -5n, mean: 20, deviation: 0.5 };
  assertEquals(normal("float64", 5000, options), slowNormal(5000, options));
});

Deno.test("an element depends on the seed and its place alone", () => {
  const long = normal("float64", 9001, { seed: 3 });
  for (const count of [1, 7, 4097]) {
    assertEquals(normal("float64", count, { seed: 3n }), long.slice(0, count));
  }
});

Deno.test("float32 and float16 hold the float64 numbers, rounded", () => {
  const options = { seed: 2, mean: -1, deviation: 3 };
  const exact = slowNormal(10_000, options);
  assertEquals(normal("float32", 10_000, options), [...Float32Array.from(exact)]);
  assertEquals(normal("float16", 10_000, options), [...Float16Array.from(exact)]);
});

Deno.test("the quantiles are odd and rise", () => {
  const doubles = Array.from({ length: 2000 }, (_, i) => Math.floor(i / 4000 * 2 ** 53) / 2 ** 53);
  const lower = invertAll(doubles), upper = invertAll(doubles.map((value) => 1 - 2 ** -53 - value));
  assertEquals(upper, lower.map((value) => -value));
  assert(lower.every((value, i) => i === 0 || value > lower[i - 1]));
});

Deno.test("mean, variance, skewness and kurtosis are those of the distribution", () => {
  const count = 400_000;
  const values = normal("float64", count, { seed: 4 });
  const moment = (power: number) => values.reduce((sum, value) => sum + value ** power, 0) / count;
  // Each within four standard errors: the variance of z^k over the count.
  for (const [power, expected, variance] of [[1, 0, 1], [2, 1, 2], [3, 0, 15], [4, 3, 96]]) {
    assertAlmostEquals(moment(power), expected, 4 * Math.sqrt(variance / count), `moment ${power}`);
  }
});

/** The normal distribution function by its series at 0. */
function distribution(z: number): number {
  let term = z, sum = z;
  for (let k = 3; Math.abs(term) > 1e-17 && k < 400; k += 2) {
    term *= z * z / k;
    sum += term;
  }
  return 0.5 + sum * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
}

Deno.test("the distribution passes the test of Kolmogorov and Smirnov", () => {
  const count = 50_000;
  for (const seed of [1, 2, 3, 4]) {
    const sorted = normal("float64", count, { seed, mean: 5, deviation: 2 }).sort((a, b) => a - b);
    const distances = sorted.map((value, i) => {
      const expected = distribution((value - 5) / 2);
      return Math.max(Math.abs(expected - i / count), Math.abs(expected - (i + 1) / count));
    });
    const statistic = Math.max(...distances.slice(0, 25_000), ...distances.slice(25_000)) * Math.sqrt(count);
    // Exceeded once in a thousand samples of the distribution.
    assert(statistic < 1.95, `seed ${seed}: ${statistic}`);
  }
});

Deno.test("a deviation of 0 gives the mean", () => {
  assertEquals(normal("float64", 50, { seed: 1, mean: 7, deviation: 0 }), new Array<number>(50).fill(7));
});

Deno.test("dtypes that are no float, and moments and seeds that cannot be, are refused", () => {
  for (const dtype of DTYPE_NAMES) {
    if (DTYPES[dtype].kind === "float") continue;
    const message = `Cannot draw normal random numbers of dtype ${dtype}`;
    assertThrows(() => normal(dtype, 1, { seed: 1 }), DTypeError, message);
  }
  for (const mean of [NaN, Infinity]) {
    assertThrows(() => normal("float64", 1, { seed: 1, mean }), RangeError, `with a mean of ${mean}`);
  }
  for (const deviation of [-1, NaN, Infinity]) {
    const message = `with a standard deviation of ${deviation}`;
    assertThrows(() => normal("float64", 1, { seed: 1, deviation }), RangeError, message);
  }
  assertThrows(() => normal("float64", 1, { seed: 1.5 }), DTypeError, "Cannot seed with 1.5");
});
