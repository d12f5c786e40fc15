import { assert, assertEquals } from "@std/assert";
import { checkKernel } from "../../../src/plan/expr/check.ts";
import { parseKernel } from "../../../src/plan/expr/parse.ts";
import { MAX_DEPTH } from "../../../src/plan/expr/limits.ts";
import { checked, EVERYTHING, refusal, shown } from "./kernels.ts";

/** A text with `^` before the place that the error has to show, and the error's sentence. */
type Case = readonly [marked: string, reason: string];

async function assertRefused(cases: readonly Case[]): Promise<void> {
  for (const [marked, expected] of cases) {
    const place = marked.indexOf("‸");
    const { reason, offset } = await refusal(marked.replace("‸", ""));
    assertEquals([reason, offset], [expected, place], marked);
  }
}

const LOOP = "An expression is computed for every element and has no loops";
const IMPORT = "An expression cannot import or export anything";
const NO_NUMBER = "is not a number: numbers are written as 12, 0.5, 1e-3, 0xff, 1_000 or 3n";
const BACKSLASH = "An expression has no backslashes: there is no text, and names are written as they are";
const INNER = "A function within an expression is not possible: write its body in its place";

Deno.test("what is no JavaScript is refused where it stops making sense", async () => {
  await assertRefused([
    ["‸", "The expression is empty"],
    ["; ;‸", "The expression is empty"],
    ["// nothing‸", "The expression is empty"],
    ["f64 +‸", "The expression ends too early"],
    ["(f64‸", "The expression ends too early"],
    ["f64 ? 1‸", "The expression ends too early"],
    ["f64 ‸)", 'Unexpected ")"'],
    ["f64 + ‸* 2", 'Unexpected "*"'],
    ["f64 ‸f32", 'Unexpected "f32"'],
    ["2 ‸3", 'Unexpected "3"'],
    ["-f64 ‸** 2", 'Unexpected "**": write -(a ** b) or (-a) ** b'],
    ["(a‸: number) => a", 'Unexpected ":": types are not part of an expression'],
    ["f64 ‸as number", 'Unexpected "as": types are not part of an expression'],
    ["f64 + ‸@", 'Unexpected "@"'],
    ["f64 + ‸°", 'Unexpected "°"'],
    ["f64 + ‸\ud800", "Unexpected character U+D800"],
    ["f64 + ‸\u202ef32", "Unexpected character U+202E"],
    ["f64 + ‸\u0000", "Unexpected character U+0000"],
    ["f64 ‸\u3164", "Unexpected character U+3164"],
    ["‸f64 + 1 = f32", "An assignment needs a name on its left: name = expression"],
    ["‸yield * 2", '"yield" is a word of JavaScript and cannot be a name'],
    ["const a = 1; const ‸a = 2; a", '"a" is declared twice: choose another name'],
    ["(f64) => { const ‸f64 = 2; return f64 }", '"f64" is declared twice: choose another name'],
    ["(f64, ‸f64) => f64", '"f64" is declared twice: choose another name'],
    [
      "const stack = 1; const ‸stack = 2; stack",
      '"stack" is declared twice: choose another name',
    ],
    ["‸010 + f64", '"010" starts with 0: write "10", or "0o10" for octal digits'],
    ["‸0777", '"0777" starts with 0: write "777", or "0o777" for octal digits'],
    ["‸089", `"089" ${NO_NUMBER}`],
    ["f64 + 3‸px", `"3px" ${NO_NUMBER}`],
    ["0x‸g", `"0xg" ${NO_NUMBER}`],
    ["1_‸_0", `"1__0" ${NO_NUMBER}`],
    ["‸'abc", "An expression has no text: its values are numbers"],
    ["f64 + '\\x‸1'", BACKSLASH],
    ["\\‸x + f64", BACKSLASH],
    ["`‸abc", "An expression has no text, so it has no template strings"],
    ["/‸abc", "An expression has no regular expressions: a division needs a value on its left"],
    ["f64 + ‸/* abc", "The comment that starts here has no end: write */ behind it"],
    ["‸return f64", "A return can only be the last statement of a function"],
    ["‸delete f64", "An expression has no delete: its values are numbers"],
    ["‸with (f64) {}", "An expression has no with: its values are numbers, and have no members"],
    ["‸eval = f64", '"eval" is a word of JavaScript and cannot be a name'],
    ["‸arguments = f64", '"arguments" is a word of JavaScript and cannot be a name'],
    ["const ‸await = f64", '"await" is a word of JavaScript and cannot be a name'],
    ["let ‸let = f64", '"let" is a word of JavaScript and cannot be a name'],
    ["‸break", LOOP],
    ["throw‸\nf64", "An expression cannot throw: write NaN where there is no value"],
    ["‸try {}", "An expression has no try: nothing in it can throw"],
    ["class A { constructor() {} ‸constructor() {} }", "An expression has no classes"],
    ["‸new.target", "An expression cannot make objects with new"],
    ["import.‸x", IMPORT],
    ["f64 ?? f32 ‸|| 1", "An expression has no ??, since every input has a value: write isnan(a) ? b : a"],
    ["‸f64?.x = 1", "An expression has no optional chaining: every input has a value"],
    ["(...a‸, b) => a", "The parameters are listed one by one: a rest parameter has no names"],
    [
      "(‸f64 + 1) => f64",
      "Parameters are names, or one object of names: (a, b) => … or ({ a, b: name }) => …",
    ],
    ["(‸f64 + 1) = f64", "An assignment needs a name on its left: name = expression"],
  ]);
});

