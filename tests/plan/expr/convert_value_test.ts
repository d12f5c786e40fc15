import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { type DType, DTYPE_NAMES } from "../../../src/dtype.ts";
import { type ElementValue, interpret, interpretElement } from "../../../src/plan/expr/interpret.ts";
import type { ProgramNode } from "../../../src/plan/expr/program.ts";
import { elementOf, environment, input, type Plain, programOf, readFixture } from "./programs.ts";

Deno.test("casts give what NumPy gives, and what C leaves open is truncated and wrapped", async () => {
  interface Casting {
    readonly values: Readonly<Record<DType, readonly Plain[]>>;
    readonly converted: Readonly<Record<DType, Readonly<Record<DType, readonly (Plain | null)[]>>>>;
  }
  const { values, converted } = await readFixture<Casting>("casting.json");
  const wrong: string[] = [];
  let compared = 0;
  for (const from of DTYPE_NAMES) {
    const run = interpret(programOf(...DTYPE_NAMES.map((dtype): ProgramNode => ({
      kind: "cast",
      dtype,
      of: input("a", from),
    }))));
    values[from].forEach((plain, i) => {
      const given = elementOf(plain, from), results = run(environment({ inputs: { a: given } }));
      DTYPE_NAMES.forEach((to, k) => {
        const wanted = converted[from][to][i];
        // NumPy takes NaN for true, JavaScript for false.
        const isOpen = wanted === null || (to === "bool" && Number.isNaN(given));
        if (isOpen) return;
        compared++;
        if (!Object.is(results[k], elementOf(wanted, to))) {
          wrong.push(`${given} (${from}) as ${to}: ${results[k]}`);
        }
      });
    });
  }
  assertEquals(wrong.slice(0, 20), []);
  assert(compared > 15_000, `only ${compared} values were compared`);
});

/** A cast of one element. */
function cast(element: ElementValue, from: DType, to: DType): ElementValue {
  const program = programOf({ kind: "cast", dtype: to, of: input("a", from) });
  return interpretElement(program, environment({ inputs: { a: element } }))[0];
}

Deno.test("floats that do not fit an integer wrap as in typed arrays, and 64-bit ones likewise", () => {
  const arrays = {
    int8: Int8Array,
    int16: Int16Array,
    int32: Int32Array,
    uint8: Uint8Array,
    uint16: Uint16Array,
  };
  const values = [
    300.7,
    -300.7,
    2 ** 31,
    -(2 ** 31) - 1,
    2 ** 32 + 5.5,
    -1e20,
    1e300,
    NaN,
    Infinity,
    -Infinity,
    -0.5,
  ];
  for (const [dtype, array] of Object.entries({ ...arrays, uint32: Uint32Array })) {
    // Object.entries forgets that these are dtypes.
    for (const value of values) assertEquals(cast(value, "float64", dtype as DType), array.of(value)[0]);
  }
  assertEquals(cast(2 ** 63, "float64", "int64"), -(2n ** 63n));
  assertEquals(cast(-(2 ** 64) - 2 ** 12, "float64", "int64"), -(2n ** 12n));
  assertEquals(cast(-1.5, "float64", "uint64"), 2n ** 64n - 1n);
  assertEquals(cast(NaN, "float64", "uint64"), 0n);
  assertStrictEquals(cast(-0.5, "float64", "int8"), 0);
  const truths = [NaN, -0, 0, 1e-320, -Infinity].map((value) => cast(value, "float64", "bool"));
  assertEquals(truths, [false, false, false, true, true]);
});

Deno.test("conversions to smaller floats round once", () => {
  // Rounded to float64 first, these would lie on a midpoint between two float32, and then go the wrong way.
  const middle = (1n << 62n) + (1n << 38n);
  assertStrictEquals(cast(middle + 1n, "int64", "float32"), 2 ** 62 + 2 ** 39);
  assertStrictEquals(cast(-middle - 1n, "int64", "float32"), -(2 ** 62) - 2 ** 39);
  assertStrictEquals(cast(middle, "int64", "float32"), 2 ** 62);
  assertStrictEquals(cast(2n * middle + 1n, "uint64", "float32"), 2 ** 63 + 2 ** 40);
  assertStrictEquals(cast(2n ** 64n - 1n, "uint64", "float64"), 2 ** 64);
  // By way of float32 this would be a tie, and 1.
  assertStrictEquals(cast(1 + 2 ** -11 + 2 ** -40, "float64", "float16"), 1 + 2 ** -10);
});
