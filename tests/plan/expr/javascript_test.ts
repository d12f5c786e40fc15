import { assert, assertEquals } from "@std/assert";
import { interpret } from "../../../src/plan/expr/interpret.ts";
import type { Program } from "../../../src/plan/expr/program.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";
import { checked } from "./kernels.ts";
import { elementOf, type Plain, readFixture } from "./programs.ts";

const NAMES = ["a", "b", "c"];
const FLOATS = { inputs: { a: "float64", b: "float64", c: "float64" }, scalars: {} } as const;
const INT32S = { inputs: { a: "int32", b: "int32", c: "int32" }, scalars: {} } as const;

const UNARY = [
  "exp",
  "log",
  "sqrt",
  "cbrt",
  "sin",
  "atan",
  "abs",
  "sign",
  "floor",
  "ceil",
  "trunc",
  "round",
];
const BINARY = ["min", "max", "atan2", "hypot", "pow"];

/** The text of a number, in JavaScript and ours. */
function numberText(random: Seeded, depth: number): string {
  if (depth === 0) {
    return random.pick([
      ...NAMES,
      ...NAMES,
      "0",
      "1",
      "2.5",
      "1e300",
      "-1",
      "0x10",
      "NaN",
      "Infinity",
      "Math.PI",
    ]);
  }
  const number = () => numberText(random, depth - 1);
  const condition = () => conditionText(random, depth - 1);
  switch (random.int(0, 7)) {
    case 0:
      return `(${random.pick(["-", "+"])}(${number()}))`;
    case 1:
      return `Math.${random.pick(UNARY)}(${number()})`;
    case 2:
      return `Math.${random.pick(BINARY)}(${number()}, ${number()})`;
    case 3:
      return `(${condition()} ? ${number()} : ${number()})`;
    case 4:
      return `(${number()} ${random.pick(["&&", "||"])} ${number()})`;
    case 5:
      return `((${condition()}) * ${number()})`;
    default:
      return `((${number()}) ${random.pick(["+", "-", "*", "/", "%", "**"])} (${number()}))`;
  }
}

/** The text of a condition. */
function conditionText(random: Seeded, depth: number): string {
  if (depth === 0) {
    return random.pick(["true", "false", "a > b", "b <= c", "a === c", "c != 0", "Number.isNaN(a)"]);
  }
  const condition = () => conditionText(random, depth - 1);
  switch (random.int(0, 3)) {
    case 0:
      return `!${random.oneIn(2) ? numberText(random, 0) : `(${condition()})`}`;
    case 1:
      return `(${condition()} ${random.pick(["&&", "||"])} ${condition()})`;
    default:
      return `(${numberText(random, depth - 1)} ${random.pick(["<", "<=", ">", ">=", "==", "!=="])} ${
        numberText(random, depth - 1)
      })`;
  }
}

const ODD = [0, -0, 1, -1, 0.5, NaN, Infinity, -Infinity, 1e-310, 2 ** 53, -2.5];

function run(program: Program, values: readonly number[]): number {
  const inputs = Object.fromEntries(NAMES.map((name, i) => [name, values[i]]));
  return Number(interpret(program)({ inputs, scalars: {}, index: [0] })[0]);
}

Deno.test("a random expression of float64 is what JavaScript makes of its text, bit for bit", async () => {
  const cases: [text: string, values: number[][]][] = [];
  forEachSeed(4_000, (random) => {
    const values = Array.from(
      { length: 4 },
      () => NAMES.map(() => random.oneIn(3) ? random.pick(ODD) : random.int(-99, 99) / 8),
    );
    cases.push([numberText(random, random.int(1, 4)), values]);
  });
  for (const [text, values] of cases) {
    const program = await checked(text, FLOATS);
    const meant: (...values: number[]) => number = new Function(...NAMES, `return ${text}`) as typeof meant;
    for (const list of values) assertEquals(run(program, list), Number(meant(...list)), `${text} of ${list}`);
  }
});

