import { assertEquals, assertStrictEquals } from "@std/assert";
import { type DType, DTYPE_NAMES, DTYPES } from "../../../src/dtype.ts";
import type { ScalarKind } from "../../../src/plan/expr/program.ts";
import { checked, dtypeOf, EVERYTHING, refusal, shown } from "./kernels.ts";
import { readFixture } from "./programs.ts";

interface Promotion {
  readonly a: DType;
  readonly b: DType;
  readonly expect: DType;
}

const promotions = await readFixture<Promotion[]>("promotion.json");

/** Sources and what `shown` makes of them. */
async function assertShown(cases: Readonly<Record<string, string>>): Promise<void> {
  for (const [source, expected] of Object.entries(cases)) assertEquals(await shown(source), expected, source);
}

Deno.test("arrays promote as promotion.json says, for every pair of dtypes", async () => {
  assertEquals(promotions.length, DTYPE_NAMES.length ** 2);
  for (const { a, b, expect } of promotions) {
    const inputs = { a, b }, isFloat = DTYPES[expect].kind === "float";
    for (const source of ["a + b", "a * b", "min(a, b)", "flag ? a : b", "a || b"]) {
      assertEquals(await dtypeOf(source, { inputs }), expect, `${source} of ${a} and ${b}`);
    }
    assertEquals(await dtypeOf("a / b", { inputs }), isFloat ? expect : "float64", `${a} / ${b}`);
    assertEquals(await dtypeOf("a % b", { inputs }), expect === "bool" ? "int8" : expect, `${a} % ${b}`);
    assertEquals(await dtypeOf("a < b", { inputs }), "bool");
    if (!isFloat) assertEquals(await dtypeOf("a & b", { inputs }), expect);
  }
});

Deno.test("three arrays promote together, whatever their order", async () => {
  const triples = await readFixture<[DType, DType, DType, DType][]>("promotion-of-three.json");
  for (const [a, b, c, expected] of triples) {
    const dtype = expected === "bool" ? "int8" : expected;
    for (const source of ["fma(a, b, c)", "fma(c, a, b)", "fma(b, c, a)"]) {
      assertEquals(await dtypeOf(source, { inputs: { a, b, c } }), dtype, `${a}, ${b}, ${c}`);
    }
  }
});

Deno.test("a literal takes the dtype of the array that it meets", async () => {
  await assertShown({
    "f32 + 1": "float32: f32 + 1",
    "f32 * 0.1": `float32: f32 * ${Math.fround(0.1)}`,
    "f32 / 3": "float32: f32 / 3",
    "1 / 3 * f32": `float32: ${Math.fround(1 / 3)} * f32`,
    "f32 + PI": `float32: f32 + ${Math.fround(Math.PI)}`,
    "u8 + 1": "uint8: u8 + 1",
    "u8 + 0.5": "float64: float64(u8) + 0.5",
    "u8 + 1.0": "float64: float64(u8) + 1",
    "i64 + 1": "int64: i64 + 1",
    "u8 / 2": "float64: float64(u8) / 2",
    "exp(u8)": "float64: exp(float64(u8))",
    "exp(b)": "float64: exp(float64(b))",
    "f32 ** 2": "float32: f32 ** 2",
    "f32 + -0": "float32: f32 + -0",
    "i32 + -0": "int32: i32 + 0",
    "min(f32, 0, 1)": "float32: min(min(f32, 0), 1)",
    "clip(u8, 1, 9)": "uint8: min(max(u8, 1), 9)",
    "lerp(f32, f64, 0.5)": "float64: float64(f32) + (f64 - float64(f32)) * 0.5",
    "where(b, 1, f32)": "float32: b ? 1 : f32",
    "f32 && 0": "float32: bool(f32) ? 0 : f32",
    "b ? f32 : NaN": "float32: b ? f32 : NaN",
  });
});