Deno.test("statements other than const and = are refused, with what to write instead", async () => {
  await assertRefused([
    ["‸let a = 1; a", "An expression has no let: declare values with const"],
    ["(f64) => { ‸var a = 1; return a }", "An expression has no var: declare values with const"],
    ["const ‸{ a } = f64; a", "A const needs a name: const name = expression"],
    ["(f64) => { const ‸[a] = f64; return a }", "A const needs a name: const name = expression"],
    ["‸if (f64) f32", "An expression has no if: write condition ? yes : no"],
    ["(f64) => { ‸if (f64) return 1; return 2 }", "An expression has no if: write condition ? yes : no"],
    ["‸switch (f64) {}", "An expression has no switch: write condition ? yes : no"],
    ["‸for (;;) f64", LOOP],
    ["‸for (const a of f64) a", LOOP],
    ["‸for (a in f64) a", LOOP],
    ["(f64) => { ‸while (f64) {} return 1 }", LOOP],
    ["‸do f64; while (f32)", LOOP],
    ["‸throw f64", "An expression cannot throw: write NaN where there is no value"],
    ["‸try {} finally {}", "An expression has no try: nothing in it can throw"],
    [
      "‸{ f64 }",
      "An expression has no blocks: for several outputs write name = expression; name = expression",
    ],
    ["‸a: f64", "An expression has no labels: for several outputs write name = expression"],
    ["‸debugger", "An expression has no debugger statement"],
    ["‸function f(a) { return a }", "A function's text has to be an arrow function: (a, b) => a + b"],
    ["‸class A {}", "An expression has no classes"],
    ["‸import a from 'a'", IMPORT],
    ["‸export const a = 1", IMPORT],
    ["‸export default 1", IMPORT],
    ["‸export * from 'a'", IMPORT],
    ["‸'use strict'; f64", "An expression has no text: its values are numbers"],
    ["f64; ‸f32", "One expression at most has no name: write name = expression for each"],
    ["a = f64; ‸f32", "Beside assignments, an expression needs a name of its own: name = expression"],
    ["const a = f64‸", "Nothing is computed: end with an expression, or with name = expression"],
    ["a = f64; ‸a = f32", 'The output "a" is assigned twice'],
    ["const a = f64; ‸a = f32", '"a" is a const and cannot be assigned'],
    ["‸a = f64; const a = 1", '"a" is a const and cannot be assigned'],
    ["b = ‸a + 1; const a = 1", '"a" is read before its const is declared'],
    ["const a = ‸a + 1; a", '"a" is read before its const is declared'],
    ["‸__proto__ = f64", "An output cannot be named __proto__"],
    ["‸a += f64", "An expression has no +=: write name = name + …"],
    ["‸a.b = f64", "An assignment needs a name on its left: name = expression"],
    ["‸[a] = f64", "An assignment needs a name on its left: name = expression"],
  ]);
});

