import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { evaluate, SharedNdArray } from "../../mod.ts";
import { DTYPES } from "../../src/dtype.ts";
import { nodesInOrder } from "../../src/plan/expr/reachable.ts";
import type { ScalarFunctions } from "../../src/plan/expr/interpret.ts";
import type { Program } from "../../src/plan/expr/program.ts";
import {
  type RandomProgram,
  type RandomProgramOptions,
  randomPrograms,
} from "../plan/expr/random_programs.ts";
import { Seeded } from "../seeded.ts";
import { CompiledFunctions } from "./compiled_functions.ts";
import { differencesOf, expectedOf, type KernelCase, readyCase, runTiled } from "./compare_kernels.ts";
import { Memories } from "./random_arrays.ts";

/** A shape: mostly of a few elements on each axis, sometimes with a long row, rarely empty. */
function randomShape(random: Seeded, rank: number): number[] {
  const shape = random.ints(rank, random.oneIn(20) ? 0 : 1, [0, 60, 9, 6, 4][rank]);
  if (rank > 0 && rank < 3 && random.oneIn(4)) shape[random.int(0, rank - 1)] = random.int(60, 300);
  return shape;
}

/** A shape that broadcasts to another. */
function smallerShape(random: Seeded, shape: readonly number[]): number[] {
  return shape.map((extent) => random.oneIn(3) ? 1 : extent).slice(random.int(0, shape.length));
}

/** Arrays for a random program: the first input has the whole shape, some outputs are an input. */
function caseOf(
  program: RandomProgram,
  memories: Memories,
  random: Seeded,
): KernelCase & { readonly strict: boolean } {
  const shape = randomShape(random, program.rank);
  const inputs: Record<string, SharedNdArray> = {}, outputs: Record<string, SharedNdArray> = {};
  Object.entries(program.inputs).forEach(([name, dtype], k) => {
    const isWhole = k === 0 || random.oneIn(2);
    inputs[name] = memories.take(
      random,
      dtype,
      isWhole ? shape : smallerShape(random, shape),
      random.oneIn(2),
    );
  });
  const free = new Set(Object.values(inputs).filter((array) => isInPlace(array, shape)));
  for (const { name, dtype } of program.outputs) {
    const same = [...free].find((array) => array.dtype === dtype);
    const isSame = same !== undefined && random.oneIn(4);
    if (isSame) free.delete(same);
    outputs[name ?? "out"] = isSame ? same : memories.take(random, dtype, shape, false);
  }
  const { source, scalars } = program;
  return { source, scalars, inputs, outputs, strict: random.oneIn(3) };
}

/** Whether an array may be written where it is read: each index has an element of its own. */
function isInPlace({ shape, strides }: SharedNdArray, whole: readonly number[]): boolean {
  return shape.length === whole.length && shape.every((extent, axis) => extent === whole[axis]) &&
    strides.every((stride, axis) => stride !== 0 || shape[axis] === 1);
}

/** What the functions of a program mean; undefined for a program that shall be left out. */
type Meanings = (program: Program, strict: boolean) => Promise<ScalarFunctions | undefined>;

/** Computes a random program in random places, and compares it with what the interpreter makes of it. */
async function attempt(
  program: RandomProgram,
  { memories, meanings, seed }: { memories: Memories; meanings: Meanings; seed: number },
): Promise<Program> {
  const random = new Seeded(seed), given = caseOf(program, memories, random);
  const outputs = program.outputs.map(({ name }) => given.outputs[name ?? "out"]);
  try {
    const ready = await readyCase(given);
    const { prepared, kernel } = ready;
    const functions = await meanings(prepared.program, given.strict);
    if (functions === undefined) return prepared.program;
    const expected = expectedOf(ready, given, random, functions);
    runTiled(kernel, prepared.shape, random);
    const problems = differencesOf(prepared.program, outputs, expected);
    assertEquals(problems.slice(0, 3), [], `${program.source} of ${JSON.stringify(program.inputs)}`);
    assertEquals(kernel.copied, copiedBytes(prepared.program, { ...prepared.inputs, ...given.outputs }));
    return prepared.program;
  } finally {
    assertEquals(memories.strayBytes(outputs), 0, `beside the outputs of ${program.source}`);
  }
}

