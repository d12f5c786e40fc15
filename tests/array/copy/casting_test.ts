import { assert, assertEquals } from "@std/assert";
import { canCast, type Casting } from "../../../src/array/copy/casting_rules.ts";
import { copyElements } from "../../../src/array/copy/copy_elements.ts";
import type { Operand } from "../../../src/array/copy/operand.ts";
import { type DType, DTYPE_NAMES, DTYPES, isBigIntDType } from "../../../src/dtype.ts";
import { converted, type Value } from "./naive_copy.ts";

/** A value in the fixture: 64-bit integers and what JSON does not have are strings. */
type Plain = number | string | boolean;

interface Fixture {
  readonly can:
    readonly (Readonly<Record<Casting, boolean>> & { readonly from: DType; readonly to: DType })[];
  readonly values: Readonly<Record<DType, readonly Plain[]>>;
  /** By the dtype that the values have and by that which they get; null where C leaves the result open. */
  readonly converted: Readonly<Record<DType, Readonly<Record<DType, readonly (Plain | null)[]>>>>;
}

const fixture: Fixture = JSON.parse(
  await Deno.readTextFile(new URL("../../fixtures/casting.json", import.meta.url)),
);

const pairs = DTYPE_NAMES.flatMap((from) => DTYPE_NAMES.map((to) => [from, to] as const));

function stored(value: Plain, dtype: DType): Value {
  return isBigIntDType(dtype) ? BigInt(value) : Number(value);
}

function operandOf(dtype: DType, values: readonly Value[], step: number): Operand {
  const data = new DTYPES[dtype].array(values.length * step);
  values.forEach((value, i) => data[i * step] = value);
  return { dtype, shape: [values.length], strides: [step], offset: 0, data };
}

/** Converts values by the engine, lying one after another or with gaps. */
function convertedByCopy(values: readonly Value[], from: DType, to: DType, step: number): Value[] {
  const source = operandOf(from, values, step), target = operandOf(to, values.map(() => stored(0, to)), step);
  copyElements(target, source);
  return values.map((_, i) => target.data[i * step]);
}

Deno.test("canCast is NumPy's can_cast for every pair of dtypes and every rule", () => {
  assertEquals(fixture.can.length, DTYPE_NAMES.length ** 2);
  for (const { from, to, ...rules } of fixture.can) {
    const found = { no: false, safe: false, sameKind: false, unsafe: false };
    for (const rule of ["no", "safe", "sameKind", "unsafe"] as const) found[rule] = canCast(from, to, rule);
    assertEquals(found, rules, `${from} to ${to}`);
  }
});

Deno.test("copyElements converts values as NumPy does, wherever C says how", () => {
  let compared = 0;
  for (const [from, to] of pairs) {
    const values = fixture.values[from].map((value) => stored(value, from));
    const expected = fixture.converted[from][to];
    assertEquals(expected.length, values.length);
    for (const step of [1, 3]) {
      convertedByCopy(values, from, to, step).forEach((found, i) => {
        const wanted = expected[i];
        if (wanted === null) return;
        assert(
          Object.is(found, stored(wanted, to)),
          `${from} ${values[i]} to ${to}: ${found}, not ${wanted}`,
        );
        compared++;
      });
    }
  }
  assert(compared > 30_000, `only ${compared} values were compared`);
});

Deno.test("copyElements converts what C leaves open by one rule: truncated, modulo 2^bits, 0 if not finite", () => {
  for (const from of ["float16", "float32", "float64"] as const) {
    const values = fixture.values[from].map(Number);
    for (const to of DTYPE_NAMES) {
      const found = convertedByCopy(values, from, to, 1);
      assertEquals(found, values.map((value) => converted(value, to)), `${from} to ${to}`);
    }
  }
  assertEquals(convertedByCopy([300, -1, 2 ** 32 + 5.5, -Infinity], "float64", "uint8", 1), [44, 255, 5, 0]);
  assertEquals(convertedByCopy([2 ** 63, -(2 ** 64) - 2 ** 12, NaN], "float64", "int64", 1), [
    -(2n ** 63n),
    -(2n ** 12n),
    0n,
  ]);
});

Deno.test("64-bit integers become floats with one rounding", () => {
  // Rounded to float64 first, these would lie on a midpoint between two float32, and then go the wrong way.
  const middle = (1n << 62n) + (1n << 38n);
  const values = [middle - 1n, middle, middle + 1n, -middle - 1n, -middle + 1n];
  const found = convertedByCopy(values, "int64", "float32", 1);
  const below = 2 ** 62, above = 2 ** 62 + 2 ** 39;
  assertEquals(found, [below, below, above, -above, -below]);
  assertEquals(convertedByCopy([(1n << 64n) - 1n], "uint64", "float32", 1), [2 ** 64]);
  assertEquals(convertedByCopy([65519n, 65520n, -65520n], "int64", "float16", 1), [
    65504,
    Infinity,
    -Infinity,
  ]);
});