Deno.test("expressions that are not part of the language are refused, with what to write instead", async () => {
  await assertRefused([
    ["‸f64 ?? 1", "An expression has no ??, since every input has a value: write isnan(a) ? b : a"],
    ["1 + (‸f64, f32)", "A comma stands only between arguments: separate statements by a semicolon"],
    ["‸f64 in f32", "An expression has no in: its values are numbers"],
    ["‸f64 instanceof f32", "An expression has no instanceof: its values are numbers"],
    ["1 + ‸typeof f64", "An expression has no typeof: its values are numbers"],
    ["‸void 0", "An expression has no void: write NaN where there is no value"],
    ["‸delete f64.x", "An expression has no delete: its values are numbers"],
    ["1 + ‸f64++", "An expression changes nothing: write + 1 or - 1"],
    ["1 + ‸--f64", "An expression changes nothing: write + 1 or - 1"],
    ["1 + (‸a = 2)", "An assignment has to be a statement of its own: name = expression"],
    ["1 + (‸a *= 2)", "An expression has no *=: write name = name * …"],
    ["1 + ‸`text`", "An expression has no text, so it has no template strings"],
    ["‸exp`1`", "An expression has no text, so it has no template strings"],
    ["f64 + ‸'1'", "An expression has no text: its values are numbers"],
    ["f64 + ‸/1/g", "An expression has no regular expressions: a division needs a value on its left"],
    ["f64 + ‸null", "null is not a number: write NaN where there is no value"],
    ["f64 + ‸undefined", "undefined is not a number: write NaN where there is no value"],
    ["‸new Date()", "An expression cannot make objects with new"],
    ["‸this", "An expression has no this: give every value a name among inputs or scalars"],
    ["‸f64?.x", "An expression has no optional chaining: every input has a value"],
    ["‸[f64, f32]", "An expression has no lists: give each value a name of its own"],
    [
      "1 + ‸{ a: f64 }",
      "An object of outputs can only be what a function returns: (a) => ({ name: expression })",
    ],
    ["1 + (‸(a) => a)", INNER],
    ["1 + ‸function () {}", INNER],
    ["1 + ‸class {}", "An expression has no classes"],
    ["max(‸...f64)", "An expression has no spread: write the arguments one by one"],
    ["‸import('a')", IMPORT],
    ["‸import.meta", IMPORT],
    ["‸await f64", "An expression cannot await anything"],
    ["f64 + ‸99999999999999999999n", '"99999999999999999999n" does not fit 64 bits'],
  ]);
});

Deno.test("only functions of the table are called, with as many arguments as they take", async () => {
  await assertRefused(
    [
      ["1 + ‸sine(f64)", 'Unknown function "sine": did you mean "sin"?'],
      ["‸Sin(f64)", 'Unknown function "Sin": did you mean "sin"?'],
      ["‸f(f64)", 'Unknown function "f"'],
      ["‸eval(f64)", 'Unknown function "eval"'],
      ["‸constructor(f64)", 'Unknown function "constructor"'],
      ["‸PI(f64)", '"PI" is a number and cannot be called'],
      ["‸BigInt(f64)", 'Unknown function "BigInt": write int64(x)'],
      ["‸Math.sine(f64)", 'Math has no "sine" here: did you mean "sin"?'],
      ["‸Math.where(f64)", 'Math has no "where": write where(…)'],
      [
        "‸Math.random()",
        "Math.random is not part of an expression: make an array with SharedNdArray.random and pass it as an input",
      ],
      ["‸Number.parseFloat(f64)", 'Number has no "parseFloat" here'],
      ["‸Math['exp'](f64)", "Members are written with a point: Math.name"],
      ["‸f64.toFixed(2)", "Only Math and Number have members here: pass other values as inputs or scalars"],
      ["‸sin(f64)(1)", "Only functions that have a name can be called"],
      ["2 * (‸f64 + 1)(f32 - 1)", "Only functions that have a name can be called"],
      ["(‸(a) => a)(1)", INNER],
      ["‸super(1)", "An expression has no super"],
      ["const sin = f64; ‸sin(f64)", '"sin" is a number here, not a function'],
      ["y = ‸sin(f64); const sin = 1", '"sin" is a number here, not a function'],
      ["exp = f64; y = ‸exp(f64)", '"exp" is a number here, not a function'],
      ["(exp, f64) => ‸exp(f64)", '"exp" is a number here, not a function'],
      ["(f64) => { const log = f64; return ‸log(f64) }", '"log" is a number here, not a function'],
      ["({ f64: exp }) => ‸exp(exp)", '"exp" is a number here, not a function'],
      ["(Math, f64) => ‸Math.exp(f64)", '"Math" is a number here and has no members'],
      ["(Math, f64) => f64 * ‸Math.PI", '"Math" is a number here and has no members'],
      ["const Number = 1; ‸Number.EPSILON", '"Number" is a number here and has no members'],
      ["1 + ‸exp()", "exp takes 1 argument, but got 0"],
      ["‸atan2(f64)", "atan2 takes 2 arguments, but got 1"],
      ["‸Math.pow(1, 2, 3)", "Math.pow takes 2 arguments, but got 3"],
      ["‸max()", "max takes 1 or more arguments, but got 0"],
      ["‸where(b, 1)", "where takes 3 arguments, but got 2"],
      ["‸float32()", "float32 takes 1 argument, but got 0"],
      ["1 + ‸exp", '"exp" is a function: call it with its arguments, exp(…)'],
      ["1 + ‸Math.exp", "Math.exp is a function: call it with its arguments, Math.exp(…)"],
      ["‸Math", "Math alone has no value: write Math.… for a member of it"],
      ["‸Math.TAU", 'Math has no "TAU" here'],
      ["‸Math.SQRT3", 'Math has no "SQRT3" here: did you mean "SQRT2"?'],
      ["1 + ‸f64.x", "Only Math and Number have members here: pass other values as inputs or scalars"],
      ["1 + ‸f64[0]", "Elements are not picked by their index here: pass a view of the array as an input"],
    ],
  );
});

