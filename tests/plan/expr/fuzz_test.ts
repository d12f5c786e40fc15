import { assert } from "@std/assert";
import { type DType, DTYPE_NAMES } from "../../../src/dtype.ts";
import { ExpressionError } from "../../../src/errors.ts";
import { checkKernel, type Environment } from "../../../src/plan/expr/check.ts";
import { explainProgram } from "../../../src/plan/expr/explain.ts";
import { OPERATIONS } from "../../../src/plan/expr/ops.ts";
import { type ElementValue, interpret } from "../../../src/plan/expr/interpret.ts";
import { freeNames, outputNames, parseKernel } from "../../../src/plan/expr/parse.ts";
import { readsOf } from "../../../src/plan/expr/reachable.ts";
import { Seeded } from "../../seeded.ts";
import { assertInvariants } from "./invariants.ts";
import { EVERYTHING } from "./kernels.ts";
import { elementOf } from "./programs.ts";

const COUNT = 100_000;

const CORPUS = [
  "0.6108 * exp(17.27 * f64 / (f64 + 237.3)) * (1 - f32 / 100)",
  "const es = exp(f32); vpd = es * (1 - u8 / 100); twice = 2 * vpd",
  "(f64, s) => f64 > s ? f64 : s",
  "({ f32: x, i16 }) => { const y = x * 2, z = y + i16; return { z, w: -y }; }",
  "where(b && f32 > 0, i32 & 255, ~i32 << 2) ** 2 % 7",
  "clip(lerp(f16, f32, 0.5), -1, 1) + fma(f64, f64, 1) || 3",
  "index(0) * 100 + index(-1) - n",
  "max(u8, 1, n) + (b + 1) * f16",
  "Math.atan2(f64, 1e-3) + Number.EPSILON + Math.PI - isnan(f32)",
  "int16(u64) ^ i8 >>> 3 | clz32(u16) & imul(i32, 3)",
  "i64 = i64 + 1n; u64 = u64 * 2n ** 10n",
  "!flag === (i8 != 0x7F) ? NaN : -Infinity",
  "f64(0, 0, 1) + f64(0, 0, -1) + f64(0, 1, 0) + f64(0, -1, 0) - 4 * f64(0, 0, 0)",
  "(f32, b) => b(-1, 0, 0) ? f32(0, - -2, +3) : f32",
  "({ f16: abs, u8: z }) => ({ x: abs(0, 0, 1) - z(1, 1, 1), y: z(0, 0, 1) & 3 })",
];

const NAMES = [
  ...Object.keys(EVERYTHING.inputs),
  ...Object.keys(EVERYTHING.scalars),
  "E",
  "1 << 40",
  "Math",
  "x",
  "__proto__",
  "constructor",
];
const TOKENS = [
  ...OPERATIONS.flatMap((
    { spelled, unary, binary },
  ) => [...spelled.map((name) => `${name}(`), unary ?? "", ...binary ?? []]),
  ..."(){}[],;:?.`'\"/\\#@=\n\t",
  ..."const let return => ... ?. ?? += ++ new this null if for while async function class yield await import"
    .split(" "),
  ..."0 1 -1 300 1e9 0.1 4294967296 9223372036854775807n 0x 1_ 1e 5e-324 1e400 08 .5. \u2028 \u202e \u200d \ud800 日 🌧 /*"
    .split(" "),
];

/** A piece of text. */
function piece(random: Seeded): string {
  switch (random.int(0, 9)) {
    case 0:
      return String.fromCharCode(random.int(0, 255));
    case 1:
      return String.fromCharCode(random.int(0, 65535));
    case 2:
    case 3:
    case 4:
      return random.pick(NAMES);
    default:
      return random.pick(TOKENS);
  }
}

function mutated(random: Seeded): string {
  let text = random.pick(CORPUS);
  for (let count = random.int(1, 4); count > 0; count--) {
    const from = random.int(0, text.length), to = Math.min(text.length, from + random.int(0, 6));
    const other = random.pick(CORPUS);
    const middle = random.pick([
      piece(random),
      text.slice(from, to).repeat(2),
      "",
      other.slice(from, to + 9),
    ]);
    text = text.slice(0, from) + middle + text.slice(to);
  }
  return text;
}

