import { assertEquals } from "@std/assert";
import { DTYPES } from "../../src/dtype.ts";
import { convert, literal } from "../../src/simd/convert.ts";
import { Seeded } from "../seeded.ts";
import {
  arrayOf,
  elementCounts,
  floats,
  INTEGERS,
  integers,
  type NumberDType,
  valuesOf,
  zerosOf,
} from "./numbers.ts";
import { gather, type Numbers, runElements } from "./run_elements.ts";

const COUNT = 4000;
const FLOATS = ["float16", "float32", "float64"] as const;
const ALL: readonly NumberDType[] = [...INTEGERS, ...FLOATS];

/** Numbers of a dtype to try. */
function numbersOf(dtype: NumberDType): Numbers {
  const random = new Seeded(7);
  return dtype === "float16" || dtype === "float32" || dtype === "float64"
    ? floats(dtype, COUNT, random)
    : integers(dtype, COUNT, random);
}

/** A float32 or float16 next to an integer, rounded once: through a float64 that is rounded to odd. */
function toFloat(value: number | bigint, dtype: "float16" | "float32" | "float64"): number {
  if (typeof value === "number" || dtype === "float64") return Number(value);
  const cut = value & 0x7ffn;
  const isLarge = value >= 2n ** 53n || value <= -(2n ** 53n);
  return Number(isLarge && cut !== 0n ? (value - cut) | 0x800n : value);
}

/** The same conversion by typed arrays and bigints. */
function expected(value: number | bigint, to: NumberDType): number | bigint {
  if (to === "float16" || to === "float32" || to === "float64") return arrayOf(to, [toFloat(value, to)])[0];
  const whole = typeof value === "bigint" ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n;
  if (to === "int64") return BigInt.asIntN(64, whole);
  if (to === "uint64") return BigInt.asUintN(64, whole);
  return arrayOf(to, [BigInt.asUintN(32, whole)])[0];
}

/** Bytes of what is computed with: float16 as float32. */
function computedBytes(dtype: NumberDType): number {
  return dtype === "float16" ? 4 : DTYPES[dtype].bytes;
}

/** Fails with the first element that differs; NaN is equal to itself and -0 is not equal to 0. */
function assertSame(
  actual: Numbers,
  wanted: (k: number) => number | bigint,
  about: (k: number) => string,
): void {
  actual.forEach((value: number | bigint, k: number) => {
    if (!Object.is(value, wanted(k))) throw new Error(`${about(k)} is ${value}, not ${wanted(k)}`);
  });
}

for (const from of ALL) {
  Deno.test(`${from} becomes every other dtype as typed arrays and bigints have it`, () => {
    const input = numbersOf(from);
    for (const elements of [2, 4, 8, 16]) {
      const targets = ALL.filter((to) => elements * Math.max(computedBytes(from), computedBytes(to)) <= 16);
      if (targets.length === 0) continue;
      const results = runElements({
        elements,
        strict: elements === 4,
        inputs: [input],
        build: (graph, [value]) => targets.map((to) => convert(graph, value, from, to)),
      });
      results.forEach((vectors, r) => {
        const to = targets[r];
        const result = gather(vectors, elements, zerosOf(to, COUNT));
        assertSame(
          result,
          (k) => expected(input[k], to),
          (k) => `${from} ${input[k]} as ${to}, ${elements} a turn,`,
        );
      });
    }
  });
}

Deno.test("every float16 becomes the float32 and float64 that it is, and comes back", () => {
  const bits = Uint16Array.from({ length: 65_536 }, (_, k) => k), input = new Float16Array(bits.buffer);
  for (let begin = 0; begin < 65_536; begin += 16_384) {
    const part = input.slice(begin, begin + 16_384);
    const [single, double, there] = runElements({
      elements: 2,
      inputs: [part],
      build: (graph, [value]) => {
        const single = convert(graph, value, "float16", "float32");
        const double = convert(graph, value, "float16", "float64");
        return [single, double, convert(graph, double, "float64", "float16")];
      },
    });
    const numbers = Float64Array.from(part);
    assertEquals(gather(single, 2, new Float32Array(16_384)), Float32Array.from(numbers));
    assertEquals(gather(double, 2, new Float64Array(16_384)), numbers);
    assertEquals(gather(there, 2, new Float16Array(16_384)), part);
  }
});

