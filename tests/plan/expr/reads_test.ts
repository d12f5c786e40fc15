import { assertEquals, assertThrows } from "@std/assert";
import { DTypeError, ValueError } from "../../../src/errors.ts";
import type { Cell } from "../../../src/expr.ts";
import type { Environment } from "../../../src/plan/expr/check.ts";
import { explainProgram } from "../../../src/plan/expr/explain.ts";
import { type ElementValue, interpretElement } from "../../../src/plan/expr/interpret.ts";
import { freeNames, type KernelSource, parseKernel } from "../../../src/plan/expr/parse.ts";
import { reachOf, readsOf } from "../../../src/plan/expr/reachable.ts";
import { forEachSeed, type Seeded } from "../../seeded.ts";
import { assertInvariants } from "./invariants.ts";
import { checked, dtypeOf, EVERYTHING, refusal, shown } from "./kernels.ts";
import { environment } from "./programs.ts";

const GRID: Environment = {
  inputs: { z: "float64", b: "float32", abs: "float64", E: "int16" },
  scalars: { k: "number", n: "bigint" },
  rank: 2,
};

const reads = async (source: KernelSource, there: Partial<Environment> = GRID) =>
  readsOf(await checked(source, there)).map(({ name, offset }) => [name, ...offset ?? []]);

Deno.test("an input that is called is read at another place, in functions and in text", async () => {
  const expected = "float64: z(0, 1) + z(0, -1) + z(1, 0) + z(-1, 0) - 4 * z";
  const laplacian = (z: Cell): number => z(0, 1) + z(0, -1) + z(1, 0) + z(-1, 0) - 4 * z(0, 0);
  assertEquals(await shown(laplacian, GRID), expected);
  assertEquals(await shown("z(0, 1) + z(0, -1) + z(1, 0) + z(-1, 0) - 4 * z(0, 0)", GRID), expected);
  const mean = "float64: 0.25 * (z(0, 1) + z(0, -1)) + float64(b)";
  assertEquals(await shown("0.25 * (z(0,1) + z(0,-1)) + b", GRID), mean);
  assertEquals(await shown("({ z: q, b }) => 0.25 * (q(0, 1) + q(0, -1)) + b", GRID), mean);
  assertEquals(
    await shown(({ z, b: other }: { z: Cell; b: number }) => {
      const right = z(0, 1), both = right + z(0, -1);
      return 0.25 * both + other;
    }, GRID),
    mean,
  );
  assertEquals(await shown("x = z(0, 1); y = x - z", GRID), "x: float64: z(0, 1)\ny: float64: z(0, 1) - z");
  assertEquals(await shown("z = z(0, 1) - z", GRID), "z: float64: z(0, 1) - z");
});

Deno.test("offsets are integers that stand in the text, with any number of signs", async () => {
  const written = {
    "-1": -1,
    "+1": 1,
    "- -1": 1,
    "-(+(-2))": 2,
    "0x1F": 31,
    "1_000": 1000,
    "-0": 0,
    "(3)": 3,
  };
  for (const [text, value] of Object.entries(written)) {
    assertEquals(await reads(`z(5, ${text})`), [["z", 5, value]], text);
  }
  assertEquals(await reads("z(1073741824, -1073741824)"), [["z", 2 ** 30, -(2 ** 30)]]);
  const signs = Array(200).fill("-").join(" ");
  assertEquals(await reads(`z(${signs} 7, 0)`), [["z", 7, 0]]);
  const [node] = (await checked("z(-0, 1)", GRID)).outputs.map(({ value }) => value);
  assertEquals(node, { kind: "input", dtype: "float64", name: "z", offset: [0, 1] });
});

Deno.test("offsets of zeros are the input itself, equal reads are one node, others are not", async () => {
  assertEquals(await reads("z(0, 0) + z + z(-0, +0)"), [["z"]]);
  assertEquals(await reads("z(0, 1) * z(0, 1) + z(0, - -1)"), [["z", 0, 1]]);
  const program = await checked("b(1, 0) + z(0, 1) + b + z(1, 0) + b(0, 11) + b(0, 1)", GRID);
  assertInvariants(program);
  assertEquals(program.inputs, [
    { kind: "input", dtype: "float32", name: "b" },
    { kind: "input", dtype: "float64", name: "z" },
  ]);
  assertEquals(reachOf(readsOf(program), 2), [{ before: 0, after: 1 }, { before: 0, after: 11 }]);
  assertEquals(await reads("z(1)", { ...GRID, rank: 1 }), [["z", 1]]);
  assertEquals(await reads("z(0, 0, 0, -1)", { ...GRID, rank: 4 }), [["z", 0, 0, 0, -1]]);
});

