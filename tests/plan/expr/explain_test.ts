import { assert, assertEquals } from "@std/assert";
import { explainProgram } from "../../../src/plan/expr/explain.ts";
import { parseKernel } from "../../../src/plan/expr/parse.ts";
import { checked, shown } from "./kernels.ts";
import { forEachSeed } from "../../seeded.ts";

Deno.test("a program is explained line by line, with dtypes and names for what is shared", async () => {
  const source =
    "const es = 0.6108 * exp(17.27 * f32 / (f32 + 237.3)); vpd = es * (1 - u8 / 100) * s; es2 = es";
  assertEquals(
    explainProgram(await checked(source)),
    [
      "f32: float32, an input",
      "u8: uint8, an input",
      "s: number, a scalar used as float64",
      "t1: float32 = 0.6108 * exp(17.27 * f32 / (f32 + 237.3))",
      "vpd: float64 = float64(t1) * (1 - float64(u8) / 100) * s",
      "es2: float32 = t1",
    ].join("\n"),
  );
});

Deno.test("brackets stand where they are needed", async () => {
  const unchanged = [
    "f64 - (f64 - 1)",
    "f64 - 1 - 2",
    "(f64 + 1) * (f64 - 1)",
    "f64 * (f64 / 3)",
    "-(-f64)",
    "(-f64) ** 2",
    "-(f64 ** 2)",
    "f64 ** f64 ** 2",
    "(f64 ** f64) ** 2",
    "f64 ** -2",
    "f64 > 1 ? f64 : -f64",
    "(f64 > 1 ? 1 : f64) + 1",
    "(f64 > 1 ? b : flag) ? f64 : 1",
    "f64 > 1 === f64 < 2".replace(/.*/, "!(f64 > 1)"),
    "b || flag && f64 > 1",
    "(b || flag) && f64 > 1",
    "i32 & 3 | i32 << 2 & 1",
    "atan2(f64 + 1, f64)",
  ];
  for (const source of unchanged) assertEquals((await shown(source)).replace(/^\w+: /, ""), source);
});

Deno.test("a name that the program has itself is not given to a part", async () => {
  const inputs = { t1: "float64", t2: "float64" } as const;
  assertEquals(
    await shown("exp(t1 + t2) * exp(t1 + t2)", { inputs }),
    "t3: float64: exp(t1 + t2)\nfloat64: t3 * t3",
  );
});

Deno.test("every part of an explanation is short, and is an expression that means the same", async () => {
  const sources: string[] = [];
  forEachSeed(200, (random) => {
    const terms = Array.from(
      { length: random.int(1, 40) },
      () => random.pick(["exp(f64)", "f64 * 2", "s", "f64 ** 3"]),
    );
    sources.push(terms.reduce((text, term) => `(${text}) ${random.pick(["+", "-", "*", "/"])} ${term}`));
  });
  for (const source of sources) {
    const program = await checked(source);
    const lines = explainProgram(program).split("\n").filter((line) => line.includes(" = "));
    for (const line of lines) assert(line.length < 260, line);
    const assignments = lines.map((line) =>
      line.replace(/^(\w+): \w+ = /, (_, name) => name === "result" ? "" : `const ${name} = `)
    );
    const again = await checked(assignments.join(";"));
    assertEquals(explainProgram(again), explainProgram(program));
    assert((await parseKernel(source)).nodes.length > 0);
  }
});