/** The text of an int32, with `|0` where JavaScript would leave 32 bits. */
function integerText(random: Seeded, depth: number): string {
  if (depth === 0) return random.pick([...NAMES, ...NAMES, "1", "7", "-3", "2147483647"]);
  const integer = () => integerText(random, depth - 1);
  switch (random.int(0, 4)) {
    case 0:
      return `(~${integer()})`;
    case 1:
      return `imul(${integer()}, ${integer()})`;
    case 2:
      return `((${integer()} ${random.pick(["+", "-"])} ${integer()}) | 0)`;
    default:
      return `(${integer()} ${random.pick(["&", "|", "^", "<<", ">>"])} ${integer()})`;
  }
}

Deno.test("a random expression of int32 is what JavaScript makes of its text", async () => {
  const cases: [text: string, values: number[]][] = [];
  forEachSeed(2_000, (random) => {
    const values = NAMES.map(() =>
      random.oneIn(3) ? random.pick([0, -1, 2 ** 31 - 1, -(2 ** 31)]) : random.word() | 0
    );
    // A sum of numbers of the text alone may be more than 32 bits.
    cases.push([
      `(a & ${integerText(random, random.int(1, 4))})`.replaceAll("2147483647 + ", "a + "),
      values,
    ]);
  });
  let compared = 0;
  for (const [text, values] of cases) {
    const program = await checked(text, INT32S).catch(() => null);
    if (program === null) continue;
    const meant: (...values: unknown[]) => number = new Function(
      ...NAMES,
      "imul",
      `return ${text}`,
    ) as typeof meant;
    assertEquals(run(program, values), meant(...values, Math.imul), `${text} of ${values}`);
    compared++;
  }
  assert(compared > 1_800, `${compared} cases were compared`);
});

Deno.test("an arrow function means what calling it gives", async () => {
  const kernels: ((a: number, b: number, c: number) => number)[] = [
    (a, b, c) => 0.6108 * Math.exp(17.27 * a / (a + 237.3)) * (1 - b / 100) + c,
    (a, b, c) => a > b ? a - b : (b > c ? c : Math.hypot(a, b)),
    (a, b, c) => {
      const mean = (a + b + c) / 3, spread = Math.max(a, b, c) - Math.min(a, b, c);
      const scaled = spread / mean;
      return scaled || mean;
    },
    (a, b, c) => Math.atan2(a, b) * 180 / Math.PI + Math.log1p(Math.abs(c)),
    (a, b, c) => a ** 2 % 7 - (-b) ** 3 + Number(c > 0) * Number.EPSILON,
  ];
  for (const [place, kernel] of kernels.entries()) {
    const program = await checked(kernel, FLOATS);
    forEachSeed(100, (random) => {
      const [a, b, c] = NAMES.map(() => random.oneIn(4) ? random.pick(ODD) : random.int(-99, 99) / 8);
      assertEquals(run(program, [a, b, c]), kernel(a, b, c), `kernel ${place} of ${[a, b, c]}`);
    });
  }
});

interface Golden {
  readonly expr: string;
  readonly inputs: Readonly<Record<"a" | "b" | "c", readonly Plain[]>>;
  readonly expect: readonly Plain[];
}

Deno.test("expressions give what NumPy gives, up to the last bits of functions", async () => {
  const cases = await readFixture<Golden[]>("expressions.json");
  assertEquals(cases.length, 80);
  const list = (plain: readonly Plain[]) => plain.map((item) => Number(elementOf(item, "float64")));
  for (const { expr, inputs, expect } of cases) {
    const program = await checked(expr, FLOATS);
    const { a, b, c } = inputs;
    for (const [i, wanted] of list(expect).entries()) {
      const values = [a, b, c].map((items) => list(items)[i]), found = run(program, values);
      // Where terms nearly cancel, a last bit of a term is several of the result.
      const allowed = 4 * Number.EPSILON * Math.max(1, Math.abs(wanted));
      const isNear = Object.is(found, wanted) || Math.abs(found - wanted) <= allowed;
      assert(isNear, `${expr} of ${values} is ${found}, expected ${wanted}`);
    }
  }
});
