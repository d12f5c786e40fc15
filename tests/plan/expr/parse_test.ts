import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { freeNames, outputNames, parseKernel } from "../../../src/plan/expr/parse.ts";
import { checked, refusal, shown } from "./kernels.ts";

const number = (...args: number[]): number => args[0];

Deno.test("a string is an expression, or assignments with consts before them", async () => {
  assertEquals(await shown("f64 + f32"), "float64: f64 + float64(f32)");
  assertEquals(
    await shown("const es = 0.6108 * exp(f64); vpd = es * (1 - f32 / 100); twice = 2 * vpd"),
    [
      "t1: float64: 0.6108 * exp(f64) * float64(1 - f32 / 100)",
      "vpd: float64: t1",
      "twice: float64: 2 * t1",
    ].join("\n"),
  );
  assertEquals(await shown("a = f64 + 1\nb = f64 - 1;;\n"), "a: float64: f64 + 1\nb: float64: f64 - 1");
  assertEquals(await shown("const x = f64 + 1, y = x * 2; y / x").then((text) => text.split("\n").length), 2);
  assertEquals(await shown("  // a comment\n f64 /* another */ + 1 ;"), "float64: f64 + 1");
});

Deno.test("an assignment may be to an input, and later statements see the new value", async () => {
  const text = await shown("f64 = f64 + 1; twice = f64 * 2");
  assertEquals(text, "t1: float64: f64 + 1\nf64: float64: t1\ntwice: float64: t1 * 2");
  assertEquals((await checked("f64 = f64 + 1")).inputs.map(({ name }) => name), ["f64"]);
});

Deno.test("a function is read and not called: arrows, function expressions, blocks, objects of outputs", async () => {
  const expected = "float64: f64 * 2 + s";
  const refuse = (): never => {
    throw new Error("called");
  };
  assertEquals(await shown((f64: number, s: number) => f64 * 2 + s), expected);
  assertEquals(await shown("(f64, s) => f64 * 2 + s"), expected);
  assertEquals(
    await shown(function (f64: number, s: number): number {
      return f64 * 2 + s;
    }),
    expected,
  );
  assertEquals(
    await shown(({ f64, s: scale }: { f64: number; s: number }) => {
      const twice = f64 * 2, moved = twice + scale;
      return moved;
    }),
    expected,
  );
  assertEquals(
    await shown((f64: number) => ({ f64, more: Math.abs(f64) })),
    "f64: float64: f64\nmore: float64: abs(f64)",
  );
  assertEquals(
    await shown((f64: number) => {
      const a = f64 + 1;
      return { a, "b": -a };
    }),
    "t1: float64: f64 + 1\na: float64: t1\nb: float64: -t1",
  );
  assertEquals(
    await shown((f64: number) => f64 > 0 ? f64 : (number(f64), 0)).catch((e) => e.name),
    "ExpressionError",
  );
  assertEquals(
    (await refusal(refuse)).reason,
    "An expression cannot throw: write NaN where there is no value",
  );
});

Deno.test("the outputs of one function do not see each other", async () => {
  assertEquals(
    await shown("({ f64 }) => ({ f64: f64 + 1, b: f64 })"),
    "f64: float64: f64 + 1\nb: float64: f64",
  );
});

Deno.test("names from outside come in the order of their first use, without constants; parameters in theirs", async () => {
  const names = async (source: string) => freeNames(await parseKernel(source));
  assertEquals(await names("rad + tmp * rad - PI"), ["rad", "tmp"]);
  assertEquals(await names("const k = a; b = k + c; d = b + toString"), ["a", "c", "toString"]);
  assertEquals(await names("a = a + 1; b = a"), ["a"]);
  assertEquals(await names("exp(exp) + Infinity"), ["exp"]);
  assertEquals(await names("(b, a) => a"), ["b", "a"]);
  assertEquals(await names("({ b: x, a, ...{} }) => a").catch((error) => error.name), "ExpressionError");
  assertEquals(await names("({ b: x, a }) => a + x"), ["b", "a"]);
  assertEquals(await names("1 + 2"), []);
});

Deno.test("outputs have names, or there is one without", async () => {
  const names = async (source: string) => outputNames(await parseKernel(source));
  assertEquals(await names("a + b"), null);
  assertEquals(await names("(a) => a"), null);
  assertEquals(await names("x = a; y = b"), ["x", "y"]);
  assertEquals(await names("(a) => ({ y: a, x: a })"), ["y", "x"]);
});

Deno.test("a name may be that of a function, a constant or a property of every object", async () => {
  assertEquals(
    await shown("E + exp(exp) + toString", {
      inputs: Object.fromEntries(["E", "exp", "toString"].map((name) => [name, "float64"])),
    }),
    "float64: E + exp(exp) + toString",
  );
  assertEquals(await shown("(E) => E * Math.PI", { inputs: { E: "float64" } }), `float64: E * ${Math.PI}`);
  assertEquals(await shown("const PI = 3; PI * f64"), "float64: 3 * f64");
  assertEquals((await refusal("constructor + f64")).reason.startsWith('Unknown name "constructor"'), true);
  assertEquals(
    await shown("été + 温度", { inputs: { été: "float64", 温度: "float64" } }),
    "float64: été + 温度",
  );
});

Deno.test("the same text is parsed once, while it is kept; a string and a function are two kernels", async () => {
  const source = "(f64) => f64 + 0.125";
  assertStrictEquals(await parseKernel(source), await parseKernel(source));
  const first = await parseKernel(source);
  for (let i = 0; i < 300; i++) await parseKernel(`f64 + ${i}`);
  assert(await parseKernel(source) !== first);
  const expression = function (f64: number): number {
    return f64 + 0.375;
  };
  await parseKernel(expression);
  assertEquals((await refusal(String(expression))).name, "ExpressionError");
});

Deno.test("integers are written as in JavaScript", async () => {
  const inputs = { a: "int64" } as const;
  const literals = ["0x1F", "0b101", "0o17", "1_000", "7n", "9223372036854775807", "9223372036854775807n"];
  const values = ["31", "5", "15", "1000", "7", "9223372036854775807", "9223372036854775807"];
  for (const [i, literal] of literals.entries()) {
    assertEquals(await shown(`a + ${literal}`, { inputs }), `int64: a + ${values[i]}`, literal);
  }
  for (const literal of ["1.0", "1e3", ".5", "5.", "1E0", "100000000000000000000"]) {
    assertEquals((await checked(`a + ${literal}`, { inputs })).outputs[0].dtype, "float64", literal);
  }
});
