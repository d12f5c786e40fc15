import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import { ShapeError, SharedNdArray } from "../../mod.ts";

Deno.test("equals compares shapes and values, whatever dtypes and strides", () => {
  const a = SharedNdArray.from([[1, 2, 3], [4, 5, 6]]);
  assert(a.equals(a.copy()));
  assert(a.equals(a.transpose().copy().transpose()));
  assert(a.equals(a.astype("int64")) && a.astype("uint8").equals(a));
  assertFalse(a.equals(a.transpose()));
  assertFalse(a.equals(a.reshape([3, 2])));
  assertFalse(a.equals(a.expandDims(0)));
  for (let k = 0; k < 6; k++) {
    const b = a.copy();
    b.data[k]++;
    assertFalse(a.equals(b), `place ${k}`);
  }
  assert(SharedNdArray.zeros([2, 0]).equals(SharedNdArray.zeros([2, 0])));
  assertFalse(SharedNdArray.zeros([2, 0]).equals(SharedNdArray.zeros([0])));
  assert(SharedNdArray.from([true, false]).equals(SharedNdArray.from([1, 0])));
});

Deno.test("equals is exact beyond 2^53, where floats and 64-bit integers differ", () => {
  const big = SharedNdArray.from([2n ** 53n + 1n]);
  assertFalse(big.equals(SharedNdArray.from([2 ** 53])));
  assert(SharedNdArray.from([2n ** 53n]).equals(SharedNdArray.from([2 ** 53])));
  assertFalse(big.equals(SharedNdArray.from([2n ** 53n])));
  assert(SharedNdArray.from([2n ** 63n], { dtype: "uint64" }).equals(SharedNdArray.from([2 ** 63])));
  assertFalse(SharedNdArray.from([-1n]).equals(SharedNdArray.from([2n ** 64n - 1n], { dtype: "uint64" })));
});

Deno.test("NaN equals NaN only where that is asked for, and zeros have no sign", () => {
  const a = SharedNdArray.from([1, NaN, -0]), b = SharedNdArray.from([1, NaN, 0], { dtype: "float32" });
  assertFalse(a.equals(b));
  assert(a.equals(b, { equalNaN: true }));
  assertFalse(a.allClose(b));
  assert(a.allClose(b, { equalNaN: true }));
  assertFalse(SharedNdArray.from([NaN]).equals(SharedNdArray.from([1n]), { equalNaN: true }));
});

Deno.test("allClose has NumPy's tolerances, relative to the second array", () => {
  const close = (a: number, b: number, options = {}) =>
    SharedNdArray.from([a]).allClose(SharedNdArray.from([b]), options);
  assert(close(1e10, 1.00001e10));
  assertFalse(close(1e10, 1.0001e10));
  assert(close(1e-8, 0) && !close(1e-7, 0));
  assert(close(1, 2, { atol: 1, rtol: 0 }) && !close(1, 2.01, { atol: 1, rtol: 0 }));
  assert(close(10, 20, { rtol: 0.5 }) && !close(20, 10, { rtol: 0.5 }));
  assert(close(Infinity, Infinity) && !close(Infinity, -Infinity) && !close(Infinity, 1e308));
  assertFalse(close(1, Infinity));
});

Deno.test("allClose broadcasts, and names shapes that do not", () => {
  const a = SharedNdArray.from([[1, 2], [1, 2]]);
  assert(a.allClose(SharedNdArray.from([1, 2])) && SharedNdArray.from([1n, 2n]).allClose(a));
  assertFalse(a.allClose(SharedNdArray.from([[1], [2]])));
  assertThrows(
    () => a.allClose(SharedNdArray.zeros([3])),
    ShapeError,
    "Shapes [2, 2] and [3] do not broadcast",
  );
  assertEquals(SharedNdArray.zeros([0, 2]).allClose(SharedNdArray.from([1, 2])), true);
});