Deno.test("what bools and literals make stays weak until it meets an array", async () => {
  await assertShown({
    "f32 * (1 + (f32 > 0))": "float32: f32 * (1 + float32(f32 > 0))",
    "u8 * (1 + b)": "uint8: u8 * (1 + uint8(b))",
    "1 + b": "float64: 1 + float64(b)",
    "f32 * (b ? 1 : 2.5)": "float32: f32 * (b ? 1 : 2.5)",
    "u8 + (b ? 1 : 2)": "uint8: u8 + (b ? 1 : 2)",
    "u8 + (b ? 1 : 2.5)": "float64: float64(u8) + (b ? 1 : 2.5)",
    // What does not follow modulo 256 is computed where nothing wraps.
    "u8 + max(b, 1) * 2": "uint8: u8 + uint8(max(int64(b), 1)) * 2",
    "u8 + max(0, 1 - 2 * b)": "uint8: u8 + uint8(max(0, 1 - 2 * int64(b)))",
    "f32 + max(0, 1 - 2 * b)": "float32: f32 + max(0, 1 - 2 * float32(b))",
    "f32 + 1 / (1 + b)": "float32: f32 + 1 / (1 + float32(b))",
    "f32 + exp(1 + b)": "float32: f32 + exp(1 + float32(b))",
    "u8 + floor(1 + b)": "uint8: u8 + (1 + uint8(b))",
    "u8 + floor(s)": "float64: float64(u8) + floor(s)",
    "const w = 1 + b; x = f32 * w; y = f64 * w":
      "x: float32: f32 * (1 + float32(b))\ny: float64: f64 * (1 + float64(b))",
  });
});

Deno.test("a literal may name the bits of a dtype in either way", async () => {
  await assertShown({
    "u8 & ~1": "uint8: u8 & 254",
    "i8 & 0xff": "int8: i8 & -1",
    "i8 ^ 0x80": "int8: i8 ^ -128",
    "u8 | -128": "uint8: u8 | 128",
    "i32 & 0xffffffff": "int32: i32 & -1",
    "i64 & 0xffffffffffffffffn": "int64: i64 & -1",
  });
});

Deno.test("a weak value at the end is float64, or takes the dtype that is wanted", async () => {
  const wanted = (source: string, dtype: DType | undefined) => shown(source, { outputs: { y: dtype } });
  assertEquals(await wanted("1 / 3", undefined), `y: float64: ${1 / 3}`);
  assertEquals(await wanted("1 / 3", "float32"), `y: float32: ${Math.fround(1 / 3)}`);
  assertEquals(await wanted("0.1", "float16"), `y: float16: float16(${Math.f16round(0.1)})`);
  assertEquals(await wanted("1 + b", "float32"), "y: float32: 1 + float32(b)");
  assertEquals(await wanted("1 + b", "uint8"), "y: uint8: 1 + uint8(b)");
  assertEquals(await wanted("7", "int64"), "y: int64: 7");
  assertEquals(
    (await refusal("300", { outputs: { y: "uint8" } })).reason,
    '300 does not fit the output "y" of uint8 (0 to 255)',
  );
  const reason =
    'The result is float64, which the output "y" of int32 cannot hold without loss: write int32(…)';
  assertEquals((await refusal("7.0", { outputs: { y: "int32" } })).reason, reason);
});

