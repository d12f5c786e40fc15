import { assertEquals, assertThrows } from "@std/assert";
import { DTYPES, type IntegerDType } from "../../src/dtype.ts";
import { literal } from "../../src/simd/convert.ts";
import { Graph, type Value } from "../../src/simd/graph.ts";
import { integerCall, integerCompare, powLiteralInteger, shiftLiteral } from "../../src/simd/integers.ts";
import { Seeded } from "../seeded.ts";
import { arrayOf, elementCounts, INTEGERS, integers, valuesOf, zerosOf } from "./numbers.ts";
import { gather, type Numbers, runElements } from "./run_elements.ts";

const COUNT = 1500;

/** What an operation means, before the result wraps. */
type Meaning = (a: bigint, b: bigint, c: bigint) => bigint;

/** How an operation is built, and what it means. */
type Case = [build: (graph: Graph, args: readonly Value[]) => Value, meaning: Meaning];

const ARITHMETIC: Record<string, Meaning> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  neg: (a) => -a,
  abs: (a) => a < 0n ? -a : a,
  sign: (a) => BigInt(Math.sign(Number(a))),
  min: (a, b) => a < b ? a : b,
  max: (a, b) => a > b ? a : b,
  rem: (a, b) => b === 0n ? 0n : a % b,
  mod: (a, b) => b === 0n ? 0n : a - b * floorDivide(a, b),
  fma: (a, b, c) => a * b + c,
  bitAnd: (a, b) => a & b,
  bitOr: (a, b) => a | b,
  bitXor: (a, b) => a ^ b,
  bitNot: (a) => ~a,
  floor: (a) => a,
  rint: (a) => a,
};

const ARITY: Record<string, number> = { neg: 1, abs: 1, sign: 1, bitNot: 1, floor: 1, rint: 1, fma: 3 };

const COMPARISONS: Record<string, (a: bigint, b: bigint) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
};

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && (a < 0n) !== (b < 0n) ? quotient - 1n : quotient;
}

/** `a ** b` one factor at a time, until the bits repeat or the exponent is used up. */
function slowPower(a: bigint, b: bigint, dtype: IntegerDType): bigint {
  if (b < 0n) return a === 1n ? 1n : a === -1n ? (b % 2n === 0n ? 1n : -1n) : 0n;
  if (b > 300n) {
    const half = slowPower(a, b / 2n, dtype);
    return wrap(half * half * (b % 2n === 1n ? a : 1n), dtype);
  }
  return wrap(a ** b, dtype);
}

function wrap(value: bigint, dtype: IntegerDType): bigint {
  const bits = 8 * DTYPES[dtype].bytes;
  return dtype.startsWith("int") ? BigInt.asIntN(bits, value) : BigInt.asUintN(bits, value);
}

/** JavaScript's shifts, on numbers for 32 bits and bigints for 64. */
function slowShift(name: "shl" | "shr" | "ushr", a: bigint, count: bigint, dtype: IntegerDType): bigint {
  if (DTYPES[dtype].bytes === 8) {
    const distance = BigInt.asUintN(6, count);
    if (name === "shl") return wrap(a << distance, dtype);
    return wrap((name === "ushr" ? BigInt.asUintN(64, a) : a) >> distance, dtype);
  }
  const value = Number(a), distance = Number(BigInt.asIntN(32, count));
  if (name === "shl") return wrap(BigInt(value << distance), dtype);
  const isLogical = name === "ushr" || dtype.startsWith("uint");
  return wrap(BigInt(isLogical ? value >>> distance : value >> distance), dtype);
}

/** Runs several operations on the same arrays and compares each element. */
function assertResults(
  dtype: IntegerDType,
  inputs: readonly Numbers[],
  results: Record<string, Case>,
): void {
  const entries = Object.entries(results);
  for (const elements of elementCounts(DTYPES[dtype].bytes)) {
    const all = runElements({
      elements,
      strict: elements === 2,
      inputs,
      build: (graph, args) => entries.map(([, [build]]) => build(graph, args)),
    });
    entries.forEach(([name, [, meaning]], r) => {
      const found = gather(all[r], elements, zerosOf(dtype, inputs[0].length));
      found.forEach((value: number | bigint, k: number) => {
        const args = inputs.map((input) => BigInt(input[k]));
        const wanted = wrap(meaning(args[0], args[1], args[2]), dtype);
        if (BigInt(value) !== wanted) {
          throw new Error(`${name}(${args}) of ${dtype} is ${value}, not ${wanted}; ${elements} a turn`);
        }
      });
    });
  }
}