Deno.test("names that there are not are named, with the nearest that there is", async () => {
  const environment = { inputs: { tmp: "float64", rad: "float64" }, scalars: { scale: "number" } } as const;
  const cases: Case[] = [
    ["0.5 * ‸tpm + rad", 'Unknown name "tpm": did you mean "tmp"?'],
    ["tmp + ‸SCALE", 'Unknown name "SCALE": did you mean "scale"?'],
    ["tmp + ‸x", 'Unknown name "x": there are tmp, rad, scale'],
    ["tmp + ‸pi", 'Unknown name "pi": did you mean "PI"?'],
    ["tmp + ‸hasOwnProperty", 'Unknown name "hasOwnProperty": there are tmp, rad, scale'],
    ["(tmp, ‸rda) => tmp", 'The parameter "rda" is neither an input nor a scalar: did you mean "rad"?'],
    [
      "({ tmp, ‸x: rad }) => tmp",
      'The parameter "x" is neither an input nor a scalar: there are tmp, rad, scale',
    ],
    [
      "(tmp) => tmp + ‸rad",
      'Unknown name "rad": a function\'s text does not show values from outside: make it a parameter and pass its value under scalars',
    ],
    [
      "(tmp) => tmp + ‸tpm",
      'Unknown name "tpm": did you mean "tmp"? A function\'s text does not show values from outside: ' +
      "make it a parameter and pass its value under scalars",
    ],
    ["‸f\u200dtmp", 'Unknown name "f<U+200D>tmp": did you mean "tmp"?'],
  ];
  for (const [marked, expected] of cases) {
    const { reason, offset } = await refusal(marked.replace("‸", ""), environment);
    assertEquals([reason, offset], [expected, marked.indexOf("‸")]);
  }
  assertEquals(
    (await refusal("x", { inputs: {}, scalars: {} })).reason,
    'Unknown name "x": there are no inputs and no scalars',
  );
  const many = Object.fromEntries(Array.from({ length: 11 }, (_, i) => [`input${i}`, "float64" as const]));
  const listed = "input0, input1, input2, input3, input4, input5, input6, input7 and 3 more";
  assertEquals(
    (await refusal("x", { inputs: many, scalars: {} })).reason,
    `Unknown name "x": there are ${listed}`,
  );
  const both = await refusal("1 + a", { inputs: { a: "float64" }, scalars: { a: "number" } });
  assertEquals([both.reason, both.offset], [
    '"a" is both an input and a scalar: give one of them another name',
    4,
  ]);
});