Deno.test("scalars are weak: numbers as floats, bigints as integers; booleans are bools", async () => {
  await assertShown({
    "f32 * s": "float32: f32 * s",
    "u8 * s": "float64: float64(u8) * s",
    "u8 * n": "uint8: u8 * n",
    "f32 * n": "float32: f32 * n",
    "s * n": "float64: s * n",
    "u8 & n": "uint8: u8 & n",
    "n & 1": "int32: n & 1",
    "flag && f32 > 0": "bool: flag && f32 > 0",
    "flag + 1": "float64: float64(flag) + 1",
    "f32 * (s + 1) / n": "float32: f32 * (s + 1) / n",
    "float32(s)": "float32: s",
    "float32(s / 3)": "float32: float32(s / 3)",
    "int32(s)": "int32: int32(s)",
    "int16(n)": "int16: n",
    "int16(n + 1)": "int16: int16(n + 1)",
    "float16(s)": "float16: float16(s)",
    "bool(n)": "bool: bool(n)",
    "s ? f32 : 0": "float32: bool(s) ? f32 : 0",
  });
  const { scalars } = await checked("f32 * s + f64 * s + flag + u8 * n");
  assertEquals(scalars, [
    { name: "s", kind: "number", dtypes: ["float32", "float64"] },
    { name: "flag", kind: "boolean", dtypes: ["bool"] },
    { name: "n", kind: "bigint", dtypes: ["uint8"] },
  ]);
});

Deno.test("known numbers are computed at once, as JavaScript does", async () => {
  await assertShown({
    "2 + 3 * 4": "float64: 14",
    "u8 + (2 + 3 * 4)": "uint8: u8 + 14",
    "u8 + 2 ** 3 % 5": "uint8: u8 + 3",
    "u8 + 4 / 2": "float64: float64(u8) + 2",
    "u8 + floor(2.5)": "float64: float64(u8) + 2",
    "u8 + (1 << 4 | 3)": "uint8: u8 + 19",
    "u8 + (7 ^ 2)": "uint8: u8 + 5",
    "i8 + ~5": "int8: i8 + -6",
    "i8 + -+5": "int8: i8 + -5",
    "i64 + (-1 >>> 0)": "int64: i64 + 4294967295",
    "u64 + 2n ** 63n": "uint64: u64 + 9223372036854775808",
    "i64 + -9223372036854775808": "int64: i64 + -9223372036854775808",
    "u64 + (18446744073709551615n - 1n)": "uint64: u64 + 18446744073709551614",
    "u64 + (1n << 40n)": "uint64: u64 + 1099511627776",
    "f64 + 2 ** 53 * 3": `float64: f64 + ${2 ** 53 * 3}`,
    "i64 + 9007199254740991 * 2": "int64: i64 + 18014398509481982",
    "i64 + 2 ** 53": "int64: i64 + 9007199254740992",
    "i64 + (2 ** 62 + 1)": "int64: i64 + 4611686018427387905",
    "u64 + (2 ** 64 - 1)": "uint64: u64 + 18446744073709551615",
    "i64 + fma(2 ** 31, 2 ** 31, 1)": "int64: i64 + 4611686018427387905",
    "i64 + 2 ** 64": `float64: float64(i64) + ${2 ** 64}`,
    "f64 + (2 ** 53 + 1 + 1)": `float64: f64 + ${2 ** 53}`,
    "sin(1) + f64": `float64: ${Math.sin(1)} + f64`,
    "u8 + clz32(1)": "uint8: u8 + 31",
    "u8 + imul(3, 4)": "uint8: u8 + 12",
    "1 + true": "float64: 2",
    "1 < 2": "bool: true",
    "9007199254740993n > 9007199254740992": "bool: true",
    "NaN === NaN": "bool: false",
    "isnan(NaN) && !isfinite(1)": "bool: true && false",
    "true ? 1 : 2": "float64: 1",
    "f32 + (false ? 1 : 2)": "float32: f32 + 2",
    "!0.5": "bool: false",
    "Number.MAX_SAFE_INTEGER": "float64: 9007199254740991",
  });
});

