import { assert, assertEquals, assertThrows } from "@std/assert";
import { type BoundedExports, boundedModule } from "../../../src/array/random/bounded_module.ts";
import type { Bounds } from "../../../src/array/random/bounds.ts";
import { fillIntegers } from "../../../src/array/random/integers.ts";
import { SCRATCH } from "../../../src/array/random/scratch.ts";
import { type DType, DTYPE_NAMES, DTYPES, isDType } from "../../../src/dtype.ts";
import { DTypeError } from "../../../src/errors.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";
import { readFixture } from "./fixture.ts";
import { lemire, slowBelow } from "./naive_random.ts";

const WORD = 2n ** 32n;

function integers(dtype: DType, count: number, seed: number | bigint, bounds: Bounds): bigint[] {
  const data = new DTYPES[dtype].array(new SharedArrayBuffer(count * DTYPES[dtype].bytes));
  fillIntegers(data, dtype, { ...bounds, seed });
  return Array.from(data, BigInt);
}

/** The same, one by one. */
function slowIntegers(count: number, seed: bigint, low: bigint, high: bigint): bigint[] {
  return Array.from({ length: count }, (_, i) => low + slowBelow(seed, i, high - low, 1));
}

/** The least integer of a dtype, and the one behind its largest. */
function limitsOf(dtype: DType): [low: bigint, high: bigint] {
  const { kind, bytes } = DTYPES[dtype];
  const count = kind === "bool" ? 2n : 1n << BigInt(8 * bytes);
  return kind === "int" ? [-count / 2n, count / 2n] : [0n, count];
}

const INTEGERS = DTYPE_NAMES.filter((dtype) => DTYPES[dtype].kind !== "float");

/** An integer from `low` to `high`, both included: often close to an end or to a power of two. */
function bigCase(random: Seeded, low: bigint, high: bigint): bigint {
  const far = (BigInt(random.word()) << 32n) | BigInt(random.word());
  const near = BigInt(random.int(0, 2));
  const power = 1n << BigInt(random.int(0, 63));
  const value = random.pick([
    low + far % (high - low + 1n),
    low + near,
    high - near,
    power,
    power + 1n,
    power - 1n,
  ]);
  return value < low ? low : value > high ? high : value;
}

Deno.test("the method gives each integer of the same number of words: all counts of 8-bit words", () => {
  for (let count = 1n; count <= 256n; count++) {
    const found = new Map<bigint, number>();
    for (let word = 0n; word < 256n; word++) {
      const result = lemire(word, 8, count);
      if (result !== undefined) found.set(result, (found.get(result) ?? 0) + 1);
    }
    assertEquals(found.size, Number(count));
    for (const [result, words] of found) assertEquals(words, Number(256n / count), `${result} of ${count}`);
  }
});

/** The module on a memory of its own, for words that one would have to search for in streams. */
const module = (() => {
  const pages = SCRATCH.end / 65_536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(boundedModule()), { env: { memory } });
  // The exports of a WebAssembly instance are untyped.
  const exports = instance.exports as unknown as BoundedExports;
  const words = new Uint32Array(memory.buffer, SCRATCH.batch);
  const pending = new Uint32Array(memory.buffer, SCRATCH.pending);
  return {
    words,
    /** Draws some elements, and says which have to be drawn once more. */
    draw(
      name: keyof BoundedExports,
      elements: readonly number[],
      last: bigint,
      low: bigint,
      rejected: bigint,
    ) {
      pending.set(elements);
      const left = exports[name](elements.length, last, low, rejected);
      return [...pending.subarray(0, left)];
    },
    /** What was drawn, with that many bytes an element. */
    result(bytes: 4 | 8, element: number): bigint {
      const at = new DataView(memory.buffer, SCRATCH.results);
      return bytes === 4 ? BigInt(at.getInt32(4 * element, true)) : at.getBigInt64(8 * element, true);
    },
  };
})();

const extremes = [0, 1, 2, 2 ** 31 - 1, 2 ** 31, 2 ** 31 + 1, 2 ** 32 - 2, 2 ** 32 - 1];