Deno.test("a function's constants are members of Math: bare names are variables whose value is not seen", async () => {
  const outside = (name: string) =>
    `Unknown name "${name}": values from outside are not seen; write Math.${name} for the constant, ` +
    `or make ${name} a parameter and pass its value under scalars`;
  for (const name of ["PI", "E", "LN2", "LN10", "LOG2E", "LOG10E", "SQRT2", "SQRT1_2"]) {
    await assertRefused([
      [`(f64) => f64 * ‸${name}`, outside(name)],
      [`(f64) => { const a = ‸${name}; return a * f64 }`, outside(name)],
    ]);
    const inputs = { [name]: "float64" } as const, same = `float64: f64 * ${Reflect.get(Math, name)}`;
    assertEquals(await shown(`f64 * ${name}`), same);
    assertEquals(await shown(`(f64) => f64 * Math.${name}`), same);
    assertEquals(await shown(`(${name}) => ${name} + 1`, { inputs }), `float64: ${name} + 1`);
    assertEquals(await shown(`(f64) => { const ${name} = 3; return f64 * ${name} }`), "float64: f64 * 3");
  }
  const E = 210e9;
  assertEquals((await refusal((f64: number) => f64 / E)).reason, outside("E"));
  assertEquals(
    await shown((f64: number) => f64 < Infinity ? Number.EPSILON : NaN),
    `float64: f64 < Infinity ? ${Number.EPSILON} : NaN`,
  );
  assertEquals(await shown("(f64) => exp(f64)"), "float64: exp(f64)");
  assertEquals(
    await shown("exp = exp(f64); y = -exp"),
    "t1: float64: exp(f64)\nexp: float64: t1\ny: float64: -t1",
  );
});

Deno.test("functions of other forms are refused", async () => {
  const form = "Parameters are names, or one object of names: (a, b) => … or ({ a, b: name }) => …";
  const fallback = "A parameter has no default here: every input and scalar has a value";
  await assertRefused([
    ["‸async (f64) => f64", "A kernel's function cannot be async"],
    ["(‸f64 = 1) => f64", fallback],
    ["({ ‸f64 = 1 }) => f64", fallback],
    ["(‸...f64) => f64", "The parameters are listed one by one: a rest parameter has no names"],
    ["({ ‸...f64 }) => f64", "The parameters are listed one by one: a rest parameter has no names"],
    ["(‸[f64]) => f64", form],
    ["(‸{ f64 }, f32) => f64", form],
    ["({ ‸f64: { a } }) => a", form],
    ["({ ‸['f64']: a }) => a", form],
    ["(f64) => {‸}", "The function does not end with a return"],
    ["(f64) => { const a = f64; ‸}", "The function does not end with a return"],
    ["(f64) => { ‸return }", "The function returns nothing: return an expression"],
    ["(f64) => { ‸return f64; return f64 }", "A return can only be the last statement of a function"],
    ["(f64) => { ‸f64 + 1; return f64 }", "A function's statements are const declarations and one return"],
    ["(f64) => { ‸f64 = 1; return f64 }", "A function's statements are const declarations and one return"],
    ["() => (‸{})", "The function returns no outputs: ({ name: expression })"],
    ["(f64) => ({ ‸[f64]: 1 })", "An output is a name and an expression: ({ name: expression })"],
    ["(f64) => ({ ‸get a() { return 1 } })", "An output is a name and an expression: ({ name: expression })"],
    ["(f64) => ({ ‸a() {} })", "An output is a name and an expression: ({ name: expression })"],
    ["(f64) => ({ ‸1: f64 })", "An output needs a name: ({ name: expression })"],
    ["(f64) => ({ ‸...f64 })", "The outputs are listed one by one, without spread"],
    ["(f64) => ({ a: f64, ‸a: 1 })", 'The output "a" is returned twice'],
    ["(f64) => ({ ‸__proto__: f64 })", "An output cannot be named __proto__"],
    ["(f64) => ‸[f64]", "An expression has no lists: give each value a name of its own"],
  ]);
  const sources: [(...args: never[]) => unknown, string][] = [
    [Math.sin, "A built-in or bound function has no text: write a function, (x) => sin(x)"],
    [
      ((a: number) => a).bind(null),
      "A built-in or bound function has no text: write a function, (x) => sin(x)",
    ],
    [
      {
        method: (() => ({
          m(a: number) {
            return a;
          },
        }))(),
      }.method.m,
      "A method is not a kernel: write it as an arrow function, (a, b) => …",
    ],
    [function* (a: number) {
      yield a;
    }, "A kernel's function cannot be a generator"],
    // That it is async is what is refused.
    // deno-lint-ignore require-await
    [async (a: number) => a, "A kernel's function cannot be async"],
    [class {} as unknown as () => void, "A class is not a kernel: write a function, (a, b) => a + b"],
  ];
  for (const [source, expected] of sources) assertEquals((await refusal(source)).reason, expected);
});