Deno.test("bools: or, and, int8, or as they are", async () => {
  await assertShown({
    "b + (u8 > 1)": "bool: b || u8 > 1",
    "b * flag": "bool: b && flag",
    "min(b, flag)": "bool: b && flag",
    "max(b, flag, b)": "bool: b || flag || b",
    "b % flag": "int8: int8(b) % int8(flag)",
    "b ** flag": "int8: int8(b) ** int8(flag)",
    "mod(b, flag)": "int8: mod(int8(b), int8(flag))",
    "b << flag": "int8: int8(b) << int8(flag)",
    "+b": "int8: int8(b)",
    "+f32": "float32: f32",
    "abs(b)": "bool: b",
    "floor(b)": "bool: b",
    "b & flag | ~b": "bool: b && flag || !b",
    "b ^ flag": "bool: b ^ flag",
    "b < flag": "bool: uint8(b) < uint8(flag)",
    "b == 1": "bool: float64(b) === 1",
    "isnan(b)": "bool: false",
    "b / flag": "float64: float64(b) / float64(flag)",
    "b ? flag : b": "bool: b ? flag : b",
    "hypot(b)": "float64: abs(float64(b))",
  });
});

Deno.test("comparisons: integers of the text are compared as they are", async () => {
  await assertShown({
    "u8 < 300": "bool: true",
    "u8 >= -1": "bool: true",
    "u8 < 200": "bool: u8 < 200",
    "u8 < 0.5": "bool: float64(u8) < 0.5",
    "u64 > -1": "bool: true",
    "i8 < 10000000000000000000": "bool: true",
    "i64 < 9223372036854775808": "bool: true",
    "9223372036854775808 <= i64": "bool: false",
    "i64 == -9223372036854775809": "bool: false",
    "i64 < 1e19": "bool: float64(i64) < 10000000000000000000",
    "u64 != 18446744073709551616": "bool: true",
    "u64 < 18446744073709551615": "bool: u64 < 18446744073709551615",
    "i64 < 2 ** 63": "bool: true",
    "i64 < (1 << 40)": "bool: i64 < 1099511627776",
    "u64 > 100000000000000000000000": "bool: false",
    "b == 2": "bool: float64(b) === 2",
    "i64 == u64": "bool: float64(i64) === float64(u64)",
    "f32 != 0.1": `bool: f32 !== ${Math.fround(0.1)}`,
    "f16 < f32": "bool: float32(f16) < f32",
    "i16 <= u16": "bool: int32(i16) <= int32(u16)",
    "s > 1": "bool: s > 1",
  });
});

Deno.test("integers beside what is computed of weak ones are compared in 64 bits", async () => {
  await assertShown({
    "u8 < n": "bool: int64(u8) < n",
    "n == i32": "bool: n === int64(i32)",
    "i64 < n": "bool: i64 < n",
    "u64 < n": "bool: u64 < n",
    "u8 < n + 1": "bool: int64(u8) < n + 1",
    "f32 < n": "bool: f32 < n",
    "u8 > 100 * (1 + 2 * b)": "bool: int64(u8) > 100 * (1 + 2 * int64(b))",
    "i8 == (b ? 1000 : -1000)": "bool: int64(i8) === (b ? 1000 : -1000)",
    "u64 == (b ? 18446744073709551615 : 0)": "bool: u64 === (b ? 18446744073709551615 : 0)",
  });
  assertEquals((await checked("u8 < n && i32 > n")).scalars, [{
    name: "n",
    kind: "bigint",
    dtypes: ["int64"],
  }]);
});