/** An expression that is mostly right. */
function grown(random: Seeded, depth: number): string {
  if (depth === 0 || random.oneIn(6)) {
    if (random.oneIn(6)) return `${random.pick(NAMES)}(${random.ints(random.int(1, 4), -2, 2)})`;
    return random.pick([...NAMES.slice(0, 15), "1", "2.5", "true", "200", "n"]);
  }
  const { spelled, unary, binary, least, most } = random.pick(OPERATIONS);
  const args = Array.from({ length: most > 3 ? random.int(1, 3) : least }, () => grown(random, depth - 1));
  if (spelled.length > 0) return `${random.pick(spelled)}(${args})`;
  return unary === undefined ? `(${args.join(` ${random.pick(binary ?? [])} `)})` : `${unary}(${args})`;
}

function nested(random: Seeded): string {
  const open = random.pick([
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
  ]);
  return open.repeat(random.int(10, 2_000)) + random.pick(["", "f64", ")".repeat(500)]);
}

function source(random: Seeded): string {
  const kind = random.int(0, 99);
  if (kind === 0) return random.oneIn(20) ? nested(random) : grown(random, 6);
  if (kind < 45) return mutated(random);
  if (kind < 75) return grown(random, random.int(1, 4));
  return Array.from({ length: random.int(1, 12) }, () => piece(random)).join(random.pick(["", " "]));
}

function environment(random: Seeded): Environment {
  if (!random.oneIn(4)) return EVERYTHING;
  const inputs = Object.fromEntries(
    Object.keys(EVERYTHING.inputs).map((name): [string, DType] => [name, random.pick(DTYPE_NAMES)]),
  );
  return {
    ...EVERYTHING,
    inputs,
    rank: random.int(0, 3),
    outputs: { y: random.pick([...DTYPE_NAMES, undefined]) },
  };
}

function ones(inputs: Readonly<Record<string, DType>>): Record<string, ElementValue> {
  return Object.fromEntries(Object.entries(inputs).map(([name, dtype]) => [name, elementOf(1, dtype)]));
}

Deno.test("100,000 random and mutated texts give a program that keeps the invariants, or an ExpressionError", async () => {
  const random = new Seeded(20_260_801);
  let accepted = 0, reading = 0, slowest = 0;
  for (let i = 0; i < COUNT; i++) {
    const text = source(random), start = performance.now();
    try {
      const parsed = await parseKernel(text);
      freeNames(parsed);
      outputNames(parsed);
      const there = environment(random), program = checkKernel(parsed, there);
      assertInvariants(program);
      explainProgram(program);
      interpret(program)({
        inputs: ones(there.inputs),
        scalars: { s: 0.5, n: 1n, flag: true },
        index: [1, 2, 3],
        readAt: (name) => elementOf(1, there.inputs[name]),
      });
      accepted++;
      if (readsOf(program).some(({ offset }) => offset !== undefined)) reading++;
    } catch (error) {
      assertExpressionError(error, text);
    }
    slowest = Math.max(slowest, performance.now() - start);
  }
  assert(accepted > COUNT / 10, `only ${accepted} were accepted`);
  assert(reading > COUNT / 200, `only ${reading} read at another place`);
  assert(slowest < 2_000, `one took ${slowest} ms`);
});

function assertExpressionError(error: unknown, text: string): void {
  const shown = JSON.stringify(text.slice(0, 300));
  if (!(error instanceof ExpressionError)) throw new Error(`${shown} gives ${error}`, { cause: error });
  const { message, reason, source, offset } = error;
  const lines = message.split("\n");
  const isRight = source === text && offset >= 0 && offset <= text.length && lines.length === 3 &&
    lines[0] === reason && reason.length > 10 && reason.length < 400 && message.isWellFormed() &&
    lines[2].trim() === "^";
  // No sentence of the parser's own, and nothing that would be shown as something else.
  const isOurs = !(error.cause instanceof Error) ||
    letters(error.cause.message.replace(/ \(\d+:\d+\)$/, "")) !== letters(reason);
  const isShown = !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(lines.join(""));
  assert(isRight && isOurs && isShown, `${shown} gives ${JSON.stringify(message)} at ${offset}`);
}

function letters(text: string): string {
  return text.replace(/["']/g, "");
}
