import { assert, assertEquals } from "@std/assert";
import { type DType, ExpressionError, SharedNdArray } from "../../mod.ts";
import { DTYPE_NAMES } from "../../src/dtype.ts";
import { BoundKernel } from "../../src/kernel/bound_kernel.ts";
import { widestBytes } from "../../src/kernel/lower.ts";
import { nodesInOrder } from "../../src/plan/expr/reachable.ts";
import { checkKernel } from "../../src/plan/expr/check.ts";
import { interpret } from "../../src/plan/expr/interpret.ts";
import { parseKernel } from "../../src/plan/expr/parse.ts";
import type { CallName, Program, ProgramNode } from "../../src/plan/expr/program.ts";
import { compileExpression, placeOf } from "../../src/run/expression.ts";
import { checked } from "../plan/expr/kernels.ts";
import { randomElement } from "../plan/expr/random_elements.ts";
import { Seeded } from "../seeded.ts";
import { differencesOf, expectedOf, readyCase } from "./compare_kernels.ts";

const SIGNS = "+ - * / % < <= > >= === !== && || & | ^ << >> >>>".split(" ");
const UNARY = ["-a", "+a", "~a", "!a", "a ** 2", "a ** 3n", "a % 3"];
const CALLS = [
  ..."abs sign floor ceil trunc round rint sqrt isnan isfinite clz32".split(" ").map((name) => `${name}(a)`),
  ..."min max mod imul".split(" ").map((name) => `${name}(a, b)`),
  "clip(a, b, c)",
  "where(a, b, c)",
  "where(a < b, c, a)",
  "min(a, b, c) - max(a, b, c)",
  "a < b && b < c",
  "(a === b) < (b === c)",
];

const LENGTH = 90;

/** Random elements, for bools all combinations. */
function column(dtype: DType, random: Seeded): SharedNdArray {
  const array = SharedNdArray.zeros([LENGTH], { dtype });
  for (let i = 0; i < LENGTH; i++) array.set(i, randomElement(random, dtype));
  return array;
}

/** Compares with the interpreter; tells whether the language has such an expression at all. */
async function assertLowered(
  source: string,
  inputs: Record<"a" | "b" | "c", SharedNdArray>,
): Promise<boolean> {
  const dtypes = Object.fromEntries(Object.entries(inputs).map(([name, { dtype }]) => [name, dtype]));
  let dtype: DType;
  try {
    const parsed = await parseKernel(source);
    dtype = checkKernel(parsed, { inputs: dtypes, scalars: {}, rank: 1 }).outputs[0].dtype;
  } catch (error) {
    assert(error instanceof ExpressionError, `${error}`);
    return false;
  }
  const outputs = { out: SharedNdArray.zeros([LENGTH], { dtype }) };
  const given = { source, inputs, scalars: {}, outputs }, random = new Seeded(5);
  const ready = await readyCase(given);
  ready.kernel.runBox([0], [LENGTH]);
  const differences = differencesOf(ready.prepared.program, [outputs.out], expectedOf(ready, given, random));
  assertEquals(differences.slice(0, 2), [], `${source} of ${JSON.stringify(dtypes)}`);
  return true;
}

Deno.test("each operation of each dtype computes what the interpreter does", async () => {
  const random = new Seeded(31), compared = new Map<DType, number>();
  const sources = [...SIGNS.map((sign) => `a ${sign} b`), ...UNARY, ...CALLS];
  for (const dtype of DTYPE_NAMES) {
    const inputs = { a: column(dtype, random), b: column(dtype, random), c: column(dtype, random) };
    let count = 0;
    for (const source of sources) if (await assertLowered(source, inputs)) count++;
    compared.set(dtype, count);
  }
  for (const [dtype, count] of compared) assert(count >= 30, `${count} operations of ${dtype}`);
});

/** Operations that programs may have of bools, those that no text leads to included. */
const OF_BOOLS = "bitAnd mul min bitOr max bitXor ne eq lt gt le ge".split(" ") as readonly CallName[];