Deno.test("constants of bits are exact beside 64 bits, and JavaScript's beside floats and beside nothing", async () => {
  await assertShown({
    "i64 & ~0xffffffff": "int64: i64 & -4294967296",
    "i64 & ~0xffffffffn": "int64: i64 & -4294967296",
    "u64 & ~0xffffffff": "uint64: u64 & 18446744069414584320",
    "i64 & (1 << 40)": "int64: i64 & 1099511627776",
    "i64 & (1 << 63)": "int64: i64 & -9223372036854775808",
    "i64 & (1 << 65)": "int64: i64 & 2",
    "i64 & (1 << -1)": "int64: i64 & -9223372036854775808",
    "i64 & (0xffffffffff >> 8)": "int64: i64 & 4294967295",
    "i64 & (0xffffffffff >>> 8)": "int64: i64 & 4294967295",
    "i64 & (~0xffffffff >>> 4)": "int64: i64 & 1152921504338411520",
    "i64 & (0xff00000000 | 1 ^ 3)": "int64: i64 & 1095216660482",
    "i64 * 0 + (1 << 31)": "int64: i64 * 0 + 2147483648",
    "i64 + (1 << 31 << 1) / 2": `float64: float64(i64) + ${(1 << 31 << 1) / 2}`,
    "int64(1 << 31)": "int64: 2147483648",
    "1 << 31": "float64: -2147483648",
    "f64 + (1 << 31)": "float64: f64 + -2147483648",
    "f32 * (1 << 40)": "float32: f32 * 256",
    "(1 << 31) > 0": "bool: false",
    "i32 & (1 << 31)": "int32: i32 & -2147483648",
    "u32 & (1 << 31)": "uint32: u32 & 2147483648",
    "n & (1 << 31)": "int32: n & -2147483648",
    "i32 & 0xffffffff >>> 4": "int32: i32 & 268435455",
    "int32(1 << 40)": "int32: 256",
    "uint8(9007199254740993)": "uint8: 1",
    "imul(u8, 1 << 33)": "int32: int32(u8) * 2",
    "u8 + clz32(1 << 40)": `uint8: u8 + ${Math.clz32(1 << 40)}`,
    "u8 + clz32(2n ** 60n + 1n)": "uint8: u8 + 31",
    "i64 + (1n << 62n)": "int64: i64 + 4611686018427387904",
    "f64 + (1n << 2000n)": "float64: f64 + Infinity",
    "f64 + (-3n) ** 2001n": "float64: f64 + -Infinity",
  });
  const wanted = (dtype: DType) => shown("1 << 31", { outputs: { y: dtype } });
  assertEquals(await wanted("float64"), "y: float64: -2147483648");
  assertEquals(await wanted("int32"), "y: int32: -2147483648");
  assertEquals(await wanted("int64"), "y: int64: 2147483648");
});

Deno.test("float16 is computed with as float32, and rounded where it is stored or cast", async () => {
  await assertShown({
    "f16": "float16: f16",
    "f16 + 1": "float16: float16(float32(f16) + 1)",
    "f16 * i8": "float16: float16(float32(f16) * float32(i8))",
    "f16 * i16": "float32: float32(f16) * float32(i16)",
    "f16 * f64": "float64: float64(float32(f16)) * f64",
    "exp(f16)": "float16: float16(exp(float32(f16)))",
    "f16 + 0.1": `float16: float16(float32(f16) + ${Math.f16round(0.1)})`,
    "f16 == 0.1": `bool: float32(f16) === ${Math.f16round(0.1)}`,
    "f16 < 2049": "bool: float32(f16) < 2048",
    "f16 * (b ? 0.1 : PI)": `float16: float16(float32(f16) * (b ? ${Math.f16round(0.1)} : ${
      Math.f16round(Math.PI)
    }))`,
    "f16 + 1 / (b + 2.3)": `float16: float16(float32(f16) + 1 / (float32(b) + ${Math.f16round(2.3)}))`,
    // What float16 has only as infinity or 0 stays as it is.
    "f16 * 100000": "float16: float16(float32(f16) * 100000)",
    "f16 / 1e-9": `float16: float16(float32(f16) / ${Math.fround(1e-9)})`,
    "f16 < Infinity": "bool: float32(f16) < Infinity",
    "f16 * s": "float16: float16(float32(f16) * s)",
    "f32 + f16 * 0.1": `float32: f32 + float32(f16) * ${Math.f16round(0.1)}`,
    "f32 == 0.1": `bool: f32 === ${Math.fround(0.1)}`,
    "float16(f32) + f32": "float32: float32(float16(f32)) + f32",
    "f16round(f64)": "float16: float16(f64)",
    "f32 + float16(0.1)": `float32: f32 + ${Math.f16round(0.1)}`,
    "float16(f16 + 1) * 2": "float16: float16(float32(float16(float32(f16) + 1)) * 2)",
    "float16(f16)": "float16: f16",
    "float16(0.1)": `float16: float16(${Math.f16round(0.1)})`,
    "float32(f16)": "float32: float32(f16)",
    "f16 > 0": "bool: float32(f16) > 0",
    "b ? f16 : 0": "float16: float16(b ? float32(f16) : 0)",
  });
});

