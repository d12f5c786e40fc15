import type { FloatDType } from "../../../mod.ts";
import { assert, assertEquals } from "@std/assert";
import {
  exactFixed,
  exactScientific,
  paddedScientific,
  roundTo,
  shortestNumber,
} from "../../../src/array/print/number_digits.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";

/** A fraction of integers, not reduced. */
interface Fraction {
  readonly top: bigint;
  readonly bottom: bigint;
}

function exactFraction(value: number): Fraction {
  let bottom = 1n;
  while (!Number.isInteger(value)) {
    value *= 2;
    bottom *= 2n;
  }
  return { top: BigInt(value), bottom };
}

/** Whether `a` is less than, equal to or greater than `b`: a number below, at or above 0. */
function compare(a: Fraction, b: Fraction): number {
  const left = a.top * b.bottom, right = b.top * a.bottom;
  return left < right ? -1 : left > right ? 1 : 0;
}

/** `value * 10^power`. */
function shifted({ top, bottom }: Fraction, power: number): Fraction {
  return power < 0
    ? { top, bottom: bottom * 10n ** BigInt(-power) }
    : { top: top * 10n ** BigInt(power), bottom };
}

function roundedHalfEven({ top, bottom }: Fraction): bigint {
  const floor = top / bottom, rest = top % bottom * 2n;
  return rest > bottom || (rest === bottom && floor % 2n === 1n) ? floor + 1n : floor;
}

/** The power of the leading digit, found by trying. */
function leadingPower(value: Fraction): number {
  const one = { top: 1n, bottom: 1n };
  let power = 0;
  while (compare(shifted(value, -power), one) < 0) power--;
  while (compare(shifted(value, -power - 1), one) >= 0) power++;
  return power;
}

/** `integer * 10^power` in scientific notation with all its digits. */
function inScientific(integer: bigint, power: number): string {
  const digits = String(integer), exponent = power + digits.length - 1;
  const point = digits.length > 1 ? "." : "";
  return `${digits[0]}${point}${digits.slice(1)}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent)}`;
}

function slowScientific(magnitude: number, places: number): string {
  const value = exactFraction(magnitude), power = leadingPower(value) - places;
  const integer = roundedHalfEven(shifted(value, -power));
  return String(integer).length > places + 1
    ? inScientific(integer / 10n, power + 1)
    : inScientific(integer, power);
}

