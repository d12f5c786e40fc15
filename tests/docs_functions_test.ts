/** The table of errors in docs/functions.md, against results that are known to be correctly rounded. */

import { assert, assertEquals } from "@std/assert";
import { ulpError, type Width } from "../bench/accuracy/ulp.ts";
import { evaluate, SharedNdArray } from "../mod.ts";
import { pageText, pathIn } from "./docs_markdown.ts";

/** Functions that the page bounds by 1 ulp in float64. */
const WITHIN_ONE = ["exp", "log", "sqrt", "sin", "cos", "pow"];

/** The table: for each function its errors, by the columns' titles. */
const errors: Map<string, Readonly<Record<string, number>>> = (() => {
  const [head, , ...rows] = pageText("docs/functions.md").split("\n## ")[1].split("\n")
    .filter((line) => line.startsWith("|")).map((line) => line.split("|").slice(1, -1).map((c) => c.trim()));
  // Three columns of float64, one of Math, three of float32.
  const titles = head.map((title, k) => k > 5 ? `float32 ${title}` : title);
  return new Map(rows.map(([name, ...cells]) => [
    name.replaceAll("`", ""),
    Object.fromEntries(cells.map((cell, k) => [titles[k + 1], parseFloat(cell)])),
  ]));
})();

Deno.test("the errors that are written down are within the bounds that are promised", () => {
  assert(errors.size >= 24);
  for (const [name, row] of errors) {
    assertEquals(Object.values(row).filter(Number.isNaN), [], name);
    const bound = WITHIN_ONE.includes(name) ? 1 : 2;
    for (const mode of ["float64", "without FMA", "strict"]) assert(row[mode] <= bound, `${name}, ${mode}`);
    for (const mode of ["float32", "float32 without FMA", "float32 strict"]) {
      assert(row[mode] <= 1, `${name}, ${mode}`);
    }
  }
});

Deno.test("what is computed is as close to correctly rounded results as the table says", async () => {
  let compared = 0;
  for (const [name, row] of errors) {
    const [columns, expected] = await goldenCases(name);
    if (expected.length === 0) continue;
    const inputs = Object.fromEntries(columns.map((values, k) => ["ab"[k], SharedNdArray.from(values)]));
    for (const [mode, strict] of [["float64", false], ["strict", true]] as const) {
      const said = Math.max(row[mode], strict ? 0 : row["without FMA"]);
      const result = await evaluate(`${name}(${Object.keys(inputs).join(", ")})`, inputs, { strict });
      expected.forEach((value, k) => {
        const error = ulpError(Number(result.get(k)), exactly(value), 0, "float64" satisfies Width);
        // What is known is itself off by half a unit at most.
        const where = `${name}(${columns.map((column) => column[k])}), ${mode}`;
        assert(error <= said + 0.5, `${where}: ${result.get(k)} is ${error} ulp from ${value}, not ${said}`);
      });
      compared += expected.length;
    }
  }
  assert(compared > 2000, `only ${compared} results were compared`);
});

/** Arguments by columns, and results; none where the function has no file. */
async function goldenCases(name: string): Promise<[columns: number[][], expected: number[]]> {
  const text = await Deno.readTextFile(pathIn(`tests/fixtures/math/${name}.json`)).catch(() => "{}");
  const columns: Record<string, (number | string)[]> = JSON.parse(text);
  const all = Object.values(columns).map((column) => column.map(Number));
  return [all.slice(0, -1), all.at(-1) ?? []];
}

/** A float64 as the reference writes exact values: a significand from 1 to 2, nothing besides, and an exponent. */
function exactly(value: number): Float64Array {
  if (value === 0 || !Number.isFinite(value)) return Float64Array.of(value, 0, 0);
  let exponent = Math.floor(Math.log2(Math.abs(value)));
  const significand = () =>
    value * 2 ** Math.trunc(-exponent / 2) * 2 ** (-exponent - Math.trunc(-exponent / 2));
  while (Math.abs(significand()) >= 2) exponent++;
  while (Math.abs(significand()) < 1) exponent--;
  return Float64Array.of(significand(), 0, exponent);
}