Deno.test("float64 beside the middle of two float16 are rounded once", () => {
  const random = new Seeded(11);
  const input = Float64Array.from({ length: 8000 }, () => {
    const half = Math.abs(Math.f16round(2 ** (random.int(-250, 159) / 10)));
    const ulp = Math.max(2 ** (Math.floor(Math.log2(half)) - 10), 2 ** -24);
    const near = half + ulp / 2;
    return (random.oneIn(2) ? 1 : -1) * near * (1 + random.pick([-1, 0, 1]) * 2 ** -random.int(20, 52));
  });
  const [vectors] = runElements({
    elements: 2,
    inputs: [input],
    build: (graph, [value]) => [convert(graph, value, "float64", "float16")],
  });
  const result = gather(vectors, 2, new Float16Array(8000));
  assertSame(result, (k) => Math.f16round(input[k]), (k) => `float64 ${input[k]} as float16`);
});

Deno.test("64-bit integers beside the middle of two float32 or float64 are rounded once", () => {
  const random = new Seeded(12);
  const input = BigInt64Array.from({ length: 8000 }, () => {
    const bits = random.int(20, 63), kept = random.pick([24, 53]);
    const head = ((BigInt(random.word()) << 32n) | BigInt(random.word())) >> BigInt(64 - bits);
    const cut = BigInt(Math.max(0, bits - kept));
    const middle = ((head >> cut) << cut) + (cut > 0n ? 1n << (cut - 1n) : 0n);
    return (middle + BigInt(random.int(-1, 1))) * (random.oneIn(2) ? 1n : -1n);
  });
  for (const from of ["int64", "uint64"] as const) {
    const whole = from === "int64" ? input : new BigUint64Array(input.buffer);
    const [single, double] = runElements({
      elements: 2,
      inputs: [whole],
      build: (graph, [value]) => [
        convert(graph, value, from, "float32"),
        convert(graph, value, from, "float64"),
      ],
    });
    const about = (k: number) => `${from} ${whole[k]}`;
    assertSame(gather(single, 2, new Float32Array(8000)), (k) => expected(whole[k], "float32"), about);
    assertSame(gather(double, 2, new Float64Array(8000)), (k) => expected(whole[k], "float64"), about);
  }
});

Deno.test("NaN of every sign and payload become 0, false, and NaN in other floats", () => {
  const wide = BigUint64Array.of(
    0x7ff8000000001234n,
    0xfff4deadbeef5678n,
    0x7ff0000000000001n,
    0xffffffffffffffffn,
  );
  const narrow = Uint32Array.of(0x7fc01234, 0xffa5beef, 0x7f800001, 0xffffffff);
  const half = Uint16Array.of(0x7e12, 0xfdef, 0x7c01, 0xffff);
  const inputs = { float64: wide, float32: narrow, float16: half } as const;
  for (const from of FLOATS) {
    const floating = FLOATS.filter((to) => to !== from), whole = [...INTEGERS, "bool" as const];
    const results = runElements({
      elements: 2,
      inputs: [inputs[from]],
      build: (graph, [value]) => [...floating, ...whole].map((to) => convert(graph, value, from, to)),
    });
    floating.forEach((to, r) => {
      assertEquals(valuesOf(gather(results[r], 2, zerosOf(to, 4))), [NaN, NaN, NaN, NaN], `${from} to ${to}`);
    });
    whole.forEach((to, r) => {
      const found = gather(results[floating.length + r], 2, zerosOf(to === "bool" ? "uint8" : to, 4));
      assertEquals(valuesOf(found).map(Number), [0, 0, 0, 0], `${from} to ${to}`);
    });
  }
});

Deno.test("literals of every dtype stand in every lane, converted as elements are", () => {
  const values = [
    0,
    1,
    -1,
    2.75,
    -2.75,
    300,
    70_000,
    2 ** 31,
    1e20,
    NaN,
    Infinity,
    5n,
    -(2n ** 63n),
    2n ** 64n - 1n,
  ];
  for (const dtype of ALL) {
    for (const elements of elementCounts(computedBytes(dtype))) {
      const results = runElements({
        elements,
        inputs: [new Uint8Array(elements)],
        build: (graph) => values.map((value) => literal(graph, dtype, value)),
      });
      results.forEach((vectors, r) => {
        const lanes = gather(vectors, elements, zerosOf(dtype, elements));
        assertSame(lanes, () => expected(values[r], dtype), () => `${values[r]} as ${dtype}`);
      });
    }
  }
});