const doubtful = (text: string, exact: number, of: number): string =>
  `${text} is ${exact}, but ${of} in the 32 bits of JavaScript: write the number that is meant`;

Deno.test("what has no dtype is refused, with the cast to write", async () => {
  await assertRefused([
    ["u8 + ‸300", "300 does not fit uint8 (0 to 255): cast what it meets first, int16(u8)"],
    ["u8 * ‸-1", "-1 does not fit uint8 (0 to 255): cast what it meets first, int16(u8)"],
    ["i8 + (b ? 1 : ‸200)", "200 does not fit int8 (-128 to 127): cast what it meets first, int16(i8)"],
    [
      "(i32 + i8) % ‸3000000000",
      "3000000000 does not fit int32 (-2147483648 to 2147483647): cast what it meets first, int64(i32 + i8)",
    ],
    ["fma(b, u8, ‸300)", "300 does not fit uint8 (0 to 255): cast what it meets first, int16(u8)"],
    ["b ? u8 : ‸-1", "-1 does not fit uint8 (0 to 255): cast what it meets first, int16(u8)"],
    ["‸b - flag", "- has no meaning for bools: cast first, int8(b)"],
    ["1 + ‸-(u8 > 1)", "- has no meaning for bools: cast first, int8(u8 > 1)"],
    ["‸sign(b)", "sign has no meaning for bools: cast first, int8(b)"],
    ["u8 & ‸f32", "& takes integers, and f32 is float32: cast it first, int32(f32)"],
    ["‸0.5 << u8", "<< takes integers, and 0.5 is a float: cast it first, int32(0.5)"],
    ["~‸f16", "~ takes integers, and f16 is float16: cast it first, int32(f16)"],
    ["u8 | ‸s", "| takes integers, and the scalar s is a number: pass it as a bigint"],
    ["imul(‸f64, 2)", "imul takes integers, and f64 is float64: cast it first, int32(f64)"],
    ["clz32(‸f64)", "clz32 takes integers, and f64 is float64: cast it first, int32(f64)"],
    [
      "n & ‸4294967296",
      "4294967296 does not fit int32 (-2147483648 to 2147483647): cast what it meets first, int64(n)",
    ],
    ["i64 & ‸2 ** 64", "& takes integers of at most 64 bits, and 2 ** 64 has more"],
    ["i64 & ‸~0xffffffffffffffff", "& takes integers of at most 64 bits, and ~0xffffffffffffffff has more"],
    [
      "i64 + (‸1 << 63)",
      "9223372036854775808 does not fit int64 (-9223372036854775808 to 9223372036854775807): " +
      "cast what it meets first, float64(i64)",
    ],
    ["i32 & ‸~0xffffffff", doubtful("~0xffffffff", -4294967296, 0)],
    ["i32 & ‸0xffffffff >> 4", doubtful("0xffffffff >> 4", 268435455, -1)],
    ["i32 + (‸1 << 31)", doubtful("1 << 31", 2147483648, -2147483648)],
    ["max(u32, ‸1 << 31)", doubtful("1 << 31", 2147483648, -2147483648)],
    ["i32 < (‸1 << 31)", doubtful("1 << 31", 2147483648, -2147483648)],
    ["u8 == (b ? ‸1 << 40 : 0)", doubtful("1 << 40", 2 ** 40, 256)],
    ["int32(b ? ‸1 << 40 : 0)", doubtful("1 << 40", 2 ** 40, 256)],
    [
      "u64 > (b ? ‸-1 : 1)",
      "-1 does not fit uint64 (0 to 18446744073709551615): cast what it meets first, float64(u64)",
    ],
    ["‸i64 ^ u64", "^ of int64 and uint64 has no common integer dtype: cast one of them first"],
  ]);
});