/** Bytes of the operands that lie in no WebAssembly memory. */
function copiedBytes(program: Program, arrays: Readonly<Record<string, SharedNdArray>>): number {
  return [...program.inputs, ...program.outputs]
    .map(({ name }) => arrays[name ?? "out"])
    .filter((array) => array.handle().source instanceof SharedArrayBuffer)
    .reduce((sum, { dtype, size }) => sum + size * DTYPES[dtype].bytes, 0);
}

async function attemptMany(
  count: number,
  options: RandomProgramOptions & { readonly seed: number; readonly meanings: Meanings },
): Promise<Set<string>> {
  const { seed, meanings } = options, memories = new Memories(16), seen = new Set<string>();
  const programs = fc.integer({ min: 0, max: 4 }).chain((rank) => randomPrograms({ ...options, rank }));
  const property = fc.asyncProperty(programs, fc.nat(), async (program, seed) => {
    for (const node of nodesInOrder((await attempt(program, { memories, meanings, seed })).outputs)) {
      seen.add(node.kind === "call" ? node.name : `${node.kind} ${node.dtype}`);
    }
  });
  await fc.assert(property, { numRuns: count, seed });
  return seen;
}

/** Whether a program has a power of floats that is not exact or rounded once. */
function hasGeneralPower(program: Program): boolean {
  return nodesInOrder(program.outputs).some((node) => {
    if (node.kind !== "call" || node.name !== "pow" || !node.dtype.startsWith("float")) return false;
    const [, exponent] = node.args;
    return exponent.kind !== "literal" || ![0, 1, 2, -1, 0.5].includes(Number(exponent.value));
  });
}

/** Whether this machine rounds a fused multiply-add once; where it does not, only strict programs have the exact bits. */
async function isFused(): Promise<boolean> {
  const x = SharedNdArray.from([1 + 2 ** -30]), minus = SharedNdArray.from([-1 - 2 ** -29]);
  return (await evaluate("fma(x, x, minus)", { x, minus })).get(0) === 2 ** -60;
}

/** Whether the bits of a program are open on this machine. */
function isOpen(program: Program, isStrict: boolean, fuses: boolean): boolean {
  return !isStrict && !fuses &&
    nodesInOrder(program.outputs).some((node) => node.kind === "call" && node.name === "fma");
}

Deno.test("random programs without functions: compiled and interpreted, the bits are equal", async () => {
  const fuses = await isFused();
  // A power of floats in general is a function, which int64 and uint64 together make too.
  const meanings: Meanings = (program, isStrict) => {
    const isLeftOut = hasGeneralPower(program) || isOpen(program, isStrict, fuses);
    return Promise.resolve(isLeftOut ? undefined : () => undefined);
  };
  const seen = await attemptMany(500, { functions: false, seed: 5, meanings });
  const missing = [...COMMON, "shl", "clz32", "cast int16", "cast float16", "input uint64", "select bool"]
    .filter((name) => !seen.has(name));
  assertEquals(missing, []);
});

Deno.test("random programs with functions: as the compiled functions one after another", async () => {
  const lax = await CompiledFunctions.compile(false), strict = await CompiledFunctions.compile(true);
  const fuses = await isFused();
  const meanings: Meanings = (program, isStrict) =>
    isOpen(program, isStrict, fuses)
      ? Promise.resolve(undefined)
      : (isStrict ? strict : lax).meanings(program);
  const dtypes = ["float64", "float32", "float16", "int16", "int64", "bool"] as const;
  const seen = await attemptMany(400, { functions: true, dtypes, seed: 6, meanings });
  const missing = [...COMMON, "exp", "sin", "pow", "atan2", "log", "cast float32", "select float32"]
    .filter((name) => !seen.has(name));
  assertEquals(missing, []);
});

/** What every run should have met. */
const COMMON = ["add", "sub", "div", "sqrt", "rem", "mod", "min", "lt", "fma", "round", "index int64"];
