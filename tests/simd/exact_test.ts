import { assert, assertEquals } from "@std/assert";
import { fastTwoSum, type Pair, split, twoProduct, twoSum } from "../../src/simd/exact.ts";
import { decompose, larger, powerOfTwo, scale, smaller } from "../../src/simd/exponents.ts";
import type { Graph, Value } from "../../src/simd/graph.ts";
import { f64x2 } from "../../src/simd/lanes.ts";
import { Seeded } from "../seeded.ts";
import { compileLanes } from "./run_lanes.ts";

/** Numbers with 53 bits that are multiples of `2**-100`. */
function numbers(seed: number): Float64Array<ArrayBuffer> {
  const random = new Seeded(seed);
  return Float64Array.from({ length: 2000 }, () => {
    const bits = (random.word() >>> 5) * 2 ** 26 + (random.word() >>> 6) + 1;
    return (random.oneIn(2) ? bits : -bits) * 2 ** random.int(-100, 0);
  });
}

/** A multiple of `2**-200` as an integer. */
function units(x: number): bigint {
  return BigInt(x * 2 ** 100) << 100n;
}

type Step = (graph: Graph, a: Value, b: Value) => Pair;

function parts(step: Step, strict: boolean, a: Float64Array, b: Float64Array): Float64Array[] {
  return (["high", "low"] as const).map((part) => {
    const run = compileLanes(2, (graph, x, y) => step(graph, x, y)[part], { strict });
    return new Float64Array(run(a, b));
  });
}

for (const strict of [false, true]) {
  const mode = strict ? ", strict" : "";
  const a = numbers(1), b = numbers(2);
  Deno.test(`twoSum and twoProduct lose nothing${mode}`, () => {
    const sum = parts((graph, x, y) => twoSum(f64x2(graph), x, y), strict, a, b);
    const product = parts((graph, x, y) => twoProduct(f64x2(graph), x, y), strict, a, b);
    a.forEach((x, k) => {
      assertEquals(sum[0][k], x + b[k]);
      assertEquals(units(sum[0][k]) + units(sum[1][k]), units(x) + units(b[k]));
      assertEquals(product[0][k], x * b[k]);
      const exact = BigInt(x * 2 ** 100) * BigInt(b[k] * 2 ** 100);
      // Both parts are multiples of 2**-200; the factor is applied twice because it may be too large at once.
      const whole = (value: number) => BigInt(value * 2 ** 100 * 2 ** 100);
      assertEquals(whole(product[0][k]) + whole(product[1][k]), exact);
    });
  });

  Deno.test(`fastTwoSum loses nothing when the first is the larger${mode}`, () => {
    const isInOrder = (k: number) => Math.abs(a[k]) >= Math.abs(b[k]);
    const above = a.map((x, k) => isInOrder(k) ? x : b[k]), below = b.map((x, k) => isInOrder(k) ? x : a[k]);
    const sum = parts((graph, x, y) => fastTwoSum(f64x2(graph), x, y), strict, above, below);
    above.forEach((x, k) => {
      assertEquals(units(sum[0][k]) + units(sum[1][k]), units(x) + units(below[k]));
    });
  });

  Deno.test(`split: both halves have 26 bits${mode}`, () => {
    const halves = parts((graph, x) => split(f64x2(graph), x), strict, a, a);
    a.forEach((x, k) => {
      const [high, low] = [halves[0][k], halves[1][k]];
      assertEquals(high + low, x);
      for (const half of [high, low].filter((value) => value !== 0)) {
        const bits = Math.abs(half) / 2 ** Math.floor(Math.log2(Math.abs(half))) * 2 ** 26;
        assert(Number.isInteger(bits), `${x} is split into ${high} and ${low}`);
      }
    });
  });
}

const MAGNITUDES = [
  1,
  1.5,
  3,
  2 ** -1022,
  2 ** -1022 - 2 ** -1074,
  3 * 2 ** -1074,
  2 ** -1074,
  Number.MAX_VALUE,
  0.1,
];

Deno.test("decompose: significands from 1 to 2, and their exponents", () => {
  const x = Float64Array.from(MAGNITUDES);
  const significand = new Float64Array(
    compileLanes(1, (graph, v) => decompose(f64x2(graph), v).significand)(x),
  );
  const exponent = new BigInt64Array(compileLanes(1, (graph, v) => decompose(f64x2(graph), v).exponent)(x));
  MAGNITUDES.forEach((magnitude, k) => {
    assert(significand[k] >= 1 && significand[k] < 2);
    const half = Math.trunc(Number(exponent[k]) / 2), rest = Number(exponent[k]) - half;
    assertEquals(significand[k] * 2 ** half * 2 ** rest, magnitude);
  });
});

Deno.test("powerOfTwo and scale: powers of normal numbers, and products as if they were rounded once", () => {
  const exponents = [-1022n, -1n, 0n, 5n, 1023n];
  const powers = new Float64Array(compileLanes(1, powerOfTwo)(BigInt64Array.from(exponents)));
  assertEquals([...powers], exponents.map((exponent) => 2 ** Number(exponent)));
  const cases: [number, bigint, number][] = [
    [1.5, -1074n, 2 ** -1073],
    [1, -1075n, 0],
    [3, -1075n, 2 ** -1073],
    [1, -2000n, 0],
    [1.25, 1023n, 1.25 * 2 ** 1023],
    [-1, 1024n, -Infinity],
    [2 ** -104, 1100n, 2 ** 996],
    [1, 2046n, Infinity],
  ];
  const run = compileLanes(2, (graph, x, exponent) => scale(f64x2(graph), x, exponent));
  const scaled = run(
    Float64Array.from(cases, ([x]) => x),
    BigInt64Array.from(cases, ([, exponent]) => exponent),
  );
  assertEquals([...new Float64Array(scaled)], cases.map(([, , result]) => result));
});

Deno.test("smaller and larger of integers", () => {
  const a = BigInt64Array.of(1n, -5n, 2n ** 62n, -1n), b = BigInt64Array.of(-1n, -4n, 3n, -1n);
  const low = compileLanes(2, (graph, x, y) => smaller(f64x2(graph), x, y))(a, b);
  const high = compileLanes(2, (graph, x, y) => larger(f64x2(graph), x, y))(a, b);
  assertEquals([...new BigInt64Array(low)], [-1n, -5n, 3n, -1n]);
  assertEquals([...new BigInt64Array(high)], [1n, -4n, 2n ** 62n, -1n]);
});