Deno.test("operations of bits: integers promote, those of the text alone are int32", async () => {
  await assertShown({
    "u8 & 15": "uint8: u8 & 15",
    "u8 | i16": "int16: int16(u8) | i16",
    "u8 << 2": "uint8: u8 << 2",
    "1 << u8": "uint8: 1 << u8",
    "~i64": "int64: ~i64",
    "i32 >>> 1": "int32: i32 >>> 1",
    "b & 1": "int32: int32(b) & 1",
    "u8 & b": "uint8: u8 & uint8(b)",
    "imul(u8, i64)": "int32: int32(u8) * int32(i64)",
    "imul(u8, 0xFFFFFFFF)": "int32: int32(u8) * -1",
    "clz32(u8)": "int32: int32(clz32(uint32(u8)))",
    "clz32(1 + b)": "int32: int32(clz32(uint32(1 + int32(b))))",
  });
});

Deno.test("casts convert, and known numbers at once", async () => {
  await assertShown({
    "int16(f64)": "int16: int16(f64)",
    "uint8(300)": "uint8: 44",
    "uint8(-1.5)": "uint8: 255",
    "int64(3)": "int64: 3",
    "int8(i8)": "int8: i8",
    "fround(f64)": "float32: float32(f64)",
    "Math.fround(0.1) + f32": `float32: ${Math.fround(0.1)} + f32`,
    "Number(u8)": "float64: float64(u8)",
    "Boolean(f32)": "bool: bool(f32)",
    "bool(NaN)": "bool: false",
    "uint8(max(0, 1 - 2 * b))": "uint8: uint8(max(0, 1 - 2 * int64(b)))",
    "int32(1 + b / 2)": "int32: int32(1 + float64(b) / 2)",
  });
});

Deno.test("integers and bools have no fraction to take away, and are finite", async () => {
  for (const name of ["floor", "ceil", "trunc", "round", "rint"]) {
    for (const [input, dtype] of Object.entries(EVERYTHING.inputs)) {
      const isFloat = DTYPES[dtype].kind === "float";
      const text = await shown(`${name}(${input})`);
      assertEquals(text.includes(name), isFloat, text);
      assertEquals(await dtypeOf(`${name}(${input})`), dtype);
      if (!isFloat) assertEquals(await shown(`isnan(${input})`), "bool: false");
      if (!isFloat) assertEquals(await shown(`isFinite(${input})`), "bool: true");
    }
  }
  await assertShown({
    "abs(u8)": "uint8: abs(u8)",
    "sign(i32)": "int32: sign(i32)",
    "hypot(f32)": "float32: abs(f32)",
  });
});

Deno.test("index is the coordinate on an axis, counted from either end", async () => {
  await assertShown({
    "index(0)": "int64: index(0)",
    "index(-1)": "int64: index(2)",
    "f32 + index(1)": "float64: float64(f32) + float64(index(1))",
  });
  assertEquals((await refusal("index(3)")).reason, "There is no axis 3: the arrays have 3, from 0 to 2");
  assertEquals((await refusal("index(-4)")).reason, "There is no axis -4: the arrays have 3, from 0 to 2");
  assertEquals(
    (await refusal("index(0)", { rank: 0 })).reason,
    "There is no axis 0: the arrays have no axes",
  );
  for (const axis of ["1.5", "f32", "s", "n", "1e0"]) {
    const { reason, offset } = await refusal(`1 + index(${axis})`);
    assertEquals([reason, offset], [`index takes the number of an axis, such as index(0), not ${axis}`, 10]);
  }
});

