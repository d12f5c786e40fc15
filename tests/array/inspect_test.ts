import { assert, assertEquals } from "@std/assert";
import { SharedNdArray } from "../../mod.ts";

Deno.test("a small array reads as dtype, shape and nested elements in columns", () => {
  assertEquals(
    Deno.inspect(SharedNdArray.from([[1, -20, 3], [4, 5, 6]])),
    "SharedNdArray float64 [2, 3]\n[[  1, -20,   3],\n [  4,   5,   6]]",
  );
  assertEquals(String(SharedNdArray.from([true, false])), "SharedNdArray bool [2]\n[ true, false]");
  assertEquals(String(SharedNdArray.from([1n])), "SharedNdArray int64 [1]\n[1]");
  assertEquals(String(SharedNdArray.from(7.5)), "SharedNdArray float64 []\n7.5");
});

Deno.test("blocks of three and more axes are set apart by empty lines", () => {
  const array = SharedNdArray.from([[[1, 2], [3, 4]], [[5, 6], [7, 8]]]);
  assertEquals(
    String(array),
    "SharedNdArray float64 [2, 2, 2]\n[[[1, 2],\n  [3, 4]],\n\n [[5, 6],\n  [7, 8]]]",
  );
});

Deno.test("an array without elements says so", () => {
  assertEquals(String(SharedNdArray.zeros([3, 0])), "SharedNdArray float64 [3, 0] (no elements)");
});

Deno.test("fractions are cut to eight digits, and what is not finite is named", () => {
  assertEquals(
    String(SharedNdArray.from([1 / 3, NaN, -Infinity, 1e300])),
    "SharedNdArray float64 [4]\n[0.33333333,        NaN,  -Infinity,     1e+300]",
  );
});

Deno.test("beyond a thousand elements the middle of long axes is left out", () => {
  assertEquals(
    String(SharedNdArray.arange(1001)),
    "SharedNdArray float64 [1001]\n[   0,    1,    2, ...,  998,  999, 1000]",
  );
  assert(!String(SharedNdArray.arange(1000)).includes("..."));
  const text = String(SharedNdArray.zeros([365, 16, 16]));
  assertEquals(text.match(/0/g)?.length, 6 * 6 * 6);
  assert(text.length < 1500, text);
});

Deno.test("a huge array is described without reading it", () => {
  const began = performance.now();
  const text = String(SharedNdArray.zeros([2 ** 20, 2 ** 10], { dtype: "uint8" }));
  assert(text.startsWith("SharedNdArray uint8 [1048576, 1024]\n"), text);
  assert(performance.now() - began < 2000);
});
