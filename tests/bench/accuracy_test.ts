import { assert, assertEquals } from "@std/assert";
import { FUNCTIONS } from "../../bench/accuracy/functions.ts";
import { compare, computeMath, makePoints } from "../../bench/accuracy/measure.ts";
import { Reference } from "../../bench/accuracy/reference.ts";
import { ulpError } from "../../bench/accuracy/ulp.ts";

/** Whether the reference can be compiled here. */
const hasReference = await Reference.open().then(
  (reference) => reference[Symbol.asyncDispose]().then(() => true),
  () => false,
);

/** A value as the reference gives it, and beside it the part that float64 leaves away. */
function exactly(high: number, low: number, exponent: number): Float64Array {
  return Float64Array.of(high, low, exponent);
}

Deno.test("errors are in spacings of the dtype at the exact value", () => {
  assertEquals(ulpError(1, exactly(1, 2 ** -54, 0), 0, "float64"), 0.25);
  assertEquals(ulpError(1 + 2 ** -52, exactly(1, 0, 0), 0, "float64"), 1);
  // Below a power of two the spacing is half that above.
  assertEquals(ulpError(1, exactly(2 - 2 ** -52, 0, -1), 0, "float64"), 1);
  assertEquals(ulpError(1 + 2 ** -23, exactly(1, 0, 0), 0, "float32"), 1);
  assertEquals(ulpError(-3, exactly(-1.5, 2 ** -53, 1), 0, "float64"), 0.5);
});

Deno.test("the spacing of subnormal numbers is that of the smallest", () => {
  assertEquals(ulpError(2 ** -1074, exactly(1.5, 0, -1075), 0, "float64"), 0.25);
  assertEquals(ulpError(0, exactly(1.5, 0, -1075), 0, "float64"), 0.75);
  assertEquals(ulpError(2 ** -148, exactly(1, 0, -149), 0, "float32"), 1);
  assertEquals(ulpError(0, exactly(1, 0, -1200), 0, "float64"), 2 ** -126);
});

Deno.test("results of another kind are no small errors", () => {
  assertEquals(ulpError(-0, exactly(1, 0, -1200), 0, "float64"), Infinity);
  assertEquals(ulpError(0, exactly(-0, 0, 0), 0, "float64"), Infinity);
  assertEquals(ulpError(-0, exactly(-0, 0, 0), 0, "float64"), 0);
  assertEquals(ulpError(NaN, exactly(1, 0, 0), 0, "float64"), Infinity);
  assertEquals(ulpError(1, exactly(NaN, 0, 0), 0, "float64"), Infinity);
  assertEquals(ulpError(NaN, exactly(NaN, 0, 0), 0, "float64"), 0);
  assertEquals(ulpError(Number.MAX_VALUE, exactly(1, 0, 1024), 0, "float64"), Infinity);
  assertEquals(ulpError(-Infinity, exactly(1, 0, 1024), 0, "float64"), Infinity);
  assertEquals(ulpError(Infinity, exactly(1, 0, 1024), 0, "float64"), 0);
});

Deno.test("an infinity in the place of a finite value is as far off as the number after the largest", () => {
  assertEquals(ulpError(Infinity, exactly(2 - 2 ** -52, 0, 1023), 0, "float64"), 1);
  assertEquals(ulpError(Infinity, exactly(1.5, 0, 127), 0, "float32"), 2 ** 22);
  assert(ulpError(Infinity, exactly(1, 0, 0), 0, "float64") > 2 ** 1000);
});

Deno.test({
  name: "the reference agrees with correctly rounded results",
  ignore: !hasReference,
  async fn() {
    await using reference = await Reference.open();
    let compared = 0;
    for (const { name, arity } of FUNCTIONS) {
      const cases = await goldenCases(name);
      const args = Array.from({ length: arity }, (_, which) => Float64Array.from(cases, (row) => row[which]));
      const exact = await reference.values(name, args);
      cases.forEach((row, k) => {
        const error = ulpError(row[arity], exact, k, "float64");
        assert(error <= 0.5, `${name}(${row.slice(0, arity)}): ${row[arity]} is ${error} ulp off`);
      });
      compared += cases.length;
    }
    assert(compared > 1000, `Only ${compared} cases`);
  },
});

Deno.test({
  name: "points are of all kinds, the same in each run, and rounded to the dtype",
  ignore: !hasReference,
  async fn() {
    await using reference = await Reference.open();
    for (const name of ["exp", "pow"]) {
      const measured = FUNCTIONS.find((fn) => fn.name === name);
      assert(measured !== undefined);
      const points = await makePoints(reference, measured, "float32", 5000);
      assertEquals(await makePoints(reference, measured, "float32", 5000), points);
      for (const arg of points.args) {
        assertEquals(arg, new Float64Array(new Float32Array(arg)));
        assert(
          arg.includes(NaN) && arg.includes(Infinity) && arg.some((x) => x !== 0 && Math.abs(x) < 2 ** -126),
        );
      }
      const row = compare(measured, points, computeMath(measured, points), "float64", "Math");
      assert(row.worst < 2 && row.wrongKind === 0, `${name}: ${row.worst} ${row.examples}`);
    }
  },
});

/** The golden cases of a function, each with its arguments and then the result. */
async function goldenCases(name: string): Promise<number[][]> {
  const url = new URL(`../fixtures/math/${name}.json`, import.meta.url);
  const columns: Record<string, (number | string)[]> = JSON.parse(await Deno.readTextFile(url));
  const [first, ...others] = Object.values(columns);
  return first.map((value, k) => [value, ...others.map((column) => column[k])].map(Number));
}
