/**
 * Texts that are nearly expressions: refused with their place, or compiled to what the interpreter says.
 *
 * @module
 */

import fc from "fast-check";
import { SharedNdArray } from "../../src/array/shared_ndarray.ts";
import { ExpressionError, ValueError } from "../../src/errors.ts";
import { checkKernel } from "../../src/plan/expr/check.ts";
import { OPERATIONS } from "../../src/plan/expr/ops.ts";
import { freeNames, outputNames, parseKernel } from "../../src/plan/expr/parse.ts";
import type { Program } from "../../src/plan/expr/program.ts";
import { nodesInOrder, readsOf } from "../../src/plan/expr/reachable.ts";
import { FLOAT_FUNCTIONS } from "../../src/simd/functions/table.ts";
import {
  differencesOf,
  expectedOf,
  type KernelCase,
  readyCase,
  runTiled,
} from "../kernel/compare_kernels.ts";
import { randomElement } from "../plan/expr/random_elements.ts";
import { environmentOf, type RandomProgram, randomPrograms } from "../plan/expr/random_programs.ts";
import { indicesOf } from "../naive.ts";
import { Seeded } from "../seeded.ts";
import { checkLine, checkRefusal } from "./refusals.ts";
import type { FuzzCase, OpenTarget, Outcome } from "./runner.ts";

/** Pieces of the language, and of what looks like it. */
const TOKENS: readonly string[] = [
  ...OPERATIONS.flatMap(({ spelled, unary, binary }) => [...spelled, unary ?? "", ...binary ?? []]),
  ..."(){}[],;:?.`'\"/\\#@=\n\t 0 1 -1 300 1e9 0.1 1n 0x 1_ 08 .5. => ... ?. ?? += ++ NaN Infinity",
  ..."const let return new this null if for while function class yield await import var eval".split(" "),
  ..."a b tmp rad E exp k s flag index(0) index(-1) a(0) a(0,1) Math. __proto__ constructor".split(" "),
  ..."9223372036854775807n 99999999999999999999n 1e400 5e-324 4294967296 \u2028 \u202e \ud800 日 \x1b[2J // /* */"
    .split(" "),
];

/** Brackets and operators that nest. */
const NESTS: readonly string[] = [
  "(",
  "-(",
  "exp(",
  "[",
  "{",
  "a ? ",
  "a => ",
  "!",
  "1 + ",
  "({ a: ",
  "`${",
  "max(1, ",
  "a, ",
];