/** Three arrays of random integers. */
function threeOf(dtype: IntegerDType): Numbers[] {
  return [1, 2, 3].map((seed) => integers(dtype, COUNT, new Seeded(seed)));
}

/** All pairs of numbers at the ends of the range, and small ones. */
function extremePairs(dtype: IntegerDType): Numbers[] {
  const bits = BigInt(8 * DTYPES[dtype].bytes), half = 1n << (bits - 1n);
  const values = [
    0n,
    1n,
    2n,
    3n,
    -1n,
    -2n,
    half - 1n,
    half,
    half + 1n,
    2n ** 51n - 1n,
    2n ** 51n,
    -(2n ** 51n),
  ]
    .concat([-(2n ** 51n) - 1n, 2n ** 52n, 2n ** 53n + 1n, 10n, 127n, -127n]);
  const pairs = values.flatMap((a) => values.map((b) => [a, b]));
  return [0, 1, 1].map((side) => arrayOf(dtype, pairs.map((pair) => wrap(pair[side], dtype))));
}

/** The bits of all bytes with all bytes: every case there is. */
function allPairs(dtype: "int8" | "uint8"): Numbers[] {
  const first = Array.from({ length: 65_536 }, (_, k) => k >> 8), second = first.map((_, k) => k & 255);
  return [first, second, second].map((values) => arrayOf(dtype, values));
}

for (const dtype of INTEGERS) {
  Deno.test(`arithmetic of ${dtype} wraps as that of bigints`, () => {
    const results = Object.fromEntries(
      Object.entries(ARITHMETIC).map(([name, meaning]): [string, Case] => {
        const arity = ARITY[name] ?? 2;
        return [name, [(graph, args) => integerCall(graph, name, dtype, args.slice(0, arity)), meaning]];
      }),
    );
    assertResults(dtype, threeOf(dtype), results);
    assertResults(dtype, extremePairs(dtype), results);
  });

  Deno.test(`powers of ${dtype} wrap, with every exponent`, () => {
    const pow = (graph: Graph, args: readonly Value[]) => integerCall(graph, "pow", dtype, args.slice(0, 2));
    const meaning: Meaning = (a, b) => slowPower(a, b, dtype);
    assertResults(dtype, threeOf(dtype), { pow: [pow, meaning] });
    assertResults(dtype, extremePairs(dtype), { pow: [pow, meaning] });
    const random = new Seeded(9);
    const small = arrayOf(dtype, Array.from({ length: COUNT }, () => random.int(0, 32)));
    assertResults(dtype, [threeOf(dtype)[0], small], { pow: [pow, meaning] });
  });

  Deno.test(`${dtype} to the power of a literal`, () => {
    const exponents = [-3n, -2n, -1n, 0n, 1n, 2n, 3n, 7n, 31n, 64n, 100n].map((e) => wrap(e, dtype));
    const results = Object.fromEntries(exponents.flatMap((exponent): [string, Case][] => {
      const meaning: Meaning = (a) => slowPower(a, exponent, dtype);
      const direct = (graph: Graph, [a]: readonly Value[]) => powLiteralInteger(graph, dtype, a, exponent);
      const called = (graph: Graph, [a]: readonly Value[]) =>
        integerCall(graph, "pow", dtype, [a, literal(graph, dtype, exponent)]);
      return [[`to ${exponent}`, [direct, meaning]], [`pow by ${exponent}`, [called, meaning]]];
    }));
    assertResults(dtype, extremePairs(dtype), results);
  });

  Deno.test(`comparisons of ${dtype}`, () => {
    const names = Object.keys(COMPARISONS), bytes = DTYPES[dtype].bytes;
    for (const inputs of [threeOf(dtype), extremePairs(dtype)]) {
      for (const elements of elementCounts(bytes)) {
        const masks = runElements({
          elements,
          inputs: inputs.slice(0, 2),
          build: (graph, [a, b]) => names.map((name) => integerCompare(graph, name, dtype, a, b)),
        });
        names.forEach((name, r) => {
          const found = gather(masks[r], elements, zerosOf(dtype, inputs[0].length));
          const wanted = valuesOf(inputs[0]).map((a, k): bigint => {
            const holds = COMPARISONS[name](BigInt(a), BigInt(inputs[1][k]));
            return holds ? wrap(-1n, dtype) : 0n;
          });
          assertEquals(valuesOf(found).map(BigInt), wanted, `${name} of ${dtype}, ${elements} a turn`);
        });
      }
    }
  });

  Deno.test(`shifts of ${dtype} are JavaScript's, wrapped`, () => {
    const counts = [-1, 0, 1, 3, 7, 8, 9, 15, 16, 17, 24, 25, 28, 31, 32, 33, 63, 64].map(BigInt);
    for (const name of ["shl", "shr", "ushr"] as const) {
      const each: Meaning = (a, b) => slowShift(name, a, b, dtype);
      const called = (graph: Graph, args: readonly Value[]) =>
        integerCall(graph, name, dtype, args.slice(0, 2));
      assertResults(dtype, threeOf(dtype), { [name]: [called, each] });
      const random = new Seeded(10);
      const near = arrayOf(dtype, Array.from({ length: COUNT }, () => random.int(0, 70)));
      assertResults(dtype, [threeOf(dtype)[0], near], { [name]: [called, each] });
      const results = Object.fromEntries(counts.flatMap((count): [string, Case][] => {
        const meaning: Meaning = (a) => slowShift(name, a, count, dtype);
        const direct = (graph: Graph, [a]: readonly Value[]) =>
          shiftLiteral(graph, name, a, dtype, Number(count));
        const splat = (graph: Graph, [a]: readonly Value[]) =>
          integerCall(graph, name, dtype, [a, literal(graph, dtype, count)]);
        return [[`${name} by ${count}`, [direct, meaning]], [`${name} of literal ${count}`, [
          splat,
          meaning,
        ]]];
      }));
      assertResults(dtype, [threeOf(dtype)[0]], results);
    }
  });
}

