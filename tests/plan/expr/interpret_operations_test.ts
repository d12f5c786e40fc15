import { assertEquals, assertStrictEquals } from "@std/assert";
import type { DType } from "../../../src/dtype.ts";
import { interpret } from "../../../src/plan/expr/interpret.ts";
import type { CallName } from "../../../src/plan/expr/program.ts";
import {
  call,
  elementOf,
  environment,
  input,
  operation,
  type Plain,
  programOf,
  readFixture,
} from "./programs.ts";

Deno.test("operations of integers and floats give what NumPy gives", async () => {
  type Case = readonly [
    name: CallName,
    dtype: DType,
    args: readonly (readonly Plain[])[],
    results: readonly Plain[],
  ];
  const wrong: string[] = [], seen = new Set<string>();
  let compared = 0;
  for (const [name, dtype, args, results] of await readFixture<Case[]>("elementwise.json")) {
    const run = operation(name, dtype, args.length);
    seen.add(`${name} ${dtype}`);
    results.forEach((result, i) => {
      const given = args.map((values) => elementOf(values[i], dtype)), found = run(...given);
      if (!Object.is(found, elementOf(result, dtype))) {
        wrong.push(`${name} ${dtype} ${given}: ${found}, not ${result}`);
      }
      compared++;
    });
  }
  assertEquals(wrong.slice(0, 20), []);
  assertEquals([seen.size, compared > 30_000], [8 * 17 + 2 * 15, true], `${compared} results`);
});

Deno.test("division and powers of integers where NumPy is silent", () => {
  for (const dtype of ["int8", "int16", "int32", "uint8", "uint16", "uint32"] as const) {
    const rem = operation("rem", dtype, 2),
      mod = operation("mod", dtype, 2),
      pow = operation("pow", dtype, 2);
    assertEquals([rem(7, 0), mod(7, 0), rem(0, 0), pow(0, 0), pow(7, 0)], [0, 0, 0, 1, 1]);
    assertStrictEquals(rem(0, 5), 0);
  }
  assertStrictEquals(operation("rem", "int8", 2)(-128, -1), 0);
  assertStrictEquals(operation("rem", "int64", 2)(-(2n ** 63n), -1n), 0n);
  const pow = operation("pow", "int32", 2), pow64 = operation("pow", "int64", 2);
  assertEquals([1, -1, -1, 0, 2, -2].map((base, i) => pow(base, i === 2 ? -4 : -3)), [1, -1, 1, 0, 0, 0]);
  assertEquals([pow64(1n, -3n), pow64(-1n, -3n), pow64(-1n, -(2n ** 63n)), pow64(5n, -1n)], [
    1n,
    -1n,
    1n,
    0n,
  ]);
  // The order of the odd numbers modulo 2 ** 64 divides 2 ** 64: the largest power is the inverse.
  const inverse = operation("pow", "uint64", 2)(3n, 2n ** 64n - 1n);
  assertStrictEquals(operation("mul", "uint64", 2)(3n, inverse), 1n);
});

Deno.test("shifts are JavaScript's, in 32 bits or 64, and wrap to the dtype", () => {
  const values = [0, 1, -1, 5, -128, 127, 100, -77], counts = [0, 1, 7, 8, 9, 31, 32, 33, -1, -31];
  for (const [dtype, array] of [["int8", Int8Array], ["int16", Int16Array], ["int32", Int32Array]] as const) {
    for (const x of values) {
      for (const count of counts) {
        assertStrictEquals(operation("shl", dtype, 2)(x, count), array.of(x << count)[0]);
        assertStrictEquals(operation("shr", dtype, 2)(x, count), array.of(x >> count)[0]);
        assertStrictEquals(operation("ushr", dtype, 2)(x, count), array.of(x >>> count)[0]);
      }
    }
  }
  assertStrictEquals(operation("ushr", "int8", 2)(-1, 25), 127);
  assertStrictEquals(operation("shl", "uint8", 2)(0x81, 1), 2);
  assertStrictEquals(operation("shr", "uint8", 2)(0x81, 33), 0x40);
  assertStrictEquals(operation("ushr", "uint32", 2)(2 ** 32 - 1, 31), 1);
  assertStrictEquals(operation("ushr", "int64", 2)(-1n, 1n), 2n ** 63n - 1n);
  assertStrictEquals(operation("shl", "int64", 2)(3n, 63n), -(2n ** 63n));
  assertStrictEquals(operation("shr", "int64", 2)(-(2n ** 63n), -1n), -1n);
  assertStrictEquals(operation("shl", "uint64", 2)(3n, 65n), 6n);
});