Deno.test("a read has the dtype of its input, and stays what it is beside literals and index", async () => {
  for (const [name, dtype] of Object.entries(EVERYTHING.inputs)) {
    const program = await checked(`${name}(0, -1, 2)`);
    assertInvariants(program);
    assertEquals(program.outputs[0].dtype, dtype);
    assertEquals(await dtypeOf(`${name}(0, -1, 2)`, { outputs: { x: dtype } }), dtype);
  }
  assertEquals(await dtypeOf("u8(0, 0, 1) + 1"), "uint8");
  assertEquals(await dtypeOf("f32(0, 0, 1) * 0.1 - n"), "float32");
  assertEquals(await shown("f16(0, 0, 1) + f16"), "float16: float16(float32(f16(0, 0, 1)) + float32(f16))");
  assertEquals(await shown("index(-1) - i64(0, 0, 1)"), "int64: index(2) - i64(0, 0, 1)");
  const { reason, offset } = await refusal("u8(0, 0, 1) + 300");
  assertEquals(
    [reason, offset],
    ["300 does not fit uint8 (0 to 255): cast what it meets first, int16(u8(0, 0, 1))", 14],
  );
});

Deno.test("a name that is a function stays one in text; in functions a parameter hides it", async () => {
  assertEquals(await shown("abs(1) * z", GRID), "float64: 1 * z");
  assertEquals(await shown("(abs) => abs(0, 1) - abs", GRID), "float64: abs(0, 1) - abs");
  assertEquals(
    await shown("({ z: exp }) => exp(1) + Math.exp(exp)", { ...GRID, rank: 1 }),
    "float64: z(1) + exp(z)",
  );
  assertEquals(await shown("(z) => exp(z(0, 1))", GRID), "float64: exp(z(0, 1))");
  // An input hides a constant, also where it is called.
  assertEquals(await shown("E(0, 1) + E", GRID), "int16: E(0, 1) + E");
  const hidden = await refusal("(abs) => 1 + abs(abs(0, 1))", GRID);
  assertEquals([hidden.reason, hidden.offset], ['"abs" is a number here, not a function', 13]);
});

/** Asserts that texts with `‸` before the place of the error are refused with a sentence. */
async function assertRefused(cases: readonly (readonly [string, string])[], there = GRID): Promise<void> {
  for (const [marked, expected] of cases) {
    const { reason, offset } = await refusal(marked.replace("‸", ""), there);
    assertEquals([reason, offset], [expected, marked.indexOf("‸")], marked);
  }
}

const notOffset = (text: string, example = "z(0, -1)"): string =>
  `An offset must be an integer that stands in the text, such as ${example}, not ${text}`;
const tooFar = (text: string): string =>
  `An offset must lie between -1073741824 and 1073741824, but got ${text}`;

Deno.test("offsets that are not integers of the text are refused where they stand", async () => {
  for (const around of ["#", "(z, b, k) => #", "({ z, k, b }) => { const x = #; return x }"]) {
    const texts = [
      "k",
      "z",
      "0.5",
      "1.0",
      "1e3",
      "NaN",
      "Infinity",
      "true",
      "1 + 1",
      "~1",
      "!0",
      "2 ** 1",
      "1n",
      "-k",
    ];
    await assertRefused(
      texts.map((text) => [around.replace("#", `z(0, ‸${text}) + b`), notOffset(text)] as const),
    );
  }
  await assertRefused([
    ["z(‸x, 0)", notOffset("x")],
    ["z(‸abs(1), 0)", notOffset("abs(1)")],
    ["z(‸z(0, 1), z(k, 0))", notOffset("z(0, 1)")],
    ["z(‸-(1 + 1), 0)", notOffset("-(1 + 1)")],
    ["(z) => z(‸index(0), 0)", notOffset("index(0)")],
    ["({ z: q }) => q(0, ‸0.5)", notOffset("0.5", "q(0, -1)")],
    ["z(0, ‸1073741825)", tooFar("1073741825")],
    ["z(0, ‸-1073741825)", tooFar("-1073741825")],
    ["z(0, ‸0xffffffffffffffffffffffff)", tooFar("0xffffffffffffffffffffffff")],
    ["z(0, ‸...b)", "An expression has no spread: write the arguments one by one"],
    ["z(‸[0, 1])", "An expression has no lists: give each value a name of its own"],
  ]);
  await assertRefused([["z(‸k)", notOffset("k", "z(-1)")]], { ...GRID, rank: 1 });
  await assertRefused([["z(0, ‸k, 0)", notOffset("k", "z(0, 0, -1)")]], { ...GRID, rank: 3 });
});