/** The target. */
export function expressionsTarget(): Promise<OpenTarget> {
  const programs = [1, 2].flatMap((rank) =>
    [true, false].map((functions) => randomPrograms({ rank, functions, depth: 3, outputs: 2 }))
  );
  return Promise.resolve({
    name: "expressions",
    limitMs: 2000,
    makeCase: (random) => expressionCase(random, programs),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function expressionCase(random: Seeded, programs: readonly fc.Arbitrary<RandomProgram>[]): FuzzCase {
  const sample = fc.sample(random.pick(programs), { seed: random.word() | 0, numRuns: 1 })[0];
  const kind = random.int(0, 19), elements = random.word();
  const text = kind < 3
    ? sample.source
    : kind < 15
    ? edited(sample.source, random)
    : kind < 19
    ? Array.from({ length: random.int(1, 12) }, () => random.pick(TOKENS)).join(random.pick(["", " "]))
    : random.pick(NESTS).repeat(random.int(10, 3000)) + random.pick(["", "a", ")".repeat(500)]);
  return {
    about: kind < 3 ? "an expression as it should be" : "nearly an expression",
    material: text,
    run: () => tryText(text, sample, { random: new Seeded(elements), mustBeRight: kind < 3 }),
  };
}

function edited(source: string, random: Seeded): string {
  let text = source;
  for (let left = random.pick([1, 1, 2, 4]); left > 0; left--) {
    const from = random.int(0, text.length), to = Math.min(text.length, from + random.int(0, 5));
    const middle = random.pick([
      random.pick(TOKENS),
      random.pick(TOKENS),
      "",
      text.slice(from, to).repeat(2),
      text.slice(from, from + 20).split("").reverse().join(""),
      String.fromCharCode(random.int(0, random.pick([127, 65_535]))),
    ]);
    text = text.slice(0, from) + middle + text.slice(to);
  }
  return text;
}

interface Trial {
  readonly random: Seeded;
  readonly mustBeRight: boolean;
}

async function tryText(text: string, sample: RandomProgram, trial: Trial): Promise<Outcome> {
  const { inputs, scalars, rank, outputs } = environmentOf(sample);
  let program: Program, names: ReadonlySet<string>;
  try {
    const parsed = await parseKernel(text);
    outputNames(parsed);
    names = trial.mustBeRight ? new Set(Object.keys({ ...inputs, ...scalars })) : new Set(freeNames(parsed));
    program = checkKernel(parsed, {
      inputs: only(inputs, names),
      scalars: only(scalars, names),
      rank,
      outputs,
    });
  } catch (error) {
    if (trial.mustBeRight) throw error;
    return checkExpressionError(error, text);
  }
  // Reads of neighbours need arrays that are large enough, and have tests of their own.
  if (readsOf(program).some(({ offset }) => offset !== undefined)) return "reads neighbours";
  const { random } = trial, shape = rank === 1 ? [random.int(1, 20)] : [random.int(1, 4), random.int(1, 9)];
  const arrays = Object.entries(only(inputs, names)).map(([name, dtype]) => {
    const array = SharedNdArray.zeros(shape, { dtype });
    for (const index of indicesOf(shape)) array.set(...index, randomElement(random, dtype));
    return [name, array] as const;
  });
  const made = program.outputs.map(({ name, dtype }) =>
    [name ?? "out", SharedNdArray.zeros(shape, { dtype })] as const
  );
  if (arrays.length === 0 || made.some(([name]) => names.has(name))) return "checked";
  const given = {
    source: text,
    inputs: Object.fromEntries(arrays),
    scalars: only(sample.scalars, names),
    outputs: Object.fromEntries(made),
    strict: true,
  };
  const outcome = await computed(given, program, random).catch((error) => {
    // A scalar may be used as a dtype that does not hold its value.
    if (trial.mustBeRight) throw error;
    return checkRefusal(error, [ValueError]);
  });
  for (const [, array] of [...arrays, ...made]) array.dispose();
  return outcome;
}

function only<T>(all: Readonly<Record<string, T>>, names: ReadonlySet<string>): Record<string, T> {
  return Object.fromEntries(Object.entries(all).filter(([name]) => names.has(name)));
}

/** Compiles and computes a program on a few elements. */
async function computed(given: KernelCase, program: Program, random: Seeded): Promise<Outcome> {
  const ready = await readyCase(given);
  runTiled(ready.kernel, ready.prepared.shape, random);
  const called = nodesInOrder(program.outputs).flatMap((node) => node.kind === "call" ? [node.name] : []);
  // The last bit of a function differs from the interpreter's.
  if (called.some((name) => FLOAT_FUNCTIONS.has(name))) return "computed";
  const { program: compiled } = ready.prepared;
  const outputs = compiled.outputs.map(({ name }) => given.outputs[name ?? "out"]);
  const [problem] = differencesOf(compiled, outputs, expectedOf(ready, given, random));
  if (problem !== undefined) throw new Error(problem);
  return "equal";
}

function checkExpressionError(error: unknown, text: string): Outcome {
  if (!(error instanceof ExpressionError)) throw error;
  const { message, reason, source, offset } = error, lines = message.split("\n");
  const isPlaced = source === text && offset >= 0 && offset <= text.length && lines.length === 3 &&
    lines[0] === reason && lines[2].trim() === "^";
  if (!isPlaced) throw new Error(`the message is ${JSON.stringify(message)}, at ${offset}`);
  checkLine(reason);
  checkLine(`${lines[1]}|`);
  return "ExpressionError";
}
