import { assert, assertAlmostEquals, assertEquals, assertNotEquals, assertThrows } from "@std/assert";
import { SharedNdArray } from "../../../mod.ts";
import { fromSource } from "../../../src/array/memory/shared_memory.ts";
import { visitDoubles, visitFloats } from "../../../src/array/random/philox.ts";
import { fillUniform } from "../../../src/array/random/uniform.ts";
import { type DType, DTYPE_NAMES, DTYPES } from "../../../src/dtype.ts";
import { DTypeError } from "../../../src/errors.ts";
import { forEachSeed } from "../../seeded.ts";
import { readFixture } from "./fixture.ts";
import { slowWords, topBits } from "./naive_random.ts";

const FLOATS = ["float16", "float32", "float64"] as const;
const BITS = { float16: 11, float32: 24, float64: 53 } as const;

/** Uniform numbers, in memory that the module may write to or not. */
function uniform(dtype: DType, count: number, seed: number | bigint, direct: boolean = false): number[] {
  const { array, bytes } = DTYPES[dtype];
  const pages = Math.ceil((count * bytes + 64) / 65_536);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const data = new array(fromSource(memory).buffer, 64, count);
  fillUniform(data, dtype, direct ? { seed, memory } : { seed });
  return Array.from(data, Number);
}

Deno.test("uniform numbers are those of another implementation", async () => {
  for (const { seed, values } of (await readFixture()).uniform) {
    assertEquals(uniform("float64", values.length, BigInt(seed)), values, `seed ${seed}`);
  }
});

Deno.test("uniform numbers are the stream's top bits: 53 for float64, 24 for float32, 11 for float16", () => {
  forEachSeed(60, (random) => {
    const seed = BigInt(random.word()) << 20n, count = random.int(0, 70);
    for (const dtype of FLOATS) {
      const words = slowWords(seed, 0, dtype === "float64" ? 2 * count : count);
      assertEquals(uniform(dtype, count, seed), topBits(words, BITS[dtype]), dtype);
    }
  });
  for (const dtype of FLOATS) {
    const count = 8200;
    const words = slowWords(9n, 0, dtype === "float64" ? 2 * count : count);
    assertEquals(uniform(dtype, count, 9), topBits(words, BITS[dtype]), dtype);
  }
});

Deno.test("large arrays hold the same numbers whether they are written to directly or copied to", () => {
  for (const count of [32_767, 32_768, 65_535, 65_536, 65_543, 100_001]) {
    const doubles: number[] = [], floats: number[] = [];
    visitDoubles(5n, count, (batch) => batch.forEach((value) => doubles.push(value)));
    visitFloats(5n, count, (batch) => batch.forEach((value) => floats.push(value)));
    for (const direct of [false, true]) {
      assertEquals(uniform("float64", count, 5, direct), doubles, `${count} float64, direct: ${direct}`);
      assertEquals(uniform("float32", count, 5, direct), floats, `${count} float32, direct: ${direct}`);
    }
  }
});

Deno.test("an element depends on the seed and its place alone", () => {
  const long = SharedNdArray.random([100, 100], { seed: 5 });
  const short = SharedNdArray.random([7], { seed: 5n });
  assertEquals([...short.values()], [...long.values()].slice(0, 7));
  assertNotEquals([...SharedNdArray.random([7], { seed: 6 }).values()], [...short.values()]);
});

Deno.test("without a seed each array has numbers of its own", () => {
  assertNotEquals([...SharedNdArray.random([4]).values()], [...SharedNdArray.random([4]).values()]);
});

Deno.test("uniform numbers lie in [0, 1) with the mean and variance of their distribution", () => {
  for (const dtype of FLOATS) {
    const count = 200_000;
    const values = uniform(dtype, count, 1);
    let sum = 0, squares = 0, least = Infinity, most = -Infinity;
    for (const value of values) {
      sum += value;
      squares += value * value;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    assert(least >= 0 && most < 1, `${dtype}: from ${least} to ${most}`);
    assert(least < 1e-3 && most > 1 - 1e-3, `${dtype}: from ${least} to ${most}`);
    const mean = sum / count;
    assertAlmostEquals(mean, 0.5, 0.003, dtype);
    assertAlmostEquals(squares / count - mean * mean, 1 / 12, 0.001, dtype);
  }
});

Deno.test("uniform numbers of dtypes that are no float, and seeds that are no integer, are refused", () => {
  for (const dtype of DTYPE_NAMES) {
    if (DTYPES[dtype].kind === "float") continue;
    assertThrows(() => uniform(dtype, 1, 1), DTypeError, `uniform random numbers of dtype ${dtype}`);
    const wrong = dtype as "float64";
    assertThrows(() => SharedNdArray.random([1], { dtype: wrong }), DTypeError, `of dtype ${dtype}`);
  }
  for (const seed of [0.5, NaN, 2 ** 53]) {
    assertThrows(() => uniform("float64", 1, seed), DTypeError, `Cannot seed with ${seed}`);
    assertThrows(() => SharedNdArray.random([1], { seed }), DTypeError, `Cannot seed with ${seed}`);
  }
});