Deno.test("the module draws what the slow twin does, from all kinds of words for all kinds of counts", () => {
  forEachSeed(400, (random) => {
    for (const name of ["words32to4", "words32to8", "words64to8"] as const) {
      const bits = name === "words64to8" ? 64 : 32, bytes = name === "words32to4" ? 4 : 8;
      const count = bigCase(random, 1n, 1n << BigInt(bits));
      const low = bigCase(random, -(2n ** 63n), 2n ** 63n - 1n);
      const rejected = (1n << BigInt(bits)) % count;
      const elements = random.shuffled(Array.from({ length: 20 }, (_, i) => i)).slice(0, random.int(1, 20));
      for (let i = 0; i < 40; i++) module.words[i] = random.pick([...extremes, random.word(), random.word()]);
      const left = module.draw(name, elements, count - 1n, low, rejected);
      const expected = elements.filter((element) => {
        const word = bits === 32
          ? BigInt(module.words[element])
          : BigInt(module.words[2 * element]) * WORD + BigInt(module.words[2 * element + 1]);
        const result = lemire(word, bits, count);
        if (result === undefined) return true;
        const what = `${name}: word ${word}, ${count} from ${low}`;
        assertEquals(module.result(bytes, element), BigInt.asIntN(8 * bytes, low + result), what);
        return false;
      });
      assertEquals(left, expected, `${name}: what is left of ${elements} for ${count}`);
    }
  });
});

Deno.test("the module draws places for permutations as the slow twin does", () => {
  forEachSeed(400, (random) => {
    const start = random.pick(
      [0, 8192, random.word() - 8192 * 4, 2 ** 32 - 20].map((value) => Math.max(0, value)),
    );
    const elements = Array.from({ length: 20 }, (_, i) => i);
    for (const i of elements) module.words[i] = random.pick([...extremes, random.word(), random.word()]);
    const left = module.draw("rising32to4", elements, BigInt(start), 0n, 0n);
    const expected = elements.filter((element) => {
      const result = lemire(BigInt(module.words[element]), 32, BigInt(start + element + 1));
      if (result !== undefined) assertEquals(module.result(4, element), BigInt.asIntN(32, result));
      return result === undefined;
    });
    assertEquals(left, expected, `from ${start} on`);
  });
});

Deno.test("integers are those of another implementation", async () => {
  const cases = (await readFixture()).integers;
  assert(cases.length > 50);
  for (const { dtype, low, high, seed, values } of cases) {
    assert(isDType(dtype));
    const found = integers(dtype, values.length, BigInt(seed), { low: BigInt(low), high: BigInt(high) });
    assertEquals(found.map(String), values, `${dtype} from ${low} to ${high}, seed ${seed}`);
  }
});

Deno.test("integers are those of the slow twin for random dtypes, bounds and seeds", () => {
  forEachSeed(150, (random) => {
    const dtype = random.pick(INTEGERS);
    const [least, end] = limitsOf(dtype);
    const ends = [bigCase(random, least, end - 1n), bigCase(random, least, end - 1n)];
    const low = ends[0] < ends[1] ? ends[0] : ends[1], last = ends[0] < ends[1] ? ends[1] : ends[0];
    const seed = BigInt(random.word()) - 2n ** 31n, count = random.int(0, 30);
    const expected = slowIntegers(count, seed, low, last + 1n);
    const what = `${dtype} from ${low} to ${last}`;
    assertEquals(integers(dtype, count, seed, { low, high: last + 1n }), expected, what);
    assertEquals(integers(dtype, count, seed, { low, high: last, endpoint: true }), expected, what);
  });
});

Deno.test("the ends of ranges: one integer, 2^32 and one more, all of a dtype", () => {
  const cases: [dtype: DType, low: bigint, high: bigint][] = [
    ["int64", 0n, WORD],
    ["int64", -1n, WORD],
    ["uint64", 5n, 2n ** 63n + 6n],
    ["uint64", 2n ** 64n - 1n, 2n ** 64n],
    ["int64", -(2n ** 63n), -(2n ** 63n) + 1n],
    ...INTEGERS.map((dtype): [DType, bigint, bigint] => [dtype, ...limitsOf(dtype)]),
  ];
  for (const [dtype, low, high] of cases) {
    assertEquals(
      integers(dtype, 40, 9, { low, high }),
      slowIntegers(40, 9n, low, high),
      `${dtype} to ${high}`,
    );
  }
});

Deno.test("draws that do not count are made again in every batch", () => {
  // Nearly half of all draws for 2^31 + 1 and 2^63 + 1 integers do not count.
  for (
    const [dtype, high, count] of [["int64", 2n ** 31n + 1n, 8195], ["uint64", 2n ** 63n + 1n, 4099]] as const
  ) {
    assertEquals(integers(dtype, count, 6, { high }), slowIntegers(count, 6n, 0n, high), `${count} ${dtype}`);
  }
});