Deno.test("what is too large is refused in bounded time", async () => {
  const chain = (count: number) => `f64${" + f64".repeat(count)}`;
  const deep = (count: number) => `${"(".repeat(count)}f64${")".repeat(count)}`;
  const consts = Array.from({ length: 3_000 }, (_, i) => `const c${i + 1} = c${i} * 3`).join("; ");
  const tooDeep = /^The expression is nested too deeply: at most 400 brackets and 1,000 operators/;
  const tooLarge = /^The expression is too large: it may have 20,000 parts/;
  const cases: [string, RegExp][] = [
    [chain(1_001), tooDeep],
    [chain(10_000), tooDeep],
    ["1+".repeat(49_999) + "1", tooDeep],
    [deep(401), tooDeep],
    [deep(10_000), tooDeep],
    [deep(49_000), tooDeep],
    ["(".repeat(100_000), tooDeep],
    ["abs(".repeat(10_000), tooDeep],
    ["!".repeat(10_000) + "f64", tooDeep],
    ["f64 ** ".repeat(10_000) + "f64", tooDeep],
    ["f64 ? 1 : ".repeat(9_000) + "f64", tooDeep],
    ["x => ".repeat(10_000) + "x", tooDeep],
    // Each const is a level more, and clip is two.
    [`const c0 = f64; ${consts}; c3000`, tooDeep],
    [`${"const c = f64; f64"}${" + c * clip(f32, 0, c)".repeat(999)}`, tooDeep],
    [`max(${"f64,".repeat(20_001)}1)`, tooLarge],
    [`f64(${"0,".repeat(25_000)}1)`, tooLarge],
    [`f64(${"0,".repeat(15_000)}1)`, /^The arrays have 3 axes, so f64 takes 3 offsets, .* but got 15001$/],
    [`f64(0, 0, ${"- ".repeat(2_000)}1)`, tooDeep],
    ["f64(".repeat(10_000), tooDeep],
    [`${"f64(0, 0, 1) + ".repeat(1_001)}1`, tooDeep],
    // Each argument is a level more, and each clz32 has two conversions.
    [`max(${Array.from({ length: 2_000 }, (_, i) => `${i}.5 * f32`).join()})`, tooDeep],
    [
      Array.from({ length: 150 }, (_, i) => `a${i}=${"clz32(".repeat(50)}i32*${i}${")".repeat(50)}`).join(
        ";",
      ),
      tooLarge,
    ],
    [`f64 + [${"f64,".repeat(12_000)}]`, /^An expression has no lists/],
    [Array.from({ length: 9_000 }, (_, i) => `f64=${i}`).join(";"), /^The output "f64" is assigned twice/],
    [`${"1".repeat(99_999)}n`, /does not fit 64 bits$/],
    ["x".repeat(100_000), /^Unknown name "x{39}…": there are /],
    [" ".repeat(100_001), /^The expression has 100,001 characters: at most 100,000 are parsed/],
    ["x".repeat(1_000_000), /^The expression has 1,000,000 characters: at most 100,000 are parsed/],
  ];
  for (const [source, expected] of cases) {
    const start = performance.now();
    const { reason } = await refusal(source);
    const time = performance.now() - start;
    assert(expected.test(reason), `${source.slice(0, 60)}: ${reason}`);
    assert(time < 2_000, `${source.slice(0, 60)} took ${time} ms`);
  }
});

Deno.test("what is just within the limits is accepted", async () => {
  const chain = `f64${" + f64".repeat(MAX_DEPTH - 1)}`;
  assertEquals((await checked(chain)).outputs[0].dtype, "float64");
  assertEquals((await checked("s" + " + s".repeat(MAX_DEPTH - 1))).outputs[0].dtype, "float64");
  assertEquals((await checked(`${"abs(".repeat(400)}f64${")".repeat(400)}`)).outputs[0].dtype, "float64");
  assertEquals((await checked("-(".repeat(400) + "f64" + ")".repeat(400))).outputs[0].dtype, "float64");
  assertEquals((await checked(`f64 +${" ".repeat(99_990)}1`)).outputs[0].dtype, "float64");
  // Weak values that double with each const would take 2 ** 200 steps if each use were built anew.
  const doubled = Array.from({ length: 200 }, (_, i) => `const c${i + 1} = c${i} + c${i}`).join("; ");
  assertEquals((await checked(`const c0 = s; ${doubled}; c200 * f32`)).outputs[0].dtype, "float32");
});

Deno.test("a deep expression is checked where half of the stack is taken", async () => {
  const parsed = await parseKernel("s" + " + s".repeat(MAX_DEPTH - 1));
  const descend = (levels: number, then: () => number): number =>
    levels === 0 ? then() : 1 + descend(levels - 1, then);
  const fits = (levels: number): boolean => {
    try {
      return descend(levels, () => 0) === levels;
    } catch {
      return false;
    }
  };
  descend(1_000, () => 0);
  let levels = 1_000;
  while (fits(4 * levels)) levels *= 2;
  const found = descend(levels, () => checkKernel(parsed, EVERYTHING).outputs.length);
  assertEquals(found, levels + 1);
});