Deno.test("operations of bits: bools are integers of one bit, and leading zeros are those of 32", () => {
  const bools = [false, true], pairs = bools.flatMap((a) => bools.map((b) => [a, b] as const));
  for (const [a, b] of pairs) {
    assertEquals(operation("bitAnd", "bool", 2)(a, b), a && b);
    assertEquals(operation("bitOr", "bool", 2)(a, b), a || b);
    assertEquals(operation("bitXor", "bool", 2)(a, b), a !== b);
    assertEquals(operation("bitNot", "bool", 1)(a), !a);
    assertEquals([operation("min", "bool", 2)(a, b), operation("max", "bool", 2)(a, b)], [a && b, a || b]);
  }
  for (const x of [0, 1, 255, 2 ** 31, 2 ** 32 - 1]) {
    assertStrictEquals(operation("clz32", "uint32", 1)(x), Math.clz32(x));
  }
});

Deno.test("minimum, maximum and rounding of floats have JavaScript's special values", () => {
  const special = [NaN, -0, 0, 1, -1, Infinity, -Infinity, 0.5, -0.5, 2.5, -2.5];
  for (const dtype of ["float32", "float64"] as const) {
    const min = operation("min", dtype, 2), max = operation("max", dtype, 2);
    for (const a of special) {
      for (const b of special) {
        assertStrictEquals(min(a, b), Math.min(a, b));
        assertStrictEquals(max(a, b), Math.max(a, b));
      }
      assertStrictEquals(operation("round", dtype, 1)(a), Math.round(a));
      assertStrictEquals(operation("sign", dtype, 1)(a), Math.sign(a));
    }
    assertStrictEquals(operation("rint", dtype, 1)(-0.5), -0);
  }
});

Deno.test("fma rounds floats once and wraps integers", () => {
  const a = (1 + 2 ** -10) * 2 ** -24, b = 1 - 2 ** -10 + 2 ** -20;
  assertStrictEquals(operation("fma", "float32", 3)(a, b, 1), 1 + 2 ** -23);
  assertStrictEquals(operation("fma", "float64", 3)(0.1, 10, -1), 2 ** -54);
  assertStrictEquals(operation("fma", "int8", 3)(100, 3, 7), 51);
  assertStrictEquals(operation("fma", "uint64", 3)(2n ** 63n, 2n, 7n), 7n);
});

Deno.test("powers with a literal exponent are exact where they can be", () => {
  const power = (dtype: "float32" | "float64", exponent: number) => {
    const node = call("pow", dtype, input("x", dtype), { kind: "literal", dtype, value: exponent });
    // Whatever pow is, these do not ask for it.
    const run = interpret(programOf(node), () => () => 42);
    return (x: number) => run(environment({ inputs: { x } }))[0];
  };
  for (const dtype of ["float32", "float64"] as const) {
    const rounded = (value: number) => dtype === "float32" ? Math.fround(value) : value;
    for (
      const x of [NaN, 0, -0, Infinity, -Infinity, 3, -3, 2 ** -140, 2 ** 100].concat([1.1, 0.7].map(rounded))
    ) {
      assertStrictEquals(power(dtype, 0)(x), 1);
      assertStrictEquals(power(dtype, 1)(x), x);
      assertStrictEquals(power(dtype, 2)(x), rounded(x * x));
      assertStrictEquals(power(dtype, -1)(x), rounded(1 / x));
      const root = x === -Infinity ? Infinity : x === 0 ? 0 : rounded(Math.sqrt(x));
      assertStrictEquals(power(dtype, 0.5)(x), root);
      assertStrictEquals(power(dtype, 3)(x), 42);
    }
  }
});
