import { assert, assertEquals, assertRejects } from "@std/assert";
import { ExpressionError, PlanError, SharedNdArray, slice } from "../../mod.ts";
import { compileProgram, indexAxesOf } from "../../src/kernel/compile.ts";
import { compileExpression, placeOf, prepareExpression } from "../../src/run/expression.ts";
import { Seeded } from "../seeded.ts";
import { checked } from "../plan/expr/kernels.ts";
import { differencesOf, expectedOf, type KernelCase, readyCase } from "./compare_kernels.ts";

/** Whether a module's bytes have the first opcode of one of the fused multiply-adds. */
function isFused(bytes: Uint8Array): boolean {
  return bytes.some((byte, k) =>
    byte === 0xfd && bytes[k + 1] >= 0x85 && bytes[k + 1] <= 0x88 && bytes[k + 2] === 0x02
  );
}

Deno.test("strict programs have no instruction whose result differs between machines", async () => {
  const program = await checked("exp(f64) + sin(f64) ** 3 + log(f32) + hypot(f32, f64)");
  const layouts = [...program.inputs, ...program.outputs].map((_, memory) => ({
    access: "contiguous" as const,
    is64: false,
    memory,
  }));
  const loads = program.inputs.map((_, operand) => ({ operand, delta: 0 }));
  const compile = (strict: boolean) => compileProgram(program, { layouts, loads, innerAxis: 0, strict });
  assert(isFused(compile(false).bytes));
  assert(!isFused(compile(true).bytes));
  assert(WebAssembly.validate(compile(true).bytes));
});

Deno.test("the axes that a program counts along, each once and in order", async () => {
  const axes = async (source: string) => indexAxesOf(await checked(source));
  assertEquals(await axes("f64 * 2"), []);
  assertEquals(await axes("index(2) + index(0) * index(-1) + f64"), [0, 2]);
  assertEquals(await axes("x = index(1) + f64; y = index(0) + i8"), [0, 1]);
});

/** A sum of many terms in groups, so that it is not nested too deeply. */
function sumOf(terms: readonly string[]): string {
  const groups: string[] = [];
  for (let k = 0; k < terms.length; k += 100) groups.push(`(${terms.slice(k, k + 100).join(" + ")})`);
  return groups.join(" + ");
}

async function assertComputed(given: KernelCase): Promise<void> {
  const ready = await readyCase(given), expected = expectedOf(ready, given, new Seeded(1));
  ready.kernel.runBox([0], ready.prepared.shape);
  assertEquals(differencesOf(ready.prepared.program, Object.values(given.outputs), expected), []);
}

Deno.test("2,000 operations of 200 inputs are compiled and computed", async () => {
  const inputs: Record<string, SharedNdArray> = {};
  for (let k = 0; k < 200; k++) {
    // Of every layout.
    const array = SharedNdArray.random([21], { seed: k });
    inputs[`a${k}`] = [
      array,
      array.flip(),
      SharedNdArray.random([42], { seed: k }).view(slice(0, 42, 2)),
      array.view(3),
    ][k % 4];
  }
  const terms = Array.from({ length: 1000 }, (_, k) => `a${k % 200} * ${k + 1}`);
  const outputs = { out: SharedNdArray.zeros([21]) };
  const began = performance.now();
  await assertComputed({ source: sumOf(terms), inputs, scalars: {}, outputs });
  assert(performance.now() - began < 20_000);
});

Deno.test("chains of 999 operators, from the left and from the right", async () => {
  const a = SharedNdArray.random([21], { seed: 1 }), outputs = { out: SharedNdArray.zeros([21]) };
  for (const source of [`a${" - a".repeat(999)}`, `${"a > 0.5 ? a : ".repeat(390)}1`]) {
    await assertComputed({ source, inputs: { a }, scalars: {}, outputs });
  }
});

Deno.test("thousands of calls of a function are compiled, and too many refused before they take long", async () => {
  const a = SharedNdArray.random([5], { seed: 1 }), outputs = { out: SharedNdArray.zeros([5]) };
  const source = (count: number) => sumOf(Array.from({ length: count }, (_, k) => `atan2(a, ${k})`));
  const ready = await readyCase({ source: source(1200), inputs: { a }, scalars: {}, outputs });
  assert(ready.compiled.instructions > 50_000);
  const began = performance.now();
  const given = { source: source(4500), inputs: { a }, scalars: {}, outputs };
  const refused = await assertRejects(() => readyCase(given), PlanError);
  assert(
    /takes \d{3},\d{3} vector instructions, more than the 100,000/.test(refused.message),
    refused.message,
  );
  assert(performance.now() - began < 20_000);
});

Deno.test("as many arrays and scalars as a function of WebAssembly may have parameters, and no more", async () => {
  const run = async (arrays: number, scalars: number) => {
    const inputs: Record<string, SharedNdArray> = {}, values: Record<string, number> = {};
    for (let k = 0; k < arrays; k++) inputs[`a${k}`] = SharedNdArray.arange(6).view(slice(null, null, -2));
    for (let k = 0; k < scalars; k++) values[`s${k}`] = k;
    const outputs = { out: SharedNdArray.zeros([3]) };
    const source = sumOf([...Object.keys(inputs), ...Object.keys(values)]);
    await assertComputed({ source, inputs, scalars: values, outputs });
  };
  await run(331, 2);
  await run(300, 95);
  await assertRejects(
    () => run(332, 0),
    PlanError,
    "The expression has 333 arrays and 0 scalars, more than a kernel can have",
  );
  await assertRejects(() => run(300, 96), PlanError, "with so many scalars at most 300 arrays");
});

Deno.test("errors of the language come before the compiler's", async () => {
  const given = { source: "a + nothing", inputs: { a: SharedNdArray.zeros([2]) }, scalars: {}, outputs: {} };
  await assertRejects(() => readyCase(given), ExpressionError);
});

Deno.test("neighbours in a row are loaded as whole vectors at offsets of one pointer", async () => {
  const z = SharedNdArray.zeros([8, 64], { dtype: "float32" });
  const prepared = await prepareExpression("z(0, -1) + z(0, 1) + z(1, 0)", {
    inputs: { z },
    scalars: {},
    outputs: undefined,
  });
  const places = { z: placeOf(z), out: placeOf(z) };
  const { kernel } = compileExpression(prepared, places, false);
  assertEquals(kernel.operands.map(({ offset, span }) => [offset, span]), [[[0, -1], 2], [[1, 0], 0], [
    null,
    0,
  ]]);
  const layouts = kernel.operands.map(({ access, memory }) => ({ access, memory, is64: false }));
  const loads = [{ operand: 0, delta: 0 }, { operand: 0, delta: 2 }, { operand: 1, delta: 0 }];
  const { bytes } = compileProgram(prepared.program, { layouts, loads, innerAxis: 1, strict: false });
  // v128.load of memory 0 without alignment: of four vectors a turn, and of the same behind two elements.
  const isLoaded = (offset: number) =>
    bytes.some((byte, k) => byte === 0xfd && [0, 0, offset].every((own, at) => bytes[k + 1 + at] === own));
  for (const vector of [0, 1, 2, 3]) {
    assert(isLoaded(16 * vector) && isLoaded(16 * vector + 8), `vector ${vector}`);
  }
  assert(!isLoaded(4));
});