Deno.test("each operation of bools, stored ones and masks of other widths", () => {
  const a = { kind: "input", name: "a", dtype: "bool" } as const;
  const wide = { kind: "input", name: "wide", dtype: "int32" } as const;
  const mask = { kind: "cast", dtype: "bool", of: wide } as const;
  const values = [[0, 0], [0, 7], [1, 0], [1, -1], [1, 256], [0, 1 << 31]];
  const inputs = {
    a: SharedNdArray.from(values.map(([first]) => first === 1)),
    wide: SharedNdArray.from(values.map(([, second]) => second), { dtype: "int32" }),
  };
  const out = SharedNdArray.zeros([values.length], { dtype: "bool" }), arrays = { ...inputs, out };
  for (const name of OF_BOOLS) {
    for (const args of [[a, mask], [mask, a], [a, a], [mask, mask]]) {
      const value: ProgramNode = { kind: "call", name, dtype: "bool", args };
      const outputs = [{ name: "out", dtype: "bool", value }] as const;
      const read = [a, wide].filter((input) =>
        args.some((arg) => arg === input || (arg === mask && input === wide))
      );
      const program: Program = { inputs: read, scalars: [], outputs };
      const places = { a: placeOf(inputs.a), wide: placeOf(inputs.wide), out: placeOf(out) };
      const key = `${name} ${args.map(({ kind }) => kind)}`;
      const prepared = { program, key, shape: [values.length], outputs: { out }, halo: null };
      const { kernel, module } = compileExpression(prepared, places, false);
      new BoundKernel(kernel, module, arrays, []).runBox([0], [values.length]);
      const run = interpret(program);
      values.forEach((_, i) => {
        const elements = { a: inputs.a.get(i), wide: inputs.wide.get(i) };
        const [expected] = run({ inputs: elements, scalars: {}, index: [i] });
        assertEquals(out.get(i), expected, `${key} of ${values[i]}`);
      });
    }
  }
});

Deno.test("each dtype is converted to each, alone and beside wider lanes", async () => {
  const random = new Seeded(32);
  for (const from of DTYPE_NAMES) {
    const inputs = { a: column(from, random), b: column("float64", random), c: column("int32", random) };
    for (const to of DTYPE_NAMES) {
      for (const beside of ["", "where(b > 0, ", "where(c > 0, "]) {
        const cast = `${to}(a)`, source = beside === "" ? cast : `${beside}${cast}, ${to}(0))`;
        assert(await assertLowered(source, inputs), source);
      }
    }
  }
});

Deno.test("lanes are as wide as what is computed, float16 as float32", async () => {
  const cases: [source: string, bytes: number][] = [
    ["i8 + 1", 1],
    ["b && !b", 1],
    ["i8 < i8 ** 2", 1],
    ["i16 + u8", 2],
    ["f16", 2],
    ["where(b, f16, f16)", 4],
    ["f16 + f16", 4],
    ["float16(i8)", 4],
    ["bool(f16)", 4],
    ["f32 * i8", 4],
    ["int8(f32)", 4],
    ["f64", 8],
    ["int8(i64)", 8],
    ["i8 + int8(index(0))", 8],
    ["i8 / i8", 8],
  ];
  for (const [source, bytes] of cases) assertEquals(widestBytes(await checked(source)), bytes, source);
});

Deno.test("nodes come once each, behind their parts", async () => {
  const program = await checked("x = exp(f64) * exp(f64) + where(b, i8, i16); y = x - exp(f64)");
  const nodes = nodesInOrder(program.outputs), places = new Map(nodes.map((node, k) => [node, k]));
  assertEquals(places.size, nodes.length);
  assertEquals(nodes.filter((node) => node.kind === "call" && node.name === "exp").length, 1);
  for (const [place, node] of nodes.entries()) {
    const parts = node.kind === "call" ? node.args : node.kind === "cast" ? [node.of] : [];
    for (const part of parts) assert((places.get(part) ?? Infinity) < place);
  }
  for (const { value } of program.outputs) assert(places.has(value));
});
