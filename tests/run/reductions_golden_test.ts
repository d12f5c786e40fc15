import { assert, assertEquals, assertRejects } from "@std/assert";
import { reduce, type ReductionName, SharedNdArray, ValueError } from "../../mod.ts";
import type { DType } from "../../mod.ts";
import golden from "../fixtures/reductions.json" with { type: "json" };
import withNaN from "../fixtures/reductions_nan.json" with { type: "json" };

/** A number as JSON holds it: 64-bit integers and what is not finite are texts. */
type Stored = number | boolean | string;

/** The elements of an array from JSON. */
function elementsFrom(values: readonly Stored[], dtype: DType): (number | boolean | bigint)[] {
  const isLong = dtype === "int64" || dtype === "uint64";
  return values.map((value) => typeof value !== "string" ? value : isLong ? BigInt(value) : Number(value));
}

function arrayFrom(values: readonly Stored[], dtype: DType, shape: readonly number[]): SharedNdArray {
  return SharedNdArray.from(elementsFrom(values, dtype), { dtype }).reshape(shape);
}

/** How far results may lie from NumPy's, which sums float32 and float16 in less than float64. */
const TOLERANCE: Partial<Record<DType, number>> = { float64: 1e-12, float32: 1e-5, float16: 2e-2 };

function assertClose(found: SharedNdArray, expected: readonly Stored[], what: string): void {
  const wanted = elementsFrom(expected, found.dtype);
  const tolerance = TOLERANCE[found.dtype];
  const values = [...found.values()];
  assertEquals(values.length, wanted.length, what);
  values.forEach((value, k) => {
    const other = wanted[k];
    if (tolerance === undefined) assertEquals(value, other, what);
    else {
      const near = Math.abs(Number(value) - Number(other)) <= tolerance * Math.abs(Number(other));
      assert(
        Object.is(Number(value), Number(other)) || value === other || near,
        `${what}: ${value}, not ${other}`,
      );
    }
  });
}

Deno.test("reductions are those of the golden file", async () => {
  for (const [k, one] of golden.entries()) {
    const array = arrayFrom(one.data, one.dtype as DType, one.shape);
    const { op, axis, keepDims } = one;
    const { array: found } = await reduce(op as ReductionName, array, { axis, keepDims });
    const what = `case ${k}: ${op} of ${one.dtype} [${one.shape}] over ${axis}`;
    assertEquals([found.dtype, found.shape], [one.expectDtype, one.expectShape], what);
    assertClose(found, one.expect, what);
  }
});

Deno.test("reductions with NaN and infinities are NumPy's", async () => {
  for (const [k, one] of withNaN.entries()) {
    const array = arrayFrom(one.data, one.dtype as DType, one.shape);
    const { name, axis, skipNaN, ddof } = one;
    const what = `case ${k}: ${name} of ${one.dtype} [${one.shape}] over ${axis}, skipping ${skipNaN}`;
    const run = () => reduce(name as ReductionName, array, { axis, skipNaN, ddof });
    if (one.throws) {
      await assertRejects(run, ValueError, "all elements are NaN", what);
      continue;
    }
    const { array: found } = await run();
    assertEquals([found.dtype, found.shape], [one.expectDtype, one.expectShape], what);
    assertClose(found, one.expect ?? [], what);
  }
});
