import { assert, assertEquals, assertThrows } from "@std/assert";
import {
  type DType,
  DTYPE_NAMES,
  dtypeOfTypedArray,
  dtypeRow,
  DTYPES,
  isBigIntDType,
  isDType,
  promoteTypes,
} from "../src/dtype.ts";
import { DTypeError } from "../src/errors.ts";

interface Promotion {
  readonly a: DType;
  readonly b: DType;
  readonly expect: DType;
}

const promotions: readonly Promotion[] = JSON.parse(
  await Deno.readTextFile(new URL("fixtures/promotion.json", import.meta.url)),
);

Deno.test("promoteTypes is NumPy's promote_types for every pair of dtypes", () => {
  assertEquals(promotions.length, DTYPE_NAMES.length ** 2);
  for (const { a, b, expect } of promotions) assertEquals(promoteTypes(a, b), expect, `${a} with ${b}`);
});

Deno.test("promoteTypes does not depend on the order of its arguments", () => {
  for (const a of DTYPE_NAMES) {
    for (const b of DTYPE_NAMES) assertEquals(promoteTypes(a, b), promoteTypes(b, a), `${a} with ${b}`);
  }
});

Deno.test("each dtype has as many bytes as its typed array's elements, and as its .npy name says", () => {
  for (const dtype of DTYPE_NAMES) {
    const { bytes, array, npy } = DTYPES[dtype];
    assertEquals(array.BYTES_PER_ELEMENT, bytes, dtype);
    assertEquals(Number(npy.slice(1)), bytes, dtype);
  }
});

Deno.test("names and .npy names of dtypes are unique and match the kind and width", () => {
  assertEquals(new Set(DTYPE_NAMES.map((dtype) => DTYPES[dtype].npy)).size, 12);
  const letters = { bool: "b", int: "i", uint: "u", float: "f" };
  for (const dtype of DTYPE_NAMES) {
    const { kind, bytes, npy } = DTYPES[dtype];
    assertEquals(npy[0], letters[kind], dtype);
    assertEquals(dtype, kind === "bool" ? "bool" : `${kind}${bytes * 8}`);
  }
});

Deno.test("NetCDF types are given to the signed and float dtypes that NetCDF-3 has", () => {
  const named = DTYPE_NAMES.filter((dtype) => DTYPES[dtype].netcdf !== null);
  assertEquals(named, ["int8", "int16", "int32", "float32", "float64"]);
});

Deno.test("isDType knows the names of dtypes and nothing else", () => {
  for (const dtype of DTYPE_NAMES) assert(isDType(dtype));
  for (const other of ["float", "Float64", "toString", "__proto__", "", 8, null, undefined, ["bool"]]) {
    assert(!isDType(other), Deno.inspect(other));
  }
});

Deno.test("an unknown dtype is refused with its name and the names that exist", () => {
  const error = assertThrows(() => dtypeRow("complex128"), DTypeError, 'Unknown dtype "complex128"');
  for (const dtype of DTYPE_NAMES) assert(error.message.includes(dtype), dtype);
});

Deno.test("only 64-bit integers are bigints", () => {
  assertEquals(DTYPE_NAMES.filter(isBigIntDType), ["int64", "uint64"]);
});

Deno.test("a typed array names its dtype, shared or not", () => {
  for (const dtype of DTYPE_NAMES) {
    if (dtype === "bool") continue;
    assertEquals(dtypeOfTypedArray(new DTYPES[dtype].array(new SharedArrayBuffer(8))), dtype);
  }
  assertEquals(dtypeOfTypedArray(new Float32Array(2)), "float32");
  assertEquals(dtypeOfTypedArray(new Uint8ClampedArray(2)), "uint8");
  assertThrows(() => dtypeOfTypedArray(new DataView(new ArrayBuffer(8))), DTypeError, "DataView");
});
