import { assert, assertEquals } from "@std/assert";
import { loadAcorn, parseStatements } from "../../../src/plan/expr/acorn.ts";
import { parseKernel } from "../../../src/plan/expr/parse.ts";
import { readSimple } from "../../../src/plan/expr/simple_text.ts";
import { forEachSeed } from "../../seeded.ts";

const acorn = await loadAcorn();

/** The parser's nodes as plain objects. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const WORDS = [
  "a",
  "tmp",
  "_x1",
  "vpd",
  "this",
  "let",
  "await",
  "of",
  "async",
  "new",
  "E",
  "NaN",
  "undefined",
  "true",
];
const PIECES = [
  ...WORDS,
  "+",
  "-",
  "*",
  "/",
  "=",
  "==",
  " ",
  "  ",
  "\n",
  "\t",
  "3",
  "(",
  ")",
  ";",
  "++",
  "//",
  "$",
  "ä",
];

Deno.test("what is read without the parser is what the parser makes of it", () => {
  let read = 0;
  forEachSeed(200, (random) => {
    for (let k = 0; k < 50; k++) {
      const space = () => random.pick(["", "", " ", "\n ", "\t"]);
      const random5 = [random.pick(WORDS), random.pick(["+", "-", "*", "/"]), random.pick(WORDS)];
      const words = random.oneIn(2) ? [random.pick(WORDS), "=", ...random5] : random5;
      const pieces = random.oneIn(3)
        ? words.map((word) => random.oneIn(6) ? random.pick(PIECES) : word)
        : words;
      const source = pieces.map((piece) => space() + piece).join("") + space();
      const simple = readSimple(source);
      if (simple === undefined) continue;
      read++;
      assertEquals(plain(simple), plain(parseStatements(acorn, source)), JSON.stringify(source));
    }
  });
  assert(read > 1500, `only ${read} texts were simple`);
});

Deno.test("a simple text means the same with more around it", async () => {
  for (const [simple, other] of [["a + b", "(a + b)"], ["x = a / b", "x = (a / b)"]]) {
    const [short, long] = await Promise.all([simple, other].map((text) => parseKernel(text)));
    assertEquals(short.nodes.map(({ kind }) => kind), long.nodes.map(({ kind }) => kind));
  }
  for (
    const text of ["a + 1", "exp(a)", "a", "a + b + c", "x == a + b", "a ** b", "let + a", "x = y = a", ""]
  ) {
    assertEquals(readSimple(text), undefined, text);
  }
});
