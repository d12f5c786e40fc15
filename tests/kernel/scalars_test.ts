import { assertEquals } from "@std/assert";
import { type DType, SharedNdArray } from "../../mod.ts";
import { DTYPES } from "../../src/dtype.ts";
import { convertValue } from "../../src/plan/expr/convert_value.ts";
import { readyCase } from "./compare_kernels.ts";

/** An expression of one scalar, stored as it is or after a cast. */
async function computed(source: string, k: number | bigint | boolean, dtype: DType): Promise<unknown> {
  const a = SharedNdArray.zeros([19], { dtype }), out = SharedNdArray.zeros([19], { dtype });
  const { kernel } = await readyCase({ source, inputs: { a }, scalars: { k }, outputs: { out } });
  kernel.runBox([0], [19]);
  const values = new Set(out.values());
  assertEquals(values.size, 1, `${source} for ${k} as ${dtype} differs within a row`);
  return [...values][0];
}

const NUMBERS = [0, -0, 1.5, -2.75, 1e300, NaN, -Infinity, 0.1, 5e-324, 2 ** 53];

Deno.test("a number is in every lane, rounded once where that is float32", async () => {
  for (const k of NUMBERS) {
    assertEquals(await computed("k", k, "float64"), k);
    assertEquals(await computed("a * 0 + k", k, "float64"), k + 0);
    assertEquals(await computed("k", k, "float32"), Math.fround(k));
    assertEquals(await computed("k", k, "float16"), Math.f16round(k));
  }
});

Deno.test("a bigint is in every lane of each dtype that it fits", async () => {
  for (const dtype of Object.keys(DTYPES) as DType[]) {
    if (dtype === "bool" || dtype.startsWith("float")) continue;
    const bits = BigInt(8 * DTYPES[dtype].bytes), isSigned = DTYPES[dtype].kind === "int";
    const ends = isSigned ? [-(1n << (bits - 1n)), (1n << (bits - 1n)) - 1n] : [0n, (1n << bits) - 1n];
    for (const k of [...ends, 0n, 1n, 100n]) {
      const expected = bits === 64n ? k : Number(k);
      assertEquals(await computed("k", k, dtype), expected, dtype);
      assertEquals(await computed("a | k", k, dtype), expected, dtype);
      assertEquals(await computed("a < k ? k : a + k", k, dtype), expected, dtype);
    }
  }
});

Deno.test("a bigint becomes a float with one rounding", async () => {
  for (
    const k of [
      0n,
      -1n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      -(2n ** 63n),
      2n ** 24n + 1n,
      2n ** 62n + 2n ** 38n + 1n,
    ]
  ) {
    for (const dtype of ["float32", "float64"] as const) {
      assertEquals<unknown>(await computed("a + k", k, dtype), convertValue(k, dtype), `${k} as ${dtype}`);
    }
  }
});

Deno.test("a boolean is a mask of the width of what it meets", async () => {
  for (const k of [true, false]) {
    assertEquals(await computed("k", k, "bool"), k);
    assertEquals(await computed("!a && k", k, "bool"), k);
    for (const dtype of ["int8", "uint16", "float32", "float64"] as const) {
      assertEquals(await computed("k ? a + 3 : a + 2", k, dtype), k ? 3 : 2);
      assertEquals(await computed("a === 0 && k ? a + 3 : a", k, dtype), k ? 3 : 0);
      assertEquals(await computed("a + k", k, dtype), Number(k));
    }
    assertEquals(await computed("k ? a - 1 : a", k, "int64"), k ? -1n : 0n);
  }
});
