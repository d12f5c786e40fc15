import { assertEquals } from "@std/assert";
import { SharedNdArray, slice } from "../../mod.ts";
import { type DType, DTYPE_NAMES, DTYPES, promoteTypes } from "../../src/dtype.ts";
import sumKernel from "../../src/kernel/sum_kernel.ts";

/** Ten values of a dtype that reach its ends. */
function sample(dtype: DType): SharedNdArray {
  const { bytes, kind } = DTYPES[dtype];
  const most = 2n ** BigInt(8 * bytes - (kind === "int" ? 1 : 0)) - 1n;
  const values = kind === "float"
    ? [0, -0, 1.5, -2.25, 1e-3, NaN, Infinity, -Infinity, 60000, 7]
    : kind === "bool"
    ? [0n, 1n, 1n, 0n, 1n, 0n, 0n, 1n, 1n, 0n]
    : [0n, 1n, 2n, 3n, most, most - 1n, kind === "int" ? -1n : 4n, kind === "int" ? -most - 1n : 5n, 6n, 7n];
  const array = SharedNdArray.zeros([10], { dtype });
  values.forEach((value, i) => {
    array.data[i] = bytes === 8 && kind !== "float" ? BigInt(value) : Number(value);
  });
  return array;
}

/** The sum that JavaScript computes of two stored elements, as an element of the sum's dtype. */
function slowSum(left: number | bigint, right: number | bigint, dtype: DType): number | bigint {
  const { kind, bytes, array } = DTYPES[dtype];
  if (dtype === "bool") return left || right ? 1 : 0;
  if (kind === "float") {
    const sum = new array(new SharedArrayBuffer(8));
    sum[0] = Number(left) + Number(right);
    return sum[0];
  }
  const exact = BigInt(left) + BigInt(right);
  const wrapped = kind === "int" ? BigInt.asIntN(8 * bytes, exact) : BigInt.asUintN(8 * bytes, exact);
  return bytes === 8 ? wrapped : Number(wrapped);
}

Deno.test("the sum of every pair of dtypes is what JavaScript computes element by element", () => {
  for (const left of DTYPE_NAMES) {
    for (const right of DTYPE_NAMES) {
      const a = sample(left), b = sample(right).view(slice(null, null, -1));
      const dtype = promoteTypes(left, right);
      const expected = Array.from(
        { length: 10 },
        (_, i) => slowSum(a.data[i], b.data[9 - i], dtype),
      );
      const contiguous = SharedNdArray.zeros([10], { dtype });
      const straight = SharedNdArray.zeros([10], { dtype: right });
      b.values().toArray().forEach((value, i) => straight.set(i, value));
      sumKernel({ a, b: straight, sum: contiguous });
      assertEquals([...contiguous.data], expected, `${left} + ${right}, contiguous`);
      const strided = SharedNdArray.zeros([10, 2], { dtype });
      sumKernel({ a, b, sum: strided.view(null, 1) });
      const interleaved = [...strided.data];
      assertEquals(interleaved.filter((_, i) => i % 2 === 1), expected, `${left} + ${right}, strided`);
      assertEquals(
        interleaved.filter((value, i) => i % 2 === 0 && value != 0),
        [],
        "nothing else is written",
      );
    }
  }
});
