import { assertEquals } from "@std/assert";
import { pow32, pow64, powLiteral32, powLiteral64 } from "../../src/simd/functions/pow.ts";
import { Graph, type Value } from "../../src/simd/graph.ts";
import { Seeded } from "../seeded.ts";
import { anyNumber, testOnPoints, type Width } from "./check_points.ts";

const golden: Record<"a" | "b" | "y", number[]> = JSON.parse(
  await Deno.readTextFile(new URL("../fixtures/math/pow.json", import.meta.url)),
);

testOnPoints({
  title: "pow: golden points",
  float64: pow64,
  float32: pow32,
  most: { 64: 1, 32: 1 },
  points: () => golden.a.map((x, k) => [x, golden.b[k]]),
  wanted: (width, [x, y], point) => width === 64 ? Number(golden.y[point]) : x ** y,
});

/** Bases and exponents for which signs, infinities or NaN follow from rules. */
const SPECIAL = [0, 2 ** -149, 0.5, 1, 1.5, 2, 3, 4, 2 ** 24, 2 ** 24 + 2, 2 ** 100, Infinity, NaN]
  .flatMap((x) => [x, -x]);
const SPECIAL64 = [5e-324, 2 ** -1022, 2 ** 52 + 1, 2 ** 53 - 1, 2 ** 53, Number.MAX_VALUE].flatMap((
  x,
) => [x, -x]);
const special = { 64: [...SPECIAL, ...SPECIAL64], 32: SPECIAL };

testOnPoints({
  title: "pow: special values",
  float64: pow64,
  float32: pow32,
  // Zeros, infinities and NaN have to be right in any case.
  most: { 64: 1, 32: 1 },
  points: (width) => special[width].flatMap((x) => special[width].map((y) => [x, y])),
  wanted: (_width, [x, y]) => Math.pow(x, y),
});

testOnPoints({
  title: "pow: exact results",
  float64: pow64,
  float32: pow32,
  most: { 64: 0, 32: 0 },
  points: () =>
    Array.from({ length: 13 }, (_, x) => Array.from({ length: 7 }, (_, y) => [x - 6, y])).flat()
      .concat(Array.from({ length: 277 }, (_, k) => [2, k - 149])),
  wanted: (_width, [x, y]) => y < 0 ? 2 ** y : Array.from({ length: y }, () => x).reduce((a, b) => a * b, 1),
});

/**
 * A base, and an exponent for which the power is as good as any other result, too large or small ones
 * included.
 */
function anyPower(random: Seeded, width: Width): [number, number] {
  const base = Math.abs(anyNumber(random, width)), x = width === 64 ? base : Math.fround(base);
  const [low, high] = width === 64 ? [-1080, 1028] : [-152, 130];
  return [x, (low + (high - low) * random.word() / 2 ** 32) / Math.log2(x)];
}

testOnPoints({
  title: "pow: random points",
  float64: pow64,
  float32: pow32,
  most: { 64: 2, 32: 1 },
  points(width) {
    const random = new Seeded(width);
    return Array.from({ length: 20_000 }, (_, k) => {
      if (k % 3 === 0) return [anyNumber(random, width), anyNumber(random, width)];
      if (k % 3 === 1) return anyPower(random, width);
      return [random.word() / 2 ** 26, random.int(-400, 400) / 16];
    });
  },
  wanted: (_width, [x, y]) => Math.pow(x, y),
});

/** A function of one number from one with a literal exponent. */
function literal(power: typeof powLiteral64, exponent: number): (graph: Graph, x: Value) => Value {
  return (graph, x) => {
    const value = power(graph, x, exponent);
    if (value === undefined) throw new Error(`There is no short form of ${exponent}`);
    return value;
  };
}

/** Where powers overflow, underflow or change their ways. */
const ENDS = [
  0,
  5e-324,
  2 ** -1022,
  2 ** -600,
  2 ** -511,
  2 ** -490,
  1,
  2 ** 255,
  2 ** 256,
  2 ** 257,
  2 ** 340,
]
  .concat([2 ** 341, 2 ** 341 * 1.26, 2 ** 342, 2 ** 490, 2 ** 511, 2 ** 512, 2 ** 520, 2 ** 600, 2 ** 1023])
  .concat([Number.MAX_VALUE, Infinity, NaN])
  .flatMap((x) => [x, -x]);

for (const exponent of [0, 0.5, 1, 2, -1, 3, 4, -2]) {
  testOnPoints({
    title: `pow: literal exponent ${exponent}`,
    float64: literal(powLiteral64, exponent),
    float32: literal(powLiteral32, exponent),
    most: [3, 4, -2].includes(exponent) ? { 64: 1, 32: 0 } : { 64: 0, 32: 0 },
    points(width) {
      const random = new Seeded(width), most = (width === 64 ? 1100 : 152) / Math.max(1, Math.abs(exponent));
      const draw = () => (random.oneIn(2) ? 1 : -1) * 2 ** (random.int(-1000, 1000) / 1000 * most);
      return [...ENDS, ...Array.from({ length: 5000 }, draw)].map((x) => [x]);
    },
    wanted: (_width, [x]) => exact(x, exponent),
  });
}

/** What `Math.pow` gives, but for an exact root and an exact reciprocal. */
function exact(x: number, exponent: number): number {
  if (exponent === 0.5 && Number.isFinite(x)) return Math.sqrt(x + 0);
  return exponent === -1 ? 1 / x : Math.pow(x, exponent);
}

Deno.test("pow: other exponents have no short form", () => {
  const graph = new Graph(), x = graph.leaf(0);
  for (const exponent of [5, -3, 0.25, 1.5, NaN, Infinity]) {
    assertEquals(powLiteral64(graph, x, exponent), undefined);
    assertEquals(powLiteral32(graph, x, exponent), undefined);
  }
});