Deno.test("there is one offset an axis", async () => {
  const wrong = (got: number): string =>
    `The arrays have 2 axes, so z takes 2 offsets, z(0, 0), but got ${got}`;
  await assertRefused([
    ["b + ‸z(1)", wrong(1)],
    ["b + ‸z()", wrong(0)],
    ["(z) => ‸z()", wrong(0)],
    ["‸z(1, 2, 3)", wrong(3)],
    ["(abs) => ‸abs()", wrong(0).replaceAll("z", "abs")],
    [
      "({ b: log }) => ‸log(1)",
      "The arrays have 2 axes, so log takes 2 offsets, log(0, 0), but got 1",
    ],
  ]);
  await assertRefused([["‸z(0, 1)", "The arrays have 1 axis, so z takes 1 offset, z(0), but got 2"]], {
    ...GRID,
    rank: 1,
  });
  for (const text of ["‸z()", "‸z(0)", "‸z(1, 1)"]) {
    await assertRefused([[text, "The arrays have no axes and one element: write z"]], { ...GRID, rank: 0 });
  }
});

Deno.test("what is no input is not read at another place", async () => {
  const only = (name: string, what: string): string =>
    `Only inputs can be read at another place: "${name}" is ${what}`;
  await assertRefused([
    ["‸k(0, 1)", only("k", "a scalar")],
    ["z + ‸n(1)", only("n", "a scalar")],
    ["(z, k) => ‸k(0, 1) + z", only("k", "a scalar")],
    ["({ k: scale }) => ‸scale(0, 1)", only("scale", "a scalar")],
    ["const d = z - b; ‸d(0, 1)", only("d", "a const, so read its inputs there")],
    ["x = ‸d(0, 1); const d = z", only("d", "a const, so read its inputs there")],
    ["(z) => { const d = z(0, 1); return ‸d(0, 1) }", only("d", "a const, so read its inputs there")],
    ["x = z(0, 1); y = ‸x(0, 1)", only("x", "an output, so read its inputs there")],
    ["z = z + 1; y = ‸z(0, 1)", only("z", "an output, so read its inputs there")],
    ["‸PI(1)", '"PI" is a number and cannot be called'],
    ["‸Infinity(0, 1)", '"Infinity" is a number and cannot be called'],
    ["(z) => ‸PI(1)", '"PI" is a number and cannot be called'],
    ["‸2(z)", '"2" is a number and cannot be called: a product is written with *'],
    ["z * ‸.5(0, 1)", '".5" is a number and cannot be called: a product is written with *'],
    ["‸3n(0, 1)", '"3n" is a number and cannot be called: a product is written with *'],
    ["‸true(0, 1)", "Only functions that have a name can be called"],
    ["(‸z + b)(0, 1)", "Only functions that have a name can be called"],
    ["‸z(0, 1)(0, 1)", "Only functions that have a name can be called"],
    ["‸z?.(0, 1)", "An expression has no optional chaining: every input has a value"],
    ["‸new z(0, 1)", "An expression cannot make objects with new"],
  ]);
});

Deno.test("a call of what there is not is told as a function or as an input, whichever is nearer", async () => {
  const there: Environment = { inputs: { tmp: "float64", rad: "float64" }, scalars: {}, rank: 2 };
  await assertRefused([
    ["‸sqr(tmp)", 'Unknown function "sqr": did you mean "sqrt"?'],
    ["‸sqr(4)", 'Unknown function "sqr": did you mean "sqrt"?'],
    ["1 + ‸tpm(0, 1)", 'Unknown name "tpm": did you mean "tmp"?'],
    ["1 + ‸tpm(rad)", 'Unknown function "tpm": did you mean "tmp"?'],
    ["(tmp) => ‸tpm(0, 1)", 'Unknown function "tpm": did you mean "tmp"?'],
    ["‸foo(0, 1)", 'Unknown name "foo": there are tmp, rad'],
    ["‸foo(tmp)", 'Unknown function "foo"'],
    ["‸foo()", 'Unknown function "foo"'],
    ["(tmp) => ‸foo(0, 1)", 'Unknown function "foo"'],
    ["‸toString(0, 1)", 'Unknown name "toString": there are tmp, rad'],
    // The outermost and first is told, before anything that is within.
    ["‸foo(bar(x), tmp(x))", 'Unknown function "foo"'],
    ["y + ‸foo(tmp) + tmp(1)", 'Unknown function "foo"'],
  ], there);
});