Deno.test("arithmetic of bytes is right for all pairs there are", () => {
  for (const dtype of ["int8", "uint8"] as const) {
    const call = (name: string) => (graph: Graph, args: readonly Value[]) =>
      integerCall(graph, name, dtype, args.slice(0, 2));
    const names = ["add", "mul", "rem", "mod", "min"];
    const pairs = allPairs(dtype);
    for (const part of [0, 1, 2, 3]) {
      const inputs = pairs.map((input) => input.slice(part * 16_384, (part + 1) * 16_384));
      assertResults(dtype, inputs, {
        ...Object.fromEntries(names.map((name) => [name, [call(name), ARITHMETIC[name]]])),
        ushr: [call("ushr"), (a, b) => slowShift("ushr", a, b, dtype)],
      });
    }
  }
});

Deno.test("int8 -1 >>> 28 is 15, -1 >> 9 is -1 and 1 << 9 is 0", () => {
  const cases = [["ushr", -1, 28, 15], ["shr", -1, 9, -1], ["shl", 1, 9, 0]] as const;
  for (const [name, value, count, wanted] of cases) {
    const inputs = [Int8Array.of(value), Int8Array.of(count)];
    const [vector] = runElements({
      elements: 4,
      inputs,
      build: (graph, args) => [integerCall(graph, name, "int8", args)],
    });
    assertEquals(Array.from(gather(vector, 4, new Int8Array(1))), [wanted], name);
  }
});

Deno.test("clz32 counts the zeros before the first one", () => {
  const input = Uint32Array.from({ length: 99 }, (_, k) => Math.floor(2 ** (k / 3)));
  const [vectors] = runElements({
    elements: 4,
    inputs: [input],
    build: (graph, args) => [integerCall(graph, "clz32", "uint32", args)],
  });
  assertEquals(Array.from(gather(vectors, 4, new Uint32Array(99))), Array.from(input, Math.clz32));
});

Deno.test("constants whose lanes differ are no literals", () => {
  const counts = Int32Array.of(1, 2, 3, 4), bases = Int32Array.of(3, -3, 5, 7);
  const [powers, shifted] = runElements({
    elements: 4,
    inputs: [bases],
    build: (graph, [a]) => {
      const constant = graph.constant(counts);
      return [
        integerCall(graph, "pow", "int32", [a, constant]),
        integerCall(graph, "shl", "int32", [a, constant]),
      ];
    },
  });
  assertEquals(gather(powers, 4, new Int32Array(4)), bases.map((base, k) => base ** counts[k]));
  assertEquals(gather(shifted, 4, new Int32Array(4)), bases.map((base, k) => base << counts[k]));
});

Deno.test("what has no meaning for integers is refused", () => {
  const graph = new Graph(), a = graph.leaf(0);
  assertThrows(() => integerCall(graph, "exp", "int32", [a]), Error, "There is no operation exp of int32");
  assertThrows(() => integerCall(graph, "add", "float32", [a, a]), Error, "no operation add of float32");
  assertThrows(() => integerCall(graph, "clz32", "int64", [a]), Error, "no operation clz32 of int64");
  assertThrows(() => integerCompare(graph, "lt", "float64", a, a), Error, "float64 are not compared");
});