function slowFixed(magnitude: number, places: number): string {
  const digits = String(roundedHalfEven(shifted(exactFraction(magnitude), places))).padStart(places + 1, "0");
  return places === 0 ? digits : `${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

const LARGEST = { float16: 65504, float32: 3.4028234663852886e38, float64: Number.MAX_VALUE };

/** The value of a dtype whose bits are those of an integer; bits in order are magnitudes in order. */
function fromBits(bits: bigint, dtype: FloatDType): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, bits);
  return dtype === "float16"
    ? view.getFloat16(6)
    : dtype === "float32"
    ? view.getFloat32(4)
    : view.getFloat64(0);
}

function toBits(value: number, dtype: FloatDType): bigint {
  const view = new DataView(new ArrayBuffer(8));
  if (dtype === "float16") view.setFloat16(6, value);
  else if (dtype === "float32") view.setFloat32(4, value);
  else view.setFloat64(0, value);
  return view.getBigUint64(0);
}

/** The middle between the values of two neighbouring bits. */
function middle(lower: bigint, dtype: FloatDType): Fraction {
  const below = exactFraction(fromBits(lower, dtype));
  const above = fromBits(lower + 1n, dtype);
  // Above the largest value, the next one would be as far away as the one below.
  const beyond = Number.isFinite(above) ? exactFraction(above) : {
    top: 2n * below.top - exactFraction(fromBits(lower - 1n, dtype)).top,
    bottom: 1n,
  };
  const top = below.top * beyond.bottom + beyond.top * below.bottom;
  return { top, bottom: 2n * below.bottom * beyond.bottom };
}

/** The shortest decimal that rounds to a value, the one next to it of several; found by trying all lengths. */
function slowShortest(magnitude: number, dtype: FloatDType): string {
  const bits = toBits(magnitude, dtype), value = exactFraction(magnitude);
  const low = middle(bits - 1n, dtype), high = middle(bits, dtype);
  const reach = bits % 2n === 0n ? 0 : -1;
  for (let digits = 1;; digits++) {
    const power = leadingPower(value) - digits + 1;
    const nearest = roundedHalfEven(shifted(value, -power));
    // The nearest decimal comes first, those beside it after.
    const found = [nearest, nearest + 1n, nearest - 1n].find((integer) => {
      const decimal = shifted({ top: integer, bottom: 1n }, power);
      return compare(low, decimal) <= reach && compare(decimal, high) <= reach;
    });
    if (found !== undefined) return Number(inScientific(found, power)).toExponential();
  }
}

function checkShortest(magnitude: number, dtype: FloatDType): void {
  const found = shortestNumber(magnitude, dtype).toExponential();
  assertEquals(found, slowShortest(magnitude, dtype), `${magnitude} in ${dtype}`);
}

function randomMagnitude(random: Seeded, dtype: FloatDType): number {
  const bits = (BigInt(random.word()) << 32n | BigInt(random.word())) % toBits(LARGEST[dtype], dtype);
  return fromBits(bits + 1n, dtype);
}

Deno.test("every float16 has the fewest digits that round to it", () => {
  assertEquals(shortestNumber(0, "float16"), 0);
  const last = toBits(LARGEST.float16, "float16");
  for (let bits = 1n; bits <= last; bits++) checkShortest(fromBits(bits, "float16"), "float16");
});

Deno.test("powers of two and the ends of the range have the fewest digits that round to them", () => {
  for (let power = -149; power < 128; power++) checkShortest(2 ** power, "float32");
  for (let power = -1074; power < 1024; power += 3) checkShortest(2 ** power, "float64");
  for (const dtype of ["float32", "float64"] as const) {
    checkShortest(fromBits(1n, dtype), dtype);
    checkShortest(LARGEST[dtype], dtype);
  }
});

Deno.test("random floats have the fewest digits that round to them", () => {
  forEachSeed(1000, (random) => {
    checkShortest(randomMagnitude(random, "float32"), "float32");
    checkShortest(randomMagnitude(random, "float64"), "float64");
    checkShortest(Math.fround(random.int(1, 99999) / 10 ** random.int(0, 9)), "float32");
  });
});

Deno.test("a decimal that reads as the middle between two float32 counts for the side on which it lies", () => {
  // 7.038531e-26 is less than the middle by 1 part in 10^17.
  const below = 11420669 * 2 ** -107, above = 11420670 * 2 ** -107;
  assertEquals(Number("7.038531e-26"), (below + above) / 2);
  assertEquals(shortestNumber(below, "float32"), 7.038531e-26);
  assertEquals(shortestNumber(above, "float32"), 7.0385313e-26);
  checkShortest(below, "float32");
  checkShortest(above, "float32");
});

Deno.test("values are rounded half to even, whatever their magnitude", () => {
  assertEquals([0.5, 1.5, 2.5].map((value) => exactFixed(value, 0)), ["0", "2", "2"]);
  assertEquals([0.125, 0.375].map((value) => exactFixed(value, 2)), ["0.12", "0.38"]);
  assertEquals([125e9, 375e9, 9.5, 95].map((value) => exactScientific(value, 0)), [
    "1e+11",
    "4e+11",
    "1e+1",
    "1e+2",
  ]);
  assertEquals([125e9, 375e9].map((value) => exactScientific(value, 1)), ["1.2e+11", "3.8e+11"]);
  assertEquals(exactScientific(0, 2), "0.00e+0");
  forEachSeed(1500, (random) => {
    const tie = (2 * random.int(0, 99999) + 1) / 2 ** random.int(1, 12);
    const large = (2 * random.int(0, 999) + 1) * 5 * 10 ** random.int(0, 15);
    const any = randomMagnitude(random, "float64");
    for (const value of [tie, large, any]) {
      const places = random.int(0, 17);
      assertEquals(exactScientific(value, places), slowScientific(value, places), `${value}, ${places}`);
      if (value < 1e8) {
        assertEquals(exactFixed(value, places), slowFixed(value, places), `${value}, ${places}`);
      }
    }
  });
});

Deno.test("more digits than needed are those of the value, and are still read as it", () => {
  assertEquals(paddedScientific(1e-11, "float64", 16), "9.9999999999999994e-12");
  assertEquals(paddedScientific(roundTo(0.1, "float32"), "float32", 10), "1.0000000149e-1");
  assertEquals(paddedScientific(roundTo(1 / 3, "float16"), "float16", 1), "3.3e-1");
  // The exact value would be rounded to 7.136238463529799e+44, which is nearer to the number below.
  assertEquals(exactScientific(2 ** 149, 15), "7.136238463529799e+44");
  assertEquals(paddedScientific(2 ** 149, "float64", 15), "7.136238463529800e+44");
  forEachSeed(1000, (random) => {
    const value = random.oneIn(2) ? randomMagnitude(random, "float64") : 2 ** random.int(-1074, 1023);
    assertEquals(Number(paddedScientific(value, "float64", 16)), value);
    const places = shortestNumber(value, "float64").toExponential().split("e")[0].length;
    assert(Number(paddedScientific(value, "float64", places)) === value, `${value}, ${places}`);
  });
});