Deno.test("names from outside are those that are called too, unless they seem to be functions", async () => {
  const names = async (source: string) => freeNames(await parseKernel(source));
  assertEquals(await names("z(0, 1) + b + z"), ["z", "b"]);
  assertEquals(await names("b - z(-1)"), ["b", "z"]);
  assertEquals(await names("sqr(tmp)"), ["tmp"]);
  assertEquals(await names("sqr(tmp) + sqr"), ["tmp", "sqr"]);
  assertEquals(await names("({ z: q, b }) => q(0, 1)"), ["z", "b"]);
  assertEquals(await names("exp(z(0, 1))"), ["z"]);
});

Deno.test("a program with reads is explained: an input once, reads as they are written", async () => {
  const program = await checked("const d = z(0, 1) - z(0, -1); dx = d / 2; up = exp(d) * z(-1, 0) + k", GRID);
  assertEquals(
    explainProgram(program),
    [
      "z: float64, an input",
      "k: number, a scalar used as float64",
      "t1: float64 = z(0, 1) - z(0, -1)",
      "dx: float64 = t1 / 2",
      "up: float64 = exp(t1) * z(-1, 0) + k",
    ].join("\n"),
  );
  assertEquals(
    await shown("(-z(0, 1)) ** 2", GRID),
    "float64: (-z(0, 1)) ** 2",
  );
  // A read is short enough to stand wherever it is used.
  assertEquals(await shown("z(0, 1) * z(0, 1)", GRID), "float64: z(0, 1) * z(0, 1)");
});

Deno.test("the interpreter asks for elements at other places", async () => {
  const z = [[1, 2, 3], [4, 5, 6], [7, 8, 9]];
  const program = await checked("(z) => z(0, 1) + 10 * z(-1, 0) + 100 * z + index(0)", GRID);
  const readAt = (name: string, [i, j]: readonly number[]): ElementValue => {
    assertEquals(name, "z");
    return z[1 + i][1 + j];
  };
  const at = environment({ inputs: { z: 5 }, index: [1, 1], readAt });
  assertEquals(interpretElement(program, at), [6 + 20 + 500 + 1]);
  // An input that is read only elsewhere is not needed at hand.
  const right = await checked("z(0, 1)", GRID);
  assertEquals(interpretElement(right, environment({ readAt })), [6]);
  assertThrows(
    () => interpretElement(right, environment({ inputs: { z: 5 } })),
    ValueError,
    "The program reads z(0, 1), and readAt, which tells its value, is missing",
  );
  const wrong = () => interpretElement(right, environment({ readAt: () => 5n }));
  assertThrows(wrong, DTypeError, "The input z is of float64: 5n is no element of that dtype");
});

/** A sum of reads as text, and as a function of the array around an element. */
function randomStencil(random: Seeded): { readonly text: string; readonly mean: (z: number[][]) => number } {
  const terms = Array.from({ length: random.int(1, 8) }, () => ({
    factor: random.int(-5, 5),
    offset: random.ints(2, -2, 2),
  }));
  return {
    text: terms.map(({ factor, offset }) => `${factor} * z(${offset.join(", ")})`).join(" + "),
    mean: (z) => terms.reduce((sum, { factor, offset: [i, j] }) => sum + factor * z[2 + i][2 + j], 0),
  };
}

Deno.test("random stencils have the value of the sum that they say", async () => {
  const cases: { text: string; expected: number; z: number[][] }[] = [];
  forEachSeed(100, (random) => {
    const { text, mean } = randomStencil(random);
    const z = Array.from({ length: 5 }, () => random.ints(5, -100, 100));
    cases.push({ text, z, expected: mean(z) });
  });
  for (const { text, z, expected } of cases) {
    for (const source of [text, `(z) => ${text}`]) {
      const program = await checked(source, GRID);
      assertInvariants(program);
      const readAt = (_: string, [i, j]: readonly number[]) => z[2 + i][2 + j];
      assertEquals(
        interpretElement(program, environment({ inputs: { z: z[2][2] }, readAt })),
        [expected + 0],
        text,
      );
    }
  }
});