Deno.test("integers stay right when the code has run so often that it is compiled again", () => {
  const count = 400_000;
  for (
    const [dtype, low, high] of [["uint64", 0n, 10n ** 19n], ["int64", -5n, 10n ** 6n], [
      "int16",
      -3n,
      999n,
    ]] as const
  ) {
    const values = integers(dtype, count, 8, { low, high });
    for (let i = 0; i < count; i += 3999) {
      assertEquals(values[i], low + slowBelow(8n, i, high - low, 1), `${dtype}: element ${i}`);
    }
  }
});

Deno.test("an element depends on seed, bounds and its place alone, whatever the dtype", () => {
  const bounds = { low: 3, high: 100 };
  const long = integers("int64", 20_000, 2, bounds);
  for (const dtype of ["int8", "uint16", "int32", "uint64"] as const) {
    for (const count of [1, 9, 8193]) {
      assertEquals(integers(dtype, count, 2n, bounds), long.slice(0, count), `${count} ${dtype}`);
    }
  }
});

Deno.test("each integer comes as often as the others", () => {
  const count = 200_000;
  for (
    const [dtype, high] of [["bool", 2], ["uint8", 3], ["int8", 6], ["int16", 10], ["uint32", 100], [
      "int64",
      256,
    ]] as const
  ) {
    const found = new Array<number>(high).fill(0);
    for (const value of integers(dtype, count, 1, { high })) found[Number(value)]++;
    const expected = count / high;
    const statistic = found.reduce((sum, n) => sum + (n - expected) ** 2 / expected, 0);
    // Mean and standard deviation of chi-square with high - 1 degrees of freedom.
    const limit = high - 1 + 4 * Math.sqrt(2 * (high - 1));
    assert(statistic < limit, `${dtype} below ${high}: ${statistic}, expected less than ${limit}`);
  }
});

Deno.test("all bits of the largest ranges are used", () => {
  const values = integers("uint64", 5000, 1, { high: 2n ** 64n });
  for (let bit = 0n; bit < 64n; bit++) {
    const ones = values.filter((value) => (value >> bit) & 1n).length;
    assert(Math.abs(ones - 2500) < 5 * Math.sqrt(1250), `bit ${bit} is 1 in ${ones} of 5000`);
  }
});

Deno.test("low is 0 where it is not given, and bounds may be numbers", () => {
  assertEquals(integers("int32", 20, 1, { high: 7 }), integers("int32", 20, 1, { low: 0n, high: 7n }));
  assertEquals(integers("uint8", 3, 1, { low: 255, high: 255, endpoint: true }), [255n, 255n, 255n]);
});

Deno.test("bounds that cannot be are refused", () => {
  const refused: [
    dtype: DType,
    bounds: Bounds,
    kind: typeof DTypeError | typeof RangeError,
    message: string,
  ][] = [
    ["int32", { low: 5, high: 5 }, RangeError, "Cannot draw random integers in [5, 5): there are none"],
    ["int32", { low: 5, high: 4, endpoint: true }, RangeError, "in [5, 4]: there are none"],
    ["int64", { high: -3n }, RangeError, "in [0, -3): there are none"],
    ["uint8", { high: 257 }, DTypeError, "in [0, 257) of dtype uint8: it holds those from 0 to 255"],
    ["uint8", { high: 256, endpoint: true }, DTypeError, "in [0, 256] of dtype uint8"],
    ["uint8", { low: -1, high: 5 }, DTypeError, "in [-1, 5) of dtype uint8"],
    ["int8", { low: -129, high: 5 }, DTypeError, "it holds those from -128 to 127"],
    ["bool", { high: 3 }, DTypeError, "in [0, 3) of dtype bool: it holds those from 0 to 1"],
    ["int64", { high: 2n ** 63n + 1n }, DTypeError, "of dtype int64"],
    ["uint64", { high: 2n ** 64n + 1n }, DTypeError, "of dtype uint64"],
    ["int32", { high: 1.5 }, DTypeError, "1.5: expected a bigint or a safe integer"],
    ["int32", { low: NaN, high: 1 }, DTypeError, "NaN: expected a bigint or a safe integer"],
    ["uint64", { high: 2 ** 60 }, DTypeError, "1152921504606847000: expected a bigint or a safe integer"],
    ["float64", { high: 5 }, DTypeError, "Cannot draw random integers of dtype float64"],
  ];
  for (const [dtype, bounds, kind, message] of refused) {
    assertThrows(() => integers(dtype, 1, 1, bounds), kind, message);
  }
  assertThrows(() => integers("int32", 1, 0.1, { high: 2 }), DTypeError, "Cannot seed with 0.1");
});
