import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { exactFma } from "../../../src/plan/expr/exact_fma.ts";
import { nearestFloat } from "../../../src/plan/expr/exact_rounding.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";

type Plain = number | "NaN" | "Infinity" | "-Infinity";

const fixture: Record<
  "float32" | "float64",
  readonly (readonly [a: Plain, b: Plain, c: Plain, fma: Plain])[]
> = JSON.parse(await Deno.readTextFile(new URL("../../fixtures/fma.json", import.meta.url)));

for (const dtype of ["float32", "float64"] as const) {
  Deno.test(`exactFma of ${dtype} is what exact fractions give`, () => {
    const wrong: string[] = [];
    let inexact = 0;
    for (const row of fixture[dtype]) {
      const [a, b, c, wanted] = row.map(Number);
      const found = exactFma(a, b, c, dtype);
      if (!Object.is(found, wanted)) wrong.push(`fma(${a}, ${b}, ${c}) = ${wanted}, not ${found}`);
      const product = dtype === "float32" ? Math.fround(a * b) : a * b;
      const twice = dtype === "float32" ? Math.fround(product + c) : product + c;
      if (!Object.is(twice, wanted)) inexact++;
    }
    assertEquals(wrong.slice(0, 10), []);
    assert(fixture[dtype].length > 4000);
    assert(inexact > 500, `only ${inexact} cases tell one rounding from two`);
  });
}

Deno.test("exactFma rounds once where it is known to be hard", () => {
  const { EPSILON, MAX_VALUE, MIN_VALUE } = Number;
  // The part of a product that a float64 does not hold.
  assertStrictEquals(exactFma(1 + EPSILON, 1 + EPSILON, -(1 + 2 * EPSILON), "float64"), EPSILON ** 2);
  assertStrictEquals(exactFma(0.1, 10, -1, "float64"), 2 ** -54);
  // A product beyond the largest number that comes back, and one that does not.
  assertStrictEquals(exactFma(MAX_VALUE, 2, -MAX_VALUE, "float64"), MAX_VALUE);
  assertStrictEquals(exactFma(MAX_VALUE, 2, 0, "float64"), Infinity);
  assertStrictEquals(exactFma(MAX_VALUE, 2, -Infinity, "float64"), -Infinity);
  // A sum next to a tie, and the tie.
  assertStrictEquals(exactFma(2 ** -53, 1 + EPSILON, 1, "float64"), 1 + EPSILON);
  assertStrictEquals(exactFma(2 ** -53, 1, 1, "float64"), 1);
  assertStrictEquals(exactFma(MIN_VALUE, 0.5, MIN_VALUE, "float64"), 2 * MIN_VALUE);
  // Zeros: exact cancellation gives +0, underflow keeps the sign, and zeros add up as zeros do.
  assertStrictEquals(exactFma(3, -2, 6, "float64"), 0);
  assertStrictEquals(exactFma(MIN_VALUE, -MIN_VALUE, 0, "float64"), -0);
  assertStrictEquals(exactFma(-0, 1, -0, "float64"), -0);
  assertStrictEquals(exactFma(-0, 1, 0, "float64"), 0);
  assertStrictEquals(exactFma(0, Infinity, NaN, "float64"), NaN);
  assertStrictEquals(exactFma(MAX_VALUE, MAX_VALUE, -Infinity, "float64"), -Infinity);
  // The product is 2 ** -24 + 2 ** -54: float64 holds it, but its sum with 1 only as a tie of two float32.
  const a = (1 + 2 ** -10) * 2 ** -24, b = 1 - 2 ** -10 + 2 ** -20;
  assertStrictEquals(Math.fround(a * b + 1), 1);
  assertStrictEquals(exactFma(a, b, 1, "float32"), 1 + 2 ** -23);
  assertStrictEquals(exactFma(2 ** -149, 0.5, 2 ** -149, "float32"), 2 ** -148);
});

/** A float64 of any magnitude, subnormals included, or one with few bits. */
function anyFloat(random: Seeded): number {
  const bits = (BigInt(random.word()) << 32n) | BigInt(random.word());
  const value = new Float64Array(new BigUint64Array([bits]).buffer)[0];
  return random.oneIn(3) ? random.int(-99, 99) * 2 ** random.int(-80, 80) : value;
}

Deno.test("nearestFloat of what a float holds is that float", () => {
  forEachSeed(20_000, (random) => {
    const value = anyFloat(random);
    if (!Number.isFinite(value) || value === 0) return;
    // An integer and an exponent that stand for it: by halving and doubling, which are exact.
    let exponent = 0, integer = value;
    while (Math.abs(integer) > 2 ** 53) [integer, exponent] = [integer / 2, exponent + 1];
    while (!Number.isInteger(integer)) [integer, exponent] = [integer * 2, exponent - 1];
    const shift = random.int(0, 80);
    const found = nearestFloat(BigInt(integer) << BigInt(shift), exponent - shift, "float64");
    assert(Object.is(found, value), `${value}: ${found}`);
    for (const [dtype, round] of [["float32", Math.fround], ["float16", Math.f16round]] as const) {
      assert(Object.is(nearestFloat(BigInt(integer), exponent, dtype), round(value)), `${value} as ${dtype}`);
    }
  });
});

Deno.test("nearestFloat rounds ties to even, and what is beyond the largest number to infinity", () => {
  const halves = [[1n, 0], [2n, 1], [3n, 2], [5n, 2], [-1n, -0], [-3n, -2]] as const;
  for (const [half, ulps] of halves) {
    assertStrictEquals(nearestFloat(half, -1075, "float64"), ulps * Number.MIN_VALUE);
  }
  assertStrictEquals(nearestFloat((1n << 53n) + 1n, 0, "float64"), 2 ** 53);
  assertStrictEquals(nearestFloat((1n << 53n) + 3n, 0, "float64"), 2 ** 53 + 4);
  assertStrictEquals(nearestFloat((1n << 1024n) - (1n << 970n) - 1n, 0, "float64"), Number.MAX_VALUE);
  assertStrictEquals(nearestFloat(-(1n << 1024n) + (1n << 970n), 0, "float64"), -Infinity);
  assertStrictEquals(nearestFloat(1n, 5000, "float64"), Infinity);
  assertStrictEquals(nearestFloat(1n, -5000, "float64"), 0);
  assertEquals([65519n, 65520n].map((n) => nearestFloat(n, 0, "float16")), [65504, Infinity]);
  assertStrictEquals(nearestFloat(0n, 7, "float32"), 0);
});
