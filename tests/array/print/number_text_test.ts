import { assert, assertEquals } from "@std/assert";
import { columnTexts } from "../../../src/array/print/number_text.ts";
import { forEachSeed } from "../../seeded.ts";

Deno.test("booleans and integers stand on the right of their column", () => {
  assertEquals(columnTexts("bool", [1, 0], 8), [" True", "False"]);
  assertEquals(columnTexts("bool", [1], 8), [" True"]);
  assertEquals(columnTexts("int8", [-128, 7], 8), ["-128", "   7"]);
  assertEquals(columnTexts("uint64", [18446744073709551615n, 0n], 8), [
    "18446744073709551615",
    "                   0",
  ]);
  assertEquals(columnTexts("int16", [], 8), []);
});

Deno.test("floats have their points below each other, and no zeros behind their digits", () => {
  assertEquals(columnTexts("float64", [1, -20.5, 0.125], 8), ["  1.   ", "-20.5  ", "  0.125"]);
  assertEquals(columnTexts("float64", [1 / 3, 2], 3), ["0.333", "2.   "]);
  assertEquals(columnTexts("float64", [0, -0], 8), [" 0.", "-0."]);
  assertEquals(columnTexts("float64", [-0.001], 2), ["-0."]);
});

Deno.test("floats have the digits of their own dtype", () => {
  const tenth = (dtype: "float16" | "float32" | "float64", round: (value: number) => number) =>
    columnTexts(dtype, [round(0.1)], 20);
  assertEquals(tenth("float16", Math.f16round), ["0.1"]);
  assertEquals(tenth("float32", Math.fround), ["0.1"]);
  assertEquals(tenth("float64", Math.fround), ["0.10000000149011612"]);
  assertEquals(columnTexts("float16", [65504], 8), ["65504."], "integers have all their digits");
});

Deno.test("floats have exponents when they are large, small or far apart", () => {
  assertEquals(columnTexts("float64", [99999999], 8), ["99999999."]);
  assertEquals(columnTexts("float64", [1e8], 8), ["1.e+08"]);
  assertEquals(columnTexts("float64", [0.0001, 0], 8), ["0.0001", "0.    "]);
  assertEquals(columnTexts("float64", [0.00009, 0], 8), ["9.e-05", "0.e+00"]);
  assertEquals(columnTexts("float64", [-1000, 1], 8), ["-1000.", "    1."]);
  assertEquals(columnTexts("float64", [-1001, 1], 8), ["-1.001e+03", " 1.000e+00"]);
  assertEquals(columnTexts("float64", [1e100, 1], 8), ["1.e+100", "1.e+000"]);
  assertEquals(columnTexts("float64", [1.7e308, 5e-324], 0), ["2.e+308", "5.e-324"]);
});

Deno.test("the ratio of floats that are far apart is one of their dtype", () => {
  const values = [1001, 1.0009765625];
  assert(values[0] / values[1] > 1000);
  assertEquals(Math.f16round(values[0] / values[1]), 1000);
  assertEquals(columnTexts("float16", values, 2), ["1001.", "   1."]);
  assertEquals(columnTexts("float32", values, 2), ["1.e+03", "1.e+00"]);
});

Deno.test("what is not finite is named, and does not change the form of the rest", () => {
  assertEquals(columnTexts("float64", [NaN, Infinity, -Infinity], 8), [" nan", " inf", "-inf"]);
  assertEquals(columnTexts("float32", [1, -Infinity], 8), ["  1.", "-inf"]);
  assertEquals(columnTexts("float64", [2.5, NaN, 100], 8), ["  2.5", "  nan", "100. "]);
  assertEquals(columnTexts("float64", [1e-9, NaN], 8), ["1.e-09", "   nan"]);
});

Deno.test("without a limit of digits, every float can be read back", () => {
  const word = new DataView(new ArrayBuffer(8));
  forEachSeed(500, (random) => {
    word.setUint32(0, random.word());
    word.setUint32(4, random.word());
    const cases = [
      ["float16", Math.f16round, [word.getFloat16(0), word.getFloat16(2)]],
      ["float32", Math.fround, [word.getFloat32(0), word.getFloat32(4)]],
      ["float64", Number, [word.getFloat64(0), random.int(-9999, 9999) / 1000]],
    ] as const;
    for (const [dtype, round, values] of cases) {
      const texts = columnTexts(dtype, values, 400);
      const read = texts.map((text) => round(Number(text.replace("inf", "Infinity"))));
      assertEquals(read, [...values]);
      assertEquals(texts[0].length, texts[1].length);
    }
  });
});