Deno.test("an output gets what it can hold, through a cast", async () => {
  const wanted = (source: string, dtype: DType) => shown(source, { outputs: { y: dtype } });
  for (const { a, b, expect } of promotions) {
    const inputs = { a };
    if (expect === b) assertEquals(await dtypeOf("a", { inputs, outputs: { y: b } }), b);
    else {
      const { reason, offset } = await refusal("  a", { inputs, outputs: { y: b } });
      const held = `The result is ${a}, which the output "y" of ${b} cannot hold without loss: write ${b}(…)`;
      assertEquals([reason, offset], [held, 2]);
    }
  }
  assertEquals(await wanted("u8 + 1", "int32"), "y: int32: int32(u8 + 1)");
  assertEquals(await wanted("f16 + 1", "float32"), "y: float32: float32(f16) + 1");
});

Deno.test("outputs that are wanted are those that the kernel makes, in its order", async () => {
  const outputs = { y: undefined, x: "float64" } as const;
  assertEquals(
    (await checked("x = f32; y = u8", { outputs })).outputs.map(({ name, dtype }) => [name, dtype]),
    [
      ["x", "float64"],
      ["y", "uint8"],
    ],
  );
  assertEquals((await checked("f32", { outputs: { z: undefined } })).outputs[0].name, "z");
  assertEquals((await checked("f32")).outputs[0].name, null);
  const cases: [string, Record<string, undefined>, string, number][] = [
    [
      "x = f32; z = u8",
      { x: undefined, y: undefined },
      "The expression makes x, z, but the outputs are x, y",
      9,
    ],
    ["x = f32", { x: undefined, y: undefined }, "The expression makes x, but the outputs are x, y", 0],
    ["f32", { x: undefined, y: undefined }, "The expression makes one output, but the outputs are x, y", 0],
    ["f32", {}, "The expression makes one output, but the outputs are none", 0],
    ["(f32) => ({ f32 })", { x: undefined }, "The expression makes f32, but the outputs are x", 12],
  ];
  for (const [source, outputs, expected, place] of cases) {
    const { reason, offset } = await refusal(source, { outputs });
    assertEquals([reason, offset], [expected, place]);
  }
});

Deno.test("what is not read is not part of the program; an unused const is checked all the same", async () => {
  const { inputs, scalars } = await checked(
    "(f64, s, u8, f32) => { const x = s + 1, y = f32; return u8 + f64 }",
  );
  assertEquals(inputs.map(({ name }) => name), ["u8", "f64"]);
  assertEquals(scalars, []);
  assertEquals((await refusal("const x = f32 & 1; u8")).offset, 10);
});

Deno.test("equal parts are one node", async () => {
  const { outputs: [{ value }, { value: same }] } = await checked(
    "x = exp(f64) * exp(f64); y = exp(f64 + 0) * 1",
  );
  assertEquals(value.kind === "call" && value.args[0] === value.args[1], true);
  assertEquals(value === same, false);
  const twice = await checked("x = f64 + 0.5; y = f64 + 1 / 2; z = f64 + -0; w = f64 + 0");
  assertStrictEquals(twice.outputs[0].value, twice.outputs[1].value);
  assertEquals(twice.outputs[2].value === twice.outputs[3].value, false);
});

Deno.test("scalars of every kind and inputs of every dtype may be read in one program", async () => {
  const kinds: ScalarKind[] = ["number", "bigint", "boolean"];
  const all = [...Object.keys(EVERYTHING.inputs), ...Object.keys(EVERYTHING.scalars)];
  const { inputs, scalars, outputs } = await checked(all.join(" + "));
  assertEquals(inputs.map(({ dtype }) => dtype), DTYPE_NAMES.slice());
  assertEquals(scalars.map(({ kind }) => kind), kinds);
  assertEquals(outputs[0].dtype, "float64");
});
